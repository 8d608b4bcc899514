"""The commands of risk: trees of indicators, models and which is in force, classes, and what changes them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.risk.changing import (
    AppealClass,
    DecideAppeal,
    RepairClass,
    appeal_class,
    decide_appeal,
    repair_class,
)
from openqi.pillars.surveillance.risk.classifying import ClassifyObjects, classify_objects
from openqi.pillars.surveillance.risk.comparing import CompareModels, compare_models
from openqi.pillars.surveillance.risk.models import RegisterModel, register_model
from openqi.pillars.surveillance.risk.schemes import PublishIndicatorTree, publish_indicator_tree
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    PublishIndicatorTree: publish_indicator_tree,
    RegisterModel: register_model,
    ClassifyObjects: classify_objects,
    CompareModels: compare_models,
    AppealClass: appeal_class,
    DecideAppeal: decide_appeal,
    RepairClass: repair_class,
}
