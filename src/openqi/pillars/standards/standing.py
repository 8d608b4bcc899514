"""What every decision on own standards asks first: the declaration stands, and is of this log."""

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import body
from openqi.records.governance import withdrawal
from openqi.records.own_standards import OwnStandardDeclared


def own_standing(view: View, record_id: str) -> tuple[Record, OwnStandardDeclared]:
    """Return a declaration of this log that its firm has not withdrawn, and its body.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it was withdrawn, is of another log, or was not decided.
    """
    record = view.record(record_id)
    found = body(record, OwnStandardDeclared)
    if view.home(record.id) != view.origin or record.basis is None:
        raise RefusedError("record-home", f"record {record.id} was not decided in this log")
    other = withdrawal(record, view.stream(record_subject(record_id)), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record, found
