"""The marks in rows, each of them checked as it is read."""

from collections.abc import Iterator, Sequence
from typing import Final

from openqi.kernel.errors import FormatError
from openqi.records.licence_rows import LicensedMarkRow, MarkStateRow, is_mark
from openqi.records.rows import decoded

_AT_ONCE: Final = 20_000


def read_rows(lines: Sequence[bytes], kind: type[LicensedMarkRow] | type[MarkStateRow]) -> Iterator[LicensedMarkRow | MarkStateRow]:
    """Yield the rows of lines, after checking each; of a million only a few thousand lie in memory at once.

    Raises:
        FormatError: a line is no row, or its mark is no name of a mark.
    """
    for start in range(0, len(lines), _AT_ONCE):
        for place, row in enumerate(decoded(lines[start : start + _AT_ONCE], kind), start):
            if not is_mark(row.mark):
                raise FormatError(f"row {place}: {row.mark[:80]!r} is no ni:///sha-256;… name; a serial never enters the log")
            yield row
