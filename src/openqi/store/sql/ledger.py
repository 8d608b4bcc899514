"""The log in SQL tables: one transaction appends a group, with its checkpoint; reads see what was acknowledged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Integer, bindparam, func, insert, select, update
from sqlalchemy.engine.interfaces import DBAPICursor

from openqi.evidence.log.merkle import Frontier
from openqi.evidence.record import Logged, parse_record, sealed_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, StoreError
from openqi.store.folds import is_text
from openqi.store.group import Outcome
from openqi.store.plan import Draft, Request, Tail
from openqi.store.publish import united
from openqi.store.sql.database import Database, Lookup
from openqi.store.sql.registers import Registers, Task
from openqi.store.sql.schema import FORMAT, entry, head, metadata, node, place, subject
from openqi.store.store import Appended

_CHUNK: Final = 1000
_HEAD = select(head.c.size, head.c.subjects, head.c.edge, head.c.note)
_GROW = update(head).values({column: bindparam(f"new_{column}") for column in ("size", "subjects", "edge", "note")})
_KNOWN = Lookup(entry.c.id, select(entry.c.id, entry.c.idx).where)
_LAST = select(func.max(place.c.position)).where(place.c.subject == subject.c.id).correlate(subject).scalar_subquery()
_TAILS = Lookup(
    subject.c.name,
    select(subject.c.name, subject.c.id, place.c.position, place.c.digest)
    .join(place, (place.c.subject == subject.c.id) & (place.c.position == _LAST))
    .where,
)
_SIGN = update(head).values(note=bindparam("new_note"))
_LOGGED = select(entry.c.idx, entry.c.id, entry.c.jws, entry.c.home_origin, entry.c.home_index)
_MANY = Lookup(entry.c.id, _LOGGED.where)
_ONE = _LOGGED.where(entry.c.id == bindparam("one"))
_SPAN = (entry.c.idx >= bindparam("start"), entry.c.idx < bindparam("stop"))
_RANGE = _LOGGED.where(*_SPAN).order_by(entry.c.idx)
_ENTRIES = select(entry.c.id, entry.c.jws, entry.c.sealed).where(*_SPAN).order_by(entry.c.idx)
_STORY = (
    _LOGGED.join(place, place.c.idx == entry.c.idx)
    .join(subject, subject.c.id == place.c.subject)
    .where(subject.c.name == bindparam("name"), place.c.idx < bindparam("stop"))
)  # fmt: skip
_STREAM = _STORY.order_by(place.c.position)
_NEWEST = _STORY.order_by(place.c.position.desc()).limit(bindparam("most", type_=Integer))
_NODES = (
    select(node.c.hash)
    .where(node.c.level == bindparam("level"), node.c.position >= bindparam("start"), node.c.position < bindparam("stop"))
    .order_by(node.c.position)
)  # fmt: skip
_END: Final = 2**62
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
                    found.append(draft.add(request, None if steps is None else steps.take))
                except OpenQIError as error:  # this append's own outcome; the others of the group go on
                    found.append(error)
            if draft.entries:
                self._write(cursor, draft, draft.note(group[0].checkpoint))
                if steps is not None:
                    steps.write(draft.edge.size)
        size = draft.edge.size
        return [got if isinstance(got, OpenQIError) else Appended(indices=got, size=size) for got in found]

    def _head(self, cursor: DBAPICursor) -> Head:
        return _head_of(*self._database.found(cursor, _HEAD))

    def _draft(self, cursor: DBAPICursor, stand: Head, group: Sequence[Request]) -> Draft:
        ids = [record_id for request in group for record_id in request.ids]
        subjects = list(set[str]().union(*(request.subjects for request in group)))
        known = dict(self._database.look_up("appending to", _KNOWN, ids, cursor))
        ends = self._database.look_up("appending to", _TAILS, list(filter(is_text, subjects)), cursor)
        tails = {name: Tail(number, last + 1, digest) for name, number, last, digest in ends}
        return Draft(origin=self.origin, edge=stand.edge, subjects=stand.subjects, known=known, tails=tails)

    def _write(self, cursor: DBAPICursor, draft: Draft, note: bytes) -> None:
        insert_all = self._database.bulk.insert
        fresh = [(tail.subject, name) for name, tail in draft.moved.items() if tail.subject >= draft.first_subject]
        insert_all(cursor, entry, draft.entries)
        insert_all(cursor, subject, fresh)
        insert_all(cursor, place, draft.places)
        insert_all(cursor, node, draft.nodes)
        edge = b"".join(draft.edge.hashes)
        self._database.run(cursor, _GROW, new_size=draft.edge.size, new_subjects=draft.subjects, new_edge=edge, new_note=note)

    def build(self) -> None:
        """Step the registers that lag behind the log up to its end, some ten thousand entries a transaction.

        Raises:
            StoreError: a fold's step refuses a record that the log has, or a newer program keeps a newer version of the fold.
        """
        while self._registers.lagging():
            with self._database.writing("building registers in") as cursor:
                task = self._registers.behind(cursor, self._head(cursor).size)
                if task is not None:
                    self._step(cursor, task)

    def _step(self, cursor: DBAPICursor, task: Task) -> None:
        stop = min(task.stop, task.start + _BUILT)
        try:
            for start in range(task.start, stop, _CHUNK):
                found = self._database.found(cursor, _RANGE, start=start, stop=min(stop, start + _CHUNK))
                task.steps.take([self._logged(one) for one in found])
        except OpenQIError as error:
            raise StoreError(
                f"register {task.steps.names} cannot be built from entries {task.start} to {stop - 1}: {error}. "
                "Correct the fold's step and give it a new version"
            ) from error
        task.steps.write(stop)

    def head(self) -> Head:
        """Return where the log stands."""
        return _head_of(*self._database.asked("reading", _HEAD))

    def cosign(self, note: bytes) -> None:
        """Add the signatures of `note` to the newest checkpoint."""
        with self._database.writing("cosigning in") as cursor:
            newest = self._head(cursor).note
            if newest is None:
                raise NotFoundError("the log is empty: it has no checkpoint yet")
            self._database.run(cursor, _SIGN, new_note=united(newest, note))

    def logged(self, record_id: bytes) -> Logged:
        """Return the record of that id with its place; raises NotFoundError."""
        found = self._database.asked("reading", _ONE, one=record_id)
        if not found:
            raise NotFoundError(f"the log has no record {record_id.hex()}")
        return self._logged(found[0])

    def logged_many(self, record_ids: Sequence[bytes]) -> Mapping[str, Logged]:
        """Return id → record with its place, of those that the log has."""
        return {one.record.id: one for one in map(self._logged, self._database.look_up("reading", _MANY, record_ids))}

    def lengths(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """Return subject → length of its stream, of those that have any."""
        found = self._database.look_up("reading", _TAILS, list(filter(is_text, subjects)))
        return {name: last + 1 for name, _, last, _ in found}

    def stream(self, name: str, known_at: int | None, newest: int | None) -> tuple[Logged, ...]:
        """Return the records of a subject in log order."""
        if not is_text(name):
            return ()
        stop = _END if known_at is None else known_at
        if newest is None:
            found = self._database.asked("reading", _STREAM, name=name, stop=stop)
        else:
            found = self._database.asked("reading", _NEWEST, name=name, stop=stop, most=newest)[::-1]
        return tuple(map(self._logged, found))

    def scan(self, start: int, stop: int | None) -> Iterator[Logged]:
        """Yield records in log order; no transaction stays open while the caller thinks about them."""
        end = self.head().size if stop is None else stop
        for first in range(start, end, _CHUNK):
            found = self._database.asked("reading", _RANGE, start=first, stop=min(end, first + _CHUNK))
            yield from map(self._logged, found)
            if len(found) < _CHUNK:
                return

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Return log entries, for publishing."""
        found = self._database.asked("reading", _ENTRIES, start=start, stop=stop)
        return [sealed_entry(record_id.hex()) if sealed else jws for record_id, jws, sealed in found]

    def nodes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return hashes of a tile row above the leaves, for publishing."""
        return [one for (one,) in self._database.asked("reading", _NODES, level=level, start=start, stop=stop)]

    def _logged(self, found: Any) -> Logged:
        index, record_id, jws, home_origin, home_index = found
        try:
            record = parse_record(jws)
        except FormatError as error:
            raise StoreError(
                f"entry {index} in {self._database.where} was damaged: {error}; bring it back from a mirror"
            ) from error
        if record.id != record_id.hex():
            raise StoreError(f"entry {index} in {self._database.where} was damaged: its text is not that of its id")
        home = (self.origin, index) if home_origin is None else (home_origin, home_index)
        return Logged(index=index, record=record, origin=home[0], origin_index=home[1])


def _head_of(found: Any) -> Head:
    size, subjects, edge, note = found
    return Head(
        size=size, subjects=subjects, edge=Frontier(size, [edge[at : at + 32] for at in range(0, len(edge), 32)]), note=note
    )
