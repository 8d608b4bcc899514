"""Keys of people: replaced, taken home, brought along; what a kill leaves between two steps is finished, and the log verifies."""

import json
import os
from dataclasses import replace

import pytest
from sqlalchemy import select

from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import Audience
from openqi.app.acts.sealing.signing import read_request, signatures_on
from openqi.app.acts.sealing.tickets import Ticket
from openqi.app.people.members import Newcomer
from openqi.app.people.possession import read_challenge, signed_challenge
from openqi.app.station.station import Station
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.keyfile import decrypted
from openqi.evidence.keys import KEY_GRANTED, KEY_REVOKED
from openqi.evidence.record import parse_record, verify_signature
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError
from openqi.records import statement
from openqi.records.conformity import ResultReported
from openqi.records.governance import Key
from openqi.store.desk.people import KEY_CHANGES, KEYS, MEMBERSHIPS
from people_stage import clean, refused, result
from station_world import LABORATORY, OPERATOR, PASSPHRASE, PASSWORD, World, world

HOME = "a passphrase for at home"


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request, tmp_path) -> World:
    """A station whose desk lies in a file, or in PostgreSQL."""
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = world(tmp_path / "station", desk=desk)
    yield made
    made.station.close()


@pytest.fixture
def lone(tmp_path) -> World:
    made = world(tmp_path / "station")
    yield made
    made.station.close()


def events(made: World, visitor) -> list[str]:
    return [what for _, what in made.station.people.sessions.events(visitor)]


def test_a_replaced_key_signs_nothing_more_and_what_it_signed_still_stands(own):
    people, ledger = own.station.people, own.station.ledger
    before = own.visitor(LABORATORY)
    old = people.custody.signer(before)
    record = ledger.state(result("10.02"), old)
    kid = people.keys.replace(before, before.hat.membership)
    now = own.visitor(LABORATORY)
    assert (now.hat.kid, now.hat.kept) == (kid, True)
    refused("key-valid", lambda: ledger.state(result("10.03"), old))
    forged = seal(statement(result("10.04")), issuer=LABORATORY, key=old.key, now=ledger.now())
    with pytest.raises(VerificationError, match="replaced"):
        ledger.append_signed([forged])
    ledger.state(result("10.05"), people.custody.signer(now))
    assert "key replaced" in events(own, now)
    lines = people.keys.of(now)[0].lines
    assert [(one.kid, one.end is None) for one in lines] == [(kid, True), (before.hat.kid, False)]
    assert lines[1].end == lines[0].start == ledger.logged(lines[0].record).index + 1
    assert ledger.logged(record.id).record.kid == before.hat.kid
    assert clean(own.station)


def test_a_key_that_took_anothers_place_is_the_same_hand(lone):
    visitor = lone.visitor(LABORATORY)
    lone.station.people.keys.replace(visitor, visitor.hat.membership)
    grant = lone.station.people.members.granting.granted_by(lone.visitor(LABORATORY).hat.kid)
    assert grant.body["replaces"] == visitor.hat.kid


def test_a_key_taken_home_opens_with_the_passphrase_signs_there_and_is_forgotten_here(own):
    people = own.station.people
    visitor = own.visitor(LABORATORY)
    refused("passphrase-too-short", lambda: people.keys.take_home(visitor, visitor.hat.membership, "short"))
    file = people.keys.take_home(visitor, visitor.hat.membership, HOME)
    key = decrypted(file, HOME)
    assert key.public_key.kid == visitor.hat.kid
    with own.station.desk.reading() as connection:
        assert connection.execute(select(KEYS).where(KEYS.c.membership == visitor.hat.membership)).all() == []
    now = own.visitor(LABORATORY)
    assert (now.hat.kid, now.hat.kept) == (visitor.hat.kid, False)
    refused("own-key", lambda: people.custody.signer(now))
    refused("own-key", lambda: people.keys.take_home(now, now.hat.membership, HOME))
    assert "key taken home" in events(own, now)
    assert sealed_at_home(own, now, key).kid == visitor.hat.kid
    assert clean(own.station)


def sealed_at_home(made: World, visitor, key):
    """A result that was prepared by the station and signed with a key elsewhere."""
    tickets, act = made.station.writing.tickets, act_of(ResultReported.KIND)
    ticket = tickets.prepare(act, act.arguments(result("10.06")), visitor, Audience(reach="public"))
    assert isinstance(ticket, Ticket)
    signed = json.loads(signatures_on(read_request(json.dumps(ticket.as_json()).encode()), key))
    return tickets.submit(visitor, ticket.id, signed["signatures"]).records[0]


