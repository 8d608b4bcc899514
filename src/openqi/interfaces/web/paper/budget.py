"""Evaluations of uncertainty that a certificate names, as parts of its document: result, budget after JJF 1059.1, what to know."""

from collections.abc import Iterator, Sequence

from openqi.app.reading.certificates import Budgeted
from openqi.app.reading.evaluations import BudgetRow, EvaluationPage, ResultPage
from openqi.interfaces.web.figures import caution, degrees, figure, magnitude, minus, share
from openqi.interfaces.web.paper.blocks import Block, Cell, Grid, Head, Note, Prose
from openqi.interfaces.web.show import name_of, short
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, term

_HEADS = (
    ("evaluation-source", False), ("evaluation-type", False), ("evaluation-distribution", False), ("evaluation-estimate", True),
    ("evaluation-u", True), ("evaluation-c", True), ("evaluation-cu", True), ("evaluation-dof", True), ("evaluation-share", True),
)  # fmt: skip


def budget_blocks(evaluations: Sequence[Budgeted], language: str) -> Iterator[Block]:
    """Yield the evaluations in their order; of one that may not be shown it is said that it is withheld.

    Args:
        evaluations: as the record of the certificate names them.
        language: `zh` or `en`.
    """
    for place, one in enumerate(evaluations):
        heading = phrase("cert-evaluations", language) if place == 0 else ""
        if one.shown is None:
            told = phrase(
                "cert-evaluation-unshown", language, record=short(one.seen.id), state=term("state", one.seen.state, language)
            )
            yield Note(heading=heading, tone="warn", text=told)
            continue
        yield from _evaluation(one, one.shown, heading, language)


def _evaluation(one: Budgeted, shown: EvaluationPage, heading: str, language: str) -> Iterator[Block]:
    state = term("state", one.seen.state, language)
    about = phrase("cert-evaluation-record", language, record=one.seen.id, state=state)
    model = phrase("separator", language).join((phrase("evaluation-model", language), "; ".join(shown.equations)))
    yield Prose(heading=heading, parts=((name_of(one.seen.about, language), (about, model)),))
    for result in shown.results:
        yield _budget(result, language)
        if result.monte_carlo is not None:
            run, unit = result.monte_carlo, shown_unit(result.reported.unit or "1")
            ends = phrase("range-of", language, low=minus(run.shortest_lower), high=minus(run.shortest_upper))
            trials = f"{phrase('evaluation-monte-carlo', language)}{phrase('separator', language)}"
            trials += f"u = {run.standard_uncertainty} {unit}".strip() + phrase("separator-list", language)
            trials += f"{phrase('evaluation-shortest', language)} {ends} {unit}".strip() + f" ({shown.trials_percent} %)"
            yield Prose(heading="", parts=(("", (trials,)),))
        for warning in result.warnings:
            yield Note(heading="", tone="warn", text=caution(warning.code, warning.names, warning.figures, language))


def _budget(result: ResultPage, language: str) -> Grid:
    reported, unit = result.reported, _behind(result.reported.unit)
    caption = phrase("evaluation-budget", language, what=reported.name)
    if unit:
        caption += f" ({phrase('evaluation-contributions-in', language, unit=unit.strip())})"
    head = tuple(Head(text=phrase(name, language), number=number) for name, number in _HEADS)
    rows = [_row(row, language) for row in result.rows]
    if reported.higher_contribution is not None and reported.higher_share is not None:
        size, part = magnitude(reported.higher_contribution), share(reported.higher_share)
        rows.append(_sum(phrase("evaluation-higher", language), size, part=part))
    dof = degrees(reported.degrees_of_freedom, language)
    rows.append(_sum(phrase("cert-combined", language), reported.standard_uncertainty, dof=dof, strong=True))
    factor = f"{phrase('evaluation-expanded', language)}, k = {reported.coverage_factor}"
    rows.append(_sum(factor, reported.expanded_uncertainty, strong=True))
    return Grid(heading="", caption=caption, head=head, rows=tuple(rows), notes=(_stated(result, language),))


def _row(row: BudgetRow, language: str) -> tuple[Cell, ...]:
    given, unit = row.input, _behind(row.input.unit)
    texts = (
        " ".join(filter(None, (given.name, _source(row, language)))), given.evaluated or phrase("evaluation-earlier", language),
        term("value", given.distribution, language), figure(given.value, 10) + unit, figure(given.standard_uncertainty) + unit,
        figure(row.line.sensitivity, 4), magnitude(row.line.contribution), degrees(given.degrees_of_freedom, language),
        share(row.line.share),
    )  # fmt: skip
    return tuple(Cell(text=text) for text in texts)


def _source(row: BudgetRow, language: str) -> str:
    """Where an input comes from; of a record that does not stand, or may not be shown, its state is told too."""
    given, seen = row.input, row.rests_on
    if seen is not None:
        name = name_of(seen.about, language) or short(seen.id)
        return f"({name}{f', {given.output}' if given.output else ''}; {term('state', seen.state, language)})"
    if given.source:
        return f"({given.source})"
    return f"({phrase('evaluation-series', language, series=given.series)})" if given.series else ""


def _sum(label: str, size: str, *, dof: str = "", part: str = "", strong: bool = False) -> tuple[Cell, ...]:
    empty = Cell(text="")
    return (
        Cell(text=label, strong=strong), *(empty,) * 5, Cell(text=size, strong=strong), Cell(text=dof), Cell(text=part),
    )  # fmt: skip


def _stated(result: ResultPage, language: str) -> str:
    """The result as the GUM asks for it, then what its numbers mean."""
    reported = result.reported
    unit = _behind(reported.unit)
    whole = f"{reported.name} = ({minus(reported.value)} ± {reported.expanded_uncertainty}){unit}"
    told = {"u": reported.standard_uncertainty, "unit": unit, "k": reported.coverage_factor}
    if result.percent is None:
        meaning = phrase("evaluation-stated-k", language, **told)
    elif result.whole_dof is None:
        meaning = phrase("evaluation-stated-normal", language, **told, percent=result.percent)
    else:
        meaning = phrase("evaluation-stated-t", language, **told, percent=result.percent, dof=result.whole_dof)
    return f"{whole}{'。' if language == 'zh' else '. '}{meaning}"


def _behind(unit: str | None) -> str:
    shown = shown_unit(unit) if unit else ""
    return f"\u00a0{shown}" if shown else ""
