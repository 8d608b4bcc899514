"""Commands about keys, records and dossiers: what they do, in JSON, and the status that they end with."""

import json
from pathlib import Path

from unit.interfaces.cli_world import ITEM, LAB, OPERATOR, World, answer, openqi


def test_a_key_is_shown_without_its_passphrase_and_granted_by_its_public_word(world: World):
    made = answer("key", "new", world / "fresh.key")
    shown = answer("key", "show", world / "fresh.key", OPENQI_PASSPHRASE="")
    assert shown == made
    granted = answer("key", "grant", world / "ledger", "--party", LAB, "--key", made["public"])
    assert granted["kid"] == made["kid"]
    assert world.state("conformity.result-reported/1", _result(), party=LAB, key="fresh")


def _result() -> dict[str, str]:
    return {
        "item": ITEM, "quantity": "capacity", "value": "1.99", "unit": "A.h", "expandedUncertainty": "0.1",
        "coverageFactor": "2", "method": "m", "measuredAt": "2026-11-01T00:00:00Z",
    }  # fmt: skip


def test_after_a_rotation_the_new_key_signs_and_the_old_one_does_not(world: World):
    answer("key", "new", world / "lab2.key")
    rotate = ("key", "rotate", world / "ledger", "--party", LAB, "--old", world / "lab.key", "--new", world / "lab2.key")
    assert answer(*rotate)["replaces"] == answer("key", "show", world / "lab.key")["kid"]
    request = json.dumps({"kind": "conformity.result-reported/1", "body": _result()}).encode()
    state = ("record", "state", world / "ledger", "-", "--as", LAB, "--key")
    old = openqi(*state, world / "lab.key", "--json", stdin=request)
    assert (old.status, old.data["kind"], old.data["rule"]) == (2, "refused", "key-valid")
    assert answer(*state, world / "lab2.key", stdin=request)["index"]
    assert answer("log", "fsck", world / "ledger")["findings"] == []


def test_the_operator_rotates_a_key_that_was_lost(world: World):
    answer("key", "new", world / "lab2.key")
    operator = ("--as", OPERATOR, "--signer", world / "ledger/keys/operator.key")
    rotate = ("key", "rotate", world / "ledger", "--party", LAB, "--old", world / "lab.key", "--new", world / "lab2.key")
    assert answer(*rotate, *operator)["party"] == LAB


def test_a_key_that_is_revoked_in_hindsight_makes_the_dossier_incomplete(world: World):
    kid = answer("key", "show", world / "lab.key")["kid"]
    revoked = ("key", "revoke", world / "ledger", "--party", LAB, "--kid", kid, "--since", 2, "--reason", "stolen")
    assert answer(*revoked)["since"] == 2
    found = openqi("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--log", world / "ledger", "--json")
    assert found.status == 1
    assert (found.data["proved"], found.data["complete"]) == ("passed", "failed")


def test_a_verdict_is_decided_shown_and_replayed(world: World):
    decided = world.judge(world.ids["result"])["records"]
    assert decided[0]["body"]["verdict"] == "conforming"
    for place in (world / "ledger", world / "mirror"):
        shown = answer("record", "show", place, world.ids["verdict"])
        assert (shown["kind"], shown["issuer"], shown["withdrawn_by"]) == (
            "conformity.result-judged/1",
            "https://body.example",
            None,
        )
    found = answer("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--log", world / "mirror")
    assert (found["proved"], found["replayed"], found["complete"]) == ("passed", "passed", "passed")
    assert [step["number"] for step in found["steps"]] == list(range(1, 12))


def test_a_dossier_without_its_log_is_proved_and_replayed_but_not_said_to_be_complete(world: World):
    found = answer("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt")
    assert (found["proved"], found["replayed"], found["complete"]) == ("passed", "passed", "not checked")


def test_a_withdrawal_is_met_by_whoever_looks_at_the_log(world: World):
    withdraw = ("record", "withdraw", world / "ledger", world.ids["result"], "--reason", "wrong instrument", "--as", LAB)
    withdrawn = answer(*withdraw, "--key", world / "lab.key")["records"][0]["record"]
    for folder in ("ledger", "mirror"):
        answer("log", "mirror", world / "ledger", world / "mirror")
        assert answer("record", "show", world / folder, world.ids["result"])["withdrawn_by"] == withdrawn
        found = openqi(
            "verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--log", world / folder, "--json"
        )
        assert (found.status, found.data["first_failure"]["name"]) == (1, "complete")
        assert (found.data["proved"], found.data["replayed"], found.data["complete"]) == ("passed", "passed", "failed")
    text = openqi("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--log", world / "mirror").out
    assert text.startswith("first failing step  11 complete: stream ")


