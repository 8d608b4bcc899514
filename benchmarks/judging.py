"""How fast 100,000 items are judged through a model that is text, beside the model of the catalogue that says the same.

`python -m benchmarks.judging [--items 100000] [--folder DIR]`; each build is a process of its own, as a user starts it.
"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.chain import run, workspace
from benchmarks.measure import Table, timed

MODEL = """
    model: |
      q : A.h
      reading : A.h
      f_current : \\one
      f_time : \\one
      q = reading * f_current * f_time
    reading: reading
    certified:
      f_current: {quantity: electric current, takes: factor}
      f_time: {quantity: time, takes: factor}
    coverage_factor: "2"
"""


def modelled(text: str) -> str:
    """The text of a workspace with a model text in place of `scaled/1`."""
    start = text.index("    model: scaled/1")
    end = text.index("    inputs: [electric current, time]\n", start)
    return text[:start] + MODEL.lstrip("\n") + text[end:].partition("\n")[2]


def built(table: Table, folder: Path, items: int, *, text: bool, distinct: bool) -> None:
    """Build a lot by one of the two models, with few readings that many items share or with a reading of its own for each."""
    place = folder / f"lot-{text}-{distinct}"
    workspace(place, 1, items)
    if text:
        path = place / "openqi.yaml"
        path.write_text(modelled(path.read_text(encoding="utf-8")), encoding="utf-8")
    if distinct:
        rows = (f"L001-{number:06d},{2 + (25_000 + number) / 10**7:.7f}\n" for number in range(items))
        (place / "lot" / "L001-capacity.csv").write_text("cell,capacity\n" + "".join(rows), encoding="utf-8")
    with timed() as watch:
        run("build", place, "--no-pages")
    what = "model as text (judge-readings/2)" if text else "model of the catalogue (judge-readings/1)"
    readings = "each its own reading" if distinct else "400 readings in all"
    table.add(f"{items:,} items built, {what}, {readings}", watch.seconds, "s", at_most=20)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    table = Table(f"judging, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for distinct in (False, True):
            for text in (False, True):
                built(table, Path(folder), options.items, text=text, distinct=distinct)
    table.show()


if __name__ == "__main__":
    main()
