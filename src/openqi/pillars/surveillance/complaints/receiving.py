"""Receiving a complaint, and deciding whether it is accepted: the two steps with which its clocks begin."""

from typing import ClassVar, Final, Literal

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.complaints.clocks import due_by, limit_named
from openqi.pillars.surveillance.complaints.standing import check_audience, check_commitments, own_open
from openqi.pillars.surveillance.standing import own_records, standing, standing_record
from openqi.records import Command, Instant, Names, RecordId, Uri, body, statement
from openqi.records.complaints import Channel, Code, Commitment, ComplaintDecided, ComplaintReceived, Wish
from openqi.records.draws import AUTHORITY
from openqi.records.surveillance import CaseOpened

_TOLD: Final = frozenset(ComplaintReceived.__struct_fields__)


class ReceiveComplaint(Command, frozen=True):
    """Receive a complaint, sealed for the authority and, where it is told, the firm; it is counted from `received_at`.

    `text` and `person` are commitments to words that lie beside the log. A complaint that came as a report on a mark's page names
    it as `case` and goes by its URI. `same_as` names the first complaint about the same by the same person.
    """

    NAME: ClassVar[str] = "surveillance.receive-complaint/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    complaint: Uri
    received_at: Instant
    channel: Channel
    text: Commitment
    matter: Code
    person: Commitment | None = None
    case: RecordId | None = None
    mark: Uri | None = None
    item: Uri | None = None
    lot: Uri | None = None
    product: Uri | None = None
    firm: Uri | None = None
    hazard: Code | None = None
    harmed: bool = False
    wishes: tuple[Wish, ...] = ()
    suggested: bool = False
    same_as: RecordId | None = None
    limit: RecordId | None = None
    illustrative: bool = False


class DecideComplaint(Command, frozen=True):
    """Decide whether a complaint is accepted; whoever does not accept it, or hands it over, says why.

    `firm` says who is complained about where it was found out since. `limit` is that of mediation, counted from now on.
    """

    NAME: ClassVar[str] = "surveillance.decide-complaint/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("received",)

    received: RecordId
    decision: Literal["accepted", "not-accepted", "handed-over"]
    reason: Names | None = None
    to: Uri | None = None
    firm: Uri | None = None
    limit: RecordId | None = None


def receive_complaint(view: View, command: ReceiveComplaint, issuer: str) -> tuple[Statement, ...]:
    """Return that a complaint was received, with the day until which it is to be decided.

    Raises:
        NotFoundError: limit, case or earlier complaint is not in the log.
        RefusedError: it is not sealed, is about the authority itself, lies ahead, was received before, is the same as something
            else, or its limit or calendar does not hold.
    """
    _check_sealed(command, issuer)
    check_commitments(text=command.text, person=command.person)
    parse_instant(command.received_at)
    if command.received_at > command.now:
        raise RefusedError("not-to-come", f"it was received at {command.received_at}, and it is {command.now} now")
    for other, told, stands in own_records(view, command.complaint, ComplaintReceived, (issuer,)):
        if stands:
            raise RefusedError("received-once", f"complaint {command.complaint} was received before, by record {other.id}")
        if command.received_at > told.received_at:
            why = f"record {other.id}, withdrawn since, said that {command.complaint} was received at {told.received_at}"
            raise RefusedError("clock-keeps", f"{why}; it is not received later for being said again")
    if command.case is not None:
        _check_case(view, command, issuer)
    if command.same_as is not None:
        _check_same(view, command, issuer)
    if command.limit is not None:
        limit_named(view, command.limit, starts=ComplaintReceived.KIND, at=command.received_at)
    due = due_by(view, command.limit, command.received_at, command.now)
    members = {name: getattr(command, name) for name in ReceiveComplaint.__struct_fields__ if name in _TOLD}
    return (statement(ComplaintReceived(received_by=issuer, decide_by=due.day, **members)),)


