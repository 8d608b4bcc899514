"""Control plans, alarms and capability: what is refused and why, who may act, and what a later record does to an earlier one."""

from dataclasses import replace as with_other
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from control_stage import GAUGE, NAMED, PLAN, Control, plan_of, rows_of_values
from openqi.app.impact import impact
from openqi.app.workflow import replay
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.evidence.view import BasisView, parse_basis
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.process_control.capability import EvaluateCapability
from openqi.records import Body, as_json, of_json
from openqi.records.metrology import Calibrated, CalibrationCertified, Point
from openqi.records.process_control import (
    CapabilityAsked,
    Option,
    Reaction,
    Rules,
    RuleStated,
    Subgroup,
    Tolerance,
    Wanted,
    alarms_subject,
)
from openqi.science.capability.study import study
from stage import outcome, party

TOLERANCE = Tolerance(lower="5", upper="15", target="10")
ASKED = CapabilityAsked(wanted=(Wanted(index="Cpk", at_least="1.33"), Wanted(index="Ppk", at_least="0.50")))
QUIET = [f"{10 + (-1) ** place * (place % 5 + 1) / 10:.1f}" for place in range(40)]
LOUD = ["10.1", "9.9", "14.0", "10.0", "13.9", "10.2"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"chart": "xbar"}, "no chart is called 'xbar'"),
        ({"chart": "t2"}, "chart-of-a-plan"),
        ({"chart": "xbar-r"}, "subgroup-fits"),
        ({"subgroup": Subgroup(by="size", size=5)}, "subgroup-fits"),
        ({"rules": Rules(named="nelsson")}, "no rule set is called 'nelsson'"),
        ({"rules": Rules(named="nelson 9")}, "has no rule"),
        ({"chart": "ewma"}, "rule 2 of nelson 1[+]2[+]5 says nothing on a ewma chart; take nelson 1 .rule-applies"),
        ({"chart": "c"}, "rule 5 of nelson .*take nelson 1[+]2 .rule-applies"),
        ({"rules": Rules(own=(RuleStated(number=1, asks="louder"),))}, "asks 'louder'"),
        ({"rules": Rules(own=(RuleStated(number=1, asks="trend", sigma="1", points=3),))}, "0 where steps are compared"),
        ({"options": (Option(name="sigma", value="1"),)}, "baseline-freezes"),
        ({"options": (Option(name="weight", value="0.2"),)}, "i-mr has no option weight"),
        ({"options": (Option(name="sigma_by", value="guess"),)}, "sigma_by = 'guess'"),
        ({"tolerance": Tolerance(lower="2", upper="1")}, "tolerance-in-order"),
        ({"tolerance": Tolerance(lower="1", upper="1")}, "tolerance-in-order"),
        ({"tolerance": Tolerance(lower="1", upper="2", target="3")}, "tolerance-in-order"),
        ({"reactions": (Reaction(text=NAMED), Reaction(text=NAMED, rule=7))}, "reaction-to-a-rule"),
        ({"tolerance": TOLERANCE, "capability": CapabilityAsked(distribution="pareto")}, "distribution-known"),
        ({"tolerance": TOLERANCE, "capability": CapabilityAsked(wanted=(Wanted(index="Cpk", at_least="0"),))}, "capability-wanted"),
        ({"characteristic": replace(PLAN.characteristic, unit="furlong per")}, "furlong"),
    ],
)
def test_a_plan_that_no_chart_could_follow_is_not_published(changes: dict[str, Any], told: str):
    with pytest.raises((RefusedError, DomainError, FormatError), match=told):
        Control().plan(replace(PLAN, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"reactions": []}, {"reactions": [{"text": {"en": "x"}, "rule": 1}]}, {"rules": {}}, {"subgroup": {"by": "size"}},
        {"subgroup": {"by": "single", "size": 3}}, {"subgroup": {"by": "size", "size": 1}}, {"tolerance": {"target": "1"}},
        {"capability": {"distribution": "normal"}}, {"rules": {"named": "nelson", "own": [{"number": 1, "asks": "trend"}]}},
        {"options": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]},
    ],
)  # fmt: skip
def test_a_plan_that_contradicts_itself_is_no_plan(changes: dict[str, Any]):
    with pytest.raises(FormatError):
        of_json({**as_json(PLAN), **changes}, type(PLAN))


