"""A bad process cannot be hidden: what is skipped, shown twice, of other people, of the future or made up is refused or seen."""

import pytest
from msgspec.structs import replace

from control_stage import GAUGE, PLAN, Control, plan_of, rows_of_values
from openqi.app.ledger import Signer
from openqi.app.reading.control.record import control_record
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.process_control.capability import EvaluateCapability
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    Indicates,
    InstrumentRegistered,
    Point,
    VerificationCertified,
    Verified,
)
from openqi.records.process_control import CapabilityAsked, Rules, RuleStated, Subgroup, Tolerance, Wanted
from openqi.records.process_evidence import followed_subject
from stage import outcome, party
from web_stage import context_of

QUIET = [f"{10 + (-1) ** place * (place % 5 + 1) / 10:.1f}" for place in range(40)]
LOUD = ["10.1", "9.9", "14.0", "10.0", "13.9", "10.2"]
ASKED = {
    "tolerance": Tolerance(lower="5", upper="15"),
    "capability": CapabilityAsked(wanted=(Wanted(index="Cpk", at_least="1.33"),)),
}


ALL_BROKEN = Rules(
    own=(
        *(RuleStated(number=900 + place, asks="outside", sigma=f"2.{place:02d}") for place in range(31)),
        RuleStated(number=1, asks="same-side", points=2, among=32),
    )
)
"""As many rules as there may be, all of which a loud process breaks; the last one reads back as far as there is."""


def test_under_a_numbered_plan_no_record_of_readings_can_be_skipped():
    control = Control()
    plan = control.plan(replace(PLAN, numbered=True))
    quiet, bad, after, last = (
        control.taken(rows_of_values(values, start=40 * place), number=place + 4)
        for place, values in enumerate((QUIET, LOUD, QUIET, QUIET))
    )
    with pytest.raises(RefusedError, match=r"number 6, those before them 4.*readings-skipped"):
        control.frozen(plan, quiet, after)
    base = control.frozen(plan, quiet)
    first = control.charted(base, quiet)
    for readings in ((after,), (bad, last), (control.taken(rows_of_values(QUIET, start=200), number=4),)):
        with pytest.raises(RefusedError, match="readings-skipped"):
            control.charted(base, *readings, follows=first)
    chart = control.charted(base, bad, follows=first)
    assert chart.body["alarms"] > 0
    # What was wrong is withdrawn and stated again under its number, and the number that it had goes on.
    control.ledger.perform(Withdraw(record=chart.id, reason="readings were of another gauge"), control.maker)
    control.ledger.perform(Withdraw(record=bad.id, reason="of another gauge"), control.maker)
    again = control.taken(rows_of_values(QUIET[:6], start=40), number=5)
    assert control.charted(base, again, after, follows=first).body["alarms"] == 0
    with pytest.raises(RefusedError, match="readings-numbered"):
        control.charted(base, control.taken(rows_of_values(QUIET, start=200)))


def beside_of(control: Control, record: Record) -> tuple[str, ...]:
    found = control_record(context_of(control.store), record)
    assert found is not None
    return found.beside


def test_two_charts_that_go_on_from_one_are_found_in_its_own_stream_and_on_their_pages():
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    first = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=40)))
    loud, nicer = control.taken(rows_of_values(LOUD, start=50)), control.taken(rows_of_values(QUIET[:6], start=50))
    bad, good = (control.charted(base, one, follows=first) for one in (loud, nicer))
    same = control.charted(base, loud, follows=first)  # decided again it is no other
    stream = [one.record.id for one in control.store.stream(followed_subject(PLAN.plan, first.id))]
    assert stream == [bad.id, good.id, same.id]
    beside = [beside_of(control, one) for one in (first, bad, good)]
    assert beside == [(), (good.id,), (bad.id, same.id)]
    for one in (bad, same):
        control.ledger.perform(Withdraw(record=one.id, reason="wrong"), control.maker)
    assert beside_of(control, good) == ()


def test_a_chart_that_is_decided_anew_and_what_follows_it_are_complete():
    """Nothing that a decision reads holds a withdrawal: that has read the whole stream of its plan."""
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    first = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=40)))
    wrong = control.charted(base, control.taken(rows_of_values(LOUD, start=50)), follows=first)
    control.ledger.perform(Withdraw(record=wrong.id, reason="of another gauge"), control.maker)
    again = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=50)), follows=first)
    after = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=60)), follows=again)
    for record in (first, again, after):
        assert outcome(control.verified(control.dossier(record))) == ("passed", "passed", "passed")


def test_what_goes_on_makes_neither_the_chart_before_nor_itself_incomplete():
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    first = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=40)))
    second = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=50)), follows=first)
    third = control.charted(base, control.taken(rows_of_values(QUIET[:6], start=60)), follows=second)
    for record in (first, second, third):
        assert outcome(control.verified(control.dossier(record))) == ("passed", "passed", "passed")