def test_a_private_record_is_sealed_in_the_log_and_withheld_from_whom_it_is_not_for(world: World):
    private = world.result("--visible-to", "https://body.example", value="2040.0")["record"]
    verdict = world.judge(private)["records"][0]["record"]
    assert answer("record", "show", world / "ledger", private)["visible_to"] == ["https://body.example"]
    answer("log", "mirror", world / "ledger", world / "mirror")
    closed = openqi("record", "show", world / "mirror", private, "--json")
    assert (closed.status, closed.data["kind"]) == (2, "withheld")
    answer("dossier", world / "ledger", verdict, "-o", world / "public.dossier")
    answer("dossier", world / "ledger", verdict, "-o", world / "body.dossier", "--for", "https://body.example")
    assert answer("verify", world / "public.dossier", "--policy", world / "ledger/policy.txt")["proved"] == "withheld"
    assert answer("verify", world / "body.dossier", "--policy", world / "ledger/policy.txt")["proved"] == "passed"
    assert openqi("record", "show", world / "public.dossier", private).status == 2
    assert answer("log", "fsck", world / "mirror")["sealed"] == 1
    assert answer("log", "fsck", world / "ledger")["sealed"] == 0


def test_only_the_signer_may_see_what_is_private(world: World):
    private = world.result("--private")["record"]
    assert answer("record", "show", world / "ledger", private)["visible_to"] == []


def test_a_record_is_shown_from_its_file_its_dossier_and_with_a_final_newline(world: World):
    (world / "typed.jws").write_bytes((world / "verdict.jws").read_bytes() + b"\n")
    for name in ("verdict.jws", "typed.jws", "item7.dossier"):
        assert answer("record", "show", world / name)["record"] == world.ids["verdict"]
    inside = answer("record", "show", world / "item7.dossier", world.ids["result"])
    assert (inside["body"]["value"], inside["origin"]) == ("2035.0", "example.org/log")


def test_a_record_alone_has_a_form_and_with_its_log_a_place_and_a_signature(world: World):
    alone = answer("verify", world / "verdict.jws")
    assert [step["name"] for step in alone["steps"] if step["state"] == "passed"] == ["form"]
    for folder in ("ledger", "mirror"):
        found = answer("verify", world / "verdict.jws", "--log", world / folder)
        assert (found["proved"], found["replayed"], found["complete"]) == ("passed", "not checked", "not checked")


def test_a_record_that_is_not_in_the_log_or_was_signed_by_another_key_is_a_finding(world: World, tmp_path: Path):
    other = tmp_path / "other"
    answer("log", "new", other, "--origin", "other.example/log", "--operator", OPERATOR, "--name-en", "Other")
    found = openqi("verify", world / "verdict.jws", "--log", other, "--json")
    assert (found.status, found.data["first_failure"]["name"]) == (1, "inclusion")


def test_a_blob_is_kept_and_a_dossier_speaks_of_one_item_of_many(world: World):
    from openqi.evidence.batching import batch_of

    batch, content = batch_of([{"item": f"https://maker.example/cell/{n}", "value": f"20{n}.0"} for n in range(10, 15)])
    (world / "rows").write_bytes(content)
    body = {
        "lot": "https://maker.example/lot/1", "quantity": "capacity", "unit": "mA.h", "expandedUncertainty": "8.0",
        "coverageFactor": "2", "method": "m", "measuredAt": "2026-11-01T00:00:00Z", "items": batch.as_json(),
    }  # fmt: skip
    stated = world.state("conformity.results-reported/1", body, "--blob", world / "rows", party=LAB, key="lab")
    assert stated["blobs"] == [batch.blob]
    answer("dossier", world / "ledger", stated["record"], "-o", world / "leaf.dossier", "--leaf", 3)
    assert answer("verify", world / "leaf.dossier", "--policy", world / "ledger/policy.txt")["proved"] == "passed"
    beyond = openqi("dossier", world / "ledger", stated["record"], "-o", world / "x.dossier", "--leaf", 5, "--json")
    assert (beyond.status, beyond.data["kind"]) == (2, "domain")


def test_kinds_are_listed_with_the_command_that_makes_them_and_described_by_a_schema():
    found = {one["name"]: one for one in answer("record", "kinds")["kinds"]}
    assert found["governance.key-granted/1"]["how"] == "key grant"
    assert found["conformity.result-reported/1"] == found["conformity.result-reported/1"] | {
        "how": "record state", "role": "testing-laboratory",
    }  # fmt: skip
    assert found["conformity.judge-result/1"]["how"] == "record decide"
    schema = answer("record", "kinds", "conformity.result-reported/1")["schema"]
    assert "expandedUncertainty" in json.dumps(schema)
