"""The pictures of docs/control/pictures.md, made from published data: `python -m tools.control_pictures`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openqi.app.pictures.control.control_chart import control_chart
from openqi.app.pictures.control.plotted import plotted
from openqi.app.pictures.control.run_lengths import RunLengthCurve, no_alarm_curves, run_length_curves
from openqi.app.pictures.frame import Spec, Wording
from openqi.science.charts.charting import Chart, chart
from openqi.science.charts.rules.in_control import distribution_of, run_length_of
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from tools.pictures import write_pictures

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/control/pictures"
_BASELINE = 25  # of the forty samples of piston rings
_SHIFTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
_EWMA = "EWMA λ = 0.1, L = 2.7"


def case(name: str) -> Any:
    """Return published data of a case."""
    return json.loads((ROOT / "vectors/control" / f"{name}.json").read_text("utf-8"))


def _frozen(kind: str, **more: Any) -> Chart:
    """A chart of all piston rings, with the limits of the baseline."""
    rings = case("qcc27_expected")["pistonrings"]
    first = chart(kind, rings[:_BASELINE]).stages[0].estimates
    return chart(kind, rings, centre=first["centre"], sigma=first["sigma"], **more)


def _rings(wording: Wording) -> Spec:
    return control_chart(plotted(_frozen("xbar-r"), unit="mm", monitored_from=_BASELINE), wording)


def _rings_ewma(wording: Wording) -> Spec:
    found = _frozen("ewma", weight=0.2, rules="shewhart")
    return control_chart(plotted(found, unit="mm", monitored_from=_BASELINE), wording, width=330)


def _rings_cusum(wording: Wording) -> Spec:
    return control_chart(plotted(_frozen("cusum", rules="shewhart"), monitored_from=_BASELINE), wording, width=330)


def _juice(wording: Wording) -> Spec:
    cans = case("qcc27_expected")["orangejuice"]
    stages = ["1" if can["trial"] else "2" for can in cans]
    found = chart("p", [can["defects"] for can in cans], sizes=[can["size"] for can in cans], stages=stages)
    return control_chart(plotted(found), wording, width=420)


def _light(wording: Wording) -> Spec:
    found = chart("i-mr", case("capability_nist")["data"]["MICHELSO"], rules="western-electric")
    return control_chart(plotted(found, unit="Mm/s"), wording)


def _hotelling(wording: Wording) -> Spec:
    return control_chart(plotted(chart("t2", case("hotelling_montgomery")["rows"], rules="shewhart")), wording)


def _arl(wording: Wording) -> Spec:
    sets = [
        RunLengthCurve(name=name, answers=tuple(run_length_of(rule_set(name), shift) for shift in _SHIFTS))
        for name in ("shewhart", "western-electric")
    ]
    ewma = Ewma(weight=0.1, limit=2.7)
    return run_length_curves(
        [*sets, RunLengthCurve(name=_EWMA, answers=tuple(ewma.run_length(shift) for shift in _SHIFTS))], wording
    )


def _no_alarm(wording: Wording) -> Spec:
    found = {name: distribution_of(rule_set(name)) for name in ("shewhart", "western-electric")}
    assumed = run_length_of(rule_set("shewhart")).assumptions
    return no_alarm_curves(found | {_EWMA: Ewma(weight=0.1, limit=2.7).distribution()}, wording, assumptions=assumed)


PICTURES: Mapping[str, Callable[[Wording], Spec]] = {
    "rings": _rings,
    "rings-ewma": _rings_ewma,
    "rings-cusum": _rings_cusum,
    "juice": _juice,
    "light": _light,
    "hotelling": _hotelling,
    "run-lengths": _arl,
    "no-alarm": _no_alarm,
}


if __name__ == "__main__":
    write_pictures(FOLDER, PICTURES)
