"""Making a draw out of commitment and randomness, hidden or not, and showing a hidden one after its visits."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError, VerificationError
from openqi.pillars.surveillance.draws.commitments import check_open
from openqi.pillars.surveillance.draws.frames import listed
from openqi.pillars.surveillance.draws.plans import MOST_DRAWN, VERSION, plan_of
from openqi.pillars.surveillance.standing import DAY, acting, acting_parties, drawable, own_records, pinned, standing
from openqi.records import Command, HexText, Items, RecordId, statement
from openqi.records.draw_lists import FrameFrozen
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import (
    AUTHORITY,
    DrawCommitted,
    DrawMade,
    DrawnFact,
    DrawShown,
    RandomnessPublished,
    StratumDrawn,
    made_subject,
    shown_subject,
)
from openqi.records.rows import committed as committed_rows
from openqi.records.rows import row_line
from openqi.science.draws.designs.design import Chance
from openqi.science.draws.drawing import Draw, StratumDraw, drawn
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.hidden import shown_seed


class MakeDraw(Command, frozen=True):
    """Draw: a function of the commitment and of the randomness that it named. Of a hidden draw `proof` shows the seed.

    What is hidden is sealed to the organiser and the parties of the draw; what is not is public.
    """

    NAME: ClassVar[str] = "surveillance.make-draw/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    committed: RecordId
    randomness: tuple[RecordId, ...]
    proof: HexText | None = None


def make_draw(view: View, command: MakeDraw, issuer: str) -> tuple[Statement, ...]:
    """Return who was drawn.

    Raises:
        NotFoundError: commitment, list, file or randomness are not at hand.
        RefusedError: a value is missing or of another draw, the draw was cancelled or made before, or its audience is another.
        VerificationError: the proof does not hold, or the list was edited.
    """
    record, committed = drawable(view, command.committed)
    acting(committed, issuer)
    check_open(view, record, committed)
    before = own_records(view, made_subject(committed.draw, record.id), DrawMade, acting_parties(committed))
    for other, _, stands in before:
        if stands:
            raise RefusedError("drawn-once", f"draw {committed.draw} was made by {other.issuer} in record {other.id}, and stands")
    _check_audience(committed, command, issuer)
    seed = _seed(view, record, committed, command.randomness, command.proof)
    items, content, strata = _result(view, committed, seed)
    made = DrawMade(
        draw=committed.draw, committed=record.id, randomness=command.randomness, seed=seed.hex(), items=items, strata=strata,
        hidden=committed.key is not None, proof=command.proof, corrects=tuple(other.id for other, _, _ in before),
        illustrative=committed.illustrative,
    )  # fmt: skip
    return (statement(made, contents=(content,)),)


class ShowDraw(Command, frozen=True):
    """Show a hidden draw to all, once the last day of its visits is over."""

    NAME: ClassVar[str] = "surveillance.show-draw/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    SEALED: ClassVar[tuple[str, ...]] = ("made",)

    made: RecordId


def show_draw(view: View, command: ShowDraw, issuer: str) -> tuple[Statement, ...]:
    """Return the shown draw: the same rows, computed anew from the proof.

    Not before the last day is over, whatever was reported until then: an object that is still to be visited would know it, and
    reports are the organiser's own. The day is over in UTC, which is later than in China. What was withdrawn since is shown all the
    same: else whoever made it could withhold it.

    Raises:
        RefusedError: it was not hidden, it is too early, it was shown before, or is to be shown to some alone.
        VerificationError: the proof does not hold.
    """
    made_record, made = view.record(command.made), pinned(view, command.made, DrawMade)
    record, committed = view.record(made.committed), pinned(view, made.committed, DrawCommitted)
    acting(committed, issuer)
    acting(committed, made_record.issuer)
    if not made.hidden or made.proof is None:
        raise RefusedError("hidden-is-shown", f"draw {committed.draw} is not hidden: everybody sees record {made_record.id}")
    if command.now[:DAY] <= committed.visits_until:
        why = f"visits go on until {committed.visits_until}, and it is {command.now}"
        raise RefusedError("visits-over", f"{why}: who is still to be visited would know it")
    if command.visible_to is not None:
        raise RefusedError("shown-to-all", "a draw is shown to all: name no audience")
    for other, _, stands in own_records(view, made_subject(committed.draw, record.id), DrawMade, acting_parties(committed)):
        if stands and other.id != made_record.id:
            raise RefusedError("shown-as-it-stands", f"record {made_record.id} was withdrawn, and {other.id} stands: show that")
    for other, _, stands in own_records(view, shown_subject(committed.draw, record.id), DrawShown, acting_parties(committed)):
        if stands:
            raise RefusedError("shown-once", f"draw {committed.draw} was shown by record {other.id}")
    seed = _seed(view, record, committed, made.randomness, made.proof, stand=False)
    items, content, strata = _result(view, committed, seed)
    if items != made.items:
        raise VerificationError("draw", f"record {made_record.id} has other rows than commitment, randomness and proof give")
    shown = DrawShown(
        draw=committed.draw, committed=record.id, made=made_record.id, randomness=made.randomness, seed=seed.hex(),
        proof=made.proof, items=items, strata=strata, illustrative=committed.illustrative,
    )  # fmt: skip
    return (statement(shown, contents=(content,)),)


def _check_audience(committed: DrawCommitted, command: MakeDraw, issuer: str) -> None:
    """A hidden draw is for its parties, and one that is not hidden is for all."""
    hidden = committed.key is not None
    if hidden != (command.proof is not None):
        raise RefusedError("proof-of-hidden", "a hidden draw is made with the proof of its seed, and no other is")
    if not hidden and command.visible_to is not None:
        raise RefusedError("draw-for-all", f"draw {committed.draw} is not hidden: name no audience")
    others = {*(command.visible_to or ())} - {*acting_parties(committed)}
    if hidden and (command.visible_to is None or others):
        named = ", ".join(sorted({*acting_parties(committed)} - {issuer})) or "nobody else"
        raise RefusedError("hidden-for-parties", f"draw {committed.draw} is hidden: seal it to its parties alone ({named})")


def _seed(
    view: View, record: Record, committed: DrawCommitted, names: Sequence[str], proof: str | None, *, stand: bool = True
) -> bytes:
    """The seed: of a draw that is not hidden the mixed values; of a hidden one what the proof shows under the key."""
    if committed.version != VERSION:
        why = f"draw {committed.draw} was committed to as {committed.version!r}, and this program draws as {VERSION!r}"
        raise RefusedError("version-as-committed", f"{why}: draw with that one")
    values = []
    for name in names:
        one = standing(view, name, RandomnessPublished)[1] if stand else pinned(view, name, RandomnessPublished)
        acting(committed, view.record(name).issuer)
        if one.committed != record.id:
            raise RefusedError("only-named-randomness", f"randomness {name} is for commitment {one.committed}, not for {record.id}")
        values.append(PublicValue(source=one.source, event=one.event, value=bytes.fromhex(one.value)))
    named = [NamedSource(source=one.source, event=one.event) for one in committed.sources]
    seed = mixed_seed(bytes.fromhex(committed.commitment), named, values)
    if committed.key is None or proof is None:
        return seed
    return shown_seed(bytes.fromhex(committed.key), seed, committed.purpose, bytes.fromhex(proof))


def _result(view: View, committed: DrawCommitted, seed: bytes) -> tuple[Items, bytes, tuple[StratumDrawn, ...]]:
    """The rows of a draw with their blob, and what is said of each stratum."""
    frozen = pinned(view, committed.frame, FrameFrozen)
    frame = listed(view, frozen.document, frozen.exclusions)
    found = drawn(frame, plan_of(committed.purpose, committed.strata), seed)
    count = sum(len(one.selection.places) for one in found.strata)
    if count > MOST_DRAWN:
        raise RefusedError(
            "rows-fit", f"{count} objects are drawn, and a record has at most {MOST_DRAWN} rows: draw in several lists"
        )
    items, content = committed_rows(row_line(row) for one in found.strata for row in drawn_rows(found, one))
    return items, content, tuple(_stratum(one) for one in found.strata)


def _stratum(one: StratumDraw) -> StratumDrawn:
    facts = tuple(DrawnFact(name=name, value=repr(float(value))) for name, value in sorted(one.selection.facts.items()))
    return StratumDrawn(
        stratum=one.planned.rule.stratum, design=one.planned.rule.design, objects=len(one.pool),
        drawn=len(one.selection.places), facts=facts,
    )  # fmt: skip


def drawn_rows(draw: Draw, one: StratumDraw) -> Iterator[DrawnRow]:
    """Yield the rows of a stratum, in drawn order."""
    targets, design = one.planned.targets, one.planned.design
    chances = design.chances(targets, one.selection.places)
    for number, (place, chance) in enumerate(zip(one.selection.places, chances, strict=True), start=1):
        inside = place if one.planned.members is None else int(one.planned.members[place])
        target, why = targets.chance_and_why(place)
        told, error = _differing(chance, target == chance.value)
        yield DrawnRow(
            chance=told, error=error, object=one.pool.name(place).decode(), place=number,
            risk_class=draw.frame.classes[int(draw.frame.risk_class[inside])], size=int(draw.frame.size[inside]),
            stratum=one.planned.rule.stratum, target=str(target), ticket=f"{one.pool.ticket(place):064x}",
            why=why if design.sized or why == "certain" else "equal",
        )  # fmt: skip


def _differing(chance: Chance, same: bool) -> tuple[str | None, str | None]:
    """The chance that an object really had where it is not the target, and how far it is known where it is not exact."""
    told = None if same else repr(float(chance.value))
    return told, repr(float(chance.error)) if chance.error else None
