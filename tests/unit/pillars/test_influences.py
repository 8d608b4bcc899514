"""What stands behind a reading: the instrument, the settings, and where on its certificates they are read."""

import pytest

from chain_stage import CURRENT, CYCLER, INSTRUMENT, SAMPLE, SETTING, ChainStage, JudgingStage, points, refused
from openqi.kernel.errors import DomainError
from openqi.records import body
from openqi.records.conformity import ReadingsReported, Setting
from openqi.records.metrology import Indicates
from stage import changed

OTHER = "https://laboratory.example/instrument/other"


def test_an_instrument_must_be_registered_and_indicate_the_quantity():
    world = ChainStage()
    world.calibration()
    procedure, clause = world.procedure(), world.clause()
    refused(
        "instrument-registered",
        f"no instrument is registered as {CYCLER}",
        world.judge,
        readings=world.readings(procedure),
        clause=clause,
    )
    world.instrument(indicates=INSTRUMENT.indicates[1:])
    refused(
        "instrument-indicates",
        f"{CYCLER} does not indicate capacity",
        world.judge,
        readings=world.readings(procedure),
        clause=clause,
    )
    elsewhere = world.readings(procedure, settings=(changed(SETTING, instrument=OTHER),))
    world.instrument()
    refused("instrument-registered", f"no instrument is registered as {OTHER}", world.judge, readings=elsewhere, clause=clause)


def test_a_registration_that_was_withdrawn_registers_nothing_and_a_newer_one_holds():
    world = JudgingStage(instrument={"calibration_interval_days": 10})
    world.calibration()
    refused("calibration-interval", "served until 2026-06-11T00:00:00Z", world.verdict_of)
    newer = world.instrument()
    assert world.verdict_of().body["instruments"] == [newer.id]
    world.withdraw(newer, world.laboratory)
    refused("calibration-interval", "served until 2026-06-11", world.verdict_of)
    world.withdraw(world.registered, world.laboratory)
    refused("instrument-registered", "no instrument is registered", world.verdict_of)


def test_nobody_registers_the_instrument_of_another_anew():
    world = JudgingStage(instrument={"calibration_interval_days": 10})
    world.calibration(performed_at="2026-10-31T00:00:00Z")
    newcomer = world.newcomer()
    for owner in (newcomer.party, world.laboratory.party):
        world.ledger.state(changed(INSTRUMENT, owner=owner, calibration_interval_days=1), newcomer)
    assert world.verdict_of().body["instruments"] == [world.registered.id]


def test_an_instrument_that_only_another_registered_is_not_registered():
    world = ChainStage()
    world.ledger.state(INSTRUMENT, world.newcomer())
    refused("instrument-registered", f"no instrument is registered as {CYCLER} by its owner", world.judged_readings)


def test_readings_of_the_instrument_of_another_say_nothing():
    world = JudgingStage()
    world.calibration()
    newcomer = world.newcomer()
    usual = world.readings(world.with_procedure)
    theirs = world.ledger.state(body(usual, ReadingsReported), newcomer)
    says = f"{CYCLER} is {world.laboratory.party}'s; readings of it by {newcomer.party} say nothing"
    refused("own-instrument", says, world.judge, readings=theirs, clause=world.with_clause)


def test_the_instrument_that_was_set_is_the_readers_too():
    world = JudgingStage()
    world.calibration(instrument=OTHER)
    newcomer = world.newcomer()
    world.ledger.state(changed(INSTRUMENT, instrument=OTHER, owner=newcomer.party), newcomer)
    refused("own-instrument", f"{OTHER} is {newcomer.party}'s", world.verdict_of, settings=(changed(SETTING, instrument=OTHER),))


