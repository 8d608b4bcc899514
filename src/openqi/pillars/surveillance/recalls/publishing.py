"""Publishing a recall: by the firm for its own goods, or ordered by an authority; no edition silently narrower."""

from collections.abc import Iterator
from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.recalls.goods import check_goods
from openqi.pillars.surveillance.recalls.standing import Edition, newest
from openqi.pillars.surveillance.standing import public_basis, standing_record
from openqi.records import Command, Content, Day, Index, Names, RecordId, Text, Uri, statement
from openqi.records.draws import AUTHORITY
from openqi.records.recalls import RecallLine, RecallPublished, Remedy, RiskLevel


class _Recall(Command, frozen=True):
    recall: Uri
    number: Text
    firm: Uri
    name: Names
    lines: tuple[RecallLine, ...]
    defect: Names
    consequence: Names
    risk: RiskLevel
    remedies: tuple[Remedy, ...]
    what_to_do: Names
    contact: Names
    sold: Names
    begins: Day
    ends: Day | None = None
    learned: Day | None = None
    complaints: Index = 0
    injuries: Index = 0
    pictures: tuple[Content, ...] = ()
    because: tuple[RecordId, ...] = ()
    replaces: RecordId | None = None
    narrowed: Names | None = None
    illustrative: bool = False


class PublishRecall(_Recall, frozen=True):
    """Publish a recall of one's own goods, or its next edition."""

    NAME: ClassVar[str] = "surveillance.publish-recall/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True


class OrderRecall(_Recall, frozen=True):
    """Publish a recall of a firm's goods that an authority orders, or its next edition."""

    NAME: ClassVar[str] = "surveillance.order-recall/1"
    ROLE: ClassVar[str | None] = AUTHORITY


def publish_recall(view: View, command: PublishRecall, issuer: str) -> tuple[Statement, ...]:
    """Return the recall.

    Raises:
        NotFoundError: a record or picture that it names is not at hand.
        FormatError: a day is none, or lines contradict themselves.
        RefusedError: it is of another firm's goods, is to be sealed, does not name the edition before, or has fewer goods than that
            or offers less and does not say why.
    """
    if issuer != command.firm:
        raise RefusedError("own-goods", f"{issuer} publishes a recall of {command.firm}; a firm recalls its own goods")
    return (statement(_published(view, command, issuer, None)),)


def order_recall(view: View, command: OrderRecall, issuer: str) -> tuple[Statement, ...]:
    """Return the recall that an authority orders.

    Raises:
        NotFoundError, FormatError, RefusedError: as of a recall that a firm publishes.
    """
    return (statement(_published(view, command, issuer, issuer)),)


def _published(view: View, command: _Recall, issuer: str, ordered_by: str | None) -> RecallPublished:
    if command.visible_to is not None:
        raise RefusedError("recall-for-all", "a recall is for all to see: name no audience")
    before = _edition_before(view, command)
    _check_days(command)
    for name in command.because:
        public_basis(standing_record(view, name))
    for picture in command.pictures:
        if not picture.media_type.startswith("image/"):
            raise RefusedError("picture", f"picture {picture.sha256} is {picture.media_type}; a notice shows images")
        view.blob(picture.sha256)
    told = {name: getattr(command, name) for name in _Recall.__struct_fields__ if name not in Command.__struct_fields__}
    edition = 1 if before is None else before.recall.edition + 1
    ordered = ordered_by or (None if before is None else before.recall.ordered_by)
    recall = RecallPublished(edition=edition, ordered_by=ordered, **told)
    if ordered_by is None:
        check_goods(view, recall, None if before is None else before.recall)
    if before is not None:
        _check_not_narrower(before, recall, issuer)
    elif recall.narrowed is not None:
        raise RefusedError("narrower-than", "a first edition has nothing that it could be narrower than")
    return recall


def _edition_before(view: View, command: _Recall) -> Edition | None:
    last = newest(view, command.recall)
    named = None if last is None else last.record.id
    if command.replaces != named:
        asked = "name no edition before: none stands" if named is None else f"name the edition that stands: record {named}"
        raise RefusedError("edition-before", f"recall {command.recall}: {asked}")
    if last is not None and last.recall.firm != command.firm:
        raise RefusedError("same-firm", f"recall {command.recall} is of the goods of {last.recall.firm}, not of {command.firm}")
    return last


def _check_days(command: _Recall) -> None:
    begins = day(command.begins, "beginning of the recall")
    if command.ends is not None and day(command.ends, "end of the recall") < begins:
        raise RefusedError("days-in-order", f"it ends on {command.ends}, before it begins on {command.begins}")
    if command.learned is not None and day(command.learned, "day on which the firm learned of it") > begins:
        raise RefusedError("days-in-order", f"the firm learned of it on {command.learned}, after the recall begins")
    for line in command.lines:
        for told in (line.made_from, line.made_until):
            if told is not None:
                day(told, f"line {line.number}")


def _check_not_narrower(before: Edition, recall: RecallPublished, issuer: str) -> None:
    """Raise RefusedError where an edition has fewer goods and does not say why, or is not of who may say so."""
    fewer = list(narrower(before.recall, recall))
    if not fewer:
        if recall.narrowed is not None:
            raise RefusedError("narrower-than", "it says why it has fewer goods than the edition before, and has not")
        return
    if recall.narrowed is None:
        raise RefusedError("not-narrower", f"fewer goods than in record {before.record.id}: {'; '.join(fewer[:5])}; say why")
    if before.recall.ordered_by not in (None, issuer):
        raise RefusedError("ordered-goods", f"{before.recall.ordered_by} ordered these goods back; only they take some out")


def narrower(before: RecallPublished, after: RecallPublished) -> Iterator[str]:
    """Yield what an edition has fewer goods in than the one before, a text each."""
    lines = {one.number: one for one in after.lines}
    for old in before.lines:
        new = lines.get(old.number)
        if new is None:
            yield f"line {old.number} is gone"
            continue
        if old.product != new.product:
            yield f"line {old.number} is of another product"
        for what in ("lots", "models", "batches", "gtins"):
            yield from _fewer(old, getattr(old, what), getattr(new, what), what)
        if _begins_later(old.made_from, new.made_from):
            yield f"line {old.number} begins with goods made on {new.made_from}"
        if new.made_until is not None and (old.made_until is None or new.made_until < old.made_until):
            yield f"line {old.number} ends with goods made on {new.made_until}"
        if old.recalled is not None and (new.recalled is None or new.recalled < old.recalled):
            yield f"line {old.number} recalls {'nobody knows how many' if new.recalled is None else new.recalled} of {old.recalled}"


def _begins_later(old: str | None, new: str | None) -> bool:
    return new is not None and (old is None or new > old)


def _fewer(line: RecallLine, old: tuple[str, ...], new: tuple[str, ...], what: str) -> Iterator[str]:
    # None named means all: to name some where none were named leaves the others out.
    gone = sorted({*old} - {*new}) if new else []
    if old and gone:
        yield f"line {line.number} leaves out {what} {', '.join(gone[:3])}"
    elif not old and new:
        yield f"line {line.number} is of some {what} only"
