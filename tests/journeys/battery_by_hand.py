"""The storage battery example worked out by hand from its CSV files: a second method that shares no code with the product.

Exact fractions throughout. A table of U gives for each indicated capacity, as the file writes it, the expanded uncertainty as
reported, in A.h; `uncertainties` works one out from the figures of certificate and workspace.
"""

import csv
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "storage-battery"
SAMPLES = {"B0005": "1.850", "B0006": "2.000", "B0007": "1.850"}  # with the lower limit of each, after its cut-off voltage
LOT_LIMIT = "2.000"
BEFORE, AFTER = "1", "0.996"  # factor of the current: first certificate, corrected certificate


def type_test(sample: str, cycle: int) -> str:
    """Return the indicated capacity of a sample in a cycle, as its file writes it."""
    with (FOLDER / "type-test" / f"{sample}.csv").open(encoding="utf-8", newline="") as file:
        return next(row["capacity_Ah"] for row in csv.DictReader(file) if row["cycle"] == str(cycle))


def samples() -> dict[str, str]:
    """Return the indicated capacity of each sample in its first cycle, by its URI."""
    return {f"https://maker.example/sample/{sample}": type_test(sample, 1) for sample in SAMPLES}


def lot() -> dict[str, str]:
    """Return the indicated capacity of each cell of the lot, by its URI."""
    with (FOLDER / "lot" / "capacity.csv").open(encoding="gb18030", newline="") as file:
        return {f"https://maker.example/cell/{row['电芯编号']}": row["放电容量"] for row in csv.DictReader(file)}


def limits() -> dict[str, Fraction]:
    """Return the lower limit of every item."""
    of_samples = {f"https://maker.example/sample/{sample}": Fraction(limit) for sample, limit in SAMPLES.items()}
    return of_samples | dict.fromkeys(lot(), Fraction(LOT_LIMIT))


def corrected(indicated: str, factor: str) -> Fraction:
    """Return the capacity after correction of the current, exact: the indicated charge is current times time."""
    return Fraction(indicated) * Fraction(factor)


def retention(sample: str, factor: str) -> Fraction:
    """Return C50/C1 as a fraction of one; the factor stands above and below the line."""
    return corrected(type_test(sample, 50), factor) / corrected(type_test(sample, 1), factor)


def uncertainties(factor: str) -> dict[str, str]:
    """Return U with k = 2 of each indicated capacity, to two significant digits.

    Relative standard uncertainties: current U = 0.0012 A at 2 A, time U = 0.0020 s at 3600 s, both k = 2; stability 0.0001. The
    last digit of the display, 0.0001 A.h, is a rectangle of that width.
    """
    current, time, stability = Fraction("0.0006") / (2 * Fraction(factor)), Fraction("0.0010") / 3600, Fraction("0.0001")
    found = {}
    for text in (*samples().values(), *lot().values()):
        value, step = corrected(text, factor), Fraction("0.0001") * Fraction(factor)
        variance = value**2 * (current**2 + time**2 + stability**2) + step**2 / 12
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        found[text] = format(Context(prec=2, rounding=ROUND_HALF_EVEN).plus(2 * root), "f")
    return found


def as_reported(value: Fraction, uncertainty: str) -> Fraction:
    """Return a value rounded to the last place of its U, on a tie to the even digit."""
    place = Fraction(1, 10 ** len(uncertainty.partition(".")[2]))
    return round(value / place) * place


def guarded(limit: Fraction, uncertainty: str) -> Fraction:
    """Return the smallest value that is accepted: the guard band above the limit is as wide as U."""
    return limit + Fraction(uncertainty)


def conforms(indicated: str, factor: str, limit: Fraction, uncertainty: str) -> bool:
    """Return the verdict on one item: its corrected value as reported is not below the guarded limit."""
    return as_reported(corrected(indicated, factor), uncertainty) >= guarded(limit, uncertainty)


def nonconforming(factor: str, uncertainty: Mapping[str, str]) -> set[str]:
    """Return the items, samples and cells, that do not conform with a factor and a table of U."""
    limit = limits()
    items = samples() | lot()
    return {item for item, text in items.items() if not conforms(text, factor, limit[item], uncertainty[text])}


def flipped(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Return the items whose verdict differs between the two factors, with a table of U for each."""
    return nonconforming(BEFORE, before) ^ nonconforming(AFTER, after)


def sample_of_lot(size: int = 50, seed: str = "2026-03-30 published") -> list[str]:
    """Return the cells that were drawn: those with the smallest tickets."""
    tickets = {item: sha256((seed + "\n" + item).encode()).hexdigest() for item in lot()}
    return sorted(tickets, key=tickets.__getitem__)[:size]


def lot_accepted(factor: str, uncertainty: Mapping[str, str]) -> bool:
    """Return the verdict on the lot: at most one nonconforming cell among fifty."""
    return len(nonconforming(factor, uncertainty) & set(sample_of_lot())) <= 1
