"""Names as one run of bytes and where each begins: ten million of them in the memory that their letters take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPARE = 8
"""Bytes behind the last name, which the kernel may look at but not use."""
LONGEST = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Names:
    """Names in UTF-8, as Arrow keeps texts.

    Args:
        text: unsigned bytes, with spare ones behind the last name.
        offsets: 64-bit integers, one more than there are names: where each begins, and where the last ends.
    """

    text: "NDArray[Any]"
    offsets: "NDArray[Any]"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, place: int) -> bytes:
        return self.text[int(self.offsets[place]) : int(self.offsets[place + 1])].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        whole, ends = self.text.tobytes(), self.offsets.tolist()
        return (whole[begin:end] for begin, end in pairwise(ends))

    def name(self, place: int) -> str:
        """Return a name as text."""
        return self[place].decode()


def names_of(texts: Sequence[str]) -> Names:
    """Return names out of texts.

    Raises:
        DomainError: a name is empty, or longer than a million bytes, or no text that UTF-8 can write.
    """
    import numpy as np

    try:
        pieces = [text.encode() for text in texts]
    except UnicodeEncodeError as error:
        raise DomainError(f"a name holds half a character, which no UTF-8 writes: {error.object!r}") from error
    lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
    return _checked(b"".join(pieces), lengths, lambda place: texts[place])


def names_from(text: bytes, offsets: "NDArray[Any]") -> Names:
    """Return names out of the two buffers of an Arrow column.

    Raises:
        DomainError: offsets that do not grow or do not fit the text; a name that is empty or too long, or bytes that are no UTF-8.
    """
    import numpy as np

    places = np.asarray(offsets, dtype=np.int64)
    if len(places) < 1 or places[0] != 0 or places[-1] != len(text):
        raise DomainError("offsets of names begin at 0 and end with the text")
    try:
        text.isascii() or text.decode()
    except UnicodeDecodeError as error:
        raise DomainError(f"names are no UTF-8 at byte {error.start}") from error
    found = _checked(text, np.diff(places), lambda place: f"number {place}")
    if not text.isascii() and bool(np.any((found.text[places[1:-1]] & 0xC0) == 0x80)):
        raise DomainError("an offset of names falls within a character")
    return found


def _checked(text: bytes, lengths: "NDArray[Any]", told: Any) -> Names:
    import numpy as np

    if len(lengths):
        if lengths.min() < 1:
            raise DomainError(f"name {told(int(lengths.argmin()))!r} is empty: give every object a name")
        if lengths.max() > LONGEST:
            raise DomainError(f"name number {int(lengths.argmax())} has more than {LONGEST} bytes")
    from openqi.science.draws.hashing.arrays import running_totals

    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    running_totals(lengths, offsets[1:])
    buffer = np.frombuffer(text + bytes(SPARE), dtype=np.uint8)
    return Names(text=buffer, offsets=offsets)
