"""Signed notes, checkpoints, cosignatures and the state of a witness, against published notes and the C2SP texts."""

import base64
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.log import note as note_module
from openqi.evidence.log.merkle import EMPTY_ROOT, leaf_hash, root_of
from openqi.evidence.log.note import (
    COSIGNATURE,
    ED25519,
    MAX_NOTE,
    MAX_SIGNATURES,
    ML_DSA_COSIGNATURE,
    Checkpoint,
    Note,
    NoteKey,
    Signature,
    note_key,
    parse_checkpoint,
    parse_note,
    verified_signature,
)
from openqi.evidence.log.prover import consistency_proof, subtree_of
from openqi.evidence.log.witness import cosigned, signed, witness_state
from openqi.kernel.errors import DomainError, FormatError, OpenQIError, VerificationError
from vectors_of import PLACES, figures_of

LOG, WITNESS = signing_key(b"l" * 32), signing_key(b"w" * 32)
LEAVES = [leaf_hash(b"%d" % i) for i in range(40)]
CHECKPOINT = Checkpoint(origin="log.example/1", size=7, root=root_of(LEAVES[:7]))
LOG_KEY = NoteKey(name="log.example/1", type=ED25519, public=LOG.public_key.data)
WITNESS_KEY = NoteKey(name="witness.example", type=COSIGNATURE, public=WITNESS.public_key.data)
TIME = 1_763_625_600
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def outcome(data: bytes, vkeys) -> bool:
    """Whether the note is well formed and holds a signature of one of the keys, as a reader of a plain signed note asks."""
    try:
        note = parse_note(data)
        return any(verified_signature(note, note_key(vkey)) is not None for vkey in vkeys)
    except (FormatError, VerificationError):
        return False


@pytest.mark.parametrize("place", PLACES)
def test_every_published_signed_note_gets_its_published_verdict(place):
    cases = figures_of("trust/signed_notes.json", place)
    assert [case["name"] for case in cases if outcome(case["note"].encode(), case["vkeys"]) != case["valid"]] == []
    assert [case["valid"] for case in cases] == [True, True, False, False, False]
    for case in cases[:2]:
        assert parse_note(case["note"].encode()).encode() == case["note"].encode()
        assert [note_key(vkey).text for vkey in case["vkeys"]] == case["vkeys"]


@pytest.mark.parametrize("place", PLACES)
def test_a_note_signed_with_a_published_key_is_the_published_note(place):
    case = figures_of("trust/signed_notes.json", place)[0]
    _, _, name, _, private = case["signer_key"].split("+", 4)
    key = signing_key(base64.b64decode(private)[1:])
    text = case["note"].rpartition("\n\n")[0] + "\n"
    assert signed(Note(text=text, signatures=()), key, name).encode() == case["note"].encode()


@pytest.mark.parametrize("place", PLACES)
def test_the_published_checkpoint_reads_and_writes_back_to_the_same_bytes(place):
    data = figures_of("trust/checkpoint_example.json", place).encode()
    note = parse_note(data)
    assert note.encode() == data
    checkpoint = parse_checkpoint(note)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root == base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert checkpoint.note().text == note.text
    log, witness = note.signatures
    assert (log.name, len(log.data)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, int.from_bytes(witness.data[:8], "big"), len(witness.data)) == ("witness.example.com/w1", 1679315147, 72)


@pytest.mark.parametrize("place", PLACES)
def test_every_published_witness_update_is_accepted_or_refused_as_published(place):
    figures = figures_of("trust/witness_updates.json", place)
    log = note_key(figures["keys"]["mPK"])

    def checkpoint(name):
        note = parse_note(figures["checkpoints"][name].encode())
        assert verified_signature(note, log) == 0
        assert verified_signature(note, note_key(figures["keys"]["bPK"])) is None
        return parse_checkpoint(note)

    assert checkpoint("mInit").root.hex() == figures["root_size_5_hex"]
    for case in figures["cases"]:
        nodes = figures[case["proof"]] if isinstance(case["proof"], str) else case["proof"]
        held, offered, proof = checkpoint(case["init"]), checkpoint(case["new"]), map(bytes.fromhex, nodes)
        if case["accept"]:
            assert witness_state(held, offered, case["old_size"], proof) == offered
        else:
            with pytest.raises(VerificationError):
                witness_state(held, offered, case["old_size"], proof)


