"""What is said of a mark: by whom, under what, does it still stand, what was checked; and never more than that."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain_stage import PRODUCT
from marks_world import BASE, GTIN, TODAY, MarkStage, item, serial, uri
from openqi.app.folder import found_folder, ledger_folder
from openqi.app.ledger import Signer
from openqi.app.marks import MarkAnswer, MarkReader, NotIssuedHere, mark_answer, reading_marks
from openqi.evidence import keyfile
from openqi.evidence.algorithms.kinds import ed25519
from openqi.evidence.record import log_entry
from openqi.formats.digital_link import mark_name
from openqi.kernel.errors import FormatError, RefusedError, StoreError
from openqi.records import Names
from stage import key_of, party, stated

SOURCE = Path(__file__).resolve().parents[3] / "src" / "openqi"


class World:
    """A stage with ten marks and a reader of them."""

    def __init__(self, folder: Path, **more: object) -> None:
        self.stage = MarkStage()
        self.record = self.stage.issue(range(10), **more)
        self.reader = self.stage.reader(folder)

    def ask(self, number: int = 1, *, scanned: bool = True) -> MarkAnswer:
        """The answer about a mark, as of now."""
        self.reader.refresh()
        answer = mark_answer(self.reader, uri(number), scanned=scanned)
        assert isinstance(answer, MarkAnswer)
        return answer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.reader.close()


def test_an_answer_says_who_issued_the_mark_under_what_and_what_was_checked(world):
    stage = world.stage
    size = stage.store.size()
    assert world.ask(3).as_json() == {
        "mark": uri(3),
        "name": mark_name(uri(3)),
        "standing": "issued",
        "record": world.record.id,
        "leaf": 3,
        "item": item(3),
        "issuer": {"party": "https://issuer.example", "name": {"en": "https://issuer.example"}},
        "issuedAt": world.record.valid_from,
        "product": PRODUCT,
        "certificate": {
            "uri": "https://assessor.example/certificate/CN-1",
            "record": stage.certificate.id,
            "number": "CN-1",
            "holder": "https://maker.example",
            "signature": "passed",
            "issuer": {"party": "https://assessor.example", "name": {"en": "https://assessor.example"}},
        },
        "checks": {
            "signature": "passed",
            "row": "passed",
            "rowHow": "all rows of the marks record were added up to the root that it states when they were indexed",
        },
        "claims": 1,
        "cases": 0,
        "scans": {"total": 0},
        "log": {"origin": "log.example/1", "size": size},
    }


def test_an_answer_is_json(world):
    assert json.loads(json.dumps(world.ask().as_json()))["standing"] == "issued"


def test_a_mark_that_the_log_does_not_know_is_not_issued_here(world):
    answer = mark_answer(world.reader, uri(99))
    assert isinstance(answer, NotIssuedHere)
    assert answer.as_json() == {
        "mark": uri(99),
        "name": mark_name(uri(99)),
        "standing": "not issued here",
        "log": {"origin": "log.example/1", "size": world.stage.store.size()},
    }
    assert world.reader.counter.hand_over() is False, "what was not issued is not counted"


@pytest.mark.parametrize("text", ["", "https://id.maker.example/", f"{BASE}/01/{GTIN}/21/a%20b", uri(1) + "?a=1"])
def test_what_is_no_mark_is_refused(world, text):
    with pytest.raises(FormatError):
        mark_answer(world.reader, text)


def test_scans_before_this_one_are_told_and_counted_only_when_it_is_one(world):
    assert [world.ask().scans.total for _ in range(3)] == [0, 1, 2]
    assert world.ask(scanned=False).scans.total == 3
    scans = world.ask(scanned=False).as_json()["scans"]
    assert scans == {"total": 3, "firstDay": TODAY.isoformat(), "lastDay": TODAY.isoformat()}
    assert world.ask(2).scans.total == 0


def test_marks_that_were_withdrawn_say_so_from_the_next_look_at_the_log_on(world):
    assert world.ask().standing == "issued"
    gone = world.stage.withdraw(world.record, world.stage.issuer)
    answer = world.ask()
    assert answer.standing == "withdrawn"
    assert answer.as_json()["withdrawn"] == {"what": "marks", "by": gone.id}


def test_marks_under_a_withdrawn_certificate_are_withdrawn(world):
    other = world.stage.certified("CN-2")
    world.stage.issue(range(20, 22), certificate=other)
    gone = world.stage.withdraw(world.stage.certificate, world.stage.assessor)
    answer = world.ask()
    assert answer.standing == "withdrawn"
    assert answer.as_json()["withdrawn"] == {"what": "certificate", "by": gone.id}
    assert world.ask(20).standing == "issued"


def test_an_answer_holds_for_the_log_size_that_it_names(world):
    before = world.ask()
    world.stage.withdraw(world.record, world.stage.issuer)
    late = mark_answer(world.reader, uri(1))
    assert isinstance(late, MarkAnswer)
    assert (late.standing, late.size) == ("issued", before.size)
    assert world.ask().size == before.size + 1


def test_a_wrong_signature_is_never_an_issued_mark(tmp_path):
    stage = MarkStage()
    stage.forge(range(3))
    reader = stage.reader(tmp_path)
    answer = mark_answer(reader, uri(1))
    assert isinstance(answer, MarkAnswer)
    assert (answer.standing, answer.signature) == ("not proved", "failed")
    assert "signature" in answer.as_json()["detail"]
    reader.close()


def test_the_signature_of_the_marks_record_is_verified_for_each_answer(world, monkeypatch):
    asked = []
    true_check = ed25519.check_rule
    monkeypatch.setattr(ed25519, "check_rule", lambda public, signature: asked.append(signature) or true_check(public, signature))
    world.ask()
    asked.clear()
    for number in range(5):
        world.ask(number)
    assert asked == [world.record.signature] * 5


def test_while_one_state_is_held_each_record_is_verified_once_and_again_in_the_next(world, monkeypatch):
    asked = []
    true_check = ed25519.check_rule
    monkeypatch.setattr(ed25519, "check_rule", lambda public, signature: asked.append(signature) or true_check(public, signature))
    world.ask()
    asked.clear()
    for _ in range(3):
        world.reader.hold()
        said = {mark_answer(world.reader, uri(number)).standing for number in range(5)}
        world.reader.let_go()
        assert said == {"issued"}
    assert asked == [world.record.signature] * 3


def test_what_was_verified_of_a_record_does_not_speak_for_one_that_was_judged_anew(world):
    world.ask()
    world.reader.hold()
    assert mark_answer(world.reader, uri(1)).standing == "issued"
    world.stage.ledger.revoke_key(
        world.stage.issuer.party, world.stage.issuer.key.public_key.kid, world.stage.operator, since=1, reason="stolen"
    )
    world.reader.refresh()
    answer = mark_answer(world.reader, uri(1))
    world.reader.let_go()
    assert (answer.standing, answer.signature) == ("not proved", "failed")


def test_a_failed_signature_is_remembered_as_failed(tmp_path):
    stage = MarkStage()
    stage.forge(range(3))
    reader = stage.reader(tmp_path)
    reader.hold()
    assert [mark_answer(reader, uri(number)).standing for number in (1, 2, 1)] == ["not proved"] * 3
    reader.let_go()
    reader.close()


def test_a_signature_that_stops_to_hold_in_memory_is_seen(world):
    answer = world.ask()
    object.__setattr__(answer.issue, "signed", answer.issue.signed + b"x")
    assert (world.ask().standing, world.ask().signature) == ("not proved", "failed")


@pytest.mark.parametrize("who", ["issuer", "assessor"])
def test_a_key_that_was_stolen_before_the_issue_proves_nothing(world, who):
    signer: Signer = getattr(world.stage, who)
    world.stage.ledger.revoke_key(signer.party, signer.key.public_key.kid, world.stage.operator, since=1, reason="stolen")
    answer = world.ask()
    assert answer.standing == "not proved"
    assert "revoked" in answer.as_json()["detail"]
    assert answer.signature == ("failed" if who == "issuer" else "passed")
    assert answer.as_json()["certificate"]["signature"] == ("passed" if who == "issuer" else "failed")


def test_a_key_that_was_replaced_or_revoked_later_still_proves_older_marks(world):
    issuer = world.stage.issuer
    world.stage.ledger.grant_key(issuer.party, stated(key_of(77)), issuer, replaces=issuer.key.public_key.kid)
    assert world.ask().standing == "issued"
    world.stage.ledger.revoke_key(issuer.party, key_of(77).public_key.kid, world.stage.operator, reason="lost")
    assert world.ask().standing == "issued"


def test_marks_that_their_issuer_withdrew_and_issued_again_stand(world):
    world.stage.withdraw(world.record, world.stage.issuer)
    again = world.stage.issue(range(5))
    answer = world.ask(1)
    assert (answer.standing, answer.found.record, answer.claims) == ("issued", again.id, 2)
    assert world.ask(7).standing == "withdrawn"


def test_whoever_copies_the_hash_of_a_mark_does_not_speak_for_it(world):
    thief = party("thief", 50)
    world.stage.welcome(thief, "mark-issuer")
    with pytest.raises(RefusedError, match=r"does not name https://thief\.example"):
        world.stage.issue(range(10), signer=thief)
    world.stage.issue(range(10), signer=thief, certificate=world.stage.certified("CN-2", to=thief))
    answer = world.ask(1)
    assert (answer.found.record, answer.claims, answer.standing) == (world.record.id, 2, "issued")
    world.stage.withdraw(world.record, world.stage.issuer)
    assert (world.ask(1).standing, world.ask(1).found.record) == ("withdrawn", world.record.id)


@pytest.mark.parametrize("hidden", ["marks", "certificate"])
def test_what_is_not_public_is_withheld(tmp_path, hidden):
    stage = MarkStage()
    certificate = stage.certified("CN-9", visible_to=()) if hidden == "certificate" else stage.certificate
    stage.issue(range(3), certificate=certificate, visible_to=() if hidden == "marks" else None)
    reader = stage.reader(tmp_path)
    answer = mark_answer(reader, uri(1))
    assert isinstance(answer, MarkAnswer)
    said = answer.as_json()
    assert said["standing"] == "issued"
    assert said["withheld"] is True
    assert not set(said) & {"issuer", "certificate", "item", "product", "issuedAt"}
    assert "assessor" not in str(said)
    assert "CN-" not in str(said)
    reader.close()


def test_cases_that_were_opened_are_counted(world):
    world.stage.case(1, world.record)
    world.stage.case(1, world.record, name=2)
    assert (world.ask(1).cases, world.ask(2).cases) == (2, 0)


def test_the_operator_is_called_what_its_genesis_says(tmp_path):
    stage = MarkStage()
    stage.grant(stage.operator, "mark-issuer")
    stage.issue(range(2), signer=stage.operator, certificate=stage.certified("CN-2", to=stage.operator))
    reader = stage.reader(tmp_path)
    answer = mark_answer(reader, uri(1))
    assert answer.as_json()["issuer"] == {"party": "https://operator.example", "name": {"zh": "运营方", "en": "Operator"}}
    reader.close()


def test_marks_that_another_process_indexed_wait_for_the_next_look_at_the_log(world, tmp_path):
    world.ask()
    world.stage.issue(range(10, 12))
    other = world.stage.reader(tmp_path)
    assert isinstance(mark_answer(world.reader, uri(11)), NotIssuedHere)
    assert world.ask(11).standing == "issued"
    other.close()


def test_new_marks_are_known_after_a_refresh(world):
    world.stage.issue(range(10, 12))
    assert isinstance(mark_answer(world.reader, uri(11)), NotIssuedHere)
    assert world.reader.refresh() == world.stage.store.size()
    assert world.ask(11).standing == "issued"


def test_no_serial_stands_in_any_entry_or_blob_of_the_log(world):
    world.ask()
    held = [log_entry(logged.record) for logged in world.stage.store.scan()]
    held += [logged.record.jws for logged in world.stage.store.scan()]
    decoded = [json.dumps([logged.record.body, logged.record.command]).encode() for logged in world.stage.store.scan()]
    blobs = [world.stage.store.blob(world.record.body["items"]["rows"]["sha256"])]
    for number in range(10):
        for content in held + decoded + blobs:
            assert serial(number).encode() not in content
            assert uri(number).encode() not in content
        assert mark_name(uri(number)).encode() in blobs[0]


def test_no_serial_stands_in_the_files_beside_the_log(world, tmp_path):
    for number in range(10):
        world.ask(number)
    world.reader.counter.flush()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not any(serial(number).encode() in content for number in range(10))


def test_nothing_here_ever_says_what_a_thing_in_the_hand_is():
    files = ["app/marks.py", "app/issues.py", "store/marks.py", "store/marking.py", "store/scans.py", "formats/digital_link.py"]
    for name in [*files, "formats/codes.py", "interfaces/web/scan.py"]:
        assert "genuine" not in (SOURCE / name).read_text(encoding="utf-8").lower(), name


def test_a_ledger_folder_answers_with_its_index_beside_it(tmp_path, monkeypatch):
    monkeypatch.setitem(keyfile._COST, "n", 16)
    path = tmp_path / "ledger"
    secret = "a long passphrase"
    names = Names(en="Operator")
    found_folder(
        path, origin="log.example/9", signer="https://operator.example", name=names, passphrase=secret, log_passphrase=secret
    )
    with reading_marks(path) as reader:
        assert isinstance(mark_answer(reader, uri(1)), NotIssuedHere)
        assert reader.origin == ledger_folder(path).settings.origin
    assert {"marks.sqlite", "scans.sqlite"} <= {file.name for file in path.iterdir()}


def test_a_reader_that_cannot_read_the_log_says_so(world):
    reader = MarkReader(world.stage.store, world.reader.index, world.reader.counter, today=lambda: TODAY)
    world.reader.index.close()
    with pytest.raises(StoreError):
        mark_answer(reader, uri(1))
