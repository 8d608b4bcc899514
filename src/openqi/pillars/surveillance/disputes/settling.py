"""Settling a dispute: the rule that both sides accepted says it, out of the verdicts, and of nothing else."""

from typing import ClassVar, Final, Literal

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.disputes.proposing import quantity_of
from openqi.pillars.surveillance.disputes.verdicts import counting_verdicts
from openqi.pillars.surveillance.standing import own_records, pinned
from openqi.records import Command, RecordId, statement
from openqi.records.disputes import DisputeAccepted, DisputeProposed, DisputeSettled

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
    found = counting_verdicts(view, proposed, quantity, since=record.valid_from)
    judged = tuple(dict.fromkeys(one.record for one in found.values()))
    failing = sum(one.verdict == "nonconforming" for one in found.values())
    missing = tuple(item for item in proposed.sample if item not in found)
    outcome: Outcome = "open" if missing else "upheld" if failing > proposed.most_failing else "not-upheld"
    pays = _LOSES[outcome] if outcome == "open" or proposed.pays == "who-loses" else proposed.pays
    settled = DisputeSettled(
        dispute=proposed.dispute, proposed=accepted.proposed, accepted=record.id, judged=judged,
        tested=len(found), failing=failing, outcome=outcome, pays=pays, missing=missing, illustrative=proposed.illustrative,  # type: ignore[arg-type]
    )  # fmt: skip
    return (statement(settled),)