def mldsa_cases(place):
    for group in figures_of("trust/wycheproof_mldsa44.json", place)["testGroups"]:
        for test in group["tests"]:
            yield test, bytes.fromhex(group["publicKey"]), bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])


@pytest.mark.parametrize("place", PLACES)
def test_the_ml_dsa_engine_gives_every_published_verdict(place):
    wrong = []
    for test, public, message, signature in mldsa_cases(place):
        try:
            mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, message, bytes.fromhex(test.get("ctx", "")))
        except (InvalidSignature, ValueError):
            wrong += [test["tcId"]] * (test["result"] == "valid")
        else:
            wrong += [test["tcId"]] * (test["result"] != "valid")
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_a_cosignature_of_type_6_holds_exactly_where_its_ml_dsa_signature_without_context_is_valid(place, monkeypatch):
    verdicts = set()
    for test, public, message, signature in mldsa_cases(place):
        monkeypatch.setattr(note_module, "_subtree_signed", lambda *_, message=message: message)
        key = NoteKey(name="w", type=ML_DSA_COSIGNATURE, public=public)
        note = replace(
            CHECKPOINT.note(), signatures=(Signature(name="w", key_id=key.key_id, data=TIME.to_bytes(8, "big") + signature),)
        )
        valid = test["result"] == "valid" and not test.get("ctx")
        verdicts.add(valid)
        if valid:
            assert verified_signature(note, key) == TIME
        else:
            with pytest.raises(VerificationError, match="ML-DSA"):
                verified_signature(note, key)
    assert verdicts == {True, False}


def witnessed_by_ml_dsa(checkpoint, name, time, private):
    """A cosignature line after C2SP tlog-cosignature, section "ML-DSA-44 signed message", written field by field."""
    cosigned_message = (
        b"subtree/v1\n\x00"
        + len(name).to_bytes(1, "big")
        + name.encode()
        + time.to_bytes(8, "big")
        + len(checkpoint.origin).to_bytes(1, "big")
        + checkpoint.origin.encode()
        + (0).to_bytes(8, "big")
        + checkpoint.size.to_bytes(8, "big")
        + checkpoint.root
    )
    public = private.public_key().public_bytes_raw()
    key_id = sha256(name.encode() + b"\n\x06" + public).digest()[:4]
    return Signature(name=name, key_id=key_id, data=time.to_bytes(8, "big") + private.sign(cosigned_message))


def test_an_ml_dsa_cosignature_over_the_documented_message_is_accepted_and_no_changed_one():
    private = mldsa.MLDSA44PrivateKey.from_seed_bytes(b"p" * 32)
    key = NoteKey(name="witness.example/pq", type=ML_DSA_COSIGNATURE, public=private.public_key().public_bytes_raw())
    line = witnessed_by_ml_dsa(CHECKPOINT, key.name, TIME, private)
    note = replace(CHECKPOINT.note(), signatures=(line,))
    assert verified_signature(parse_note(note.encode()), note_key(key.text)) == TIME
    extended = replace(note, text=note.text + "extension, which this kind of cosignature does not cover\n")
    assert verified_signature(extended, key) == TIME
    other = replace(CHECKPOINT, size=8), replace(CHECKPOINT, root=LEAVES[0]), replace(CHECKPOINT, origin="log.example/2")
    changed = [replace(checkpoint.note(), signatures=(line,)) for checkpoint in other]
    for place in (0, 7, 8, 500, len(line.data) - 1):
        data = bytearray(line.data)
        data[place] ^= 1
        changed.append(replace(note, signatures=(replace(line, data=bytes(data)),)))
    changed += [replace(note, signatures=(replace(line, data=line.data[:size]),)) for size in (1, 8, 9, 72, 2427)]
    for wrong in changed:
        with pytest.raises(VerificationError):
            verified_signature(wrong, key)
    assert verified_signature(note, replace(key, name="witness.example/pq2")) is None


