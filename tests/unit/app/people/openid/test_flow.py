"""Ways to a provider that lies, is slow or mixes people up: nobody is let in by it, and each way serves once."""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from sqlalchemy import delete, select, update

from hostile_provider import Hostile
from openid_server import SECRET, configure
from openqi.app.people.members import Newcomer
from openqi.app.people.openid import discovery
from openqi.app.people.openid.flow import Back, Flows, Wish
from openqi.app.people.openid.tokens import Identity
from openqi.app.people.visitor import Visitor
from openqi.app.station.station import Station
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError
from openqi.store.desk.openid import FLOWS, LINKS
from openqi.store.desk.people import ACCOUNTS, ATTEMPTS, PASSWORDS, SESSIONS
from station_world import LABORATORY, OPERATOR, PASSPHRASE, URL, Clock, World


@dataclass
class Scene:
    """The small station, two providers that may be hostile, and the ways between."""

    world: World
    campus: Hostile
    other: Hostile
    flows: Flows

    def begin(self, purpose="sign-in", *, name="campus", visitor=None, browser="", **more):
        return self.flows.begin(name, Wish(purpose=purpose, **more), visitor=visitor, browser=browser)

    def end(self, said, going, *, name="campus", visitor=None, browser=None, address="10.0.0.1") -> Back:
        known = going.browser if browser is None else browser
        return self.flows.end(name, said, browser=known, visitor=visitor, address=address)

    def whole(self, purpose="sign-in", *, visitor=None, **more) -> Back:
        going = self.begin(purpose, visitor=visitor, **more)
        return self.end(self.campus.agrees(going.address), going, visitor=visitor)

    def linked(self, sub: str = "anna", party: str = LABORATORY) -> Visitor:
        """Somebody whose identity is linked."""
        visitor = self.world.visitor(party)
        self.flows.identities.link(visitor, Identity(issuer=self.campus.issuer, sub=sub))
        return visitor

    def session(self, secret) -> Visitor:
        found = self.world.station.people.visitor(secret)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    clock = Clock()
    campus, other = Hostile(clock), Hostile(clock)
    folder = tmp_path_factory.mktemp("openid") / "station"
    configure(folder, URL, ("campus", campus.issuer, "a station"), ("other", other.issuer, "a station"))
    with Station(folder, passphrase=PASSPHRASE, clock=clock) as station:
        yield World(station, clock, {OPERATOR: "olga", LABORATORY: "laboratory"}), campus, other
    for server in (campus, other):
        server.shutdown()
        server.server_close()


@pytest.fixture
def scene(staged) -> Scene:
    world, campus, other = staged
    campus.reset()
    other.reset()
    with world.station.desk.writing() as connection:
        for table in (FLOWS, LINKS, ATTEMPTS):
            connection.execute(delete(table))
    return Scene(world, campus, other, world.station.openid())


def refused(rule: str, ask) -> None:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == rule


def sessions(scene: Scene) -> int:
    with scene.world.station.desk.reading() as connection:
        return len(connection.execute(select(SESSIONS.c.id)).all())


def test_a_way_carries_state_nonce_and_the_hash_of_a_verifier_that_only_the_code_brings(scene):
    scene.linked()
    going = scene.begin(next="/inbox")
    asked = dict(parse_qsl(urlsplit(going.address).query))
    assert asked.pop("redirect_uri") == f"{URL}/openid/campus"
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    back = scene.end(scene.campus.agrees(going.address), going)
    assert (back.purpose, back.next) == ("sign-in", "/inbox")
    form = scene.campus.forms[0]
    hashed = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert hashed == asked["code_challenge"]
    assert (form["client_id"], form["client_secret"], form["by"]) == ("a station", SECRET, "header")
    assert form["redirect_uri"] == f"{URL}/openid/campus"
    again = dict(parse_qsl(urlsplit(scene.begin().address).query))
    assert not {again[name] for name in ("state", "nonce", "code_challenge")} & set(asked.values())


def test_a_provider_that_takes_no_secret_in_a_header_gets_it_in_the_form(scene):
    scene.campus.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    scene.linked()
    assert scene.whole().session
    form = scene.campus.forms[0]
    assert (form["client_id"], form["client_secret"], form.get("by")) == ("a station", SECRET, None)


