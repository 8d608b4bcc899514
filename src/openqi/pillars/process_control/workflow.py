"""What process control may decide: freezing baselines, evaluating charts and capability, assessing alarms."""

from collections.abc import Callable, Mapping
from typing import Any

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.process_control.alarms import AssessAlarm, assess_alarm
from openqi.pillars.process_control.baselines import FreezeBaseline, freeze_baseline
from openqi.pillars.process_control.capability import EvaluateCapability, evaluate_capability
from openqi.pillars.process_control.evaluations import EvaluateChart, evaluate_chart
from openqi.records import Command

WORKFLOW: Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]] = {
    FreezeBaseline: freeze_baseline,
    EvaluateChart: evaluate_chart,
    AssessAlarm: assess_alarm,
    EvaluateCapability: evaluate_capability,
}
