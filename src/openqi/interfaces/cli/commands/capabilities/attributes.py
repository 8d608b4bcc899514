"""`openqi capability binomial` and `poisson`: the capability of what is counted, with exact intervals."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.tables import number, numbers_of, only_column, table_of

if TYPE_CHECKING:
    from openqi.science.capability.attribute import AttributeStudy


def _of_samples(name: str, counted: str, inspected: str, unit: str) -> Callable[[Callable[..., None]], click.Command]:
    """The arguments and options that both commands have."""

    def command(function: Callable[..., None]) -> click.Command:
        for option in (
            click.option("--confidence", type=float, default=0.95, help="Of the intervals, by default 0.95."),
            click.option("--size", help=f"Instead: so many {unit} in every sample."),
            click.option("--sizes", help=f"Column of the {inspected}."),
            click.option("--column", help=f"Column of the {counted}; not needed where there is one besides --sizes."),
            click.argument("data", type=PATH),
        ):
            function = option(function)
        return click.command(name)(function)

    return command


@_of_samples("binomial", "nonconforming items", "inspected items of each sample", "items")
@answering
def binomial(
    out: Output, /, data: Path, column: str | None, sizes: str | None, size: str | None, confidence: float
) -> None:  # fmt: skip
    """Of items that conform or do not; samples that do not share one fraction are a finding.

    DATA is a table (CSV, XLSX or Parquet) of samples in order of time.
    """
    from openqi.science.capability import attribute

    name, counts, inspected = _samples(data, column, sizes, size)
    found = attribute.binomial(counts, inspected, confidence=confidence)
    _answer(out, name, found, "fraction nonconforming")


@_of_samples("poisson", "defects", "units of each sample, not necessarily whole", "units")
@answering
def poisson(
    out: Output, /, data: Path, column: str | None, sizes: str | None, size: str | None, confidence: float
) -> None:  # fmt: skip
    """Of units that can have several defects; samples that do not share one rate are a finding.

    DATA is a table (CSV, XLSX or Parquet) of samples in order of time.
    """
    from openqi.science.capability import attribute

    name, counts, units = _samples(data, column, sizes, size)
    found = attribute.poisson(counts, units, confidence=confidence)
    _answer(out, name, found, "defects a unit")


def _samples(data: Path, column: str | None, sizes: str | None, size: str | None) -> tuple[str, list[float], list[float]]:
    if (sizes is None) == (size is None):
        raise click.UsageError("say how much was inspected: --sizes names a column, --size is the same for every sample")
    table = table_of(data)
    name = column or only_column(table, {sizes})
    counts = numbers_of(table, name)
    if sizes is not None:
        return name, counts, numbers_of(table, sizes)
    return name, counts, [number("--size", size) or 0.0] * len(counts)


def _answer(out: Output, column: str, found: "AttributeStudy", rate: str) -> None:
    per_million = 1e6 * found.nonconforming
    known, z = found.rate_interval, found.z_interval
    document: dict[str, Any] = {
        "column": column, "model": found.model, "count": found.count, "size": found.size, "samples": found.samples,
        "rate": found.rate, "rateInterval": vars(known), "ppm": per_million, "z": _finite(found.z),
        "zInterval": {**vars(z), "lower": _finite(z.lower), "upper": _finite(z.upper)}, "dispersionP": found.dispersion_p,
        "stable": found.stable, "equivalentPpk": None if found.equivalent_ppk is None else _finite(found.equivalent_ppk),
    }  # fmt: skip
    certain = f"({known.confidence * 100:.6g} %, {out.word(known.method)})"
    rows: list[tuple[str, object]] = [
        ("samples", found.samples), ("counted", f"{found.count} / {found.size:.10g}"),
        (rate, f"{found.rate:.6g}   {known.lower:.6g} … {known.upper:.6g} {certain}"),
        ("items outside, ppm", f"{per_million:.6g}"),
        ("Z bench", f"{_told(found.z)}   {_told(z.lower)} … {_told(z.upper)}"),
        ("stability", _stability(out, found)),
        ("equivalent Ppk", out.word("not stated: samples do not share one rate") if found.equivalent_ppk is None
         else _told(found.equivalent_ppk)),
    ]  # fmt: skip
    out.answer(document, out.pairs(rows), finding=found.stable is False)


def _stability(out: Output, found: "AttributeStudy") -> str:
    if found.dispersion_p is None:
        return out.word("not tested: one sample, or nothing counted")
    return f"{out.word('stable' if found.stable else 'not stable')} (p = {found.dispersion_p:.3g})"


def _told(value: float) -> str:
    """A number, or what an infinite one means: nothing (or everything) was seen nonconforming."""
    return f"{value:.4f}" if isfinite(value) else "∞" if value > 0.0 else "-∞"


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