def test_the_longest_interval_serves_and_a_longer_one_is_none():
    world = JudgingStage(instrument={"calibration_interval_days": 36_500})
    certificate = world.calibration(performed_at="1950-01-01T00:00:00Z")
    assert world.rests_on() == [certificate.id]
    with pytest.raises(ValueError, match="1 to 36,500 days"):
        world.instrument(calibration_interval_days=36_501)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ((), "has the inputs current; the readings state none"),
        ((SETTING, changed(SETTING, quantity="time", value="1", unit="s")), "the readings state current, time"),
        ((changed(SETTING, quantity="time", value="1", unit="s"),), "the readings state time"),
        ((SETTING, changed(SETTING, value="3")), "the readings state current"),
    ],
    ids=["missing", "foreign", "another", "twice"],
)
def test_settings_are_exactly_the_inputs_of_the_procedure(settings, says):
    world = JudgingStage()
    world.calibration()
    refused("settings-fit", says, world.verdict_of, settings=settings)


def test_a_procedure_without_any_calibrated_input_gives_no_verdict():
    world = JudgingStage(procedure={"inputs": ()})
    world.calibration()
    for settings in ((), (SETTING,)):
        refused("calibrated-input", "names no input; no verdict stands on no certificate", world.verdict_of, settings=settings)


def test_a_setting_is_read_off_the_certificate_in_its_unit_and_within_it():
    world = JudgingStage()
    certificate = world.calibration()
    assert world.rests_on(settings=(changed(SETTING, value="2000", unit="mA"),)) == [certificate.id]
    for value in ("0.9999", "3.0001"):
        with pytest.raises(
            DomainError, match=r"certificate C-1, current in A: an indication of .* is outside of what was calibrated, 1 to 3"
        ):
            world.verdict_of(settings=(changed(SETTING, value=value),))
    with pytest.raises(DomainError, match=r"certificate C-1, current in A: .*dimension"):
        world.verdict_of(settings=(changed(SETTING, unit="V"),))


def test_readings_of_a_calibrated_quantity_are_in_the_unit_of_the_certificate():
    world = JudgingStage(procedure={"inputs": ("capacity",)})
    world.calibration(calibrated=(changed(CURRENT, quantity="capacity", unit="A.h"),))
    assert world.u(settings=()) == "0.0040"
    with pytest.raises(
        DomainError, match=r"item .*readings in mA\.h, their certificate in A\.h; state the readings in A\.h \[one-unit\]"
    ):
        world.verdict_of(settings=(), unit="mA.h", rows={SAMPLE: "2000"})
    with pytest.raises(DomainError, match=r"item .*outside of what was calibrated"):
        world.verdict_of(settings=(), rows={SAMPLE: "3.5"})


def test_the_instrument_that_was_set_may_be_another_than_the_one_that_was_read():
    world = JudgingStage()
    indicates = (Indicates(quantity="current", unit="A", resolution="0.001"),)
    other = world.instrument(instrument=OTHER, indicates=indicates)
    theirs = world.calibration(instrument=OTHER, calibrated=(changed(CURRENT, points=points("2 2.2 0.1")),))
    world.calibration()
    judged = world.verdict_of(settings=(changed(SETTING, instrument=OTHER),))
    assert judged.body["instruments"] == [world.registered.id, other.id]
    assert judged.body["certificates"] == [theirs.id]
    assert world.verdicts(judged)[0].value == "2.20"


def test_several_inputs_multiply_and_their_relative_variances_add():
    """Factors 0.996 and 1.1: 2.1912; u_rel² = (0.002/1.992)² + (0.05/1.1)², U = 2.1912·2·0.045466 = 0.19925."""
    world = JudgingStage(procedure={"inputs": ("current", "time")})
    world.calibration(calibrated=(CURRENT, changed(CURRENT, quantity="time", unit="h", points=points("1 1.1 0.1"))))
    judged = world.verdict_of(settings=(SETTING, Setting(quantity="time", value="3600", unit="s", instrument=CYCLER)))
    (row,) = world.verdicts(judged)
    assert (row.value, row.expanded_uncertainty, len(judged.body["certificates"])) == ("2.19", "0.20", 1)