def watched(**more: Any) -> tuple[Control, Record, Record, Record]:
    """A process with a quiet baseline and a loud chart: points 2 and 4 lie far away."""
    control = Control()
    plan = control.plan(replace(PLAN, tolerance=TOLERANCE, capability=ASKED, **more))
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    return control, plan, base, control.charted(base, control.taken(rows_of_values(LOUD, start=40)))


def test_only_an_alarm_is_assessed_and_only_once_while_the_assessment_stands():
    control, _, _, chart = watched()
    rows = control.rows(chart)
    assert [place for place, row in enumerate(rows) if row.rules[0]] == [2, 4]
    for place in (0, 6):
        with pytest.raises(RefusedError, match="alarm-there"):
            control.assessed(chart, place, "confirmed")
    first = control.assessed(chart, 2, "refuted")
    assert first.body["broken"] == [
        {"panel": "individuals", "rules": [1]}, {"panel": "moving-range", "rules": [1]}
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="assessed-once"):
        control.assessed(chart, 2, "confirmed")
    control.assessed(chart, 4, "confirmed")
    control.ledger.perform(Withdraw(record=first.id, reason="looked again"), control.maker)
    assert control.assessed(chart, 2, "confirmed").body["outcome"] == "confirmed"


def test_a_rule_that_only_warns_raises_no_alarm():
    rules = (RuleStated(number=1, asks="same-side", sigma="3", warns=True), RuleStated(number=2, asks="same-side", points=9))
    control, _, _, chart = watched(rules=Rules(own=rules))
    assert [bool(row.rules[0]) for row in control.rows(chart)][2]
    assert chart.body["alarms"] == 0
    with pytest.raises(RefusedError, match="alarm-there"):
        control.assessed(chart, 2, "confirmed")


def test_nothing_is_left_out_but_by_an_assessment_that_confirmed_an_alarm_of_these_readings():
    control, plan, base, chart = watched()
    loud, confirmed = control.ledger.logged(chart.body["taken"][0]["readings"]).record, control.assessed(chart, 2, "confirmed")
    refuted = control.assessed(chart, 4, "refuted")
    quiet = control.ledger.logged(base.body["taken"][0]["readings"]).record
    with pytest.raises(RefusedError, match="left-out-confirmed"):
        control.frozen(plan, quiet, loud, leaves_out=(refuted.id,))
    with pytest.raises(RefusedError, match="left-out-is-here"):
        control.frozen(plan, quiet, leaves_out=(confirmed.id,))
    with pytest.raises(RefusedError, match="baseline-left-out"):
        control.frozen(plan, quiet, loud, leaves_out=(confirmed.id, confirmed.id))
    with pytest.raises(FormatError):
        control.frozen(plan, quiet, loud, leaves_out=(chart.id,))
    control.frozen(plan, quiet, loud, leaves_out=(confirmed.id,), predecessor=base.id)
    control.ledger.perform(Withdraw(record=confirmed.id, reason="wrong"), control.maker)
    with pytest.raises(RefusedError, match="basis-stands"):
        control.frozen(plan, quiet, loud, leaves_out=(confirmed.id,))


def test_an_alarm_of_a_labelled_subgroup_names_the_rows_of_its_readings():
    control = Control()
    plan = control.plan(plan_of("xbar-r", "nelson 1", subgroup=Subgroup(by="label")))
    quiet = control.taken(rows_of_values([["1", "2", "3"], ["2", "1"], ["3", "2", "1", "2"], ["2", "3"]]))
    first = control.taken(rows_of_values([["2", "1", "3"]], start=4))
    second = control.taken(rows_of_values([["1", "2"], ["9", "9", "8"], ["2", "2"]], start=5))
    chart = control.charted(control.frozen(plan, quiet), first, second)
    assert [row.rules[0] for row in control.rows(chart)] == [0, 0, 1, 0]
    found = control.assessed(chart, 2, "confirmed").body
    assert (found["readings"], found["leaf"], found["leaves"]) == (second.id, 2, 3)


