"""Which certificate stands behind a reading: in force at the time, of this instrument, standing, checked where it was copied."""

import pytest

from builders import sealed_record
from chain_stage import (
    CALIBRATION,
    CURRENT,
    CYCLER,
    FULL_CALIBRATION,
    FULL_VERIFICATION,
    SETTING,
    VERIFICATION,
    JudgingStage,
    refused,
)
from openqi.evidence.sealing import seal
from openqi.kernel.errors import DomainError
from openqi.records import statement
from openqi.records.metrology import Verified, certificates_subject
from openqi.store.store import Incoming
from stage import changed

OTHER = "https://laboratory.example/instrument/other"


def test_a_certificate_is_in_force_from_the_instant_of_its_calibration():
    world = JudgingStage()
    refused("certificate-in-force", f"no certificate for current of {CYCLER} was in force .*performed before", world.verdict_of)
    late = world.calibration(performed_at="2026-11-01T06:00:01Z")
    refused("certificate-in-force", "from 2026-11-01T06:00:00Z to 2026-11-01T08:00:00Z", world.verdict_of)
    just = world.calibration(performed_at="2026-11-01T06:00:00Z")
    assert world.rests_on() == [just.id]
    assert world.rests_on(measured_from="2026-11-01T06:00:01Z") == [late.id]


def test_the_calibration_interval_is_the_owners_and_ends_before_the_measurement_ends():
    """Performed on 1 June at 00:00, used on 1 November until 08:00: 153 days end at 00:00 of that day, 154 on the next."""
    for days, holds in ((153, False), (154, True)):
        world = JudgingStage(instrument={"calibration_interval_days": days})
        certificate = world.calibration()
        if holds:
            assert world.rests_on() == [certificate.id]
            refused(
                "calibration-interval", "served until 2026-11-02T00:00:00Z", world.verdict_of, measured_until="2026-11-02T00:00:00Z"
            )
        else:
            refused("calibration-interval", "certificate C-1 .* served until 2026-11-01T00:00:00Z", world.verdict_of)


def test_the_newest_calibration_before_counts_also_where_an_older_one_serves_longer():
    world = JudgingStage()
    world.calibration()
    newer = world.calibration(number="C-2", performed_at="2026-09-01T00:00:00Z")
    world.calibration(number="C-0", performed_at="2026-01-01T00:00:00Z")
    assert world.rests_on() == [newer.id]
    short = world.verification(performed_at="2026-10-01T00:00:00Z", valid_until="2026-10-02T00:00:00Z")
    refused("calibration-interval", "certificate V-1 .* served until 2026-10-02", world.verdict_of)
    world.withdraw(short, world.verifier)
    assert world.rests_on() == [newer.id]


def test_of_two_certificates_of_one_instant_one_says_that_it_replaces_the_other_or_is_withdrawn():
    world = JudgingStage()
    first = world.calibration()
    second = world.calibration(number="C-2", realises=None, signer=world.other_calibrator)
    says = f"certificates C-1, C-2 for current of {CYCLER} were all performed at 2026-06-01T00:00:00Z"
    refused("one-certificate", says, world.verdict_of)
    world.withdraw(second, world.other_calibrator)
    assert world.rests_on() == [first.id]
    third = world.calibration(number="C-3", replaces=first.id)
    assert world.rests_on() == [third.id]
    world.verification()
    refused("one-certificate", "certificates C-3, V-1 for current", world.verdict_of)
    newer = world.calibration(number="C-4", performed_at="2026-06-01T00:00:01Z")
    assert world.rests_on() == [newer.id]


def test_a_passed_verification_permits_its_error_anywhere():
    """MPE 0.0060 A at 2 A, rectangular: u = 2.0000·0.0060/(2·√3), U = 0.00693, with 0.0001 of the display the same."""
    world = JudgingStage()
    certificate = world.verification()
    assert (world.u(), world.rests_on()) == ("0.0069", [certificate.id])
    for value in ("-0.0001", "5.0001"):
        with pytest.raises(DomainError, match=r"certificate V-1, current in A: .* outside of what was verified, 0 to 5"):
            world.verdict_of(settings=(changed(SETTING, value=value),))


