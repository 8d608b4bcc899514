"""What comes before the randomness of a draw in a workspace: items, lists and officers that are frozen, the commitment, its end."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.drawing import (
    CancelledDrawDeclared,
    DrawDeclared,
    FrameDeclared,
    ItemListDeclared,
    OfficersDeclared,
    StratumRuleDeclared,
)
from openqi.app.workspace.draws.cells import chance_of, checked_day, size_or_ratio
from openqi.app.workspace.draws.keeping import content, keep
from openqi.app.workspace.draws.lists import Listed, listed, roll
from openqi.app.workspace.entries import stated
from openqi.formats.document import Node
from openqi.kernel.errors import FormatError
from openqi.pillars.surveillance.draws.commitments import CancelDraw, CommitDraw
from openqi.pillars.surveillance.draws.frames import FreezeFrame
from openqi.pillars.surveillance.draws.officers import FreezeOfficers, FreezeRecusals
from openqi.pillars.surveillance.draws.rolls import officer_listing, recusal_listing
from openqi.records import Command, Content, as_json
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draws import ClassBound, Sending, SourceNamed, StratumStated, closing_subject, draws_subject
from openqi.science.draws.frame import frame_of
from openqi.science.draws.listing import MEDIA_TYPE, exclusion_listing, listing_bytes
from openqi.science.draws.vrf.ecvrf import public_key

_LIST: Final = (
    "a draw was committed to it: put the entry and its files back as they were. Where the list has to be another one, cancel the "
    "draw in public under `cancelled_draws`, and add the new list and a new draw beside the old ones; that draw names the "
    "cancellation under `replaces`"
)
_DRAW: Final = (
    "nothing of a draw can be changed after its commitment: put the entry back as it was. Where it has to be another one, cancel "
    "it in public under `cancelled_draws`, and add a new draw with a URI of its own that names the cancellation under `replaces`"
)
RECUSALS: Final = "#recusals"
"""Behind the slot of officers: that of who may not go where."""
_CANCELLED: Final = "a draw that was cancelled stays so; commit to another one"


def item_list(builder: Builder, slot: str, declared: ItemListDeclared) -> None:
    """Publish an edition of what may be inspected; one that a draw committed to is never published otherwise."""
    workspace = builder.workspace
    workspace.party(slot, declared.published_by, "published_by")
    items, until = [], declared.valid_until
    place = workspace.at(slot, "items")
    for code, one in declared.items.items():
        node = place.members.get(code, place)
        ratio = None if one.most_ratio is None else str(chance_of(node.members.get("most_ratio", node), one.most_ratio))
        items.append(
            InspectionItem(code=code, name=one.name, sort=one.sort, basis=one.basis, objects=one.objects, most_ratio=ratio)
        )
    body = ItemListPublished(
        list=declared.uri, edition=declared.edition, name=declared.name, items=tuple(items),
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
    )  # fmt: skip
    known = builder.standing(slot)
    if known is not None and known.body != as_json(body) and _is_committed(builder, "item_list", slot):
        raise workspace.where(slot).error(f"record {known.id} says otherwise; a new edition is an entry of its own, and {_LIST}")
    stated(builder, slot, declared.published_by, body)


def _is_committed(builder: Builder, member: str, slot: str) -> bool:
    """Whether a draw of the workspace that names the entry was committed to by an earlier build."""
    name = slot.partition("/")[2].removesuffix(RECUSALS)
    draws: Mapping[str, DrawDeclared] = builder.workspace.declared.draws
    return any(getattr(one, member) == name and builder.stands(f"draws/{key}") for key, one in draws.items())


def _frozen(builder: Builder, slot: str, member: str, party: str, digest: str, make: Any, subject: str) -> None:
    """Freeze a list: once a draw is committed to it, it stays; before that, a changed one is frozen anew."""
    if _is_committed(builder, member, slot):
        keep(builder, slot, party, digest, make, subject=subject, advice=_LIST)
    elif builder.standing(slot) is None or not builder.kept(slot, digest, party):
        command: Command = make()
        builder.decide(slot, party, digest, command, subject=subject)


def frame(builder: Builder, slot: str, declared: FrameDeclared) -> None:
    """Freeze the list of who can be drawn."""
    workspace = builder.workspace
    workspace.party(slot, declared.frozen_by, "frozen_by")
    files = [workspace.file(slot, "file", declared.file)]
    files += [workspace.file(slot, "exclusions", one.file) for one in declared.exclusions.values()]

    def make() -> FreezeFrame:
        document, exclusions = _documents(builder, listed(workspace, slot, declared))
        return FreezeFrame(
            frame=declared.uri, name=declared.name, as_of=workspace.instant(slot, "as_of", declared.as_of), source=declared.source,
            document=document, exclusions=exclusions, illustrative=workspace.illustrative(declared.illustrative),
        )  # fmt: skip

    _frozen(builder, slot, "frame", declared.frozen_by, builder.digest(slot, *files), make, declared.uri)


def _documents(builder: Builder, found: Listed) -> tuple[Content, Content | None]:
    """The list as lines, and those who were left out."""
    whole = frame_of(found.candidates, found.exclusions)
    data, gone = listing_bytes(whole), exclusion_listing(whole.exclusions)
    exclusions = content(builder, gone, MEDIA_TYPE) if gone else None
    return content(builder, data, MEDIA_TYPE), exclusions


def officers(builder: Builder, slot: str, declared: OfficersDeclared) -> None:
    """Freeze the list of who can be sent; and, sealed, who may not go where, as that says who is kin to whom."""
    workspace = builder.workspace
    workspace.party(slot, declared.frozen_by, "frozen_by")
    files = [workspace.file(slot, "file", declared.file)]
    files += [workspace.file(slot, "recusals", one.file) for one in declared.recusals.values()]
    audience = tuple(workspace.party(slot, name, "seen_by").uri for name in declared.seen_by)

    def make() -> FreezeOfficers:
        found = roll(workspace, slot, declared)
        return FreezeOfficers(
            roll=declared.uri, name=declared.name, as_of=workspace.instant(slot, "as_of", declared.as_of),
            officers=content(builder, officer_listing(found.officers), MEDIA_TYPE),
            illustrative=workspace.illustrative(declared.illustrative),
        )  # fmt: skip

    digest = builder.digest(slot, *files)
    _frozen(builder, slot, "officers", declared.frozen_by, digest, make, declared.uri)
    if declared.recusals:
        record = builder.record(slot)

        def who_may_not() -> FreezeRecusals:
            listing = content(builder, recusal_listing(roll(workspace, slot, declared).recusals), MEDIA_TYPE)
            return FreezeRecusals(officers=record, recusals=listing, visible_to=audience)

        _frozen(builder, f"{slot}{RECUSALS}", "officers", declared.frozen_by, f"{digest} {record}", who_may_not, declared.uri)


def draw(builder: Builder, slot: str, declared: DrawDeclared) -> None:
    """Commit to a draw, and bring in its cancellation, so that the next one can name that."""
    builder.entry(slot, partial(_draw, builder, slot, declared))
    for key, one in builder.workspace.declared.cancelled_draws.items():
        if f"draws/{one.draw}" == slot:
            builder.entry(f"cancelled_draws/{key}", partial(_cancelled, builder, f"cancelled_draws/{key}", one))


def _draw(builder: Builder, slot: str, declared: DrawDeclared) -> None:
    """Commit: the first build that finds the entry does, and none ever again."""
    workspace = builder.workspace
    workspace.party(slot, declared.committed_by, "committed_by")
    named = {
        member: None if name is None else builder.record(workspace.known(slot, member, section, name))
        for member, section, name in (
            ("frame", "frames", declared.frame), ("item_list", "item_lists", declared.item_list),
            ("officers", "officers", declared.officers), ("publication_limit", "limits", declared.publication_limit),
            ("replaces", "cancelled_draws", declared.replaces),
        )
    }  # fmt: skip

    kept_off = None
    if declared.officers is not None and workspace.declared.officers[declared.officers].recusals:
        kept_off = builder.record(f"officers/{declared.officers}{RECUSALS}")

    def make() -> CommitDraw:
        key = public_key(builder.secret(declared.uri)).hex() if declared.hidden else None
        sending = None if declared.officers is None else Sending(
            each=declared.sending.each, different_units=declared.sending.different_units, reach=declared.sending.reach,
            substitutes=declared.sending.substitutes,
        )  # fmt: skip
        return CommitDraw(
            draw=declared.uri, name=declared.name, purpose=declared.purpose, frame=str(named["frame"]),
            strata=tuple(_strata(builder, slot, declared)), sources=tuple(_sources(builder, slot, declared)),
            visits_from=_day(workspace.at(slot, "visits_from"), declared.visits_from),
            visits_until=_day(workspace.at(slot, "visits_until"), declared.visits_until), targeted=declared.targeted, key=key,
            item_list=named["item_list"], items=declared.items, officers=named["officers"], sending=sending, recusals=kept_off,
            publication_limit=named["publication_limit"], replaces=named["replaces"],
            parties=tuple(workspace.party(slot, name, "parties").uri for name in declared.parties),
            illustrative=workspace.illustrative(declared.illustrative),
        )  # fmt: skip

    digest = builder.digest(slot, *(f"{member} {record}" for member, record in named.items()), kept_off or "")
    subject = draws_subject(builder.uri(declared.committed_by))
    keep(builder, slot, declared.committed_by, digest, make, subject=subject, advice=_DRAW)


def _strata(builder: Builder, slot: str, declared: DrawDeclared) -> Iterator[StratumStated]:
    """The rules; where the list has no strata there is one rule, whatever it is called."""
    frame_declared = builder.workspace.declared.frames[declared.frame]
    place = builder.workspace.at(slot, "strata")
    if frame_declared.stratum is None and len(declared.strata) != 1:
        raise place.error(f"the list {declared.frame} names no column `stratum`, so there is one rule, not {len(declared.strata)}")
    for name, rule in declared.strata.items():
        yield _stratum(place.members.get(name, place), "" if frame_declared.stratum is None else name, rule)


def _stratum(place: Node, name: str, rule: StratumRuleDeclared) -> StratumStated:
    size, ratio = (None, None) if rule.draw is None else size_or_ratio(place.members.get("draw", place), rule.draw)

    def bounds(member: str, stated: Mapping[str, str]) -> tuple[ClassBound, ...]:
        node = place.members.get(member, place)
        return tuple(
            ClassBound(risk_class=key, chance=str(chance_of(node.members.get(key, node), text))) for key, text in stated.items()
        )

    return StratumStated(
        design=rule.design, stratum=name, size=size, ratio=None if ratio is None else str(ratio),
        floors=bounds("floors", rule.floors), caps=bounds("caps", rule.caps),
    )  # fmt: skip


def _sources(builder: Builder, slot: str, declared: DrawDeclared) -> Iterator[SourceNamed]:
    for one in declared.sources.values():
        instant = builder.workspace.instant(slot, "sources", one.not_before)
        yield SourceNamed(
            source=one.source, event=one.event, not_before=instant, form=one.form, numbers=one.numbers, ordered=one.ordered,
            taken=one.taken,
        )  # fmt: skip


def _day(place: Node, text: str) -> str:
    try:
        return checked_day(text)
    except FormatError as error:
        raise place.error(str(error)) from error


def cancelled_draw(builder: Builder, slot: str, declared: CancelledDrawDeclared) -> None:
    """Bring in a cancellation whose draw is none of the workspace, which says so; others came in with their draw."""
    builder.workspace.known(slot, "draw", "draws", declared.draw)


def _cancelled(builder: Builder, slot: str, declared: CancelledDrawDeclared) -> None:
    """Cancel a draw in public."""
    workspace = builder.workspace
    workspace.party(slot, declared.cancelled_by, "cancelled_by")
    record = builder.record(workspace.known(slot, "draw", "draws", declared.draw))
    subject = closing_subject(workspace.declared.draws[declared.draw].uri, record)
    keep(
        builder, slot, declared.cancelled_by, builder.digest(slot, record),
        lambda: CancelDraw(committed=record, reason=declared.reason), subject=subject, advice=_CANCELLED,
    )  # fmt: skip
