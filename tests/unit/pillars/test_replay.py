"""Each kind that conformity decides, as a stranger checks it: proved, replayed and complete from its dossier, unless touched."""

from dataclasses import replace
from hashlib import sha256

import pytest

from chain_stage import CLAUSE, ITEMS, LOT, SAMPLE, ChainStage, hashed
from openqi.app.dossiers import verified
from openqi.app.workflow import command_json
from openqi.evidence.batch import parse_batch, parse_item, verify_item
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.record import Record
from openqi.evidence.view import parse_basis
from openqi.kernel.errors import VerificationError
from openqi.pillars.conformity.readings import JudgeReadings
from openqi.records import body as body_of
from openqi.records import statement
from openqi.records.conformity import ReadingsJudged
from stage import Forge, changed, failing_step, outcome

PASSED = ("passed", "passed", "passed")
KINDS = ["readings", "lot", "certificate", "marks"]


class Whole(ChainStage):
    """One record of each decided kind, each resting on the one before."""

    def __init__(self):
        super().__init__()
        self.registered, self.calibrated, with_procedure = self.instrument(), self.calibration(), self.procedure()
        self.with_clause, formed, planned, granted = self.clause(), self.lot(), self.plan(), self.scope()
        self.read = self.readings(with_procedure, dict.fromkeys(ITEMS, "2.0000"), subject=LOT)
        read_sample = self.readings(with_procedure)
        self.made: dict[str, Record] = {}
        self.at_first: dict[str, bytes] = {}
        self.keep("readings", self.judge(self.read, self.with_clause))
        self.keep("lot", self.decide(formed, self.made["readings"], planned))
        test = self.judge(read_sample, self.with_clause)
        self.keep("certificate", self.certify(granted, [test], [self.made["lot"]]))
        self.keep("marks", self.marks(self.made["certificate"], [(item, hashed(item)) for item in ITEMS]))
        self.formed, self.tested = formed, test

    def keep(self, name, record):
        """Keep a decision, and its dossier as of now: later the stories that it read go on."""
        self.made[name], self.at_first[name] = record, self.dossier(record)


@pytest.fixture(scope="module")
def whole():
    """A chain that the tests of this module only read."""
    return Whole()


def test_each_decision_is_proved_replayed_and_complete_when_it_is_made():
    stage = ChainStage()
    stage.instrument()
    stage.calibration()
    procedure, clause, formed, planned, granted = stage.procedure(), stage.clause(), stage.lot(), stage.plan(), stage.scope()
    read = stage.readings(procedure, dict.fromkeys(ITEMS, "2.0000"), subject=LOT)
    judged = stage.judge(read, clause)
    assert outcome(stage.verified(stage.dossier(judged))) == PASSED
    decided = stage.decide(formed, judged, planned)
    assert outcome(stage.verified(stage.dossier(decided))) == PASSED
    certificate = stage.certify(granted, [judged], [decided])
    assert outcome(stage.verified(stage.dossier(certificate))) == PASSED
    marks = stage.marks(certificate, [(item, hashed(item)) for item in ITEMS])
    report = stage.verified(stage.dossier(marks))
    assert outcome(report) == PASSED
    assert "4 decisions give the same again" in report.steps[9].detail


@pytest.mark.parametrize("name", KINDS)
def test_what_is_done_later_with_an_instrument_and_a_lot_leaves_each_decision_complete(whole, name):
    assert outcome(whole.verified(whole.at_first[name])) == PASSED
    assert outcome(whole.verified(whole.dossier(whole.made[name]))) == PASSED


@pytest.mark.parametrize("name", ["readings", "marks"])
def test_one_item_of_many_has_a_dossier_of_its_own(whole, name):
    record = whole.made[name]
    data = whole.dossier(record, leaf=3)
    assert whole.verified(data, whole=False).proved == "passed"
    item = parse_dossier(data).item
    batch = parse_batch(record.body["items"])
    verify_item(item, batch)
    assert ITEMS[3].encode() in item.row
    other = parse_item(item.encode().replace(ITEMS[3].encode(), ITEMS[4].encode()))
    with pytest.raises(VerificationError):
        verify_item(other, batch)


@pytest.mark.parametrize("name", KINDS)
def test_a_blob_of_rows_that_was_changed_in_any_dossier_is_found(whole, name):
    dossier = parse_dossier(whole.at_first[name])
    assert len(dossier.blobs) >= 1
    for blob, content in dossier.blobs.items():
        for wrong in (content.replace(b"1", b"7", 1), content + b"\n", content[:-1], b""):
            touched = replace(dossier, blobs={**dossier.blobs, blob: wrong}).encode()
            assert failing_step(whole.verified(touched, whole=False)) == "form"
        # Under its right name, but not the one that the record commits to.
        renamed = {name: text for name, text in dossier.blobs.items() if name != blob}
        renamed[sha256(content + b"{}\n").hexdigest()] = content + b"{}\n"
        report = whole.verified(replace(dossier, blobs=renamed).encode(), whole=False)
        assert (report.proved, report.replayed) == ("withheld", "withheld")


