"""Key rings: who may sign what at which index, by what the log said before, and by what it says later about the past."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.app.ledger import Signer
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url
from openqi.evidence.keys import KeyRing, key_records, key_rings
from openqi.evidence.record import Logged, Record, parse_record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import OpenQIError, VerificationError
from openqi.records import Body, Names, statement
from openqi.records.governance import Countersigned, Genesis, Key, KeyGranted, KeyRevoked, PartyRegistered
from stage import Forge, key_of, party, stated

ORIGIN = "log.example/1"
OPERATOR, LAB, OTHER = party("operator", 2), party("laboratory", 3), party("other", 4)


class Log(Forge):
    """A log that grows with its ring."""

    def __init__(self, *more: SigningKey) -> None:
        super().__init__(origin=ORIGIN)
        self.ring = KeyRing()
        keys = (stated(OPERATOR.key), *map(stated, more))
        self.put(Genesis(origin=ORIGIN, operator=OPERATOR.party, name=Names(en="O"), keys=keys, log="key"), OPERATOR)

    def put(self, body: Body, signer: Signer) -> int:
        """Append what a party states, let the ring take it in, and return its index."""
        record = self.state(body, signer)
        self.ring.apply(len(self.records) - 1, record)
        return len(self.records) - 1

    def grant(self, to: Signer, by: Signer = OPERATOR, *, replaces: SigningKey | None = None) -> int:
        """Grant the key of `to`."""
        old = None if replaces is None else replaces.public_key.kid
        return self.put(KeyGranted(origin=ORIGIN, party=to.party, key=stated(to.key), replaces=old), by)

    def revoke(self, whose: Signer, by: Signer, *, since: int) -> int:
        """Revoke the key of `whose`."""
        kid = whose.key.public_key.kid
        return self.put(KeyRevoked(origin=ORIGIN, party=whose.party, kid=kid, since=since, reason="stolen"), by)

    def pass_by(self, count: int = 1) -> None:
        """Let other business fill the log."""
        for _ in range(count):
            self.state(PartyRegistered(party=OPERATOR.party, name=Names(en=str(len(self.records)))), OPERATOR)

    def may_sign(self, signer: Signer, index: int) -> bool:
        """Whether a record of the party would stand at an index."""
        record = seal(
            statement(PartyRegistered(party=signer.party, name=Names(en="x"))),
            issuer=signer.party,
            key=signer.key,
            now="2026-11-20T10:00:00Z",
        )
        try:
            self.ring.judge(index, record)
        except VerificationError as error:
            assert error.step in ("key", "signature")
            return False
        return True

    def span(self, signer: Signer) -> list[int]:
        """The indices below 12 at which the party may sign."""
        return [index for index in range(12) if self.may_sign(signer, index)]


def with_key(signer: Signer, number: int) -> Signer:
    """The same party with another key."""
    return Signer(party=signer.party, key=key_of(number))


def test_the_genesis_names_the_operator_and_its_first_keys():
    log = Log(key_of(9))
    assert (log.ring.origin, log.ring.operator) == (ORIGIN, OPERATOR.party)
    assert log.span(OPERATOR) == log.span(with_key(OPERATOR, 9)) == [*range(12)]


@pytest.mark.parametrize("fault", ["index", "issuer", "signer", "second", "origin", "streams"])
def test_a_genesis_stands_first_and_is_signed_by_the_operator_with_one_of_its_own_keys(fault):
    body = Genesis(origin=ORIGIN, operator=OPERATOR.party, name=Names(en="O"), keys=(stated(OPERATOR.key),), log="key")
    said, signer, ring, index = statement(body), OPERATOR, KeyRing(), 0
    match fault:
        case "index":
            index = 1
        case "issuer":
            signer = Signer(party="https://thief.example", key=OPERATOR.key)
        case "signer":
            signer = with_key(OPERATOR, 9)
        case "second":
            ring = Log().ring
        case "origin":
            said = replace(said, body={**said.body, "origin": 5})
        case "streams":
            said = replace(said, streams=(OPERATOR.party,))
    record = seal(said, issuer=signer.party, key=signer.key, now="2026-11-20T10:00:00Z")
    with pytest.raises(VerificationError):
        ring.apply(index, record)


def test_a_granted_key_signs_from_the_next_index_on():
    log = Log()
    log.pass_by(2)
    assert log.grant(LAB) == 3
    assert log.span(LAB) == [*range(4, 12)]


def test_a_party_may_grant_itself_a_second_key_and_nobody_else_may():
    log = Log()
    log.grant(LAB)
    log.grant(OTHER)
    log.grant(with_key(LAB, 9), by=LAB)
    assert log.span(with_key(LAB, 9)) == [*range(4, 12)]
    with pytest.raises(VerificationError, match="may not decide"):
        log.grant(with_key(LAB, 10), by=OTHER)
    with pytest.raises(VerificationError):
        log.grant(with_key(LAB, 11), by=with_key(LAB, 12))


def test_a_key_is_granted_once_in_the_life_of_a_log():
    log = Log()
    log.grant(LAB)
    with pytest.raises(VerificationError, match="granted once"):
        log.grant(Signer(party=OTHER.party, key=LAB.key))
    log.revoke(LAB, OPERATOR, since=1)
    with pytest.raises(VerificationError, match="granted once"):
        log.grant(LAB)


def test_a_rotated_key_signs_its_own_replacement_and_nothing_after_it():
    log = Log()
    log.grant(LAB)
    log.pass_by()
    assert log.grant(with_key(LAB, 9), by=LAB, replaces=LAB.key) == 3
    assert log.span(LAB) == [2, 3]
    assert log.span(with_key(LAB, 9)) == [*range(4, 12)]


@pytest.mark.parametrize("fault", ["another party's", "unknown", "replaced before", "revoked before"])
def test_only_a_valid_key_of_the_same_party_is_replaced(fault):
    log = Log()
    log.grant(LAB)
    log.grant(OTHER)
    old = LAB.key
    match fault:
        case "another party's":
            old = OTHER.key
        case "unknown":
            old = key_of(77)
        case "replaced before":
            log.grant(with_key(LAB, 9), replaces=LAB.key)
        case "revoked before":
            log.revoke(LAB, OPERATOR, since=2)
    before = dict(log.ring.spans)
    with pytest.raises(VerificationError, match="cannot be replaced"):
        log.grant(with_key(LAB, 10), replaces=old)
    assert log.ring.spans == before


def test_a_key_compromised_since_an_index_loses_what_it_signed_from_there_on_and_keeps_the_rest():
    log = Log()
    log.grant(LAB)  # 1
    log.pass_by(6)
    log.revoke(LAB, OPERATOR, since=5)
    assert log.span(LAB) == [2, 3, 4]


def test_keys_that_a_thief_granted_go_with_the_stolen_key_and_those_from_before_stay():
    log = Log()
    log.grant(LAB)  # 1
    honest, thief, second = with_key(LAB, 9), with_key(LAB, 10), with_key(LAB, 11)
    log.grant(honest, by=LAB)  # 2
    log.pass_by()  # 3
    log.grant(thief, by=LAB)  # 4, after the theft at 3
    log.grant(second, by=thief)  # 5
    log.revoke(LAB, honest, since=3)  # 6
    assert log.span(LAB) == [2]
    assert log.span(honest) == [*range(3, 12)]
    assert log.span(thief) == log.span(second) == []


def test_a_thief_does_not_undo_a_revocation_by_rotating_or_granting_again():
    log = Log()
    log.grant(LAB)
    log.revoke(LAB, OPERATOR, since=2)
    for attempt in (lambda: log.grant(with_key(LAB, 9), by=LAB), lambda: log.grant(with_key(LAB, 9), by=LAB, replaces=LAB.key)):
        with pytest.raises(VerificationError):
            attempt()


def test_of_two_revocations_the_earlier_index_counts_whatever_their_order():
    for first, second in ((2, 4), (4, 2)):
        log = Log()
        log.grant(LAB)
        log.pass_by(4)
        log.revoke(LAB, OPERATOR, since=first)
        log.revoke(LAB, OPERATOR, since=second)
        assert log.span(LAB) == []


def test_revoking_a_replaced_key_never_gives_it_time_back():
    log = Log()
    log.grant(LAB)  # 1
    log.grant(with_key(LAB, 9), replaces=LAB.key)  # 2
    log.pass_by(4)
    log.revoke(LAB, OPERATOR, since=6)
    assert log.span(LAB) == [2]
    assert log.span(with_key(LAB, 9)) == [*range(3, 12)]


def test_what_a_stolen_key_revoked_stays_revoked_for_that_fails_safe():
    log = Log()
    log.grant(LAB)  # 1
    other = with_key(LAB, 9)
    log.grant(other, by=OPERATOR)  # 2
    log.revoke(other, LAB, since=3)  # 3, by the thief
    log.revoke(LAB, OPERATOR, since=3)  # 4
    assert log.span(other) == []


@pytest.mark.parametrize("since", [4, -1, True, "1", None, 1.5])
def test_a_revocation_reaches_back_to_an_index_that_is_there(since):
    log = Log()
    log.grant(LAB)
    body: dict[str, Any] = {"kid": LAB.key.public_key.kid, "origin": ORIGIN, "party": LAB.party, "reason": "x", "since": since}
    said = replace(
        statement(KeyRevoked(origin=ORIGIN, party=LAB.party, kid=LAB.key.public_key.kid, since=0, reason="x")), body=body
    )
    try:
        record = seal(said, issuer=OPERATOR.party, key=OPERATOR.key, now="2026-11-20T10:00:00Z")
    except OpenQIError:
        return  # no JSON of ours says it
    with pytest.raises(VerificationError):
        log.ring.apply(2, record)


def test_only_the_party_and_the_operator_revoke_a_key():
    log = Log()
    log.grant(LAB)
    log.grant(OTHER)
    with pytest.raises(VerificationError, match="may not decide"):
        log.revoke(LAB, OTHER, since=2)
    with pytest.raises(VerificationError):
        log.revoke(OPERATOR, LAB, since=0)
    with pytest.raises(VerificationError):
        log.revoke(with_key(LAB, 50), LAB, since=0)


def test_a_record_about_keys_of_another_log_changes_nothing_here():
    """Else the operator of one log could copy what a party said in another, where index and intention are others."""
    log = Log()
    log.grant(LAB)
    kid, fresh = LAB.key.public_key.kid, stated(key_of(9))
    for body in (
        KeyGranted(origin="other.example/1", party=LAB.party, key=fresh),
        KeyRevoked(origin="other.example/1", party=LAB.party, kid=kid, since=2, reason="stolen there"),
    ):
        before = dict(log.ring.spans)
        with pytest.raises(VerificationError, match=r"other\.example/1"):
            log.put(body, LAB)
        assert log.ring.spans == before


def test_a_record_about_a_key_lies_in_the_stream_of_that_key_or_it_is_none():
    """Whoever judges a key looks there; a grant or revocation elsewhere would be seen by some readers and not by others."""
    log = Log()
    log.grant(LAB)
    kid = LAB.key.public_key.kid
    bodies = (
        KeyGranted(origin=ORIGIN, party=LAB.party, key=stated(key_of(9))),
        KeyGranted(origin=ORIGIN, party=LAB.party, key=stated(key_of(9)), replaces=kid),
        KeyRevoked(origin=ORIGIN, party=LAB.party, kid=kid, since=2, reason="x"),
    )
    for body in bodies:
        for left_out in body.subjects()[1:]:
            said = statement(body)
            elsewhere = replace(said, streams=tuple(subject for subject in said.streams if subject != left_out))
            record = seal(elsewhere, issuer=LAB.party, key=LAB.key, now="2026-11-20T10:00:00Z")
            with pytest.raises(VerificationError, match="stream"):
                log.ring.apply(2, record)


def test_a_record_under_another_partys_key_is_refused():
    log = Log()
    log.grant(LAB)
    assert not log.may_sign(Signer(party=OTHER.party, key=LAB.key), 5)
    assert not log.may_sign(with_key(LAB, 40), 5)


def test_a_changed_record_is_refused():
    log = Log()
    log.grant(LAB)
    record = seal(
        statement(PartyRegistered(party=LAB.party, name=Names(en="x"))), issuer=LAB.party, key=LAB.key, now="2026-11-20T10:00:00Z"
    )
    head, payload, signature = record.jws.split(b".")
    other = seal(
        statement(PartyRegistered(party=LAB.party, name=Names(en="y"))), issuer=LAB.party, key=LAB.key, now="2026-11-20T10:00:00Z"
    )
    mixed = parse_record(b".".join((head, other.jws.split(b".")[1], signature)))
    with pytest.raises(VerificationError) as error:
        log.ring.judge(5, mixed)
    assert error.value.step == "signature"
    assert payload != other.jws.split(b".")[1]


def test_a_key_for_second_signatures_never_signs_a_record():
    pytest.importorskip("tongsuopy")
    log = Log()
    second = Signer(party=LAB.party, key=key_of(20, "SM2-SM3"))
    log.grant(LAB)
    log.grant(second)
    genuine = seal(
        statement(PartyRegistered(party=LAB.party, name=Names(en="x"))), issuer=LAB.party, key=LAB.key, now="2026-11-20T10:00:00Z"
    )
    head = base64url(b'{"alg":"Ed25519","kid":"' + second.key.public_key.kid.encode() + b'","typ":"vc+jwt"}').encode()
    signed = head + b"." + genuine.jws.split(b".")[1]
    forged = parse_record(signed + b"." + base64url(second.key.sign(signed)).encode())
    with pytest.raises(VerificationError, match="signed with Ed25519"):
        log.ring.judge(5, forged)


@pytest.mark.parametrize("algorithm", ["Ed25519", "SM2-SM3"])
@pytest.mark.parametrize("fault", ["", "another record", "another's key", "before its grant", "revoked", "flipped", "not text"])
def test_a_second_signature_holds_only_over_its_record_with_a_key_of_its_issuer(algorithm, fault):
    if algorithm == "SM2-SM3":
        pytest.importorskip("tongsuopy")
    log = Log()
    log.grant(LAB)  # 1
    log.grant(OTHER)  # 2
    second = Signer(party=LAB.party, key=key_of(20, algorithm))
    log.grant(second)  # 3
    target = log.state(PartyRegistered(party=OTHER.party, name=Names(en="x")), OTHER)
    elsewhere = log.state(PartyRegistered(party=OTHER.party, name=Names(en="y")), OTHER)
    signature = second.key.sign(target.jws.rpartition(b".")[0])
    issuer, over, index = LAB, target, 6
    match fault:
        case "another record":
            over = elsewhere
        case "another's key":
            issuer = OTHER
        case "before its grant":
            index = 3
        case "revoked":
            log.revoke(second, LAB, since=4)
        case "flipped":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
    body = Countersigned(record=over.id, key=stated(second.key), signature=base64url(signature))
    said = statement(body)
    if fault == "not text":
        said = replace(said, body={**said.body, "signature": 5})
    record = seal(said, issuer=issuer.party, key=issuer.key, now="2026-11-20T10:00:00Z")
    if not fault:
        log.ring.judge_second(index, record, target)
        return
    with pytest.raises(VerificationError):
        log.ring.judge_second(index, record, over)
    with pytest.raises(VerificationError):
        log.ring.judge_second(index, record, target)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.integers(-5, 5), st.booleans(), st.sampled_from(["", "a", "https://a.example", LAB.key.public_key.kid, ORIGIN])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["algorithm", "kid", "public", "a"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    kind=st.sampled_from(["governance.genesis/1", "governance.key-granted/1", "governance.key-revoked/1"]),
    members=st.dictionaries(
        st.sampled_from(["origin", "operator", "keys", "party", "key", "replaces", "kid", "since"]), json_values
    ),
)
def test_any_body_of_a_record_about_keys_is_taken_or_refused_and_a_refused_one_changes_nothing(kind, members):
    log = Log()
    log.grant(LAB)
    said = replace(statement(PartyRegistered(party=LAB.party, name=Names(en="x"))), kind=kind, body=members)
    record = seal(said, issuer=LAB.party, key=LAB.key, now="2026-11-20T10:00:00Z")
    before = dict(log.ring.spans)
    with pytest.raises(VerificationError):
        log.ring.apply(2, record)
    assert log.ring.spans == before


def test_a_key_of_an_algorithm_that_nobody_knows_here_is_refused_as_a_key():
    log = Log()
    key = Key(algorithm="ML-DSA-99", kid="urn:ietf:params:oauth:jwk-thumbprint:sha-256:AAAA", public="QUJD")
    with pytest.raises(VerificationError, match="ML-DSA-99"):
        log.put(KeyGranted(origin=ORIGIN, party=LAB.party, key=key), OPERATOR)


def logged(records: list[Record], origin: str = ORIGIN) -> list[Logged]:
    """The records at their places."""
    return [Logged(index=index, record=record, origin=origin, origin_index=index) for index, record in enumerate(records)]


def test_rings_of_two_logs_never_mix():
    one = Log()
    one.grant(LAB)
    rings, refused = key_rings([*logged(one.records), *logged(one.records[:1], "other.example/1")])
    assert LAB.key.public_key.kid in rings[ORIGIN].spans
    assert not refused
    assert LAB.key.public_key.kid not in rings["other.example/1"].spans


def test_the_records_about_a_key_are_found_back_to_the_genesis_and_forward_to_its_revocation():
    log = Log()
    log.grant(LAB)  # 1
    log.grant(OTHER)  # 2, none of its business
    second = with_key(LAB, 9)
    log.grant(second, by=LAB)  # 3
    third = with_key(LAB, 10)
    log.grant(third, by=second, replaces=second.key)  # 4
    log.revoke(LAB, OPERATOR, since=4)  # 5
    record = log.state(PartyRegistered(party=LAB.party, name=Names(en="x")), third)
    entries = logged(log.records)
    found = key_records(record, ORIGIN, lambda subject: [entry for entry in entries if subject in entry.record.streams])
    assert sorted(entry.index for entry in found) == [0, 1, 3, 4, 5]
