"""What the evidence says of one signature: what was shown when, what contradicts it, and until when each of it stood."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from openqi.records.pledges import Contradiction, Obligation


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days from which on, and until which, something stood: `since` <= day < `until` (None for no end)."""

    since: int
    until: int | None = None

    def holds(self, day: int) -> bool:
        """Return whether it stood on a day, at its end."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was handed in for a promise.

    Args:
        record: its id.
        at: the instant at which it was handed in.
        span: the days on which it stood, itself and all evidence that it names.
        first, last: the stretch of days that it is about.
    """

    record: str
    at: str
    span: Span
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Contradicted:
    """Something that shows that a promise was not kept.

    Args:
        sort: what kind of thing.
        record: the record that says so.
        at: its instant; what is handed in later may repair it.
        day: the day of that instant.
        void: days on which it counts nothing: withdrawn, or a lot that was accepted all the same.
        closed: days on which it is closed: passed again, recall ended, answered late.
    """

    sort: Contradiction
    record: str
    at: str
    day: int
    void: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Promised:
    """All that the states of the promises of a signature depend on, apart from the day that is asked.

    Args:
        obligations: as the edition that was signed has them.
        offset: time zone of its days.
        signed: day of the signature.
        term: last day of its term; None for no end.
        ended: last day before it ended in any way; None while it holds.
        shown: code of an obligation → what was handed in for it, in log order.
        contradicted: what may contradict it since the signature and before its end, in no order; also what came while the firm had
            signed the same pledge before.
        within: code of an obligation → days until it is first due, where fewer are left of an earlier signature than it gives.
        before: code of an obligation → what was handed in under those signatures: it repairs, and shows no stretch of this one.
    """

    obligations: tuple[Obligation, ...]
    offset: str
    signed: int
    term: int | None
    ended: int | None
    shown: dict[str, tuple[Shown, ...]]
    contradicted: tuple[Contradicted, ...]
    within: dict[str, int] = field(default_factory=dict)
    before: dict[str, tuple[Shown, ...]] = field(default_factory=dict)


def any_holds(spans: Iterable[Span], day: int) -> bool:
    """Return whether any of some spans holds on a day."""
    return any(span.holds(day) for span in spans)
