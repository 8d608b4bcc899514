"""Judging readings: numbers worked out by hand for each model, what must fit together, and rows that are none."""

import pytest

from chain_stage import CURRENT, CYCLER, INSTRUMENT, ITEMS, PROCEDURE, SAMPLE, SETTING, ChainStage, JudgingStage, points, refused
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.pillars.conformity.readings import JudgeReadings
from openqi.records.conformity import Setting
from openqi.records.metrology import Calibrated, Indicates
from stage import changed

TEMPERATURE = Calibrated(
    quantity="temperature", unit="Cel", coverage_factor="2", points=points("20.0 20.1 0.2", "30.0 30.3 0.4")
)  # fmt: skip


def scaled(rows=None, *, clause=(), readings=(), procedure=(), instrument=(), calibration=()):
    """The verdicts on readings of capacity by the usual world with changes, and that world."""
    stage = ChainStage()
    stage.instrument(**dict(instrument))
    stage.calibration(**dict(calibration))
    read = stage.readings(stage.procedure(**dict(procedure)), rows, **dict(readings))
    judged = stage.judge(read, stage.clause(**dict(clause)))
    return stage.verdicts(judged), judged


def verdict_of(rows=None, **more):
    """(value, U, verdict) of the only item."""
    (row,), _ = scaled(rows, **more)
    return row.value, row.expanded_uncertainty, row.verdict


def test_a_scaled_reading_by_hand():
    """2 A indicated is 1.9920 A, u = 0.0020 A: 2.0000 A.h becomes 1.9920 A.h.

    u² = 0.0020² + (0.996·0.0001)²/12, so U = 0.0040000…, and 1.9880 + 0.0040 = 1.9920 is just accepted.
    """
    assert verdict_of() == ("1.9920", "0.0040", "conforming")
    assert verdict_of({SAMPLE: "1.9999"}) == ("1.9919", "0.0040", "nonconforming")


def test_what_the_owner_says_of_drift_adds_to_the_uncertainty():
    """Relative 0.001 of 1.992 and absolute 0.002·0.996: u² = 0.002² + 0.001992² + 0.001992² + 8.3e-10, U = 0.006914…"""
    indicates = (
        Indicates(quantity="capacity", unit="A.h", resolution="0.0001", relative_stability="0.001", absolute_stability="0.002"),
    )
    assert verdict_of(instrument={"indicates": indicates}, clause={"lower": "1.9851"}) == ("1.9920", "0.0069", "conforming")


def test_the_last_step_of_the_display_counts_in_the_unit_of_the_readings():
    """A display in A.h with a step of 0.1 A.h, readings in mA.h: u = 99.6/√12 mA.h = 28.752, with 2.0 of the certificate 28.82."""
    indicates = (Indicates(quantity="capacity", unit="A.h", resolution="0.1"),)
    found = verdict_of({SAMPLE: "2000"}, instrument={"indicates": indicates}, readings={"unit": "mA.h"})
    assert found == ("1.992", "0.058", "nonconforming")


@pytest.mark.parametrize(("text", "verdict"), [("25.0", "conforming"), ("25.1", "nonconforming")])
def test_a_shifted_reading_by_hand(text, verdict):
    """At 25 °C the correction is 0.2 °C, the larger U 0.4: u² = 0.2² + 0.1²/12, U = 0.404…; 25.20 + 0.40 <= 25.60."""
    found = verdict_of(
        {SAMPLE: text},
        calibration={"calibrated": (TEMPERATURE,)},
        procedure={"quantity": "temperature", "unit": "Cel", "model": "shifted/1", "inputs": ("temperature",)},
        readings={"quantity": "temperature", "unit": "Cel", "settings": ()},
        clause={"quantity": "temperature", "unit": "Cel", "lower": None, "upper": "25.60"},
    )
    assert found == ({"25.0": "25.20", "25.1": "25.30"}[text], "0.40", verdict)


def test_a_temperature_is_judged_in_another_scale_with_its_zero_and_its_uncertainty_without():
    """25.2 °C is 298.35 K; U = 0.40 K and not 273.55 K."""
    found = verdict_of(
        {SAMPLE: "25.0"},
        calibration={"calibrated": (TEMPERATURE,)},
        procedure={"quantity": "temperature", "unit": "Cel", "model": "shifted/1", "inputs": ("temperature",)},
        readings={"quantity": "temperature", "unit": "Cel", "settings": ()},
        clause={"quantity": "temperature", "unit": "K", "lower": "297.95", "upper": None},
    )
    assert found == ("298.35", "0.40", "conforming")


