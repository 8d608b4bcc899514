"""Committing to a draw before its randomness exists, and cancelling one: neither can be undone in silence."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import ClassVar, Final

from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError, VerificationError
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.draws.frames import listed
from openqi.pillars.surveillance.draws.officers import officers_frozen
from openqi.pillars.surveillance.draws.plans import VERSION, expected_of_plan, plan_of
from openqi.pillars.surveillance.draws.sources import check_sources
from openqi.pillars.surveillance.standing import DAY, acting_parties, own_records, public_basis, public_step, standing
from openqi.records import Command, Day, Hash, Names, RecordId, Text, Uri, as_json, body, statement
from openqi.records.draw_lists import FrameFrozen, InspectionItem, ItemListPublished, OfficersFrozen
from openqi.records.draw_rows import OfficerRow
from openqi.records.draws import (
    AUTHORITY,
    DrawCancelled,
    DrawCommitted,
    DrawMade,
    Sending,
    SourceNamed,
    StratumExpected,
    StratumStated,
    closing_subject,
    commitment_subject,
    made_subject,
)
from openqi.records.governance import withdrawal
from openqi.records.tasks import LimitPublished
from openqi.science.draws.commitment import commitment_of, exclusion_bytes
from openqi.science.draws.hashing.alike import unseen
from openqi.science.draws.plan import plan_bytes
from openqi.science.draws.seed import NamedSource, source_bytes
from openqi.science.draws.vrf.ecvrf import check_key

MOST_PARTIES: Final = 50
MOST_HIDDEN: Final = 366
LONGEST_URI: Final = 1000
"""Of a draw: streams of its objects are named after it, with the name of the object behind it."""
MOST_BYTES: Final = 40_000
"""Of what a commitment says, its command beside it: a record has an end, and what it read stands there too."""


class CommitDraw(Command, frozen=True):
    """Commit to a draw: list, rules, officers, sources of randomness and program under one hash, before the randomness exists.

    With `key` the visits are unannounced. Officers are named where they are sent, and nowhere else. `replaces` is the
    cancellation of an earlier draw. A draw is committed to once.
    """

    NAME: ClassVar[str] = "surveillance.commit-draw/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    SEALED: ClassVar[tuple[str, ...]] = ("recusals",)

    draw: Uri
    name: Names
    purpose: Text
    frame: RecordId
    strata: tuple[StratumStated, ...]
    sources: tuple[SourceNamed, ...]
    visits_from: Day
    visits_until: Day
    targeted: bool = False
    key: Hash | None = None
    item_list: RecordId | None = None
    items: tuple[Text, ...] = ()
    officers: RecordId | None = None
    recusals: RecordId | None = None
    sending: Sending | None = None
    publication_limit: RecordId | None = None
    parties: tuple[Uri, ...] = ()
    replaces: RecordId | None = None
    illustrative: bool = False


def commit_draw(view: View, command: CommitDraw, issuer: str) -> tuple[Statement, ...]:
    """Return the commitment.

    Raises:
        NotFoundError: the list, its file, officers, items or a limit are not in the log.
        RefusedError: the rules draw nobody, too many, or leave somebody without a chance; randomness could be known already; items
            are not on their list or drawn more often than it allows; officers are too few; this draw was committed to before.
        DomainError, FormatError: numbers that make no plan.
    """
    public_step(command.visible_to)
    for record, _, _ in own_records(view, commitment_subject(command.draw, issuer), DrawCommitted, (issuer,)):
        raise RefusedError(
            "committed-once", f"{issuer} committed to draw {command.draw} before, by record {record.id}: name another"
        )
    _check_names(command)
    _check_days(command)
    check_sources(command.sources, command.now)
    frame_record, frozen = standing(view, command.frame, FrameFrozen)
    public_basis(frame_record)
    frame, plan = listed(view, frozen.document, frozen.exclusions), plan_of(command.purpose, command.strata)
    expected = expected_of_plan(frame, plan)
    items = _items(view, command)
    _check_ratio(command, items, expected)
    _check_officers(view, command, issuer, expected)
    _check_others(view, command, issuer)
    commitment = commitment_of(
        bytes.fromhex(frozen.root), frozen.objects, plan_bytes(plan),
        sources=source_bytes([NamedSource(source=one.source, event=one.event) for one in command.sources]),
        version=VERSION, exclusions=exclusion_bytes(frame.exclusions), key=bytes.fromhex(command.key or ""),
    )  # fmt: skip
    stated = DrawCommitted(
        draw=command.draw, organiser=issuer, name=command.name, purpose=command.purpose, frame=command.frame,
        strata=command.strata, expected=expected, sources=command.sources, version=VERSION, commitment=commitment.hex(),
        visits_from=command.visits_from, visits_until=command.visits_until, targeted=command.targeted, key=command.key,
        item_list=command.item_list, items=command.items, officers=command.officers, recusals=command.recusals,
        sending=command.sending,
        publication_limit=command.publication_limit, parties=command.parties, replaces=command.replaces,
        illustrative=command.illustrative or frozen.illustrative,
    )  # fmt: skip
    size = sum(len(canonical_bytes(as_json(one), limit=MOST_BYTES * 100)) for one in (stated, command))
    if size > MOST_BYTES:
        raise RefusedError(
            "commitment-fits", f"{len(command.strata)} strata make {size} bytes, and {MOST_BYTES} fit: draw in several lists"
        )
    return (statement(stated),)


def _check_names(command: CommitDraw) -> None:
    """Refuse what reads as something else, and a name behind which those of objects have no room."""
    if len(command.draw) > LONGEST_URI:
        raise RefusedError("draw-named", f"the URI of the draw has {len(command.draw)} characters; at most {LONGEST_URI} fit")
    for text in (command.purpose, *(part for one in command.sources for part in (one.source, one.event))):
        if unseen(text.replace("\n", "")) is not None or text != text.strip():
            raise RefusedError("names-seen", f"{text!r} has spaces at its ends or letters unseen: it reads as another text")


def _check_days(command: CommitDraw) -> None:
    first, last = day(command.visits_from, "visits from"), day(command.visits_until, "visits until")
    if last < first:
        raise RefusedError(
            "days-in-order", f"visits from {command.visits_from} until {command.visits_until}: that is no span of days"
        )
    known = max((one.not_before for one in command.sources), default=command.now)
    if command.visits_from < known[:DAY]:
        why = f"visits begin on {command.visits_from}, and the randomness is not known before {known}"
        raise RefusedError("visits-after-draw", f"{why}: nobody is drawn before that")
    if command.key is not None and (last - day(known[:DAY], "the randomness")).days > MOST_HIDDEN:
        raise RefusedError("hidden-not-for-ever", f"it is shown after {command.visits_until}: end it within {MOST_HIDDEN} days")


def _items(view: View, command: CommitDraw) -> tuple[InspectionItem, ...]:
    """The items that are inspected, as the list that is in force has them."""
    if (command.item_list is None) != (not command.items) or len({*command.items}) != len(command.items):
        raise RefusedError("items-listed", "name a list of items and which of them are inspected, each once, or neither")
    if command.item_list is None:
        return ()
    record, published = standing(view, command.item_list, ItemListPublished)
    public_basis(record)
    _check_in_force(command.now, published.valid_from, published.valid_until, f"edition {published.edition} of {published.list}")
    newest = _edition_in_force(view, record, published.list, command.now)
    if newest.id != record.id:
        raise RefusedError(
            "list-in-force", f"list {published.list} is in force as record {newest.id}, not as {record.id}: name that"
        )
    known = {one.code: one for one in published.items}
    if missing := [code for code in command.items if code not in known]:
        raise RefusedError("items-listed", f"item {missing[0]!r} is not on edition {published.edition} of {published.list}")
    return tuple(known[code] for code in command.items)


def _edition_in_force(view: View, named: Record, subject: str, now: str) -> Record:
    """The newest edition, of who published the one that is named, that stands and has begun to hold."""
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    found = [
        (one, body(one, ItemListPublished))
        for one in stream
        if one.kind == ItemListPublished.KIND and one.issuer == named.issuer and withdrawal(one, stream, view.home) is None
    ]
    held = [(record, one) for record, one in found if one.valid_from <= now and (one.valid_until is None or now < one.valid_until)]
    newest = max((one.valid_from for _, one in held), default="")
    return [record for record, one in held if one.valid_from == newest][-1]


def _check_in_force(now: str, valid_from: str, valid_until: str | None, what: str) -> None:
    if now < valid_from or (valid_until is not None and now >= valid_until):
        raise RefusedError("in-force", f"{what} holds from {valid_from} until {valid_until or 'further notice'}, and it is {now}")


def _check_ratio(command: CommitDraw, items: Sequence[InspectionItem], expected: Sequence[StratumExpected]) -> None:
    """General items are drawn within their ratio, over the whole list; key items may be drawn all, in a drawn order."""
    general = [one for one in items if one.sort == "general"]
    if general and any(one.design == "order" for one in command.strata):
        raise RefusedError(
            "order-of-key-items", f"item {general[0].code!r} is a general one; an order of all is for key items alone"
        )
    drawn = sum((Fraction(one.drawn) for one in expected), Fraction(0)) / sum(one.objects for one in expected)
    for one in general:
        if one.most_ratio is not None and drawn > Fraction(one.most_ratio):
            why = f"{float(drawn):.3%} of the list are drawn, and item {one.code!r} allows {float(Fraction(one.most_ratio)):.3%}"
            raise RefusedError("ratio-of-item", f"{why}: draw fewer")


def _check_officers(view: View, command: CommitDraw, issuer: str, expected: Sequence[StratumExpected]) -> None:
    if (command.officers is None) != (command.sending is None) or (command.recusals is not None and command.officers is None):
        raise RefusedError("officers-sent", "name a list of officers and how they are sent, or neither; recusals are of that list")
    if command.officers is None or command.sending is None:
        return
    if command.sending.each < 2:
        raise RefusedError("two-officers", f"{command.sending.each} officers a visit: at least two go")
    if not command.items:
        raise RefusedError("items-of-officers", "officers are permitted items: name which of a list are inspected")
    record, frozen = standing(view, command.officers, OfficersFrozen)
    public_basis(record)
    if record.issuer != issuer:
        raise RefusedError("own-officers", f"officers {record.id} were frozen by {record.issuer}; who commits sends its own")
    able = [one for one in officers_frozen(view, frozen) if _able(one, command)]
    wanted = command.sending.each * ceil(sum((Fraction(one.drawn) for one in expected), Fraction(0)))
    if command.sending.different_units and len({one.unit for one in able}) < command.sending.each:
        raise RefusedError("enough-officers", f"{command.sending.each} of different units go, and there are not so many units")
    room = sum(one.most for one in able)
    if len(able) < command.sending.each or room < wanted:
        why = f"{wanted} officers are to go, and {len(able)} who are certified and permitted may go {room} times together"
        raise RefusedError("enough-officers", f"{why}: draw fewer, or add officers")


def _able(one: OfficerRow, command: CommitDraw) -> bool:
    """Whether an officer holds a certificate, and a permit for each item, on some day of the visits."""
    first, last = command.visits_from, command.visits_until

    def on_a_day(spans: Sequence[tuple[str, str]]) -> bool:
        return any(begin <= last and first <= end for begin, end in spans)

    held = [[(permit.first, permit.last) for permit in one.permits if permit.item == item] for item in command.items]
    return on_a_day(one.certificates) and all(on_a_day(spans) for spans in held)


def _check_others(view: View, command: CommitDraw, issuer: str) -> None:
    """The limit of publication, the parties, the key of unannounced visits, and the draw that this one is instead of."""
    if command.publication_limit is not None:
        record, limit = standing(view, command.publication_limit, LimitPublished)
        public_basis(record)
        _check_in_force(command.now, limit.valid_from, limit.valid_until, f"limit {limit.limit}")
        if limit.unit == "hours":
            raise RefusedError("limit-in-days", f"limit {limit.limit} is in hours; results are due on a day")
    if len({issuer, *command.parties}) != len(command.parties) + 1 or len(command.parties) > MOST_PARTIES:
        raise RefusedError("parties-once", f"parties are others than {issuer}, each once, at most {MOST_PARTIES}")
    if command.key is not None:
        try:
            check_key(bytes.fromhex(command.key))
        except VerificationError as error:
            raise RefusedError("key-of-visits", f"{error}: no proof could ever be shown under it") from error
    if command.replaces is not None:
        record, _ = standing(view, command.replaces, DrawCancelled)
        if record.issuer != issuer:
            raise RefusedError("own-draw", f"draw {record.id} was cancelled by {record.issuer}; {issuer} replaces its own alone")


class CancelDraw(Command, frozen=True):
    """Cancel a draw that was committed to, with the reason. It stays in the list of the organiser's draws, and is never made."""

    NAME: ClassVar[str] = "surveillance.cancel-draw/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    committed: RecordId
    reason: Names