def forged_verdicts(whole, **changes):
    """A log in which the assessor signs other verdicts than the command gives, with the right command and basis."""
    record = whole.made["readings"]
    forge = Forge.of(whole)
    body = changed(ReadingsJudged(**typed(record)), **changes)
    basis = parse_basis(record.basis)
    again = forge.state(body, whole.assessor, now=record.valid_from, command=record.command, basis=basis.as_json())
    dossier = forge.parts(again, whole.policy)
    blobs = {name for one in forge.records if one.basis for name in parse_basis(one.basis).blobs}
    return verified(replace(dossier, blobs={name: whole.store.blob(name) for name in blobs}).encode(), policy=whole.policy)


def typed(record):
    typed_body = body_of(record, ReadingsJudged)
    return {name: getattr(typed_body, name) for name in typed_body.__struct_fields__}


def test_other_verdicts_than_the_command_gives_are_found_by_running_it_again(whole):
    rows = whole.store.blob(whole.made["readings"].body["items"]["rows"]["sha256"])
    touched = whole.lines(*rows.replace(b'"nonconforming"', b'"conforming"').replace(b"1.9920", b"1.9930", 1).splitlines())
    for change in (
        {"items": touched},
        {"conforming": 7, "nonconforming": 1},
        {"certificates": ()},
        {"rule": "simple-acceptance/1"},
    ):
        report = forged_verdicts(whole, **change)
        assert (report.proved, report.replayed, failing_step(report)) == ("passed", "failed", "replay")


def test_verdicts_that_nobody_decided_are_found(whole):
    forge = Forge.of(whole)
    stated = forge.state(ReadingsJudged(**typed(whole.made["readings"])), whole.assessor)
    report = verified(forge.parts(stated, whole.policy).encode(), policy=whole.policy)
    assert (report.replayed, failing_step(report)) == ("failed", "replay")
    assert "only ever decided" in report.first_failure.detail


def test_a_command_that_speaks_of_other_readings_is_found(whole):
    record = whole.made["readings"]
    command = JudgeReadings(readings=whole.tested.body["readings"], requirement=whole.with_clause.id, now=record.valid_from)
    forge = Forge.of(whole)
    again = forge.state(
        statement(ReadingsJudged(**typed(record))),
        whole.assessor,
        now=record.valid_from,
        command=command_json(command),
        basis=record.basis,
    )
    report = verified(forge.parts(again, whole.policy).encode(), policy=whole.policy)
    assert (report.replayed, failing_step(report)) == ("failed", "replay")


@pytest.mark.parametrize("name", KINDS)
def test_another_version_of_a_certificate_that_arrives_later_makes_everything_above_it_incomplete(name):
    stage = Whole()
    stage.calibration(number="C-1a", replaces=stage.calibrated.id)
    report = stage.verified(stage.dossier(stage.made[name]))
    assert (report.proved, report.replayed, report.complete) == ("passed", "passed", "failed")
    assert failing_step(report) == "complete"


@pytest.mark.parametrize("which", ["calibrated", "registered", "with_clause", "formed", "read"])
def test_a_withdrawal_of_what_was_read_makes_the_marks_incomplete(which):
    stage = Whole()
    owners = {"calibrated": stage.calibrator, "with_clause": stage.standards_body, "formed": stage.maker}
    stage.withdraw(getattr(stage, which), owners.get(which, stage.laboratory))
    assert outcome(stage.verified(stage.dossier(stage.made["marks"]))) == ("passed", "passed", "failed")


def test_what_does_not_touch_the_chain_leaves_it_complete():
    stage = Whole()
    stage.calibration(
        instrument="https://laboratory.example/instrument/other", certificate="https://calibration.example/certificate/9"
    )
    stage.clause(requirement=CLAUSE.requirement + "/2")
    assert outcome(stage.verified(stage.dossier(stage.made["marks"]))) == PASSED


def test_a_dossier_of_a_verdict_from_a_transcription_carries_the_second_signature():
    stage = ChainStage()
    stage.instrument()
    record = stage.transcription()
    judged = stage.judge(stage.readings(stage.procedure()), stage.clause())
    assert judged.body["certificates"] == [record.id]
    data = stage.dossier(judged)
    assert outcome(stage.verified(data)) == PASSED
    kinds = [entry.record.kind for entry in parse_dossier(data).entries]
    assert "governance.countersigned/1" in kinds
    assert SAMPLE in judged.streams
