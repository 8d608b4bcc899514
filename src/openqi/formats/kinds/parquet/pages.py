"""How much the pages of a Parquet file unfold to: each page's own header says it, and the reader of Arrow believes that header."""

from dataclasses import dataclass
from typing import Any, Final

from openqi.kernel.errors import FormatError

# Thrift compact types that a page header can hold: two booleans, a byte, integers, a double, bytes and a structure.
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, 7, 8, 12
_INTEGERS: Final = frozenset({4, 5, 6})
_MAX_DEPTH: Final = 8
# Where the headers of data pages, version 1 and 2, hold the encoding, and those encodings that matter here.
_ENCODING_OF: Final = {5: 2, 8: 4}
_DICTIONARY: Final = frozenset({2, 8})
_DELTA_LENGTHS, _DELTA_TEXTS = 6, 7


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What the page headers of a file state: size unpacked, and the encodings of the values of each column."""

    unpacked: int
    encodings: tuple[frozenset[int], ...]

    def shares(self, column: int) -> bool:
        """Return whether a column of texts can be read with each distinct text once.

        Raises:
            FormatError: it can unfold to more than its pages state: texts that share their beginnings, or a list of texts
                beside an encoding that no list can be read with.
        """
        found = self.encodings[column]
        if _DELTA_TEXTS in found or (_DELTA_LENGTHS in found and found & _DICTIONARY):
            raise FormatError("is encoded in an unusual way (DELTA_BYTE_ARRAY); write it with the dictionary or plain encoding")
        return _DELTA_LENGTHS not in found


def pages_of(data: bytes, metadata: Any, name: str) -> Pages:
    """Return what all page headers of a file state.

    Args:
        data: the whole file.
        metadata: its footer (`pyarrow.parquet.FileMetaData`), which says where the pages of each column lie.
        name: of the file, for messages.

    Raises:
        FormatError: pages lie outside of the file, or a page header is not one.
    """
    total = 0
    encodings: list[set[int]] = [set() for _ in range(metadata.num_columns)]
    for group in range(metadata.num_row_groups):
        for column, found in enumerate(encodings):
            chunk = metadata.row_group(group).column(column)
            if not chunk.num_values:
                continue
            start, dictionary = chunk.data_page_offset, chunk.dictionary_page_offset
            if dictionary and 0 < dictionary < start:
                start = dictionary
            end = start + chunk.total_compressed_size
            if not 0 < start <= end <= len(data):
                raise FormatError(f"{name}:1: a column lies outside of the file; it is cut off or damaged, write it again")
            try:
                total += _pages(data, start, end, found)
            except (IndexError, FormatError) as error:
                raise FormatError(f"{name}:1: a page of column {column + 1} is damaged ({error}); write the file again") from error
    return Pages(unpacked=total, encodings=tuple(map(frozenset, encodings)))


def _pages(data: bytes, place: int, end: int, encodings: set[int]) -> int:
    """The sum of the unpacked sizes; the encodings of the pages are added."""
    total = 0
    while place < end:
        header = _Header(data, place)
        unpacked, packed = header.sizes()
        encodings |= header.encodings
        total += unpacked
        place = header.place + packed
    return total


class _Header:
    """Reads one page header and stands after it."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self.place = place
        self.encodings: set[int] = set()

    def sizes(self) -> tuple[int, int]:
        """(unpacked, packed) size of the page that follows: fields 2 and 3."""
        found = self._structure(0)
        unpacked, packed = found.get(2, -1), found.get(3, -1)
        if unpacked < 0 or packed < 0:
            raise FormatError("a page without a size")
        return unpacked, packed

    def _structure(self, depth: int) -> dict[int, int]:
        """The integers among the fields by number; everything else is passed over."""
        if depth > _MAX_DEPTH:
            raise FormatError("nested too deep")
        integers: dict[int, int] = {}
        field = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            field = field + step if step else self._integer()
            if kind in _INTEGERS:
                integers[field] = self._integer()
            elif kind == _BINARY:
                size = self._unsigned()  # it moves the place itself
                self.place += size
            elif kind == _STRUCT:
                inside = self._structure(depth + 1)
                if depth == 0 and field in _ENCODING_OF:
                    self.encodings.add(inside.get(_ENCODING_OF[field], -1))
            elif kind in {_TRUE, _FALSE, _BYTE, _DOUBLE}:
                self.place += {_BYTE: 1, _DOUBLE: 8}.get(kind, 0)
            else:
                raise FormatError(f"a field of type {kind}")
        return integers

    def _byte(self) -> int:
        self.place += 1
        return self._data[self.place - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while shift < 64:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise FormatError("an endless integer")

    def _integer(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)