def test_a_plain_signature_and_a_cosignature_are_found_each_by_its_key():
    note = cosigned(signed(CHECKPOINT.note(), LOG, LOG_KEY.name), WITNESS, WITNESS_KEY.name, TIME)
    assert parse_note(note.encode()) == note
    assert verified_signature(note, LOG_KEY) == 0
    assert verified_signature(note, WITNESS_KEY) == TIME
    assert verified_signature(note, replace(WITNESS_KEY, type=ED25519)) is None
    assert verified_signature(note, replace(LOG_KEY, name="other")) is None
    assert verified_signature(CHECKPOINT.note(), LOG_KEY) is None


def test_a_cosignature_signs_two_lines_and_the_whole_text():
    line = cosigned(CHECKPOINT.note(), WITNESS, WITNESS_KEY.name, TIME).signatures[-1]
    message = f"cosignature/v1\ntime {TIME}\n{CHECKPOINT.note().text}".encode()
    ed25519.Ed25519PublicKey.from_public_bytes(WITNESS.public_key.data).verify(line.data[8:], message)
    assert line.data[:8] == TIME.to_bytes(8, "big")


@given(st.integers(0, 2**31), st.data())
def test_no_single_changed_bit_of_a_cosigned_checkpoint_leaves_both_signatures_standing(time, data):
    note = cosigned(signed(CHECKPOINT.note(), LOG, LOG_KEY.name), WITNESS, WITNESS_KEY.name, time)
    changed = bytearray(note.encode())
    place = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[place // 8] ^= 1 << place % 8
    try:
        again = parse_note(bytes(changed))
        found = verified_signature(again, LOG_KEY), verified_signature(again, WITNESS_KEY)
    except (FormatError, VerificationError):
        return
    assert None in found


def test_of_several_cosignatures_of_one_key_all_must_hold_and_the_latest_counts():
    note = CHECKPOINT.note()
    for time in (TIME, TIME + 60, TIME - 60):
        note = cosigned(note, WITNESS, WITNESS_KEY.name, time)
    assert verified_signature(note, WITNESS_KEY) == TIME + 60
    broken = replace(note.signatures[2], data=note.signatures[0].data[:8] + note.signatures[2].data[8:])
    with pytest.raises(VerificationError):
        verified_signature(replace(note, signatures=(*note.signatures[:2], broken)), WITNESS_KEY)


def test_a_line_with_a_known_name_and_id_that_does_not_hold_is_an_error_not_an_absence():
    for size in (1, 8, 9, 63, 64, 65, 72):
        for key in (LOG_KEY, WITNESS_KEY):
            line = Signature(name=key.name, key_id=key.key_id, data=b"\1" * size)
            with pytest.raises(VerificationError) as caught:
                verified_signature(replace(CHECKPOINT.note(), signatures=(line,)), key)
            assert caught.value.step == "signature"


def test_a_cosignature_time_beyond_two_to_the_63_minus_1_does_not_count():
    time = 2**63
    message = f"cosignature/v1\ntime {time}\n{CHECKPOINT.note().text}".encode()
    line = Signature(name=WITNESS_KEY.name, key_id=WITNESS_KEY.key_id, data=time.to_bytes(8, "big") + WITNESS.sign(message))
    with pytest.raises(VerificationError, match="no valid time"):
        verified_signature(replace(CHECKPOINT.note(), signatures=(line,)), WITNESS_KEY)


@pytest.mark.parametrize("time", [-1, 2**63, 2**64, 2**80])
def test_nobody_cosigns_at_a_time_that_no_verifier_accepts(time):
    with pytest.raises(DomainError, match="time"):
        cosigned(CHECKPOINT.note(), WITNESS, WITNESS_KEY.name, time)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u00a0b", "\u3000", "a\x00", "a" * 201, "\ud800", "钥" * 86])
def test_a_name_that_no_note_can_carry_neither_signs_nor_names_a_key(name):
    with pytest.raises(FormatError, match="name"):
        signed(CHECKPOINT.note(), LOG, name)
    with pytest.raises(FormatError, match="name"):
        cosigned(CHECKPOINT.note(), WITNESS, name, TIME)
    data = b"\1" + LOG.public_key.data
    key_id = sha256(name.encode("utf-8", "surrogatepass") + b"\n" + data).hexdigest()[:8]
    with pytest.raises(FormatError):
        note_key(f"{name}+{key_id}+{base64.b64encode(data).decode()}")
    if len(name) > 200 or any(char in " +\u00a0\u3000" for char in name):  # a line of somebody else may only be short of a key
        with pytest.raises(FormatError):
            parse_note(f"text\n\n\u2014 {name} {base64.b64encode(bytes(68)).decode()}\n".encode())


@pytest.mark.parametrize("name", ["log.example/1", "日志.example", "a" * 200, "钥" * 85, "-", "\u2014"])
def test_any_other_name_can_be_signed_under_read_and_written_as_a_key(name):
    note = signed(CHECKPOINT.note(), LOG, name)
    key = NoteKey(name=name, type=ED25519, public=LOG.public_key.data)
    assert note_key(key.text) == key
    assert verified_signature(parse_note(note.encode()), key) == 0


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "+",
        "++",
        VKEY + "\n",
        VKEY + "=",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("c74f20a3", "C74F20A3"),
        VKEY.replace("Peter", "Paul"),
        VKEY.replace("ARpc", "Ahpc"),  # type 2
        VKEY[:-4],
        VKEY + "AAAA",
        "PeterNeumann" + "+c74f20a3+",
        "PeterNeumann" + "+c74f20a3+====",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "a+00000000+" + "A" * 4000,
    ],
)
def test_a_text_that_is_no_verifier_key_is_refused(vkey):
    with pytest.raises(FormatError):
        note_key(vkey)


