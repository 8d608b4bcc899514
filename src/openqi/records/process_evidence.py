"""Process control as it is decided: baselines that are frozen, charts that are evaluated on them, and capability."""

from typing import ClassVar, Literal

from openqi.records import Body, DecimalText, Index, Items, Moment, Number, Part, RecordId, Reference, Small, Text, Uri


def followed_subject(plan: str, evaluation: str) -> str:
    """Return the subject in whose stream lies what goes on from one evaluated chart, apart from all others."""
    return f"{plan}#after/{evaluation}"


class Estimated(Part, frozen=True, kw_only=True):
    """A number that the chart is drawn with from now on, and the name of its estimator."""

    name: Text
    value: Number
    estimator: Text | None = None


class PanelLines(Part, frozen=True, kw_only=True):
    """One panel of a chart: the lines that are the same at all points, and the numbers of the rules that are watched on it.

    A line that differs from point to point, or that the panel does not have, is left out; where it differs, rows have it.
    """

    name: Text
    watched: tuple[Small, ...]
    centre: Number | None = None
    sigma: Number | None = None
    lower: Number | None = None
    upper: Number | None = None


class RuleCount(Part, frozen=True, kw_only=True):
    """How many points of a panel break a rule."""

    panel: Text
    rule: Small
    points: Index


class LeftOut(Part, frozen=True, kw_only=True):
    """A point that a baseline leaves out, and the assessment that confirmed its alarm: `leaves` rows of `readings` from `leaf`."""

    assessment: RecordId
    readings: RecordId
    leaf: Index
    leaves: Index


class InControl(Part, frozen=True, kw_only=True):
    """After how many points the rules alarm without cause, on average: exact within `error`, or simulated.

    It is of the first panel, of independent normal points whose mean and standard deviation are known.
    """

    run_length: DecimalText
    method: Text
    error: DecimalText | None = None
    standard_error: DecimalText | None = None


class Taken(Part, frozen=True, kw_only=True):
    """Readings that were charted, and how many points they make."""

    readings: RecordId
    points: Index


class BaselineFrozen(Body, frozen=True):
    """What a process is judged by from now on (基线): estimates from its readings, less points whose alarm was confirmed.

    Of `points` so many are `missing` or left out; `used` made the estimates. `missing_readings` counts single ones, also those
    of a subgroup that has others. `stable` says whether these, charted on their own limits, raise no alarm. Without
    `in_control` no run length is certified for this chart and these rules. `simulated` where any of the readings are.
    """

    KIND: ClassVar[str] = "process-control.baseline-frozen/1"

    plan: Uri
    process: Uri
    instrument: Uri
    published: RecordId
    taken: tuple[Taken, ...]
    first_at: Moment
    last_at: Moment
    estimates: tuple[Estimated, ...]
    panels: tuple[PanelLines, ...]
    points: Index
    missing: Index
    used: Index
    broken: tuple[RuleCount, ...]
    alarms: Index
    stable: bool
    missing_readings: Index = 0
    left_out: tuple[LeftOut, ...] = ()
    in_control: InControl | None = None
    predecessor: RecordId | None = None
    certificates: tuple[RecordId, ...] = ()
    simulated: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.plan, self.process, self.instrument)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("control plan", self.published),
            *(Reference("readings", one.readings) for one in self.taken),
            *(Reference("confirmed alarm", one.assessment) for one in self.left_out),
            *(() if self.predecessor is None else (Reference("earlier baseline", self.predecessor),)),
            *(Reference("certificate of the instrument", name) for name in self.certificates),
        )


