"""A control plan as the charts take it: which chart, which rules, which parameters; what no chart knows is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any, Final

from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.kernel.units import unit_of
from openqi.records.process_control import ControlPlanPublished, Option, Rules, Subgroup
from openqi.science.capability.shapes.shape import shape_kinds
from openqi.science.charts.charting import Chart, chart, chart_kinds
from openqi.science.charts.panel import ChartKind
from openqi.science.charts.rules.rule import Rule, RuleSet, rule_set

_PROBE: Final = RuleSet(
    name="probe",
    rules=(
        Rule(number=1, asks="same-side", sigma=3.0),
        Rule(number=2, asks="same-side", points=9),
        Rule(number=3, asks="within", sigma=1.0, points=15),
    ),
    source="own",
)
"""A limit, a side of the centre, a zone: which of them a panel watches tells what its points are."""
_NATURES: Final[Mapping[tuple[int, ...], str]] = {(1,): "dependent", (1, 2): "skewed", (1, 2, 3): "independent"}
_SAMPLE: Final = 8
_LABELLED: Final = 3


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan as the charts take it.

    Args:
        kind: of the chart.
        rules: that are watched.
        options: parameters and estimators, without what a baseline freezes.
        frozen: names of the estimates that a baseline freezes.
        natures: of each panel: `independent`, `skewed` or `dependent`.
        grouped: whether a point is a subgroup.
    """

    kind: ChartKind
    rules: RuleSet
    options: Mapping[str, Any]
    frozen: tuple[str, ...]
    natures: tuple[str, ...]
    grouped: bool

    @property
    def remembers(self) -> bool:
        """Whether a point hangs on all those before it: EWMA, CUSUM and their kin."""
        return self.natures[0] == "dependent"


def check_plan(plan: ControlPlanPublished) -> None:
    """Raise RefusedError or DomainError unless there is such a chart, its rules say something on it, and limits are in order."""
    unit_of(plan.characteristic.unit)
    planned(plan)
    tolerance = plan.tolerance
    if tolerance is not None:
        texts = (tolerance.lower, tolerance.target, tolerance.upper)
        given = [fraction(one) for one in texts if one is not None]
        if given != sorted(given) or (len(given) > 1 and given[0] == given[-1]):
            told = f"lower {tolerance.lower}, target {tolerance.target}, upper {tolerance.upper}"
            raise RefusedError("tolerance-in-order", f"{told}: the lower limit lies below the upper one, a target between them")
    _check_reactions(plan)
    _check_capability(plan)


def _check_reactions(plan: ControlPlanPublished) -> None:
    known = [rule.number for rule in rules_of(plan.rules).rules]
    for one in plan.reactions:
        if one.rule is not None and one.rule not in known:
            raise RefusedError("reaction-to-a-rule", f"a reaction is to rule {one.rule}; the plan has the rules {known}")


def _check_capability(plan: ControlPlanPublished) -> None:
    asked = plan.capability
    if asked is None:
        return
    if chart_kinds()[plan.chart].data == "counts":
        raise RefusedError("capability-measured", f"chart {plan.chart} counts; indices of capability are of measured values")
    known = ("normal", "empirical", *(name for name in shape_kinds() if name != "normal"))
    if asked.distribution not in known:
        raise RefusedError("distribution-known", f"no distribution is called {asked.distribution!r}; there are {', '.join(known)}")
    for one in asked.wanted:
        if fraction(one.at_least) <= 0:
            raise RefusedError("capability-wanted", f"{one.index} at least {one.at_least}; a wanted capability is above 0")


def planned(plan: ControlPlanPublished) -> Planned:
    """Return a plan as the charts take it.

    Raises:
        RefusedError: its chart has nothing that a baseline could freeze, takes other data, or a rule says nothing on it.
        DomainError: a chart, a rule or an option is not known or lies outside.
    """
    return _planned(plan.chart, plan.subgroup, plan.rules, plan.options)


@cache
def _planned(name: str, subgroup: Subgroup, stated: Rules, options: tuple[Option, ...]) -> Planned:
    kinds = chart_kinds()
    if name not in kinds:
        raise DomainError(f"no chart is called {name!r}; there are {', '.join(kinds)}")
    kind = kinds[name]
    if kind.data == "vectors" or "groups" in kind.needs or "centre" not in kind.options:
        why = "takes one characteristic of one part, and judges it by what was frozen before"
        raise RefusedError("chart-of-a-plan", f"a control plan {why}; a {name} chart does not, take another")
    grouped = subgroup.by != "single"
    if kind.data != "means" and grouped != (kind.data == "subgroups"):
        raise RefusedError("subgroup-fits", f"chart {name} is of {kind.data}; the plan has subgroups by {subgroup.by}")
    rules, chosen = rules_of(stated), {one.name: _value(one) for one in options}
    sample = _sample(kind, subgroup, _PROBE, chosen)
    frozen = tuple(one for one in sample.stages[0].estimates if one in kind.options)
    if both := sorted({*frozen} & {*chosen}):
        raise RefusedError("baseline-freezes", f"{', '.join(both)} of the process is frozen by a baseline, not stated in a plan")
    watched = {number for panel in _sample(kind, subgroup, rules, chosen).panels for number in panel.watched}
    if idle := [rule.number for rule in rules.rules if rule.number not in watched]:
        numbers = "+".join(str(rule.number) for rule in rules.rules if rule.number in watched)
        taken = "leave it out" if stated.named is None else f"take {rules.name.partition(' ')[0]} {numbers}"
        hint = taken if numbers else "take a rule about the limit"
        raise RefusedError("rule-applies", f"rule {idle[0]} of {rules.name} says nothing on a {name} chart; {hint}")
    natures = tuple(_NATURES[panel.watched] for panel in sample.panels)
    return Planned(kind=kind, rules=rules, options=chosen, frozen=frozen, natures=natures, grouped=grouped)


def rules_of(stated: Rules) -> RuleSet:
    """Return the rules that a plan states.

    Raises:
        DomainError: there is no such set, or a rule is none.
    """
    if stated.named is not None:
        return rule_set(stated.named)
    rules = tuple(
        Rule(
            number=one.number, asks=one.asks, sigma=float(fraction(one.sigma)), points=one.points, among=one.among, warns=one.warns
        )
        for one in stated.own
    )
    return RuleSet(name="own", rules=rules, source="own")


def _value(option: Option) -> float | str:
    """A number where the text is one, else the word."""
    try:
        number = float(fraction(option.value))
    except FormatError:
        return option.value
    if not isfinite(number):
        raise DomainError(f"{option.name} = {option.value}; choose a number of usual size")
    return number


def _sample(kind: ChartKind, subgroup: Subgroup, rules: RuleSet, options: Mapping[str, Any]) -> Chart:
    """The chart of some made-up points, which tells what its panels are and whether the options fit."""
    row = [float(place % 2) for place in range(_SAMPLE)]
    size = subgroup.size or _LABELLED
    data = [[value + float(place % 2) for place in range(size)] for value in row] if subgroup.by != "single" else row
    sizes = [4.0] * _SAMPLE if "sizes" in kind.needs else None
    return chart(kind.name, data, rules=rules, sizes=sizes, **options)
