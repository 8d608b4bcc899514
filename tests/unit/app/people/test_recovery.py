"""Recovery: codes and links serve once, oblige and end what they say, and nobody but the operator at the machine makes a link."""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete, select

from authenticator import ORIGIN, Authenticator
from openqi.app.people.recovery import code_of, spelled
from openqi.app.people.visitor import Visitor
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.store.desk.passkeys import CODES, LINKS, RENEWALS
from openqi.store.desk.people import KEYS, SESSIONS
from station_world import LABORATORY, PASSWORD, World, world

ADDRESS, NEW = "10.0.0.1", "nine other geese over land"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request, tmp_path_factory) -> Iterator[World]:
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = world(tmp_path_factory.mktemp("recovery") / "station", url=ORIGIN, desk=desk)
    yield made
    made.station.close()


@pytest.fixture
def own(shared) -> World:
    """The station half a day later, the laboratory's password as it was."""
    shared.clock.pass_(hours=13)
    with shared.station.desk.writing() as connection:
        connection.execute(delete(SESSIONS))
    people = shared.station.people
    visitor = people.visitor(people.recovery.recover(people.recovery.new_link("laboratory"), PASSWORD))
    people.sessions.sign_out(visitor)
    return shared


def refused(rule: str, ask: Callable[[], object]) -> None:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == rule, caught.value


def visitor_of(own: World, secret: str) -> Visitor:
    found = own.station.people.visitor(secret)
    assert found is not None
    return found


def events(own: World, visitor: Visitor, most: int) -> list[str]:
    return [what for _, what in own.station.people.sessions.events(visitor, most=most)]


def at_once(ask: Callable[[], object], times: int = 6) -> list[object]:
    """What came of asking from several threads at once; what was refused is left out."""
    came, start = [], threading.Barrier(times)

    def one() -> None:
        start.wait()
        with contextlib.suppress(RefusedError, NotFoundError):
            came.append(ask())

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_a_code_has_120_bits_and_no_letter_that_looks_like_a_digit():
    codes = {code_of(bytes([number] * 24)) for number in range(256)}
    assert len(codes) == 32
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}", code) for code in codes)
    assert code_of(bytes(range(24))) == "0123-4567-89AB-CDEF-GHJK-MNPQ"


@pytest.mark.parametrize(
    "typed",
    ["0123-4567-89AB-CDEF-GHJK-MNPQ", "o123 4567 89ab cdef ghjk mnpq", "0i234567 89abcde\tfghjkmnpq\n", "0l23456789ABCDEFGHJKMNPQ"],
)
def test_a_code_is_read_however_somebody_types_it(typed):
    assert spelled(typed) == "0123456789ABCDEFGHJKMNPQ"


def test_ten_codes_each_sign_in_once(own):
    recovery, visitor = own.station.people.recovery, own.visitor(LABORATORY)
    codes = recovery.new_codes(visitor)
    assert len(set(codes)) == 10
    assert recovery.codes(visitor).left == 10
    for used, code in enumerate(codes, 1):
        assert visitor_of(own, recovery.sign_in("Laboratory ", code.lower(), ADDRESS)).account == visitor.account
        refused("code-refused", lambda code=code: recovery.sign_in("laboratory", code, ADDRESS))
        assert recovery.codes(visitor).left == 10 - used


def test_a_code_serves_only_the_account_it_was_made_for(own):
    recovery = own.station.people.recovery
    (code, *_) = recovery.new_codes(own.visitor(LABORATORY))
    refused("code-refused", lambda: recovery.sign_in("certifier", code, ADDRESS))
    refused("code-refused", lambda: recovery.sign_in("nobody", code, ADDRESS))
    refused("code-refused", lambda: recovery.sign_in("laboratory", "", ADDRESS))
    assert recovery.sign_in("laboratory", code, ADDRESS)


def test_of_many_who_send_one_code_at_once_one_comes_in(own):
    recovery = own.station.people.recovery
    (code, *_) = recovery.new_codes(own.visitor(LABORATORY))
    assert len(at_once(lambda: recovery.sign_in("laboratory", code, ADDRESS))) == 1


def test_new_codes_end_the_old_ones_and_are_made_only_by_who_has_just_proved_who_they_are(own):
    recovery, visitor = own.station.people.recovery, own.visitor(LABORATORY)
    (old, *_) = recovery.new_codes(visitor)
    own.clock.pass_(minutes=own.station.settings.limits.fresh_minutes + 1)
    stale = own.station.people.sessions.sign_in("laboratory", PASSWORD, ADDRESS)
    own.clock.pass_(minutes=own.station.settings.limits.fresh_minutes + 1)
    refused("fresh-session", lambda: recovery.new_codes(visitor_of(own, stale)))
    recovery.new_codes(own.visitor(LABORATORY))
    refused("code-refused", lambda: recovery.sign_in("laboratory", old, ADDRESS))


def test_who_came_in_by_a_code_does_nothing_but_set_a_new_way_in(own):
    people = own.station.people
    (code, *_) = people.recovery.new_codes(own.visitor(LABORATORY))
    secret = people.recovery.sign_in("laboratory", code, ADDRESS)
    bare = visitor_of(own, secret)
    assert (bare.renews, bare.fresh, bare.hats, bare.hat) == (True, False, (), None)
    refused("hat-worn", lambda: people.custody.signer(bare))
    refused("hat-worn", lambda: people.members.new_token(bare, "robot", 3))
    refused("fresh-session", lambda: people.recovery.new_codes(bare))
    people.sessions.prove(bare, PASSWORD, ADDRESS)
    assert visitor_of(own, secret).renews, "an old password does not free somebody who came by a code"
    refused("password-weak", lambda: people.ways.set_password(bare, "short"))
    people.ways.set_password(bare, NEW)
    whole = visitor_of(own, secret)
    assert (whole.renews, whole.fresh, whole.party) == (False, True, LABORATORY)
    assert people.custody.signer(whole).party == LABORATORY
    refused("sign-in", lambda: people.sessions.sign_in("laboratory", PASSWORD, ADDRESS))
    assert people.sessions.sign_in("laboratory", NEW, ADDRESS)


