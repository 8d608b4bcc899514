"""A log as static files: hash tiles, entry bundles, their paths, and proofs that are read from them.

Source: [C2SP] tlog-tiles.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from openqi.evidence.canonical import decimal_index
from openqi.evidence.log.merkle import Subtree, node_hash, range_hash
from openqi.kernel.errors import FormatError

WIDTH: Final = 256
MAX_ENTRY: Final = 65_535
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
Read = Callable[[str], bytes]
"""Returns the bytes of a file of the log by its path below the log's address; raises NotFoundError."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A place in the log's files: level (-1 for an entry bundle), index, and how many of its 256 places are filled."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path of the tile below the log's address."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{'entries' if self.level < 0 else self.level}/{name}{'' if self.width == WIDTH else f'.p/{self.width}'}"


def tile_at(path: str) -> Tile:
    """Return the tile that a path names.

    Raises:
        FormatError: no path of a tile.
    """
    found = _PATH.fullmatch(path)
    if not found or len(path) > 100:
        raise FormatError(f"{path[:80]!r} is no path of a tile")
    level = -1 if found[1] == "entries" else decimal_index(found[1])
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(level=level, index=index, width=int(found[3] or WIDTH))
    if level > 63 or tile.path != path or (found[3] and tile.width >= WIDTH):
        raise FormatError(f"{path[:80]!r} is no path of a tile")
    return tile


def tiles(size: int, level: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a level in a tree of `size` leaves whose content differs from the tree of `since` leaves."""
    step = WIDTH ** max(level, 0)
    filled, old = size // step, since // step
    for index in range(old // WIDTH, -(-filled // WIDTH)):
        tile = Tile(level=level, index=index, width=min(WIDTH, filled - index * WIDTH))
        if old < index * WIDTH + tile.width:
            yield tile


def levels(size: int) -> int:
    """Return the number of levels of hash tiles in a tree of `size` leaves."""
    count = 0
    while size:
        count, size = count + 1, size // WIDTH
    return count


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry with its length in two bytes before it.

    Raises:
        FormatError: an entry is longer than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise FormatError(f"a log entry of {len(entry)} bytes; at most {MAX_ENTRY} fit a bundle")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """Return the `width` entries of a bundle.

    Raises:
        FormatError: too short, too long, or another number of entries.
    """
    entries: list[bytes] = []
    place = 0
    for _ in range(width):
        length = int.from_bytes(data[place : place + 2], "big")
        entry = data[place + 2 : place + 2 + length]
        place += 2 + length
        if place > len(data):
            raise FormatError(f"an entry bundle of {len(data)} bytes ends inside entry {len(entries)} of {width}")
        entries.append(entry)
    if place != len(data):
        raise FormatError(f"{len(data) - place} bytes follow the last of {width} entries of a bundle")
    return entries


def parse_tile(data: bytes, width: int) -> list[bytes]:
    """Return the `width` hashes of a tile.

    Raises:
        FormatError: another length.
    """
    if len(data) != 32 * width:
        raise FormatError(f"a tile of {width} hashes has {32 * width} bytes, not {len(data)}")
    return [data[i : i + 32] for i in range(0, len(data), 32)]


def subtree_from_tiles(read: Read, size: int, *, keep: int = 256) -> Subtree:
    """Return the subtree function of a log of `size` entries that reads tiles, keeping at most `keep` of them in memory."""
    held: dict[tuple[int, int], list[list[bytes]]] = {}

    def rows(level: int, index: int) -> list[list[bytes]]:
        found = held.get((level, index))
        if found is None:
            width = min(WIDTH, size // WIDTH**level - index * WIDTH)
            found = [parse_tile(read(Tile(level=level, index=index, width=width).path), width)]
            while len(found[-1]) > 1:
                found.append(_pairs(found[-1]))
            while len(held) >= keep:
                held.pop(next(iter(held)))
            held[level, index] = found
        return found

    def node(level: int, index: int) -> bytes:
        height = level % 8
        per_tile = WIDTH >> height
        return rows(level // 8, index // per_tile)[height][index % per_tile]

    return lambda lo, hi: range_hash(lo, hi, node)


def _pairs(row: Sequence[bytes]) -> list[bytes]:
    return [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
