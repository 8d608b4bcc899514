"""An uncertainty budget as bars: who contributes, how much, and which share of the variance; the largest first."""

from collections.abc import Sequence
from math import fsum
from typing import Final

from openqi.app.pictures.frame import INK, INNER, MUTED, PALE, VALUE, Spec, Wording, framed, layer, quantitative
from openqi.app.pictures.numbers import percent, short, stated
from openqi.science.uncertainty.propagation.budget import BudgetRow, By
from openqi.science.uncertainty.propagation.evaluation import HIGHER, Evaluation

_ROW: Final = 34
_NAME: Final = 30


def budget_bars(evaluation: Evaluation, wording: Wording, *, by: By = "input", most: int = 10) -> Spec:
    """Return the budget of a result; what is beyond so many rows is one bar of their shares, with their number.

    Args:
        evaluation: of one output.
        wording: words and units.
        by: what the rows are.
        most: rows at most, the one of all others among them; at least 2.

    Raises:
        DomainError: by `intermediate`, where the model has none.
    """
    dof = evaluation.degrees_of_freedom
    freedom = "" if dof is None else f", ν = {'∞' if dof == float('inf') else short(dof)}"
    value, u = stated(evaluation.value, evaluation.standard_uncertainty)
    return bars_of(
        evaluation.budget(by=by), wording, name=evaluation.name, unit=evaluation.unit, most=most,
        subtitle=[
            f"{evaluation.name} = {wording.with_unit(value, evaluation.unit)}",
            f"u({evaluation.name}) = {wording.with_unit(u, evaluation.unit)}{freedom}",
            wording("budget-empty") if not evaluation.standard_uncertainty else "",
        ],
    )  # fmt: skip


def bars_of(
    rows: Sequence[BudgetRow], wording: Wording, *, name: str, unit: str | None, subtitle: Sequence[str] = (), most: int = 10
) -> Spec:
    """Return rows of a budget as bars, in their order.

    Args:
        rows: the largest first.
        wording: words and units.
        name: of the result.
        unit: of it.
        subtitle: lines below the title.
        most: rows at most, as in `budget_bars`.
    """
    shown = rows if len(rows) <= most else rows[: most - 1]
    bars = [_bar(row, place, unit, wording) for place, row in enumerate(shown)]
    if len(shown) < len(rows):
        bars.append(_others(rows[len(shown) :], len(shown), wording))
    low = min(0.0, *(bar["share"] for bar in bars)) if bars else 0.0
    high = max(1.0, *(bar["share"] for bar in bars)) if bars else 1.0  # the pale track is the whole variance
    return framed(
        {"width": INNER + 40, "height": max(1, len(bars)) * _ROW, "layer": _layers(bars, low, high)},
        title=wording("budget", name=name),
        subtitle=subtitle,
    )


def _bar(row: BudgetRow, place: int, unit: str | None, wording: Wording) -> Spec:
    name = wording("second-order") if row.name == HIGHER else row.name
    size = wording.with_unit(short(row.contribution), unit)
    return {
        "name": name, "row": place, "share": row.share, "kind": "negative" if row.share < 0 else "one",
        "size": size, "told": percent(row.share), "tip": f"{name}: {size}, {percent(row.share)}",
    }  # fmt: skip


def _others(rows: Sequence[BudgetRow], place: int, wording: Wording) -> Spec:
    """Their contributions are not added up: with correlated inputs only shares can be."""
    share, name = fsum(row.share for row in rows), wording("others", count=len(rows))
    return {
        "name": name, "row": place, "share": share, "kind": "others", "size": "", "told": percent(share),
        "tip": f"{name}: {percent(share)}",
    }  # fmt: skip


def _layers(bars: Sequence[Spec], low: float, high: float) -> list[Spec]:
    x = quantitative("share", axis=None, scale={"domain": [low, high], "nice": False})
    y: Spec = {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0, "paddingOuter": 0}}
    colour = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": ["one", "negative", "others"], "range": [VALUE, "#c3d6da", PALE]},
    }  # fmt: skip
    bar = {"type": "bar", "height": 9, "yOffset": 8, "cornerRadiusEnd": 2}
    text = {"type": "text", "baseline": "middle", "dy": -6}
    track = {"type": "bar", "color": "#eef0f1", "height": 9, "yOffset": 8, "aria": False}
    whole = [{"row": one["row"], "a": low, "b": high} for one in bars]
    return [
        layer(whole, track, y=y, x=quantitative("a", axis=None, scale={"domain": [low, high], "nice": False}), x2={"field": "b"}),
        layer(bars, bar, x=x, y=y, color=colour),
        layer(_silent(bars), {**text, "align": "left", "color": INK, "limit": 200}, y=y, x={"value": 0}, text={"field": "name"}),
        layer(
            _silent(bars), {**text, "align": "right", "color": MUTED, "dx": -62}, y=y, x={"value": "width"}, text={"field": "size"}
        ),
        layer(_silent(bars), {**text, "align": "right", "color": INK}, y=y, x={"value": "width"}, text={"field": "told"}),
    ]


def _silent(bars: Sequence[Spec]) -> list[Spec]:
    return [{name: one[name] for name in ("row", "size", "told")} | {"name": _shortened(one["name"])} for one in bars]


def _shortened(name: str) -> str:
    """A long name without its middle: addresses of certificates begin alike and differ at their ends."""
    return name if len(name) <= _NAME else f"{name[: _NAME // 3]}…{name[-(_NAME - _NAME // 3 - 1) :]}"