def test_a_verification_that_is_over_or_was_failed_carries_nothing():
    world = JudgingStage()
    world.verification(valid_until="2026-11-01T08:00:00Z")
    refused("calibration-interval", "certificate V-1 .* served until 2026-11-01T08:00:00Z", world.verdict_of)
    world = JudgingStage()
    world.calibration()
    world.verification(verdict="failed", performed_at="2026-06-02T00:00:00Z")
    refused("verification-passed", "certificate V-1: the instrument did not pass", world.verdict_of)


def test_a_verification_without_permitted_error_is_refused():
    world = JudgingStage()
    world.verification(verified=(Verified(quantity="current", unit="A", lower="0", upper="5", maximum_permissible_error="0"),))
    with pytest.raises(DomainError, match=r"certificate V-1, current in A: maximum permissible error 0 is not positive"):
        world.verdict_of()


def test_a_transcription_counts_once_another_party_has_signed_that_it_checked_it():
    world = JudgingStage()
    record = world.transcription(countersigned=False)
    says = "the transcription of certificate T-1 was not signed by https://assessor.example"
    refused("transcription-checked", says, world.verdict_of)
    for signer in (world.reviewer, world.laboratory):
        world.ledger.countersign(record.id, signer, signer.key)
    refused("transcription-checked", says, world.verdict_of)
    world.ledger.countersign(record.id, world.assessor, world.assessor.key)
    assert (world.rests_on(), world.u()) == ([record.id], "0.0040")


def test_who_transcribed_a_certificate_does_not_check_it():
    world = JudgingStage()
    record = world.transcription(countersigned=False, checked_by=world.laboratory.party)
    world.ledger.countersign(record.id, world.laboratory, world.laboratory.key)
    refused("transcription-checked", "whoever copied it does not check it", world.verdict_of)


def test_a_check_that_was_withdrawn_is_none():
    world = JudgingStage()
    record = world.transcription(countersigned=False)
    second = world.ledger.countersign(record.id, world.assessor, world.assessor.key)
    world.withdraw(second, world.assessor)
    refused("transcription-checked", "was not signed", world.verdict_of)


def test_a_transcribed_verification_serves_until_its_paper_says_and_a_calibration_for_the_owners_interval():
    verified = {"calibrated": (), "verified": VERIFICATION.verified, "accuracy_class": "0.5"}
    world = JudgingStage(instrument={"calibration_interval_days": 10})
    world.transcription(**verified, valid_until="2026-12-01T00:00:00Z")
    assert world.u() == "0.0069"
    world.transcription(**verified, valid_until="2026-11-01T07:00:00Z", performed_at="2026-06-02T00:00:00Z")
    refused("calibration-interval", "certificate T-1 .* served until 2026-11-01T07:00:00Z", world.verdict_of)
    world.transcription(performed_at="2026-10-01T00:00:00Z")
    refused("calibration-interval", "certificate T-1 .* served until 2026-10-11", world.verdict_of)


def test_a_corrected_certificate_replaces_the_one_that_it_corrects_if_both_are_of_one_issuer():
    world = JudgingStage()
    first = world.calibration()
    other = {"signer": world.other_calibrator, "realises": None}
    world.calibration(number="X", replaces=first.id, performed_at="2026-05-01T00:00:00Z", **other)
    assert world.rests_on() == [first.id]
    second = world.calibration(number="C-1a", replaces=first.id)
    assert world.rests_on() == [second.id]
    third = world.calibration(number="C-1b", replaces=second.id)
    assert world.rests_on() == [third.id]


def test_what_was_replaced_is_not_in_force_though_it_was_performed_later():
    world = JudgingStage()
    first = world.calibration(performed_at="2026-09-01T00:00:00Z")
    second = world.calibration(number="C-1a", replaces=first.id)
    assert world.rests_on() == [second.id]


def test_a_correction_that_no_longer_speaks_of_a_quantity_leaves_none_in_force():
    world = JudgingStage()
    first = world.calibration()
    world.calibration(number="C-1a", replaces=first.id, calibrated=(changed(CURRENT, quantity="time", unit="s"),))
    refused("certificate-in-force", "no certificate for current", world.verdict_of)


