"""The list as the text in which it is published: a line an object, name, stratum, class and size with tabulators between."""

from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import FormatError
from openqi.science.draws.columns import Coded, Columns
from openqi.science.draws.commitment import DIGITS
from openqi.science.draws.frame import Frame
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOTS = 1 << 17
"""Places for different pairs of stratum and class; half of them are used at most."""
SPARE = 64
TAB, LINE = 9, 10
AT_ONCE = 1 << 20


def text_pieces(frame: Frame) -> "list[bytes]":
    """Return the list as text in pieces, in the order of the frame."""
    return [_piece(frame, begin, min(begin + AT_ONCE, len(frame))) for begin in range(0, len(frame), AT_ONCE)]


def columns_of_text(text: bytes, *, name: str) -> Columns:
    """Return the columns of a list in its text.

    Args:
        text: UTF-8, every line with a line end.
        name: of the file, for messages.

    Raises:
        FormatError: not four members a line, a name that is empty, a size that is no whole number as it is written, or not UTF-8.
    """
    import numpy as np

    if not text.endswith(b"\n"):
        raise FormatError(f"{name}: the last line has no end; the file is cut off")
    count = text.count(b"\n")
    names, offsets = np.empty(len(text), dtype=np.uint8), np.zeros(count + 1, dtype=np.int64)
    codes, sizes = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int64)
    if is_fast() and count >= FEW:
        slots = np.zeros((SLOTS, 3), dtype=np.int64)
        order = np.zeros(SLOTS, dtype=np.int64)
        buffer = np.frombuffer(text, dtype=np.uint8)
        found, bad = _split(buffer, names, offsets, codes, sizes, slots, order)
        if bad:
            line = text.split(b"\n", int(bad))[int(bad) - 1]
            raise FormatError(f"{name}:{bad}: {_told(line)}")
        tails = [text[int(slots[slot, 1]) : int(slots[slot, 2])] for slot in order[: int(found)].tolist()]
    else:
        tails = _plainly(text, name, names, offsets, codes, sizes)
    try:
        pairs = [tail.decode().split("\t") for tail in tails]
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: a stratum or class is no UTF-8") from error
    whole = names[: int(offsets[-1])].tobytes()
    strata, classes = Coded(labels=[], codes=codes), Coded(labels=[], codes=codes)
    return Columns(
        text=whole,
        offsets=offsets,
        stratum=_coded([stratum for stratum, _ in pairs], codes) if pairs else strata,
        risk_class=_coded([one for _, one in pairs], codes) if pairs else classes,
        size=sizes,
    )


def _coded(labels: list[str], codes: "NDArray[Any]") -> Coded:
    import numpy as np

    places = {label: place for place, label in enumerate(sorted(set(labels)))}
    return Coded(labels=sorted(places), codes=np.array([places[label] for label in labels], dtype=np.int32)[codes])


def _plainly(
    text: bytes, name: str, names: "NDArray[Any]", offsets: "NDArray[Any]", codes: "NDArray[Any]", sizes: "NDArray[Any]"
) -> list[bytes]:
    import numpy as np

    known: dict[bytes, int] = {}
    at, pieces = 0, []
    for number, line in enumerate(text.split(b"\n")[:-1]):
        cells = line.split(b"\t")
        if len(cells) != 4 or not cells[0] or not _whole(cells[3]):
            raise FormatError(f"{name}:{number + 1}: {_told(line)}")
        pieces.append(cells[0])
        at += len(cells[0])
        offsets[number + 1] = at
        codes[number] = known.setdefault(cells[1] + b"\t" + cells[2], len(known))
        sizes[number] = int(cells[3])
    names[:at] = np.frombuffer(b"".join(pieces), dtype=np.uint8)
    return [*known]


def _whole(cell: bytes) -> bool:
    return 0 < len(cell) <= DIGITS and cell.isdigit() and (cell[:1] != b"0" or cell == b"0")


def _told(line: bytes) -> str:
    cells = line.split(b"\t")
    if len(cells) != 4:
        return f"{len(cells)} members; a line has name, stratum, class and size, with tabulators between"
    if not cells[0]:
        return "the name is empty"
    if _whole(cells[3]):
        return f"there are more than {SLOTS // 2} pairs of stratum and class; a class is one of few"
    return f"{cells[3].decode(errors='replace')[:30]!r} is no size; a whole number of at most {DIGITS} digits as it is written"


def _piece(frame: Frame, begin: int, end: int) -> bytes:
    import numpy as np

    ends = [f"\t{stratum}\t{rank}\t".encode() for stratum in frame.strata for rank in frame.classes]
    code = frame.stratum[begin:end].astype(np.int64) * len(frame.classes) + frame.risk_class[begin:end]
    if end - begin < FEW or not is_fast():
        some = zip(range(begin, end), code.tolist(), frame.size[begin:end].tolist(), strict=True)
        return b"".join(frame.names[place] + ends[tail] + b"%d\n" % size for place, tail, size in some)
    places = np.array([0, *(len(b"".join(ends[: number + 1])) for number in range(len(ends)))], dtype=np.int64)
    letters = int(frame.names.offsets[end] - frame.names.offsets[begin])
    text = np.empty(letters + (end - begin) * (2 + max(map(len, ends)) + DIGITS), dtype=np.uint8)
    joined = np.frombuffer(b"".join(ends), dtype=np.uint8)
    written = _join(frame.names.text, frame.names.offsets[begin : end + 1], joined, places, code, frame.size[begin:end], text)
    return text[:written].tobytes()


@compiled
def _join(names: Any, begins: Any, ends: Any, places: Any, code: Any, size: Any, text: Any) -> int:
    at = 0
    for number in range(len(code)):
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
        text[at] = LINE
        at += 1
    return at


@compiled
def _split(text: Any, names: Any, offsets: Any, codes: Any, sizes: Any, slots: Any, order: Any) -> tuple[int, int]:
    """Split every line; how many pairs of stratum and class there are, and the number of the first bad line, 0 where there is none.

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
        if text[at] == LINE or at == begin:
            return found, number + 1
        offsets[number + 1] = written
        at += 1
        tail, hashed, tabs = at, 5381, 0
        while text[at] != LINE:
            if text[at] == TAB:
                tabs += 1
                if tabs == 2:
                    break
            hashed = (hashed * 33 + text[at]) & 0xFFFFFF
            at += 1
        if tabs != 2:
            return found, number + 1
        slot = hashed % len(slots)
        while slots[slot, 0]:
            length, same = slots[slot, 2] - slots[slot, 1], True
            if length == at - tail:
                for place in range(length):
                    if text[slots[slot, 1] + place] != text[tail + place]:
                        same = False
                        break
                if same:
                    break
            slot = (slot + 1) % len(slots)
        if slots[slot, 0] == 0:
            if 2 * (found + 1) > len(slots):
                return found, number + 1
            order[found] = slot
            found += 1
            slots[slot, 0], slots[slot, 1], slots[slot, 2] = found, tail, at
        codes[number] = slots[slot, 0] - 1
        at += 1
        first, value = at, 0
        while text[at] != LINE:
            digit = text[at] - 48
            if digit < 0 or digit > 9 or at - first >= DIGITS:
                return found, number + 1
            value = 10 * value + digit
            at += 1
        if at == first or (text[first] == 48 and at - first > 1):
            return found, number + 1
        sizes[number] = value
        at += 1
    return found, 0
