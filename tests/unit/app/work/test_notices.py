"""Notices, letters and webhooks with real mail and HTTP servers: who is told, nothing is lost, signatures hold."""

import json
import socket
import threading
from base64 import b64decode
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update

from openqi.app.outgoing import check_url, resolved
from openqi.app.settings import FILE
from openqi.app.station.station import Station
from openqi.app.work.telling.addresses import Addresses
from openqi.app.work.telling.letters import PAUSES, Letters
from openqi.app.work.telling.posting import post
from openqi.interfaces.web.words import PageWords
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records.governance import RoleGranted
from openqi.store.desk.desk import Desk, metadata
from openqi.store.desk.notices import MAILS, NOTICES
from openqi.store.desk.webhooks import DELIVERIES
from station_world import CERTIFIER, LABORATORY, OPERATOR, PASSPHRASE, PASSWORD, World, world


class Mailbox:
    """Keeps what a mail server was given."""

    def __init__(self) -> None:
        self.letters: list = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- aiosmtpd names it
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


class Hooked(HTTPServer):
    """A program that is told; answers what a test sets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.got = 200, []
        self.url = f"http://127.0.0.1:{self.server_port}/hook?a=b"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.answer)
        self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *told) -> None:
        pass


@pytest.fixture
def hooked():
    server = Hooked()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail(box):
    server = Controller(box, hostname="127.0.0.1", port=_free())
    server.start()
    yield server
    if server.loop.is_running():
        server.stop(no_assert=True)


def _free() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def reopened(tmp_path: Path, port: int = 1) -> World:
    """The small station with a mail server on this machine and webhooks to it allowed."""
    made = world(tmp_path / "station")
    made.station.close()
    with (tmp_path / "station" / FILE).open("a") as file:
        file.write(f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "OpenQI <station@station.example>"\n')
        file.write("[webhooks]\nlocal = true\nfailures = 3\n")
    made.station = Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock)
    made.station.ledger._clock = made.clock  # a ledger has the machine's own clock; these stories set it
    return made


@pytest.fixture
def own(tmp_path, mail) -> World:
    made = reopened(tmp_path, mail.port)
    made.station.notices.fill()
    with made.station.desk.writing() as connection:  # what the station was founded with is told on the page alone
        connection.execute(update(NOTICES).values(how="none"))
    yield made
    made.station.close()


def letters_of(own: World) -> Letters:
    return Letters(own.station.desk, own.station.settings, own.station.folder, PageWords(), own.clock)


def grant(own: World, party: str = LABORATORY, **more) -> str:
    own.clock.pass_(seconds=1)
    body = RoleGranted(party=party, role="inspection-body", valid_from="2026-01-01T00:00:00Z")
    return own.station.ledger.state(body, own.station.operator, **more).id


def with_address(own: World, box: Mailbox, party: str = LABORATORY, way: str = "now"):
    visitor = own.visitor(party)
    addresses = Addresses(own.station.desk, own.station.notices, own.station.chance)
    addresses.ask(visitor, "lab@post.example", PageWords(), "en")
    assert letters_of(own).send() >= 1
    code = box.letters.pop().get_content().split("code: ")[1][:8]
    addresses.confirm(visitor, code)
    own.station.notices.choose(visitor, way)
    return visitor


def refs(own: World, party: str) -> list[str]:
    return [one.ref for one in own.station.notices.of(own.visitor(party))]


def test_the_organisation_that_a_record_names_is_told_once_and_nobody_else(own):
    record = grant(own)
    for _ in range(2):
        own.station.notices.fill()
    assert refs(own, LABORATORY)[:1] == [record]
    assert refs(own, LABORATORY).count(record) == 1
    assert record not in refs(own, CERTIFIER)
    assert record not in refs(own, OPERATOR), "who stated it knows it"


def test_nobody_is_told_of_a_record_that_names_them_and_that_they_may_not_see(own):
    hidden = grant(own, visible_to=())
    own.station.notices.fill()
    assert hidden not in refs(own, LABORATORY)


def test_a_letter_goes_only_to_a_confirmed_address_in_the_language_of_the_person_and_says_nothing_of_the_content(own, box):
    addresses = Addresses(own.station.desk, own.station.notices, own.station.chance)
    visitor = own.visitor(LABORATORY)
    addresses.ask(visitor, "lab@post.example", PageWords(), "en")
    grant(own)
    own.station.notices.fill()
    assert letters_of(own).write() == 0
    with pytest.raises(RefusedError) as caught:
        addresses.confirm(visitor, "00000000")
    assert caught.value.rule == "code-right"
    with pytest.raises(RefusedError):
        addresses.ask(visitor, "other@post.example", PageWords(), "en")
    own.clock.pass_(minutes=2)
    with_address(own, box)
    box.letters.clear()
    record = grant(own)
    own.station.notices.fill()
    assert letters_of(own).write() == 1
    assert letters_of(own).send() == 1
    [letter] = box.letters
    assert letter["To"] == "lab@post.example"
    assert letter.get_content_type() == "text/plain"
    assert f"/record/{record}" in letter.get_content()
    assert "inspection" not in letter.get_content()
    assert "A role of your organisation" in letter["Subject"]


def test_who_may_come_into_an_account_is_told_to_its_person_at_once_whatever_they_chose(own, box):
    visitor = with_address(own, box, way="none")
    box.letters.clear()
    sessions, before = own.station.people.sessions, len(own.station.notices.of(visitor))
    with pytest.raises(RefusedError):
        sessions.change_password(visitor, "a wrong password", "nine tame geese over water", "127.0.0.1")
    assert len(own.station.notices.of(visitor)) == before
    sessions.change_password(visitor, PASSWORD, "nine tame geese over water", "127.0.0.1")
    own.station.people.recovery.new_codes(visitor)
    told = [one for one in own.station.notices.of(visitor) if one.topic == "way-in"]
    assert len(told) == 2
    assert not any(one.topic == "way-in" for one in own.station.notices.of(own.visitor(CERTIFIER)))
    assert letters_of(own).write() == 2
    assert letters_of(own).send() == 2
    assert "A way into your account has changed" in box.letters[0]["Subject"]
    assert "/account?told=" in box.letters[0].get_content()
    assert "password" not in box.letters[0].get_content(), "what changed is not told on the way"
    own.station.notices.read_all(visitor)
    assert own.station.notices.unread(visitor) == 0


def test_a_mail_server_that_is_down_loses_nothing_and_every_try_bears_one_message_id(own, box, mail):
    with_address(own, box)
    box.letters.clear()
    mail.stop()
    for _ in range(3):
        grant(own)
    own.station.notices.fill()
    letters = letters_of(own)
    assert letters.write() == 3
    for pause in PAUSES[:2]:
        assert letters.send() == 0
        assert letters.send() == 0, "it waits before it tries again"
        own.clock.pass_(seconds=pause.total_seconds() + 1)
    back = Controller(box, hostname="127.0.0.1", port=mail.port)
    back.start()
    assert letters.send() == 3
    with own.station.desk.writing() as connection:  # the answer of the server was lost: it is sent once more
        connection.execute(update(MAILS).where(MAILS.c.state == "sent").values(state="waiting", text="again", due_at=""))
    letters.send()
    back.stop()
    names = [letter["Message-ID"] for letter in box.letters]
    assert len(set(names[:3])) == 3
    assert set(names[:3]) <= set(names[3:])


def test_a_letter_is_given_up_after_all_tries_and_the_person_can_see_that(own, box, mail):
    visitor = with_address(own, box)
    mail.stop()
    grant(own)
    own.station.notices.fill()
    letters = letters_of(own)
    letters.write()
    for _ in range(len(PAUSES) + 1):
        assert letters.given_up(visitor.account) == ()
        letters.send()
        own.clock.pass_(days=2)
    [(_, why)] = letters.given_up(visitor.account)
    assert "Refused" in why


def test_a_daily_letter_comes_once_the_day_has_turned_with_all_of_it(own, box):
    with_address(own, box, way="daily")
    box.letters.clear()
    records = [grant(own) for _ in range(3)]
    own.station.notices.fill()
    assert letters_of(own).write() == 0
    own.clock.pass_(days=1)
    assert letters_of(own).write() == 1
    letters_of(own).send()
    assert all(record in box.letters[0].get_content() for record in records)
    assert "3 new notices" in box.letters[0]["Subject"]


def verified(secret: str, public: str, headers: dict, body: bytes) -> bool:
    """The receiver's side, written from the specification alone."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = b64decode(secret.removeprefix("whsec_"))
    offered = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
    symmetric = any(v == "v1" and compare_digest(b64decode(s), hmac(key, signed, sha256).digest()) for v, s in offered)
    asymmetric = False
    for version, signature in offered:
        if version == "v1a":
            try:
                Ed25519PublicKey.from_public_bytes(b64decode(public.removeprefix("whpk_"))).verify(b64decode(signature), signed)
                asymmetric = True
            except Exception:  # noqa: BLE001 -- whatever it raises, it is not this key
                continue
    return symmetric and asymmetric