def test_the_desk_keeps_nothing_of_a_way_that_somebody_could_use(scene):
    going = scene.begin()
    asked = dict(parse_qsl(urlsplit(going.address).query))
    with scene.world.station.desk.reading() as connection:
        row = repr(connection.execute(select(FLOWS)).one())
    said = scene.campus.agrees(going.address)
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"], going.browser):
        assert secret not in row
    with pytest.raises(RefusedError):
        scene.end(said, going)
    assert scene.campus.forms[0]["code_verifier"] not in row


@pytest.mark.parametrize(("ago", "fresh"), [(0, True), (14 * 60, True), (16 * 60, False), (None, False)])
def test_a_session_is_as_fresh_as_the_provider_says_that_the_person_proved_themselves(scene, ago, fresh):
    scene.linked()
    now = int(scene.world.clock().timestamp())
    scene.campus.claims = {"auth_time": None if ago is None else now - ago}
    visitor = scene.session(scene.whole().session)
    assert visitor.fresh is fresh
    if not fresh:
        refused("fresh-session", lambda: scene.world.station.people.custody.signer(visitor))


LIES = [
    ("nonce", {"nonce": "another"}), ("nonce", {"nonce": None}), ("audience", {"aud": "another"}), ("issuer", {"iss": "https://x.example"}),
    ("expired", {"exp": 1}), ("issued", {"iat": 1}), ("subject", {"sub": None}),
]  # fmt: skip


@pytest.mark.parametrize(("step", "lie"), LIES)
def test_a_lie_in_a_token_lets_nobody_in_and_uses_the_way_up(scene, step, lie):
    scene.linked()
    scene.campus.claims = lie
    before, going = sessions(scene), scene.begin()
    with pytest.raises(VerificationError) as caught:
        scene.end(scene.campus.agrees(going.address), going)
    assert caught.value.step == step
    assert sessions(scene) == before
    scene.campus.claims = {}
    refused("openid-state", lambda: scene.end(scene.campus.agrees(going.address), going))


def test_a_token_of_somebody_elses_way_does_not_serve_for_mine(scene):
    scene.linked()
    theirs = dict(parse_qsl(urlsplit(scene.begin().address).query))
    scene.campus.token = scene.campus.id_token(theirs)
    with pytest.raises(VerificationError, match="nonce"):
        scene.whole()


def test_a_key_that_is_not_known_is_asked_for_once(scene):
    scene.linked()
    assert scene.whole().session
    assert scene.campus.asked.count("/jwks") == 1
    scene.campus.key = type(scene.campus.key).generate_key("P-256", {"kid": "second", "use": "sig"})
    assert scene.whole().session
    assert scene.campus.asked.count("/jwks") == 2
    scene.campus.answers["/jwks"] = (200, {}, b'{"keys":[]}')
    scene.campus.key = type(scene.campus.key).generate_key("P-256", {"kid": "third", "use": "sig"})
    with pytest.raises(VerificationError, match="key"):
        scene.whole()
    assert scene.campus.asked.count("/jwks") == 3, "once more, not again and again"


def test_what_a_provider_says_is_kept_for_an_hour(scene):
    scene.linked()
    for _ in range(3):
        scene.whole()
    assert (scene.campus.asked.count("/jwks"), scene.campus.asked.count("/token")) == (1, 3)
    scene.world.clock.pass_(minutes=61)
    scene.whole()
    assert scene.campus.asked.count("/jwks") == 2
    assert scene.campus.asked.count("/.well-known/openid-configuration") == 2


def test_a_way_serves_once_within_ten_minutes_and_only_the_browser_that_began_it(scene):
    scene.linked()
    going = scene.begin()
    said = scene.campus.agrees(going.address)
    for browser in ("", "another", going.browser[:-1], scene.begin().browser):
        refused("openid-state", lambda browser=browser: scene.end(said, going, browser=browser))
    assert scene.end(said, going).session, "what others tried did not use it up"
    refused("openid-state", lambda: scene.end(said, going))
    late = scene.begin()
    scene.world.clock.pass_(minutes=10, seconds=1)
    refused("openid-state", lambda: scene.end(scene.campus.agrees(late.address), late))
    for wrong in ("", "another"):
        refused("openid-state", lambda wrong=wrong: scene.end([("state", wrong), ("code", "x")], late))
    scene.begin()
    with scene.world.station.desk.reading() as connection:
        assert len(connection.execute(select(FLOWS.c.id)).all()) == 1, "what is over is swept away"