@pytest.mark.parametrize(
    "data",
    [b"\1", b"\1" + bytes(31), b"\1" + bytes(33), b"\4" + bytes(1312), b"\6" + bytes(32), b"\6" + bytes(1311)]
    + [bytes([kind]) + bytes(32) for kind in (0, 2, 3, 5, 7, 255)],
    ids=lambda data: f"{data[:1].hex()}-{len(data)}",
)
def test_a_key_of_another_type_or_size_is_refused_though_its_id_is_right(data):
    key_id = sha256(b"name\n" + data).hexdigest()[:8]
    with pytest.raises(FormatError, match="not a key of type 1 or 4"):
        note_key(f"name+{key_id}+{base64.b64encode(data).decode()}")


@given(st.text(st.characters(), max_size=60) | st.text("+0123456789abcdefAB= \n", max_size=60), st.binary(max_size=40))
def test_any_text_is_a_verifier_key_that_writes_itself_or_our_own_error(text, data):
    for vkey in (text, f"{text}+{data[:4].hex()}+{base64.b64encode(data).decode()}", named(text, data)):
        try:
            assert note_key(vkey).text == vkey
        except FormatError:
            continue


def named(name, data):
    """A key text with the right id for its name, so that only the other checks can refuse it."""
    public = b"\1" + data.ljust(32, b"\0")[:32]
    key_id = sha256(name.encode("utf-8", "surrogatepass") + b"\n" + public).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(public).decode()}"


def test_a_plain_key_of_a_witness_becomes_its_cosigning_key_and_others_stay():
    plain = replace(WITNESS_KEY, type=ED25519)
    assert plain.as_witness() == WITNESS_KEY
    assert WITNESS_KEY.as_witness() == WITNESS_KEY
    assert plain.key_id != WITNESS_KEY.key_id
    pq = NoteKey(name="w", type=ML_DSA_COSIGNATURE, public=bytes(1312))
    assert pq.as_witness() == pq == note_key(pq.text)