def brought(made: World, visitor, key) -> str:
    keys, membership = made.station.people.keys, visitor.hat.membership
    challenge = json.dumps(keys.challenge(visitor, membership).as_json()).encode()
    return keys.bring(visitor, membership, signed_challenge(read_challenge(challenge), key))


def test_a_key_of_ones_own_takes_the_place_of_the_kept_one_after_it_signed_the_challenge(own):
    people, ledger = own.station.people, own.station.ledger
    visitor, key = own.visitor(LABORATORY), signing_key(b"7" * 32)
    old = people.custody.signer(visitor)
    assert brought(own, visitor, key) == key.public_key.kid
    now = own.visitor(LABORATORY)
    assert (now.hat.kid, now.hat.kept) == (key.public_key.kid, False)
    refused("own-key", lambda: people.custody.signer(now))
    refused("key-valid", lambda: ledger.state(result("10.03"), old))
    with own.station.desk.reading() as connection:
        assert connection.execute(select(KEYS).where(KEYS.c.membership == now.hat.membership)).all() == []
    assert sealed_at_home(own, now, key).kid == key.public_key.kid
    kid = people.keys.replace(now, now.hat.membership)  # and back into the station's hands
    assert own.visitor(LABORATORY).hat.kept
    assert ledger.state(result("10.07"), people.custody.signer(own.visitor(LABORATORY))).kid == kid
    assert clean(own.station)


def test_only_a_fresh_challenge_of_ones_own_signed_by_the_very_key_is_taken(lone):
    keys, key, other = lone.station.people.keys, signing_key(b"7" * 32), signing_key(b"8" * 32)
    visitor, operator = lone.visitor(LABORATORY), lone.visitor(OPERATOR)
    mine = visitor.hat.membership
    challenge = keys.challenge(visitor, mine)
    proof = json.loads(signed_challenge(challenge, key))
    size = lone.station.ledger.store.size()
    for changed in (
        proof | {"key": other.public_key.as_json()},
        proof | {"signature": json.loads(signed_challenge(replace(challenge, party=OPERATOR), key))["signature"]},
    ):
        refused("possession", lambda changed=changed: keys.bring(visitor, mine, json.dumps(changed).encode()))
    for forged in (
        replace(challenge, nonce="AAAA"),
        replace(challenge, until="2030-01-01T00:00:00Z"),
        replace(challenge, seal="x"),
    ):
        refused("possession", lambda forged=forged: keys.bring(visitor, mine, signed_challenge(forged, key)))
    for text in (b"", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"format":"openqi-key-proof/1"}', b"x" * 20_000):
        with pytest.raises(FormatError):
            keys.bring(visitor, mine, text)
    sm2 = proof | {"key": {"algorithm": "XYZ", "kid": "a", "public": "AAAA"}}
    with pytest.raises(FormatError):
        keys.bring(visitor, mine, json.dumps(sm2).encode())
    with pytest.raises(NotFoundError):
        keys.bring(operator, mine, json.dumps(proof).encode())
    lone.clock.pass_(hours=1, seconds=1)
    late = lone.visitor(LABORATORY)
    refused("challenge-late", lambda: keys.bring(late, mine, json.dumps(proof).encode()))
    assert lone.station.ledger.store.size() == size
    assert lone.visitor(LABORATORY).hat.kept


def test_a_key_that_only_countersigns_is_not_taken_to_sign_with(lone):
    pytest.importorskip("tongsuopy", reason="SM2 is not installed")
    keys, visitor, key = lone.station.people.keys, lone.visitor(LABORATORY), signing_key(b"7" * 32, "SM2-SM3")
    proof = signed_challenge(keys.challenge(visitor, visitor.hat.membership), key)
    refused("key-records", lambda: keys.bring(visitor, visitor.hat.membership, proof))


def test_a_proof_is_of_no_use_a_second_time_and_a_key_that_the_log_knows_is_not_taken_again(lone):
    keys, key = lone.station.people.keys, signing_key(b"7" * 32)
    visitor = lone.visitor(LABORATORY)
    proof = signed_challenge(keys.challenge(visitor, visitor.hat.membership), key)
    keys.bring(visitor, visitor.hat.membership, proof)
    now = lone.visitor(LABORATORY)
    refused("possession", lambda: keys.bring(now, now.hat.membership, proof))
    again = signed_challenge(keys.challenge(now, now.hat.membership), key)
    refused("key-once", lambda: keys.bring(now, now.hat.membership, again))