def test_two_tabs_of_a_browser_come_back_both(scene):
    scene.linked()
    first = scene.begin()
    second = scene.begin(browser=first.browser)
    assert first.browser == second.browser
    assert scene.end(scene.campus.agrees(first.address), first).session
    assert scene.end(scene.campus.agrees(second.address), second).session


def test_an_answer_of_one_provider_does_not_pass_for_another(scene):
    """Mix-up: the person begins at a hostile provider, which sends them on to an honest one and wants the code."""
    scene.linked()
    going = scene.begin(name="other")
    said = scene.campus.agrees(going.address)
    refused("openid-issuer", lambda: scene.end(said, going, name="other"))
    assert scene.other.forms == [], "no code of one provider is ever shown to another"
    going = scene.begin(name="other")
    refused("openid-state", lambda: scene.end(scene.campus.agrees(going.address), going, name="campus"))
    assert scene.campus.forms == []


def test_a_provider_that_names_itself_has_to_and_one_that_need_not_must_not_lie(scene):
    scene.linked()
    going = scene.begin()
    said = [(name, value) for name, value in scene.campus.agrees(going.address) if name != "iss"]
    refused("openid-issuer", lambda: scene.end(said, going))
    scene.flows = scene.world.station.openid()
    scene.campus.described = {"authorization_response_iss_parameter_supported": None}
    going = scene.begin()
    said = [(name, value) for name, value in scene.campus.agrees(going.address) if name != "iss"]
    assert scene.end(said, going).session
    going = scene.begin()
    refused("openid-issuer", lambda: scene.end(scene.campus.agrees(going.address, iss="https://x.example"), going))


def test_what_is_said_twice_or_too_long_is_not_read(scene):
    scene.linked()
    going = scene.begin()
    said = scene.campus.agrees(going.address)
    for more in (("state", "another"), ("code", "another"), ("more", "x" * 3_000)):
        refused("openid-state", lambda more=more: scene.end([*said, more], going))
    assert scene.end(said, going).session


def test_who_broke_off_is_told_so(scene):
    going = scene.begin()
    state = dict(parse_qsl(urlsplit(going.address).query))["state"]
    said = [("error", "access_denied"), ("state", state), ("iss", scene.campus.issuer)]
    refused("openid-denied", lambda: scene.end(said, going))
    assert scene.campus.forms == []


HUGE = b'{"a":"' + b"x" * 300_000 + b'"}'
BAD = [
    (200, {}, HUGE), (200, {}, b"<html>"), (200, {}, b"[]"), (200, {}, b"\xff"), (200, {}, b"[" * 100_000), (500, {}, b"{}"),
    (302, {"location": "http://127.0.0.1:1/"}, b"{}"), (307, {"location": "/elsewhere"}, b"{}"), (204, {}, b""),
    (200, {"content-length": "9999"}, b"{}"),
]  # fmt: skip


@pytest.mark.parametrize("bad", range(len(BAD)))
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
def test_an_answer_that_is_none_lets_nobody_in(scene, path, bad, monkeypatch):
    monkeypatch.setattr(discovery, "_SECONDS", 1.0)
    scene.linked()
    scene.campus.answers[path] = BAD[bad]
    before = sessions(scene)
    refused("openid-away", scene.whole)
    assert sessions(scene) == before
    assert "/elsewhere" not in scene.campus.asked, "nobody is followed elsewhere"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token"])
def test_a_provider_that_drips_is_left_after_its_time(scene, path, monkeypatch):
    monkeypatch.setattr(discovery, "_SECONDS", 0.5)
    scene.linked()
    scene.campus.dripping.add(path)
    refused("openid-away", scene.whole)
    assert scene.campus.left.wait(10), "it has not sent all of it"


@pytest.mark.parametrize("status", [400, 401])
def test_a_code_that_the_provider_does_not_take_lets_nobody_in(scene, status):
    scene.campus.answers["/token"] = (status, {}, b'{"error":"invalid_client"}')
    refused("openid-code", scene.whole)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30."])
def test_an_answer_without_a_token_lets_nobody_in(scene, token):
    scene.campus.answers["/token"] = (200, {}, b'{"id_token":"%s"}' % token.encode())
    with pytest.raises(VerificationError):
        scene.whole()


def test_a_provider_that_was_away_is_not_asked_again_at_once(scene):
    scene.campus.answers["/.well-known/openid-configuration"] = (500, {}, b"")
    for _ in range(3):
        refused("openid-away", scene.begin)
    assert len(scene.campus.asked) == 1
    scene.campus.answers.clear()
    scene.world.clock.pass_(seconds=21)
    assert scene.begin().address


