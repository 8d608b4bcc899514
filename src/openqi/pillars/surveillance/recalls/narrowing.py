"""What an edition of a recall has less of than the one before: goods, what is offered, what is known of harm, and since when."""

from collections.abc import Iterator
from typing import Final, get_args

from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.recalls.standing import editions, last_by_line, parties, reports
from openqi.records.recalls import RecallLine, RecallPublished, RiskLevel

_RISKS: Final[tuple[RiskLevel, ...]] = get_args(RiskLevel)
"""The gravest first."""


def check_reported(view: View, recall: RecallPublished) -> None:
    """Raise RefusedError where what was reported of a line does not fit it: of other goods, or more than are recalled now."""
    last = last_by_line(reports(view, recall.recall, parties(view, recall.recall)))
    earlier = [line for edition in editions(view, recall.recall) for line in edition.recall.lines]
    for line in recall.lines:
        told = last.get(line.number)
        if told is None:
            continue
        if any(one.number == line.number and one.product != line.product and one.product is not None for one in earlier):
            why = f"line {line.number} was of another product, and {told.reached} of that were reported"
            raise RefusedError("line-keeps-goods", f"{why}: give these goods another number")
        if line.recalled is not None and told.reached > line.recalled:
            why = f"line {line.number} recalls {line.recalled}, and {told.reached} were reached by {told.at}"
            raise RefusedError("within-recalled", f"{why}: withdraw the report first if it was wrong")


def _told_less(before: RecallPublished, after: RecallPublished) -> Iterator[str]:
    gone = [one for one in before.remedies if one not in after.remedies]
    if gone:
        yield f"{', '.join(gone)} is offered no more"
    if _RISKS.index(after.risk) > _RISKS.index(before.risk):
        yield f"the risk is {after.risk}, and was {before.risk}"
    for what in ("injuries", "complaints"):
        was, now = getattr(before, what), getattr(after, what)
        if now < was:
            yield f"{what} are {now}, and were {was}"
    if after.begins > before.begins:
        yield f"it begins on {after.begins}, and began on {before.begins}"
    if after.ends is not None and (before.ends is None or after.ends < before.ends):
        yield f"it ends on {after.ends} already"
    if before.learned is not None and (after.learned is None or after.learned > before.learned):
        yield f"the firm learned of it on {after.learned or 'no day that it says'}, and before it said {before.learned}"


def narrower(before: RecallPublished, after: RecallPublished) -> Iterator[str]:
    """Yield what an edition has fewer goods in than the one before, offers less of, or tells less of, a text each."""
    yield from _told_less(before, after)
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
