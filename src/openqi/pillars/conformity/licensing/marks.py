"""The marks in rows, each of them checked as it is read."""

from collections.abc import Sequence
from typing import Final

from openqi.kernel.errors import FormatError
from openqi.records.licence_rows import LicensedMarkRow, MarkStateRow, is_mark, plain_hash
from openqi.records.rows import decoded

_AT_ONCE: Final = 20_000


def items_in(lines: Sequence[bytes], kind: type[LicensedMarkRow] | type[MarkStateRow]) -> list[str]:
    """Return the items that rows name, after checking that each line is a row with the hash of a mark.

    Raises:
        FormatError: a line is no row, or its mark is no name of a mark.
    """
    found: list[str] = []
    others = [place for place, line in enumerate(lines) if plain_hash(line) is None]
    for start in range(0, len(others), _AT_ONCE):
        places = others[start : start + _AT_ONCE]
        for place, row in zip(places, decoded([lines[place] for place in places], kind), strict=True):
            if not is_mark(row.mark):
                raise FormatError(f"row {place}: {row.mark[:80]!r} is no ni:///sha-256;… name; a serial never enters the log")
            if isinstance(row, LicensedMarkRow) and row.item is not None:
                found.append(row.item)
    return found