def test_a_record_at_home_in_another_log_does_not_replace_a_certificate_of_this_one():
    world = JudgingStage()
    first = world.calibration()
    body = changed(CALIBRATION, number="C-1a", replaces=first.id, performed_at="2026-05-01T00:00:00Z")
    foreign = seal(statement(body), issuer=world.calibrator.party, key=world.calibrator.key, now="2026-11-20T08:00:00Z")
    world.store.append([Incoming(record=foreign, home=("far.example/1", 5))], checkpoint=world.ledger.checkpoint)
    assert world.rests_on() == [first.id]


def test_a_certificate_that_was_withdrawn_is_passed_over():
    world = JudgingStage()
    old, new = world.calibration(), world.calibration(number="C-2", performed_at="2026-07-01T00:00:00Z")
    world.withdraw(new, world.calibrator)
    assert world.rests_on() == [old.id]
    world.withdraw(old, world.calibrator)
    refused("certificate-in-force", "no certificate for current", world.verdict_of)


def test_a_certificate_of_another_instrument_is_passed_over_though_it_lies_in_the_same_stream():
    """A record lies in the streams that its body names, and a body may name any URI as its certificate's."""
    world = JudgingStage()
    stream = certificates_subject(CYCLER)
    foreign = world.calibration(instrument=OTHER, certificate=stream, performed_at="2026-07-01T00:00:00Z")
    assert foreign.id in {one.record.id for one in world.store.stream(stream)}
    refused("certificate-in-force", "no certificate for current", world.verdict_of)
    mine = world.calibration()
    assert world.rests_on() == [mine.id]


def test_records_of_other_kinds_in_the_stream_of_an_instrument_change_nothing():
    world = JudgingStage()
    mine = world.calibration()
    world.result(instruments=(CYCLER,))
    strange = sealed_record(1, (CYCLER, certificates_subject(CYCLER)))
    world.store.append([Incoming(record=strange)], checkpoint=world.ledger.checkpoint)
    assert world.rests_on() == [mine.id]


def test_only_a_national_institute_realises_a_unit():
    world = JudgingStage()
    says = "does not hold the role national-metrology-institute"
    refused("role-held", says, world.calibration, signer=world.other_calibrator)
    world.grant(world.other_calibrator, "national-metrology-institute")
    assert world.calibration(signer=world.other_calibrator).body["realises"] == "A"


@pytest.mark.parametrize("end", [{"valid_until": "2027-06-01T00:00:00Z"}, {"accuracy_class": "0.5"}])
def test_the_transcription_of_a_calibration_has_no_end_of_its_own(end):
    with pytest.raises(ValueError, match="no end and no class of its own"):
        JudgingStage().transcription(**end)


def test_certificates_of_the_second_kind_serve_as_those_of_the_first_do():
    first = JudgingStage()
    first.calibration()
    world = JudgingStage()
    full = world.ledger.state(FULL_CALIBRATION, world.calibrator)
    assert (world.rests_on(), world.u()) == ([full.id], first.u())
    corrected = world.calibration(number="C-2", replaces=full.id)  # across the kinds: whoever issued it corrects it
    assert world.rests_on() == [corrected.id]
    verified = world.ledger.state(changed(FULL_VERIFICATION, performed_at="2026-07-01T00:00:00Z"), world.verifier)
    assert (world.rests_on(), world.u()) == ([verified.id], "0.0069")


def test_a_verification_of_the_second_kind_ends_when_it_says_and_serves_no_day_where_it_failed():
    world = JudgingStage()
    world.ledger.state(changed(FULL_VERIFICATION, valid_until="2026-10-01T00:00:00Z"), world.verifier)
    refused("calibration-interval", "certificate V-1 .* served until 2026-10-01", world.verdict_of)
    world = JudgingStage()
    (item,) = FULL_VERIFICATION.items
    failed = changed(
        FULL_VERIFICATION, verdict="failed", valid_until=FULL_VERIFICATION.performed_at, items=(changed(item, verdict="failed"),)
    )
    world.calibration(performed_at="2026-01-01T00:00:00Z")
    world.ledger.state(failed, world.verifier)
    refused("calibration-interval", "certificate V-1 .* served until 2026-06-01", world.verdict_of)