def test_who_does_not_act_under_a_plan_neither_reads_nor_decides_under_it():
    control, plan, base, chart = watched()
    other = party("other", 70)
    control.welcome(other, "process-owner")
    readings = control.taken(rows_of_values(["10.0"], start=60))
    foreign = control.taken(rows_of_values(["10.0"], start=60), by=other)
    for attempt in (
        lambda: control.frozen(plan, readings, by=other), lambda: control.charted(base, readings, by=other),
        lambda: control.charted(base, foreign), lambda: control.assessed(chart, 2, "confirmed", by=other),
        lambda: control.ledger.perform(EvaluateCapability(of=base.id), other),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="own-plan"):
            attempt()
    with pytest.raises(RefusedError, match="role-held"):
        control.taken(rows_of_values(["10.0"]), by=control.laboratory)
    control, plan, base, chart = watched(parties=(other.party,))
    control.welcome(other, "process-owner")
    assert control.assessed(chart, 2, "confirmed", by=other).issuer == other.party
    assert control.charted(base, control.taken(rows_of_values(["10.0"], start=60), by=other), by=other).body["alarms"] == 0


def test_capability_is_that_of_the_study_rounded_and_says_what_the_interval_reaches():
    control, _, base, _ = watched()
    (found,) = control.ledger.perform(EvaluateCapability(of=base.id), control.maker)
    wanted = study([float(one) for one in QUIET], lower=5.0, upper=15.0, target=10.0)
    assert found.body["stability"]["stable"] is wanted.stability.stable is True
    assert [one["name"] for one in found.body["indices"]] == [one.name for one in wanted.indices]
    for told, one in zip(found.body["indices"], wanted.indices, strict=True):
        assert float(told["exactValue"]) == one.value
        assert abs(Fraction(told["value"]) - Fraction(one.value)) <= Fraction(1, 2000)
        assert one.interval is not None
        assert abs(float(told["lower"]) - one.interval.lower) <= 0.000501
    reached = {one["name"]: one.get("reached") for one in found.body["indices"]}
    ppk = wanted.index("Ppk")
    assert ppk.interval is not None
    assert reached["Ppk"] == ("reached" if ppk.interval.lower >= 0.5 else "open")
    assert "notStated" not in found.body
    assert [one["basis"] for one in found.body["outside"]] == [one.basis for one in wanted.nonconforming]


def test_a_confirmed_alarm_closes_the_gate_and_a_baseline_without_it_opens_it():
    control, plan, base, chart = watched()
    readings = [control.ledger.logged(one.body["taken"][0]["readings"]).record for one in (base, chart)]
    causes = tuple(control.assessed(chart, place, "confirmed").id for place in (2, 4))
    (closed,) = control.ledger.perform(EvaluateCapability(of=chart.id), control.maker)
    assert (closed.body["confirmed"], closed.body["stability"]["test"], closed.body["notStated"]) == (2, "given", ["Cpk"])
    kept = control.frozen(plan, *readings, leaves_out=causes)
    (opened,) = control.ledger.perform(EvaluateCapability(of=kept.id), control.maker)
    assert (opened.body["confirmed"], opened.body["stability"]["stable"], opened.body["readings"]) == (0, True, 44)
    whole = control.frozen(plan, *readings)
    (again,) = control.ledger.perform(EvaluateCapability(of=whole.id), control.maker)
    assert (again.body["confirmed"], again.body["stability"]["stable"]) == (2, False)


def test_a_process_that_is_not_stable_by_itself_says_so_and_states_no_cp():
    control = Control()
    plan = control.plan(replace(PLAN, tolerance=TOLERANCE, capability=ASKED))
    base = control.frozen(plan, control.taken(rows_of_values([f"{8 + place / 10:.1f}" for place in range(40)])))
    (found,) = control.ledger.perform(EvaluateCapability(of=base.id), control.maker)
    assert (found.body["stability"]["stable"], base.body["stable"]) == (False, False)
    assert found.body["notStated"] == ["Cpk"]
    assert not {"Cp", "Cpk"} & {one["name"] for one in found.body["indices"]}


