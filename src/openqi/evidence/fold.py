"""A register is a fold over the log: for each key a row that each record steps forward, never a table that someone edits."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from openqi.evidence.record import Logged

Cell: TypeAlias = str | int | None
Row: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """What a register adds up to. A store keeps it as an indexed table, steps it with each append and rebuilds it on a new version.

    Args:
        name: in lower case with underscores, unique.
        version: any change of columns, keys or step is a new version.
        columns: name → `str` or `int`; every row has all of them, None where nothing is known. `key` is reserved.
        keys: the rows that a record touches.
        step: the row after a record (None removes it), from the row before (None if there was none). Pure; it must not
            depend on today's date: expiry is not an event, dates are arguments of the query.
        indexes: column tuples that pages may be asked by.
    """

    name: str
    version: int
    columns: Mapping[str, type[str] | type[int]]
    keys: Callable[[Logged], Iterable[str]]
    step: Callable[[Row | None, Logged], Row | None]
    indexes: tuple[tuple[str, ...], ...] = ()