def test_a_challenge_is_no_record_whoever_made_it(lone):
    visitor, key = lone.visitor(LABORATORY), signing_key(b"7" * 32)
    evil = seal(statement(result("9.99")), issuer=LABORATORY, key=key, now="2026-11-27T08:00:00Z")
    header_and_payload = evil.jws.rpartition(b".")[0].decode()
    challenge = replace(lone.station.people.keys.challenge(visitor, visitor.hat.membership), nonce=header_and_payload)
    signature = json.loads(signed_challenge(challenge, key))["signature"]
    with pytest.raises(VerificationError):
        verify_signature(parse_record(f"{header_and_payload}.{signature}".encode()), key.public_key)
    verify_signature(evil, key.public_key)


def test_who_has_not_just_proved_who_they_are_or_is_a_program_changes_no_key(lone):
    people = lone.station.people
    secret = people.sessions.sign_in("laboratory", PASSWORD, "1")
    token = people.members.new_token(people.visitor(secret), "robot", 3)
    lone.clock.pass_(minutes=lone.station.settings.limits.fresh_minutes + 1)
    stale, program = people.visitor(secret), people.members.by_token(token)
    for visitor in (stale, program):
        mine = visitor.hat.membership
        refused("fresh-session", lambda v=visitor, m=mine: people.keys.replace(v, m))
        refused("fresh-session", lambda v=visitor, m=mine: people.keys.take_home(v, m, HOME))
        refused("fresh-session", lambda v=visitor, m=mine: people.keys.challenge(v, m))
        refused("fresh-session", lambda v=visitor, m=mine: people.keys.bring(v, m, b"{}"))


def test_the_key_of_the_ledger_itself_is_not_changed_from_a_page(lone):
    people, visitor = lone.station.people, lone.visitor(OPERATOR)
    assert people.keys.of(visitor)[0].ledger_key
    refused("ledger-key", lambda: people.keys.replace(visitor, visitor.hat.membership))
    refused("ledger-key", lambda: people.keys.take_home(visitor, visitor.hat.membership, HOME))


def test_a_key_that_was_revoked_in_the_log_has_no_successor(lone):
    people, ledger, visitor = lone.station.people, lone.station.ledger, lone.visitor(LABORATORY)
    ledger.revoke_key(LABORATORY, visitor.hat.kid, lone.station.operator, reason="stolen")
    refused("key-ended", lambda: people.keys.replace(visitor, visitor.hat.membership))
    refused("key-ended", lambda: people.keys.challenge(visitor, visitor.hat.membership))
    assert people.keys.of(visitor)[0].lines[0].revoked


def test_of_two_changes_at_once_the_second_is_told_and_nothing_is_half(lone):
    keys, visitor = lone.station.people.keys, lone.visitor(LABORATORY)
    kid = keys.replace(visitor, visitor.hat.membership)
    refused("key-ended", lambda: keys.replace(visitor, visitor.hat.membership))
    assert lone.visitor(LABORATORY).hat.kid == kid


def test_a_key_taken_home_twice_at_once_leaves_once(lone):
    keys, visitor = lone.station.people.keys, lone.visitor(LABORATORY)
    chance, asked = keys._chance, []

    def meanwhile(size: int) -> bytes:
        keys._chance = chance
        asked.append(keys.take_home(visitor, visitor.hat.membership, HOME))
        return chance(size)

    keys._chance = meanwhile
    refused("key-moved", lambda: keys.take_home(visitor, visitor.hat.membership, HOME))
    assert len(asked) == 1


class Killed(BaseException):
    """The process ends here."""


def killed_at(made: World, place: str, change) -> None:
    """Do a change of keys in a process that ends before it writes the log, or right after."""
    ledger, grant = made.station.ledger, made.station.ledger.grant_key

    def instead(*given, **named):
        if place == "after the log":
            grant(*given, **named)
        raise Killed

    ledger.grant_key = instead  # type: ignore[method-assign]
    with pytest.raises(Killed):
        change()
    made.station.close()


