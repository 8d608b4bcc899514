"""Whether every content of a station is there and undamaged: what records and the desk name, against what is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from openqi.app.folder import ledger_folder
from openqi.app.settings import read_settings
from openqi.evidence.record import Record
from openqi.evidence.view import parse_basis
from openqi.store.blobs import DamagedError
from openqi.store.desk.comments import ENTRIES
from openqi.store.desk.desk import Desk
from openqi.store.objects.beside import reading_objects
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What was found.

    `kept` contents of `size` bytes are undamaged; `unnamed` of them nobody names (a killed process leaves such ones, and files
    that somebody laid to a form and never sealed). `damaged` and `missing` are names; what was erased on purpose is missing too.
    """

    kept: int
    size: int
    unnamed: int
    damaged: tuple[str, ...]
    missing: tuple[str, ...]


def check_contents(folder: Path, *, desk_url: str) -> Contents:
    """Return what is wrong with the contents of a station; each is read once, in parts. The station may be serving meanwhile.

    Raises:
        NotFoundError, FormatError: no station.
        StoreError: ledger, desk or the storage cannot be read.
    """
    settings = read_settings(folder)
    ledger = ledger_folder(folder / settings.ledger)
    objects = reading_objects(ledger.path)
    held = set(objects.blob_names())  # before what is named is asked: a content comes before its name
    with ledger.reading() as store:
        named = set(_named(store)) | set(_attached(desk_url))
        missing = tuple(name for name in sorted(named - held) if objects.blob_parts(name) is None)
    kept = size = 0
    damaged = []
    for name in sorted(held):
        parts = objects.blob_parts(name)
        if parts is None:  # erased meanwhile
            continue
        try:
            size += sum(map(len, parts))
            kept += 1
        except DamagedError:
            damaged.append(name)
    return Contents(kept=kept, size=size, unnamed=len(held - named), damaged=tuple(damaged), missing=missing)


def _named(store: Store) -> Iterator[str]:
    for logged in store.scan():
        yield from contents_of(logged.record)


def contents_of(record: Record) -> Iterator[str]:
    """Yield the names of the contents on which a record rests: those that its body states, and those that deciding it read."""
    if record.basis is not None:
        yield from parse_basis(record.basis).blobs
    yield from _stated(record.body)


def _stated(value: Any) -> Iterator[str]:
    """A content is stated as media type, SHA-256 and size, wherever it stands in a body."""
    if isinstance(value, dict):
        if {"mediaType", "sha256", "size"} <= set(value):
            yield value["sha256"]
        for inner in value.values():
            yield from _stated(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _stated(inner)


def _attached(desk_url: str) -> Iterator[str]:
    desk = Desk(desk_url)
    try:
        with desk.reading() as connection:
            yield from connection.execute(select(ENTRIES.c.sha256).where(ENTRIES.c.sha256 != "")).scalars()
    finally:
        desk.close()
