"""What a register may hold and how it may be asked: the rules that every store shares, without any table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged
from openqi.kernel.errors import CatalogueError, DomainError, RefusedError
from openqi.store.store import MAX_PAGE

Cells = tuple[Cell, ...]
Comparison = tuple[str, str, Cell]
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LARGEST: Final = 2**63 - 1
_HALF: Final = re.compile("[\ud800-\udfff]")  # half a character, which no UTF-8 can write


def checked_folds(folds: Sequence[Fold]) -> Mapping[str, Fold]:
    """Return {name: fold}.

    Raises:
        CatalogueError: two folds have one name.
        DomainError: a name, column or index is not one.
    """
    for fold in folds:
        names = [fold.name, *fold.columns]
        if not all(map(_NAME.fullmatch, names)) or "key" in fold.columns:
            raise DomainError(f"fold {fold.name}: names are lower case with underscores, and no column is called `key`: {names}")
        if not set(fold.columns.values()) <= {str, int} or type(fold.version) is not int:
            raise DomainError(f"fold {fold.name}: columns are str or int, and its version is a whole number")
        for index in fold.indexes:
            if not index or not set(index) <= set(fold.columns) or len(set(index)) != len(index):
                raise DomainError(f"fold {fold.name}: index {index} must name different columns of {tuple(fold.columns)}")
    named = {fold.name: fold for fold in folds}
    if len(named) != len(folds):
        raise CatalogueError(f"two folds have one name among {', '.join(fold.name for fold in folds)}; rename one")
    return named


def shape(fold: Fold) -> str:
    """Return what a fold's table is made of; where it or the version differs, the table is built again."""
    columns = ",".join(f"{name}:{kind.__name__}" for name, kind in fold.columns.items())
    return f"{columns};{';'.join(','.join(index) for index in fold.indexes)}"


def row_of(fold: Fold, key: str, cells: Cells) -> dict[str, Cell]:
    """Return the row of a key as steps and readers see it."""
    row: dict[str, Cell] = dict(zip(fold.columns, cells, strict=True))
    row["key"] = key
    return row


def is_text(value: Any) -> bool:
    """Return whether the value is text that UTF-8 can write."""
    return type(value) is str and (value.isascii() or not _HALF.search(value))


def cells_of(fold: Fold, key: str, row: Row) -> Cells:
    """Return the cells of a row that a step made, in the order of the columns.

    Raises:
        DomainError: a column is missing, foreign or of another type; nothing is made to fit.
    """
    cells = []
    for name, kind in fold.columns.items():
        if name not in row:
            raise DomainError(f"fold {fold.name}, row {key!r}: its step left out column {name}; every row has all columns")
        cells.append(_cell(fold, name, kind, row[name]))
    if len(row) != len(cells) + ("key" in row) or row.get("key", key) != key:
        raise DomainError(f"fold {fold.name}, row {key!r}: its step made other columns than {tuple(fold.columns)}: {tuple(row)}")
    return tuple(cells)


def _cell(fold: Fold, name: str, kind: type[str] | type[int], value: Any) -> Cell:
    if value is None:
        return None
    if type(value) is kind:
        cell: str | int = value
        if type(cell) is int and -_LARGEST <= cell <= _LARGEST:
            return cell
        if is_text(cell):
            return cell
    raise DomainError(f"fold {fold.name}: column {name} holds {kind.__name__} or None, not {str(value)[:80]!r}")


def is_below(cell: Cell, bound: Cell) -> bool:
    """Return whether a cell is known and less than a bound of its kind."""
    return cell is not None and bound is not None and cell < bound  # type: ignore[operator]


def touched(fold: Fold, records: Iterable[Logged]) -> list[tuple[str, Logged]]:
    """Return which rows the records step, in order.

    Raises:
        DomainError: a key is not text.
    """
    pairs = [(key, logged) for logged in records for key in fold.keys(logged)]
    for key, _ in pairs:
        if not is_text(key):
            raise DomainError(f"fold {fold.name}: a key is text, not {str(key)[:80]!r}")
    return pairs


