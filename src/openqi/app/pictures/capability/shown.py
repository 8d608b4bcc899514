"""What the panels of a capability study share: the study with its name and unit, its axis, and the sentence on stability."""

from dataclasses import dataclass
from math import isfinite

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.frame import INNER, LIMIT, MUTED, VALUE, Spec, Wording, framed, layer, quantitative
from openqi.app.pictures.numbers import grouped
from openqi.science.capability.result import Study
from openqi.science.capability.shapes.law import reach_of_study

HEIGHT = 190


@dataclass(frozen=True, kw_only=True)
class ShownStudy:
    """A study as it is drawn.

    Args:
        study: of capability.
        name: of what was measured; empty where nobody said.
        unit: of it, as it was written; empty for none.
    """

    study: Study
    name: str = ""
    unit: str = ""

    def axis(self, wording: Wording) -> Axis:
        """Return the axis on which readings, limits and the reach of the process have a place.

        A limit farther away than four times all else is left out, and the axis ends before it; lines say where it lies.
        """
        reach = reach_of_study(self.study)
        readings = self.study.readings
        kept = [min(readings), max(readings), *(end for end in (reach.low, reach.high) if isfinite(end))]
        wide = max(kept) - min(kept)
        limits = [end for end in self.ends() if min(kept) - 4.0 * wide <= end <= max(kept) + 4.0 * wide]
        return axis_of(
            short_name(self.name) or wording("capability-readings"), wording.unit(self.unit), [*kept, *limits], margin=0.05
        )

    def ends(self) -> list[float]:
        """Return the limits and the target that there are."""
        limit = self.study.limits
        given = [limit.lower, limit.upper] + ([] if limit.target is None else [limit.target])
        return [end for end in given if isfinite(end)]


def short_name(name: str) -> str:
    """Return a name that fits an axis: a long one without its middle."""
    return name if len(name) <= 34 else f"{name[:16]}…{name[-16:]}"


def title_of(shown: ShownStudy, wording: Wording, key: str) -> str:
    """Return a title with the name of what was measured, where there is one."""
    return f"{wording(key)} · {short_name(shown.name)}" if shown.name else wording(key)


def verdict_of(study: Study, wording: Wording) -> list[str]:
    """Return what is said on stability; of a process that is not stable, what the indices are not, and why."""
    gate = study.stability
    if gate.stable:
        return [wording("capability-stable")]
    if gate.test == "given":
        return [wording("capability-not-stable"), wording("capability-alarms-given", alarms=gate.beyond)]
    return [wording("capability-not-stable"), wording("capability-signals", beyond=gate.beyond, points=gate.points, runs=gate.runs)]


def count_of(study: Study) -> str:
    """Return how many readings there are, and behind a stroke in how many subgroups."""
    counts = [study.n] if study.subgroups == study.n else [study.n, study.subgroups]
    return " / ".join(grouped(str(count)) for count in counts)


def headed(spec: Spec, shown: ShownStudy, wording: Wording, key: str) -> Spec:
    """Return a whole picture; that a process is not stable stands below the title, in the colour of limits."""
    whole = framed(spec, title=title_of(shown, wording, key), subtitle=verdict_of(shown.study, wording))
    if not shown.study.stability.stable:
        whole["title"] |= {"subtitleColor": LIMIT, "subtitleFontWeight": 600}
    return whole


def limit_lines(shown: ShownStudy, axis: Axis, wording: Wording) -> list[Spec]:
    """Return limits and target as upright lines with their names above; one that lies off the axis is named at its edge."""
    limit = shown.study.limits
    lines, texts = [], []
    for key, at, colour, dash in (
        ("capability-lower", limit.lower, LIMIT, [1, 0]), ("capability-upper", limit.upper, LIMIT, [1, 0]),
        ("capability-target", limit.target, MUTED, [2, 3]),
    ):  # fmt: skip
        if at is None or not isfinite(at):
            continue
        told = f"{wording(key)} {grouped(f'{at:.9g}')}"
        if axis.low <= at <= axis.high:
            mark = {"type": "rule", "color": colour, "strokeWidth": 1.6, "strokeDash": dash}
            lines.append(layer([{"x": axis.of(at), "tip": told}], mark, x=quantitative("x")))
            texts.append((wording(key), at, colour, "center"))
        else:
            side = at < axis.low
            texts.append(
                (f"← {told}" if side else f"{told} →", axis.low if side else axis.high, colour, "left" if side else "right")
            )
    return lines + [
        layer(
            [{"x": axis.of(at), "text": text}],
            {"type": "text", "align": align, "baseline": "bottom", "color": colour, "dy": -3, "fontSize": 11.5},
            x=quantitative("x"), y={"value": 0}, text={"field": "text"},
        )
        for text, at, colour, align in _apart(texts, axis)
    ]  # fmt: skip


def _apart(texts: list[tuple[str, float, str, str]], axis: Axis) -> list[tuple[str, float, str, str]]:
    """Names of lines that would run into each other turn away from each other; the target's is left out before that of a limit."""
    wide = (axis.high - axis.low) / INNER
    room = 62.0 * wide
    limits, targets = texts[:-1], texts[-1:]
    if not texts or texts[-1][2] != MUTED:
        limits, targets = texts, []
    if targets and any(abs(targets[0][1] - at) < room for _, at, _, _ in limits):
        targets = []
    if len(limits) == 2 and limits[1][1] - limits[0][1] < 1.6 * room:
        (low, at, colour, _), (high, end, same, _) = limits
        limits = [(low, at, colour, "right"), (high, end, same, "left")]
    return [*limits, *targets]


APART: Spec = {"scale": {"color": "independent", "strokeDash": "independent", "fill": "independent"}}
"""Of panels side by side: each has its own lines and legend."""
LINES = {"overall": (VALUE, (1, 0)), "within": ("#b26a00", (6, 3))}
"""How the spreads are drawn wherever they are: colour and dashes."""
