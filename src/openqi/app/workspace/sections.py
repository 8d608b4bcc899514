"""The sections of a workspace in the order in which a build brings their entries in: what rests on something comes after it."""

from typing import Any, Final

from openqi.app.workspace import control, deadlines, decisions, entries, evaluations, methods, own_standards
from openqi.app.workspace.draws import after, commitments, made

SECTIONS: Final[tuple[tuple[str, Any], ...]] = (
    ("parties", entries.party),
    ("products", entries.product),
    ("instruments", entries.instrument),
    ("procedures", methods.procedure),
    ("certificates", entries.certificate),
    ("evaluations", evaluations.evaluation),
    ("clauses", methods.clause),
    ("lots", entries.lot),
    ("plans", entries.plan),
    ("readings", decisions.readings),
    ("judgements", decisions.judgement),
    ("decisions", decisions.decision),
    ("accreditations", entries.accreditation),
    ("certifications", decisions.certification),
    ("events", decisions.events),
    ("marks", decisions.marks),
    ("control_plans", control.control_plan),
    ("process_readings", control.process_readings),
    ("baselines", control.baseline),
    ("control_charts", control.control_chart),
    ("assessments", control.assessment),
    ("capabilities", control.capability),
    ("calendars", deadlines.calendar),
    ("limits", deadlines.limit),
    ("item_lists", commitments.item_list),
    ("frames", commitments.frame),
    ("officers", commitments.officers),
    ("draws", commitments.draw),
    ("cancelled_draws", commitments.cancelled_draw),
    ("randomness", made.randomness),
    ("made_draws", made.made_draw),
    ("assignments", after.assignment),
    ("assignment_changes", after.assignment_change),
    ("visit_results", after.results),
    ("shown_draws", made.shown_draw),
    ("publications", after.publication),
    ("follow_ups", after.follow_up),
    ("rates", after.rate),
    ("own_standards", own_standards.own_standard),
    ("own_standard_checks", own_standards.own_standard_check),
)