def told(own: World) -> int:
    own.station.notices.fill(own.station.webhooks.follow)
    return own.station.webhooks.send()


def test_a_webhook_is_signed_and_an_independent_verifier_agrees_also_while_the_secret_is_rotated(own, hooked):
    hooks, visitor = own.station.webhooks, own.visitor(LABORATORY)
    name, secret = hooks.register(visitor, hooked.url)
    public = hooks.of(visitor)[0][0].public
    record = grant(own)
    assert told(own) == 1
    path, headers, body = hooked.got[0]
    assert path == "/hook?a=b"
    assert json.loads(body)["data"]["record"] == record
    assert verified(secret, public, headers, body)
    assert not verified(secret, public, headers, body + b" ")
    newer = hooks.rotate(visitor, name)
    assert newer != secret
    grant(own)
    told(own)
    own.clock.pass_(days=2)
    grant(own)
    told(own)
    recipe: dict = {}
    for name in ("notices.md", "notices.zh.md"):  # what the documentation tells receivers to do does it
        text = (Path(__file__).parents[4] / "docs" / name).read_text(encoding="utf-8")
        exec(text.split("```python\n")[1].split("```")[0], recipe)
        assert [recipe["holds"](secret, *one[1:]) for one in hooked.got] == [True, True, False]
    fresh = hooks.of(visitor)[0][0].public
    assert [verified(secret, public, *one[1:]) for one in hooked.got] == [True, True, False]
    assert [verified(newer, fresh, *one[1:]) for one in hooked.got] == [False, True, True]


