"""What `openqi.yaml` can declare of what follows a draw: who is sent, changes, how visits ended, publication, follow-up, rates."""

from typing import Literal

from msgspec import field

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class HolidayDeclared(Declared, frozen=True, kw_only=True):
    """Free days, from the first to the last, both free."""

    name: Names
    first: str
    last: str


class CalendarDeclared(Declared, frozen=True, kw_only=True):
    """Which days are worked: `at_hand`, one that comes with the package, or all that a notice says."""

    uri: str
    at_hand: str | None = None
    name: Names | None = None
    source: Names | None = None
    since: str | None = None
    until: str | None = None
    offset: str | None = None
    weekend: tuple[str, ...] = ()
    holidays: dict[str, HolidayDeclared] = field(default_factory=dict)
    working_days: tuple[str, ...] = ()


class LimitDeclared(Declared, frozen=True, kw_only=True):
    """A limit by name: `at_hand`, one that comes with the package, or how many of which days an act may take, and what says so."""

    uri: str
    calendar: str
    at_hand: str | None = None
    name: Names | None = None
    source: Names | None = None
    ground: Literal["legal", "agreed"] | None = None
    count: int | None = None
    unit: Literal["working-days", "calendar-days", "months", "hours"] | None = None
    valid_from: str | None = None
    ends: Literal["next-working-day", "as-counted"] = "next-working-day"
    pausing: Literal["nobody", "asking", "asked", "either"] = "nobody"
    valid_until: str | None = None


class AssignmentDeclared(Declared, frozen=True, kw_only=True):
    """Who goes where: a table with the day of each visit; `object`, `day`, `east` and `north` are names of its columns."""

    made: str
    file: str
    object: str
    day: str
    assigned_by: str
    east: str | None = None
    north: str | None = None
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None


class AssignmentChangeDeclared(Declared, frozen=True, kw_only=True):
    """An officer does not go, or a visit takes place on another day. `passed_over` leads from a substitute to the reason."""

    assignment: str
    object: str
    reason: str
    explained: Names
    changed_by: str
    left: str | None = None
    passed_over: dict[str, str] = field(default_factory=dict)
    day: str | None = None


class VisitResultsDeclared(Declared, frozen=True, kw_only=True):
    """How visits ended, a row a visit. `object` to `remark` are names of columns; `findings` leads from an item to a column.

    With `seen_by` reports are sealed to these parties, until a publication makes the results public.
    """

    made: str
    file: str
    object: str
    at: str
    outcome: str
    reported_by: str
    assignment: str | None = None
    day: str | None = None
    officers: str | None = None
    disposal: str | None = None
    correct_by: str | None = None
    remark: str | None = None
    findings: dict[str, str] = field(default_factory=dict)
    seen_by: tuple[str, ...] | None = None
    language: Literal["zh", "en"] = "zh"
    offset: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None


class PublicationDeclared(Declared, frozen=True, kw_only=True):
    """All results of a draw that were reported by now and not published before are made public."""

    made: str
    published_by: str
    limit: str | None = None


class FollowUpDeclared(Declared, frozen=True, kw_only=True):
    """What came after the visit of an object."""

    results: str
    object: str
    at: str
    sort: Literal["corrected", "inspected-again", "objected", "punished", "handed-over", "ended"]
    text: Names
    reported_by: str
    outcome: str | None = None
    documents: tuple[str, ...] = ()


class RateDeclared(Declared, frozen=True, kw_only=True):
    """What a draw says about all objects on its list."""

    made: str
    estimated_by: str
    by: Literal["stratum", "class"] | None = None
    confidence: str = "0.95"
    lonely: Literal["refuse", "average"] = "refuse"
