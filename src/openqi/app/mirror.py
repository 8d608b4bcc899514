"""Mirroring a log: fetch what is new, verify that it continues what is held, and only then let the checkpoint say so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from openqi.app.folder import POLICY, is_ledger, policy_of
from openqi.app.source import CHECKPOINT, FolderSource, Grown, Source
from openqi.evidence.log.merkle import EMPTY_ROOT, Subtree, leaf_hash, root_of, verify_consistency
from openqi.evidence.log.note import MAX_SIGNATURES, Checkpoint, Note, parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.evidence.log.prover import consistency_proof
from openqi.evidence.log.tiles import WIDTH, Tile, levels, parse_bundle, parse_tile, subtree_from_tiles, tiles
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, RefusedError, StoreError, VerificationError
from openqi.store.files import Folder

MOST: Final = 50_000_000
"""New entries that one run takes unless told otherwise: a log that claims more may be there to fill the disk."""
_GROUP: Final = 64


@dataclass(frozen=True, kw_only=True)
class Mirrored:
    """What a run of the mirror did. With a finding nothing was taken over, and the mirror stands as `held` says.

    `held` is the mirror's checkpoint before (None at first), `offered` the source's; `files` were fetched.
    """

    held: Checkpoint | None
    offered: Checkpoint
    policy_checked: bool
    files: int = 0
    finding: str | None = None


@dataclass
class _Run:
    """One run: what is asked, what is held, and the files that were written so far."""

    source: Source
    folder: Folder
    held: Checkpoint
    offered: Checkpoint
    written: list[str] = field(default_factory=list)
    fetched: int = 0
    reused: int = 0
    reuse: bool = True

    def __post_init__(self) -> None:
        self.own = FolderSource(self.folder.root)
        self.new = Grown(self.source)

    def bring(self, wanted: Sequence[Tile]) -> list[bytes]:
        """Return the content of new tiles: what a run that broke off left here, and the rest from the source."""
        here = {tile.path for tile in wanted if self.reuse and (self.folder.root / tile.path).is_file()}
        asked = [tile.path for tile in wanted if tile.path not in here]
        self.fetched, self.reused = self.fetched + len(asked), self.reused + len(here)
        found = dict(zip(asked, self.new.read_all(asked), strict=True))
        return [self.own.read(tile.path) if tile.path in here else found[tile.path] for tile in wanted]

    def keep(self, tile: Tile, data: bytes) -> None:
        """Bring a file into its place, durable after the next sync."""
        self.folder.put(tile.path, data)
        self.written.append(tile.path)

    def forget(self) -> None:
        """Take away what was brought in vain."""
        for path in self.written:
            self.folder.drop(path)
        self.folder.sync()
        self.written.clear()


def mirror(source: Source, folder: Path, *, policy: bytes | None = None, most: int = MOST) -> Mirrored:
    """Return what a run of the mirror did.

    Args:
        source: of the log.
        folder: of the mirror; it is made where it is not there.
        policy: what the reader believes, kept in the mirror for the next runs; None: the one kept there, if any.
        most: new entries that are taken at most.

    Raises:
        RefusedError: the folder is a ledger, or more is new than is taken at most.
        NotFoundError, FormatError, StoreError: the source cannot be read, or what it gives is no log; or the mirror was damaged.
    """
    if is_ledger(folder):
        raise RefusedError("mirror-apart", f"{folder} is a ledger of its own; mirror into another folder")
    note, offered = _offered(source)
    place = Folder(folder)
    with place.writing():
        own = FolderSource(folder)
        kept = policy_of(folder)
        believed = kept if policy is None else policy
        held_note = _held(own)
        held = None if held_note is None else parse_checkpoint(held_note)
        run = _Run(source, place, held or Checkpoint(origin=offered.origin, size=0, root=EMPTY_ROOT), offered)
        try:
            if believed is not None:
                trusted(note, parse_policy(believed))
            _check_continues(run)
            if offered.size - run.held.size > most:
                raise RefusedError("too-much", f"{offered.size - run.held.size} entries are new; allow that many with --most")
            _take(run)
        except VerificationError as error:
            return Mirrored(held=held, offered=offered, policy_checked=believed is not None, finding=str(error))
        if believed is not None and believed != kept:
            place.put(POLICY, believed)
        place.sync()  # all that the checkpoint speaks of is durable before it speaks
        place.put(CHECKPOINT, _united(held_note, note).encode())
        place.sync()
    return Mirrored(held=held, offered=offered, policy_checked=believed is not None, files=run.fetched)


def _offered(source: Source) -> tuple[Note, Checkpoint]:
    data = source.read(CHECKPOINT)
    try:
        note = parse_note(data)
        return note, parse_checkpoint(note)
    except FormatError as error:
        raise FormatError(f"the source's checkpoint is none: {error}") from error


def _held(own: FolderSource) -> Note | None:
    try:
        return parse_note(own.read(CHECKPOINT))
    except NotFoundError:
        return None
    except FormatError as error:
        raise FormatError(f"{own.root / CHECKPOINT} was damaged ({error}); bring it back, or mirror into a new folder") from error


def _united(held: Note | None, offered: Note) -> Note:
    """The offered note, with the cosignatures that the mirror gathered for the same checkpoint."""
    if held is None or held.text != offered.text:
        return offered
    more = tuple(line for line in offered.signatures if line not in held.signatures)
    return Note(text=offered.text, signatures=(held.signatures + more)[:MAX_SIGNATURES])


def _check_continues(run: _Run) -> None:
    """Raise VerificationError unless the source's tree adds up and the held tree is its beginning; StoreError if it was damaged."""
    held, offered = run.held, run.offered
    if _root(subtree_from_tiles(run.own.read, held.size), held.size) != held.root:
        # Else damage on this disk would be told to the world as a fork of the log.
        raise StoreError(f"{run.own.root} was damaged: its tiles do not add up to its own checkpoint; run `openqi log fsck` on it")
    if held.origin != offered.origin:
        raise VerificationError("origin", f"this is a mirror of {held.origin}, the source is {offered.origin}; use another folder")
    if offered.size < held.size:
        here = _root(subtree_from_tiles(run.own.read, held.size), offered.size)
        if here != offered.root:
            raise _fork(held, offered, offered.size, here, offered.root)
        raise VerificationError(
            "size", f"the source went back from size {held.size} to {offered.size}; it is an old copy, or was rolled back"
        )
    if offered.size == held.size:
        if offered.root != held.root:
            raise _fork(held, offered, held.size, held.root, offered.root)
        return
    subtree = subtree_from_tiles(run.new.read, offered.size)
    try:
        if _root(subtree, offered.size) != offered.root:
            raise VerificationError("root", f"the source's tiles do not add up to its own checkpoint at size {offered.size}")
        there = _root(subtree, held.size)
        if there != held.root:
            raise _fork(held, offered, held.size, held.root, there)
        verify_consistency(held.size, offered.size, consistency_proof(held.size, offered.size, subtree), held.root, offered.root)
    except (FormatError, DomainError) as error:
        raise VerificationError("tile", f"the source's tiles are none: {error}") from error


