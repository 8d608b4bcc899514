"""One complaint for its parties: what was said, what was done, what is due next, and for the authority what its words suggest."""

from dataclasses import dataclass
from typing import Any, Final

from openqi.app.complaints.keeping import shown
from openqi.app.complaints.listing import by_number
from openqi.app.reading.complaints.desk import Line, line_of, text_of
from openqi.app.reading.context import Context, Seen
from openqi.app.triage import REASONS, Triaged, triaged
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.pillars.surveillance.complaints.closing import CloseComplaint
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint
from openqi.pillars.surveillance.complaints.testing import BeginComplaintTest, EndComplaintTest
from openqi.records import Body, body
from openqi.records.complaints import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintDecided,
    ComplaintFollowed,
    ComplaintReceived,
    ComplaintTestBegun,
    ComplaintTestEnded,
)
from openqi.science.triage.model import Model
from openqi.store.complaint_words import ComplaintWords

_STEPS: Final[dict[str, type[Body]]] = {
    one.KIND: one
    for one in (
        ComplaintReceived, ComplaintDecided, ComplaintTestBegun, ComplaintTestEnded, ComplaintAnswered, ComplaintClosed,
        ComplaintFollowed,
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was done: the record in a line, what it states, and the words of an answer where the reader may read them."""

    seen: Seen
    stated: Body
    words: str | None = None

    def told(self, member: str) -> Any:
        """Return what it states of a member; None where its kind has none of the name."""
        return getattr(self.stated, member, None)


@dataclass(frozen=True, kw_only=True)
class Next:
    """A step that may come next: its act, and what its form knows already."""

    act: str
    given: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ComplaintPage:
    """One complaint.

    Args:
        line: as in the list.
        received: what was stated when it was received.
        steps: what was done, in the order of the log.
        own: whether the reader is the authority, else the firm.
        text, person: words of whoever complained, for the authority alone; None where they are erased or not kept.
        triaged: what the words suggest, for the authority alone.
        nexts: what may come next, the likeliest first.
        answered: whether the firm has answered.
    """

    line: Line
    received: ComplaintReceived
    steps: tuple[Step, ...]
    own: bool
    text: str | None
    person: str | None
    triaged: Triaged | None
    nexts: tuple[Next, ...]
    answered: bool

    @property
    def may_answer(self) -> bool:
        """Return whether the reader is the firm, and the complaint still open."""
        return not self.own and self.line.row["state"] in ("received", "accepted", "testing")


def complaint_page(context: Context, number: str, words: ComplaintWords | None, model: Model | None) -> ComplaintPage:
    """Return one complaint for one of its parties; to everybody else there is none of that number.

    Args:
        context: the log as the reader may see it.
        number: of the complaint.
        words: beside the log.
        model: of matters; None where the station has none.

    Raises:
        NotFoundError: there is none, or the reader is no party of it.
    """
    row = by_number(context.store, number[:400])
    parties = {row["authority"], row["told"]} - {""}
    received = context.body(str(row["received"]), ComplaintReceived) if context.reader in parties else None
    if received is None:
        raise NotFoundError(f"there is no complaint {number[:60]!r} for whoever asks")
    own = row["authority"] == context.reader
    text = text_of(context, row, words) if own else None
    steps = tuple(_steps(context, str(row["complaint"]), str(row["received"]), words))
    return ComplaintPage(
        line=line_of(context, row, words), received=received, steps=steps, own=own, text=text,
        person=_kept(words, received.complaint, received.person) if own else None,
        triaged=None if text is None else triaged([text[:10_000]], model, reasons=REASONS)[0],
        nexts=_nexts(dict(row)) if own else (),
        answered=any(isinstance(one.stated, ComplaintAnswered) for one in steps),
    )  # fmt: skip


def _steps(context: Context, complaint: str, received: str, words: ComplaintWords | None) -> list[Step]:
    found = []
    for one in context.stream(complaint):
        kind = _STEPS.get(one.record.kind)
        if kind is None or received not in (one.record.id, one.record.body.get("received")):
            continue
        stated = body(one.record, kind)
        text = _kept(words, complaint, stated.text) if isinstance(stated, ComplaintAnswered) else None
        found.append(Step(seen=context.seen(one.record.id), stated=stated, words=text))
    return found


def _kept(words: ComplaintWords | None, complaint: str, commitment: str | None) -> str | None:
    try:
        return None if words is None or commitment is None else shown(words, complaint, commitment)
    except VerificationError:
        return None


def _nexts(row: dict[str, Any]) -> tuple[Next, ...]:
    """Acts that may come next, each with the records that it names."""
    received = ("received", str(row["received"]))
    match row["state"]:
        case "received":
            return (Next(act=DecideComplaint.NAME, given=(received,)),)
        case "accepted":
            return (Next(act=CloseComplaint.NAME, given=(received,)), Next(act=BeginComplaintTest.NAME, given=(received,)))
        case "testing":
            return (Next(act=EndComplaintTest.NAME, given=(received,)),)
        case "closed":
            closed = ("closed", str(row["closed"]))
            follow = (Next(act=FollowComplaint.NAME, given=(closed,)),) if row["due"] else ()
            publish = (Next(act=PublishUpheld.NAME, given=(closed,)),) if row["outcome"] == "upheld" else ()
            return (*follow, *publish)
    return ()
