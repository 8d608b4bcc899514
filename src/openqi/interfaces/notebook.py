"""Results as pictures in a notebook: `%load_ext openqi.interfaces.notebook`, and every result shows itself; or `show(result)`."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite, sqrt
from typing import Any, Final

from openqi.app.pictures.budget import budget_bars
from openqi.app.pictures.calibration import calibration_curve
from openqi.app.pictures.capability.histogram import capability_histogram
from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.capability.sixpack import capability_sixpack
from openqi.app.pictures.control.control_chart import control_chart
from openqi.app.pictures.control.phrases import figure, statistic
from openqi.app.pictures.control.plotted import plotted
from openqi.app.pictures.control.run_lengths import no_alarm_curves
from openqi.app.pictures.decision import Decided, decision_picture
from openqi.app.pictures.distribution import output_distribution
from openqi.app.pictures.frame import Spec, Wording
from openqi.app.pictures.numbers import percent, risk, short, signed, stated
from openqi.interfaces.cli.words import language_of, word
from openqi.interfaces.pictures.drawing import picture_svg
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import DomainError
from openqi.science.calibration.function import CalibrationFunction
from openqi.science.capability.result import Study
from openqi.science.charts.charting import Chart, Panel
from openqi.science.charts.run_lengths.answer import RunLengthDistribution
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.evaluation import Evaluation

__all__ = ["Picture", "enable", "load_ipython_extension", "of_spec", "show"]
VEGA_LITE: Final = "application/vnd.vegalite.v5+json"
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that a notebook shows: alive where it has Vega-Lite, else still, and its numbers as a table.

    Args:
        spec: Vega-Lite.
        rows: of the table; the first has the heads. Without any there is no table.
        lang: language of the words.
    """

    spec: Spec
    rows: Rows = ()
    lang: str = "en"

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return picture_svg(self.spec, self.lang)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 -- IPython asks so
        """Return every form that a notebook can take."""
        return {
            VEGA_LITE: self.spec,
            "image/svg+xml": self.svg,
            "text/html": f"<figure>{self.svg}{_table(self.rows)}</figure>",
            "text/plain": self.spec["description"],
        }


def show(result: object, *, lang: str | None = None, **more: Any) -> Picture:
    """Return the picture of a result: a budget, a distribution, a calibration curve, a decision, a study, a chart, run lengths.

    Args:
        result: `Evaluation`, `Propagated`, `CalibrationFunction`, `Decided`, `Study`, `Chart` or `RunLengthDistribution`.
        lang: `zh` or `en`, by default that of the locale.
        more: what the picture takes besides: `by` of `budget_bars`; `name`, `unit` and `first` of `output_distribution`; `x`, `y`,
            `u_x`, `u_y`, `names`, `units` and `title` of `calibration_curve`; `name`, `unit` and `of` (`histogram` or `sixpack`)
            of a study of capability; `times`, `unit`, `monitored_from`, `lower` and `upper` of `plotted`, `title` and `width` of
            `control_chart`; `name`, `shift` and `width` of `no_alarm_curves`.

    Raises:
        DomainError: there is no picture of such a thing.
    """
    chosen = lang or language_of(os.environ)
    found = next((made for kind, made in _MAKERS if isinstance(result, kind)), None)
    if found is None:
        known = ", ".join(kind.__name__ for kind, _ in _MAKERS)
        raise DomainError(f"there is no picture of {type(result).__name__}; there is one of {known}")
    spec, rows = found(result, wording_of(chosen), chosen, more)
    return Picture(spec=spec, rows=rows, lang=chosen)


def of_spec(spec: Spec, *, lang: str = "en") -> Picture:
    """Return a specification of `openqi.app.pictures` as a picture that a notebook shows."""
    return Picture(spec=spec, lang=lang)


def enable(shell: Any, *, lang: str | None = None) -> None:
    """Let every result show itself in a notebook.

    Args:
        shell: what `get_ipython()` gives.
        lang: `zh` or `en`, by default that of the locale.
    """
    formatter = shell.display_formatter.mimebundle_formatter
    for kind, _ in _MAKERS:
        formatter.for_type(kind, lambda result: show(result, lang=lang)._repr_mimebundle_())


load_ipython_extension = enable


