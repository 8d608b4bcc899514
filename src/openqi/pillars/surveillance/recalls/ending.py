"""Ending a recall: what share was reached by the last report of each line, and what could not be reached."""

from decimal import ROUND_DOWN, Decimal, localcontext
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.recalls.standing import acting_edition, end_of, last_by_line, parties, reports
from openqi.records import Command, Instant, Names, RecordId, statement
from openqi.records.recalls import LineReached, RecallEnded

_PLACES: Final = Decimal("0.0001")


class EndRecall(Command, frozen=True):
    """End a recall, with what was not reached where that is not everything."""

    NAME: ClassVar[str] = "surveillance.end-recall/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True

    published: RecordId
    at: Instant
    summary: Names
    not_reached: Names | None = None


def share_reached(reached: int, recalled: int) -> str:
    """Return the share of units that was reached, cut to a ten-thousandth.

    Args:
        reached: units, 0 to `recalled`.
        recalled: units, at least 1.
    """
    with localcontext() as context:
        context.prec = 40
        return str((Decimal(reached) / Decimal(recalled)).quantize(_PLACES, rounding=ROUND_DOWN))


def end_recall(view: View, command: EndRecall, issuer: str) -> tuple[Statement, ...]:
    """Return the end of the recall.

    Raises:
        NotFoundError: the recall is not in the log.
        RefusedError: another edition counts, it was ended, a line has no report, what was not reached is not told, the end lies
            before a report or in the future, or somebody else asks.
    """
    edition = acting_edition(view, command.published, issuer)
    recall = edition.recall
    if command.visible_to is not None:
        raise RefusedError("recall-for-all", "the end of a recall is for all to see: name no audience")
    ended = end_of(view, edition)
    if ended is not None:
        raise RefusedError("ended-once", f"recall {recall.recall} was ended by record {ended.id}; withdraw that first")
    last = last_by_line(reports(view, recall.recall, parties(view, recall.recall)))
    silent = [one.number for one in recall.lines if one.number not in last]
    if silent:
        why = f"of lines {', '.join(silent)} nobody reported how far they came"
        raise RefusedError("progress-known", f"{why}; report none, where none was reached")
    parse_instant(command.at)
    latest = max(last[one.number].at for one in recall.lines)
    if not latest <= command.at <= command.now:
        raise RefusedError(
            "after-the-last", f"it ends at {command.at}; the last report is of {latest}, and it is {command.now} now"
        )
    lines = tuple(LineReached(line=one.number, reached=last[one.number].reached, recalled=one.recalled) for one in recall.lines)
    reached = sum(one.reached for one in lines)
    known = [one.recalled for one in lines if one.recalled is not None]
    recalled = sum(known) if len(known) == len(lines) else None
    if reached != recalled and command.not_reached is None:
        of = "nobody knows how many" if recalled is None else str(recalled)
        raise RefusedError("not-reached-told", f"{reached} of {of} were reached; say what of the rest could not be")
    end = RecallEnded(
        recall=recall.recall, published=edition.record.id, at=command.at, reached=reached, lines=lines, summary=command.summary,
        recalled=recalled, share=share_reached(reached, recalled) if recalled else None, not_reached=command.not_reached,
        illustrative=recall.illustrative,
    )  # fmt: skip
    return (statement(end),)
