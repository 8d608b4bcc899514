"""Comments and attachments of a station: who wrote what about a record or subject, who sees it, who is mentioned."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from openqi.app.folder import readable_by
from openqi.app.people.leaving import Leaver
from openqi.app.people.visitor import Visitor
from openqi.app.work.pieces import indexed
from openqi.app.work.remarks.contents import media_type
from openqi.app.work.telling.notices import Notices
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.kernel.identifier import check_uri
from openqi.kernel.instant import format_instant
from openqi.store.desk import search
from openqi.store.desk.comments import ENTRIES, READERS
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import ACCOUNTS, MEMBERSHIPS
from openqi.store.desk.search import Document, kind_piece
from openqi.store.store import Store

LONGEST: Final = 4_000
MOST: Final = 20
"""Attachments that one organisation lays to one record or subject."""
GONE: Final = "@…"
"""What stands in a remark where somebody was named who has left."""
_SALT: Final = 16
# Control characters, and what turns the direction of writing: with it "fdp.exe" can be made to look like "exe.pdf".
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_RECORD: Final = re.compile(r"[0-9a-f]{64}")
_MENTION: Final = re.compile(r"(?<![\w@.])@([^\s@,，。；;:：!！?？()（）]{1,100})")


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A comment, or an attachment where it has a name.

    Args:
        mine: whether the visitor may erase it.
        former: whether whoever wrote it has left; then nobody knows who it was.
    """

    id: str
    party: str
    author: str
    text: str
    name: str
    size: int
    at: str
    mine: bool
    shared: bool
    former: bool = False


