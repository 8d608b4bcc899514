"""Signing in, sessions, memberships and kept keys: what holds, what ends when, and what nobody learns."""

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, update

from openqi.app.people.members import Newcomer
from openqi.app.people.passwords import check_password, fits, hashed
from openqi.app.station.station import Station
from openqi.evidence.keys import KEY_REVOKED
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, StoreError
from openqi.records import Names
from openqi.store.desk.desk import metadata
from openqi.store.desk.people import ACCOUNTS, ATTEMPTS, INVITATIONS, KEYS, SESSIONS, TOKENS
from station_world import CERTIFIER, LABORATORY, OPERATOR, PASSPHRASE, PASSWORD, World, world


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> World:
    """A station that several tests only add to."""
    made = world(tmp_path_factory.mktemp("people") / "station")
    yield made
    made.station.close()


@pytest.fixture
def own(tmp_path) -> World:
    made = world(tmp_path / "station")
    yield made
    made.station.close()


def refused(rule: str, ask) -> None:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == rule


def test_the_migrations_make_exactly_the_tables_that_the_statements_use(shared):
    with shared.station.desk.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize(
    "weak", ["short", "aaaaaaaaaaaaaaaa", "password12345", "passwordpassword", "123456789012345", "laboratory99", "x" * 300]
)
def test_a_weak_password_is_refused(weak):
    refused("password-weak", lambda: check_password(weak, "laboratory"))


@pytest.mark.parametrize("good", ["seven wild geese", "七只大雁飞过一片湖水面上", "correct horse battery"])
def test_several_words_make_a_password_in_any_language(good):
    assert fits(hashed(check_password(good, "somebody")), good)


def test_a_password_typed_composed_and_decomposed_is_one(shared):
    assert fits(hashed(check_password("caf\u00e9 caf\u00e9 caf\u00e9", "x")), "cafe\u0301 cafe\u0301 cafe\u0301")


def test_nobody_is_told_whether_the_name_or_the_password_was_wrong(shared):
    sessions = shared.station.people.sessions
    told = []
    for login, password in (("laboratory", "wrong words here"), ("nobody-of-that-name", PASSWORD)):
        with pytest.raises(RefusedError) as caught:
            sessions.sign_in(login, password, f"address of {login}")
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_who_fails_too_often_waits_an_hour_even_with_the_right_password(own):
    sessions, most = own.station.people.sessions, own.station.settings.limits.sign_ins_per_hour
    for _ in range(most):
        refused("sign-in", lambda: sessions.sign_in("laboratory", "wrong words here", "10.0.0.1"))
    refused("sign-in-later", lambda: sessions.sign_in("laboratory", PASSWORD, "10.0.0.2"))
    refused("sign-in-later", lambda: sessions.sign_in("certifier", PASSWORD, "10.0.0.1"))
    own.clock.pass_(hours=1, seconds=1)
    assert sessions.visitor(sessions.sign_in("laboratory", PASSWORD, "10.0.0.1"))


