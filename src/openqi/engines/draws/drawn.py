"""A draw from a list in Parquet through an engine: a part is some row groups of a file; the result is the draw of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from openqi.engines.draws.reading import Naming, columns_of, not_among, read_columns, without
from openqi.engines.engine import Engine, Part
from openqi.kernel.errors import FormatError, RefusedError
from openqi.science.draws.columns import frame_of_columns
from openqi.science.draws.frame import Exclusion, Frame, checked_exclusions
from openqi.science.draws.parts import (
    Line,
    Near,
    PartFacts,
    check_once,
    drawn_of,
    lines_of,
    merged,
    names_with,
    near,
    part_facts,
    words_twice,
)
from openqi.science.draws.plan import Plan
from openqi.science.draws.told import DrawnObject

PART_ROWS: Final = 1 << 20
"""A part is about so many objects, and never less than a row group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is drawn.

    Args:
        naming: which columns of the list say what.
        plan: the rules.
        seed: of the draw, 32 bytes.
        exclusions: who is left out, with reasons.
    """

    naming: Naming
    plan: Plan
    seed: bytes
    exclusions: tuple[Exclusion, ...] = ()


def drawn_in_parts(paths: Sequence[str], asked: Asked, engine: Engine, *, workers: int = 1) -> tuple[DrawnObject, ...]:
    """Return who is drawn of a list that lies in Parquet files, to the byte as from the whole list in one place.

    The commitment is not made here: the seed comes from it, and whoever verifies it does so from the list.

    Args:
        paths: of the files; every worker can read them.
        asked: what is drawn.
        engine: what runs the parts.
        workers: how many at once.

    Raises:
        FormatError: a file is not such a list.
        RefusedError, DomainError: as `drawn`.
    """
    parts = parts_of(paths)
    excluded = tuple(one.name for one in checked_exclusions(asked.exclusions))
    counted = [*engine.map(partial(_facts, asked.naming, excluded), parts, workers)]
    _check(counted, excluded, asked, parts, engine, workers)
    facts = [one for _, one in counted if one is not None]
    whole = merged(facts, asked.plan)
    further = 1
    while True:
        lines = lines_of(whole, further)
        found = [*engine.map(partial(_near, asked.naming, excluded, lines, asked.seed, asked.plan.purpose), parts, workers)]
        drawn = drawn_of(whole, found, lines, asked.seed, asked.plan)
        if drawn is not None:
            return drawn
        further *= 2  # too few were looked at, which hardly happens; at last everybody is


def parts_of(paths: Sequence[str]) -> list[Part]:
    """Return the parts of some files: row groups from `low` up to `high`."""
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    found: list[Part] = []
    for path in paths:
        try:
            metadata = parquet.read_metadata(path)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FormatError(f"{Path(path).name}:1: not a Parquet file that can be read: {str(error)[:200]}") from error
        begin = rows = 0
        for group in range(metadata.num_row_groups):
            rows += metadata.row_group(group).num_rows
            if rows >= PART_ROWS or group == metadata.num_row_groups - 1:
                found.append(Part(number=len(found), files=(path,), low=begin, high=group + 1))
                begin, rows = group + 1, 0
    return found


def _frame(naming: Naming, excluded: Sequence[str], part: Part) -> "tuple[Frame | None, int]":
    """The frame of a part, None where nobody is left in it, and how many of those left out stood in it."""
    assert isinstance(part.low, int)
    assert isinstance(part.high, int)
    columns: dict[str, Any] = read_columns(part.files[0], naming, range(part.low, part.high))
    out = len(excluded) - len(not_among(excluded, columns["name"])) if excluded else 0
    left = without(columns, excluded)
    return (frame_of_columns(columns_of(left)) if len(left["name"]) else None), out


def _facts(naming: Naming, excluded: Sequence[str], part: Part) -> tuple[int, PartFacts | None]:
    frame, out = _frame(naming, excluded, part)
    return out, None if frame is None else part_facts(frame)


def _near(
    naming: Naming, excluded: Sequence[str], lines: dict[str, Line], seed: bytes, purpose: str, part: Part
) -> dict[str, list[Near]]:
    frame, _ = _frame(naming, excluded, part)
    return {} if frame is None else near(frame, lines, seed, purpose)


def _named(naming: Naming, excluded: Sequence[str], words: frozenset[int], part: Part) -> list[str]:
    frame, _ = _frame(naming, excluded, part)
    return [] if frame is None else names_with(frame, words)


def _check(
    counted: Sequence[tuple[int, PartFacts | None]], excluded: Sequence[str], asked: Asked, parts: Sequence[Part], engine: Engine,
    workers: int,
) -> None:  # fmt: skip
    """Refuse an object that stands in two parts, and one that is excluded and on none."""
    if sum(out for out, _ in counted) < len(excluded):
        raise RefusedError("exclusions-are-on-the-list", "somebody is excluded who is not on the list; compare both")
    facts = [one for _, one in counted if one is not None]
    if facts and (words := words_twice(facts)):
        found = engine.map(partial(_named, asked.naming, excluded, words), parts, workers)
        check_once(name for names in found for name in names)
