"""Letters by e-mail: one for a notice that is told now, one a day for the rest; tried until a server took it, or given up."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any, Final, Protocol

from sqlalchemy import Connection, insert, select, update

from openqi.app.files import read_file
from openqi.app.settings import Mail, Settings
from openqi.app.work.telling.notices import DAILY, NOW
from openqi.kernel.instant import format_instant, parse_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.notices import ADDRESSES, MAILS, NOTICES
from openqi.store.desk.people import ACCOUNTS

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440, 1440))
"""How long is waited after each try that failed; after the last one the letter is given up."""
_LEASE: Final = timedelta(minutes=5)
_MOST: Final = 200
TIMEOUT: Final = 20.0
"""Seconds that are waited for a word of the mail server."""
WHOLE: Final = 180.0
"""Seconds after which one conversation ends, however slowly the server goes on talking."""
_LOG: Final = logging.getLogger(__name__)


class Words(Protocol):
    """Says phrases in a language."""

    def phrase(self, name: str, language: str, **filled: object) -> str:
        """Return a phrase."""
        ...

    def term(self, prefix: str, name: str, language: str) -> str:
        """Return a word of the evidence."""
        ...


def letter(name: str, account: str, address: str, subject: str, text: str, now: str) -> dict[str, Any]:
    """Return the row of a letter that waits."""
    told = {"id": name, "account": account, "address": address, "subject": subject, "text": text}
    return {**told, "state": "waiting", "tries": 0, "due_at": now, "made_at": now, "told": ""}


class Letters:
    """Writes and sends letters.

    Args:
        desk: keeps notices and letters.
        settings: names the mail server.
        folder: of the station, for the file with the password of the mail server.
        words: says phrases.
        clock: the present instant.
        timeout, whole: seconds that are waited for one word of the mail server, and for a whole conversation.
    """

    def __init__(
        self, desk: Desk, settings: Settings, folder: Path, words: Words, clock: Callable[[], datetime], *,
        timeout: float = TIMEOUT, whole: float = WHOLE,
    ) -> None:  # fmt: skip
        self._desk, self._settings, self._folder, self._words, self._clock = desk, settings, folder, words, clock
        self._timeout, self._whole = timeout, whole

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def write(self) -> int:
        """Return how many letters were written about notices that wait for one.

        Notices told daily are gathered until the day has turned (UTC) since the oldest of them came.
        """
        today = self._now()[:10]
        asked = (
            select(NOTICES, ADDRESSES.c.address, ACCOUNTS.c.language)
            .join(ADDRESSES, ADDRESSES.c.account == NOTICES.c.account)
            .join(ACCOUNTS, ACCOUNTS.c.id == NOTICES.c.account)
            .where(NOTICES.c.how.in_((NOW, DAILY)), NOTICES.c.mail.is_(None), ADDRESSES.c.confirmed_at.is_not(None))
            .where((NOTICES.c.how == NOW) | (NOTICES.c.at < today))
            .order_by(NOTICES.c.at, NOTICES.c.id).limit(_MOST)
        )  # fmt: skip
        with self._desk.reading() as connection:
            if connection.execute(asked.limit(1)).first() is None:
                return 0
        with self._desk.writing() as connection:
            groups: dict[tuple[str, str], list[Any]] = {}
            for row in connection.execute(asked):
                groups.setdefault((row.account, row.id if row.how == NOW else DAILY), []).append(row)
            for rows in groups.values():
                self._written(connection, rows)
        return len(groups)

    def _written(self, connection: Connection, rows: list[Any]) -> None:
        first = rows[0]
        language = first.language if first.language in ("zh", "en") else "zh"
        lines = [self._line(row, language) for row in rows]
        if first.how == NOW:
            subject = self._words.phrase("mail-one", language, what=self._what(first, language))
        else:
            subject = self._words.phrase("mail-many", language, count=len(rows))
        page = f"{self._settings.url.rstrip('/')}/notices"
        text = "\n\n".join([*lines, self._words.phrase("mail-foot", language, page=page)])
        name = sha256("\n".join(row.id for row in rows).encode()).hexdigest()[:32]
        connection.execute(insert(MAILS).values(letter(name, first.account, first.address, subject, text, self._now())))
        mine = NOTICES.c.id.in_([row.id for row in rows])
        connection.execute(update(NOTICES).where(mine).values(mail=name))

    def _what(self, row: Any, language: str) -> str:
        topic = self._words.phrase(f"notice-{row.topic}", language)
        return topic if not row.kind else f"{topic}: {self._words.term('kind', row.kind, language)}"

    def _line(self, row: Any, language: str) -> str:
        path = row.ref if row.ref.startswith("/") else f"/record/{row.ref}"
        # Of what lies behind the link nothing stands in the letter: e-mail is read on the way.
        return f"{self._what(row, language)}\n{self._settings.url.rstrip('/')}{path}"

    def send(self) -> int:
        """Return how many letters a server took. A server that cannot be reached is asked again after a pause."""
        mail = self._settings.mail
        if not mail.host:
            return 0
        taken = self._taken()
        if not taken:
            return 0
        sent = 0
        try:
            with self._connected(mail) as server:
                for row in taken:
                    sent += self._sent(server, row)
        except (OSError, smtplib.SMTPException) as error:
            _LOG.warning("the mail server took no letters; they wait and are tried again", exc_info=error)
            for row in taken:
                self._failed(row, f"{type(error).__name__}: {error}")
        return sent

    @contextmanager
    def _connected(self, mail: Mail) -> Iterator[smtplib.SMTP]:
        """The mail server, as long as it talks at a bearable pace: a byte now and then would keep each timeout from coming."""
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._timeout, context=_trusting(mail, self._folder))
        else:
            server = smtplib.SMTP(timeout=self._timeout)
        # Connected below, under the watch; the library takes the name for the certificate from its constructor alone.
        server._host = mail.host  # type: ignore[attr-defined]

        def end() -> None:
            with suppress(OSError):
                if server.sock is not None:
                    server.sock.shutdown(socket.SHUT_RDWR)

        watch = Timer(self._whole, end)
        watch.daemon = True
        watch.start()
        try:
            _greeted(server, mail, self._folder)
            yield server
            server.quit()
        finally:
            watch.cancel()
            server.close()

    def _taken(self) -> list[Any]:
        """Letters that are due, lent to this process for some minutes, so that two do not send the same."""
        due = select(MAILS).where(MAILS.c.state == "waiting", MAILS.c.due_at <= self._now()).order_by(MAILS.c.due_at).limit(50)
        with self._desk.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self._desk.writing() as connection:
            rows = list(connection.execute(due.with_for_update()))
            lent = MAILS.c.id.in_([row.id for row in rows])
            connection.execute(update(MAILS).where(lent).values(due_at=self._now(_LEASE)))
        return rows

    def _sent(self, server: smtplib.SMTP, row: Any) -> int:
        try:
            server.send_message(message(self._settings, row._mapping))
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            self._failed(row, f"{type(error).__name__}: {error}")
            return 0
        with self._desk.writing() as connection:
            connection.execute(update(MAILS).where(MAILS.c.id == row.id).values(state="sent", text="", told=""))
        return 1

    def _failed(self, row: Any, why: str) -> None:
        tries = row.tries + 1
        over = tries > len(PAUSES)
        pause = PAUSES[min(tries, len(PAUSES)) - 1]
        cells = {"tries": tries, "told": why[:500], "state": "given up" if over else "waiting", "due_at": self._now(pause)}
        with self._desk.writing() as connection:
            still = (MAILS.c.id == row.id, MAILS.c.state == "waiting")
            connection.execute(update(MAILS).where(*still).values(**cells))

    def given_up(self, account: str) -> tuple[tuple[str, str], ...]:
        """Return the last letters to an account that were given up, with when and why."""
        asked = select(MAILS.c.made_at, MAILS.c.told).where(MAILS.c.account == account, MAILS.c.state == "given up")
        with self._desk.reading() as connection:
            rows = connection.execute(asked.order_by(MAILS.c.made_at.desc()).limit(5))
            return tuple((row.made_at, row.told) for row in rows)


def message(settings: Settings, row: Mapping[str, Any]) -> EmailMessage:
    """Return a letter as it is sent: plain text, with a Message-ID that is the same at every try."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings.mail.sender, row["address"], row["subject"]
    made["Date"] = format_datetime(parse_instant(row["made_at"]))
    domain = parseaddr(settings.mail.sender)[1].rpartition("@")[2] or settings.host
    made["Message-ID"] = f"<{row['id']}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(row["text"])
    return made


def _trusting(mail: Mail, folder: Path) -> ssl.SSLContext:
    """Whose certificates are believed, with the name of the host in them; nothing is sent to anybody else."""
    return ssl.create_default_context(cafile=str(folder / mail.ca_file) if mail.ca_file else None)


def _greeted(server: smtplib.SMTP, mail: Mail, folder: Path) -> None:
    """Connect, with TLS, and sign in."""
    server.connect(mail.host, mail.port)
    if mail.security == "starttls":
        server.starttls(context=_trusting(mail, folder))
    if mail.username:
        password = read_file(folder / mail.password_file, 10_000).decode().split("\n")[0].strip()
        server.login(mail.username, password)
