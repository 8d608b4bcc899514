"""What a journal of readings consists of: frames with a checksum, each what one commit took in; whole or not there."""

from hashlib import sha256
from struct import Struct
from typing import Any, Final, TypeVar

import msgspec

from openqi.kernel.errors import FormatError

MAGIC: Final = b"OQL1"
MAX_FRAME: Final = 64 * 2**20
KEPT_BYTES: Final = 1_024
"""So much of a payload is kept that is set aside."""
_HEAD: Final = Struct(">4sIQ16s")

Position = dict[str, tuple[int, int, int, bytes]]
"""How far files were read: of each its device, its number there, bytes, and the bytes right before that place."""


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """A reading that is charted: its stream, time, value (None where missing) and unit as it was said."""

    stream: str
    time: int
    value: float | None
    unit: str | None


class Aside(msgspec.Struct, array_like=True, frozen=True):
    """What came in and is not charted.

    Args:
        reason: a word for why not.
        detail: the same for people.
        where: topic, or file.
        received: microseconds since 1970 (UTC).
        size: bytes that came.
        begin: the first of them, at most `KEPT_BYTES`.
        again: whether the broker said that it sent it before.
    """

    reason: str
    detail: str
    where: str
    received: int
    size: int
    begin: bytes
    again: bool


class Frame(msgspec.Struct, array_like=True, frozen=True):
    """What one commit took in.

    Args:
        readings: in the order in which they came.
        aside: what was set aside.
        duplicates: readings that were there already.
        position: how far files were read that were read further; None where readings come by a broker.
        told: so many alarms were told by then.
    """

    readings: list[Kept]
    aside: list[Aside]
    duplicates: int
    position: Position | None
    told: int


class Header(msgspec.Struct, array_like=True, frozen=True):
    """The first frame of a segment: what the segments before it came to.

    Args:
        number: of the segment, from 1.
        salt: chance that goes into the checksums of its other frames.
        settings: a digest of limits, rules and times.
        alarms: so many points broke a rule in earlier segments.
        told: so many of these were told.
        counts: readings, duplicates, and what was set aside for each reason.
        position: how far all files were read.
    """

    number: int
    salt: bytes
    settings: str
    alarms: int
    told: int
    counts: dict[str, int]
    position: Position | None


Content = TypeVar("Content", Frame, Header)


def framed(content: Frame | Header, place: int, salt: bytes = b"") -> bytes:
    """Return the bytes of a frame.

    Args:
        content: what it says.
        place: its number in the segment, from 0.
        salt: of the segment, so that nothing that is sent can look like a frame; the header is written without.

    Raises:
        FormatError: it is larger than a frame may be.
    """
    data = msgspec.msgpack.encode(content)
    if len(data) > MAX_FRAME:
        raise FormatError(f"a frame of {len(data)} bytes; at most {MAX_FRAME} are written at once")
    return _HEAD.pack(MAGIC, len(data), place, _digest(place, salt, data)) + data


def frame_at(data: bytes, offset: int, place: int, salt: bytes = b"") -> tuple[memoryview, int] | None:
    """Return the content of the frame at `offset` and where it ends, None where no whole one stands there."""
    if len(data) - offset < _HEAD.size:
        return None
    magic, length, number, digest = _HEAD.unpack_from(data, offset)
    begin, end = offset + _HEAD.size, offset + _HEAD.size + length
    if magic != MAGIC or number != place or length > MAX_FRAME or end > len(data):
        return None
    content = memoryview(data)[begin:end]
    return (content, end) if _digest(place, salt, content) == digest else None


def is_torn(data: bytes, offset: int, salt: bytes) -> bool:
    """Return whether what stands there is the rest of a frame that was being written: no whole one follows it.

    A frame is begun only when the one before it is on disk. So a damaged frame before a whole one was whole once.
    """
    following = offset
    while (following := data.find(MAGIC, following + 1)) >= 0:
        if len(data) - following >= _HEAD.size:
            number = _HEAD.unpack_from(data, following)[2]
            if frame_at(data, following, number, salt) is not None:
                return False
    return True


def read(content: memoryview, kind: type[Content], where: str) -> Content:
    """Return what a frame says.

    Raises:
        FormatError: it is whole, but of another kind.
    """
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormatError(f"{where}: a frame is whole but says something else: {str(error)[:100]}") from error


def _digest(place: int, salt: bytes, data: Any) -> bytes:
    found = sha256(salt + place.to_bytes(8, "big"))
    found.update(data)
    return found.digest()[:16]