RATIO = {"model": "ratio/1", "unit": "%"}
PERCENT = {"unit": "%", "lower": "84.9", "rule": "simple-acceptance/1"}


def test_a_ratio_by_hand_is_free_of_the_certificate_and_its_uncertainty():
    """1.7/2: u_rel² = (0.01²/12)(1/1.7² + 1/2²), U = 2·85·0.0022287 = 0.3789 %."""
    indicates = (Indicates(quantity="capacity", unit="A.h", resolution="0.01"),)
    more = {"procedure": RATIO, "clause": PERCENT, "instrument": {"indicates": indicates}}
    assert verdict_of({SAMPLE: ("1.70", "2.00")}, **more) == ("85.00", "0.38", "conforming")
    wild = changed(CURRENT, points=points("1 9.9980 0.4000", "3 2.9860 1.4000"))
    again = verdict_of({SAMPLE: ("1.70", "2.00")}, **more, calibration={"calibrated": (wild,)})
    assert again == ("85.00", "0.38", "conforming")


def test_rounded_comparison_starts_from_the_exact_value_and_rounds_once():
    """2.0000·0.996 = 1.992; in tenths of the limit it is 2.0. 1.947·0.996 = 1.939212 is 1.94 there, never 1.9 by way of 1.95."""
    rule = {"rule": "simple-acceptance/1", "comparison": "rounded-value"}
    (row,), _ = scaled(clause={**rule, "rounding_interval": "0.1", "lower": "2.0"})
    assert (row.value, row.compared, row.verdict) == ("1.9920", "2.0", "conforming")
    # 1.9527·0.996 = 1.9448892 with U = 0.004: reported 1.9449, and twice rounded it would be 1.94 → 1.9 or 1.945 → 1.94.
    (row,), _ = scaled({SAMPLE: "1.9527"}, clause={**rule, "rounding_interval": "0.01", "lower": "1.95"})
    assert (row.value, row.compared, row.verdict) == ("1.9449", "1.94", "nonconforming")


def test_rounding_twice_would_have_accepted_what_rounding_once_rejects():
    """85.496 % reports as 85.50 % (U = 0.38), which would go on to 86; rounded once to whole percents it is 85."""
    indicates = (Indicates(quantity="capacity", unit="A.h", resolution="0.01"),)
    rule = {"unit": "%", "lower": "86", "rule": "simple-acceptance/1", "comparison": "rounded-value", "rounding_interval": "1"}
    (row,), _ = scaled({SAMPLE: ("1.70992", "2.00")}, procedure=RATIO, clause=rule, instrument={"indicates": indicates})
    assert (row.value, row.compared, row.verdict) == ("85.50", "85", "nonconforming")


def test_a_scaled_guard_moves_the_limit_by_its_share_of_the_uncertainty():
    """U = 0.0040, r = 0.5: 1.9900 + 0.0020 is the limit; r = 0 guards nothing."""
    assert verdict_of(clause={"rule": "scaled-guard/1", "guard_factor": "0.5", "lower": "1.9900"})[2] == "conforming"
    assert verdict_of(clause={"rule": "scaled-guard/1", "guard_factor": "0.5", "lower": "1.9901"})[2] == "nonconforming"
    assert verdict_of(clause={"rule": "scaled-guard/1", "guard_factor": "0", "lower": "1.9920"})[2] == "conforming"


def test_many_items_have_a_verdict_each_in_their_order_and_are_counted():
    values = ["2.0000", "1.9999", "2.0000", "1.0", "3"]
    found, judged = scaled(dict(zip(ITEMS, values, strict=False)))
    assert [row.item for row in found] == list(ITEMS[:5])
    assert [row.indicated for row in found] == values
    assert [row.verdict == "conforming" for row in found] == [True, False, True, False, True]
    assert (judged.body["conforming"], judged.body["nonconforming"], judged.body["items"]["count"]) == (3, 2, 5)


