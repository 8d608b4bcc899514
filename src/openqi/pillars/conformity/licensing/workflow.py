"""What may be decided about licensed marks: licences, issues, states."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.conformity.licensing.granting import LicenseMark, license_mark
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks, issue_licensed_marks
from openqi.pillars.conformity.licensing.stating import StateMarks, state_marks
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    LicenseMark: license_mark,
    IssueLicensedMarks: issue_licensed_marks,
    StateMarks: state_marks,
}
