"""What market surveillance may decide: draws, what follows them, risk, complaints, recalls."""

from collections.abc import Callable, Mapping
from typing import Any

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.complaints.workflow import WORKFLOW as COMPLAINTS
from openqi.pillars.surveillance.draws.workflow import WORKFLOW as DRAWS
from openqi.pillars.surveillance.inspections.workflow import WORKFLOW as INSPECTIONS
from openqi.pillars.surveillance.recalls.workflow import WORKFLOW as RECALLS
from openqi.pillars.surveillance.risk.workflow import WORKFLOW as RISK
from openqi.records import Command

WORKFLOW: Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]] = {
    **DRAWS,
    **INSPECTIONS,
    **RISK,
    **COMPLAINTS,
    **RECALLS,
}