def _root(subtree: Subtree, size: int) -> bytes:
    return subtree(0, size) if size else EMPTY_ROOT


def _fork(held: Checkpoint, offered: Checkpoint, size: int, here: bytes, there: bytes) -> VerificationError:
    return VerificationError(
        "fork",
        f"{held.origin} shows two histories: at size {size} the mirror (checkpoint {held.size}) has the root {here.hex()}, the "
        f"source (checkpoint {offered.size}) has {there.hex()}; keep both checkpoints as evidence and tell the log's witnesses",
    )


def _take(run: _Run) -> None:
    """Fetch, and once more without what an earlier run left if that does not belong: then it is not the source's fault."""
    try:
        _fetch(run)
    except VerificationError:
        run.forget()
        if not run.reused:
            raise
        run.reuse, run.fetched = False, 0
        try:
            _fetch(run)
        except VerificationError:
            run.forget()
            raise


def _fetch(run: _Run) -> None:
    """Bring in each new bundle and tile after checking it against what lies below; at last the root, from what is held now."""
    size, since = run.offered.size, run.held.size
    for group in _groups(tiles(size, -1, since)):
        bundles = run.bring(group)
        rows = run.bring([_leaf_tile(bundle) for bundle in group])
        for bundle, data, row in zip(group, bundles, rows, strict=True):
            _check(bundle, [leaf_hash(entry) for entry in _parsed(bundle, data)], row)
            run.keep(bundle, data)
            run.keep(_leaf_tile(bundle), row)
    for level in range(1, levels(size)):
        for group in _groups(tiles(size, level, since)):
            for tile, row in zip(group, run.bring(group), strict=True):
                _check(tile, _from_below(run, tile, row), row)
                run.keep(tile, row)
    if since < size and _root(subtree_from_tiles(run.own.read, size), size) != run.offered.root:
        raise VerificationError(
            "root", f"with the mirror's own older tiles the root at size {size} is another; run `openqi log fsck` on the mirror"
        )


def _groups(of: Iterator[Tile]) -> Iterator[Sequence[Tile]]:
    while group := tuple(islice(of, _GROUP)):
        yield group


def _leaf_tile(bundle: Tile) -> Tile:
    return Tile(level=0, index=bundle.index, width=bundle.width)


def _parsed(tile: Tile, data: bytes) -> list[bytes]:
    try:
        return (parse_bundle if tile.level < 0 else parse_tile)(data, tile.width)
    except FormatError as error:
        raise VerificationError("tile", f"{tile.path}: {error}") from error


def _check(tile: Tile, expected: Sequence[bytes], row: bytes) -> None:
    if b"".join(expected) != row:
        raise VerificationError("tile", f"{tile.path}: the hashes are not those of what lies below")


def _from_below(run: _Run, tile: Tile, row: bytes) -> list[bytes]:
    """The hashes that a tile must have. Those that the mirror held before are taken as stated: old and new root bind them."""
    stated = _parsed(tile, row)
    known = min(max(run.held.size // WIDTH**tile.level - tile.index * WIDTH, 0), tile.width)
    below = (Tile(level=tile.level - 1, index=tile.index * WIDTH + place) for place in range(known, tile.width))
    return [*stated[:known], *(root_of(parse_tile(run.own.read(one.path), WIDTH)) for one in below)]
