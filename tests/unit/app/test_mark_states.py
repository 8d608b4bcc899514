"""What is answered of a licensed mark: its licence, its term, and what became of it by the word of who may say so."""

import pytest

from chain_stage import PRODUCT
from licence_stage import LICENCE, NAMED, Licences, mark
from openqi.app.marks import MarkAnswer, MarkReader, mark_answer
from openqi.evidence.sealing import seal
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks
from openqi.records import statement
from openqi.records.governance import Withdrawn
from openqi.records.licences import MarkStatesStated
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from openqi.store.store import Incoming


class World(Licences):
    """Ten marks under a licence, and a reader of them whose day is the one of the stage."""

    def __init__(self, folder):
        super().__init__()
        self.licence = self.honest()
        self.marks = self.issue(self.licence, range(10))
        self.folder = folder
        self.reader = self.opened()

    def opened(self):
        index = MarkIndex(self.folder / "marks.sqlite", origin=self.store.origin)
        return MarkReader(self.store, index, ScanCounter(self.folder / "scans.sqlite"), today=lambda: self.clock.instant.date())  # noqa: PLW0108 -- the clock goes on

    def ask(self, number=1):
        self.reader.refresh()
        answer = mark_answer(self.reader, mark(number), scanned=False)
        assert isinstance(answer, MarkAnswer)
        return answer

    def told(self, number=1):
        """The state in one word."""
        return self.ask(number).as_json().get("state", {}).get("state")

    def smuggle(self, body, signer):
        """A record that nobody decided, put into the log past all checks."""
        record = seal(statement(body), issuer=signer.party, key=signer.key, now=self.ledger.now())
        self.store.append([Incoming(record=record)], checkpoint=self.ledger.checkpoint)
        return record


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.reader.close()


def test_an_answer_names_the_licence_its_rule_and_its_term(world):
    said = world.ask().as_json()
    assert said["standing"] == "issued"
    assert "state" not in said
    assert said["useUntil"] == "2027-06-30"
    assert said["product"] == PRODUCT
    licence = said["licence"]
    assert (licence["uri"], licence["number"], licence["record"]) == (LICENCE, "L-1", world.licence.id)
    assert (licence["holder"], licence["validUntil"], licence["ended"]) == (world.maker.party, "2027-06-30T16:00:00Z", False)
    assert licence["issuer"]["party"] == world.union.party
    assert licence["rule"]["sort"] == "integrity-verification"


def test_a_licence_that_is_over_is_said_to_be_from_the_day_after_its_last(world):
    world.until("2027-06-30T23:00:00+00:00")
    assert world.ask().as_json()["licence"]["ended"] is False
    world.until("2027-07-01T00:00:00+00:00")
    said = world.ask().as_json()
    assert (said["licence"]["ended"], said["standing"]) == (True, "issued")


def test_a_state_of_single_marks_is_told_of_those_alone_and_the_last_one_counts(world):
    world.state(world.marks, "activated", [1, 2])
    world.state(world.marks, "sold", [1])
    assert [world.told(number) for number in (1, 2, 3)] == ["sold", "activated", None]
    world.state(world.marks, "returned", [1])
    assert world.told(1) == "returned"


def test_a_recall_is_told_at_the_next_scan_with_its_record_and_reason(world):
    assert world.told() is None
    recall = world.recall()
    record = world.state(world.marks, "recalled", because=recall.id)
    state = world.ask().as_json()["state"]
    assert state == {
        "state": "recalled", "at": record.body["at"], "record": record.id, "by": world.maker.party,
        "reason": {"zh": "示例", "en": "example"}, "because": recall.id,
    }  # fmt: skip
    world.state(world.marks, "returned", [1])
    assert world.told(1) == "recalled"  # goods that came back stay recalled


def test_the_gravest_state_that_stands_is_told_and_a_withdrawn_one_is_not(world):
    revoked = world.state(world.marks, "revoked", [1], by=world.union)
    world.state(world.marks, "ended")
    assert [world.told(number) for number in (1, 2)] == ["revoked", "ended"]
    world.withdraw(revoked, world.union)
    assert world.told(1) == "ended"


def test_what_nobody_decided_or_a_stranger_says_changes_nothing(world):
    body = MarkStatesStated(
        marks=world.marks.id, product=PRODUCT, state="revoked", at=world.ledger.now(), by="bearer", whole=True,
        reason=NAMED,
    )  # fmt: skip
    for signer in (world.maker, world.laboratory):
        world.smuggle(body, signer)
    assert world.told() is None


def test_a_state_whose_recall_was_withdrawn_no_longer_counts(world):
    recall = world.recall()
    world.state(world.marks, "recalled", because=recall.id)
    assert world.told() == "recalled"
    world.withdraw(recall, world.maker)
    assert world.told() is None


def test_a_licence_that_was_withdrawn_takes_its_marks_with_it(world):
    gone = world.withdraw(world.licence, world.union)
    said = world.ask().as_json()
    assert (said["standing"], said["withdrawn"]) == ("withdrawn", {"what": "licence", "by": gone.id})


def test_who_copies_hashes_under_a_licence_of_its_own_does_not_speak_for_the_mark(world):
    other = world.license(
        world.store.logged(world.licence.body["published"]).record, signed=world.licence.body["signed"], licence=f"{LICENCE}/2",
        number="L-2", issuers=(world.association.party,),
    )  # fmt: skip
    world.clock.wait(days=1)
    copied = world.do(IssueLicensedMarks(licence=other.id, items=world.named(range(10)), use_until="2027-06-30"), world.association)
    world.state(copied, "revoked", by=world.association)
    said = world.ask().as_json()
    assert (said["record"], said["claims"]) == (world.marks.id, 2)
    assert "state" not in said


def test_states_come_in_when_their_rows_are_at_hand_and_only_if_they_add_up(world):
    items = world.named([1])
    blob = world.store.blob(items.rows.sha256)
    world.state(world.marks, "sold", [1])
    world.store.erase_blob(items.rows.sha256)
    assert world.told(1) is None
    assert any("NotFoundError" in said for said in world.reader.index.update(world.store).findings.values())
    world.store.put_blob(blob)
    world.clause()  # the log grows, and what was not at hand is tried again
    assert world.told(1) == "sold"


def test_a_withdrawal_by_somebody_else_withdraws_no_state(world):
    record = world.state(world.marks, "revoked", by=world.union)
    world.smuggle(Withdrawn(record=record.id, reason="x", streams=record.streams), world.laboratory)
    assert world.told() == "revoked"
