"""How fast the chain is: the example built, a hundred thousand verdicts, nothing changed, impact over a million items, the tree.

`python -m benchmarks.chain [--items 1000000] [--folder DIR]`; each build is a process of its own, as a user starts it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Table, best, peak_memory, timed
from openqi.app.checking import Checker
from openqi.app.corrections import read_correction
from openqi.app.impact import impact
from openqi.app.targets import opened
from openqi.app.tree import evidence_tree

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "storage-battery"
OPENQI = Path(sys.executable).parent / "openqi"
PASSPHRASE = {"OPENQI_PASSPHRASE": "a passphrase for measuring"}
CELLS_A_MODULE = 16


def run(*arguments: str | Path) -> dict[str, object]:
    """Return what a command answers as JSON, after checking that it went well."""
    line = [str(OPENQI), *map(str, arguments), "--json"]
    done = subprocess.run(line, env=os.environ | PASSPHRASE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{line}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def children_memory() -> float:
    """Return the largest resident size of a finished child process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def workspace(folder: Path, lots: int, cells: int) -> None:
    """Write a workspace like the example with larger lots; capacities lie as there, in steps of the display."""
    names = [f"L{number:03d}" for number in range(1, lots + 1)]
    text = (EXAMPLE / "openqi.yaml").read_text(encoding="utf-8")
    several = "for: {lot: [" + ", ".join(names) + "]}"
    text = text.replace("lot/capacity.csv", "lot/{lot}-capacity.csv").replace("lot/cells.csv", "lot/{lot}-cells.csv")
    text = text.replace("events/assembly.jsonld", "events/{lot}.jsonld").replace("encoding: gb18030", "encoding: utf-8")
    text = text.replace("/lot/2026-03-A", "/lot/{lot}").replace("放电容量", "capacity").replace("电芯编号", "cell")
    text = text.replace("  lot-capacity:\n", f'  "{{lot}}-capacity":\n    {several}\n')
    text = text.replace(
        "  lot-capacity: {readings: lot-capacity,", f'  "{{lot}}-capacity": {{{several}, readings: "{{lot}}-capacity",'
    )
    text = text.replace("  2026-03-A:\n", f'  "{{lot}}":\n    {several}\n')
    text = text.replace(
        "  2026-03-A: {lot: 2026-03-A, judgement: lot-capacity,",
        f'  "{{lot}}": {{{several}, lot: "{{lot}}", judgement: "{{lot}}-capacity",',
    )
    text = text.replace("    lots: [2026-03-A]\n", f"    lots: [{', '.join(names)}]\n")
    start, end = text.index("  assembly: {"), text.index("marks:\n")
    entry = f'  "{{lot}}": {{{several}, file: "events/{{lot}}.jsonld", lots: ["{{lot}}"], captured_by: integrator}}'
    text = f"{text[:start]}{entry}\n\n{text[end:]}"
    for name in ("certificates", "type-test", "marks"):
        (folder / name).mkdir(parents=True)
        for file in (EXAMPLE / name).iterdir():
            (folder / name / file.name).write_bytes(file.read_bytes())
    for name in ("lot", "events"):
        (folder / name).mkdir()
    for lot in names:
        _lot(folder, lot, cells)
    (folder / "openqi.yaml").write_text(text, encoding="utf-8")


def _lot(folder: Path, lot: str, cells: int) -> None:
    numbers = [f"{lot}-{number:06d}" for number in range(cells)]
    # A multiplicative congruence spreads the values over 400 steps of the display, as many as a real lot has.
    values = (20_025 + (number * 48_271) % 400 for number in range(cells))
    rows = (f"{number},{value / 10_000:.4f}\n" for number, value in zip(numbers, values, strict=True))
    (folder / "lot" / f"{lot}-capacity.csv").write_text("cell,capacity\n" + "".join(rows), encoding="utf-8")
    (folder / "lot" / f"{lot}-cells.csv").write_text("cell\n" + "\n".join(numbers) + "\n", encoding="utf-8")
    events = {"eventList": list(_events(lot, numbers))}
    document = {"@context": "", "type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": events}
    (folder / "events" / f"{lot}.jsonld").write_text(json.dumps(document), encoding="utf-8")


