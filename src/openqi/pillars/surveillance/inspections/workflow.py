"""What may be decided after a draw: who is sent, how visits ended, what is public, what came after, and what it says."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers, assign_officers
from openqi.pillars.surveillance.inspections.changing import ChangeAssignment, change_assignment
from openqi.pillars.surveillance.inspections.following import ReportFollowUp, report_follow_up
from openqi.pillars.surveillance.inspections.publishing import PublishResults, publish_results
from openqi.pillars.surveillance.inspections.rating import EstimateRate, estimate_rate
from openqi.pillars.surveillance.inspections.reporting import ReportVisit, report_visit
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    AssignOfficers: assign_officers,
    ChangeAssignment: change_assignment,
    ReportVisit: report_visit,
    PublishResults: publish_results,
    ReportFollowUp: report_follow_up,
    EstimateRate: estimate_rate,
}
