"""The tlog-proof text, offline: published malformed ones, real entries of public logs, and every change refused."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.log.merkle import leaf_hash, root_of, verify_inclusion
from openqi.evidence.log.note import COSIGNATURE, ED25519, Checkpoint, NoteKey, parse_checkpoint, parse_note, verified_signature
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.proof import MAX_PATH, MAX_PROOF, LogProof, parse_proof, verify_proof
from openqi.evidence.log.prover import inclusion_proof, subtree_of
from openqi.evidence.log.witness import cosigned, signed
from openqi.kernel.errors import FormatError, OpenQIError, VerificationError
from vectors_of import PLACES, figures_of

LOG, WITNESS = signing_key(b"l" * 32), signing_key(b"w" * 32)
LOG_KEY = NoteKey(name="log.example/1", type=ED25519, public=LOG.public_key.data)
WITNESS_KEY = NoteKey(name="witness.example", type=COSIGNATURE, public=WITNESS.public_key.data)
POLICY = parse_policy(f"log {LOG_KEY.text}\nwitness w {WITNESS_KEY.text}\nquorum w".encode())
ENTRIES = [b"entry %d" % number for number in range(11)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def proof_of(index, size=11, extra=b""):
    checkpoint = Checkpoint(origin="log.example/1", size=size, root=root_of(LEAVES[:size]))
    note = cosigned(signed(checkpoint.note(), LOG, LOG_KEY.name), WITNESS, WITNESS_KEY.name, 1_763_625_600)
    return LogProof(index=index, path=inclusion_proof(index, size, subtree_of(LEAVES)), checkpoint=note, extra=extra)


@given(st.integers(1, 11), st.data())
def test_a_proof_reads_back_from_its_text_and_proves_its_entry(size, data):
    index, extra = data.draw(st.integers(0, size - 1)), data.draw(st.binary(max_size=30))
    proof = proof_of(index, size, extra)
    again = parse_proof(proof.encode())
    assert again == proof
    accepted = verify_proof(again, ENTRIES[index], POLICY)
    assert (accepted.checkpoint.size, accepted.cosigned) == (size, {"w": 1_763_625_600})


def test_the_text_of_a_proof_is_that_of_the_specification():
    proof = proof_of(0, 2, b"extra data")
    header, extra, index, node, empty, rest = proof.encode().decode().split("\n", 5)
    assert [header, extra, index, empty] == ["c2sp.org/tlog-proof@v1", "extra ZXh0cmEgZGF0YQ==", "index 0", ""]
    assert base64.b64decode(node) == LEAVES[1]
    assert rest.encode() == proof.checkpoint.encode()
    assert proof_of(0, 1).encode().decode().split("\n")[:3] == ["c2sp.org/tlog-proof@v1", "index 0", ""]


@pytest.mark.parametrize("place", PLACES)
def test_every_published_malformed_proof_is_refused_also_over_a_good_checkpoint(place):
    good = proof_of(0, 1).checkpoint.encode().decode()
    for case in figures_of("trust/tlog_proof_invalid.json", place):
        for text in (case["proof"], case["proof"].replace("checkpoint\n", good)):
            with pytest.raises(FormatError):
                parse_proof(text.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("c2sp", " c2sp"),
        ("index 5", "index 05"),
        ("index 5", "index +5"),
        ("index 5", "index  5"),
        ("index 5", "index 5 "),
        ("index 5", "Index 5"),
        ("index 5", f"index {2**53}"),
        ("index 5", "index 99999999999999999999"),
        ("index 5", "index 5\nindex 5"),
        ("index 5", "index 5\nextra AAAA"),
        ("index 5\n", ""),
        ("index 5", "extra \nindex 5"),
        ("index 5", "extra AAA\nindex 5"),
        ("index 5", "extra AAB=\nindex 5"),
        ("index 5", "extra AAAA\nextra AAAA\nindex 5"),
        ("index 5", "index 5\r"),
        ("index 5", "index 5\n" + "\n".join(["A" * 43 + "="] * (MAX_PATH + 1))),
        ("index 5", "index 5\n" + "A" * 40),
        ("index 5", "index 5\né"),
        ("@v1\n", "@v1\n\n"),
        ("@v1\nindex 5\n", "@v1\nextra AAAA\n\n"),
    ],
)
def test_a_proof_in_another_spelling_is_refused(old, new):
    text = proof_of(5).encode().decode()
    assert text.count(old) == 1
    with pytest.raises(FormatError):
        parse_proof(text.replace(old, new).encode())


def test_a_proof_with_empty_lines_or_another_ending_is_refused():
    text = proof_of(5).encode()
    fewer, more = text.replace(b"\n\n", b"\n", 1), text.replace(b"\n\n", b"\n\n\n")
    for changed in (text[:-1], text + b"\n", fewer, more, b"", text.partition(b"\n\n")[0]):
        with pytest.raises(OpenQIError):
            verify_proof(parse_proof(changed), ENTRIES[5], POLICY)


def test_the_size_of_a_proof_is_bounded():
    proof = proof_of(5)
    longest = next(name for name in ("w" * n for n in range(1, 5)) if fits(proof, name))
    largest = fits(proof, longest)
    assert len(largest.encode()) == MAX_PROOF
    assert parse_proof(largest.encode()) == largest
    with pytest.raises(FormatError, match=f"{MAX_PROOF + 4} bytes; at most {MAX_PROOF}"):
        parse_proof(replace(largest, extra=largest.extra + bytes(3)).encode())


def fits(proof, name):
    """The proof with a further cosignature under this name and as much extra data as is allowed, if that comes out even."""
    wider = replace(proof, checkpoint=cosigned(proof.checkpoint, WITNESS, name, 0))
    room, odd = divmod(MAX_PROOF - len(wider.encode()) - len("extra \n"), 4)
    return None if odd else replace(wider, extra=bytes(room * 3))


def test_a_path_is_read_up_to_its_largest_length():
    deepest = replace(proof_of(5), path=(LEAVES[0],) * MAX_PATH)
    assert parse_proof(deepest.encode()) == deepest
    with pytest.raises(FormatError, match=f"at most {MAX_PATH} hashes"):
        parse_proof(replace(deepest, path=(*deepest.path, LEAVES[0])).encode())


def test_no_single_changed_bit_of_a_proof_still_proves_the_entry():
    text = proof_of(5).encode()
    for place in range(8 * len(text)):
        changed = bytearray(text)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(OpenQIError):
            verify_proof(parse_proof(bytes(changed)), ENTRIES[5], POLICY)


def test_a_proof_proves_no_other_entry_place_tree_or_policy():
    proof = proof_of(5)
    for changed, entry in (
        (proof, ENTRIES[4]),
        (proof, b""),
        (replace(proof, index=4), ENTRIES[5]),
        (replace(proof, index=11), ENTRIES[5]),
        (replace(proof, path=proof.path[:-1]), ENTRIES[5]),
        (replace(proof, path=(*proof.path, LEAVES[0])), ENTRIES[5]),
        (replace(proof, checkpoint=proof_of(5, 10).checkpoint), ENTRIES[5]),
    ):
        with pytest.raises(VerificationError) as caught:
            verify_proof(changed, entry, POLICY)
        assert caught.value.step == "inclusion"
    stranger = parse_policy(f"log {WITNESS_KEY.text}\nquorum none".encode())
    with pytest.raises(VerificationError, match="checkpoint"):
        verify_proof(proof, ENTRIES[5], stranger)


@given(st.binary(max_size=200) | st.text("index extra 0123456789AB=\n\u2014", max_size=80).map(str.encode))
def test_any_bytes_are_a_proof_that_writes_them_or_our_own_error(data):
    header = b"c2sp.org/tlog-proof@v1\n"
    for candidate in (data, header + data, header + data + b"\n\n" + proof_of(5).checkpoint.encode()):
        try:
            proof = parse_proof(candidate)
        except FormatError:
            continue
        assert proof.encode() == candidate


# Real entries of public logs.

REFUSED_AT = {
    "bundle-negative-log-index_fail": "no proof",
    "rekor2-no-inclusion-proof_fail": "no proof",
    "rekor2-checkpoint-missing-origin_fail": "checkpoint",
    "rekor2-checkpoint-missing-root-hash_fail": "checkpoint",
    "rekor2-checkpoint-missing-size_fail": "checkpoint",
    "checkpoint-wrong-roothash_fail": "root",
    "inclusion-proof-corrupted-hash_fail": "inclusion",
    "checkpoint-bad-keyhint_fail": "signature",
    # Proof and checkpoint are good: the entry is about another artefact, which no log can know.
    "wrong-hashedrekord-entry_fail": "",
}


def first_failing_step(case, keys):
    """The first step at which an entry's proof fails, as somebody walks who trusts the listed log keys."""
    entry = case["tlogEntry"]
    stated = entry.get("inclusionProof")
    if stated is None:
        return "no proof"
    note = parse_note(stated["checkpoint"]["envelope"].encode())
    assert note.encode() == stated["checkpoint"]["envelope"].encode()
    try:
        checkpoint = parse_checkpoint(note)
    except FormatError:
        return "checkpoint"
    if checkpoint.root != base64.b64decode(stated["rootHash"]):
        return "root"
    path = [base64.b64decode(node) for node in stated["hashes"]]
    leaf = leaf_hash(base64.b64decode(entry["canonicalizedBody"]))
    try:
        verify_inclusion(leaf, int(stated["logIndex"]), checkpoint.size, path, checkpoint.root)
    except VerificationError:
        return "inclusion"
    hints = {base64.b64decode(key["logId"]["keyId"])[:4] for key in keys}
    return "" if note.signatures[0].key_id in hints else "signature"