def _events(lot: str, numbers: list[str]) -> Iterator[dict[str, object]]:
    when: dict[str, object] = {"eventTime": "2026-04-02T08:00:00Z", "eventTimeZoneOffset": "+08:00"}
    for start in range(0, len(numbers), CELLS_A_MODULE):
        module = f"https://integrator.example/module/{lot}-{start // CELLS_A_MODULE}"
        children = [f"https://maker.example/cell/{number}" for number in numbers[start : start + CELLS_A_MODULE]]
        place: dict[str, object] = {"bizLocation": {"id": f"https://sites.example/site/{lot}"}}
        yield (
            {"type": "AggregationEvent", "action": "ADD", "parentID": module, "childEPCs": children, "bizStep": "packing"}
            | when
            | place
        )


def example(table: Table, folder: Path) -> None:
    """The example: built by `openqi demo`, built again, its tree."""
    place = folder / "example"
    with timed() as watch:
        built = run("demo", place, "--no-serve")
    table.add("the example built: evidence, marks, codes, pages (a process)", watch.seconds, "s", at_most=5)
    again = best(lambda: run("build", place), repeats=3)
    table.add("... again, nothing changed", again, "s", at_most=1)
    mark = str(built["marks"][0])  # type: ignore[index]
    table.add("explain a mark, as a command", best(lambda: run("explain", mark, "--in", place), repeats=3) * 1e3, "ms", at_most=100)
    explained(table, place, mark, "explain a mark, in a running process")


def explained(table: Table, place: Path, mark: str, what: str) -> None:
    """The tree of a mark with every signature checked anew; what was replayed once is not replayed again, except where said."""
    with opened(place) as chain:
        found = chain.find(mark)

        def tree(remembered: Path | None) -> None:
            checker = Checker(store=chain.store, remembered=remembered, version=chain.checker.version)
            target = chain.find(mark)
            evidence_tree(checker, target.record, leaf=target.leaf, capacity="mark")

        assert found.leaf is not None
        table.add(what, best(lambda: tree(chain.checker.remembered)) * 1e3, "ms", at_most=100)
        table.add("... with every decision replayed", best(lambda: tree(None), repeats=2) * 1e3, "ms")


def hundred_thousand(table: Table, folder: Path) -> None:
    """One lot of 100,000 cells, each with its own uncertainty and verdict."""
    place = folder / "lot"
    workspace(place, 1, 100_000)
    with timed() as watch:
        built = run("build", place)
    table.add("100,000 items with a verdict each (a process)", watch.seconds, "s", at_most=20)
    table.add("... its largest memory", children_memory(), "MiB", at_most=1024)
    table.add("... again, nothing changed", best(lambda: run("build", place), repeats=2), "s", at_most=1)
    explained(table, place, str(built["marks"][0]), "... explain a mark")  # type: ignore[index]


def million(table: Table, folder: Path, items: int) -> None:
    """The corrected certificate over a million items in ten lots."""
    place = folder / "million"
    workspace(place, 10, items // 10)
    with timed() as watch:
        run("build", place, "--no-pages")
    table.add(f"{items:,} items in 10 lots built", watch.seconds, "s")
    with opened(place) as chain:
        target = chain.find("certificates/cycler-2026").record
        correction = read_correction(chain.store, target, EXAMPLE / "certificates" / "cycler-corrected.xml")
        with timed() as watch:
            found = impact(chain.store, target, correction=correction)
    table.add(f"impact of a corrected certificate over {found.judged:,} items", watch.seconds, "s", at_most=10)
    table.add("... verdicts that flip", len(found.flips), "")
    table.add("... memory of the process", peak_memory(), "MiB")


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    table = Table(f"chain, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        example(table, Path(folder))
        hundred_thousand(table, Path(folder))
        million(table, Path(folder), options.items)
    table.show()


if __name__ == "__main__":
    main()