class Remarks:
    """Comments and attachments.

    Args:
        store: the log, which says who may see a record; contents lie among its blobs.
        desk: keeps who wrote what.
        notices: tells who was mentioned.
        most: bytes of an attachment.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, store: Store, desk: Desk, notices: Notices, *, most: int, clock: Callable[[], datetime],
        chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._store, self._desk, self._notices, self._most = store, desk, notices, most
        self._clock, self._chance = clock, chance

    def _readers(self, visitor: Visitor, about: str, shared: bool) -> tuple[str, ...]:
        """Whose people see a remark: those of its own organisation, or of all parties that the record names as its readers.

        Raises:
            NotFoundError: there is no such record, or the visitor may not see it; which of the two is not told.
            FormatError: neither a record nor a subject.
            RefusedError: no hat is worn.
        """
        party = visitor.party
        if party is None:
            raise RefusedError("hat-worn", "choose for which organisation you act")
        if not _RECORD.fullmatch(about):
            check_uri(about)
            return (party,)
        try:
            record = self._store.logged(about).record
        except NotFoundError:
            record = None
        if record is None or not readable_by(party)(record):
            raise NotFoundError(f"there is no record {about} that you may see")
        more = (record.issuer, *(record.statement.visible_to or ())) if shared else ()
        return tuple(dict.fromkeys((party, *more)))

    def of(self, visitor: Visitor, about: str) -> tuple[Remark, ...]:
        """Return what the visitor may see about a record or subject, the oldest first; raises as writing does."""
        self._readers(visitor, about, shared=False)
        asked = (
            select(ENTRIES, ACCOUNTS.c.name.label("author"))
            .join(READERS, READERS.c.entry == ENTRIES.c.id)
            .join(ACCOUNTS, ACCOUNTS.c.id == ENTRIES.c.account, isouter=True)
            .where(ENTRIES.c.about == about, READERS.c.party == visitor.party)
            .order_by(ENTRIES.c.at, ENTRIES.c.id).limit(500)
        )  # fmt: skip
        counts = select(READERS.c.entry).group_by(READERS.c.entry).having(func.count() > 1)
        with self._desk.reading() as connection:
            rows = connection.execute(asked).all()
            many = counts.where(READERS.c.entry.in_([row.id for row in rows]))
            shared = set(connection.execute(many).scalars())
        return tuple(self._remark(visitor, row, row.id in shared) for row in rows)

    def _remark(self, visitor: Visitor, row: Any, shared: bool) -> Remark:
        own = row.party == visitor.party
        return Remark(
            id=row.id, party=row.party, author=(row.author or "") if own else "", text=row.text, name=row.name, size=row.size,
            at=row.at, mine=_may_erase(visitor, row), shared=shared, former=own and not row.account,
        )  # fmt: skip

    def comment(self, visitor: Visitor, about: str, text: str, *, shared: bool) -> str:
        """Return the id of a comment that was kept.

        Args:
            visitor: who writes.
            about: id of a record, or URI of a subject.
            text: at most 4,000 characters; `@login` mentions somebody who may see it.
            shared: whether the other parties of the record see it too.

        Raises:
            NotFoundError, RefusedError: the visitor may not see the record, or wears no hat.
            FormatError: no text, too long, or neither a record nor a subject.
        """
        text = text.replace("\r\n", "\n").strip()
        if not 0 < len(text) <= LONGEST or any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
            raise FormatError(f"a comment has 1 to {LONGEST} characters, none of them for control")
        readers = self._readers(visitor, about, shared)
        name = base64url(self._chance(12))
        with self._desk.writing() as connection:
            cells = {"text": text, "name": "", "media_type": "", "sha256": "", "size": 0}
            self._keep(connection, visitor, name, about, readers, cells)
            self._mention(connection, visitor, text, name, about, readers)
        return name

    def attach(self, visitor: Visitor, about: str, file: str, content: bytes, *, shared: bool) -> str:
        """Return the id of an attachment that was kept.

        The content is kept behind 16 bytes of chance, so that its blob is never one that evidence names and erasing it takes
        nothing else away.

        Raises:
            NotFoundError, FormatError: as for a comment.
            RefusedError: `attachment-type`, `attachment-size`, `attachments-few`, or no hat is worn.
        """
        file = plain_name(file)
        if not 0 < len(content) <= self._most:
            raise RefusedError("attachment-size", f"an attachment has 1 to {self._most} bytes; split it")
        media, readers = media_type(file, content), self._readers(visitor, about, shared)
        sha256 = self._store.put_blob(self._chance(_SALT) + content)
        name = base64url(self._chance(12))
        with self._desk.writing() as connection:
            there = (ENTRIES.c.about == about, ENTRIES.c.party == visitor.party, ENTRIES.c.name != "")
            if connection.execute(select(func.count()).select_from(ENTRIES).where(*there)).scalar_one() >= MOST:
                raise RefusedError("attachments-few", f"an organisation lays at most {MOST} files to one thing; erase one first")
            cells = {"text": "", "name": file, "media_type": media, "sha256": sha256, "size": len(content)}
            self._keep(connection, visitor, name, about, readers, cells)
        return name

    def _keep(
        self, connection: Connection, visitor: Visitor, name: str, about: str, readers: Sequence[str], cells: dict[str, Any]
    ) -> None:  # fmt: skip
        at = format_instant(self._clock())
        told = {"id": name, "about": about, "party": visitor.party, "account": visitor.account, "at": at}
        connection.execute(insert(ENTRIES).values(**told, **cells))
        connection.execute(insert(READERS), [{"entry": name, "party": party} for party in readers])
        _found_again(connection, page_of(about, name), cells, readers, at)

    def _mention(
        self, connection: Connection, visitor: Visitor, text: str, name: str, about: str, readers: Sequence[str]
    ) -> None:  # fmt: skip
        """Tell those who are mentioned and may see the comment; of all others nothing happens, and nobody learns who is there."""
        logins = {login.casefold().rstrip(".") for login in _MENTION.findall(text)}
        counting = or_(MEMBERSHIPS.c.until.is_(None), MEMBERSHIPS.c.until > format_instant(self._clock()))
        asked = select(MEMBERSHIPS.c.account, MEMBERSHIPS.c.party).join(ACCOUNTS, ACCOUNTS.c.id == MEMBERSHIPS.c.account)
        asked = asked.where(ACCOUNTS.c.login.in_(logins), MEMBERSHIPS.c.party.in_(readers), counting)
        for row in connection.execute(asked).all():
            if row.account != visitor.account:
                told = {"topic": "mention", "ref": page_of(about, name), "kind": "", "about": about}
                self._notices.tell(connection, [row.account], row.party, told)

    def content(self, visitor: Visitor, name: str) -> tuple[str, str, bytes]:
        """Return name, media type and bytes of an attachment; raises NotFoundError where there is none that one may see."""
        asked = select(ENTRIES).join(READERS, READERS.c.entry == ENTRIES.c.id)
        asked = asked.where(ENTRIES.c.id == name, ENTRIES.c.name != "", READERS.c.party == visitor.party)
        with self._desk.reading() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise NotFoundError("there is no such attachment that you may see")
        return row.name, row.media_type, self._store.blob(row.sha256)[_SALT:]

    def erase(self, visitor: Visitor, name: str) -> str:
        """Return what a remark was about, after erasing it with its content: by who wrote it, or who manages their organisation.

        Raises:
            NotFoundError: there is none that one may erase.
        """
        with self._desk.reading() as connection:
            row = connection.execute(select(ENTRIES).where(ENTRIES.c.id == name)).first()
        if row is None or not _may_erase(visitor, row):
            raise NotFoundError("there is no such comment or attachment that you may erase")
        if row.sha256:  # first, and while the desk waits for nobody: a bucket far away may be slow
            self._store.erase_blob(row.sha256)
        with self._desk.writing() as connection:
            connection.execute(delete(READERS).where(READERS.c.entry == name))
            connection.execute(delete(ENTRIES).where(ENTRIES.c.id == name))
            search.drop(connection, "attachment" if row.name else "comment", page_of(row.about, name))
        return str(row.about)


def plain_name(file: str) -> str:
    """Return the name of a file without a path, without what controls writing or its direction, and not too long."""
    return _CONTROLS.sub("", re.split(r"[/\\]", file)[-1])[-150:].strip(" .") or "-"


def _found_again(connection: Connection, ref: str, cells: Mapping[str, Any], readers: Sequence[str], at: str) -> None:
    """Have search find a remark by what it says now."""
    source, text = ("attachment", cells["name"]) if cells["name"] else ("comment", cells["text"])
    pieces = indexed(text) | {kind_piece(source)}
    search.drop(connection, source, ref)
    search.put(connection, [
        Document(reader=party, source=source, ref=ref, kind=source, title=text[:80], text=text, at=at, pieces=pieces)
        for party in readers
    ])  # fmt: skip


def disown(connection: Connection, leaver: Leaver) -> None:
    """Take the name of somebody who leaves out of remarks, in the transaction of a connection.

    Out of their own the name and the sign-in name go; out of others' only that they are mentioned. What others wrote in words
    of their own stays theirs: else a name such as `not` would change what they said.
    """
    own = ENTRIES.c.account == leaver.account
    asked = select(ENTRIES).where(own | ENTRIES.c.text.contains("@")).with_for_update()
    for row in connection.execute(asked).all():
        cells = {"text": _unmentioned(row.text, leaver.login), "name": row.name}
        if row.account == leaver.account:
            cells = {name: _unnamed(text, leaver) for name, text in cells.items()}
        if (cells["text"], cells["name"]) != (row.text, row.name):
            connection.execute(update(ENTRIES).where(ENTRIES.c.id == row.id).values(cells))
            readers = connection.execute(select(READERS.c.party).where(READERS.c.entry == row.id)).scalars().all()
            _found_again(connection, page_of(row.about, row.id), cells, readers, row.at)


def _unmentioned(text: str, login: str) -> str:
    def without(found: re.Match[str]) -> str:
        return GONE if found[1].casefold().rstrip(".") == login else found[0]

    return _MENTION.sub(without, text)


def _unnamed(text: str, leaver: Leaver) -> str:
    """A text without the names of who wrote it: whole in any capitals, and the parts that are written as names are."""
    parts = {part for part in leaver.name.split() if len(part) > 1 and (not part.isascii() or part[0].isupper())}
    for names, flags in (({leaver.login, leaver.name}, re.IGNORECASE), (parts, 0)):
        told = "|".join(_alone(name) for name in sorted(names, key=len, reverse=True) if name)
        text = re.sub(told, GONE, text, flags=flags) if told else text
    return text


def _alone(name: str) -> str:
    """A pattern for a name; in letters that are written in words, for the whole word."""
    return rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)


def page_of(about: str, name: str) -> str:
    """Return the address of the page on which a remark stands."""
    return f"/talk?about={quote(about, safe='')}#r-{name}"


def _may_erase(visitor: Visitor, row: Any) -> bool:
    manages = visitor.hat is not None and visitor.hat.manages
    return bool(row.party == visitor.party and (row.account == visitor.account or manages))
