"""The written proof of a signature (书面证明): by the association that published the pledge, never beyond its term."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.pledges.standing import decided, open_signature
from openqi.records import Command, Instant, RecordId, Text, Uri, statement
from openqi.records.pledges import PledgeProved


class ProvePledge(Command, frozen=True):
    """Prove in writing that a firm signed; revoked by withdrawing the proof."""

    NAME: ClassVar[str] = "governance.prove-pledge/1"
    ROLE: ClassVar[str | None] = None

    proof: Uri
    number: Text
    signed: RecordId
    valid_until: Instant | None = None


def prove_pledge(view: View, command: ProvePledge, issuer: str) -> tuple[Statement, ...]:
    """Return the proof, from now on and until the end of the term at the latest.

    Raises:
        NotFoundError, FormatError: there is no such signature.
        RefusedError: it ended, another than the association asks, the proof goes beyond the term or bears the URI of another.
    """
    found = open_signature(view, command.signed)
    if issuer != found.edition.issuer:
        raise RefusedError(
            "association-proves", f"the pledge was published by {found.edition.issuer}; only they prove a signature of it"
        )
    term, until = found.signed.valid_until, command.valid_until
    if until is not None and until <= view.valid_at:
        raise RefusedError("term-to-come", f"the proof would end at {until}, which is over")
    if until is not None and term is not None and until > term:
        raise RefusedError("proof-within-term", f"the signature holds until {term}; its proof does not hold until {until}")
    for record, _, _ in decided(view, command.proof, PledgeProved):
        if record.issuer == issuer:
            raise RefusedError("proof-once", f"record {record.id} is a proof under {command.proof}; take another URI")
    proved = PledgeProved(
        proof=command.proof, number=command.number, firm=found.record.issuer, pledge=found.signed.pledge, signed=found.record.id,
        valid_from=view.valid_at, valid_until=until or term,
    )  # fmt: skip
    return (statement(proved),)
