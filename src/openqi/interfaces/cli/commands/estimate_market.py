"""`openqi estimate change` and `openqi estimate areas`: why a rate changed from year to year, and rates of small areas."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.rate_words import sentence, term, terms
from openqi.interfaces.cli.results_options import confidence_option, results_options
from openqi.interfaces.cli.results_table import ResultsFile, fixed, interval_data, sizes_of, table_of

if TYPE_CHECKING:
    from openqi.science.draws.rates.areas.direct import Direct
    from openqi.science.draws.rates.change import Cell, Change, Share


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@results_options
@click.option("--cell", required=True, help="Column of the classes within which rates are compared.")
@click.option(
    "--frame", type=PATH, metavar="FILE", help="Table of the cells (cell) and their objects in both years (before, after)."
)
@confidence_option
@answering
def change(
    out: Output, before: Path, after: Path, columns: ResultsFile, cell: str, frame: Path | None, confidence: float
) -> None:  # fmt: skip
    """Split the change of a rate from one year to the next into mix, targeting and quality.

    BEFORE and AFTER are tables of results as of `openqi estimate rates`. Without --frame nothing can be split, and it says so.
    """
    from openqi.science.draws.rates.change import change as split

    years = [
        _cells(path, columns, cell, None if frame is None else sizes_of(frame, "cell", when))
        for path, when in ((before, "before"), (after, "after"))
    ]
    found = split(*years, confidence=confidence)
    out.answer(_document(found), _lines(out, found))


def _cells(path: Path, columns: ResultsFile, cell: str, sizes: dict[str, int] | None) -> "list[Cell]":
    from openqi.science.draws.rates.change import Cell, cells_of

    if sizes is None:  # nothing but counts: what they cannot say is said by `change`
        table = table_of(path)
        bad, examined = columns.seen(table)
        names = table.column(cell)
        return [
            Cell(
                name=name,
                population=None,
                visits=sum(int(m) for m, one in zip(examined, names, strict=True) if one == name),
                found=sum(int(y) for y, one in zip(bad, names, strict=True) if one == name),
            )
            for name in sorted(set(names))
        ]
    table, sample = columns.read(path)
    bad, examined = columns.seen(table)
    known = {name: float(size) for name, size in sizes.items()}
    return sorted(cells_of(sample, bad, examined, table.column(cell), known, columns.design()), key=lambda one: one.name)


def _share(one: "Share") -> dict[str, Any]:
    return {"value": one.value, "standardError": one.standard_error, "interval": interval_data(one.interval)}


def _document(found: "Change") -> dict[str, Any]:
    return {
        "hit": {
            "before": found.hit_before, "after": found.hit_after, "change": found.hit_after - found.hit_before,
            "mix": _share(found.mix), "targeting": _share(found.targeting), "quality": _share(found.quality),
        },
        "population": {
            "before": found.rate_before, "after": found.rate_after, "change": _share(found.rate_change),
            "mix": _share(found.rate_mix), "quality": _share(found.rate_quality),
        },
    }  # fmt: skip


def _lines(out: Output, found: "Change") -> list[str]:
    head = terms(("rate", "before that", "after that", "change", "mix", "targeting", "quality"), out.language)
    moved = found.hit_after - found.hit_before
    whole = [_ends(one) for one in (found.rate_change, found.rate_mix)]
    table = [
        head,
        (term("hit rate", out.language), fixed(found.hit_before), fixed(found.hit_after), _signed(moved), _signed(found.mix.value),
         _signed(found.targeting.value), _signed(found.quality.value)),
        (term("interval", out.language), "", "", "", *(_ends(one) for one in (found.mix, found.targeting, found.quality))),
        (term("population rate", out.language), fixed(found.rate_before), fixed(found.rate_after), _signed(found.rate_change.value),
         _signed(found.rate_mix.value), "-", _signed(found.rate_quality.value)),
        (term("interval", out.language), "", "", *whole, "", _ends(found.rate_quality)),
    ]  # fmt: skip
    said = [sentence(code, out.language) for code in ("mix", "targeting", "quality")]
    return [*out.columns(table), "", *said, f"{term('assumption', out.language)}: {sentence('cells-independent', out.language)}"]


def _signed(value: float) -> str:
    return f"{value * 100:+.3f}"


def _ends(one: "Share") -> str:
    return f"{one.interval.lower * 100:+.3f} … {one.interval.upper * 100:+.3f}"


@click.command()
@click.argument("results", type=PATH)
@results_options
@click.option("--area", required=True, help="Column of the area of an object.")
@click.option("--frame", type=PATH, metavar="FILE", help="Table of all areas (area), also of those in which nothing was drawn.")
@click.option(
    "--model", type=click.Choice(["beta-binomial", "fay-herriot"]), default="beta-binomial", help="By default beta-binomial."
)
@click.option(
    "--between",
    type=click.Choice(["reml", "fay-herriot", "prasad-rao"]),
    default="reml",
    help="Variance between areas, of fay-herriot.",
)
@confidence_option
@answering
def areas(
    out: Output, results: Path, columns: ResultsFile, area: str, frame: Path | None, model: str, between: str, confidence: float
) -> None:  # fmt: skip
    """Estimate rates of small areas that lean on each other; an area without data says so.

    RESULTS is a table of results as of `openqi estimate rates`.
    """
    from openqi.science.draws.rates.areas.direct import direct_rates

    table, sample = columns.read(results)
    bad, examined = columns.seen(table)
    names = () if frame is None else table_of(frame).column("area")
    direct = direct_rates(sample, bad, examined, table.column(area), names=names, design=columns.design())
    rows, more = _of_model(direct, model, between, confidence)
    head = terms(("area", "rate", "interval", "root mean squared error", "own", "own rate", "examined"), out.language)
    lines = [head, *(_area(out, one) for one in rows)]
    absent = sum(one["source"] == "synthetic" for one in rows)
    said = [sentence("synthetic", out.language, count=absent)] if absent else []
    if more.get("between") == 0.0:
        said.append(sentence("between-zero", out.language))
    out.answer({"model": model, **more, "areas": rows}, [*out.columns(lines), *(["", *said] if said else [])])


def _of_model(
    direct: "tuple[Direct, ...]", model: str, between: str, confidence: float
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    from openqi.science.draws.rates.areas.beta_binomial import beta_binomial
    from openqi.science.draws.rates.areas.fay_herriot import fay_herriot

    if model == "fay-herriot":
        fit = fay_herriot([one.area() for one in direct], method=between)
        rows: list[dict[str, Any]] = [
            {"area": one.name, "rate": one.value, "meanSquaredError": one.mean_squared_error, "interval": None, "own": one.own,
             "source": one.source}
            for one in fit.areas
        ]  # fmt: skip
        more: dict[str, Any] = {"method": fit.method, "between": fit.between, "common": fit.coefficients[0]}
    else:
        prior = beta_binomial([one.counted() for one in direct], confidence=confidence)
        rows = [
            {"area": one.name, "rate": one.value, "meanSquaredError": one.mean_squared_error,
             "interval": interval_data(one.interval), "own": one.own, "source": one.source}
            for one in prior.areas
        ]  # fmt: skip
        more = {"method": "moments", "a": prior.a, "b": prior.b, "common": prior.a / (prior.a + prior.b)}
    for row, one in zip(rows, direct, strict=True):
        row |= {"ownRate": one.rate, "examined": one.examined, "worth": one.n}
    return rows, more


def _area(out: Output, one: dict[str, Any]) -> tuple[str, ...]:
    ends = one["interval"]
    span = "-" if ends is None else f"{fixed(ends['lower'])} … {fixed(ends['upper'])}"
    own = term("no data", out.language) if one["source"] == "synthetic" else fixed(one["own"])
    direct = "-" if one["ownRate"] is None else fixed(one["ownRate"])
    return one["area"], fixed(one["rate"]), span, fixed(one["meanSquaredError"] ** 0.5), own, direct, f"{one['examined']}"