def _table(rows: Rows) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _of_evaluation(result: Evaluation, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    rows = [[word(text, lang) for text in ("source of uncertainty", "contribution", "share")]]
    rows += [
        [row.name, wording.with_unit(short(row.contribution), result.unit), percent(row.share)]
        for row in result.budget(by=more.get("by", "input"))
    ]
    return budget_bars(result, wording, **more), rows


def _of_run(result: Propagated, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    rows = [[word(text, lang) for text in ("result", "value", "standard uncertainty", "shortest interval", "symmetric interval")]]
    for place, name in enumerate(result.names):
        u = result.standard_uncertainty[place]
        told = [" … ".join(stated(end, u)[0] for end in ends[place]) for ends in (result.shortest, result.symmetric)]
        rows.append([name, *stated(result.value[place], u), *told])
    return output_distribution(result, wording, **more), rows


def _of_function(result: CalibrationFunction, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    rows = [[word(text, lang) for text in ("coefficient", "value", "standard uncertainty")]]
    for power, value in enumerate(result.coefficients):
        rows.append([f"b{power}", f"{value:.12g}", short(sqrt(result.covariance[power][power]))])
    given = {"x": (), "y": (), **more}
    return calibration_curve(result, given.pop("x"), given.pop("y"), wording, **given), rows


def _of_decision(result: Decided, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    made = result.decision
    rows = [[word(text, lang) for text in ("outcome", "compared", "risk of being wrong", "rule")]]
    rows.append([word(made.outcome, lang), wording.with_unit(made.compared, result.unit), risk(made.specific_risk), made.rule])
    return decision_picture(result, wording, **more), rows


def _of_study(result: Study, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    rows = [[word(text, lang) for text in ("capability index", "value", "interval", "method")]]
    for one in result.indices:
        known = one.interval
        span = (
            "-"
            if known is None
            else f"{signed(f'{known.lower:.4f}')} … {signed(f'{known.upper:.4f}')} ({100 * known.confidence:.6g} %)"
        )
        rows.append([one.name, signed(f"{one.value:.4f}"), span, word(one.method, lang)])
    given = dict(more)
    of = given.pop("of", "histogram")
    if of not in ("histogram", "sixpack"):
        raise DomainError(f"of = {of!r}; a study has a histogram and a sixpack")
    make = capability_sixpack if of == "sixpack" else capability_histogram
    return make(ShownStudy(study=result, **given), wording), rows


def _of_chart(result: Chart, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    looks = {name: more.pop(name) for name in ("title", "width") if name in more}
    heads = ("panel", "stage", "points", "centre line", "lower limit", "upper limit", "violations")
    rows = [[word(text, lang) for text in heads]]
    for panel in result.panels:
        for stage in result.stages:
            part = slice(stage.start, stage.stop)
            ends = [_span(panel, name, part) for name in ("centre", "lower", "upper")]
            broken = sum(bits > 0 for bits in panel.flags[part])
            rows.append([statistic(panel.name, wording), stage.label or "–", str(stage.stop - stage.start), *ends, str(broken)])
    return control_chart(plotted(result, **more), wording, **looks), rows


def _span(panel: Panel, name: str, part: slice) -> str:
    """A line of a stage; where it moves, from where to where."""
    there = [value for value in getattr(panel, name)[part] if isfinite(value)]
    if not there:
        return "–"
    size = max(map(abs, [*there, *filter(isfinite, panel.values)])) or 1.0
    ends = [figure(end, size / 50.0) for end in sorted({min(there), max(there)})]
    return " … ".join(ends)


def _of_run_lengths(result: RunLengthDistribution, wording: Wording, lang: str, more: dict[str, Any]) -> tuple[Spec, Rows]:
    rows = [[word(text, lang) for text in ("signals by", "points")]]
    rows += [[percent(share), str(result.quantile(share))] for share in (0.1, 0.5, 0.9)]
    return no_alarm_curves({more.pop("name", wording("this-chart")): result}, wording, **more), rows


_Maker = Callable[[Any, Wording, str, dict[str, Any]], tuple[Spec, Rows]]
_MAKERS: Final[tuple[tuple[type, _Maker], ...]] = (
    (Evaluation, _of_evaluation),
    (Propagated, _of_run),
    (CalibrationFunction, _of_function),
    (Decided, _of_decision),
    (Study, _of_study),
    (Chart, _of_chart),
    (RunLengthDistribution, _of_run_lengths),
)
