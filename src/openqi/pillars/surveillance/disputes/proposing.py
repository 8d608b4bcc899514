"""Proposing how a dispute is settled, and accepting it: sample, laboratory and rule, before anybody knows a result."""

from typing import ClassVar, Literal

from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.standing import own_records, standing, standing_record
from openqi.records import Command, Index, Instant, Names, RecordId, Text, Uri, body, statement
from openqi.records.conformity import ReadingsReported, ResultReported
from openqi.records.disputes import DisputeAccepted, DisputeProposed
from openqi.records.governance import withdrawal
from openqi.records.standards import ClausePublished, RequirementPublished


class ProposeDispute(Command, frozen=True):
    """Propose how a dispute is settled: as claimant or respondent, with sample, laboratory, requirement and how many may fail."""

    NAME: ClassVar[str] = "surveillance.propose-dispute/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True

    dispute: Uri
    claimant: Uri
    respondent: Uri
    laboratory: Uri
    requirement: RecordId
    sample: tuple[Uri, ...]
    most_failing: Index
    pays: Literal["who-loses", "claimant", "respondent", "halves"]
    text: Names
    accept_until: Instant
    seals: tuple[Text, ...] = ()
    complaint: RecordId | None = None
    illustrative: bool = False


class AcceptDispute(Command, frozen=True):
    """Accept a proposal as the other side, in time and before anything on the sample was measured."""

    NAME: ClassVar[str] = "surveillance.accept-dispute/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("proposed",)

    proposed: RecordId


def propose_dispute(view: View, command: ProposeDispute, issuer: str) -> tuple[Statement, ...]:
    """Return the proposal.

    Raises:
        NotFoundError: requirement or complaint is not in the log.
        RefusedError: a stranger proposes, the laboratory is a side, the requirement does not stand, it is too late to accept, the
            dispute was proposed before by the same side, an item was measured, or the other side could not see it.
    """
    sides = (command.claimant, command.respondent)
    if command.claimant == command.respondent or issuer not in sides:
        raise RefusedError("two-sides", f"a dispute has two sides, and one of them proposes; {issuer} is neither, or both")
    if command.laboratory in sides:
        raise RefusedError("third-party", f"{command.laboratory} is a side of the dispute; a third party tests the sample")
    if command.visible_to is not None and not {*sides} <= {*command.visible_to, issuer}:
        raise RefusedError("both-see", "both sides see how their dispute is settled; let it be visible to both")
    if command.accept_until <= command.now:
        raise RefusedError("time-to-accept", f"it is to be accepted until {command.accept_until}, and it is {command.now} now")
    for other, _, stands in own_records(view, command.dispute, DisputeProposed, sides):
        if stands:
            raise RefusedError("proposed-once", f"dispute {command.dispute} was proposed before, by record {other.id}")
    quantity = quantity_of(standing_record(view, command.requirement))
    if command.complaint is not None:
        standing_record(view, command.complaint)
    check_unmeasured(view, command.dispute, command.sample, quantity)
    members = {name: getattr(command, name) for name in DisputeProposed.__struct_fields__}
    return (statement(DisputeProposed(**members)),)


def accept_dispute(view: View, command: AcceptDispute, issuer: str) -> tuple[Statement, ...]:
    """Return that the other side accepts.

    Raises:
        NotFoundError: the proposal is not in the log.
        RefusedError: it does not stand, whoever accepts is not the other side, it is too late, it was accepted before, or an item
            was measured meanwhile.
    """
    record, proposed = standing(view, command.proposed, DisputeProposed)
    other = proposed.respondent if record.issuer == proposed.claimant else proposed.claimant
    if issuer != other:
        raise RefusedError(
            "other-side", f"dispute {proposed.dispute} was proposed by {record.issuer}; {other} accepts it or nobody"
        )
    if command.visible_to is not None and record.issuer not in command.visible_to:
        raise RefusedError("both-see", f"let the acceptance be visible to {record.issuer}, who proposed it")
    if command.now > proposed.accept_until:
        raise RefusedError("time-to-accept", f"it was to be accepted until {proposed.accept_until}, and it is {command.now} now")
    for before, told, stands in own_records(view, proposed.dispute, DisputeAccepted, (issuer,)):
        if stands and told.proposed == record.id:
            raise RefusedError("accepted-once", f"it was accepted before, by record {before.id}")
    quantity = quantity_of(standing_record(view, proposed.requirement))
    check_unmeasured(view, proposed.dispute, proposed.sample, quantity)
    return (statement(DisputeAccepted(dispute=proposed.dispute, proposed=record.id, party=issuer)),)


def quantity_of(record: Record) -> str:
    """Return the quantity that a requirement is about.

    Raises:
        RefusedError: the record is no requirement by which single results are judged.
    """
    if record.kind == RequirementPublished.KIND:
        return body(record, RequirementPublished).quantity
    if record.kind == ClausePublished.KIND:
        return body(record, ClausePublished).quantity
    raise RefusedError("requirement-named", f"record {record.id} is a {record.kind}; a dispute is settled by a requirement")


def check_unmeasured(view: View, dispute: str, sample: tuple[str, ...], quantity: str) -> None:
    """Raise RefusedError where a result on an item of the sample exists: whoever knows it accepts no rule, but an outcome.

    Results of whole lots lie with the lot and are not found here: the sample is of items that nobody has measured one by one.
    """
    for record in view.stream(dispute):
        if record.kind == ReadingsReported.KIND and record.body.get("quantity") == quantity:
            raise RefusedError("sample-unmeasured", f"{quantity} was read for {dispute} before, by record {record.id}")
    for item in sample:
        for record in view.stream(item):
            if record.kind != ResultReported.KIND or record.body.get("quantity") != quantity:
                continue
            if withdrawal(record, view.stream(record_subject(record.id)), view.home) is None:
                why = f"{quantity} of item {item} was measured before, by record {record.id}"
                raise RefusedError("sample-unmeasured", f"{why}; take items that nobody has measured")