def test_the_verdict_names_what_it_rests_on():
    stage = ChainStage()
    instrument, certificate, procedure = stage.instrument(), stage.calibration(), stage.procedure()
    read, clause = stage.readings(procedure), stage.clause()
    told = stage.judge(read, clause).body
    assert (told["readings"], told["requirement"], told["procedure"]) == (read.id, clause.id, procedure.id)
    assert (told["instruments"], told["certificates"]) == ([instrument.id], [certificate.id])
    assert (told["rule"], told["unit"], told["subject"]) == ("guarded-acceptance/1", "A.h", SAMPLE)


@pytest.mark.parametrize(
    ("readings", "clause", "says"),
    [
        ({"condition": "at 3 A"}, {}, "condition: the readings state 'at 3 A', clause 5.1 asks for 'at 2 A'"),
        ({}, {"quantity": "energy"}, "quantity: the readings state 'capacity'"),
        ({"quantity": "current"}, {"quantity": "current"}, "quantity of the procedure"),
        ({}, {"procedure": "https://other.example/procedure"}, "procedure: the readings state"),
    ],
)
def test_readings_that_are_of_something_else_than_the_clause_are_refused(readings, clause, says):
    with pytest.raises(RefusedError, match=says) as refused:
        scaled(readings=readings, clause=clause)
    assert refused.value.rule == "readings-fit"


def test_the_edition_is_valid_for_all_of_the_measurement():
    """Measured from 06:00 to 08:00: valid from its first second, and at its end no more."""
    for span in ({"valid_from": "2026-11-01T06:00:01Z"}, {"valid_until": "2026-11-01T08:00:00Z"}):
        with pytest.raises(RefusedError, match=r"edition 2026 of clause 5.1 is valid from") as refused:
            scaled(clause=span)
        assert refused.value.rule == "edition-valid"
    for span in ({"valid_from": "2026-11-01T06:00:00Z"}, {"valid_until": "2026-11-01T08:00:01Z"}):
        assert verdict_of(clause=span)[2] == "conforming"


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"procedure": {"model": "guessed/1"}}, RefusedError, r"'guessed/1' is not known; known are .*scaled/1.*\[model-known\]"),
        ({"clause": {"rule": "benefit/1"}}, RefusedError, r"'benefit/1' is not known; known are .*\[rule-known\]"),
        ({"clause": {"unit": "V"}}, OpenQIError, "dimension|readings-fit"),
        ({"clause": {"unit": "apples"}}, FormatError, "apples"),
        ({"readings": {"unit": "V"}}, DomainError, "dimension"),
        ({"clause": {"guard_factor": "1"}}, DomainError, "item .*has no guard factor"),
        ({"clause": {"rule": "scaled-guard/1"}}, DomainError, "item .*needs a guard factor"),
        ({"clause": {"rule": "scaled-guard/1", "guard_factor": "-1"}}, DomainError, "item .*needs a guard factor"),
        ({"clause": {"upper": "1.9950"}}, DomainError, "item .*no acceptance interval"),
        ({"clause": {"comparison": "rounded-value", "rounding_interval": "0.1"}}, DomainError, "item .*round-without-guard"),
        (
            {"clause": {"comparison": "rounded-value", "rounding_interval": "0.3", "rule": "simple-acceptance/1"}},
            DomainError,
            "item .*GB/T 8170 knows",
        ),
        ({"rows": {SAMPLE: ("2.0", "2.0")}}, DomainError, r"item .*scaled/1 has no reference reading \[reference-reading\]"),
        ({"procedure": RATIO, "clause": PERCENT}, DomainError, r"item .*ratio/1 needs reference reading \[reference-reading\]"),
        ({"procedure": RATIO, "clause": PERCENT, "rows": {SAMPLE: ("1", "0")}}, DomainError, "item .*two positive readings"),
        ({"procedure": RATIO, "clause": PERCENT, "rows": {SAMPLE: ("-1", "1")}}, DomainError, "item .*two positive readings"),
        ({"procedure": RATIO, "rows": {SAMPLE: ("1", "1")}}, OpenQIError, "dimension|readings-fit"),
        ({"procedure": {"model": "ratio/1"}, "rows": {SAMPLE: ("1", "1")}}, DomainError, "dimension"),
    ],
)
def test_where_there_is_no_answer_there_is_no_verdict(change, error, says):
    with pytest.raises(error, match=says):
        scaled(change.pop("rows", None), **change)


