"""What metrology may decide: evaluations of uncertainty."""

from collections.abc import Callable, Mapping
from typing import Any

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.metrology.evaluations import EvaluateUncertainty, evaluate_uncertainty
from openqi.records import Command

WORKFLOW: Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]] = {EvaluateUncertainty: evaluate_uncertainty}
