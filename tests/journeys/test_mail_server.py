"""A mail server that hangs, drips, speaks no TLS or shows a wrong certificate: nothing is lost, nothing is sent in the open."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import delete, insert, select

from openqi.app.settings import Mail, Settings
from openqi.app.work.telling.letters import Letters, letter
from openqi.interfaces.web.words import PageWords
from openqi.store.desk.desk import Desk
from openqi.store.desk.notices import MAILS
from openqi.store.desk.people import ACCOUNTS
from station_world import Clock
from tls import Certificate, certificate, free

SECRET = "a password of the mail account"


class Box:
    """Keeps what comes, and whether it came under TLS."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bool]] = []
        self.passwords: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- aiosmtpd asks so
        self.got.append((envelope.rcpt_tos[0], session.ssl is not None or isinstance(server.transport, _tls())))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, told) -> AuthResult:
        assert isinstance(told, LoginPassword)
        self.passwords.append(told.password)
        return AuthResult(success=told.password == SECRET.encode())


def _tls() -> type:
    from asyncio.sslproto import _SSLProtocolTransport

    return _SSLProtocolTransport


class Post:
    """A desk with letters that wait, and the letters' sender."""

    def __init__(self, folder: Path, port: int, security: str, **more: str) -> None:
        (folder / "mail.password").write_text(SECRET + "\n")
        self.clock, self.desk = Clock(), Desk(f"sqlite:///{folder / 'desk.sqlite'}")
        self.desk.upgrade()
        with self.desk.writing() as connection:
            connection.execute(insert(ACCOUNTS), {"id": "a", "login": "a", "name": "A", "language": "en", "made_at": "2026"})
        mail = Mail(host="127.0.0.1", port=port, security=security, sender="Station <station@station.example>", **more)
        settings = Settings(url="https://station.example", mail=mail)
        self.letters = Letters(self.desk, settings, folder, PageWords(), self.clock, timeout=0.5, whole=2.0)

    def put(self, count: int = 3) -> None:
        now = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        with self.desk.writing() as connection:
            connection.execute(delete(MAILS))
            for number in range(count):
                connection.execute(insert(MAILS), letter(f"l{number}", "a", f"a{number}@post.example", "subject", "text", now))

    def states(self) -> set[tuple[str, int]]:
        with self.desk.reading() as connection:
            return {(row.state, row.tries) for row in connection.execute(select(MAILS.c.state, MAILS.c.tries))}


def talking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on which somebody talks to each visitor."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    visitor, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(talk, visitor), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        ended.set()


def _quietly(talk: Callable[[socket.socket], None], visitor: socket.socket) -> None:
    with visitor:
        try:
            talk(visitor)
        except OSError:
            return


def silent(visitor: socket.socket) -> None:
    time.sleep(30)


def dripping(visitor: socket.socket) -> None:
    """A greeting without end, one byte at a time: no single wait is ever too long."""
    visitor.sendall(b"220-")
    while True:
        visitor.sendall(b"x")
        time.sleep(0.1)


def silent_after_data(visitor: socket.socket) -> None:
    visitor.sendall(b"220 here\r\n")
    while heard := visitor.recv(4096):
        if heard.upper().startswith(b"DATA"):
            visitor.sendall(b"354 go on\r\n")
            time.sleep(30)
        visitor.sendall(b"250 ok\r\n")


@pytest.mark.parametrize("talk", [silent, dripping, silent_after_data])
def test_a_mail_server_that_hangs_keeps_nobody_waiting_and_loses_no_letter(tmp_path, talk, caplog):
    for port in talking(talk):
        post = Post(tmp_path, port, "none")
        post.put()
        began = time.monotonic()
        assert post.letters.send() == 0
        assert time.monotonic() - began < 10
        assert post.states() == {("waiting", 1)}, "all wait, none was given up"
        assert "the mail server took no letters" in caplog.text
    box, back = Box(), free()
    server = Controller(box, hostname="127.0.0.1", port=back)
    server.start()
    try:
        post.letters._settings = Settings(
            url="https://station.example", mail=Mail(host="127.0.0.1", port=back, security="none", sender="s@station.example")
        )
        post.clock.pass_(minutes=2)
        assert post.letters.send() == 3
    finally:
        server.stop()
    assert post.states() == {("sent", 1)}


@pytest.fixture(params=["starttls", "tls"])
def security(request) -> str:
    return request.param


def serving(box: Box, shown: Certificate, security: str) -> Controller:
    told = {"authenticator": box.authenticate, "auth_require_tls": security == "starttls"}
    if security == "tls":
        return Controller(box, hostname="127.0.0.1", port=free(), ssl_context=shown.context(), **told)
    return Controller(box, hostname="127.0.0.1", port=free(), tls_context=shown.context(), require_starttls=True, **told)


def asked(tmp_path: Path, shown: Certificate, trusted: Path | None, security: str) -> tuple[Box, Post, int]:
    """What comes of sending to a server that shows a certificate, by a station that trusts another or the same."""
    box = Box()
    server = serving(box, shown, security)
    server.start()
    try:
        more = {"ca_file": trusted.name} if trusted is not None else {}
        post = Post(tmp_path, server.port, security, username="station", password_file="mail.password", **more)
        post.put()
        return box, post, post.letters.send()
    finally:
        server.stop()


def test_letters_go_by_tls_to_a_server_whose_certificate_is_trusted(tmp_path, security):
    shown = certificate(tmp_path, "mail")
    box, post, sent = asked(tmp_path, shown, shown.authority, security)
    assert sent == 3
    assert sorted(box.got) == [(f"a{number}@post.example", True) for number in range(3)]
    assert box.passwords == [SECRET.encode()]
    assert post.states() == {("sent", 0)}


WRONG = ["of somebody unknown", "of another authority", "for another address", "that has ended"]


@pytest.mark.parametrize("what", WRONG)
def test_with_a_wrong_certificate_neither_a_letter_nor_the_password_leaves(tmp_path, security, what, caplog):
    shown = {
        "for another address": lambda: certificate(tmp_path, "mail", address="127.0.0.9"),
        "that has ended": lambda: certificate(tmp_path, "mail", days=-1),
    }.get(what, lambda: certificate(tmp_path, "mail"))()
    trusted = {"of somebody unknown": None, "of another authority": certificate(tmp_path, "other").authority}.get(
        what, shown.authority
    )
    box, post, sent = asked(tmp_path, shown, trusted, security)
    assert (sent, box.got, box.passwords) == (0, [], [])
    assert post.states() == {("waiting", 1)}
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text, "whoever operates the station reads why"


def test_a_server_without_starttls_gets_neither_a_letter_nor_the_password(tmp_path):
    """As somebody on the way makes it look who strips the offer of TLS."""
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=free(), authenticator=box.authenticate, auth_require_tls=False)
    server.start()
    try:
        post = Post(tmp_path, server.port, "starttls", username="station", password_file="mail.password")
        post.put()
        assert post.letters.send() == 0
    finally:
        server.stop()
    assert (box.got, box.passwords, post.states()) == ([], [], {("waiting", 1)})
