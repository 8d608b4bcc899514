"""The tables of a ledger. Nothing here is of one database only; collation C is how SQLite and Python sort anyway."""

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

from openqi.evidence.fold import Fold

FORMAT: Final = 1
EXACT = Text().with_variant(Text(collation="C"), "postgresql")
LONG = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

head = Table(
    "head", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("origin", EXACT, nullable=False),
    Column("size", LONG, nullable=False),
    Column("subjects", LONG, nullable=False),
    Column("edge", LargeBinary, nullable=False),
    Column("note", LargeBinary),
)  # fmt: skip
"""One row: how long the log is, the right edge of its tree, and the newest signed checkpoint."""

entry = Table(
    "entry", metadata,
    Column("idx", LONG, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("jws", LargeBinary, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("home_origin", EXACT),
    Column("home_index", LONG),
)  # fmt: skip
"""The log. Of a sealed entry, too, the record's text stands here; only what is published is sealed."""

subject = Table(
    "subject", metadata,
    Column("id", LONG, primary_key=True, autoincrement=False),
    Column("name", EXACT, nullable=False, unique=True),
)  # fmt: skip
"""The subjects, numbered so that places are small."""

place = Table(
    "place", metadata,
    Column("subject", LONG, ForeignKey("subject.id"), primary_key=True),
    Column("position", LONG, primary_key=True),
    Column("idx", LONG, ForeignKey("entry.idx"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
"""The streams: which entry is at which position of a subject's story, and the running digest up to there.

So the end of a stream, and whether it moved, is one look whatever its length; and no row here is ever changed.
"""

node = Table(
    "node", metadata,
    Column("level", Integer, primary_key=True),
    Column("position", LONG, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
"""The tile rows above the leaves, one hash for 256 of the row below."""

register = Table(
    "register", metadata,
    Column("name", EXACT, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("shape", EXACT, nullable=False),
    Column("done", LONG, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
"""Which folds have a table, of which version and shape, and up to which entry it is stepped."""


def fold_table(fold: Fold) -> Table:
    """Return the table of a fold, with an index for each that it declares."""
    columns: list[Any] = [Column("key", EXACT, primary_key=True)]
    columns += [Column(name, EXACT if kind is str else LONG) for name, kind in fold.columns.items()]
    # Clustered by its key: a row is one seek.
    table = Table(f"fold_{fold.name}", MetaData(), *columns, sqlite_with_rowid=False)
    for number, index in enumerate(fold.indexes):
        name, named = f"{table.name}_{number}", [table.c[column] for column in index]
        Index(name, *named, table.c.key).ddl_if(dialect="sqlite")  # which has no other order than that of every question
        first = [column.asc().nulls_first() for column in (*named, table.c.key)]
        Index(f"{name}_first", *first).ddl_if(dialect="postgresql")
    return table
