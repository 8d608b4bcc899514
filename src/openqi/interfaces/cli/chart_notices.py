"""What a chart could not judge, said beside what it found: a chart without limits has not passed."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openqi.science.charts.charting import Chart

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-judged": (
        "nothing was judged: no limits came out of these readings; give --centre and --sigma, or more readings",
        "未作判断：这些读数得不出控制限；请给出 --centre 与 --sigma，或增加读数",
    ),
    "stage-not-judged": (
        "stage {stage} was not judged: no limits came out of its readings",
        "阶段 {stage} 未作判断：其读数得不出控制限",
    ),
    "no-spread": (
        "the readings that limits come from do not differ: the limits lie on the centre, and any other reading would be beyond",
        "用于估计控制限的读数完全相同：控制限与中心线重合，任何不同的读数都会超限",
    ),
    "short-subgroup": (
        "the last subgroup has {values} of {size} readings: its limits are wider",
        "最后一个子组只有 {values} 个读数（应为 {size} 个），其控制限较宽",
    ),
}  # fmt: skip


def notices(found: "Chart", points: Sequence[Any], subgroup: int | None, columns: int) -> list[dict[str, Any]]:
    """Return what a chart says beside its violations, as codes with their numbers.

    Args:
        found: the chart.
        points: it was made of.
        subgroup: readings that were counted into each subgroup; None where they were not.
        columns: of the readings.
    """
    told: list[dict[str, Any]] = []
    silent = [stage for stage in found.stages if not _is_judged(found, stage.start, stage.stop)]
    if len(silent) == len(found.stages):
        told.append({"code": "not-judged"})
    else:
        told += [{"code": "stage-not-judged", "stage": stage.label} for stage in silent]
    if any(stage.estimates.get("sigma") == 0.0 for stage in found.stages):
        told.append({"code": "no-spread"})
    if subgroup is not None and subgroup > 1 and points and len(points[-1]) < subgroup * columns:
        told.append({"code": "short-subgroup", "values": len(points[-1]) // columns, "size": subgroup})
    return told


def _is_judged(found: "Chart", start: int, stop: int) -> bool:
    """Whether any panel has a point of a stage, and a limit for it (an infinite one is: no value lies beyond)."""
    return any(
        not (isnan(value) or (isnan(low) and isnan(high)))
        for panel in found.panels
        for value, low, high in zip(panel.values[start:stop], panel.lower[start:stop], panel.upper[start:stop], strict=True)
    )


def said(notice: Mapping[str, Any], language: str) -> str:
    """Return a notice in a language."""
    numbers = {name: value for name, value in notice.items() if name != "code"}
    return SENTENCES[notice["code"]][language == "zh"].format(**numbers)
