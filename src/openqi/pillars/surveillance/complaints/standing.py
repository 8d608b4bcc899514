"""One complaint as the log has it: received, decided, tested, closed; who may see it, and how its clock stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.complaints.clocks import Due, due_by
from openqi.pillars.surveillance.standing import own_records, standing, standing_record
from openqi.records import Body
from openqi.records.complaints import ComplaintClosed, ComplaintDecided, ComplaintReceived, ComplaintTestBegun, ComplaintTestEnded
from openqi.science.calendars.limits import Pause

B = TypeVar("B", bound=Body)
_COMMITMENT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class TheComplaint:
    """A complaint that stands, with the view that it was read on.

    Args:
        view: what can be read.
        record, received: how it was received.
        decided: whether it was accepted; None as long as that is not decided.
        closed: how it ended; None as long as it is open.
    """

    view: View
    record: Record
    received: ComplaintReceived
    decided: tuple[Record, ComplaintDecided] | None
    closed: tuple[Record, ComplaintClosed] | None

    @property
    def firm(self) -> str | None:
        """Who is complained about, as it was said or found out."""
        return self.received.firm or (None if self.decided is None else self.decided[1].firm)

    @property
    def audience(self) -> frozenset[str]:
        """Who may see it: who received it, and the firm where it was told."""
        decided = () if self.decided is None else self.decided[0].statement.visible_to or ()
        return frozenset({self.record.issuer, *(self.record.statement.visible_to or ()), *decided})

    def steps(self, kind: type[B]) -> list[tuple[Record, B, bool]]:
        """Return the steps of a kind that its authority took, in log order, each with its body and whether it stands."""
        found = own_records(self.view, self.received.complaint, kind, (self.record.issuer,))
        return [one for one in found if getattr(one[1], "received", None) == self.record.id]

    def testing(self) -> tuple[Record, ComplaintTestBegun] | None:
        """Return the test that goes on now; None where none does."""
        ended = {end.begun for _, end, stands in self.steps(ComplaintTestEnded) if stands}
        going = [(one, begun) for one, begun, stands in self.steps(ComplaintTestBegun) if stands and one.id not in ended]
        return going[0] if going else None

    def pauses(self, also: Pause | None = None) -> tuple[Pause, ...]:
        """Return when the clock stood still: during tests that gave something, each until it was first said to have ended.

        A test whose end was withdrawn and said again later did not take longer for it.
        """
        ends: dict[str, str] = {}
        counted = set()
        for record, end, stands in self.steps(ComplaintTestEnded):
            ends.setdefault(end.begun, record.valid_from)
            counted |= {end.begun} if stands and end.counted else set()
        found = [
            Pause(since=parse_instant(record.valid_from), until=parse_instant(ends[record.id]))
            for record, _, stands in self.steps(ComplaintTestBegun)
            if stands and record.id in counted
        ]
        return (*found, *([] if also is None else [also]))

    def to_decide(self, now: str) -> Due:
        """Return until when it is to be decided whether the complaint is accepted."""
        return due_by(self.view, self.received.limit, self.received.received_at, now)

    def to_mediate(self, now: str, also: Pause | None = None) -> Due:
        """Return until when it is to be mediated: counted from when it was first accepted, without the days of tests."""
        if self.decided is None:
            return due_by(self.view, None, now, now)
        return due_by(self.view, self.decided[1].limit, self.accepted_at(), now, self.pauses(also))

    def accepted_at(self) -> str:
        """Return when it was first accepted: a decision that was withdrawn and made again wins no time."""
        taken = [record.valid_from for record, one, _ in self.steps(ComplaintDecided) if one.decision == "accepted"]
        return min(taken)


def the_complaint(view: View, name: str) -> TheComplaint:
    """Return a complaint that stands.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: the record is of another kind.
        RefusedError: it was withdrawn, or is of another log.
    """
    record, received = standing(view, name, ComplaintReceived)
    bare = TheComplaint(view=view, record=record, received=received, decided=None, closed=None)
    decided = [(one, told) for one, told, stands in bare.steps(ComplaintDecided) if stands]
    closed = [(one, told) for one, told, stands in bare.steps(ComplaintClosed) if stands]
    return TheComplaint(
        view=view, record=record, received=received, decided=decided[-1] if decided else None, closed=closed[-1] if closed else None
    )


def own_open(view: View, name: str, issuer: str) -> TheComplaint:
    """Return a complaint of the authority that asks, which is not closed.

    Raises:
        RefusedError: somebody else received it, or it was closed.
    """
    found = the_complaint(view, name)
    if found.record.issuer != issuer:
        raise RefusedError("own-complaint", f"complaint {name} was received by {found.record.issuer}, not by {issuer}")
    if found.closed is not None:
        raise RefusedError("complaint-open", f"complaint {name} was closed, by record {found.closed[0].id}")
    return found


def check_accepted(found: TheComplaint) -> None:
    """Raise RefusedError unless a complaint was accepted."""
    if found.decided is None:
        raise RefusedError("complaint-accepted", f"complaint {found.record.id} is not decided yet; accept it first")
    if found.decided[1].decision != "accepted":
        raise RefusedError("complaint-accepted", f"complaint {found.record.id} is {found.decided[1].decision}")


def check_audience(found: TheComplaint, visible_to: tuple[str, ...] | None, issuer: str, also: str | None = None) -> None:
    """Raise RefusedError where a step is for others than those who may see the complaint.

    Nobody named is right at first: who may see the complaint sees the step too.

    Args:
        found: the complaint.
        visible_to: who is to see the step besides the one who takes it.
        issuer: who takes it.
        also: a firm that was found out with this step, and may be told.
    """
    if visible_to is None:
        return
    asked = {*visible_to, issuer}
    if asked != found.audience and (also is None or asked != found.audience | {also}):
        named = ", ".join(sorted(found.audience))
        raise RefusedError("complaint-sealed", f"complaint {found.record.id} is for {named}; let the step be visible to them alone")


def check_commitments(**told: str | None) -> None:
    """Raise FormatError where somebody's words stand instead of a commitment: what is in the log can never be erased."""
    for name, text in told.items():
        if text is not None and not _COMMITMENT.fullmatch(text):
            raise FormatError(f"{name} is a commitment to words that lie beside the log, 43 characters; never the words themselves")


def check_evidence(view: View, names: Iterable[str], *, issuer: str | None = None, since: str | None = None) -> None:
    """Refuse evidence that does not stand, is of somebody else than is named, or older.

    Raises:
        NotFoundError: one is not in the log.
        RefusedError: as said.
    """
    for name in names:
        record = standing_record(view, name)
        if issuer is not None and record.issuer != issuer:
            raise RefusedError("evidence-of", f"record {name} is by {record.issuer}; the test was asked of {issuer}")
        if since is not None and record.valid_from < since:
            raise RefusedError("evidence-later", f"record {name} is of {record.valid_from}, before the test began at {since}")
