"""Reporting how far a recall has come: counts since its beginning that never fall, and units one by one where they are known."""

from collections.abc import Iterable
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.keeping import rows_kept
from openqi.pillars.surveillance.recalls.standing import Edition, acting_edition, last_by_line, parties, reports
from openqi.records import Command, Index, Instant, Items, RecordId, Text, statement
from openqi.records.recall_rows import ReachedRow
from openqi.records.recalls import Fate, RecallLine, RecallProgressReported

FATES: Final[tuple[Fate, ...]] = ("returned", "repaired", "destroyed")


class ReportRecallProgress(Command, frozen=True):
    """Report how many units of a line were reached since the beginning of the recall, each unit once."""

    NAME: ClassVar[str] = "surveillance.report-recall-progress/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True

    published: RecordId
    line: Text
    at: Instant
    returned: Index
    repaired: Index
    destroyed: Index
    told: Index | None = None
    items: Items | None = None


def report_recall_progress(view: View, command: ReportRecallProgress, issuer: str) -> tuple[Statement, ...]:
    """Return the report.

    Raises:
        NotFoundError: the recall or the rows are not at hand.
        FormatError: a row is none of a unit that was reached.
        RefusedError: another edition counts, the recall has no such line, a number falls or is above what is recalled, a unit is
            reported twice or as more than are counted, the report is not after the last, or somebody else asks.
    """
    edition = acting_edition(view, command.published, issuer)
    line = next((one for one in edition.recall.lines if one.number == command.line), None)
    if line is None:
        raise RefusedError("line-of-recall", f"recall {edition.recall.recall} has no line {command.line}")
    if command.visible_to is not None:
        raise RefusedError("recall-for-all", "how far a recall has come is for all to see: name no audience")
    parse_instant(command.at)
    told = reports(view, edition.recall.recall, parties(view, edition.recall.recall))
    before = last_by_line(told).get(line.number)
    reported = RecallProgressReported(
        recall=edition.recall.recall, published=edition.record.id, line=line.number, at=command.at, returned=command.returned,
        repaired=command.repaired, destroyed=command.destroyed, told=command.told, items=command.items,
        illustrative=edition.recall.illustrative,
    )  # fmt: skip
    _check_time(edition, reported, before, command.now)
    _check_counts(line, reported, before)
    _check_units(view, reported, [one for _, one in told if one.line == line.number])
    return (statement(reported),)


def _check_time(edition: Edition, one: RecallProgressReported, before: RecallProgressReported | None, now: str) -> None:
    # A recall begins on a day of its own zone, which may lie fourteen hours ahead; it may be published when it has begun already.
    if one.at > now or one.at[:10] < min(edition.recall.begins, edition.record.valid_from[:10]):
        raise RefusedError(
            "after-the-beginning", f"it is of {one.at}; the recall begins on {edition.recall.begins}, it is {now} now"
        )
    if before is not None and one.at <= before.at:
        raise RefusedError("after-the-last", f"line {one.line}: it is of {one.at}, the last report is of {before.at}")


def _check_counts(line: RecallLine, one: RecallProgressReported, before: RecallProgressReported | None) -> None:
    if before is not None:
        for name in (*FATES, "told"):
            was, now = getattr(before, name), getattr(one, name)
            if was is not None and (now is None or now < was):
                why = f"line {line.number}: {name} is {now if now is not None else 'left out'}, and was {was} at {before.at}"
                raise RefusedError(
                    "counts-never-fall", f"{why}; counts are since the beginning. Withdraw that report if it was wrong"
                )
    if line.recalled is not None:
        for what, count in (("reached", one.reached), ("told", one.told or 0)):
            if count > line.recalled:
                why = f"line {line.number}: {count} are {what}, and {line.recalled} are recalled"
                raise RefusedError(
                    "within-recalled", f"{why}; each unit is counted once. Publish a wider edition if more are affected"
                )


def _check_units(view: View, one: RecallProgressReported, earlier: Iterable[RecallProgressReported]) -> None:
    if one.items is None:
        return
    known: dict[str, Fate] = {}
    for report in (*(report for report in earlier if report.items is not None), one):
        rows = () if report.items is None else rows_kept(view, report.items, ReachedRow).rows
        for row in rows:
            if len(row.mark) != 64 or not {*row.mark} <= {*"0123456789abcdef"}:
                raise FormatError(f"mark {row.mark[:80]!r} is no hash of a mark: 64 hexadecimal digits")
            if row.mark in known and report is one:
                raise RefusedError("unit-once", f"line {one.line}: unit {row.mark} was reported as {known[row.mark]} before")
            known[row.mark] = row.state
    for fate in FATES:
        many = sum(state == fate for state in known.values())
        if many > getattr(one, fate):
            raise RefusedError(
                "units-counted", f"line {one.line}: {many} units are named as {fate}, and {getattr(one, fate)} counted"
            )
