"""Passkeys at a station: which answers of a device are taken, which never, and what signing in with one is worth."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from authenticator import ORIGIN, Authenticator
from openqi.app.people.visitor import Visitor
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.store.desk.passkeys import CHALLENGES, PASSKEYS
from openqi.store.desk.people import ACCOUNTS
from station_world import CERTIFIER, LABORATORY, PASSWORD, World, world

ADDRESS = "10.0.0.1"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def own(request, tmp_path_factory) -> Iterator[World]:
    """A station reached under a host name, its desk in either kind of database."""
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = world(tmp_path_factory.mktemp("passkeys") / "station", url=ORIGIN, desk=desk)
    yield made
    made.station.close()


@pytest.fixture(autouse=True)
def later(own) -> None:
    """Attempts, sessions and passkeys of the test before are over."""
    own.clock.pass_(hours=13)
    with own.station.desk.writing() as connection:
        connection.execute(delete(PASSKEYS))


def refused(rule: str, ask, *, saying: str = "") -> None:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == rule, caught.value
    assert saying in str(caught.value)


def with_passkey(own: World, party: str = LABORATORY, device: Authenticator | None = None) -> tuple[Visitor, Authenticator]:
    """Somebody who has just added a passkey, and their device."""
    visitor, device = own.visitor(party), device or Authenticator()
    passkeys = own.station.people.passkeys
    passkeys.add(visitor, "phone", device.make(passkeys.begin(visitor)))
    return visitor, device


def signed_in(own: World, device: Authenticator, **wrong) -> Visitor:
    passkeys = own.station.people.passkeys
    ticket, options = passkeys.begin_sign_in()
    found = own.station.people.visitor(passkeys.sign_in(ticket, device.sign(options, **wrong), ADDRESS))
    assert found is not None
    return found


def events(own: World, visitor: Visitor) -> list[str]:
    return [what for _, what in own.station.people.sessions.events(visitor)]


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_passkey_signs_in_without_a_name_and_its_session_may_sign(own, algorithm):
    visitor, device = with_passkey(own, device=Authenticator(algorithm))
    back = signed_in(own, device)
    assert (back.account, back.fresh) == (visitor.account, True)
    assert own.station.people.custody.signer(back).party == LABORATORY
    (kept,) = own.station.people.passkeys.all(visitor)
    assert (kept.name, kept.used_at) == ("phone", kept.made_at)


def test_the_options_ask_for_a_passkey_that_is_found_without_a_name_and_checks_its_owner(own):
    passkeys, visitor = own.station.people.passkeys, own.visitor(LABORATORY)
    made = passkeys.begin(visitor)["publicKey"]
    assert made["rp"]["id"] == "localhost"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    _, asked = passkeys.begin_sign_in()
    assert asked["publicKey"]["userVerification"] == "required"
    assert "allowCredentials" not in asked["publicKey"], "nobody learns who has a passkey"
    assert json.dumps(made), "a browser gets it as JSON"


WRONG = {
    "another origin": ({"origin": "https://localhost:8000"}, "origin"),
    "another port": ({"origin": "http://localhost:8001"}, "origin"),
    "a host below": ({"origin": "http://evil.localhost:8000"}, "origin"),
    "another relying party": ({"relying_party": "elsewhere.example"}, "RP ID"),
    "a person who was not verified": ({"verified": False}, "verifi"),
    "nobody present": ({"present": False}, "Present"),
    "a page inside another one": ({"cross_origin": True}, "another site"),
    "an answer to something else": ({"type": "webauthn.other"}, "type"),
}


@pytest.mark.parametrize("case", WRONG)
def test_no_passkey_is_kept_from(own, case):
    wrong, saying = WRONG[case]
    passkeys, visitor = own.station.people.passkeys, own.visitor(LABORATORY)
    before = passkeys.all(visitor)
    answer = Authenticator(**wrong).make(passkeys.begin(visitor))
    refused("passkey-refused", lambda: passkeys.add(visitor, "phone", answer), saying=saying)
    assert passkeys.all(visitor) == before


@pytest.mark.parametrize("case", WRONG)
def test_nobody_signs_in_or_proves_who_they_are_from(own, case):
    wrong, saying = WRONG[case]
    visitor, device = with_passkey(own)
    for name, value in wrong.items():
        setattr(device, name, value)
    refused("passkey-refused", lambda: signed_in(own, device), saying=saying)
    passkeys = own.station.people.passkeys
    answer = device.sign(passkeys.begin_proof(visitor))
    refused("passkey-refused", lambda: passkeys.prove(visitor, answer, ADDRESS), saying=saying)


def test_a_signature_of_another_key_or_over_other_bytes_signs_nobody_in(own):
    visitor, device = with_passkey(own)
    thief = Authenticator(id=device.id, handle=device.handle)
    refused("passkey-refused", lambda: signed_in(own, thief), saying="signature")
    refused("passkey-refused", lambda: signed_in(own, device, signature=b"\x30\x06\x02\x01\x01\x02\x01\x01"))
    assert "passkey failed" in events(own, visitor)


def test_a_passkey_that_names_another_account_or_none_signs_nobody_in(own):
    _, device = with_passkey(own)
    _, other = with_passkey(own, CERTIFIER)
    for handle in (other.handle, "", None):
        refused("passkey-refused", lambda handle=handle: signed_in(own, device, handle=handle))


def test_a_challenge_is_answered_once_in_its_session_for_its_purpose_and_within_five_minutes(own):
    passkeys = own.station.people.passkeys
    visitor, device = with_passkey(own)
    other = own.visitor(LABORATORY)
    ticket, options = passkeys.begin_sign_in()
    answer = device.sign(options)
    refused("passkey-late", lambda: passkeys.sign_in("another ticket", answer, ADDRESS))
    assert passkeys.sign_in(ticket, answer, ADDRESS)
    refused("passkey-late", lambda: passkeys.sign_in(ticket, answer, ADDRESS))
    proof = device.sign(passkeys.begin_proof(visitor))
    refused("passkey-late", lambda: passkeys.prove(other, proof, ADDRESS))
    ticket, options = passkeys.begin_sign_in()
    refused("passkey-late", lambda: passkeys.prove(visitor, device.sign(options), ADDRESS))
    ticket, options = passkeys.begin_sign_in()
    own.clock.pass_(minutes=5)
    refused("passkey-late", lambda: passkeys.sign_in(ticket, device.sign(options), ADDRESS))
    invented = {"publicKey": {**options["publicKey"], "challenge": "A" * 43}}
    refused("passkey-late", lambda: passkeys.sign_in(ticket, device.sign(invented), ADDRESS))


def test_a_challenge_that_was_answered_wrongly_serves_no_more(own):
    _, device = with_passkey(own)
    passkeys = own.station.people.passkeys
    ticket, options = passkeys.begin_sign_in()
    refused("passkey-refused", lambda: passkeys.sign_in(ticket, device.sign(options, signature=b"no"), ADDRESS))
    refused("passkey-late", lambda: passkeys.sign_in(ticket, device.sign(options), ADDRESS))


def test_of_many_answers_with_one_challenge_that_come_at_once_one_signs_in(own):
    _, device = with_passkey(own)
    passkeys = own.station.people.passkeys
    ticket, options = passkeys.begin_sign_in()
    answer, came = device.sign(options), []

    def ask() -> None:
        with contextlib.suppress(RefusedError):
            came.append(passkeys.sign_in(ticket, answer, ADDRESS))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(came) == 1


def test_challenges_that_ended_leave_the_desk(own):
    passkeys = own.station.people.passkeys
    for _ in range(3):
        passkeys.begin_sign_in()
    own.clock.pass_(minutes=5)
    passkeys.begin_sign_in()
    with own.station.desk.reading() as connection:
        assert len(connection.execute(select(CHALLENGES)).all()) == 1


def test_a_counter_that_goes_back_or_stands_still_is_refused_and_noted(own):
    visitor, device = with_passkey(own, device=Authenticator(counter=7))
    device.counter = 6
    refused("passkey-copied", lambda: signed_in(own, device))
    device.counter = 3
    refused("passkey-copied", lambda: signed_in(own, device))
    device.counter = 0
    refused("passkey-copied", lambda: signed_in(own, device))
    assert events(own, visitor).count("passkey counter went back") == 3
    device.counter = 2**32 - 2
    assert signed_in(own, device).account == visitor.account


def test_a_device_that_does_not_count_signs_in_again_and_again(own):
    visitor, device = with_passkey(own, device=Authenticator(counter=0))
    assert [signed_in(own, device).account for _ in range(2)] == [visitor.account] * 2


def test_a_passkey_makes_a_session_fresh_again_so_that_a_kept_key_signs(own):
    people = own.station.people
    _, device = with_passkey(own)
    secret = people.sessions.sign_in("laboratory", PASSWORD, ADDRESS)
    own.clock.pass_(minutes=own.station.settings.limits.fresh_minutes + 1)
    stale = people.visitor(secret)
    refused("fresh-session", lambda: people.custody.signer(stale))
    options = people.passkeys.begin_proof(stale)
    assert device.sign(options)
    people.passkeys.prove(stale, device.sign(options), ADDRESS)
    assert people.custody.signer(people.visitor(secret)).party == LABORATORY


def test_nobody_proves_who_they_are_with_the_passkey_of_somebody_else(own):
    people = own.station.people
    _, theirs = with_passkey(own, CERTIFIER)
    visitor, _ = with_passkey(own)
    answer = theirs.sign(people.passkeys.begin_proof(visitor))
    refused("passkey-refused", lambda: people.passkeys.prove(visitor, answer, ADDRESS))


def test_passkeys_are_added_and_removed_only_by_who_has_just_proved_who_they_are(own):
    passkeys = own.station.people.passkeys
    visitor, _device = with_passkey(own)
    stale = replace(visitor, fresh=False)
    refused("fresh-session", lambda: passkeys.begin(stale))
    refused("fresh-session", lambda: passkeys.add(stale, "mine", "{}"))
    refused("fresh-session", lambda: passkeys.remove(stale, passkeys.all(visitor)[0].id))


def test_a_removed_passkey_signs_nobody_in_and_nobody_removes_what_is_not_theirs(own):
    passkeys = own.station.people.passkeys
    visitor, device = with_passkey(own)
    (mine,) = passkeys.all(visitor)
    with pytest.raises(NotFoundError):
        passkeys.remove(own.visitor(CERTIFIER), mine.id)
    passkeys.remove(visitor, mine.id)
    refused("passkey-refused", lambda: signed_in(own, device))
    with pytest.raises(NotFoundError):
        passkeys.remove(visitor, mine.id)


def test_the_last_way_in_is_never_removed(own):
    people = own.station.people
    visitor, device = with_passkey(own, "https://operator.example")
    people.ways.remove_password(visitor)
    refused("sign-in", lambda: people.sessions.sign_in("olga", PASSWORD, ADDRESS))
    (only,) = people.passkeys.all(visitor)
    refused("last-way-in", lambda: people.passkeys.remove(visitor, only.id))
    back = signed_in(own, device)
    people.ways.set_password(back, "nine other geese over land")
    people.passkeys.remove(back, only.id)
    refused("last-way-in", lambda: people.ways.remove_password(back))
    assert people.ways.of(back).count == 1
    refused("password-old", lambda: people.ways.set_password(back, PASSWORD))
    people.sessions.change_password(back, "nine other geese over land", PASSWORD, ADDRESS)
    assert people.sessions.sign_in("olga", PASSWORD, ADDRESS)


def test_of_two_processes_that_remove_the_last_two_ways_at_once_one_is_refused(own):
    people = own.station.people
    for _ in range(5):
        visitor, _ = with_passkey(own, CERTIFIER)
        for extra in people.passkeys.all(visitor)[1:]:
            people.passkeys.remove(visitor, extra.id)
        (only,) = people.passkeys.all(visitor)
        told, start = [], threading.Barrier(2)

        def ask(remove, start=start, told=told) -> None:
            start.wait()
            try:
                remove()
                told.append("removed")
            except RefusedError as error:
                told.append(error.rule)

        asks = (lambda v=visitor: people.ways.remove_password(v), lambda v=visitor, o=only: people.passkeys.remove(v, o.id))
        threads = [threading.Thread(target=ask, args=(one,)) for one in asks]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(told) == ["last-way-in", "removed"]
        if people.ways.of(visitor).password_since is None:
            people.ways.set_password(visitor, PASSWORD)


def test_one_passkey_is_kept_once(own):
    passkeys = own.station.people.passkeys
    _, device = with_passkey(own)
    other = own.visitor(CERTIFIER)
    refused("passkey-known", lambda: passkeys.add(other, "copy", device.make(passkeys.begin(other))))


def test_a_passkey_has_a_name_and_an_account_at_most_twenty(own):
    passkeys = own.station.people.passkeys
    visitor = own.visitor(CERTIFIER)
    for name in ("", "  ", "x" * 101, "a\nb"):
        with pytest.raises(FormatError):
            passkeys.add(visitor, name, Authenticator().make(passkeys.begin(visitor)))
    for number in range(20 - len(passkeys.all(visitor))):
        passkeys.add(visitor, f"device {number}", Authenticator().make(passkeys.begin(visitor)))
    refused("passkeys-many", lambda: passkeys.begin(visitor))


def test_a_key_that_was_not_asked_for_or_checks_nothing_is_not_kept(own):
    passkeys, visitor = own.station.people.passkeys, own.visitor(LABORATORY)
    for algorithm, cose in (("ES384", {}), ("ES256", {3: -65535}), ("ES256", {-2: b"\1" * 32})):
        answer = Authenticator(algorithm).make(passkeys.begin(visitor), cose=cose)
        refused("passkey-refused", lambda answer=answer: passkeys.add(visitor, "odd", answer))


def test_who_fails_too_often_waits_with_a_passkey_too(own):
    most = own.station.settings.limits.sign_ins_per_hour
    _, device = with_passkey(own)
    for _ in range(most):
        refused("passkey-refused", lambda: signed_in(own, device, signature=b"no"))
    refused("sign-in-later", lambda: signed_in(own, device))
    refused("sign-in-later", lambda: own.station.people.sessions.sign_in("certifier", PASSWORD, ADDRESS))


def test_right_sign_ins_from_one_address_are_no_failures(own):
    most = own.station.settings.limits.sign_ins_per_hour
    _, device = with_passkey(own, device=Authenticator(counter=0))
    for _ in range(most + 1):
        assert own.station.people.sessions.sign_in("certifier", PASSWORD, "10.0.0.9")
    for _ in range(most + 1):
        assert signed_in(own, device)


def test_a_passkey_of_an_account_that_ended_signs_nobody_in(own):
    visitor, device = with_passkey(own)
    end = update(ACCOUNTS).where(ACCOUNTS.c.id == visitor.account)
    with own.station.desk.writing() as connection:
        connection.execute(end.values(ended_at="2026-11-27T00:00:00Z"))
    refused("passkey-refused", lambda: signed_in(own, device))
    with own.station.desk.writing() as connection:
        connection.execute(end.values(ended_at=None))
    assert signed_in(own, device)


def test_what_the_desk_keeps_of_a_passkey_signs_nothing(own):
    visitor, device = with_passkey(own)
    with own.station.desk.reading() as connection:
        rows = connection.execute(select(PASSKEYS).where(PASSKEYS.c.account == visitor.account)).all()
    private = device.key.private_numbers().private_value.to_bytes(32, "big")
    assert rows
    assert not [row for row in rows if private in bytes(row.credential)]