def test_a_webhook_that_fails_is_tried_again_under_its_id_then_ended_and_who_manages_is_told(own, hooked):
    hooks, visitor = own.station.webhooks, own.visitor(LABORATORY)
    name, _ = hooks.register(visitor, hooked.url)
    hooked.answer = 302
    grant(own)
    for _ in range(3):
        assert told(own) == 0
        own.clock.pass_(hours=1)
    assert told(own) == 0
    assert [path for path, _, _ in hooked.got] == ["/hook?a=b"] * 3, "no redirection is followed, and after three it is ended"
    assert len({headers["webhook-id"] for _, headers, _ in hooked.got}) == 1
    [(hook, [delivery])] = hooks.of(own.visitor(LABORATORY))
    assert hook.ended_at
    assert delivery.status == 302
    assert "webhook" in [one.topic for one in own.station.notices.of(own.visitor(LABORATORY))]
    hooked.answer = 204
    visitor = own.visitor(LABORATORY)
    hooks.resume(visitor, name)
    hooks.again(visitor, delivery.id)
    assert told(own) == 1
    assert hooks.of(visitor)[0][1][0].state == "sent"


def test_nobody_reaches_the_webhooks_of_another_organisation(own, hooked):
    name, _ = own.station.webhooks.register(own.visitor(LABORATORY), hooked.url)
    for ask in (own.station.webhooks.rotate, own.station.webhooks.end, own.station.webhooks.resume, own.station.webhooks.again):
        with pytest.raises(NotFoundError):
            ask(own.visitor(CERTIFIER), name)
    assert own.station.webhooks.of(own.visitor(CERTIFIER)) == ()


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[::1]", "[fe80::1]", "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "2130706433", "0x7f.1", "100.64.0.1", "[fd00::1]", "224.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_no_webhook_reaches_this_machine_or_its_network(host):
    with pytest.raises((RefusedError, FormatError, OSError)):
        post(f"https://{host}/", b"", {}, local=False)
    if host != "[fe80::1]":
        name = check_url(f"https://{host}/", local=False)[0]
        with pytest.raises(RefusedError):
            resolved(name, 443, local=False)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org", "https://", "https://u:p@example.org/", "https://e.org/#x", "https://e.org:x/", "",
     "https://e.org/ a", "https://e.org/\r\nx: y", "https://例.org/"],
)  # fmt: skip
def test_what_is_no_plain_address_with_tls_is_refused(url):
    with pytest.raises(FormatError):
        check_url(url, local=False)


def test_the_tables_are_those_that_the_migrations_make(own, postgres):
    other = Desk(postgres.url())
    for desk in (own.station.desk, other):
        desk.upgrade()
        with desk.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    other.close()


def test_notices_and_webhooks_hold_in_postgresql(own, hooked, postgres):
    visitor = own.visitor(LABORATORY)
    own.station.webhooks.register(visitor, hooked.url)
    record = grant(own)
    desk = Desk(postgres.url())
    desk.upgrade()
    _copied(own.station.desk, desk)
    notices, hooks = own.station.notices, own.station.webhooks
    notices._desk = hooks._desk = desk
    assert told(own) == 1
    assert notices.of(visitor)[0].ref == record
    with desk.reading() as connection:
        assert connection.execute(select(DELIVERIES.c.state)).scalar_one() == "sent"
    desk.close()


def _copied(old: Desk, new: Desk) -> None:
    with old.reading() as reading, new.writing() as writing:
        for table in metadata.sorted_tables:
            rows = [dict(row._mapping) for row in reading.execute(select(table))]
            if rows:
                writing.execute(table.insert(), rows)


def test_a_station_that_first_reads_an_old_log_floods_nobody(own, box):
    with_address(own, box)
    box.letters.clear()
    grant(own)
    own.clock.pass_(days=5)
    own.station.notices.fill()
    assert letters_of(own).write() == 0
    assert refs(own, LABORATORY)
