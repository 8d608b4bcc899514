"""What every decision after a draw asks first: does a record stand, of which draw is it, and may whoever asks act for that draw."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import Body, Items, as_json, body
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import DrawCommitted, DrawMade, DrawShown
from openqi.records.governance import Withdrawn, withdrawal
from openqi.records.rows import decoded

B = TypeVar("B", bound=Body)
R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class TheDraw:
    """A draw that was made, with its commitment; `hidden` while only its parties may know who was drawn.

    Args:
        record: the draw, or where a hidden one was shown that.
        made: its body.
        committed: the commitment.
        commitment: its body.
        own: who acts for the draw: the organiser who committed, and the parties that it named.
    """

    record: Record
    made: DrawMade | DrawShown
    committed: Record
    commitment: DrawCommitted
    own: tuple[str, ...]

    @property
    def hidden(self) -> bool:
        """Whether who was drawn is not shown yet."""
        return isinstance(self.made, DrawMade) and self.made.hidden


def standing(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log, and its body, after checking that its issuer has not withdrawn it.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it was withdrawn, is of another log, or is no decision where it has to be one.
    """
    record = view.record(record_id)
    found = body(record, kind)
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    if kind.ROLE is None and record.basis is None:
        raise RefusedError("decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command")
    other = withdrawal(record, view.stream(record_subject(record_id)), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record, found


def rows_of(view: View, items: Items, row: type[R]) -> list[R]:
    """Return the typed rows that a record commits to.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
        FormatError: a row is none of this kind.
    """
    return decoded(rows_of_batch(parse_batch(as_json(items)), view.blob(items.rows.sha256)), row)


def the_draw(view: View, name: str, issuer: str) -> TheDraw:
    """Return a draw after checking that a party may act for it.

    Args:
        view: what can be read.
        name: record of the draw, or of its being shown.
        issuer: who asks.

    Raises:
        NotFoundError: it or its commitment is not in the log.
        RefusedError: one does not stand, or a stranger made the draw or asks.
    """
    kind: type[DrawMade] | type[DrawShown] = DrawShown if view.record(name).kind == DrawShown.KIND else DrawMade
    record, made = standing(view, name, kind)
    committed, commitment = standing(view, made.committed, DrawCommitted)
    own = (committed.issuer, *commitment.parties)
    if record.issuer not in own or made.draw != commitment.draw:
        raise RefusedError(
            "own-draw", f"draw {record.id} was made by {record.issuer}; that of {commitment.draw} is made by {', '.join(own)}"
        )
    acting(commitment.draw, own, issuer)
    return TheDraw(record=record, made=made, committed=committed, commitment=commitment, own=own)


def acting(draw: str, own: tuple[str, ...], party: str) -> None:
    """Raise RefusedError unless a party acts for a draw: who committed to it, or a party that the commitment names."""
    if party not in own:
        raise RefusedError("own-draw", f"draw {draw} is for {', '.join(own)}; {party} does not act for it")


def drawn_rows(view: View, draw: TheDraw) -> Mapping[str, DrawnRow]:
    """Return who was drawn, by name, stratum after stratum in drawn order."""
    return {row.object: row for row in rows_of(view, draw.made.items, DrawnRow)}


def check_drawn(objects: Mapping[str, DrawnRow], name: str, draw: TheDraw) -> None:
    """Raise RefusedError where an object was not drawn."""
    if name not in objects:
        why = f"{name} is none of the {len(objects)} objects that were drawn in {draw.commitment.draw}"
        raise RefusedError("drawn-object", f"{why}; a visit outside the draw is no part of it")


def of_draw(view: View, subject: str, committed: str, own: tuple[str, ...], kind: type[B]) -> Iterator[tuple[Record, B]]:
    """Yield the decisions in a stream that stand and are of one commitment, in log order.

    What strangers decided about a draw of the same name, or what is at home elsewhere, does not count.

    Args:
        view: what can be read.
        subject: whose stream.
        committed: the commitment; a body names it.
        own: who acts for the draw.
        kind: of the decision.
    """
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    gone = withdrawals(stream)
    for record in stream:
        if record.kind != kind.KIND or record.basis is None or record.issuer not in own or record.body["committed"] != committed:
            continue
        if record.id not in gone:
            yield record, body(record, kind)


def withdrawals(stream: Iterable[Record]) -> dict[str, Record]:
    """Return the withdrawal of each record in a stream that its issuer withdrew; the stream is of one log."""
    issuers: dict[str, str] = {}
    found: dict[str, Record] = {}
    for record in stream:
        issuers[record.id] = record.issuer
        if record.kind == Withdrawn.KIND:
            name = str(record.body["record"])
            if issuers.get(name) == record.issuer:
                found.setdefault(name, record)
    return found