def test_readings_of_one_instant_are_not_charted_twice_in_a_chain():
    """Times alone do not tell: a record of one reading begins where it ends."""
    control = Control()
    plan = control.plan(plan_of("i-mr", "nelson 1"))  # whose rules look no farther back than one point
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    one, other = (control.taken(rows_of_values([value], start=50)) for value in ("10.1", "9.9"))
    before = control.charted(base, one)
    with pytest.raises(RefusedError, match=r"charted before in this chain.*readings-in-order"):
        control.charted(base, one, follows=before)
    then = control.charted(base, other, follows=before)
    with pytest.raises(RefusedError, match="readings-in-order"):
        control.charted(base, one, follows=then)
    assert control.charted(base, control.taken(rows_of_values(["10.0"], start=50)), follows=then).body["before"] == 2


def strangers(control: Control) -> tuple[Signer, Record]:
    """Another party with a plan under the same URI that takes the maker in, so that its readings fit."""
    other = party("other", 70)
    control.welcome(other, "process-owner")
    return other, control.ledger.state(replace(control.stated, parties=(control.maker.party,)), other)


def test_who_publishes_a_plan_under_the_same_name_leaves_nothing_out_of_it_and_closes_no_gate():
    control = Control()
    plan = control.plan(replace(PLAN, **ASKED))
    quiet, loud = control.taken(rows_of_values(QUIET)), control.taken(rows_of_values(LOUD, start=40))
    chart = control.charted(control.frozen(plan, quiet), loud)
    other, theirs = strangers(control)
    theirs_charted = control.charted(control.frozen(theirs, quiet, by=other), loud, by=other)
    foreign = control.assessed(theirs_charted, 2, "confirmed", by=other)
    with pytest.raises(RefusedError, match="own-plan"):
        control.frozen(plan, quiet, loud, leaves_out=(foreign.id,))
    (capability,) = control.ledger.perform(EvaluateCapability(of=chart.id), control.maker)
    assert capability.body["confirmed"] == 0
    own = control.assessed(chart, 2, "confirmed")
    (capability,) = control.ledger.perform(EvaluateCapability(of=chart.id), control.maker)
    assert capability.body["confirmed"] == 1
    control.frozen(plan, quiet, loud, leaves_out=(own.id,))


def test_nobody_charts_what_was_stated_before_it_was_read():
    control = Control()
    plan = control.plan()
    rows = rows_of_values(QUIET)
    to_come = [replace(row, at=row.at.replace("2026-11-19", "2026-12-19")) for row in rows]
    with pytest.raises(RefusedError, match=r"2026-12-19T00:00:39Z.*readings-past"):
        control.frozen(plan, control.taken(to_come))
    # Parts of the second in which it was sealed are no future.
    now = control.ledger.view().valid_at
    at = f"{now[:19]}.900Z".replace("00Z", "Z")
    assert control.frozen(plan, control.taken([*rows, replace(rows[0], at=at)])).body["points"] == 41


def test_what_was_simulated_is_said_of_all_that_rests_on_it():
    control = Control()
    plan = control.plan(replace(PLAN, **ASKED))
    measured, made_up = control.taken(rows_of_values(QUIET)), control.taken(rows_of_values(QUIET), simulated="normal, seed 1")
    base, other = control.frozen(plan, measured), control.frozen(plan, made_up)
    later, last = (control.taken(rows_of_values(LOUD, start=start)) for start in (50, 60))
    real = control.charted(base, later)
    on_made_up = control.charted(other, later)
    mixed = control.charted(base, control.taken(rows_of_values(LOUD, start=50), simulated="seed 2"))
    after = control.charted(base, last, follows=mixed)
    found = [control.ledger.perform(EvaluateCapability(of=one.id), control.maker)[0] for one in (base, other)]
    told = [one.body.get("simulated", False) for one in (base, other, real, on_made_up, mixed, after, *found)]
    assert told == [False, True, False, True, True, True, False, True]


def test_a_chart_says_how_many_of_its_points_made_its_own_baseline():
    control = Control()
    plan = control.plan()
    quiet, later = control.taken(rows_of_values(QUIET)), control.taken(rows_of_values(LOUD, start=50))
    base = control.frozen(plan, quiet)
    assert [
        control.charted(base, *names).body.get("ofBaseline", 0) for names in ((quiet,), (later,), (quiet, later))
    ] == [40, 0, 40]  # fmt: skip


def test_a_reading_that_is_missing_in_a_subgroup_with_others_is_counted():
    control = Control()
    plan = control.plan(plan_of("xbar-r", "nelson 1", subgroup=Subgroup(by="label")))
    values = [["1", None, "3"], ["2", "1", "2"], [None, None, None], ["3", "2", "1"]]
    readings = control.taken(rows_of_values(values))
    base = control.frozen(plan, readings)
    chart = control.charted(base, readings)
    for record in (base, chart):
        assert (record.body["missing"], record.body["missingReadings"]) == (1, 4)


