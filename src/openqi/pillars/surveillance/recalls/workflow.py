"""What may be decided about recalls: published, ordered, how far they came, ended, and foreign ones taken in."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.recalls.ending import EndRecall, end_recall
from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress, report_recall_progress
from openqi.pillars.surveillance.recalls.publishing import OrderRecall, PublishRecall, order_recall, publish_recall
from openqi.pillars.surveillance.recalls.taking import TakeRecalls, take_recalls
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    PublishRecall: publish_recall,
    OrderRecall: order_recall,
    ReportRecallProgress: report_recall_progress,
    EndRecall: end_recall,
    TakeRecalls: take_recalls,
}
