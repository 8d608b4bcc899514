"""Recalls: a list like that of NHTSA taken in, a register of a million lines searched, an item looked up."""

import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from openqi.app.recalls.taking import compared
from openqi.formats.recalls.layouts import read_recalls
from openqi.formats.recalls.listed import Fault
from openqi.records.recall_rows import TakenRecallRow
from openqi.store.recalling import Recalling
from openqi.store.recalls import RecallIndex

LINES = 321_800
_MAKES = ("FORD", "HONDA", "TOYOTA", "NISSAN", "BMW", "VOLVO", "MACK", "JAYCO", "AUDI", "KIA")
_PARTS = ("AIR BAGS", "STEERING", "BRAKES", "FUEL SYSTEM", "ELECTRICAL SYSTEM", "SEAT BELTS")
_GOODS = ("移动电源", "儿童玩具", "电热水壶", "充电器", "婴儿推车", "电动自行车", "保温杯", "插座")
_WORDS = [
    "THE",
    "HOUSING",
    "MAY",
    "CRACK",
    "AND",
    "THE",
    "VEHICLE",
    "MAY",
    "LOSE",
    "POWER",
    "WITHOUT",
    "WARNING",
    "INCREASING",
    "THE",
    "RISK",
    "OF",
    "A",
    "CRASH",
    "OWNERS",
    "SHOULD",
    "CONTACT",
]


def flat_file(lines: int = LINES, *, changed: bool = False) -> bytes:
    """Return an invented list in the layout of NHTSA; `changed` alters one line in a hundred."""
    return b"".join(_lines(lines, changed=changed))


def _lines(lines: int, *, changed: bool) -> Iterator[bytes]:
    chance = Random(7)
    for number in range(lines):
        campaign = number // 13
        if number % 13 == 0:
            texts = ["\t".join(" ".join(chance.choices(_WORDS, k=60)) for _ in range(4))]
        model = f"MODEL {campaign % 900}" + ("X" if changed and number % 100 == 0 else "")
        yield (
            f"{number + 1}\t{campaign % 60:02d}V{campaign:06d}\t{_MAKES[campaign % 10]}\t{model}\t{1990 + number % 13}\t\t"
            f"{_PARTS[campaign % 6]}\tEXAMPLE {campaign % 300}\t20200101\t20210131\tV\t{campaign}\t20240901\tMFR\t"
            f"EXAMPLE {campaign % 300}\t20240802\t20240803\t\t\t{texts[0]}\t{number % 97:09d}{campaign:018d}\t\t\t\tNo\tNo\r\n"
        ).encode()


def importing() -> None:
    """Read the list from a mapped file, then take it again with one line in a hundred altered."""
    with tempfile.TemporaryDirectory() as folder:
        for name, changed in (("first", False), ("again", True)):
            with (Path(folder) / name).open("wb") as file:
                file.writelines(_lines(LINES, changed=changed))
        with _mapped(Path(folder) / "first") as data, _mapped(Path(folder) / "again") as other:
            begin, worked = perf_counter(), process_time()
            first = compared("nhtsa", data)
            read, busy = perf_counter(), process_time()
            again = compared("nhtsa", other, [first.lines])
            print(f"{LINES:,} lines ({len(data) / 1e6:.0f} MB) to {first.added:,} rows: {read - begin:.1f} s")
            print(f"  of them {busy - worked:.1f} s of the processor")
            told = f"{again.changed + again.added:,} new or other, {again.same:,} the same"
            print(f"  again: {told}, {process_time() - busy:.1f} s of the processor")
    print(f"  most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, pages of the mapped file with it")


@contextmanager
def _mapped(path: Path) -> Iterator[mmap]:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        yield data


def searching(lines: int = 1_000_000) -> None:
    """Search a register of a million lines for words of one and several sorts, in English and Chinese."""
    with tempfile.TemporaryDirectory() as folder:
        index = RecallIndex(Path(folder) / "recalls.sqlite", origin="benchmark.example/1")
        begin = perf_counter()
        _fill(index, lines)
        print(f"{lines:,} lines indexed in {perf_counter() - begin:.0f} s")
        for text in ("ford", "ford brakes", "model 417 ford", "移动电源", "充电 c777", "titan", "the risk"):
            slowest = max(_seconds(lambda text=text: index.search(text)) for _ in range(5))  # type: ignore[misc]
            print(f"  {text!r}: {index.search(text).count} found, slowest of five {1000 * slowest:.1f} ms")
        slowest = max(_seconds(lambda: index.by_gtin("6900000012345")) for _ in range(5))
        print(f"  by GTIN: slowest of five {1000 * slowest:.2f} ms")
        index.close()


def _seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def _fill(index: RecallIndex, lines: int) -> None:
    """Rows straight into the index, without a log in between: half like cars, half like goods in Chinese."""
    cars = [one for one in read_recalls("nhtsa", flat_file(lines // 2)) if not isinstance(one, Fault)][: lines // 2]
    goods = [_goods(number) for number in range(lines - len(cars))]
    with index.writing() as connection:
        recalling = Recalling(connection, None)  # type: ignore[arg-type]
        for of, rows in (("nhtsa", cars), ("cpsc", goods)):
            for start in range(0, len(rows), 20_000):
                recalling.put(of, 1, rows[start : start + 20_000], start)


def _goods(number: int) -> TakenRecallRow:
    name = _GOODS[number % len(_GOODS)]
    return TakenRecallRow(
        content=f"{number:064x}", header=f"{number}", key=f"{number}", name=f"{name} C{number % 5000}", place=number,
        brand=f"示例品牌{number % 700}", batch=f"B{number}", defect="外壳可能开裂导致触电", gtins=(f"69{number:011d}",),
    )  # fmt: skip


def main() -> None:
    """Measure all."""
    importing()
    searching()


if __name__ == "__main__":
    main()
