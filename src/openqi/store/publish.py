"""Which static files a log needs after it has grown, and what is in them; whether what was published still belongs to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from openqi.evidence.log.merkle import EMPTY_ROOT, leaf_hash
from openqi.evidence.log.note import Checkpoint, Note, parse_checkpoint, parse_note
from openqi.evidence.log.tiles import WIDTH, Tile, encode_bundle, levels, parse_bundle, subtree_from_tiles, tile_at, tiles
from openqi.kernel.errors import FormatError, NotFoundError, StoreError


class Source(Protocol):
    """Where the content of the files comes from: the ledger itself, so that lost or damaged files can always be made again."""

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Return the log entries start <= index < stop."""
        ...

    def nodes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return the hashes start <= position < stop of a tile row above the leaves (level 1, 2 …)."""
        ...


def static_files(source: Source, *, since: int, size: int) -> Iterator[tuple[Tile, bytes]]:
    """Yield each bundle and tile of a log of `size` entries that a log of `since` entries did not have, with its content."""
    for bundle in tiles(size, -1, since):
        entries = source.entries(bundle.index * WIDTH, bundle.index * WIDTH + bundle.width)
        yield bundle, encode_bundle(entries)
        yield Tile(level=0, index=bundle.index, width=bundle.width), b"".join(map(leaf_hash, entries))
    for level in range(1, levels(size)):
        for tile in tiles(size, level, since):
            yield tile, _row(source, tile)


def _row(source: Source, tile: Tile) -> bytes:
    start = tile.index * WIDTH
    if tile.level == 0:
        return b"".join(map(leaf_hash, source.entries(start, start + tile.width)))
    return b"".join(source.nodes(tile.level, start, start + tile.width))


def root_at(source: Source, size: int) -> bytes:
    """Return the root over the first `size` entries."""
    return subtree_from_tiles(lambda path: _row(source, tile_at(path)), size)(0, size) if size else EMPTY_ROOT


def check_published(source: Source, published: Checkpoint, newest: Checkpoint) -> None:
    """Raise StoreError unless what was published is the beginning of what the ledger holds: else appending would fork the log."""
    if published.origin != newest.origin:
        raise StoreError(f"what was published is of {published.origin}, the ledger of {newest.origin}; they do not belong together")
    if published.size > newest.size:
        raise StoreError(
            f"entries up to {published.size} were published but the ledger has only {newest.size}: it is an old copy. Bring back "
            "the newer ledger; going on with this one would fork the log"
        )
    if root_at(source, published.size) != published.root:
        raise StoreError(f"the ledger's first {published.size} entries are not those that were published; bring the right ledger")


def united(newest: bytes, offered: bytes) -> bytes:
    """Return the newest checkpoint note with the signatures of the offered one added.

    Raises:
        StoreError: the texts differ.
        FormatError: not a signed note.
    """
    held, more = parse_note(newest), parse_note(offered)
    if held.text != more.text:
        raise StoreError(
            f"these are signatures for {_named(more)}, but the newest checkpoint is {_named(held)}; have the newest one cosigned"
        )
    added = tuple(line for line in more.signatures if line not in held.signatures)
    note = Note(text=held.text, signatures=held.signatures + added).encode()
    parse_note(note)  # an overfull note is refused here, not by its readers
    return note


def _named(note: Note) -> str:
    checkpoint = parse_checkpoint(note)
    return f"size {checkpoint.size} of {checkpoint.origin}"


def served(files: Callable[[str], bytes | None], path: str) -> bytes:
    """Return a static file of a log.

    A partial tile that is gone because the full one has come is cut from that, so that who holds an older checkpoint, and
    reads while the log grows, still finds all of it.

    Raises:
        NotFoundError: there is no such file, or no such path: no other file is ever served.
    """
    try:
        tile = None if path == "checkpoint" else tile_at(path)
    except FormatError as error:
        raise NotFoundError(f"{error}; the log has `checkpoint` and `tile/…`") from error
    content = files(path)
    if content is None and tile is not None and tile.width < WIDTH:
        full = files(replace(tile, width=WIDTH).path)
        if full is not None and tile.level < 0:
            return encode_bundle(parse_bundle(full, WIDTH)[: tile.width])
        content = full and full[: 32 * tile.width]
    if content is None:
        raise NotFoundError(f"the log has no file {path}; what is not yet published has none")
    return content