def test_capability_is_refused_where_it_was_not_asked_or_the_requirement_has_other_limits():
    control = Control()
    plan = control.plan(replace(PLAN, tolerance=TOLERANCE))
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    with pytest.raises(RefusedError, match="capability-asked"):
        control.ledger.perform(EvaluateCapability(of=base.id), control.maker)
    with pytest.raises(RefusedError, match="capability-of"):
        control.ledger.perform(EvaluateCapability(of=plan.id), control.maker)
    clause = control.requirement(quantity="length", unit="cm", lower="0.5", upper="1.5")
    for upper, fits in (("15", True), ("15.1", False)):
        tolerance = replace(TOLERANCE, upper=upper, requirement=clause.id)
        plan = control.plan(replace(PLAN, tolerance=tolerance, capability=ASKED))
        base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
        if fits:
            assert control.ledger.perform(EvaluateCapability(of=base.id), control.maker)[0].body["upper"] == upper
        else:
            with pytest.raises(RefusedError, match="tolerance-of-requirement"):
                control.ledger.perform(EvaluateCapability(of=base.id), control.maker)


def certificate(number: str, reference: str, **more: Any) -> Body:
    points = tuple(Point(indicated=at, reference=at if at == "0" else reference, expanded_uncertainty="0.01") for at in ("0", "10"))
    return CalibrationCertified(
        certificate=f"https://calibration.example/{number}", number=number, instrument=GAUGE, performed_at="2026-06-01T00:00:00Z",
        calibrated=(Calibrated(quantity="length", unit="mm", coverage_factor="2", points=points),), **more,
    )  # fmt: skip


def test_what_is_sealed_names_the_certificate_in_force_and_a_corrected_one_finds_it():
    control = Control()
    calibration = party("calibration", 80)
    control.welcome(calibration, "calibration-laboratory")
    before = control.ledger.state(certificate("C-1", "10.001"), calibration)
    later = replace(certificate("C-2", "10.002"), performed_at="2026-12-01T00:00:00Z")
    control.ledger.state(later, calibration)  # performed after the readings
    plan = control.plan()
    readings = control.taken(rows_of_values(QUIET))
    base = control.frozen(plan, readings)
    chart = control.charted(base, readings)
    assert base.body["certificates"] == chart.body["certificates"] == [before.id]
    found = impact(control.store, before.id, correction=certificate("C-1-corrected", "10.100", replaces=before.id))  # type: ignore[arg-type]
    assert {effect.record for effect in found.effects} == {base.id, chart.id}
    fell = impact(control.store, before.id)
    assert {effect.record for effect in fell.effects} == {base.id, chart.id}


def test_a_decision_is_complete_until_something_that_it_read_goes_on():
    control, _, base, chart = watched()
    loud, quiet = control.assessed(chart, 2, "confirmed"), control.assessed(chart, 4, "refuted")
    (capability,) = control.ledger.perform(EvaluateCapability(of=chart.id), control.maker)
    for record in (base, chart, loud, quiet, capability):
        assert outcome(control.verified(control.dossier(record))) == ("passed", "passed", "passed"), record.kind
    control.ledger.perform(Withdraw(record=loud.id, reason="wrong"), control.maker)
    assert outcome(control.verified(control.dossier(capability)))[2] == "failed"  # one of the causes is none any more
    assert outcome(control.verified(control.dossier(chart)))[2] == "passed"
    assert [one.kind for one in (x.record for x in control.store.stream(alarms_subject(PLAN.plan)))][-1] == "governance.withdrawn/1"


def test_a_baseline_that_was_not_computed_is_found_by_replay():
    """One that somebody forged, under the name of the command and on its basis, does not come out again."""
    control, _, base, _ = watched()
    basis = base.basis or {}
    stated = with_other(base.statement, body={**base.body, "alarms": 3})
    forged = seal(
        stated, issuer=base.issuer, key=control.maker.key, now=base.valid_from, command=dict(base.command or {}), basis=basis
    )  # fmt: skip
    view = BasisView(
        parse_basis(basis), record=lambda name: control.ledger.logged(name).record,
        stream=lambda read: [one.record for one in control.store.stream(read.subject)][: read.count],
        blob=control.store.blob, home=lambda _: control.store.origin,
    )  # fmt: skip
    (again,) = replay(forged, view)
    assert again.body == base.body != forged.body
