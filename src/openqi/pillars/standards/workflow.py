"""What may be decided about standards: declaring an own one, and holding it against results."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.standards.declaring import DeclareOwnStandard, declare_own_standard
from openqi.pillars.standards.measuring import MeasureOwnStandard, measure_own_standard
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    DeclareOwnStandard: declare_own_standard,
    MeasureOwnStandard: measure_own_standard,
}
