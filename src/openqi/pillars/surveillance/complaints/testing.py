"""Tests that a complaint waits for, and the firm's answer: what happens between acceptance and the end."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.complaints.standing import (
    check_accepted,
    check_audience,
    check_commitments,
    check_evidence,
    own_open,
    the_complaint,
)
from openqi.records import Command, Content, Names, RecordId, Uri, statement
from openqi.records.complaints import Commitment, ComplaintAnswered, ComplaintTestBegun, ComplaintTestEnded, Wish
from openqi.records.draws import AUTHORITY
from openqi.science.calendars.limits import Pause


class BeginComplaintTest(Command, frozen=True):
    """Begin a test that a complaint waits for: from now on, until it ends, no day is counted."""

    NAME: ClassVar[str] = "surveillance.begin-complaint-test/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("received",)

    received: RecordId
    asks: Names
    laboratory: Uri | None = None


class EndComplaintTest(Command, frozen=True):
    """End the test that a complaint waits for, with what it gave; a test that gave nothing has stopped no clock."""

    NAME: ClassVar[str] = "surveillance.end-complaint-test/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("received",)

    received: RecordId
    evidence: tuple[RecordId, ...] = ()
    documents: tuple[Content, ...] = ()


class AnswerComplaint(Command, frozen=True):
    """Answer a complaint, as the firm that is complained about; `text` is a commitment to words that lie beside the log."""

    NAME: ClassVar[str] = "surveillance.answer-complaint/1"
    ROLE: ClassVar[str | None] = None
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("received",)

    received: RecordId
    text: Commitment
    offers: tuple[Wish, ...] = ()
    evidence: tuple[RecordId, ...] = ()


def begin_complaint_test(view: View, command: BeginComplaintTest, issuer: str) -> tuple[Statement, ...]:
    """Return that a test begins now.

    Raises:
        NotFoundError: the complaint is not in the log.
        RefusedError: it is another authority's, was not accepted, was closed, or another test goes on.
    """
    found = own_open(view, command.received, issuer)
    check_audience(found, command.visible_to, issuer)
    check_accepted(found)
    if going := found.testing():
        raise RefusedError("one-test", f"a test goes on, by record {going[0].id}; end it first")
    begun = ComplaintTestBegun(
        complaint=found.received.complaint, received=found.record.id, at=command.now, asks=command.asks,
        laboratory=command.laboratory,
    )  # fmt: skip
    return (statement(begun),)


def end_complaint_test(view: View, command: EndComplaintTest, issuer: str) -> tuple[Statement, ...]:
    """Return that the test ends now, and until when the complaint is to be mediated.

    Raises:
        NotFoundError: the complaint or evidence is not in the log.
        RefusedError: it is another authority's, no test goes on, evidence is older than the test or by another laboratory, or the
            calendar leaves out a day that is past.
    """
    found = own_open(view, command.received, issuer)
    check_audience(found, command.visible_to, issuer)
    going = found.testing()
    if going is None:
        raise RefusedError("test-goes-on", f"no test of complaint {found.record.id} goes on")
    record, begun = going
    check_evidence(view, command.evidence, issuer=begun.laboratory, since=record.valid_from)
    counted = bool(command.evidence or command.documents)
    before = [one.valid_from for one, end, _ in found.steps(ComplaintTestEnded) if end.begun == record.id]
    first = min([*before, command.now])  # a test whose end was withdrawn and is said again did not take longer for it
    last = Pause(since=parse_instant(record.valid_from), until=parse_instant(first)) if counted else None
    due = found.to_mediate(command.now, last)
    ended = ComplaintTestEnded(
        complaint=found.received.complaint, received=found.record.id, begun=record.id, at=command.now, evidence=command.evidence,
        documents=command.documents, counted=counted, mediate_by=due.day,
    )  # fmt: skip
    return (statement(ended),)


def answer_complaint(view: View, command: AnswerComplaint, issuer: str) -> tuple[Statement, ...]:
    """Return the answer of the firm.

    Raises:
        NotFoundError: the complaint or evidence is not in the log.
        RefusedError: somebody else than the firm answers, it was not told, or the complaint was closed.
    """
    found = the_complaint(view, command.received)
    if found.firm is None or issuer != found.firm:
        about = "nobody that is known" if found.firm is None else found.firm
        raise RefusedError("firm-answers", f"complaint {found.record.id} is about {about}; {issuer} does not answer it")
    if issuer not in found.audience:
        raise RefusedError("firm-told", f"complaint {found.record.id} was not told to {issuer} yet")
    if found.closed is not None:
        raise RefusedError("complaint-open", f"complaint {found.record.id} was closed, by record {found.closed[0].id}")
    check_audience(found, command.visible_to, issuer)
    check_commitments(text=command.text)
    check_evidence(view, command.evidence)
    answered = ComplaintAnswered(
        complaint=found.received.complaint, received=found.record.id, firm=issuer, at=command.now, text=command.text,
        offers=command.offers, evidence=command.evidence,
    )  # fmt: skip
    return (statement(answered),)
