"""What every decision after a draw asks first: which draw is it, may whoever asks act for it, and what of it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.keeping import rows_kept
from openqi.pillars.surveillance.standing import acting, acting_parties, own_records, pinned, standing
from openqi.records import Body, Command, Items, body
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import DrawCommitted, DrawMade, DrawShown
from openqi.records.governance import Withdrawn
from openqi.records.rows import R

B = TypeVar("B", bound=Body)


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

    @property
    def not_before(self) -> str:
        """Before which instant nobody can have been drawn: when its last randomness came."""
        return max(one.not_before for one in self.commitment.sources)


def typed_rows(view: View, items: Items, row: type[R]) -> Sequence[R]:
    """Return the typed rows that a record commits to.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
        FormatError: a row is none of this kind.
    """
    return rows_kept(view, items, row).rows


def the_draw(view: View, name: str, issuer: str) -> TheDraw:
    """Return a draw after checking that a party may act for it.

    Args:
        view: what can be read.
        name: record of the draw, or of its being shown.
        issuer: who asks.

    Raises:
        NotFoundError: it or its commitment is not in the log.
        RefusedError: the draw does not stand, or a stranger made it or asks. That its commitment was withdrawn since is nothing:
            who was drawn is visited, else whoever committed could stop what follows once results are there.
    """
    kind: type[DrawMade] | type[DrawShown] = DrawShown if view.record(name).kind == DrawShown.KIND else DrawMade
    record, made = standing(view, name, kind)
    committed, commitment = view.record(made.committed), pinned(view, made.committed, DrawCommitted)
    if made.draw != commitment.draw or committed.issuer != commitment.organiser:
        raise RefusedError("own-draw", f"draw {record.id} and commitment {committed.id} are not of one draw and one organiser")
    acting(commitment, record.issuer)
    acting(commitment, issuer)
    return TheDraw(record=record, made=made, committed=committed, commitment=commitment, own=acting_parties(commitment))


def check_audience(draw: TheDraw, command: Command) -> None:
    """Raise RefusedError where what follows a hidden draw would be told to others than its parties."""
    if draw.hidden and (command.visible_to is None or not {*command.visible_to} <= {*draw.own}):
        why = f"draw {draw.commitment.draw} is hidden until it is shown"
        raise RefusedError("hidden-for-parties", f"{why}: seal this to its parties alone ({', '.join(draw.own)})")


def drawn_rows(view: View, draw: TheDraw) -> Mapping[str, DrawnRow]:
    """Return who was drawn, by name, stratum after stratum in drawn order."""
    return rows_kept(view, draw.made.items, DrawnRow).by_object


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


def withdrawn_before(view: View, draw: TheDraw, subject: str, kind: type[B]) -> tuple[str, ...]:
    """Return the decisions of a draw in a stream that were withdrawn: whoever decides again names them."""
    told = own_records(view, subject, kind, draw.own)
    return tuple(record.id for record, _, stands in told if not stands and record.body["committed"] == draw.committed.id)


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