class ChartEvaluated(Body, frozen=True):
    """Readings were charted on a frozen baseline (控制图判定); each row is a point: {at, lines, rules, values} and its group.

    Rows have a value a panel, "" where there is none, and a whole number a panel: bit k says that the k-th rule of
    `rules` is broken. `follows` is the evaluation before, whose last points patterns go on from; `before` counts the points
    of all those before, and `history` are the readings that were read back for it. An alarm is a point that breaks a rule
    which does not only warn: its address is (this record, its row). `of_baseline` counts the points whose readings made the
    baseline itself: they say nothing about what came after.
    """

    KIND: ClassVar[str] = "process-control.chart-evaluated/1"

    plan: Uri
    process: Uri
    instrument: Uri
    published: RecordId
    baseline: RecordId
    taken: tuple[Taken, ...]
    first_at: Moment
    last_at: Moment
    rules: tuple[Small, ...]
    warning: tuple[Small, ...]
    panels: tuple[PanelLines, ...]
    items: Items
    missing: Index
    broken: tuple[RuleCount, ...]
    alarms: Index
    missing_readings: Index = 0
    of_baseline: Index = 0
    before: Index = 0
    history: tuple[RecordId, ...] = ()
    follows: RecordId | None = None
    certificates: tuple[RecordId, ...] = ()
    simulated: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        after = () if self.follows is None else (followed_subject(self.plan, self.follows),)
        return (self.plan, self.process, self.instrument, *after)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("baseline", self.baseline),
            *(Reference("readings", one.readings) for one in self.taken),
            Reference("control plan", self.published),
            # Not the evaluation before: a chart of every day would be told as one chain of years.
            *(Reference("readings before", name) for name in self.history),
            *(Reference("certificate of the instrument", name) for name in self.certificates),
        )


class Gate(Part, frozen=True, kw_only=True):
    """Whether the process is stable enough to be asked, and who says so.

    `given`: an alarm among the readings was confirmed. Else the plain chart of the study, which asks whether a stable
    process would show as much with at least the chance `significance`.
    """

    stable: bool
    test: Text
    points: Index
    beyond: Index
    runs: Index
    chance: Number | None = None
    significance: Number | None = None


class IndexStated(Part, frozen=True, kw_only=True):
    """A capability index and its interval, to three decimals, and the float that was computed.

    `reached` holds the interval against what the plan wants: all of it is at least that, all of it is less, or neither.
    """

    name: Text
    value: DecimalText
    exact_value: Number
    method: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    confidence: DecimalText | None = None
    interval_method: Text | None = None
    wanted: DecimalText | None = None
    reached: Literal["reached", "not-reached", "open"] | None = None


class Outside(Part, frozen=True, kw_only=True):
    """Parts in a million beyond the tolerance: as observed, or as a spread (`within`, `overall`) lets expect."""

    basis: Text
    below: Number
    above: Number
    total: Number


class Spread(Part, frozen=True, kw_only=True):
    """A standard deviation of the readings, by a named estimator, and the degrees of freedom that it is worth."""

    name: Text
    value: Number
    estimator: Text
    degrees_of_freedom: Number


class Noticed(Part, frozen=True, kw_only=True):
    """An assumption or a warning: which, and its figures as name and value."""

    code: Text
    figures: tuple[Text, ...] = ()


class CapabilityEvaluated(Body, frozen=True):
    """How well a process keeps its tolerance (过程能力): indices with intervals, as far as they may be said.

    Of a process that is not stable there is no Cp and no Cpk: `not_stated` names what the plan wants and the study refuses.
    `confirmed` counts the alarms among the readings that people confirmed. No measurement uncertainty is taken off.
    """

    KIND: ClassVar[str] = "process-control.capability-evaluated/1"

    plan: Uri
    process: Uri
    instrument: Uri
    published: RecordId
    of: RecordId
    distribution: Text
    unit: Text
    readings: Index
    subgroups: Index
    mean: Number
    spreads: tuple[Spread, ...]
    stability: Gate
    alarms: Index
    confirmed: Index
    indices: tuple[IndexStated, ...]
    outside: tuple[Outside, ...]
    not_stated: tuple[Text, ...] = ()
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    target: DecimalText | None = None
    assumptions: tuple[Noticed, ...] = ()
    warnings: tuple[Noticed, ...] = ()
    certificates: tuple[RecordId, ...] = ()
    simulated: bool = False
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.plan, self.process, self.instrument)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("baseline or evaluated chart", self.of),
            Reference("control plan", self.published),
            *(Reference("certificate of the instrument", name) for name in self.certificates),
        )
