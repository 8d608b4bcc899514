"""Commands about whole logs: founding, checking, proving, cosigning, and taking in what another log proves."""

import json
import stat
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from openqi import pillars
from openqi.app.folder import FOLDS
from openqi.app.registers import READING
from openqi.evidence.fold import Fold
from openqi.evidence.log.policy import parse_policy
from unit.interfaces.cli_world import OPERATOR, World, answer, openqi


def test_a_ledger_keeps_every_register_of_every_pillar():
    modules = [import_module(found.name) for found in walk_packages(pillars.__path__, "openqi.pillars.")]
    found = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Fold)}
    assert sorted(fold.name for fold in (*READING, *found.values())) == sorted(fold.name for fold in FOLDS)


def test_a_new_ledger_has_encrypted_keys_that_only_their_owner_reads_and_a_policy_that_others_can_use(world: World):
    for name in ("log.key", "operator.key"):
        file = world / "ledger/keys" / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert json.loads(file.read_bytes())["format"] == "openqi-key/1"
    policy = parse_policy((world / "ledger/policy.txt").read_bytes())
    assert policy.genesis == {"example.org/log": world.ids["genesis"]}
    assert [log.text for log in policy.logs] == [world.ids["vkey"]]


def test_head_says_whether_the_policy_accepts_the_checkpoint(world: World, tmp_path: Path):
    for folder in ("ledger", "mirror"):
        assert answer("log", "head", world / folder)["state"] == "passed"
    (world / "mirror/policy.txt").unlink()
    assert answer("log", "head", world / "mirror")["state"] == "not checked"
    answer("log", "new", tmp_path / "other", "--origin", "other.example/log", "--operator", OPERATOR, "--name-en", "Other")
    found = openqi("log", "head", world / "mirror", "--policy", tmp_path / "other/policy.txt", "--json")
    assert (found.status, found.data["state"]) == (1, "failed")


def test_fsck_of_a_sound_log_finds_nothing_and_of_a_damaged_one_says_where(world: World):
    for folder in ("ledger", "mirror"):
        found = answer("log", "fsck", world / folder)
        assert (found["findings"], found["proved"], found["policy_checked"], found["records_checked"]) == ([], "passed", True, True)
    bundle = max((world / "mirror/tile/entries").rglob("*"), key=lambda path: (path.is_file(), path.stat().st_size))
    data = bytearray(bundle.read_bytes())
    data[-10] ^= 1
    bundle.write_bytes(data)
    found = openqi("log", "fsck", world / "mirror", "--json")
    assert found.status == 1
    assert found.data["findings"][0].startswith("tile/0/000.p/")
    assert found.data["proved"] == "failed"
    assert openqi("verify", world / "mirror").status == 1


def test_fsck_without_records_does_not_say_proved(world: World):
    found = answer("log", "fsck", world / "mirror", "--no-records")
    assert (found["records_checked"], found["proved"]) == (False, "not checked")


def test_fsck_of_a_ledger_sees_that_its_store_holds_something_else_than_was_published(world: World):
    (world / "ledger/ledger.sqlite").unlink()
    found = openqi("log", "fsck", world / "ledger", "--json")
    assert found.status == 1
    assert found.data["findings"][0].startswith("store: ")


def test_a_damaged_checkpoint_of_a_mirror_is_a_finding(world: World):
    (world / "mirror/checkpoint").write_bytes(b"no checkpoint")
    found = openqi("log", "fsck", world / "mirror", "--json")
    assert (found.status, found.data["findings"][0][:11]) == (1, "checkpoint:")


def test_a_proof_from_a_mirror_is_that_from_the_ledger(world: World):
    proof = answer("log", "proof", world / "mirror", world.ids["verdict"])
    assert proof["proof"].encode() == (world / "verdict.tlog-proof").read_bytes()
    assert (
        openqi("log", "proof", world / "ledger", world.ids["verdict"]).out.encode() == (world / "verdict.tlog-proof").read_bytes()
    )


def test_a_proof_is_verified_with_its_record_and_fails_with_another(world: World):
    policy = ("--policy", world / "ledger/policy.txt")
    found = answer("verify", world / "verdict.tlog-proof", "--record", world / "verdict.jws", *policy)
    states = {step["name"]: step["state"] for step in found["steps"]}
    assert (states["checkpoint"], states["inclusion"], states["signature"]) == ("passed", "passed", "not checked")
    assert found["proved"] == "not checked"
    answer("record", "show", world / "ledger", world.ids["result"], "-o", world / "result.jws")
    other = openqi("verify", world / "verdict.tlog-proof", "--record", world / "result.jws", *policy, "--json")
    assert (other.status, other.data["first_failure"]["name"]) == (1, "inclusion")


