"""The log in SQL tables: one transaction appends a group, with its checkpoint; reads see what was acknowledged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.engine.interfaces import DBAPICursor

from openqi.evidence.merkle import Frontier
from openqi.evidence.record import Logged, parse_record, sealed_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, StoreError
from openqi.store.folds import is_text
from openqi.store.group import Outcome
from openqi.store.plan import Draft, Request, Tail
from openqi.store.publish import united
from openqi.store.sql.database import Database
from openqi.store.sql.registers import Registers
from openqi.store.sql.schema import FORMAT, entry, head, metadata, node, place, subject
from openqi.store.store import Appended

_CHUNK: Final = 1000
_HEAD = select(head.c.size, head.c.subjects, head.c.edge, head.c.note)
_GROW = update(head).values({column: bindparam(f"new_{column}") for column in ("size", "subjects", "edge", "note")})
_KNOWN = select(entry.c.id, entry.c.idx)
_TAILS = select(subject.c.name, subject.c.id, subject.c.length, subject.c.digest)
_MOVE = (
    update(subject)
    .values(length=bindparam("new_length"), digest=bindparam("new_digest"))
    .where(subject.c.id == bindparam("moved"))
)  # fmt: skip
_LOGGED = select(entry.c.idx, entry.c.id, entry.c.jws, entry.c.home_origin, entry.c.home_index)
_BUILT: Final = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where the log stands: how many entries and subjects, the right edge of its tree, the newest checkpoint note."""

    size: int
    subjects: int
    edge: Frontier
    note: bytes | None


class Ledger:
    """The log, its streams and its registers in one database. Nothing is remembered between two calls."""

    def __init__(self, database: Database, registers: Registers, *, origin: str) -> None:
        self._database, self._registers, self.origin = database, registers, origin

    def create(self) -> None:
        """Make the tables where they are not there, and check that they are those of this log.

        Raises:
            StoreError: they are another log's, or of a format that this version does not know.
        """
        where = self._database.where
        with self._database.defining("opening") as connection:
            metadata.create_all(connection)
            found = connection.execute(select(head.c.origin, head.c.format)).one_or_none()
            if found is None:
                fresh = {"id": 0, "format": FORMAT, "origin": self.origin, "size": 0, "subjects": 0, "edge": b""}
                connection.execute(insert(head), fresh)
            elif found.format != FORMAT:
                raise StoreError(f"{where} has format {found.format}, this version knows {FORMAT}; use a newer OpenQI")
            elif found.origin != self.origin:
                raise StoreError(f"{where} holds the log {found.origin}, not {self.origin}; open it by its own name")
            self._registers.create(connection)

    def append(self, group: Sequence[Request]) -> Sequence[Outcome]:
        """Return what became of each append of a group, after one durable transaction for all of them.

        Raises:
            StoreError: the database failed; nothing was kept.
            OpenQIError: the first request's checkpointer refused; nothing was kept.
        """
        database = self._database
        with database.writing("appending to") as cursor:
            stand = self._head(cursor)
            draft = self._draft(cursor, stand, group)
            steps = self._registers.steps(cursor, stand.size)
            found: list[tuple[int, ...] | OpenQIError] = []
            for request in group:
                try:
                    found.append(draft.add(request, steps and steps.take))
                except OpenQIError as error:  # this append's own outcome; the others of the group go on
                    found.append(error)
            if draft.entries:
                self._write(cursor, draft, draft.note(group[0].checkpoint))
                if steps is not None:
                    steps.write(draft.edge.size)
        size = draft.edge.size
        return [got if isinstance(got, OpenQIError) else Appended(indices=got, size=size) for got in found]

    def _head(self, cursor: DBAPICursor) -> Head:
        self._database.run(cursor, _HEAD)
        size, subjects, edge, note = cursor.fetchone() or (0, 0, b"", None)
        hashes = [edge[start : start + 32] for start in range(0, len(edge), 32)]
        return Head(size=size, subjects=subjects, edge=Frontier(size, hashes), note=note)

    def _draft(self, cursor: DBAPICursor, stand: Head, group: Sequence[Request]) -> Draft:
        ids = [record_id for request in group for record_id in request.ids]
        subjects = list(set[str]().union(*(request.subjects for request in group)))
        known = dict(self._database.look_up(cursor, _KNOWN, entry.c.id, ids))
        ends = self._database.look_up(cursor, _TAILS, subject.c.name, list(filter(is_text, subjects)))
        tails = {name: Tail(number, length, digest) for name, number, length, digest in ends}
        return Draft(origin=self.origin, edge=stand.edge, subjects=stand.subjects, known=known, tails=tails)

    def _write(self, cursor: DBAPICursor, draft: Draft, note: bytes) -> None:
        run_all, first = self._database.run_all, draft.first_subject
        fresh = [(tail.subject, name, tail.length, tail.digest) for name, tail in draft.moved.items() if tail.subject >= first]
        moved = [(tail.length, tail.digest, tail.subject) for tail in draft.moved.values() if tail.subject < first]
        run_all(cursor, insert(entry), draft.entries)
        run_all(cursor, insert(subject), fresh)
        run_all(cursor, _MOVE, moved)
        run_all(cursor, insert(place), draft.places)
        run_all(cursor, insert(node), draft.nodes)
        self._database.run(cursor, _GROW, draft.edge.size, draft.subjects, b"".join(draft.edge.hashes), note)

    def build(self) -> None:
        """Step the registers that lag behind the log up to its end, some ten thousand entries a transaction.

        Raises:
            StoreError: a fold's step refuses a record that the log has.
        """
        while self._registers.lagging():
            with self._database.writing("building registers in") as cursor:
                size = self._head(cursor).size
                steps, start, stop = self._registers.behind(cursor, min_size=size, most=_BUILT)
                try:
                    for chunk in range(start, stop, _CHUNK):
                        steps.take(self._some(cursor, chunk, min(stop, chunk + _CHUNK)))
                except OpenQIError as error:
                    raise StoreError(
                        f"{steps.names} cannot be built from entries {start} to {stop - 1}: {error}. Correct the step and give it a new version"
                    ) from error
                steps.write(stop)
