"""The rows of draws: officers, recusals, who was drawn, who goes where, and what was published.

Members stand in the order of their names, so that a row is written in its one canonical form.
"""

import msgspec


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One row."""


class PermitCell(_Row, frozen=True, kw_only=True):
    """An item that an officer may inspect, from a day to a day, both included."""

    first: str
    item: str
    last: str


class OfficerRow(_Row, frozen=True, kw_only=True):
    """One officer: `certificates` are pairs of days from which until which one holds, `most` visits at most; metres on a grid."""

    certificates: tuple[tuple[str, str], ...]
    east: int = 0
    most: int
    north: int = 0
    officer: str
    permits: tuple[PermitCell, ...]
    unit: str = ""


class RecusalRow(_Row, frozen=True, kw_only=True):
    """An officer who may not visit an object, with a reason: `kin`, `past-employer`, `visited-it-before`, `complaint`.

    Or, with `other` instead of an object, two officers who may not go together: `past-pair`, `kin`.
    """

    object: str = ""
    officer: str
    other: str = ""
    reason: str


class DrawnRow(_Row, frozen=True, kw_only=True):
    """One object that was drawn: its place in drawn order, its ticket, and its chance as the plan has it, exactly.

    Where the chance that it really had is not the target, `chance` and `error` are the floats of it and of how far it is known.
    """

    chance: str | None = None
    error: str | None = None
    object: str
    place: int
    risk_class: str = ""
    size: int = 1
    stratum: str = ""
    target: str
    ticket: str
    why: str


class VisitRow(_Row, frozen=True, kw_only=True):
    """One object to be visited, on which day; metres on a grid."""

    day: str
    east: int = 0
    north: int = 0
    object: str


class TeamRow(_Row, frozen=True, kw_only=True):
    """Who goes to an object: officers and substitutes in drawn order; `left` and `joined` where a full workload moved somebody.

    `metres` is how far they travel together, one way; the object lies on a grid of metres.
    """

    day: str
    east: int = 0
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    metres: int = 0
    north: int = 0
    object: str
    officers: tuple[str, ...]
    substitutes: tuple[str, ...] = ()


class ResultRow(_Row, frozen=True, kw_only=True):
    """One result that is made public: the report, how it ended, until which day it was due, and whether that day was over.

    `due` is absent where no limit was named, or where the calendar does not reach so far yet, and then it is not late. `replaces`
    is the report that was public before for the same object. A row without outcome takes that one back: it was withdrawn, and
    `record` is its withdrawal.
    """

    at: str
    due: str | None = None
    late: bool = False
    object: str
    outcome: str | None = None
    record: str
    replaces: str | None = None
