"""Rows of a list as bytes, written and split by a compiled kernel where there are many; `listing` and `commitment` say which."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openqi.science.draws.frame import LARGEST, Frame
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.hashing.names import Names, names_from
from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOTS = 1 << 17
"""Places for different pairs of stratum and class; half of them are used at most."""
TAB, LINE = 9, 10
AT_ONCE = 1 << 14
"""Rows at once: few enough that what is written and hashed stays in the caches of a processor."""
DIGITS = 13
"""Decimal digits of the largest size."""
SPARE = 8
"""Zero bytes behind written rows, which hashing reads."""


def row_pieces(frame: Frame) -> Iterator[bytes]:
    """Yield the list as text in pieces, in the order of the frame."""
    for begin in range(0, len(frame), AT_ONCE):
        text, offsets = written_rows(frame, begin, min(begin + AT_ONCE, len(frame)), between=b"\t", after=b"\n")
        yield text[: int(offsets[-1])].tobytes()


def written_rows(
    frame: Frame, begin: int, end: int, *, between: bytes, before: bytes = b"", after: bytes = b""
) -> "tuple[NDArray[Any], NDArray[Any]]":  # fmt: skip
    """Return the rows of some places, each name, stratum, class and size, as one text and where each begins.

    Args:
        frame: the list.
        begin: the first place.
        end: the place after the last.
        between: a byte that stands between the four.
        before: bytes before each row.
        after: bytes behind each row.
    """
    import numpy as np

    offsets = np.zeros(end - begin + 1, dtype=np.int64)
    ends = [between.join((b"", one.encode(), rank.encode(), b"")) for one in frame.strata for rank in frame.classes]
    code = frame.stratum[begin:end].astype(np.int64) * len(frame.classes) + frame.risk_class[begin:end]
    if end - begin < FEW or not is_fast():
        some = zip(range(begin, end), code.tolist(), frame.size[begin:end].tolist(), strict=True)
        rows = [before + frame.names[place] + ends[tail] + b"%d" % size + after for place, tail, size in some]
        for number, row in enumerate(rows):
            offsets[number + 1] = offsets[number] + len(row)
        return np.frombuffer(b"".join(rows) + bytes(SPARE), dtype=np.uint8), offsets
    places = np.array([0, *(len(b"".join(ends[: number + 1])) for number in range(len(ends)))], dtype=np.int64)
    letters = int(frame.names.offsets[end] - frame.names.offsets[begin])
    room = letters + (end - begin) * (len(before) + max(map(len, ends)) + DIGITS + len(after)) + SPARE
    text = np.zeros(room, dtype=np.uint8)
    joined, first, last = (np.frombuffer(part + b"\x00", dtype=np.uint8) for part in (b"".join(ends), before, after))
    begins = frame.names.offsets[begin : end + 1]
    _write(frame.names.text, begins, joined, places, code, frame.size[begin:end], first[:-1], last[:-1], text, offsets)
    return text, offsets


def split_rows(text: bytes) -> "tuple[Names, list[bytes], NDArray[Any], NDArray[Any]] | None":
    """Return names, the different pairs of stratum and class as they are written, the number of each row's pair, and sizes.

    None where the rows are few, numba is not installed, or a row is none: then the plain way says which.

    Args:
        text: UTF-8, every row with a line end.
    """
    import numpy as np

    count = text.count(b"\n")
    if count < FEW or not is_fast():
        return None
    names, offsets = np.empty(len(text), dtype=np.uint8), np.zeros(count + 1, dtype=np.int64)
    codes, sizes = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    slots, order = np.zeros((SLOTS, 3), dtype=np.int64), np.zeros(SLOTS, dtype=np.int64)
    found = int(_split(np.frombuffer(text, dtype=np.uint8), names, offsets, codes, sizes, slots, order))
    if found < 0 or sizes.max() > LARGEST:
        return None
    tails = [text[int(slots[slot, 1]) : int(slots[slot, 2])] for slot in order[:found].tolist()]
    return names_from(names[: int(offsets[-1])].tobytes(), offsets), tails, codes, sizes


@compiled
def _write(
    names: Any, begins: Any, ends: Any, places: Any, code: Any, size: Any, first: Any, last: Any, text: Any, offsets: Any
) -> None:  # fmt: skip
    at = 0
    for number in range(len(code)):
        for place in range(len(first)):
            text[at] = first[place]
            at += 1
        for place in range(begins[number], begins[number + 1]):
            text[at] = names[place]
            at += 1
        for place in range(places[code[number]], places[code[number] + 1]):
            text[at] = ends[place]
            at += 1
        left, digits = size[number], 1
        while left >= 10:
            left //= 10
            digits += 1
        left = size[number]
        for digit in range(digits):
            text[at + digits - 1 - digit] = 48 + left % 10
            left //= 10
        at += digits
        for place in range(len(last)):
            text[at] = last[place]
            at += 1
        offsets[number + 1] = at


@compiled
def _split(text: Any, names: Any, offsets: Any, codes: Any, sizes: Any, slots: Any, order: Any) -> int:
    """Split every row; how many pairs of stratum and class there are, -1 where a row is none.

    Args:
        slots: pairs by a hash of their bytes: number from 1, where the bytes begin and end.
        order: the slot of each pair, as they were met.
    """
    at, written, found = 0, 0, 0
    for number in range(len(codes)):
        begin = at
        while text[at] != TAB and text[at] != LINE:
            names[written] = text[at]
            written += 1
            at += 1
        end = _tail_end(text, at)
        if at == begin or end < 0:
            return -1
        offsets[number + 1] = written
        slot = _slot(text, at + 1, end, slots)
        if slots[slot, 0] == 0:
            if 2 * (found + 1) > len(slots):
                return -1
            order[found] = slot
            found += 1
            slots[slot, 0], slots[slot, 1], slots[slot, 2] = found, at + 1, end
        codes[number] = slots[slot, 0] - 1
        at = _size_at(text, end + 1, sizes, number)
        if at < 0:
            return -1
    return found


def _tail_end(text: Any, at: int) -> int:
    """Where the third tabulator of a row stands, given the first; -1 where the row ends before."""
    if text[at] == LINE:
        return -1
    for _ in range(2):
        at += 1
        while text[at] != TAB:
            if text[at] == LINE:
                return -1
            at += 1
    return at


def _slot(text: Any, begin: int, end: int, slots: Any) -> int:
    """The slot of a pair, or the one in which it can be put."""
    hashed = 5381
    for place in range(begin, end):
        hashed = (hashed * 33 + text[place]) & 0xFFFFFFF
    slot = hashed % len(slots)
    while slots[slot, 0] != 0:
        same = slots[slot, 2] - slots[slot, 1] == end - begin
        place = 0
        while same and place < end - begin:
            same = text[slots[slot, 1] + place] == text[begin + place]
            place += 1
        if same:
            break
        slot = (slot + 1) % len(slots)
    return slot


def _size_at(text: Any, begin: int, sizes: Any, number: int) -> int:
    """Write the size that stands there; where the next row begins, -1 where it is none."""
    at, value = begin, 0
    while text[at] != LINE:
        digit = text[at] - 48
        if digit < 0 or digit > 9 or at - begin >= DIGITS:
            return -1
        value = 10 * value + digit
        at += 1
    if at == begin or (text[begin] == 48 and at - begin > 1):
        return -1
    sizes[number] = value
    return at + 1