def test_the_item_that_cannot_be_judged_is_named_with_its_reading():
    with pytest.raises(DomainError, match=rf"^item {ITEMS[1]}, capacity 1 A\.h: "):
        scaled({ITEMS[0]: ("1", "2"), ITEMS[1]: "1"}, procedure=RATIO, clause=PERCENT)


@pytest.mark.parametrize("which", ["readings", "clause", "procedure"])
def test_what_was_withdrawn_is_not_judged_any_more(which):
    stage = ChainStage()
    stage.instrument()
    stage.calibration()
    procedure = stage.procedure()
    named = {"procedure": procedure, "readings": stage.readings(procedure), "clause": stage.clause()}
    stage.withdraw(named[which], stage.standards_body if which == "clause" else stage.laboratory)
    with pytest.raises(RefusedError, match="was withdrawn by record") as refused:
        stage.judge(named["readings"], named["clause"])
    assert refused.value.rule == "basis-stands"


def test_only_readings_are_judged_by_a_clause_and_by_who_holds_the_role():
    stage = ChainStage()
    stage.instrument()
    stage.calibration()
    read, clause = stage.readings(stage.procedure()), stage.clause()
    for command in (
        JudgeReadings(readings=clause.id, requirement=read.id),
        JudgeReadings(readings=stage.result().id, requirement=clause.id),
        JudgeReadings(readings=read.id, requirement=stage.requirement().id),
        JudgeReadings(readings="ab" * 32, requirement=clause.id),
    ):
        with pytest.raises((FormatError, NotFoundError)):
            stage.ledger.perform(command, stage.assessor)
    with pytest.raises(RefusedError, match="role-held"):
        stage.ledger.perform(JudgeReadings(readings=read.id, requirement=clause.id), stage.laboratory)


def test_verdicts_on_private_readings_are_for_those_who_may_see_the_readings():
    stage = ChainStage()
    stage.instrument()
    stage.calibration()
    few = (stage.assessor.party, stage.laboratory.party)
    judged = stage.judge(stage.readings(stage.procedure(), visible_to=few), stage.clause())
    assert judged.statement.visible_to == few


def test_verdicts_that_rest_on_a_private_certificate_are_for_those_who_may_see_it():
    stage = ChainStage()
    stage.instrument()
    few = (stage.assessor.party, stage.laboratory.party)
    stage.calibration(visible_to=few)
    judged = stage.judge(stage.readings(stage.procedure()), stage.clause())
    assert judged.statement.visible_to == few


def test_at_zero_a_scaling_model_refuses_since_a_factor_means_nothing_there():
    own = Calibrated(quantity="capacity", unit="A.h", coverage_factor="2", points=points("0 0.5 0.2", "3 3.5 0.2"))
    with pytest.raises(OpenQIError):
        scaled({SAMPLE: "0"}, procedure={"inputs": ("capacity",)}, calibration={"calibrated": (own,)}, readings={"settings": ()})


@pytest.mark.parametrize("texts", [("0 0.1 0.2",), ("2 0 0.2",)], ids=["indicated 0", "true 0"])
def test_a_setting_at_zero_gives_no_factor(texts):
    calibration = {"calibrated": (changed(CURRENT, points=points(*texts)),)}
    setting = changed(SETTING, value=texts[0].split()[0])
    with pytest.raises(OpenQIError):
        scaled(calibration=calibration, readings={"settings": (setting,)})


def test_a_correction_in_another_unit_is_converted_or_refused():
    zero = Calibrated(quantity="zero", unit="mV", coverage_factor="2", points=points("100 105 1"))
    change = {
        "instrument": {"indicates": (Indicates(quantity="voltage", unit="V", resolution="0.001"),)},
        "calibration": {"calibrated": (zero,)},
        "procedure": {"quantity": "voltage", "unit": "V", "model": "shifted/1", "inputs": ("zero",)},
        "readings": {
            "quantity": "voltage",
            "unit": "V",
            "settings": (Setting(quantity="zero", value="0.1", unit="V", instrument=CYCLER),),
        },
        "clause": {"quantity": "voltage", "unit": "V", "lower": "1"},
    }
    try:
        found = verdict_of({SAMPLE: "2.000"}, **change)
    except OpenQIError:
        return
    assert found == ("2.0050", "0.0012", "conforming")