@pytest.mark.parametrize("place", PLACES)
def test_real_entries_of_public_logs_are_proved_or_fail_at_the_step_that_was_broken(place):
    entries, keys = figures_of("trust/rekor_entries.json", place), figures_of("trust/rekor_keys.json", place)
    found = {case["name"]: first_failing_step(case, keys) for case in entries}
    assert found == {case["name"]: REFUSED_AT[case["name"]] if case["expect_fail"] else "" for case in entries}
    assert sum(not case["expect_fail"] for case in entries) >= 4


def ed25519_keys(place):
    """The logs' Ed25519 keys as keys of signed notes; the raw key is the tail of its DER SubjectPublicKeyInfo."""
    for key in figures_of("trust/rekor_keys.json", place):
        if key["publicKey"]["keyDetails"] == "PKIX_ED25519":
            der = base64.b64decode(key["publicKey"]["rawBytes"])
            assert der[:12] == bytes.fromhex("302a300506032b6570032100")
            name = key["baseUrl"].partition("://")[2]
            yield NoteKey(name=name, type=ED25519, public=der[12:]), base64.b64decode(key["logId"]["keyId"])


@pytest.mark.parametrize("place", PLACES)
def test_the_id_of_a_public_logs_ed25519_key_is_the_one_of_signed_notes_and_of_its_other_keys_the_hash_of_the_spki(place):
    found = list(ed25519_keys(place))
    assert len(found) >= 5
    for key, key_id in found:
        assert key.key_id == key_id[:4]
    for key in figures_of("trust/rekor_keys.json", place):
        spki = hashlib.sha256(base64.b64decode(key["publicKey"]["rawBytes"])).digest()
        is_spki = spki == base64.b64decode(key["logId"]["keyId"])
        assert is_spki == (key["publicKey"]["keyDetails"] == "PKIX_ECDSA_P256_SHA_256")