def decide_complaint(view: View, command: DecideComplaint, issuer: str) -> tuple[Statement, ...]:
    """Return whether a complaint is accepted, in time or late, and until when it is to be mediated.

    Raises:
        NotFoundError: complaint or limit is not in the log.
        RefusedError: it is another authority's, was decided before, a reason is lacking, a member is of another decision, the firm
            is said otherwise, or the limit or its calendar does not hold.
    """
    found = own_open(view, command.received, issuer)
    check_audience(found, command.visible_to, issuer, command.firm)
    if found.decided is not None:
        raise RefusedError("decided-once", f"it was decided before, by record {found.decided[0].id}; withdraw that first")
    taken = command.decision == "accepted"
    if not taken and command.reason is None:
        raise RefusedError("reason-given", f"whoever decides {command.decision} says why")
    if (command.decision == "handed-over") != (command.to is not None):
        raise RefusedError("handed-to", "say to whom it is handed over, and only then")
    if command.to == issuer:
        raise RefusedError("handed-to", "nobody hands a complaint over to themselves")
    if command.firm is not None and found.received.firm is not None:
        raise RefusedError("firm-found", f"the complaint is about {found.received.firm}; say a firm only where none was known")
    if command.firm == issuer:
        raise RefusedError("not-ones-own", "an authority does not decide a complaint about itself; hand it over")
    if command.limit is not None:
        if not taken:
            raise RefusedError("limit-of-mediation", f"nothing is mediated where the decision is {command.decision}")
        limit_named(view, command.limit, starts=ComplaintDecided.KIND, at=command.now)
    due = found.to_decide(command.now)
    earlier = [one.valid_from for one, told, _ in found.steps(ComplaintDecided) if told.decision == "accepted"]
    mediate = due_by(view, command.limit, min([*earlier, command.now]), command.now)
    decided = ComplaintDecided(
        complaint=found.received.complaint, received=found.record.id, received_by=issuer, at=command.now,
        decision=command.decision, reason=command.reason, to=command.to, firm=found.received.firm or command.firm,
        decide_by=due.day, late=due.late, mediate_by=mediate.day, limit=command.limit,
    )  # fmt: skip
    return (statement(decided),)


def _check_sealed(command: ReceiveComplaint, issuer: str) -> None:
    """A complaint is for the authority, and for the firm where it is told at once; never for anybody else."""
    if command.firm == issuer:
        raise RefusedError("not-ones-own", "an authority does not receive a complaint about itself; another one does")
    parties = {issuer} if command.firm is None else {issuer, command.firm}
    if command.visible_to is None or not {*command.visible_to} <= parties:
        named = ", ".join(sorted(parties))
        raise RefusedError("complaint-sealed", f"a complaint is for its parties only: let it be visible to {named}, or to fewer")


def _check_case(view: View, command: ReceiveComplaint, issuer: str) -> None:
    record = standing_record(view, str(command.case))
    case = body(record, CaseOpened)
    if command.complaint != case.case:
        raise RefusedError(
            "case-is-complaint", f"a complaint that came as case {case.case} goes by this name, so that it comes once"
        )
    if command.mark not in (None, case.mark):
        raise RefusedError("case-mark", f"case {case.case} is about mark {case.mark}, not about {command.mark}")
    own = case.received_by == issuer
    if command.received_at < record.valid_from or (own and command.received_at != record.valid_from):
        raise RefusedError("case-clock", f"case {case.case} came in at {record.valid_from}; the clock of who took it began then")


def _check_same(view: View, command: ReceiveComplaint, issuer: str) -> None:
    record, first = standing(view, str(command.same_as), ComplaintReceived)
    _check_first(record, first, issuer)
    if command.received_at < first.received_at:
        raise RefusedError("same-later", f"complaint {record.id} came in at {first.received_at}, after this one")
    pairs = ((command.firm, first.firm), (command.product, first.product), (command.lot, first.lot), (command.item, first.item))
    alike = any(mine == theirs for mine, theirs in pairs if mine is not None)
    if any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs) or (
        not alike and any(mine is not None for mine, _ in pairs)
    ):
        raise RefusedError("same-matter", f"complaint {record.id} is about something else; the same complaint is about the same")


def _check_first(record: Record, first: ComplaintReceived, issuer: str) -> None:
    if record.issuer != issuer:
        raise RefusedError("own-complaint", f"complaint {record.id} was received by {record.issuer}, not by {issuer}")
    if first.same_as is not None:
        raise RefusedError("same-as-first", f"complaint {record.id} is itself the same as {first.same_as}; name that one")