def test_a_ratio_of_two_readings_with_different_corrections_is_corrected_or_refused():
    """1 is 1, 2 is 2.2: the ratio is 0.4545 and not 0.5000."""
    own = Calibrated(quantity="capacity", unit="A.h", coverage_factor="2", points=points("1 1 0.001", "2 2.2 0.001"))
    change = {"procedure": {**RATIO, "inputs": ("capacity",)}, "calibration": {"calibrated": (own,)}}
    try:
        value, _, _ = verdict_of({SAMPLE: ("1", "2")}, **change, readings={"settings": ()}, clause=PERCENT)
    except OpenQIError:
        return
    assert value.startswith("45.4")


def test_drift_of_the_instrument_that_was_set_counts_like_that_of_the_one_that_was_read():
    capacity, _, temperature = INSTRUMENT.indicates
    current = Indicates(quantity="current", unit="A", resolution="0.001", relative_stability="0.01")
    assert verdict_of(instrument={"indicates": (capacity, current, temperature)})[1] != verdict_of()[1]


def test_whoever_published_a_procedure_first_speaks_for_it():
    world = JudgingStage()
    world.calibration()
    theirs = world.ledger.state(PROCEDURE, world.newcomer())
    read = world.readings(theirs)
    says = f"procedure {PROCEDURE.procedure} is {world.laboratory.party}'s; https://newcomer.example cannot publish it anew"
    refused("own-procedure", says, world.judge, readings=read, clause=world.with_clause)
    newer = world.procedure(edition="2")
    assert world.verdicts(world.judge(world.readings(newer), world.with_clause))


def test_nothing_was_measured_after_it_was_reported():
    world = JudgingStage()
    world.calibration()
    world.clock.instant = world.clock.instant.replace(minute=30, second=0)
    assert world.verdict_of(measured_until="2026-11-20T08:30:01Z"), "reported in the second in which they were taken"
    world.clock.instant = world.clock.instant.replace(minute=40, second=0)
    says = "taken until 2026-11-20T08:40:02Z, and reported before, at 2026-11-20T08:40:01Z"
    refused("not-in-the-future", says, world.verdict_of, measured_until="2026-11-20T08:40:02Z")


@pytest.mark.parametrize(
    ("model", "inputs", "says"),
    [
        ("ratio/1", ("capacity",), "model ratio/1 .* takes no calibration of its own quantity"),
        ("ratio/1", ("capacity", "current"), "takes no calibration of its own quantity"),
        ("shifted/1", ("current",), "model shifted/1 .* takes the input capacity alone"),
        ("shifted/1", ("capacity", "current"), "takes the input capacity alone"),
        ("shifted/1", (), "takes the input capacity alone"),
    ],
)
def test_a_model_takes_the_inputs_that_it_can_use(model, inputs, says):
    world = JudgingStage(procedure={"model": model, "inputs": inputs})
    world.calibration()
    refused("inputs-fit", says, world.verdict_of)


def test_two_readings_that_are_compared_share_one_calibration():
    """Measured from 06:00 to 08:00; a calibration at the begin is before both, one at the end is between them."""
    for performed_at, shared in (("2026-11-01T06:00:00Z", True), ("2026-11-01T06:00:01Z", False), ("2026-11-01T08:00:00Z", False)):
        stage = ChainStage()
        stage.instrument()
        stage.calibration(performed_at="2026-10-01T00:00:00Z")
        stage.calibration(number="C-2", performed_at=performed_at)
        procedure, clause = stage.procedure(**RATIO), stage.clause(**PERCENT)
        read = stage.readings(procedure, {SAMPLE: ("1", "1")})
        if shared:
            assert stage.judge(read, clause)
        else:
            says = r"was calibrated between the two readings \(certificate C-2\)"
            refused("one-calibration", says, stage.judge, readings=read, clause=clause)


def test_one_reading_rests_on_the_calibration_before_it_was_begun():
    world = JudgingStage()
    before = world.calibration(performed_at="2026-10-01T00:00:00Z")
    world.calibration(number="C-2", performed_at="2026-11-01T07:00:00Z")
    assert world.rests_on() == [before.id]