@pytest.mark.parametrize("place", PLACES)
def test_a_real_entry_of_a_log_with_an_ed25519_key_is_proved_whole_and_no_changed_one(place):
    keys = {key.name: key for key, _ in ed25519_keys(place)}
    policy = parse_policy("\n".join([*(f"log {key.text}" for key in keys.values()), "quorum none"]).encode())
    proved = 0
    for case in figures_of("trust/rekor_entries.json", place):
        stated = case["tlogEntry"].get("inclusionProof")
        if case["expect_fail"] or not re.match("log2025-", stated["checkpoint"]["envelope"]):
            continue
        body = base64.b64decode(case["tlogEntry"]["canonicalizedBody"])
        path = tuple(map(base64.b64decode, stated["hashes"]))
        proof = LogProof(index=int(stated["logIndex"]), path=path, checkpoint=parse_note(stated["checkpoint"]["envelope"].encode()))
        accepted = verify_proof(parse_proof(proof.encode()), body, policy)
        assert accepted.checkpoint.size == int(stated["treeSize"])
        assert verified_signature(proof.checkpoint, keys[accepted.checkpoint.origin]) == 0
        other_index, other_path = replace(proof, index=proof.index - 1), replace(proof, path=path[1:])
        for changed, entry in ((proof, body + b" "), (other_index, body), (other_path, body)):
            with pytest.raises(VerificationError, match="inclusion"):
                verify_proof(changed, entry, policy)
        proved += 1
    assert proved >= 3


def test_proofs_of_one_entry_in_two_trees_stand_under_checkpoints_of_their_own():
    for first, second in pairwise(range(6, 12)):
        with pytest.raises(VerificationError):
            verify_proof(replace(proof_of(5, first), checkpoint=proof_of(5, second).checkpoint, path=()), ENTRIES[5], POLICY)
