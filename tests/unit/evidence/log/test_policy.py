"""Trust policies: published texts, quorums against a plain recursive count, and one key under two names."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.log.merkle import leaf_hash
from openqi.evidence.log.note import COSIGNATURE, ED25519, Checkpoint, Note, NoteKey
from openqi.evidence.log.policy import MAX_POLICY, Group, parse_policy, trusted
from openqi.evidence.log.witness import cosigned, signed
from openqi.kernel.errors import FormatError, OpenQIError, VerificationError
from vectors_of import PLACES, figures_of

LOG = signing_key(b"l" * 32)
LOG_KEY = NoteKey(name="log.example/1", type=ED25519, public=LOG.public_key.data)
WITNESSES = [signing_key(b"w%031d" % number) for number in range(8)]
KEYS = [
    NoteKey(name=f"witness.example/{number}", type=COSIGNATURE, public=key.public_key.data) for number, key in enumerate(WITNESSES)
]
CHECKPOINT = Checkpoint(origin=LOG_KEY.name, size=1, root=leaf_hash(b"x"))
TIME = 1_763_625_600
GENESIS = "ab" * 32


def note_with(*numbers, log=True):
    """The checkpoint, signed by the log and cosigned by the witnesses of these numbers."""
    note = signed(CHECKPOINT.note(), LOG, LOG_KEY.name) if log else CHECKPOINT.note()
    for number in numbers:
        note = cosigned(note, WITNESSES[number], KEYS[number].name, TIME + number)
    return note


def policy_of(*lines):
    witnesses = [f"witness w{number} {key.text}" for number, key in enumerate(KEYS)]
    return parse_policy("\n".join([f"log {LOG_KEY.text}", *witnesses, *lines]).encode())


def accepted(note, policy) -> bool:
    try:
        trusted(note, policy)
    except VerificationError as error:
        assert error.step == "quorum"
        return False
    return True


@pytest.mark.parametrize("place", PLACES)
def test_published_policies_are_read_or_refused_for_the_published_reason(place):
    figures = figures_of("trust/witness_policy.json", place)
    for case in figures["valid_two_of_two"]:
        policy = parse_policy(case["policy"].encode())
        assert (policy.quorum, policy.groups) == ("g1", {"g1": Group(threshold=2, members=("w1", "w2"))})
        assert [key.name for key in policy.witnesses.values()] == ["sigsum.org", "example.com"]
        assert {key.type for key in policy.witnesses.values()} == {COSIGNATURE}
    for case in figures["group"]:
        assert parse_policy(case["policy"].encode()).groups["g1"].threshold == case["quorum_n"]
    assert len(figures["invalid"]) == 4
    reasons = {"policy file must define a quorum": "must have one quorum line"}
    for case in figures["invalid"]:
        with pytest.raises(FormatError, match=reasons.get(case["error"], re.escape(case["error"]))):
            parse_policy(case["policy"].encode())


def test_a_policy_reads_as_it_is_written():
    text = f"""# whom we believe
