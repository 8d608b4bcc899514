"""One recall of the log: its newest edition, lines, notice, what was reached by which report, marks that it concerns."""

from dataclasses import dataclass

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.recalls.checking import NoticeChecked, notice_checked, rule_names
from openqi.app.recalls.concerning import standing_edition
from openqi.app.recalls.curve import curve_of
from openqi.app.recalls.notice import notice_of_recall
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.recalls.completion import PeriodReached, PointReached
from openqi.records.recalls import RecallEnded, RecallPublished, progress_subject

MARKS = ("conformity.marks-issued/1", "conformity.marks-issued/2")


@dataclass(frozen=True, kw_only=True)
class RecallPage:
    """Everything that is known of a recall.

    Args:
        seen, recall: its newest edition that stands.
        firm, ordered_by: who recalls, and who ordered it.
        editions: all of them that can be seen, withdrawn ones too, the newest last.
        points: what was reached by each report that stands.
        periods: by quarter, then by year.
        ended, end: the record that ended it.
        marks: how many marks were issued for its lots, or for its products where it names no lots.
        checks: the notice beside each set of rules.
    """

    seen: Seen
    recall: RecallPublished
    firm: Named
    ordered_by: Named | None
    editions: tuple[Seen, ...]
    points: tuple[PointReached, ...]
    periods: tuple[PeriodReached, ...]
    ended: Seen | None
    end: RecallEnded | None
    marks: int
    checks: tuple[NoticeChecked, ...]


def recall_page(context: Context, recall: str) -> RecallPage:
    """Return what is known of a recall.

    Args:
        context: the log.
        recall: its URI.

    Raises:
        NotFoundError: no edition of it stands in this log.
    """
    found = standing_edition(context.store, recall, known_at=context.size)
    if found is None:
        raise NotFoundError(f"there is no recall {recall[:200]} in this log that stands")
    record, told, ended = found
    end = context.body(ended, RecallEnded) if ended else None
    context.stream(progress_subject(recall))  # so that a page which is kept moves with it
    curve = curve_of(context.store, recall, context.today.isoformat(), known_at=context.size)
    checks = tuple(notice_checked(notice_of_recall(told, ended=end.at[:10] if end else ""), rules) for rules in rule_names())
    editions = [one.record.id for one in context.stream(recall) if one.record.kind == RecallPublished.KIND]
    return RecallPage(
        seen=context.seen(record.id), recall=told, firm=context.named(told.firm),
        ordered_by=None if told.ordered_by is None else context.named(told.ordered_by), editions=context.all_seen(editions),
        points=curve.points, periods=curve.periods,
        ended=context.seen(ended) if ended else None, end=end, marks=marks_concerned(context, told), checks=checks,
    )  # fmt: skip


def marks_concerned(context: Context, recall: RecallPublished) -> int:
    """Return how many marks were issued for the goods of a recall: for its lots, or its products where a line names no lots."""
    names = [lot for line in recall.lines for lot in line.lots]
    names += [line.product for line in recall.lines if line.product is not None and not line.lots]
    found: dict[str, int] = {}
    for name in dict.fromkeys(names):
        for one in context.stream(name):
            items = one.record.body.get("items")
            if one.record.kind in MARKS and isinstance(items, dict) and type(items.get("count")) is int:
                found[one.record.id] = items["count"]
    return sum(found.values())
