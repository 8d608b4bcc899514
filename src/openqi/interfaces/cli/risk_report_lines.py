"""A report on a risk as lines for people: tables, and the sentences that they give rise to."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from openqi.interfaces.cli.risk_report_words import sentence, term, terms

if TYPE_CHECKING:
    from openqi.science.risk.judging.choice import Class
    from openqi.science.risk.judging.discrimination import Lift
    from openqi.science.risk.judging.drift import Period, Shift
    from openqi.science.risk.judging.fairness import Fairness
    from openqi.science.risk.judging.report import Judgement, Report
    from openqi.science.risk.measures import Measure

Rows = Iterable[tuple[str, ...]]
Titled = tuple[str, list[tuple[str, ...]]]


def lines_of(language: str, table: Callable[[Rows], list[str]], found: "Report", shifts: "tuple[Shift, ...]") -> list[str]:
    """Return what people read.

    Args:
        language: `zh` or `en`.
        table: rows as aligned lines.
        found: the report.
        shifts: drift of features; none where none was asked.
    """
    lines: list[str] = []
    for title, rows in _tables(language, found, shifts):
        lines += [term(title, language), *("  " + one for one in table(rows)), ""]
    said = list(_findings(language, found, shifts))
    lines += [*said, ""] if said else []
    shown = [sentence(code, language, **told) for code, told in found.not_shown]
    return [*lines, term("not shown", language), *(f"  {one}" for one in shown)]


def _tables(lang: str, found: "Report", shifts: "tuple[Shift, ...]") -> Iterator[Titled]:
    yield from _holding(lang, found)
    areas = [one for one in found.judgements if one.discrimination is not None]
    if areas:
        yield "does it find", [terms(("basis", "AUC", "interval"), lang), *(_area(lang, one) for one in areas)]
    if found.judgements[0].discrimination is not None:
        head = terms(("budget", "visits", "expected hits", "hits", "caught", "lift", "threshold"), lang)
        yield "budget", [head, *(_lift(one) for one in found.judgements[0].discrimination.lifts)]
    yield from _choices(lang, found)
    if found.periods:
        yield (
            "time",
            [terms(("time", "objects", "said", "found", "interval", "holds"), lang), *(_period(lang, o) for o in found.periods)],
        )
    head = terms(("group", "share", "objects", "said", "found", "interval", "flagged", "false alarms", "missed"), lang)
    for one in found.fairness:
        yield f"{term('for whom', lang)}: {one.column}", [head, *_groups(lang, one)]
    if shifts:
        head = terms(("column", "PSI", "by chance", "limit of chance", "moved"), lang)
        yield "drift", [head, *(_shift(lang, one, first=not at) for at, one in enumerate(shifts))]


def _holding(lang: str, found: "Report") -> Iterator[Titled]:
    head = ("basis", "objects", "bad", "found - said", "interval", "found / said", "slope", "ECE", "by chance", "Brier")
    yield "does it hold", [terms(head, lang), *(_holds(lang, one) for one in found.judgements)]
    first = found.judgements[0].reliability
    rows = [
        (f"{_pct(one.least)} … {_pct(one.greatest)}", _pct(one.share), f"{one.objects}", _pct(one.said), *_both(one.found))
        for one in first.bins
    ]
    yield "risk group", [terms(("said between", "share", "objects", "said", "found", "interval"), lang), *rows]
    own = first.brier
    parts = tuple(f"{one:.5f}" for one in (own.value, own.reliability, own.resolution, own.uncertainty, own.within))
    yield "Brier", [terms(("Brier", "reliability", "resolution", "uncertainty", "within"), lang), parts]


def _lift(one: "Lift") -> tuple[str, ...]:
    hits = (f"{one.visits:,.0f}", f"{one.said:,.1f}", f"{one.hits:,.1f}")
    return (_pct(one.budget), *hits, _pct(one.caught), f"{one.lift:.2f}", _pct(one.threshold))


def _period(lang: str, one: "Period") -> tuple[str, ...]:
    holds = "-" if one.holds is None else _yes(lang, one.holds)
    return (f"{one.first} … {one.last}", f"{one.objects}", _pct(one.said), *_both(one.found), holds)


def _shift(lang: str, one: "Shift", *, first: bool) -> tuple[str, ...]:
    name = term(one.name, lang) if first else one.name
    return (name, f"{one.index:.4f}", f"{one.by_chance:.4f}", f"{one.chance_limit:.4f}", _yes(lang, one.moved))


def _choices(lang: str, found: "Report") -> Iterator[Titled]:
    if found.classes:
        head = terms(("class", "from", "share", "objects", "said", "found", "interval", "times A"), lang)
        yield "class", [head, *(_class(one) for one in found.classes)]
    if (choice := found.choice) is not None:
        costs = sorted((choice.best, *choice.others), key=lambda one: one.threshold)
        cheapest = term("cheapest", lang)
        rows = [(_pct(o.threshold), _pct(o.visited), f"{o.by_found:.4g}", cheapest if o is choice.best else "") for o in costs]
        ends = [
            (term("nobody", lang), _pct(0.0), f"{choice.nobody:.4g}", ""),
            (term("everybody", lang), _pct(1.0), f"{choice.everybody:.4g}", ""),
        ]
        yield "whom to visit", [terms(("threshold", "share", "cost", ""), lang), *rows, *ends]


def _class(one: "Class") -> tuple[str, ...]:
    said = "-" if one.said is None else _pct(one.said)
    found = ("-", "-") if one.found is None else _both(one.found)
    return (
        one.name,
        _pct(one.least),
        _pct(one.share),
        f"{one.objects}",
        said,
        *found,
        "-" if one.times is None else f"{one.times:.1f}",
    )


def _holds(lang: str, one: "Judgement") -> tuple[str, ...]:
    own = one.reliability
    slope = "-" if own.slope is None else f"{own.slope.value:.3f} {_span(own.slope, '.3f')}"
    return (
        term(one.basis, lang), f"{one.objects}", f"{one.bad}", f"{100 * own.large.value:+.3f} %", _span(own.large, "+.2%"),
        f"{own.ratio.value:.3f} {_span(own.ratio, '.3f')}", slope, _pct(own.error), _pct(own.error_by_chance),
        f"{own.brier.value:.5f}",
    )  # fmt: skip


def _area(lang: str, one: "Judgement") -> tuple[str, ...]:
    if one.discrimination is None:
        return (term(one.basis, lang), "-", "-")
    area = one.discrimination.area
    return (term(one.basis, lang), f"{area.value:.4f}", _span(area, ".4f"))


def _groups(lang: str, one: "Fairness") -> Iterator[tuple[str, ...]]:
    for own in one.groups:
        errors = ("-" if rate is None else _pct(rate.value) for rate in (own.false_alarms, own.missed))
        yield (
            term("?", lang) if own.name == "?" else own.name, _pct(own.share), f"{own.objects}", _pct(own.said), *_both(own.found),
            _pct(own.flagged.value), *errors,
        )  # fmt: skip


def _findings(lang: str, found: "Report", shifts: "tuple[Shift, ...]") -> Iterator[str]:
    whole = found.judgements[0].reliability
    if (ends := whole.large.interval) is not None and not ends.lower <= 0.0 <= ends.upper:
        yield sentence("not-holding", lang, gap=whole.large.value, low=ends.lower, high=ends.upper)
    if whole.error > 2.0 * whole.error_by_chance:
        yield sentence("bins-more", lang, error=whole.error, chance=whole.error_by_chance)
    yield sentence("visited-basis", lang)
    for one in found.fairness:
        if one.gain is not None and one.gain.interval is not None:
            code = "alone" if one.alone_suffices else "more-than-alone"
            yield sentence(
                code, lang, column=one.column, gain=one.gain.value, low=one.gain.interval.lower, high=one.gain.interval.upper
            )
        for own in one.groups:
            if (ends := own.off.interval) is not None and not ends.lower <= 0.0 <= ends.upper:
                yield sentence("unfair", lang, column=one.column, group=own.name, said=own.said, found=own.found.value)
    for shift in shifts:
        if shift.moved:
            yield sentence("moved", lang, column=shift.name, index=shift.index, limit=shift.chance_limit)


def _pct(share: float) -> str:
    return f"{100 * share:.2f} %"


def _both(one: "Measure") -> tuple[str, str]:
    return _pct(one.value), _span(one, ".2%")


def _span(one: "Measure", form: str) -> str:
    return "-" if one.interval is None else f"({one.interval.lower:{form}} … {one.interval.upper:{form}})"


def _yes(lang: str, value: bool) -> str:
    return term("yes" if value else "no", lang)
