"""Full-text search at the desk: an inverted index of small pieces, kept apart for the public and for each reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from openqi.store.desk.desk import EXACT, metadata

READERS: Final = Table(
    "search_readers", metadata,
    Column("id", Integer, primary_key=True), Column("name", EXACT, nullable=False, unique=True),
)  # fmt: skip
"""Who finds what: the empty name is the public, any other a party."""
DOCUMENTS: Final = Table(
    "search_documents", metadata,
    Column("id", Integer, primary_key=True), Column("reader", Integer, nullable=False), Column("source", EXACT, nullable=False),
    Column("ref", EXACT, nullable=False), Column("kind", EXACT, nullable=False), Column("title", EXACT, nullable=False),
    Column("text", EXACT, nullable=False), Column("at", EXACT, nullable=False),
    Index("ix_search_documents_source_ref", "source", "ref"),
)  # fmt: skip
"""One row for each reader of a thing, so that a search never touches what its reader may not see."""
PIECES: Final = Table(
    "search_pieces", metadata,
    Column("reader", Integer, nullable=False), Column("piece", EXACT, nullable=False), Column("document", Integer, nullable=False),
    PrimaryKeyConstraint("reader", "piece", "document"), Index("ix_search_pieces_document", "document"), sqlite_with_rowid=False,
)  # fmt: skip
POSITIONS: Final = Table(
    "search_positions", metadata,
    Column("name", EXACT, primary_key=True), Column("version", Integer, nullable=False),
    Column("position", Integer, nullable=False),
)  # fmt: skip
_PIECES_AT_ONCE: Final = text(
    "INSERT INTO search_pieces (reader, piece, document) "
    "SELECT * FROM unnest(CAST(:reader AS integer[]), CAST(:piece AS text[]), CAST(:document AS integer[]))"
)
LOOKED_AT: Final = 20_000
"""Most documents that one search looks through, newest first; beyond that it says that it is not complete."""
_RARE: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Document:
    """A thing that can be found by one reader (`""` is the public), under its pieces."""

    reader: str
    source: str
    ref: str
    kind: str
    title: str
    text: str
    at: str
    pieces: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A thing that was found; `id` is the cursor of the next page."""

    id: int
    source: str
    ref: str
    kind: str
    title: str
    text: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Matches:
    """A page of hits, the newest first, how many there are of each kind, and whether the counts are complete."""

    hits: tuple[Hit, ...]
    counts: tuple[tuple[str, int], ...]
    complete: bool
    next: int | None


def kind_piece(kind: str) -> str:
    """Return the piece under which all of a kind lie; no text has it, as it is no word."""
    return f"kind:{kind}"


def position(connection: Connection, name: str, version: int) -> int:
    """Return up to where a source was read; 0 where it never was, or in another version. In a writing transaction it is locked."""
    row = connection.execute(select(POSITIONS).where(POSITIONS.c.name == name).with_for_update()).first()
    return 0 if row is None or row.version != version else int(row.position)


def move(connection: Connection, name: str, version: int, to: int) -> None:
    """Keep up to where a source was read."""
    cells = {"version": version, "position": to}
    make = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(POSITIONS).values(name=name, **cells)
    connection.execute(make.on_conflict_do_update(index_elements=["name"], set_=cells))


def drop_all_of(connection: Connection, source: str) -> None:
    """Forget everything of a source; it is made again from what it is about."""
    mine = select(DOCUMENTS.c.id).where(DOCUMENTS.c.source == source)
    connection.execute(delete(PIECES).where(PIECES.c.document.in_(mine)))
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.source == source))


def put(connection: Connection, documents: Iterable[Document]) -> None:
    """Add documents. One that was there under its source and name is to be dropped first."""
    told = list(documents)
    if not told:
        return
    readers = {name: _reader(connection, name) for name in dict.fromkeys(one.reader for one in told)}
    cells = [{name: getattr(one, name) for name in ("source", "ref", "kind", "title", "text", "at")} for one in told]
    rows = [{"reader": readers[one.reader], **row} for one, row in zip(told, cells, strict=True)]
    made = connection.execute(insert(DOCUMENTS).returning(DOCUMENTS.c.id, sort_by_parameter_order=True), rows).scalars().all()
    # In the order of the primary key, so that one page of the tree after the other is touched, each once.
    pieces = sorted((readers[one.reader], piece, number) for one, number in zip(told, made, strict=True) for piece in one.pieces)
    if pieces and connection.dialect.name == "postgresql":  # one statement; its driver sends many as one each
        columns = dict(zip(("reader", "piece", "document"), map(list, zip(*pieces, strict=True)), strict=True))
        connection.execute(_PIECES_AT_ONCE, columns)
    elif pieces:
        connection.exec_driver_sql("INSERT INTO search_pieces (reader, piece, document) VALUES (?, ?, ?)", pieces)