def test_who_has_no_linked_identity_comes_in_nowhere_even_with_a_sign_in_name_or_mail_address_of_somebody(scene):
    scene.campus.claims = {"email": "laboratory", "preferred_username": "laboratory", "email_verified": True, "sub": "laboratory"}
    refused("openid-unlinked", scene.whole)


def test_failures_of_an_address_are_counted_and_successes_are_not(scene):
    scene.linked()
    most = scene.world.station.settings.limits.sign_ins_per_hour
    for _ in range(most + 2):
        assert scene.whole().session
    scene.campus.claims = {"sub": "stranger"}
    for _ in range(most):
        refused("openid-unlinked", scene.whole)
    scene.campus.claims = {}
    refused("sign-in-later", scene.whole)
    going = scene.begin()
    assert scene.end(scene.campus.agrees(going.address), going, address="10.0.0.2").session


def test_an_account_that_has_ended_is_let_in_by_no_identity(scene):
    visitor = scene.linked()
    scene.whole()
    with scene.world.station.desk.writing() as connection:
        mine = ACCOUNTS.c.id == visitor.account
        connection.execute(update(ACCOUNTS).where(mine).values(ended_at="2026-11-27T08:00:00Z"))
    try:
        refused("openid-unlinked", scene.whole)
    finally:
        with scene.world.station.desk.writing() as connection:
            connection.execute(update(ACCOUNTS).where(mine).values(ended_at=None))


def test_linking_and_unlinking_ask_for_a_fresh_session(scene):
    visitor = scene.world.visitor(LABORATORY)
    stale = Visitor(session=visitor.session, account=visitor.account, name=visitor.name)
    refused("fresh-session", lambda: scene.begin("link", visitor=stale))
    refused("openid-session", lambda: scene.begin("link"))
    assert scene.whole("link", visitor=visitor).purpose == "link"
    refused("fresh-session", lambda: scene.flows.identities.unlink(stale, scene.campus.issuer, "anna"))
    going = scene.begin("link", visitor=visitor)
    scene.campus.claims = {"sub": "bert"}
    refused("fresh-session", lambda: scene.end(scene.campus.agrees(going.address), going, visitor=stale))


def test_linking_and_proving_end_in_the_session_in_which_they_began(scene):
    """Else whoever lures somebody to an answer of their own would have their identity linked with that person's account."""
    visitor, victim = scene.world.visitor(LABORATORY), scene.world.visitor(OPERATOR)
    for purpose in ("link", "prove"):
        for other in (None, victim):
            going = scene.begin(purpose, visitor=visitor)
            said = scene.campus.agrees(going.address)
            refused("openid-session", lambda said=said, going=going, other=other: scene.end(said, going, visitor=other))
    assert scene.flows.identities.of(victim) == ()


