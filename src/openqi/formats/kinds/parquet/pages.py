"""How much the pages of a Parquet file unfold to: each page's own header says it, and the reader of Arrow believes that header."""

from dataclasses import dataclass
from typing import Final

from openqi.formats.kinds.parquet.thrift import Compact, Structure
from openqi.kernel.errors import FormatError

MAX_FOOTER: Final = 32 * 2**20
# Numbers of fields in the structures of the format.
_ROWS, _GROUPS = 3, 4
_CHUNKS, _CHUNK_METADATA = 1, 3
_VALUES, _PACKED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 5, 7, 9, 11
_PAGE_UNPACKED, _PAGE_PACKED = 2, 3
# Where the headers of data pages, version 1 and 2, hold the encoding, and those encodings that matter here.
_ENCODING_OF: Final = {5: 2, 8: 4}
_DICTIONARY: Final = frozenset({2, 8})
_DELTA_LENGTHS, _DELTA_TEXTS = 6, 7


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What a file states: rows, size unpacked, and the encodings of the values of each column."""

    rows: int
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
            raise FormatError(
                "a column is encoded in an unusual way (DELTA_BYTE_ARRAY); write it with the dictionary or plain encoding"
            )
        return _DELTA_LENGTHS not in found


def pages_of(data: bytes, columns: int) -> Pages:
    """Return what the footer and all page headers of a file state.

    Args:
        data: the whole file.
        columns: how many it has, none of them nested.

    Raises:
        FormatError: the footer or a page header is not one, or pages lie outside of the file.
    """
    size = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - size
    if start < 4 or size > MAX_FOOTER:
        raise FormatError("its footer lies outside of it or is too large")
    footer = Compact(data, start, len(data) - 8).structure()
    rows, total, values = _number(footer, _ROWS), 0, 0
    encodings: list[set[int]] = [set() for _ in range(columns)]
    for group in _inner(footer, _GROUPS):
        chunks = _inner(group, _CHUNKS)
        if len(chunks) != columns:
            raise FormatError(f"a group of rows has {len(chunks)} columns and not {columns}")
        for chunk, found in zip(chunks, encodings, strict=True):
            metadata = chunk.get(_CHUNK_METADATA)
            if not isinstance(metadata, dict):
                raise FormatError("a column is not described")
            values += _number(metadata, _VALUES)
            total += _chunk(data, metadata, found)
    if values != rows * columns:
        raise FormatError(f"it states {rows} rows of {columns} columns, and {values} values")
    return Pages(rows=rows, unpacked=total, encodings=tuple(map(frozenset, encodings)))


def _chunk(data: bytes, metadata: Structure, encodings: set[int]) -> int:
    """The unpacked size of one column in one group of rows; the encodings of its pages are added."""
    if not _number(metadata, _VALUES):
        return 0
    place, dictionary = _number(metadata, _DATA_OFFSET), metadata.get(_DICTIONARY_OFFSET)
    if isinstance(dictionary, int) and 0 < dictionary < place:
        place = dictionary
    end = place + _number(metadata, _PACKED_SIZE)
    if not 0 < place <= end <= len(data):
        raise FormatError("a column lies outside of it")
    total = 0
    while place < end:
        reader = Compact(data, place, end)
        header = reader.structure()
        unpacked = _number(header, _PAGE_UNPACKED)
        total += unpacked
        place = reader.place + _number(header, _PAGE_PACKED)
        for field, inside in _ENCODING_OF.items():
            if isinstance(header.get(field), dict):
                encodings.add(_number(header[field], inside))
    return total


def _inner(structure: Structure, field: int) -> list[Structure]:
    found = structure.get(field)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FormatError(f"field {field} is no list of structures")
    return found


def _number(structure: Structure, field: int) -> int:
    found = structure.get(field)
    if not isinstance(found, int) or found < 0:
        raise FormatError(f"field {field} is no number")
    return found
