"""The compact encoding in which Parquet writes its footer and page headers: structures, by the numbers of their fields.

Read here and not through Arrow: a look at a damaged column through `pyarrow.parquet.FileMetaData` ends the whole process,
and the headers of pages it does not show at all.
"""

from typing import Any, Final

from openqi.kernel.errors import FormatError

_MAX_DEPTH: Final = 12
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS: Final = frozenset({4, 5, 6})
Structure = dict[int, Any]


class Compact:
    """Reads one structure after the other; `place` is where the next begins."""

    def __init__(self, data: bytes, place: int, end: int) -> None:
        self._data = data
        self._end = end
        self.place = place

    def structure(self, depth: int = 0) -> Structure:
        """Return integers, lists and structures by the number of their field; texts, doubles and booleans are passed over as None.

        Raises:
            FormatError: not in this encoding, nested too deep, or cut off.
        """
        if depth > _MAX_DEPTH:
            raise FormatError("nested too deep")
        fields: Structure = {}
        field = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            field = field + step if step else self._integer()
            fields[field] = None if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _INTEGERS:
            return self._integer()
        if kind == _BINARY:
            return self._pass(self._unsigned())
        if kind == _STRUCT:
            return self.structure(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        if kind in (_TRUE, _FALSE, _BYTE, _DOUBLE):
            return self._pass(8 if kind == _DOUBLE else 1)
        raise FormatError(f"a {'map' if kind == _MAP else f'value of type {kind}'}, which Parquet does not have")

    def _list(self, depth: int) -> list[Any]:
        if depth >= _MAX_DEPTH:
            raise FormatError("nested too deep")
        head = self._byte()
        count = self._unsigned() if head >> 4 == 15 else head >> 4
        # Each element takes a byte or more, so a count beyond the end is met by the end, before it takes memory.
        return [self._value(head & 15, depth + 1) for _ in range(count)]

    def _pass(self, size: int) -> None:
        self.place += size
        if self.place > self._end:
            raise FormatError("cut off")

    def _byte(self) -> int:
        if self.place >= self._end:
            raise FormatError("cut off")
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