def test_proving_asks_anew_and_takes_only_a_proof_given_since_with_an_identity_of_ones_own(scene):
    visitor = scene.linked()
    scene.world.clock.pass_(minutes=16)
    assert not scene.session(_secret_of(scene, visitor)).fresh
    asked = dict(parse_qsl(urlsplit(scene.begin("prove", visitor=visitor).address).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    now = int(scene.world.clock().timestamp())
    for said in ({"auth_time": None}, {"auth_time": now - 120}):
        scene.campus.claims = said
        refused("openid-proof", lambda: scene.whole("prove", visitor=visitor))
    scene.campus.claims = {"sub": "stranger"}
    refused("openid-other", lambda: scene.whole("prove", visitor=visitor))
    assert not scene.session(_secret_of(scene, visitor)).fresh
    scene.campus.claims = {}
    scene.whole("prove", visitor=visitor)
    assert scene.session(_secret_of(scene, visitor)).fresh


def _secret_of(scene: Scene, visitor: Visitor) -> str:
    """A secret that opens the session of a visitor, whose own nobody keeps."""
    with scene.world.station.desk.writing() as connection:
        mine = SESSIONS.c.account == visitor.account
        connection.execute(delete(SESSIONS).where(mine, SESSIONS.c.id != visitor.session))
        known = sha256(b"of the test").hexdigest()
        connection.execute(update(SESSIONS).where(SESSIONS.c.id == visitor.session).values(id=known))
        visitor.__dict__["session"] = known
    return "of the test"


def test_the_last_way_in_is_never_unlinked(scene):
    visitor = scene.linked()
    unlink = scene.flows.identities.unlink
    with scene.world.station.desk.writing() as connection:
        mine = PASSWORDS.c.account == visitor.account
        kept = connection.execute(select(PASSWORDS).where(mine)).one()._mapping
        connection.execute(delete(PASSWORDS).where(mine))
    try:
        refused("last-way-in", lambda: unlink(visitor, scene.campus.issuer, "anna"))
        gone = Identity(issuer="https://gone.example", sub="anna")
        scene.flows.identities.link(visitor, gone)
        refused("last-way-in", lambda: unlink(visitor, scene.campus.issuer, "anna"))
        scene.flows.identities.link(visitor, Identity(issuer=scene.other.issuer, sub="anna"))
        unlink(visitor, scene.campus.issuer, "anna")
        with pytest.raises(NotFoundError):
            unlink(visitor, scene.campus.issuer, "anna")
        assert {link.issuer for link in scene.flows.identities.of(visitor)} == {"https://gone.example", scene.other.issuer}
    finally:
        with scene.world.station.desk.writing() as connection:
            connection.execute(PASSWORDS.insert(), dict(kept))


def test_unlinking_ends_the_other_sessions_of_the_account(scene):
    visitor = scene.linked()
    other = scene.whole().session
    scene.flows.identities.unlink(visitor, scene.campus.issuer, "anna")
    assert scene.world.station.people.visitor(other) is None


def test_an_invitation_makes_an_account_without_password_or_nothing(scene):
    members = scene.world.station.people.members
    secret = members.invite(LABORATORY, manages=False, by="test")
    newcomer = Newcomer(login="Nora", name="Nora", password=None, language="zh")
    scene.linked("taken")
    scene.campus.claims = {"sub": "taken"}
    refused("openid-taken", lambda: scene.whole("invitation", invitation=secret, newcomer=newcomer))
    scene.campus.claims = {"sub": "nora", "auth_time": None}
    refused("openid-silent", lambda: scene.whole("invitation", invitation=secret, newcomer=newcomer))
    scene.campus.claims = {"sub": "nora"}
    visitor = scene.session(scene.whole("invitation", invitation=secret, newcomer=newcomer).session)
    assert (visitor.name, visitor.language, visitor.party, visitor.fresh) == ("Nora", "zh", LABORATORY, True)
    with pytest.raises(NotFoundError):
        scene.begin("invitation", invitation=secret, newcomer=newcomer)
    second = members.invite(LABORATORY, manages=False, by="test")
    refused("login-taken", lambda: scene.begin("invitation", invitation=second, newcomer=newcomer))
    with pytest.raises(FormatError):
        scene.begin("invitation", invitation=second, newcomer=Newcomer(login="a b", name="B", password=None))
    scene.campus.claims = {"sub": "nora"}
    assert scene.session(scene.whole().session).account == visitor.account


def test_of_two_who_accept_one_invitation_the_second_gets_nothing(scene):
    secret = scene.world.station.people.members.invite(LABORATORY, manages=False, by="test")
    ways = []
    for login in ("first-here", "second-here"):
        newcomer = Newcomer(login=login, name=login, password=None)
        ways.append(scene.begin("invitation", invitation=secret, newcomer=newcomer))
    scene.campus.claims = {"sub": "first"}
    assert scene.end(scene.campus.agrees(ways[0].address), ways[0]).session
    scene.campus.claims = {"sub": "second"}
    with pytest.raises(NotFoundError):
        scene.end(scene.campus.agrees(ways[1].address), ways[1])
    with scene.world.station.desk.reading() as connection:
        assert connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == "second-here")).all() == []


def test_a_way_that_one_process_began_ends_in_another(scene):
    scene.linked()
    going = scene.begin()
    scene.flows = scene.world.station.openid()
    assert scene.end(scene.campus.agrees(going.address), going).session


def test_nobody_goes_to_a_provider_that_the_settings_do_not_name(scene):
    with pytest.raises(NotFoundError):
        scene.begin(name="elsewhere")


def test_no_refusal_shows_a_secret(scene):
    going = scene.begin()
    query = parse_qs(urlsplit(going.address).query)
    scene.campus.answers["/token"] = (500, {}, SECRET.encode())
    with pytest.raises(RefusedError) as caught:
        scene.end(scene.campus.agrees(going.address), going)
    told = str(caught.value) + repr(caught.value.__cause__)
    assert not re.search("|".join(map(re.escape, [SECRET, query["state"][0], query["nonce"][0]])), told)
