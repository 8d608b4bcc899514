"""Settling a dispute: the rule that both sides accepted says it, out of the verdicts, and of nothing else."""

from typing import ClassVar, Final, Literal

from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.disputes.proposing import quantity_of
from openqi.pillars.surveillance.standing import own_records, pinned
from openqi.records import Command, RecordId, body, statement
from openqi.records.conformity import ResultJudged, ResultReported
from openqi.records.disputes import DisputeAccepted, DisputeProposed, DisputeSettled
from openqi.records.governance import withdrawal

Outcome = Literal["upheld", "not-upheld", "open"]
_LOSES: Final = {"upheld": "respondent", "not-upheld": "claimant", "open": "open"}


class SettleDispute(Command, frozen=True):
    """Say what the accepted rule says of the verdicts on the sample; nobody names which of them, all that count are read."""

    NAME: ClassVar[str] = "surveillance.settle-dispute/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("accepted",)

    accepted: RecordId


def settle_dispute(view: View, command: SettleDispute, issuer: str) -> tuple[Statement, ...]:
    """Return how a dispute is settled, or that it is open with the items that have no verdict that counts.

    Raises:
        NotFoundError: acceptance or proposal is not in the log.
        RefusedError: it was settled before, or whoever asks is neither side nor laboratory. That a side withdrew what it had
            agreed to changes nothing: else whoever loses would.
    """
    accepted = pinned(view, command.accepted, DisputeAccepted)
    proposed = pinned(view, accepted.proposed, DisputeProposed)
    record, quantity = view.record(command.accepted), quantity_of(view.record(proposed.requirement))
    allowed = (proposed.claimant, proposed.respondent, proposed.laboratory)
    if issuer not in allowed:
        raise RefusedError("own-dispute", f"{issuer} is neither a side of {proposed.dispute} nor its laboratory")
    if command.visible_to is not None and not {*allowed[:2]} <= {*command.visible_to, issuer}:
        raise RefusedError("both-see", "both sides see how their dispute is settled; let it be visible to both")
    for before, told, stands in own_records(view, proposed.dispute, DisputeSettled, allowed):
        if stands and told.accepted == record.id and told.outcome != "open":
            raise RefusedError("settled-once", f"dispute {proposed.dispute} was settled before, by record {before.id}")
    judged = {item: _verdict(view, item, proposed, quantity, since=record.valid_from) for item in proposed.sample}
    found = [one for one in judged.values() if one is not None]
    failing = sum(body(one, ResultJudged).verdict == "nonconforming" for one in found)
    missing = tuple(item for item, one in judged.items() if one is None)
    outcome: Outcome = "open" if missing else "upheld" if failing > proposed.most_failing else "not-upheld"
    pays = _LOSES[outcome] if outcome == "open" or proposed.pays == "who-loses" else proposed.pays
    settled = DisputeSettled(
        dispute=proposed.dispute, proposed=accepted.proposed, accepted=record.id, judged=tuple(one.id for one in found),
        tested=len(found), failing=failing, outcome=outcome, pays=pays, missing=missing, illustrative=proposed.illustrative,  # type: ignore[arg-type]
    )  # fmt: skip
    return (statement(settled),)


def _verdict(view: View, item: str, proposed: DisputeProposed, quantity: str, *, since: str) -> Record | None:
    """The verdict on the first result that counts: of the laboratory, on this item, measured and stated after the acceptance.

    The first that stands, so that nobody tests again until the result pleases. Whoever judged it only applied the requirement:
    any party that may judge is as good, since a verdict is computed from the result and can be computed again.
    """
    stream = [one for one in view.stream(item) if view.home(one.id) == view.origin]
    results = [one for one in stream if one.kind == ResultReported.KIND and one.body.get("quantity") == quantity]
    counting = [one.id for one in results if _counts(view, one, item, proposed, since)]
    for record in stream:
        if record.kind != ResultJudged.KIND or record.basis is None or not counting:
            continue
        told = body(record, ResultJudged)
        if (told.item, told.result, told.requirement) == (item, counting[0], proposed.requirement) and _stands(view, record):
            return record
    return None


def _counts(view: View, record: Record, item: str, proposed: DisputeProposed, since: str) -> bool:
    told = body(record, ResultReported)
    own = record.issuer == proposed.laboratory and told.item == item
    return own and told.measured_at >= since and record.valid_from >= since and _stands(view, record)


def _stands(view: View, record: Record) -> bool:
    return withdrawal(record, view.stream(record_subject(record.id)), view.home) is None
