"""Process control as it is stated: control plans, readings in order of time, and what people found about an alarm."""

from typing import ClassVar, Final, Literal

from openqi.records import (
    Body,
    Content,
    DecimalText,
    Index,
    Instant,
    Items,
    Moment,
    Names,
    Part,
    RecordId,
    Reference,
    Small,
    Text,
    Uri,
)

IndexName = Literal["Cp", "Cpk", "Cpu", "Cpl", "Pp", "Ppk", "Ppu", "Ppl", "Cpm", "Cpmk"]
MOST_RULES: Final = 32


def alarms_subject(plan: str) -> str:
    """Return the subject in whose stream lies what people found about the alarms of a plan, apart from its readings and charts."""
    return f"{plan}#alarms"


def alarm_subject(plan: str, evaluation: str, point: int) -> str:
    """Return the subject in whose stream lies what people found about one alarm, apart from all others."""
    return f"{plan}#alarm/{evaluation}/{point}"


class Characteristic(Part, frozen=True, kw_only=True):
    """What is watched: under a URI, the quantity as instruments and certificates name it, and the unit of all its numbers."""

    characteristic: Uri
    name: Names
    quantity: Text
    unit: Text


class Tolerance(Part, frozen=True, kw_only=True):
    """Where the characteristic shall lie, in its unit; `requirement` is the record that asks for these limits."""

    lower: DecimalText | None = None
    upper: DecimalText | None = None
    target: DecimalText | None = None
    requirement: RecordId | None = None

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("a tolerance has a lower limit, an upper one or both; leave it out where there is none")


class Subgroup(Part, frozen=True, kw_only=True):
    """What makes a point of the chart: single readings, so many in a row, or all that bear one label."""

    by: Literal["single", "size", "label"]
    size: Small | None = None

    def __post_init__(self) -> None:
        if (self.by == "size") != (self.size is not None):
            raise ValueError("subgroups by size have a size, and no others have one")
        if self.size is not None and self.size < 2:
            raise ValueError("a subgroup has at least 2 readings; write single where each stands alone")


class Option(Part, frozen=True, kw_only=True):
    """A parameter of the chart or a named estimator: a number as decimal text, or a word."""

    name: Text
    value: Text


class RuleStated(Part, frozen=True, kw_only=True):
    """A rule of one's own: at least `points` of `among` points in a row are as asked, beyond lines at `sigma`."""

    number: Small
    asks: Text
    sigma: DecimalText = "0"
    points: Small = 1
    among: Small = 0
    warns: bool = False


class Rules(Part, frozen=True, kw_only=True):
    """When the chart alarms: a published set by its name (`nelson 1+2+5` takes some of its rules), or rules of one's own."""

    named: Text | None = None
    own: tuple[RuleStated, ...] = ()

    def __post_init__(self) -> None:
        if (self.named is None) == (not self.own):
            raise ValueError("rules are a published set by its name, or rules of one's own, one of the two")


class Reaction(Part, frozen=True, kw_only=True):
    """What is done at an alarm; with `rule` only at one of the rule of that number."""

    text: Names
    rule: Small | None = None


class Wanted(Part, frozen=True, kw_only=True):
    """A capability that the process shall have."""

    index: IndexName
    at_least: DecimalText


class CapabilityAsked(Part, frozen=True, kw_only=True):
    """What is wanted of the capability, and which distribution describes the characteristic: said before anybody has seen it."""

    wanted: tuple[Wanted, ...] = ()
    distribution: Text = "normal"


class ControlPlanPublished(Body, frozen=True):
    """How a characteristic of a process is watched (控制计划): from instrument and subgroup to chart, rules and reaction.

    `parties` may take readings and decide under it, besides who published it. An edition is never changed; the next one is a
    record of its own. Where it is `numbered`, records of readings bear running numbers, and none between two can be skipped.
    """

    KIND: ClassVar[str] = "process-control.plan-published/1"
    ROLE: ClassVar[str | None] = "process-owner"

    plan: Uri
    edition: Text
    name: Names
    process: Uri
    characteristic: Characteristic
    instrument: Uri
    subgroup: Subgroup
    chart: Text
    rules: Rules
    reactions: tuple[Reaction, ...]
    valid_from: Instant
    options: tuple[Option, ...] = ()
    tolerance: Tolerance | None = None
    capability: CapabilityAsked | None = None
    procedure: Uri | None = None
    responsible: Names | None = None
    parties: tuple[Uri, ...] = ()
    numbered: bool = False
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not any(one.rule is None for one in self.reactions):
            raise ValueError("a plan says what is done at any alarm: a reaction without a rule")
        for told in ([one.rule for one in self.reactions], [one.name for one in self.options], list(self.parties)):
            if len(set(told)) != len(told):
                raise ValueError("one reaction a rule, one value an option, each party once")
        if self.capability is not None and self.tolerance is None:
            raise ValueError("a capability is asked against a tolerance; the plan has none")

    def subjects(self) -> tuple[str, ...]:
        return (self.plan, self.process, self.instrument)

    def references(self) -> tuple[Reference, ...]:
        named = None if self.tolerance is None else self.tolerance.requirement
        return () if named is None else (Reference("requirement", named),)


class ReadingsTaken(Body, frozen=True):
    """Readings of a characteristic in order of time, as indicated: an hour or a day is one record (过程读数).

    Each row is {at, value} and, where there is one, group (the label of its subgroup), size (inspected units of a count) and
    item (what it is a reading of); instead of a value, missing says why there is none. `number` counts the records of a plan
    that is numbered; one that corrects a withdrawn record bears its number. `simulated` says how, where no measurement took
    place.
    """

    KIND: ClassVar[str] = "process-control.readings-taken/1"
    ROLE: ClassVar[str | None] = "process-owner"

    plan: Uri
    process: Uri
    characteristic: Uri
    quantity: Text
    unit: Text
    instrument: Uri
    taken_from: Moment
    taken_until: Moment
    items: Items
    number: Index | None = None
    procedure: Uri | None = None
    document: Content | None = None
    simulated: Text | None = None
    remark: Names | None = None

    def __post_init__(self) -> None:
        if self.taken_until[:-1] < self.taken_from[:-1]:
            raise ValueError(f"taken until {self.taken_until}, which is before {self.taken_from}")

    def subjects(self) -> tuple[str, ...]:
        return (self.plan, self.process, self.instrument)


class Broken(Part, frozen=True, kw_only=True):
    """Rules that one point breaks on one panel of the chart, by their numbers."""

    panel: Text
    rules: tuple[Small, ...]


class AlarmAssessed(Body, frozen=True):
    """Somebody looked for the cause of an alarm (报警处置): confirmed, there was one, or refuted, there was none.

    The alarm is `point` of the rows of `evaluation`. Its readings are `leaves` rows of `readings` from `leaf` on.
    """

    KIND: ClassVar[str] = "process-control.alarm-assessed/1"

    plan: Uri
    process: Uri
    published: RecordId
    evaluation: RecordId
    point: Index
    at: Moment
    broken: tuple[Broken, ...]
    readings: RecordId
    leaf: Index
    leaves: Index
    outcome: Literal["confirmed", "refuted"]
    cause: Names
    cause_code: Text | None = None
    action: Names | None = None

    def subjects(self) -> tuple[str, ...]:
        return (
            self.plan, alarms_subject(self.plan), alarm_subject(self.plan, self.evaluation, self.point), self.process,
        )  # fmt: skip

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("evaluated chart", self.evaluation),
            Reference("readings", self.readings),
            Reference("control plan", self.published),
        )
