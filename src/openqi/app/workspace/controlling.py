"""What `openqi.yaml` can declare of process control: plans, readings in order of time, baselines, charts, alarms, capability."""

from typing import Literal

from msgspec import field

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class RuleDeclared(Declared, frozen=True, kw_only=True):
    """A rule of one's own; its name is its number."""

    asks: str
    sigma: str = "0"
    points: int = 1
    among: int = 0
    warns: bool = False


class ControlPlanDeclared(Declared, frozen=True, kw_only=True):
    """How a characteristic is watched. `subgroup` is `single`, a number of readings in a row, or `label`.

    `rules` is a published set (`nelson 1+2+5`), else `own_rules` are. `reactions` are texts by the number of a rule, and
    under `any` for whichever. `capability` leads from an index to what it shall at least be.
    """

    uri: str
    edition: str
    name: Names
    process: str
    characteristic: str
    characteristic_name: Names
    quantity: str
    unit: str
    instrument: str
    chart: str
    reactions: dict[str, Names]
    valid_from: str
    published_by: str
    subgroup: str = "single"
    rules: str | None = None
    own_rules: dict[str, RuleDeclared] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    lower: str | None = None
    upper: str | None = None
    target: str | None = None
    requirement: str | None = None
    capability: dict[str, str] = field(default_factory=dict)
    distribution: str = "normal"
    procedure: str | None = None
    responsible: Names | None = None
    parties: tuple[str, ...] = ()
    numbered: bool = False
    illustrative: bool | None = None


class ProcessReadingsDeclared(Declared, frozen=True, kw_only=True):
    """Readings of a plan in a table, in order of time: which column has the time, the value and, where there is one, the subgroup.

    Without `offset` times are in UTC and end with Z. An empty value needs the column `missing`, which says why there is none.
    """

    plan: str
    file: str
    time: str
    value: str
    reported_by: str
    group: str | None = None
    size: str | None = None
    item: str | None = None
    missing: str | None = None
    number: int | None = None
    offset: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    decimals: int | None = None
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None
    simulated: str | None = None
    remark: Names | None = None


class BaselineDeclared(Declared, frozen=True, kw_only=True):
    """A baseline that is frozen out of readings; `leaves_out` names assessments that confirmed an alarm."""

    plan: str
    readings: tuple[str, ...]
    frozen_by: str
    leaves_out: tuple[str, ...] = ()
    predecessor: str | None = None


class ControlChartDeclared(Declared, frozen=True, kw_only=True):
    """Readings that are charted on a baseline; with `follows` patterns go on from another chart."""

    baseline: str
    readings: tuple[str, ...]
    evaluated_by: str
    follows: str | None = None


class AssessmentDeclared(Declared, frozen=True, kw_only=True):
    """What was found about an alarm: of the point of a chart at a time, or by its number from 0."""

    chart: str
    outcome: Literal["confirmed", "refuted"]
    cause: Names
    assessed_by: str
    at: str | None = None
    point: int | None = None
    cause_code: str | None = None
    action: Names | None = None


class CapabilityDeclared(Declared, frozen=True, kw_only=True):
    """The capability of the readings of a baseline, or of a chart."""

    evaluated_by: str
    baseline: str | None = None
    chart: str | None = None