SIGNATURE_LINE = f"\u2014 a {base64.b64encode(bytes(68)).decode()}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n" + SIGNATURE_LINE,
        "text\n\n" + SIGNATURE_LINE[:-1],
        "text\n\n" + SIGNATURE_LINE[:-1] + "x",
        SIGNATURE_LINE,
        "\n" + SIGNATURE_LINE,
        "text\n\n" + SIGNATURE_LINE + "\n",
        "text\n\n" + SIGNATURE_LINE + "x\n",
        "text\n\n" + SIGNATURE_LINE.replace("\u2014", "-"),
        "text\n\n" + SIGNATURE_LINE.replace("\u2014 ", "\u2014  "),
        "text\n\n" + SIGNATURE_LINE.replace("\u2014 ", "\u2014\u00a0"),
        "text\n\n " + SIGNATURE_LINE,
        "text\n\n" + SIGNATURE_LINE.replace("\n", " \n"),
        "text\n\n" + SIGNATURE_LINE.replace("=\n", "\n"),
        "text\n\n" + SIGNATURE_LINE.replace("A=\n", "B=\n"),
        "text\n\n" + SIGNATURE_LINE.replace("\n", "\r\n"),
        "te\txt\n\n" + SIGNATURE_LINE,
        "te\x00xt\n\n" + SIGNATURE_LINE,
        "text\r\n\n" + SIGNATURE_LINE,
        "text\n\n\u2014 a AAAAAA==\n",
        "text\n\n\u2014 a \n",
        "text\n\n\u2014 a\n",
    ],
)
def test_what_is_no_signed_note_is_refused(text):
    with pytest.raises(FormatError):
        parse_note(text.encode())


def test_the_text_of_a_note_may_hold_empty_lines_and_signature_like_lines():
    for text in ("\n", "a\n\nb\n", f"a\n\n{SIGNATURE_LINE}\nb\n", "a\n\n", "é\u2028\n"):
        note = signed(Note(text=text, signatures=()), LOG, LOG_KEY.name)
        assert parse_note(note.encode()) == note
        assert verified_signature(parse_note(note.encode()), LOG_KEY) == 0


def test_a_signature_of_one_byte_is_still_a_line():
    assert parse_note("text\n\n\u2014 a AAAAAAE=\n".encode()).signatures == (Signature(name="a", key_id=bytes(4), data=b"\1"),)


def test_an_origin_has_up_to_255_bytes():
    for origin in ("o" * 255, "日" * 85):
        assert parse_checkpoint(Note(text=f"{origin}\n1\n{ROOT}\n", signatures=())).origin == origin


def test_the_size_and_the_lines_of_a_note_are_bounded():
    most = b"text\n\n" + SIGNATURE_LINE.encode() * MAX_SIGNATURES
    assert len(parse_note(most).signatures) == MAX_SIGNATURES >= 16
    with pytest.raises(FormatError, match="at most 100 are accepted"):
        parse_note(most + SIGNATURE_LINE.encode())
    fill = MAX_NOTE - len(f"\n\n{SIGNATURE_LINE}".encode())
    parse_note(b"x" * fill + f"\n\n{SIGNATURE_LINE}".encode())
    with pytest.raises(FormatError, match="at most 200000"):
        parse_note(b"x" * (fill + 1) + f"\n\n{SIGNATURE_LINE}".encode())


def test_a_note_that_is_not_utf_8_is_refused_at_its_byte():
    with pytest.raises(FormatError, match="not UTF-8 at byte 4"):
        parse_note(b"text\xff\n\n" + SIGNATURE_LINE.encode())