def drop(connection: Connection, source: str, ref: str) -> None:
    """Forget a thing: nobody finds it any more."""
    mine = select(DOCUMENTS.c.id).where(DOCUMENTS.c.source == source, DOCUMENTS.c.ref == ref)
    connection.execute(delete(PIECES).where(PIECES.c.document.in_(mine)))
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.source == source, DOCUMENTS.c.ref == ref))


def _reader(connection: Connection, name: str) -> int:
    found = connection.execute(select(READERS.c.id).where(READERS.c.name == name)).scalar_one_or_none()
    if found is None:
        make = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(READERS).values(name=name)
        connection.execute(make.on_conflict_do_nothing(index_elements=["name"]))
        found = connection.execute(select(READERS.c.id).where(READERS.c.name == name)).scalar_one()
    return int(found)


def found(
    connection: Connection, readers: Sequence[str], pieces: Sequence[str], *, kind: str = "", before: int | None = None,
    limit: int = 20, counted: int = 1000,
) -> Matches:  # fmt: skip
    """Return what some readers find that has every piece, the newest first.

    Args:
        connection: of the desk.
        readers: as whom one looks: `""` and the party whose hat is worn.
        pieces: all of which must be there; none of them finds nothing.
        kind: only this kind; the counts are of all kinds.
        before: cursor of an earlier page.
        limit: hits of a page.
        counted: most matches that are counted.
    """
    ids = connection.execute(select(READERS.c.id).where(READERS.c.name.in_(list(readers)))).scalars().all()
    matching: list[tuple[int, str]] = []
    complete = True
    for reader in ids if pieces else ():
        some, whole = _of_reader(connection, reader, pieces, counted, None)
        matching, complete = matching + some, complete and whole
    counts: dict[str, int] = {}
    for _, one in matching:
        counts[one] = counts.get(one, 0) + 1
    page = matching
    if pieces and not (complete and len(matching) < counted):  # what was counted may not reach as far as this page
        all_pieces = (*pieces, kind_piece(kind)) if kind else pieces
        page = [row for reader in ids for row in _of_reader(connection, reader, all_pieces, limit + 1, before)[0]]
    wanted = sorted((one for one, of in page if (before is None or one < before) and (not kind or of == kind)), reverse=True)
    shown = wanted[:limit]
    rows = {row.id: _hit(row) for row in connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.id.in_(shown)))}
    return Matches(
        hits=tuple(rows[one] for one in shown),
        counts=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        complete=complete and len(matching) < counted,
        next=shown[-1] if len(wanted) > limit else None,
    )


def _of_reader(
    connection: Connection, reader: int, pieces: Sequence[str], limit: int, before: int | None
) -> tuple[list[tuple[int, str]], bool]:
    """The newest documents of one reader with every piece, and whether all candidates were looked at."""
    rarest, *others = sorted(set(pieces), key=lambda piece: _how_many(connection, reader, piece))
    one = PIECES.alias("p0")
    candidates: Select[Any] = select(one.c.document).where(one.c.reader == reader, one.c.piece == rarest)
    if before is not None:
        candidates = candidates.where(one.c.document < before)
    looked = candidates.order_by(one.c.document.desc()).limit(LOOKED_AT if others else limit).subquery("looked")
    asked = select(looked.c.document, DOCUMENTS.c.kind).join(DOCUMENTS, DOCUMENTS.c.id == looked.c.document)
    for number, piece in enumerate(others, 1):
        other = PIECES.alias(f"p{number}")
        held = (other.c.reader == reader) & (other.c.piece == piece) & (other.c.document == looked.c.document)
        asked = asked.where(select(other.c.document).where(held).exists())
    rows = connection.execute(asked.order_by(looked.c.document.desc()).limit(limit)).all()
    whole = len(rows) >= limit or _how_many(connection, reader, rarest, LOOKED_AT + 1) <= LOOKED_AT
    return [(int(row.document), str(row.kind)) for row in rows], whole


def _how_many(connection: Connection, reader: int, piece: str, most: int = _RARE) -> int:
    some = select(PIECES.c.document).where(PIECES.c.reader == reader, PIECES.c.piece == piece).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _hit(row: Row[Any]) -> Hit:
    return Hit(id=row.id, source=row.source, ref=row.ref, kind=row.kind, title=row.title, text=row.text, at=row.at)