def test_a_reading_can_name_its_item_and_only_by_a_uri():
    control = Control()
    plan = control.plan()
    rows = [replace(row, item=f"https://maker.example/shaft/{place}") for place, row in enumerate(rows_of_values(QUIET))]
    assert control.frozen(plan, control.taken(rows)).body["points"] == 40
    with pytest.raises(FormatError, match="row 3: item 'shaft 3' is no URI"):
        control.frozen(plan, control.taken([*rows[:3], replace(rows[3], item="shaft 3"), *rows[4:]]))


def verified(number: str, performed_at: str, verdict: str, valid_until: str) -> VerificationCertified:
    return VerificationCertified(
        certificate=f"https://verification.example/{number}", number=number, instrument=GAUGE, performed_at=performed_at,
        valid_until=valid_until, accuracy_class="2", verdict=verdict,  # type: ignore[arg-type]
        verified=(Verified(quantity="length", unit="mm", lower="0", upper="100", maximum_permissible_error="0.1"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("performed_at", "verdict", "valid_until", "named"),
    [
        ("2026-06-01T00:00:00Z", "passed", "2027-06-01T00:00:00Z", "new"),
        ("2026-06-01T00:00:00Z", "passed", "2026-11-19T00:00:30Z", None),  # ended between the first and the last reading
        ("2026-06-01T00:00:00Z", "passed", "2026-09-01T00:00:00Z", None),
        ("2026-06-01T00:00:00Z", "failed", "2026-06-01T00:00:00Z", None),  # an older one that was passed is not gone back to
        ("2026-11-19T00:00:30Z", "failed", "2026-11-19T00:00:30Z", "old"),
    ],
)
def test_a_certificate_that_ended_or_a_gauge_that_did_not_pass_is_none_in_force(
    performed_at: str, verdict: str, valid_until: str, named: str | None
):
    control = Control()
    body = party("verification", 80)
    control.welcome(body, "verification-body")
    old = control.ledger.state(verified("V-1", "2026-01-01T00:00:00Z", "passed", "2027-01-01T00:00:00Z"), body)
    new = control.ledger.state(verified("V-2", performed_at, verdict, valid_until), body)
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    assert base.body.get("certificates", []) == ([] if named is None else [{"old": old, "new": new}[named].id])


@pytest.mark.parametrize(("days", "served"), [(172, True), (171, False)])
def test_a_calibration_serves_for_the_interval_of_the_owner(days: int, served: bool):
    control = Control()
    calibration = party("calibration", 80)
    control.welcome(calibration, "calibration-laboratory")
    control.grant(control.maker, "testing-laboratory")
    registered = InstrumentRegistered(
        instrument=GAUGE, name=PLAN.name, owner=control.maker.party, serial="7", calibration_interval_days=days,
        indicates=(Indicates(quantity="length", unit="mm", resolution="0.1"),),
    )  # fmt: skip
    control.ledger.state(registered, control.maker)
    points = tuple(Point(indicated=at, reference=at, expanded_uncertainty="0.01") for at in ("0", "10"))
    certificate = CalibrationCertified(
        certificate="https://calibration.example/1", number="C-1", instrument=GAUGE, performed_at="2026-06-01T00:00:00Z",
        calibrated=(Calibrated(quantity="length", unit="mm", coverage_factor="2", points=points),),
    )  # fmt: skip
    record = control.ledger.state(certificate, calibration)
    base = control.frozen(control.plan(), control.taken(rows_of_values(QUIET)))  # 171 days and some seconds later
    assert base.body.get("certificates", []) == ([record.id] if served else [])


@pytest.mark.parametrize(("records", "left_out"), [(60, 20), (20, 60), (40, 40)])
def test_the_most_that_a_baseline_may_name_and_leave_out_still_fits_into_a_record(records: int, left_out: int):
    """Nothing that passes the rules is too large to be sealed; and one more is refused in words."""
    control = Control()
    plan = control.plan(replace(PLAN, rules=ALL_BROKEN))
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    each = ["19.9", "10.0", "19.9", "10.1", "0.2"]
    taken = [control.taken(rows_of_values(each, start=50 + 5 * place)) for place in range(records)]
    chart = control.charted(base, *taken)
    alarms = [place for place, row in enumerate(control.rows(chart)) if any(row.rules)]
    causes = [control.assessed(chart, place, "confirmed").id for place in alarms[: left_out + 1]]
    kept = control.frozen(plan, *taken, leaves_out=tuple(causes[:left_out]), predecessor=base.id)
    assert len(kept.body["leftOut"]) == left_out
    with pytest.raises(RefusedError, match="baseline-left-out"):
        control.frozen(plan, *taken, leaves_out=tuple(causes))


def test_the_longest_chain_with_the_most_readings_and_rules_still_fits_into_a_record():
    control = Control()
    plan = control.plan(replace(PLAN, rules=ALL_BROKEN))
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    before = None
    for place in range(20):
        before = control.charted(base, control.taken(rows_of_values(["30.0"], start=50 + place)), follows=before)
    chart = control.charted(
        base, *(control.taken(rows_of_values(["19.9", "9.0", "0.2"], start=90 + 3 * place)) for place in range(60)), follows=before
    )
    assert len(chart.body["history"]) == 20