@given(st.binary(max_size=200) | st.text("\u2014 \naAB=+/é\x00", max_size=60).map(str.encode))
def test_any_bytes_are_a_note_that_writes_them_or_our_own_error(data):
    for candidate in (data, data + b"\n\n" + SIGNATURE_LINE.encode(), b"text\n\n" + data):
        try:
            note = parse_note(candidate)
        except FormatError:
            continue
        assert note.encode() == candidate
        for key in (LOG_KEY, WITNESS_KEY, replace(LOG_KEY, name="a")):
            assert verified_signature(note, key) is None
        try:
            checkpoint = parse_checkpoint(note)
        except FormatError:
            continue
        assert note.text.startswith(checkpoint.note().text)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        "origin\n1\n",
        f"\n1\n{ROOT}\n",
        f"origin\n\n{ROOT}\n",
        f"origin\n1\n{ROOT}\n\n",
        f"origin\n1\n{ROOT}\n\nextension\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n 1\n{ROOT}\n",
        f"origin\n1 \n{ROOT}\n",
        f"origin\n{2**53}\n{ROOT}\n",
        f"origin\n9223372036854775807\n{ROOT}\n",
        f"origin\n1.0\n{ROOT}\n",
        f"origin\n\u0661\n{ROOT}\n",
        f"origin\n1\n{ROOT[:-1]}\n",
        f"origin\n1\n{ROOT[:-2]}B=\n",
        f"origin\n1\n{ROOT[4:]}\n",
        f"origin\n1\nAAAA{ROOT}\n",
        f"{'o' * 256}\n1\n{ROOT}\n",
        f"{'日' * 86}\n1\n{ROOT}\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(FormatError):
        parse_checkpoint(Note(text=text, signatures=()))


origins = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(origins, st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back_from_its_note_with_and_without_extensions(origin, size, root):
    checkpoint = Checkpoint(origin=origin, size=size, root=root)
    note = checkpoint.note()
    assert parse_checkpoint(note) == checkpoint
    assert parse_checkpoint(replace(note, text=note.text + "an extension\nanother\n")) == checkpoint


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_witness_moves_only_forward_along_one_history(old, new):
    subtree = subtree_of(LEAVES)
    held = Checkpoint(origin="log", size=old, root=root_of(LEAVES[:old])) if old else None
    offered = Checkpoint(origin="log", size=new, root=root_of(LEAVES[:new]))
    if new >= old:
        proof = consistency_proof(old, new, subtree)
        assert witness_state(held, offered, old, proof) == offered
        if old:
            with pytest.raises(VerificationError):
                witness_state(held, replace(offered, root=LEAVES[0] if new > 1 else LEAVES[1]), old, proof)
            with pytest.raises(VerificationError, match="not of log"):
                witness_state(held, replace(offered, origin="other"), old, proof)
            with pytest.raises(VerificationError, match="begin the proof there"):
                witness_state(held, offered, old - 1, consistency_proof(old - 1, new, subtree))
    else:
        with pytest.raises(VerificationError, match="was cosigned before"):
            witness_state(held, offered, old, ())


def test_a_witness_that_holds_nothing_starts_at_size_0_with_no_proof():
    first = Checkpoint(origin="log", size=3, root=root_of(LEAVES[:3]))
    assert witness_state(None, first, 0, ()) == first
    with pytest.raises(VerificationError, match="holds size 0, not 1"):
        witness_state(None, first, 1, ())
    with pytest.raises(VerificationError):
        witness_state(None, first, 0, (LEAVES[0],))
    empty = Checkpoint(origin="log", size=0, root=EMPTY_ROOT)
    assert witness_state(None, empty, 0, ()) == empty
    with pytest.raises(VerificationError, match="empty tree"):
        witness_state(None, replace(empty, root=LEAVES[0]), 0, ())


def test_two_checkpoints_of_one_size_with_different_roots_are_a_fork_that_no_witness_follows():
    held = Checkpoint(origin="log", size=3, root=root_of(LEAVES[:3]))
    with pytest.raises(VerificationError):
        witness_state(held, replace(held, root=root_of(LEAVES[1:4])), 3, ())
    assert witness_state(held, held, 3, ()) == held


@given(st.binary(max_size=80), st.sampled_from([ED25519, COSIGNATURE, ML_DSA_COSIGNATURE, 2, 0]), st.binary(max_size=80))
def test_any_signature_bytes_under_any_key_are_refused_with_our_own_error(public, kind, data):
    key = NoteKey(name="k", type=kind, public=public)
    note = replace(CHECKPOINT.note(), signatures=(Signature(name="k", key_id=key.key_id, data=data),))
    with pytest.raises(OpenQIError):
        verified_signature(note, key)
