"""Closing a complaint: how it ended, on which evidence, in time or late; nothing of it has a default."""

from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.complaints.clocks import due_by, limit_named
from openqi.pillars.surveillance.complaints.standing import TheComplaint, check_accepted, check_audience, check_evidence, own_open
from openqi.records import Command, Names, RecordId, Uri, statement
from openqi.records.complaints import ComplaintClosed, Outcome
from openqi.records.draws import AUTHORITY

ABOUT: Final = ("firm", "product", "lot", "item")
_JUDGED: Final = frozenset({"upheld", "not-upheld"})


class CloseComplaint(Command, frozen=True):
    """Close a complaint. Product, lot and item are said where they were found out since; what was said before is kept.

    `upheld` and `not-upheld` rest on evidence, or on a reason that says why there is none. `notice_limit` is the limit of the
    notice that it has ended, `clue_limit` that of looking into a clue; both are counted from now on.
    """

    NAME: ClassVar[str] = "surveillance.close-complaint/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("received",)

    received: RecordId
    outcome: Outcome
    product: Uri | None = None
    lot: Uri | None = None
    item: Uri | None = None
    reason: Names | None = None
    notice_limit: RecordId | None = None
    clue_limit: RecordId | None = None
    evidence: tuple[RecordId, ...] = ()


def close_complaint(view: View, command: CloseComplaint, issuer: str) -> tuple[Statement, ...]:
    """Return how a complaint ended.

    Raises:
        NotFoundError: complaint, limit or evidence is not in the log.
        RefusedError: it is another authority's, was not accepted, was closed before, a test goes on, an outcome rests on nothing,
            something is said otherwise than before, or a limit or its calendar does not hold.
    """
    found = own_open(view, command.received, issuer)
    check_audience(found, command.visible_to, issuer)
    if command.outcome != "withdrawn":  # whoever complained may withdraw before anything is decided
        check_accepted(found)
    if going := found.testing():
        raise RefusedError("one-test", f"a test goes on, by record {going[0].id}; end it first")
    if command.outcome in _JUDGED and not command.evidence and command.reason is None:
        raise RefusedError("rests-on-something", f"{command.outcome} rests on evidence, or on a reason that says why there is none")
    check_evidence(view, command.evidence)
    about = _about(found, command)
    if command.outcome == "upheld" and not any(about.values()):
        raise RefusedError("upheld-of-what", "an upheld complaint is about a firm, a product, a lot or an item; say which")
    if command.notice_limit is not None and command.outcome == "settled":
        raise RefusedError("limit-of-notice", "who has settled needs no notice that mediation was broken off")
    days = {}
    for member, name in (("notify_by", command.notice_limit), ("clue_by", command.clue_limit)):
        if name is not None:
            limit_named(view, name, starts=ComplaintClosed.KIND, at=command.now)
        days[member] = due_by(view, name, command.now, command.now).day
    due = found.to_mediate(command.now)
    closed = ComplaintClosed(
        complaint=found.received.complaint, received=found.record.id, received_by=issuer, at=command.now, outcome=command.outcome,
        matter=found.received.matter, hazard=found.received.hazard, harmed=found.received.harmed, reason=command.reason,
        mediate_by=due.day, late=due.late, test_days=due.still, notice_limit=command.notice_limit,
        clue_limit=command.clue_limit, evidence=command.evidence, illustrative=found.received.illustrative, **about, **days,
    )  # fmt: skip
    return (statement(closed),)


def _about(found: TheComplaint, command: CloseComplaint) -> dict[str, str | None]:
    """What the complaint is about: what was said at first, and what was found out; never something else."""
    known: dict[str, str | None] = {"firm": found.firm}
    for name in ABOUT[1:]:
        before, now = getattr(found.received, name), getattr(command, name)
        if before is not None and now is not None and before != now:
            raise RefusedError("said-before", f"the complaint is about {name} {before}, not {now}; withdraw and receive it anew")
        known[name] = before or now
    return known
