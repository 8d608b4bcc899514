"""The frozen formats: golden bytes come out again, are read, prove, replay, and a second verifier agrees."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from tools.golden import FOLDER, PASSPHRASE, files, published_key
from tools.second_opinion import prove

import other_machine
from openqi.app.dossiers import verified, whole_log
from openqi.app.workflow import commands
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.batch import parse_batch, parse_item, verify_item
from openqi.evidence.canonical import base64url, canonical_bytes
from openqi.evidence.commitment import commitment, private_subject
from openqi.evidence.keyfile import decrypted
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.proof import parse_proof, verify_proof
from openqi.evidence.record import CONTEXT, CONTEXT_DOCUMENT, log_entry, parse_record
from openqi.kernel.errors import NotFoundError
from openqi.records import check_kind, kinds
from other_machine import WITHOUT_NUMBA, without_vectors

ROOT = Path(__file__).resolve().parents[2]
POLICY = FOLDER / "policy.txt"
DOSSIERS = sorted((FOLDER / "dossiers").iterdir())
RECORDS = sorted((FOLDER / "records").iterdir())


def policy_for(path: Path) -> Path:
    """The golden policy that believes the logs of a golden dossier."""
    logs = {
        "mark": "chain", "measured": "measured", "evaluation": "evaluations", "difference": "evaluations", "control": "control",
        "draw": "draws", "rate": "inspections", "risk": "risk", "review": "pledges",
        "dispute": "complaints",
    }  # fmt: skip
    return FOLDER / f"policy-{logs.get(path.stem, 'both')}.txt"


def read_log(path: str) -> bytes:
    try:
        return (FOLDER / "log" / path).read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(path) from error


def test_the_generator_makes_the_same_bytes_again():
    made = files()
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    kept = {str(path.relative_to(FOLDER)): path.read_bytes() for path in paths}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_every_kind_and_every_command_has_a_golden_record():
    records = [parse_record(path.read_bytes()) for path in RECORDS]
    assert {record.kind for record in records} == set(kinds())
    assert {record.command["name"] for record in records if record.command} == set(commands())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_golden_record_is_still_readable(path):
    record = parse_record(path.read_bytes())
    assert record.kind == check_kind(record.statement).KIND
    assert record.jws == path.read_bytes()


def test_the_context_is_pinned_by_its_own_hash():
    facts = json.loads((FOLDER / "facts.json").read_bytes())
    assert facts["context"] == CONTEXT_DOCUMENT
    assert CONTEXT[1] == "ni:///sha-256;" + base64url(sha256(canonical_bytes(facts["context"])).digest())
    # Written here a second time on purpose: the generator would follow a change, this line does not.
    assert CONTEXT[1] == "ni:///sha-256;C-7PQkAYlydiasomJbCHuCs_jbQF1flPAldr6_PJpnI"


def test_small_golden_facts_hold():
    facts = json.loads((FOLDER / "facts.json").read_bytes())
    said, private = facts["commitment"], facts["private_subject"]
    assert published_key(1).public_key.kid == facts["kid"]
    assert commitment(said["value"], bytes.fromhex(said["salt"])) == said["commitment"]
    assert private_subject(private["name"], bytes.fromhex(private["salt"])) == private["subject"]
    assert decrypted((FOLDER / "key.openqi-key").read_bytes(), PASSPHRASE).public_key.kid == facts["kid"]


def test_the_golden_item_is_a_row_of_the_golden_batch():
    lot = parse_record((FOLDER / "records" / "conformity.results-reported-1.jws").read_bytes())
    item = parse_item((FOLDER / "item.json").read_bytes())
    verify_item(item, parse_batch(lot.body["items"]))
    assert item.record == lot.id
    assert json.loads(item.row) == {"item": "https://maker.example/cell/0007", "value": "1.9007"}


def test_the_golden_log_is_clean_and_its_proof_holds():
    policy = parse_policy(POLICY.read_bytes())
    assert fsck(read_log, policy=policy).findings == ()
    verdict = parse_record((FOLDER / "records" / "conformity.result-judged-1.jws").read_bytes())
    verify_proof(parse_proof((FOLDER / "verdict.tlog-proof").read_bytes()), log_entry(verdict), policy)


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_a_golden_dossier_is_proved_and_replayed(path):
    report = verified(path.read_bytes(), policy=policy_for(path).read_bytes())
    assert report.proved == "passed", report
    assert report.replayed == ("not checked" if path.stem == "item" else "passed"), "a batch of results was stated, not decided"
    assert report.complete == ("failed" if path.stem == "withdrawn" else "not checked")


def test_the_golden_verdict_is_not_complete_while_sealed_entries_stay_closed():
    report = verified((FOLDER / "dossiers" / "verdict.openqi").read_bytes(), policy=POLICY.read_bytes(), log=whole_log(read_log))
    assert report.complete == "not checked"
    assert "1 sealed entries" in report.steps[-1].detail


def test_the_golden_verdict_is_complete_for_who_may_open_the_sealed_record():
    sealed = parse_record((FOLDER / "records" / "conformity.result-reported-1.sealed.jws").read_bytes())
    log = whole_log(read_log, {sealed.id: sealed})
    report = verified((FOLDER / "dossiers" / "verdict.openqi").read_bytes(), policy=POLICY.read_bytes(), log=log)
    assert report.complete == "failed"  # the sealed record continues the item's stream, and the verdict did not read it
    assert sealed.id in report.steps[-1].detail


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_a_second_verifier_that_shares_no_line_agrees(path):
    assert prove(path.read_bytes(), policy_for(path).read_bytes()) > 0


# Bits off: every optional instruction set that OpenSSL and glibc choose at run time (SHA-NI, AVX2, AVX-512 and their kin).
PLAIN = {
    "OPENSSL_ia32cap": "~0xffffffffffffffff:~0xffffffffffffffff",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-SSE4_2,-SSE4_1,-SSSE3,-ERMS",
}


def test_golden_dossiers_replay_with_simd_features_switched_off():
    script = (
        "from pathlib import Path; import sys; from openqi.app.dossiers import verified\n"
        "for policy, name in zip(sys.argv[1::2], sys.argv[2::2]):\n"
        "    report = verified(Path(name).read_bytes(), policy=Path(policy).read_bytes())\n"
        "    print(report.proved, report.replayed)\n"
    )
    command = [sys.executable, "-c", script, *(str(part) for path in DOSSIERS for part in (policy_for(path), path))]
    run = subprocess.run(command, env=os.environ | PLAIN, capture_output=True, text=True, check=False)
    replayed = ["not checked" if path.stem == "item" else "passed" for path in DOSSIERS]
    assert run.stdout.split("\n")[:-1] == [f"passed {state}" for state in replayed], run.stderr


@pytest.mark.parametrize("start", ["", f"import sys; {WITHOUT_NUMBA}; "], ids=["with numba", "without"])
@pytest.mark.parametrize("name", ["measured", "control", "rate"])
def test_what_science_computed_for_golden_decisions_replays_without_vectors_and_without_numba(name, start):
    path = FOLDER / "dossiers" / f"{name}.openqi"
    program = (
        f"{start}from pathlib import Path; from openqi.app.dossiers import verified; "
        f"report = verified(Path({str(path)!r}).read_bytes(), policy=Path({str(policy_for(path))!r}).read_bytes()); "
        "print(report.proved, report.replayed)"
    )
    assert other_machine.told(program, **without_vectors(), **PLAIN) == "passed passed"


def test_golden_dossiers_prove_where_only_one_signature_library_is_installed():
    script = (
        "import sys; sys.modules['nacl'] = None\n"
        "from pathlib import Path; from openqi.app.dossiers import verified\n"
        "from openqi.evidence.algorithms.signing import signing_key\n"
        "report = verified(Path(sys.argv[2]).read_bytes(), policy=Path(sys.argv[1]).read_bytes())\n"
        "print(report.proved, report.replayed, signing_key(bytes(32)).sign(b'').hex()[:8])\n"
    )
    command = [sys.executable, "-c", script, str(FOLDER / "policy-both.txt"), str(FOLDER / "dossiers" / "verdict.openqi")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout == f"passed passed {signing_key(bytes(32)).sign(b'').hex()[:8]}\n", run.stderr