@pytest.mark.parametrize("place", ["before the log", "after the log"])
@pytest.mark.parametrize("how", ["replaced", "brought"])
def test_a_change_that_a_kill_cut_in_two_is_whole_when_the_station_opens(tmp_path, place, how):
    made = world(tmp_path / "station")
    visitor, key = made.visitor(LABORATORY), signing_key(b"7" * 32)
    keys, mine = made.station.people.keys, visitor.hat.membership
    old = made.station.people.custody.signer(visitor)
    killed_at(made, place, (lambda: keys.replace(visitor, mine)) if how == "replaced" else lambda: brought(made, visitor, key))
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as again:
        made.station = again
        now = made.visitor(LABORATORY)
        assert now.hat.kid != visitor.hat.kid
        assert now.hat.kept is (how == "replaced")
        lines = again.people.keys.of(now)[0].lines
        assert [one.kid for one in lines] == [now.hat.kid, visitor.hat.kid]
        assert lines[1].end == lines[0].start
        refused("key-valid", lambda: again.ledger.state(result("10.03"), old))
        record = (
            again.ledger.state(result("1.1"), again.people.custody.signer(now)) if now.hat.kept else sealed_at_home(made, now, key)
        )
        assert record.kid == now.hat.kid
        with again.desk.reading() as connection:
            assert connection.execute(select(KEY_CHANGES)).all() == []
        assert clean(again)
        size = again.ledger.store.size()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as third:
        assert third.ledger.store.size() == size


def test_who_ends_while_a_change_waits_has_no_key_left_in_the_log(tmp_path):
    made = world(tmp_path / "station")
    members = made.station.people.members
    members.accept(members.invite(LABORATORY, manages=False, by="x"), Newcomer(login="emma", name="Emma", password=PASSWORD))
    made.logins["emma"] = "emma"
    emma = made.visitor("emma")
    grant = made.station.ledger.grant_key
    made.station.ledger.grant_key = lambda *_, **__: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    with pytest.raises(Killed):
        made.station.people.keys.replace(emma, emma.hat.membership)
    made.station.ledger.grant_key = grant  # type: ignore[method-assign]
    changed = made.visitor("emma").hat.kid
    members.end(made.visitor(LABORATORY), emma.hat.membership)
    stream = made.station.ledger.store.stream
    assert stream(emma.hat.kid)[-1].record.kind == KEY_REVOKED
    assert stream(changed) == ()
    made.station.close()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as again:
        assert again.ledger.store.stream(changed) == ()
        assert clean(again)


def test_a_membership_that_ended_before_its_key_was_granted_does_not_keep_the_station_from_opening(tmp_path):
    made = world(tmp_path / "station")
    members, desk = made.station.people.members, made.station.desk
    with desk.writing() as connection:  # as a process does that is killed before it grants the key
        account = members.account(connection, Newcomer(login="frida", name="Frida", password=PASSWORD))
        key = members.join(connection, account, LABORATORY, manages=False)
    with desk.reading() as connection:
        membership = connection.execute(select(MEMBERSHIPS.c.id).where(MEMBERSHIPS.c.account == account)).scalar_one()
    members.end(made.visitor(LABORATORY), membership)
    made.station.close()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as again:
        assert again.ledger.store.stream(key.public_key.kid) == ()


def test_an_invitation_by_somebody_whose_membership_ends_ends_with_it(lone):
    members = lone.station.people.members
    members.accept(members.invite(LABORATORY, manages=True, by="x"), Newcomer(login="emma", name="Emma", password=PASSWORD))
    lone.logins["emma"] = "emma"
    emma = lone.visitor("emma")
    secret = members.invited_by(emma, manages=True)
    members.end(lone.visitor(LABORATORY), emma.hat.membership)
    with pytest.raises(NotFoundError):
        members.accept(secret, Newcomer(login="emma2", name="Emma", password=PASSWORD))


def test_another_process_that_grants_the_same_key_first_is_no_fault(lone):
    granting, key = lone.station.people.members.granting, signing_key(os.urandom(32)).public_key
    known, asked = granting.granted_by, []

    def first_asked(kid: str):
        asked.append(kid)
        if len(asked) == 1:  # it is not there yet, and then another process grants it
            lone.station.ledger.grant_key(LABORATORY, Key(**key.as_json()), lone.station.operator)
            return None
        return known(kid)

    granting.granted_by = first_asked
    granting.grant(LABORATORY, key)
    assert [one.record.kind for one in lone.station.ledger.store.stream(key.kid)] == [KEY_GRANTED]
