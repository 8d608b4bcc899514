"""Publishing a recall: by the firm for its own goods, or ordered by an authority; no edition silently narrower."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.recalls.goods import check_goods
from openqi.pillars.surveillance.recalls.narrowing import check_reported, narrower
from openqi.pillars.surveillance.recalls.standing import Edition, last_withdrawn, newest
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
    taken_back = None if before is not None else last_withdrawn(view, command.recall, command.firm)
    if before is not None:
        check_reported(view, recall)
        _check_not_narrower(before, recall, issuer, ordered=before.recall.ordered_by)
    elif taken_back is not None:
        _check_not_narrower(taken_back, recall, issuer, ordered=None)
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


def _check_not_narrower(before: Edition, recall: RecallPublished, issuer: str, *, ordered: str | None) -> None:
    """Raise RefusedError where an edition says less and does not say why, or is not of who may say so.

    What was withdrawn and is published anew under the same name is held against what was withdrawn: else that would be the way.
    """
    fewer = list(narrower(before.recall, recall))
    if not fewer:
        if recall.narrowed is not None:
            raise RefusedError("narrower-than", "it says why it has fewer goods than the edition before, and has not")
        return
    if recall.narrowed is None:
        raise RefusedError("not-narrower", f"less than in record {before.record.id}: {'; '.join(fewer[:5])}; say why in `narrowed`")
    if ordered not in (None, issuer):
        raise RefusedError("ordered-goods", f"{ordered} ordered these goods back; only they take something out")