def test_a_session_ends_when_it_is_idle_and_after_half_a_day(own):
    sessions, limits = own.station.people.sessions, own.station.settings.limits
    idle = sessions.sign_in("laboratory", PASSWORD, "1")
    own.clock.pass_(minutes=limits.session_minutes + 1)
    assert sessions.visitor(idle) is None
    kept = sessions.sign_in("laboratory", PASSWORD, "1")
    for _ in range(limits.session_hours * 60 // 20):
        assert sessions.visitor(kept) is not None
        own.clock.pass_(minutes=20)
    assert sessions.visitor(kept) is None


def test_the_desk_keeps_no_secret_that_somebody_could_use(own):
    people = own.station.people
    secret = people.sessions.sign_in("laboratory", PASSWORD, "1")
    invitation = people.members.invite(LABORATORY, manages=False, by="test")
    token = people.members.new_token(people.visitor(secret), "robot", 3)
    with own.station.desk.reading() as connection:
        rows = [str(row) for table in (SESSIONS, INVITATIONS, TOKENS, ATTEMPTS, KEYS) for row in connection.execute(select(table))]
    text = "\n".join(rows)
    assert rows
    assert not [one for one in (secret, invitation, token, PASSWORD) if one in text]


def test_an_invitation_serves_once_and_for_two_weeks(own):
    members = own.station.people.members
    secret = members.invite(LABORATORY, manages=False, by="test")
    members.accept(secret, Newcomer(login="anna", name="Anna", password=PASSWORD))
    with pytest.raises(NotFoundError):
        members.accept(secret, Newcomer(login="berta", name="Berta", password=PASSWORD))
    late = members.invite(LABORATORY, manages=False, by="test")
    own.clock.pass_(days=14, seconds=1)
    with pytest.raises(NotFoundError):
        members.invitation(late)


def test_an_invitation_that_is_not_taken_up_right_is_not_used_up(shared):
    members = shared.station.people.members
    secret = members.invite(LABORATORY, manages=False, by="test")
    refused("password-weak", lambda: members.accept(secret, Newcomer(login="carla", name="Carla", password="short")))
    refused("login-taken", lambda: members.accept(secret, Newcomer(login="Laboratory", name="Carla", password=PASSWORD)))
    with pytest.raises(FormatError):
        members.accept(secret, Newcomer(login="carla", name=" ", password=PASSWORD))
    assert members.invitation(secret) == (LABORATORY, False)


def test_two_people_of_one_organisation_sign_with_two_keys_in_its_name(own):
    people, ledger = own.station.people, own.station.ledger
    people.members.accept(
        people.members.invite(LABORATORY, manages=False, by="test"), Newcomer(login="dora", name="Dora", password=PASSWORD)
    )
    own.logins["dora"] = "dora"
    signers = [people.custody.signer(own.visitor(who)) for who in (LABORATORY, "dora")]
    assert {one.party for one in signers} == {LABORATORY}
    assert signers[0].key.public_key != signers[1].key.public_key
    assert all(ledger.store.stream(one.key.public_key.kid) for one in signers)


def test_a_membership_that_ended_signs_nothing_more_and_its_key_is_revoked_in_the_log(own):
    people, ledger = own.station.people, own.station.ledger
    people.members.accept(
        people.members.invite(LABORATORY, manages=False, by="test"), Newcomer(login="emma", name="Emma", password=PASSWORD)
    )
    own.logins["emma"] = "emma"
    emma = own.visitor("emma")
    token = people.members.new_token(emma, "robot", 3)
    people.members.end(own.visitor(LABORATORY), emma.hat.membership)
    assert ledger.store.stream(emma.hat.kid)[-1].record.kind == KEY_REVOKED
    refused("own-key", lambda: people.custody.signer(emma))
    assert own.visitor("emma").hats == ()
    assert people.members.by_token(token) is None
    with pytest.raises(NotFoundError):
        people.members.end(own.visitor(LABORATORY), emma.hat.membership)


def test_only_who_manages_an_organisation_ends_memberships_of_it(shared):
    members, laboratory = shared.station.people.members, shared.visitor(LABORATORY)
    plain = replace(laboratory, hat=replace(laboratory.hat, manages=False))
    refused("manages", lambda: members.end(plain, laboratory.hat.membership))
    with pytest.raises(NotFoundError):
        members.end(shared.visitor(CERTIFIER), laboratory.hat.membership)


def test_a_kept_key_signs_only_for_who_has_just_proved_who_they_are(own):
    people = own.station.people
    secret = people.sessions.sign_in("laboratory", PASSWORD, "1")
    assert people.custody.signer(people.visitor(secret)).party == LABORATORY
    own.clock.pass_(minutes=own.station.settings.limits.fresh_minutes + 1)
    visitor = people.visitor(secret)
    refused("fresh-session", lambda: people.custody.signer(visitor))
    refused("sign-in", lambda: people.sessions.prove(visitor, "wrong words here", "1"))
    people.sessions.prove(visitor, PASSWORD, "1")
    assert people.custody.signer(people.visitor(secret)).party == LABORATORY


def test_a_kept_key_laid_under_another_membership_does_not_open(own):
    people, desk = own.station.people, own.station.desk
    laboratory, certifier = own.visitor(LABORATORY), own.visitor(CERTIFIER)
    with desk.writing() as connection:
        theirs = connection.execute(select(KEYS).where(KEYS.c.membership == certifier.hat.membership)).one()
        moved = {"kid": theirs.kid, "nonce": theirs.nonce, "sealed": theirs.sealed}
        connection.execute(update(KEYS).where(KEYS.c.membership == laboratory.hat.membership).values(moved))
    with pytest.raises(StoreError):
        people.custody.signer(laboratory)


def test_what_a_killed_process_left_between_desk_and_log_is_finished_when_the_station_opens(tmp_path):
    made = world(tmp_path / "station")
    members, desk = made.station.people.members, made.station.desk
    with desk.writing() as connection:  # as a process does that is killed before it grants the key
        account = members.account(connection, Newcomer(login="frida", name="Frida", password=PASSWORD))
        key = members.join(connection, account, LABORATORY, manages=False)
    assert made.station.ledger.store.stream(key.public_key.kid) == ()
    made.station.close()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as again:
        assert len(again.ledger.store.stream(key.public_key.kid)) == 1
        size = again.ledger.store.size()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as third:
        assert third.ledger.store.size() == size


def test_organisations_are_registered_by_the_operator_with_a_checked_credit_code(own):
    members, store = own.station.people.members, own.station.ledger.store
    before, name = store.size(), Names(en="Somebody")
    for usci in ("91350100M000100Y4A", "9135"):
        with pytest.raises(FormatError):
            members.register(own.visitor(OPERATOR), party="https://some.example", name=name, usci=usci)
    with pytest.raises(FormatError):
        members.register(own.visitor(OPERATOR), party="no uri", name=name)
    refused("role-held", lambda: members.register(own.visitor(LABORATORY), party="https://some.example", name=name))
    assert store.size() == before
    record = members.register(own.visitor(OPERATOR), party="https://some.example", name=name, usci="91350100M000100Y43")
    assert record.body["identifiers"] == [{"scheme": "usci", "value": "91350100M000100Y43"}]


def test_an_account_that_ended_signs_in_no_more(own):
    sessions = own.station.people.sessions
    secret = sessions.sign_in("laboratory", PASSWORD, "1")
    with own.station.desk.writing() as connection:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.login == "laboratory").values(ended_at="2026-11-27T00:00:00Z"))
    assert sessions.visitor(secret) is None
    refused("sign-in", lambda: sessions.sign_in("laboratory", PASSWORD, "1"))
