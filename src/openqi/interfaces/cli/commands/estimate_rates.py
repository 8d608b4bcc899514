"""`openqi estimate rates`: hit rate beside population rate out of a table of results, who was not examined apart."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.rate_words import sentence, term, terms
from openqi.interfaces.cli.results_options import confidence_option, results_options
from openqi.interfaces.cli.results_table import ResultsFile, fixed, interval_data, rate_data, sizes_of

if TYPE_CHECKING:
    from openqi.science.draws.rates.study import Part, Rate, Study

_INTERVALS: Final = ("korn-graubard", "logit", "wilson", "wald")


@click.command()
@click.argument("results", type=PATH)
@results_options
@click.option("--class", "classes", help="Column of classes within which those not examined are thought to be like the others.")
@click.option("--by", multiple=True, help="Column of domains that get a rate of their own; or several.")
@click.option("--strata", type=PATH, metavar="FILE", help="Table of the strata (stratum) and what the population has (units).")
@click.option(
    "--estimator", type=click.Choice(["hajek", "horvitz-thompson", "stratified"]), default="hajek", help="By default hajek."
)
@click.option("--objects", type=click.IntRange(min=1), help="Of the whole population, for horvitz-thompson.")
@click.option("--interval", type=click.Choice(_INTERVALS), default="korn-graubard", help="By default korn-graubard.")
@confidence_option
@answering
def rates(
    out: Output, results: Path, columns: ResultsFile, classes: str | None, by: tuple[str, ...], strata: Path | None,
    estimator: str, objects: int | None, interval: str, confidence: float,
) -> None:  # fmt: skip
    """Estimate the rate of bad objects in the whole population.

    RESULTS is a table (CSV, XLSX or Parquet), one row a drawn object.
    """
    from openqi.science.draws.rates.study import Asked, study

    sizes = None if strata is None else sizes_of(strata, "stratum")
    table, sample = columns.read(results, sizes)
    asked = Asked(
        design=columns.design(), estimator=estimator, interval=interval, confidence=confidence, objects=objects,
        sizes={name: float(size) for name, size in (sizes or {}).items()},
    )  # fmt: skip
    found = study(
        sample,
        columns.outcomes(table),
        classes=None if classes is None else table.column(classes),
        by={name: table.column(name) for name in by},
        asked=asked,
    )
    out.answer(_document(found), _lines(out, found))


def _document(found: "Study") -> dict[str, Any]:
    low, high, ends = found.bounds
    return {
        "objects": sum(found.counts.values()),
        "counts": dict(found.counts),
        "response": _response(found.response),
        "hit": rate_data(found.hit),
        "population": rate_data(found.population),
        "estimator": found.estimator,
        "variance": found.variance,
        "degreesOfFreedom": found.degrees,
        "badObjects": {"value": found.total[0], "interval": interval_data(found.total[1])},
        "bounds": {"allGood": low, "allBad": high, "interval": interval_data(ends)},
        "adjusted": None if found.adjusted is None else rate_data(found.adjusted),
        "undetected": found.undetected,
        "silent": list(found.silent),
        "parts": [
            {
                "column": one.column, "value": one.value, "response": _response(one.response),
                "rate": None if one.rate is None else rate_data(one.rate),
            }
            for one in found.parts
        ],
    }  # fmt: skip


def _response(one: Any) -> dict[str, Any]:
    return {
        "examined": one.examined, "notExamined": one.unresolved, "outOfScope": one.outside, "share": one.share,
        "weighted": one.weighted,
    }  # fmt: skip


def _lines(out: Output, found: "Study") -> list[str]:
    response = found.response
    rows: list[tuple[str, object]] = [
        ("drawn objects", sum(found.counts.values())),
        ("examined", f"{response.examined}"),
        ("not examined", f"{response.unresolved}"),
        ("out of scope", f"{response.outside}"),
        ("response rate", _share(out, response.share, response.weighted)),
    ]
    ends = [terms(("outcome", "objects"), out.language)]
    ends += [(term(code, out.language), f"{count}") for code, count in found.counts.items() if count]
    head = terms(("rate", "value", "interval", "method"), out.language)
    low, high, both = found.bounds
    table = [head, _row(out, "hit rate", found.hit, found.hit.interval.method)]
    table.append(_row(out, "population rate", found.population, f"{found.estimator}, {found.variance}"))
    if found.adjusted is not None:
        table.append(_row(out, "adjusted rate", found.adjusted, f"weighting-class, {found.variance}"))
    span = f"{fixed(both.lower)} … {fixed(both.upper)} ({both.confidence * 100:.6g} %)"
    table.append((term("worst cases", out.language), f"{fixed(low)} … {fixed(high)}", span, both.method))
    number, around = found.total
    total = f"{number:,.1f}  ({around.lower:,.1f} … {around.upper:,.1f})"
    parts = list(_parts(out, found.parts))
    return [
        *out.pairs([(term(name, out.language), value) for name, value in rows]), "",
        *out.columns(ends), "", *out.columns(table), "",
        *out.pairs([(term("bad objects in all", out.language), total)]),
        *(["", *parts] if parts else []), "", *_said(out, found),
    ]  # fmt: skip


def _share(out: Output, share: float | None, weighted: float | None) -> str:
    if share is None or weighted is None:
        return "-"
    return f"{fixed(share)} ({term('weighted', out.language)} {fixed(weighted)})"


def _row(out: Output, name: str, one: "Rate", how: str) -> tuple[str, str, str, str]:
    ends = one.interval
    method = how if ends.method in how else f"{how}, {ends.method}"
    return (
        term(name, out.language),
        fixed(one.value),
        f"{fixed(ends.lower)} … {fixed(ends.upper)} ({ends.confidence * 100:.6g} %)",
        method,
    )


def _parts(out: Output, parts: "tuple[Part, ...]") -> Iterator[str]:
    if not parts:
        return
    head = ("domain", "population rate", "interval", "bad", "examined", "response rate")
    table = [terms(head, out.language)]
    for one in parts:
        share = "-" if one.response.share is None else fixed(one.response.share)
        name = f"{one.column} {one.value}"
        if one.rate is None:
            table.append((name, "-", "-", "0", "0", share))
            continue
        span = f"{fixed(one.rate.interval.lower)} … {fixed(one.rate.interval.upper)}"
        table.append((name, fixed(one.rate.value), span, f"{one.rate.found}", f"{one.rate.examined}", share))
    yield from out.columns(table)


def _said(out: Output, found: "Study") -> Iterator[str]:
    """What each number says, and what it does not."""
    low, high, _ = found.bounds
    yield sentence("hit", out.language)
    yield sentence("population", out.language)
    if found.adjusted is not None:
        yield sentence("adjusted", out.language)
    if found.response.unresolved:
        yield sentence("bounds", out.language, unresolved=found.response.unresolved, low=low, high=high)
    if found.response.outside:
        yield sentence("outside", out.language, outside=found.response.outside)
    for stratum in found.silent:
        yield sentence("silent", out.language, stratum=stratum)
    if found.undetected is not None:
        yield sentence("none-found", out.language, upper=found.population.interval.upper, objects=found.undetected)
    for one in found.parts:
        if one.rate is None:
            yield sentence("no-response", out.language, column=one.column, value=one.value)
        elif one.rate.interval.method == "too-few-units":
            yield sentence("too-few-units", out.language, column=one.column, value=one.value)