def stepped(fold: Fold, pairs: Iterable[tuple[str, Logged]], before: Mapping[str, Cells | None]) -> dict[str, Cells | None]:
    """Return the rows that change, None for one that goes; `before` stays as it is, so that a refused append leaves no trace."""
    changed: dict[str, Cells | None] = {}
    for key, logged in pairs:
        cells = changed[key] if key in changed else before.get(key)
        row = fold.step(None if cells is None else row_of(fold, key, cells), logged)
        changed[key] = None if row is None else cells_of(fold, key, row)
    return changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A page that an index serves: rows equal in `equal`, in the order of `columns` (the last is `key`), after a cursor."""

    equal: tuple[tuple[str, Cell], ...]
    columns: tuple[str, ...]
    bound: Cell
    descending: bool
    after: Cells | None
    limit: int


def question(
    fold: Fold,
    *,
    where: Mapping[str, Cell] | None,
    at_least: Mapping[str, Cell] | None,
    order: Sequence[str],
    descending: bool,
    after: Sequence[Cell] | None,
    limit: int,
) -> Question:
    """Return how an index of the fold serves the question; the arguments are those of `Store.page`.

    Raises:
        RefusedError: `no-index`.
        DomainError: an unknown column, a cell or cursor that does not fit, a limit out of range.
    """
    kinds: dict[str, type[str] | type[int]] = {**fold.columns, "key": str}
    where, at_least, order = where or {}, at_least or {}, tuple(order)
    for name in (*where, *at_least, *order):
        if name not in kinds:
            raise DomainError(f"register {fold.name} has no column {name[:80]!r}; it has {', '.join(kinds)}")
    if not 1 <= limit <= MAX_PAGE:
        raise DomainError(f"a page of {limit} rows; ask for 1 to {MAX_PAGE}")
    first, columns = _served(fold, where, order)
    for name, cell in at_least.items():
        if cell is None or len(at_least) != 1 or name != columns[0]:
            raise DomainError(f"at_least bounds the first column of the order, {columns[0]}, and no other: {dict(at_least)}")
    if after is not None and (len(after) != len(columns) or after[-1] is None):
        raise DomainError(f"a cursor of this page has the cells {', '.join(columns)}; give back `next` of the page before")
    return Question(
        equal=tuple((name, _cell(fold, name, kinds[name], where[name])) for name in first),
        columns=columns,
        bound=next((_cell(fold, name, kinds[name], cell) for name, cell in at_least.items()), None),
        descending=descending,
        after=after if after is None else tuple(_cell(fold, name, kinds[name], after[at]) for at, name in enumerate(columns)),
        limit=limit,
    )


def _served(fold: Fold, where: Mapping[str, Cell], order: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns that are equal and those that sort, of the first index that serves; the key alone is one too."""
    for index in ((), *fold.indexes):
        first, rest = index[: len(where)], (*index[len(where) :], "key")
        if len(first) == len(where) and set(first) == set(where) and rest[: len(order)] == order:
            return first, rest
    raise RefusedError(
        "no-index", f"register {fold.name} has no index for where {tuple(where)}, order {order}; it has {fold.indexes}"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A run of an index: `equal` cells first, then comparisons of the next column, then rows in the question's order.

    Operators are `>`, `>=`, `<`, `known` (not None), `unknown` (None).
    """

    equal: tuple[tuple[str, Cell], ...]
    then: tuple[Comparison, ...]


def segments(asked: Question) -> tuple[Segment, ...]:
    """Return the runs that make up the rest of the register after the cursor, in order.

    A cursor (a, b, key) splits what follows into: same a and b, larger key; same a, larger b; larger a. Each is one seek in
    the index, however many rows are equal, and each is exact where cells are None, which no row comparison of SQL is.
    """
    if asked.after is None:
        return (Segment(equal=asked.equal, then=_bounded(asked)),)
    pairs = tuple(zip(asked.columns, asked.after, strict=True))
    name, cell = pairs[0]
    below = asked.bound is not None and (cell is None or cell < asked.bound)  # type: ignore[operator]  # one column, one type
    found: list[Segment] = []
    for place in reversed(range(1, len(pairs))):
        operators = () if below else _beyond(pairs[place][1], descending=asked.descending)
        comparisons = [(pairs[place][0], operator, pairs[place][1]) for operator in operators]
        found += [Segment(equal=asked.equal + pairs[:place], then=(comparison,)) for comparison in comparisons]
    rest: list[tuple[Comparison, ...]] = []
    if asked.descending and not below:
        rest = [((name, operator, cell), *_bounded(asked)) for operator in _beyond(cell, descending=True)]
    elif not asked.descending:
        rest = [_bounded(asked)] if below else [((name, operator, cell),) for operator in _beyond(cell, descending=False)]
    return (*found, *(Segment(equal=asked.equal, then=then) for then in rest))


def _bounded(asked: Question) -> tuple[Comparison, ...]:
    return () if asked.bound is None else ((asked.columns[0], ">=", asked.bound),)


def _beyond(cell: Cell, *, descending: bool) -> tuple[str, ...]:
    if descending:
        return () if cell is None else ("<", "unknown")
    return ("known",) if cell is None else (">",)
