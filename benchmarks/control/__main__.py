"""`python -m benchmarks.control [PART ...]`: every part of process control beside its limits and peers, in one run."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks.control as folder
from benchmarks.measure import Table


def parts() -> list[str]:
    """Return the names of the files beside this one, each of which measures a part."""
    return [found.name for found in iter_modules(folder.__path__) if not found.name.startswith("_")]


def main(wanted: list[str]) -> None:
    """Measure the parts that are wanted, all of them by default, into one table."""
    if unknown := set(wanted) - set(parts()):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts())}")
    table = Table("process control")
    for name in wanted or parts():
        import_module(f"benchmarks.control.{name}").measure(table)
    table.show()


if __name__ == "__main__":
    main(sys.argv[1:])
