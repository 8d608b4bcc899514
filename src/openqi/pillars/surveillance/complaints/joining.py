"""Joining complaints about one matter (群体投诉): it is looked into once, and each keeps its clock, its answer and its end."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.standing import own_records, standing
from openqi.records import Command, Names, RecordId, Uri, statement
from openqi.records.complaint_counts import MOST_JOINED, ComplaintsJoined
from openqi.records.complaints import ComplaintReceived
from openqi.records.draws import AUTHORITY


class JoinComplaints(Command, frozen=True):
    """Say that complaints are one matter: about one firm or one product, each of them so. Whoever may see all of them sees it."""

    NAME: ClassVar[str] = "surveillance.join-complaints/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    matter: Uri
    name: Names
    complaints: tuple[RecordId, ...]
    firm: Uri | None = None
    product: Uri | None = None


def join_complaints(view: View, command: JoinComplaints, issuer: str) -> tuple[Statement, ...]:
    """Return that complaints are one matter.

    Raises:
        NotFoundError: one is not in the log.
        RefusedError: one is another authority's, about something else, joined to the matter before, or too many are joined at once.
    """
    if not 2 <= len({*command.complaints}) == len(command.complaints) <= MOST_JOINED:
        raise RefusedError(
            "joined-once", f"2 to {MOST_JOINED} complaints are joined at once, each once; join more in a further step"
        )
    if command.firm is None and command.product is None:
        raise RefusedError("one-matter", "say which firm or which product they are about")
    before = {
        one
        for _, told, stands in own_records(view, command.matter, ComplaintsJoined, (issuer,))
        if stands
        for one in told.complaints
    }
    for name in command.complaints:
        record, received = standing(view, name, ComplaintReceived)
        if command.visible_to is not None and not {*command.visible_to} <= {issuer, *(record.statement.visible_to or ())}:
            raise RefusedError("complaint-sealed", f"complaint {name} is for fewer; name only who may see every one of them")
        if record.issuer != issuer:
            raise RefusedError("own-complaint", f"complaint {name} was received by {record.issuer}, not by {issuer}")
        if name in before:
            raise RefusedError("joined-once", f"complaint {name} was joined to {command.matter} before")
        for what in ("firm", "product"):
            wanted, told = getattr(command, what), getattr(received, what)
            if wanted is not None and wanted != told:
                raise RefusedError("one-matter", f"complaint {name} is about {what} {told}, not about {wanted}")
    joined = ComplaintsJoined(
        matter=command.matter, name=command.name, complaints=command.complaints, firm=command.firm, product=command.product
    )
    return (statement(joined),)
