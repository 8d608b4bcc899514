"""What governance may decide: that a record no longer stands."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import Command, RecordId, Text, statement
from openqi.records.governance import Withdrawn


class Withdraw(Command, frozen=True):
    """Withdraw a record that the asking party issued."""

    NAME: ClassVar[str] = "governance.withdraw/1"
    ROLE: ClassVar[str | None] = None

    record: RecordId
    reason: Text


def withdraw(view: View, command: Withdraw, issuer: str) -> tuple[Statement, ...]:
    """Return the withdrawal; it lies in every stream of what it withdraws.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it is another party's, or was withdrawn before.
    """
    target = view.record(command.record)
    if target.issuer != issuer:
        raise RefusedError("issuer-withdraws", f"record {target.id} was issued by {target.issuer}; only they can withdraw it")
    stream = view.stream(target.streams[0])
    if any(other.kind == Withdrawn.KIND and other.body.get("record") == target.id for other in stream):
        raise RefusedError("withdrawn-once", f"record {target.id} was withdrawn before")
    return (statement(Withdrawn(record=target.id, streams=target.streams, reason=command.reason)),)


WORKFLOW = {Withdraw: withdraw}
