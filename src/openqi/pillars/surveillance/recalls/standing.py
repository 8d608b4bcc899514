"""Which edition of a recall stands, how far its lines came by the reports, and who acts for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.standing import standing
from openqi.records import Body, body
from openqi.records.governance import withdrawal, withdrawals
from openqi.records.recalls import RecallEnded, RecallProgressReported, RecallPublished, progress_subject

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """An edition of a recall that stands."""

    record: Record
    recall: RecallPublished


def editions(view: View, recall: str) -> tuple[Edition, ...]:
    """Return the editions of a recall that stand, in log order.

    What was only stated, is at home in another log, or was withdrawn by its issuer, is none.
    """
    return tuple(Edition(record=record, recall=one) for record, one in _standing(view, recall, RecallPublished))


def newest(view: View, recall: str) -> Edition | None:
    """Return the edition of a recall that counts now: of those that stand the last; None where none stands."""
    found = editions(view, recall)
    return found[-1] if found else None


def last_withdrawn(view: View, recall: str, firm: str) -> Edition | None:
    """Return the last edition of a firm's recall that was withdrawn; None where none was."""
    stream = [one for one in view.stream(recall) if view.home(one.id) == view.origin]
    gone = [
        Edition(record=record, recall=said)
        for record in stream
        if record.kind == RecallPublished.KIND and record.basis is not None and withdrawal(record, stream, view.home) is not None
        for said in [body(record, RecallPublished)]
        if said.firm == firm
    ]
    return gone[-1] if gone else None


def acting_edition(view: View, published: str, issuer: str) -> Edition:
    """Return the edition that a record is, after checking that it counts now and that a party acts for it.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is none.
        RefusedError: it was withdrawn, another edition has taken its place, or the party neither published nor ordered it, nor is
            the firm.
    """
    record, recall = standing(view, published, RecallPublished)
    last = newest(view, recall.recall)
    if last is None or last.record.id != record.id:
        other = "none" if last is None else f"record {last.record.id}"
        raise RefusedError("newest-edition", f"of recall {recall.recall} another edition counts now: {other}; name that")
    own = {recall.firm, record.issuer, *(one.record.issuer for one in editions(view, recall.recall))}
    if issuer not in own:
        raise RefusedError("own-recall", f"recall {recall.recall} is for {', '.join(sorted(own))}; {issuer} does not act in it")
    return Edition(record=record, recall=recall)


def reports(view: View, recall: str, own: tuple[str, ...]) -> tuple[tuple[Record, RecallProgressReported], ...]:
    """Return the reports on how far a recall has come that stand and are of those who act for it, in log order."""
    found = _standing(view, progress_subject(recall), RecallProgressReported)
    return tuple((record, one) for record, one in found if record.issuer in own)


def parties(view: View, recall: str) -> tuple[str, ...]:
    """Return who acts for a recall: its firm, and whoever published an edition that stands."""
    return tuple(dict.fromkeys(one for edition in editions(view, recall) for one in (edition.recall.firm, edition.record.issuer)))


def last_by_line(found: tuple[tuple[Record, RecallProgressReported], ...]) -> Mapping[str, RecallProgressReported]:
    """Return the last report of each line."""
    return {one.line: one for _, one in found}


def end_of(view: View, edition: Edition) -> Record | None:
    """Return the record that ended an edition, where one stands; a new edition goes on."""
    found = [record for record, one in _standing(view, edition.recall.recall, RecallEnded) if one.published == edition.record.id]
    return found[-1] if found else None


def _standing(view: View, subject: str, kind: type[B]) -> list[tuple[Record, B]]:
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    gone = withdrawals(stream)
    return [
        (record, body(record, kind))
        for record in stream
        if record.kind == kind.KIND and record.basis is not None and withdrawal(record, gone.get(record.id, ()), view.home) is None
    ]
