"""What governance may decide: that a record no longer stands; tasks and their clocks; pledges."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance import clocks, tasks
from openqi.pillars.governance.pledges.workflow import WORKFLOW as PLEDGES
from openqi.records import Command, RecordId, Text, statement
from openqi.records.governance import Withdrawn, withdrawal


class Withdraw(Command, frozen=True):
    """Withdraw a record that the asking party issued."""

    NAME: ClassVar[str] = "governance.withdraw/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True  # else withdrawing a private record would publish what it is about

    record: RecordId
    reason: Text


def withdraw(view: View, command: Withdraw, issuer: str) -> tuple[Statement, ...]:
    """Return the withdrawal; it lies in every stream of what it withdraws.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it is another party's, of another log, or was withdrawn before.
    """
    target = view.record(command.record)
    if target.issuer != issuer:
        raise RefusedError("issuer-withdraws", f"record {target.id} was issued by {target.issuer}; only they can withdraw it")
    if view.home(target.id) != view.origin:
        raise RefusedError("home-withdraws", f"record {target.id} is at home in {view.home(target.id)}; withdraw it there")
    if withdrawal(target, view.stream(target.streams[0]), view.home):
        raise RefusedError("withdrawn-once", f"record {target.id} was withdrawn before")
    return (statement(Withdrawn(record=target.id, streams=target.streams, reason=command.reason)),)


WORKFLOW: Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]] = {
    Withdraw: withdraw,
    **tasks.WORKFLOW,
    **clocks.WORKFLOW,
    **PLEDGES,
}