log {LOG_KEY.text} https://log.example/1
genesis log.example/1 {GENESIS}
witness institute {KEYS[0].text} https://w0.example/   # the metrology institute
witness\tconsumers {KEYS[1].text}
witness university {KEYS[2].text}
group civil any consumers university
group both all institute civil
quorum both
"""
    policy = parse_policy(text.encode())
    assert policy.logs == (LOG_KEY,)
    assert policy.genesis == {"log.example/1": GENESIS}
    assert policy.witnesses == {"institute": KEYS[0], "consumers": KEYS[1], "university": KEYS[2]}
    assert policy.groups == {
        "civil": Group(threshold=1, members=("consumers", "university")),
        "both": Group(threshold=2, members=("institute", "civil")),
    }
    assert policy.quorum == "both"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["quorum"], "not understood"),
        (["quorum w0", "quorum w0"], "line 11: a second quorum line"),
        (["quorum none", "quorum none"], "a second quorum line"),
        (["quorum w9"], "'w9' is not defined above"),
        (["quorum g", "group g any w0"], "'g' is not defined above"),
        (["quorum all"], "not defined above"),
        (["Quorum none"], "not understood"),
        (["quorum none extra"], "not understood"),
        (["group g any", "quorum g"], "not understood"),
        (["group g 0 w0", "quorum g"], "a number from 1 to 1"),
        (["group g 2 w0", "quorum g"], "a number from 1 to 1"),
        (["group g -1 w0", "quorum g"], "a number from 1 to 1"),
        (["group g 01 w0", "quorum g"], "a number from 1 to 1"),
        (["group g ² w0 w1", "quorum g"], "a number from 1 to 2"),
        (["group g 1.0 w0", "quorum g"], "a number from 1 to 1"),
        (["group g some w0", "quorum g"], "a number from 1 to 1"),
        (["group g 99999999999999999999 w0", "quorum g"], "a number from 1 to 1"),
        (["group g any w0 w0", "quorum g"], "a member stands twice"),
        (["group g any g", "quorum g"], "'g' is not defined above"),
        (["group g any none", "quorum g"], "'none' is not defined above"),
        (["group w0 any w1", "quorum w0"], "duplicate component name 'w0'"),
        (["group g any w0", "group g any w1", "quorum g"], "duplicate component name 'g'"),
        (["group none any w0", "quorum none"], "invalid witness name or group name"),
        (["group any any w0", "quorum any"], "invalid witness name or group name"),
        (["group 5 any w0", "quorum 5"], "invalid witness name or group name"),
        (["group " + "g" * 101 + " any w0", "quorum none"], "invalid witness name or group name"),
        ([f"log {LOG_KEY.text}", "quorum none"], "stands here already"),
        ([f"log {NoteKey(name='other', type=ED25519, public=LOG_KEY.public).text}", "quorum none"], "stands here already"),
        (["log", "quorum none"], "not understood"),
        ([f"log {LOG_KEY.text} a b", "quorum none"], "not understood"),
        (["log x+00000000+AAAA", "quorum none"], "line 10: verifier key"),
        (["witness w9 x", "quorum none"], "verifier key"),
        ([f"witness w9 {KEYS[0].text} a b", "quorum none"], "not understood"),
        ([f"genesis o {GENESIS}", f"genesis o {GENESIS}", "quorum none"], "a second genesis"),
        ([f"genesis o {GENESIS.upper()}", "quorum none"], "32 bytes in lower-case"),
        (["genesis o", "quorum none"], "not understood"),
        (["quorum none\r"], "is not defined above"),
        (["quorum\u00a0none"], "not understood"),
        (["\x0bquorum none"], "not understood"),
    ],
)
def test_a_policy_with_a_line_that_is_not_understood_is_refused_with_its_number(lines, why):
    with pytest.raises(FormatError, match=f"line [0-9]+: .*{why}|{why}"):
        policy_of(*lines)


def test_a_policy_without_quorum_or_of_other_bytes_or_too_large_is_refused():
    for data in (b"", b"# only a comment", b"\n\n"):
        with pytest.raises(FormatError, match="one quorum line"):
            parse_policy(data)
    with pytest.raises(FormatError, match="not UTF-8 at byte 7"):
        parse_policy(b"quorum \xff")
    most = b"#" * (MAX_POLICY - len(b"\nquorum none")) + b"\nquorum none"
    assert parse_policy(most).quorum == "none"
    with pytest.raises(FormatError, match="at most 100000 are accepted"):
        parse_policy(b"#" + most)


@given(st.data())
def test_quorums_of_nested_groups_are_met_exactly_where_a_plain_count_says_so(data):
    names, rules, lines = [f"w{number}" for number in range(8)], {}, []
    for number in range(data.draw(st.integers(1, 5))):
        members = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=5, unique=True))
        threshold = data.draw(st.integers(1, len(members)))
        spelled = data.draw(st.sampled_from([str(threshold)] + ["any"] * (threshold == 1) + ["all"] * (threshold == len(members))))
        lines.append(f"group g{number} {spelled} {' '.join(members)}")
        rules[f"g{number}"] = threshold, members
        names.append(f"g{number}")
    quorum = data.draw(st.sampled_from(names))
    present = data.draw(st.sets(st.integers(0, 7)))

    def met(name):
        if name in rules:
            threshold, members = rules[name]
            return sum(met(member) for member in members) >= threshold
        return int(name[1:]) in present

    assert accepted(note_with(*present), policy_of(*lines, f"quorum {quorum}")) == met(quorum)


def test_a_trusted_checkpoint_names_its_log_and_who_saw_it_when():
    found = trusted(note_with(1, 3), policy_of("group g 2 w1 w2 w3", "quorum g"))
    assert found.checkpoint == CHECKPOINT
    assert found.log == LOG_KEY
    assert found.cosigned == {"w1": TIME + 1, "w3": TIME + 3}


def test_without_a_quorum_no_cosignature_is_asked_for_but_the_logs_own_signature_is():
    assert trusted(note_with(), policy_of("quorum none")).cosigned == {}
    with pytest.raises(VerificationError, match="no log that the policy lists has signed") as caught:
        trusted(note_with(0, log=False), policy_of("quorum none"))
    assert caught.value.step == "checkpoint"
    with pytest.raises(VerificationError, match="no log that the policy lists"):
        trusted(note_with(0), parse_policy(f"witness w0 {KEYS[0].text}\nquorum w0".encode()))


def test_a_quorum_that_is_not_met_names_who_cosigned_and_what_was_asked():
    with pytest.raises(VerificationError, match="cosigned by w1; the policy asks for g") as caught:
        trusted(note_with(1), policy_of("group g 2 w1 w2", "quorum g"))
    assert caught.value.step == "quorum"
    with pytest.raises(VerificationError, match="cosigned by nobody"):
        trusted(note_with(), policy_of("quorum w0"))


def test_a_log_speaks_only_for_the_origin_that_is_its_name():
    other = Checkpoint(origin="log.example/2", size=1, root=CHECKPOINT.root)
    with pytest.raises(VerificationError, match=r"'log\.example/2'"):
        trusted(signed(other.note(), LOG, LOG_KEY.name), policy_of("quorum none"))
    with pytest.raises(VerificationError, match="no log that the policy lists"):
        trusted(signed(other.note(), LOG, "log.example/2"), policy_of("quorum none"))


def test_the_log_itself_is_no_witness():
    with pytest.raises(VerificationError, match="cosigned by nobody"):
        trusted(note_with(), policy_of(f"witness own {LOG_KEY.text}", "quorum own"))


@pytest.mark.parametrize("second", ["witness.example/0", "witness.example/other"])
def test_one_key_under_two_names_counts_once(second):
    again = NoteKey(name=second, type=COSIGNATURE, public=KEYS[0].public)
    policy = policy_of(f"witness twin {again.text}", "group two 2 w0 twin w1", "quorum two")
    note = note_with(0)
    if second != KEYS[0].name:
        note = cosigned(note, WITNESSES[0], second, TIME)
    with pytest.raises(VerificationError, match="cosigned by w0, twin"):
        trusted(note, policy)
    assert trusted(cosigned(note, WITNESSES[1], KEYS[1].name, TIME), policy).cosigned.keys() == {"w0", "w1", "twin"}


def test_one_key_under_two_names_counts_once_through_nested_groups_too():
    twin = NoteKey(name="twin.example", type=ED25519, public=KEYS[0].public)
    policy = policy_of(f"witness twin {twin.text}", "group a any w0", "group b any twin", "group both all a b", "quorum both")
    assert not accepted(cosigned(note_with(0), WITNESSES[0], "twin.example", TIME), policy)


def test_a_known_signature_that_does_not_hold_refuses_the_whole_note_whether_or_not_it_is_needed():
    good = note_with(0, 1)
    bad = good.signatures[2]
    changed = type(bad)(name=bad.name, key_id=bad.key_id, data=bad.data[:-1] + bytes([bad.data[-1] ^ 1]))
    note = Note(text=good.text, signatures=(*good.signatures[:2], changed))
    for quorum in ("quorum none", "quorum w0", "quorum w1"):
        with pytest.raises(VerificationError, match="signature"):
            trusted(note, policy_of(quorum))


def test_an_unknown_signature_is_passed_over():
    stranger = signing_key(b"s" * 32)
    note = cosigned(signed(note_with(0), stranger, "stranger.example"), stranger, KEYS[0].name, TIME)
    assert accepted(note, policy_of("quorum w0"))


def test_a_note_that_is_no_checkpoint_is_never_trusted():
    with pytest.raises(FormatError, match="a checkpoint has three lines"):
        trusted(signed(Note(text="log.example/1\n", signatures=()), LOG, LOG_KEY.name), policy_of("quorum none"))


WORDS = ["log", "witness", "group", "quorum", "genesis", "none", "all", "any", "1", "w0", "g", "#"]
WORDS += [LOG_KEY.text, KEYS[0].text, GENESIS, "\n"]


@given(st.binary(max_size=100) | st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=24).map(" ".join).map(str.encode))
def test_any_bytes_are_a_policy_or_our_own_error(data):
    try:
        policy = parse_policy(data)
    except OpenQIError:
        return
    assert policy.quorum == "none" or policy.quorum in {*policy.witnesses, *policy.groups}
    with suppress(VerificationError):
        trusted(note_with(0), policy)


def test_a_policy_of_many_lines_is_read_and_counted_without_recursion():
    groups = ["group g0 any w0", *(f"group g{number} any g{number - 1}" for number in range(1, 3000))]
    assert accepted(note_with(0), policy_of(*groups, "quorum g2999"))
    assert not accepted(note_with(1), policy_of(*groups, "quorum g2999"))