def test_a_new_passkey_is_a_new_way_in_too(own):
    people = own.station.people
    (code, *_) = people.recovery.new_codes(own.visitor(LABORATORY))
    secret = people.recovery.sign_in("laboratory", code, ADDRESS)
    bare, device = visitor_of(own, secret), Authenticator()
    people.passkeys.add(bare, "new phone", device.make(people.passkeys.begin(bare)))
    assert people.custody.signer(visitor_of(own, secret)).party == LABORATORY


def test_a_code_ends_every_other_session_and_the_account_tells_of_it(own):
    people = own.station.people
    before = people.sessions.sign_in("laboratory", PASSWORD, ADDRESS)
    (code, *_) = people.recovery.new_codes(visitor_of(own, before))
    refused("code-refused", lambda: people.recovery.sign_in("laboratory", "AAAAA", ADDRESS))
    secret = people.recovery.sign_in("laboratory", code, ADDRESS)
    assert people.visitor(before) is None
    told = events(own, visitor_of(own, secret), 4)
    assert told == ["recovery code used", "signed in", "recovery code failed", "recovery codes made"]


def test_the_end_of_such_a_session_leaves_nothing_at_the_desk(own):
    people = own.station.people
    (code, *_) = people.recovery.new_codes(own.visitor(LABORATORY))
    people.sessions.sign_out(visitor_of(own, people.recovery.sign_in("laboratory", code, ADDRESS)))
    with own.station.desk.reading() as connection:
        assert connection.execute(select(RENEWALS)).all() == []


def test_codes_are_counted_as_passwords_are(own):
    people, most = own.station.people, own.station.settings.limits.sign_ins_per_hour
    (code, *_) = people.recovery.new_codes(own.visitor(LABORATORY))
    for _ in range(most):
        refused("code-refused", lambda: people.recovery.sign_in("laboratory", "AAAAA-AAAAA", "10.0.0.7"))
    refused("sign-in-later", lambda: people.recovery.sign_in("laboratory", code, "10.0.0.8"))
    refused("sign-in-later", lambda: people.sessions.sign_in("certifier", PASSWORD, "10.0.0.7"))


def test_a_link_sets_a_password_once_and_within_a_day(own):
    people = own.station.people
    late = people.recovery.new_link("laboratory")
    own.clock.pass_(hours=24)
    for ask in (lambda: people.recovery.link(late), lambda: people.recovery.recover(late, NEW)):
        with pytest.raises(NotFoundError):
            ask()
    secret = people.recovery.new_link(" Laboratory")
    own.clock.pass_(hours=23, minutes=59)
    assert people.recovery.link(secret) == ("laboratory", "Person of laboratory")
    refused("password-weak", lambda: people.recovery.recover(secret, "short"))
    assert visitor_of(own, people.recovery.recover(secret, NEW)).fresh
    with pytest.raises(NotFoundError):
        people.recovery.recover(secret, PASSWORD)
    assert people.sessions.sign_in("laboratory", NEW, ADDRESS)


def test_a_newer_link_ends_the_older_one_and_nobody_unknown_gets_one(own):
    recovery = own.station.people.recovery
    old, new = (recovery.new_link("laboratory") for _ in range(2))
    with pytest.raises(NotFoundError):
        recovery.link(old)
    assert recovery.link(new)
    with pytest.raises(NotFoundError):
        recovery.new_link("nobody")


def test_of_many_who_send_one_link_at_once_one_sets_the_password(own):
    recovery = own.station.people.recovery
    secret = recovery.new_link("laboratory")
    assert len(at_once(lambda: recovery.recover(secret, NEW), 4)) == 1


def test_a_link_ends_all_sessions_keeps_the_kept_key_and_the_account_tells_of_it(own):
    people = own.station.people
    before = people.sessions.sign_in("laboratory", PASSWORD, ADDRESS)
    kid = visitor_of(own, before).hat.kid
    with own.station.desk.reading() as connection:
        keys = connection.execute(select(KEYS)).all()
    after = people.recovery.recover(people.recovery.new_link("laboratory"), NEW)
    assert people.visitor(before) is None
    assert people.custody.signer(visitor_of(own, after)).key.public_key.kid == kid
    with own.station.desk.reading() as connection:
        assert connection.execute(select(KEYS)).all() == keys
    assert events(own, visitor_of(own, after), 3) == ["signed in", "recovered with a link", "recovery link made"]


def test_a_link_gives_a_password_to_who_had_none(own):
    people, visitor, device = own.station.people, own.visitor(LABORATORY), Authenticator()
    people.passkeys.add(visitor, "phone", device.make(people.passkeys.begin(visitor)))
    people.ways.remove_password(visitor)
    people.recovery.recover(people.recovery.new_link("laboratory"), NEW)
    assert people.sessions.sign_in("laboratory", NEW, ADDRESS)


def test_the_desk_keeps_no_code_and_no_link_that_somebody_could_use(own):
    people = own.station.people
    codes, link = people.recovery.new_codes(own.visitor(LABORATORY)), people.recovery.new_link("laboratory")
    with own.station.desk.reading() as connection:
        rows = [str(row) for table in (CODES, LINKS) for row in connection.execute(select(table))]
    text = "\n".join(rows)
    assert rows
    assert not [one for code in codes for one in (code, spelled(code)) if one in text]
    assert link not in text