def cancel_draw(view: View, command: CancelDraw, issuer: str) -> tuple[Statement, ...]:
    """Return the cancellation; it says whether the randomness could be known by then.

    Raises:
        RefusedError: another party's draw, one that was made, or one that was cancelled before.
    """
    public_step(command.visible_to)
    record, committed = standing(view, command.committed, DrawCommitted)
    if record.issuer != issuer:
        raise RefusedError("own-draw", f"draw {committed.draw} is {record.issuer}'s; only they cancel it")
    check_open(view, record, committed)
    for made, _, _ in own_records(view, made_subject(committed.draw, record.id), DrawMade, acting_parties(committed)):
        why = f"draw {committed.draw} was made by record {made.id}"
        raise RefusedError("drawn-is-drawn", f"{why}: who was drawn is visited, or reported as not visited")
    cancelled = DrawCancelled(
        draw=committed.draw, organiser=issuer, committed=record.id, reason=command.reason,
        randomness_known=command.now >= max(one.not_before for one in committed.sources),
    )  # fmt: skip
    return (statement(cancelled),)


def check_open(view: View, record: Record, committed: DrawCommitted) -> None:
    """Raise RefusedError where a draw was cancelled: that is final, also where the cancellation was withdrawn."""
    closing = closing_subject(committed.draw, record.id)
    for other, _, _ in own_records(view, closing, DrawCancelled, (committed.organiser,)):
        raise RefusedError("draw-open", f"draw {committed.draw} was cancelled by record {other.id}: commit to another one")
