"""A register for tests that meets every corner: rows that come and go, cells that are not known, three indexes."""

from collections.abc import Sequence
from dataclasses import replace

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged


def keys(logged: Logged) -> Sequence[str]:
    return logged.record.streams


def step(row: Row | None, logged: Logged) -> Row | None:
    """Counts a subject's records; every fifth number removes the row; unknown until a second record has come."""
    number = logged.record.body["number"]
    if number % 5 == 4:
        return None
    if row is None:
        return {"seen": 1, "last": None, "shade": None}
    return {"seen": row["seen"] + 1, "last": number, "shade": "even" if number % 2 == 0 else "odd"}  # type: ignore[operator]


COUNTED = Fold(
    name="counted", version=1, columns={"seen": int, "last": int, "shade": str}, keys=keys, step=step,
    indexes=(("shade", "last"), ("last",), ("seen", "shade", "last")),
)  # fmt: skip


def fold_like(**changes: object) -> Fold:
    return replace(COUNTED, **changes)  # type: ignore[arg-type]


def recomputed(records: Sequence[Logged], fold: Fold = COUNTED) -> dict[str, dict[str, object]]:
    """The register by its plain definition."""
    rows: dict[str, Row] = {}
    for logged in records:
        for key in fold.keys(logged):
            row = fold.step(rows.get(key), logged)
            rows.pop(key, None)
            if row is not None:
                rows[key] = row
    return {key: {**row, "key": key} for key, row in rows.items()}