def test_a_proof_alone_or_without_policy_says_what_was_not_checked(world: World):
    alone = answer("verify", world / "verdict.tlog-proof")
    assert {step["name"] for step in alone["steps"] if step["state"] == "passed"} == {"form"}


def test_a_foreign_dossier_is_admitted_once_proved_and_its_verdict_goes_on_from_there(world: World, tmp_path: Path):
    other = tmp_path / "other"
    answer("log", "new", other, "--origin", "other.example/log", "--operator", OPERATOR, "--name-en", "Other")
    both = tmp_path / "both.txt"
    both.write_bytes(
        (other / "policy.txt").read_bytes().replace(b"quorum none\n", b"") + (world / "ledger/policy.txt").read_bytes()
    )
    taken = answer("dossier", "admit", other, world / "item7.dossier", "--policy", both)["records"]
    assert world.ids["verdict"] in {one["record"] for one in taken}
    assert answer("log", "fsck", other, "--policy", both)["findings"] == []
    shown = answer("record", "show", other, world.ids["verdict"])
    assert shown["origin"] == "example.org/log"
    answer("log", "mirror", other, tmp_path / "mirror", "--policy", both)
    assert answer("record", "show", tmp_path / "mirror", world.ids["verdict"]) == shown
    home = answer("verify", world / "verdict.jws", "--log", tmp_path / "mirror")
    assert {step["name"]: step["state"] for step in home["steps"]}["signature"] == "not checked"


def test_a_dossier_that_is_not_proved_is_not_admitted(world: World, tmp_path: Path):
    other = tmp_path / "other"
    answer("log", "new", other, "--origin", "other.example/log", "--operator", OPERATOR, "--name-en", "Other")
    found = openqi("dossier", "admit", other, world / "item7.dossier", "--policy", other / "policy.txt", "--json")
    assert (found.status, found.data["first_failure"]["name"]) == (1, "checkpoint")
    assert answer("log", "head", other)["size"] == 1


def test_a_witness_cosigns_what_continues_and_the_quorum_is_met(world: World):
    cosign = ("log", "cosign", world / "mirror", "--key", world / "witness.key", "--name", "witness.example/w")
    first = answer(*cosign)
    assert first["before"]["size"] is None
    policy = (world / "ledger/policy.txt").read_text().replace("quorum none", f"witness w {first['vkey']}\nquorum w")
    (world / "strict.txt").write_text(policy)
    strict = ("--policy", world / "strict.txt")
    assert "w" in answer("log", "head", world / "mirror", *strict)["cosigned"]
    assert openqi("log", "head", world / "ledger", *strict).status == 1
    world.result(value="2036.0")
    answer("log", "mirror", world / "ledger", world / "mirror")
    assert answer(*cosign)["before"]["size"] == first["size"]
    ledger = answer("log", "cosign", world / "ledger", "--key", world / "witness.key", "--name", "witness.example/w")
    assert ledger["before"]["size"] == first["size"] + 1
    assert "w" in answer("log", "head", world / "ledger", *strict)["cosigned"]


def test_a_mirror_keeps_the_cosignatures_that_it_gathered(world: World):
    cosign = answer("log", "cosign", world / "mirror", "--key", world / "witness.key", "--name", "witness.example/w")
    answer("log", "mirror", world / "ledger", world / "mirror")
    assert "witness.example/w" in (world / "mirror/checkpoint").read_text(), cosign


def test_a_witness_does_not_cosign_an_older_checkpoint_and_never_forgets_by_itself(world: World, tmp_path: Path):
    import shutil

    shutil.copytree(world / "mirror", tmp_path / "old")
    world.result(value="2036.0")
    answer("log", "mirror", world / "ledger", world / "mirror")
    cosign = ("--key", world / "witness.key", "--name", "w")
    answer("log", "cosign", world / "mirror", *cosign)
    found = openqi("log", "cosign", tmp_path / "old", *cosign, "--json")
    assert (found.status, found.data["step"]) == (1, "witness")
    (world / "witness.key.seen").write_bytes(b"{}")
    assert openqi("log", "cosign", world / "mirror", *cosign, "--json").data["kind"] == "format"
