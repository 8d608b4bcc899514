"""Visited objects from which a risk is learned: what was known before, how each visit ended, and for whom it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import total_of
from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING, OUTSIDE, UNRESOLVED, Seen
from openqi.science.draws.rates.sample import Column, Values, coded, sample_of
from openqi.science.risk.features import Feature, Known, known_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST: Final = 20
"""Bad ones, and good ones, without which no risk is learned."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """For how many objects of the population each examined one stands.

    Args:
        least, greatest: of the weights as they were used.
        effective: how many equally weighted objects they are worth, (Σw)²/Σw².
        trim: the multiple of the mean weight above which weights were cut; None where none was.
        trimmed: how many were cut.
        removed: share of the whole weight that was cut off.
    """

    least: float
    greatest: float
    effective: float
    trim: float | None
    trimmed: int
    removed: float


@dataclass(frozen=True, kw_only=True)
class Visits:
    """The examined objects; made by `visits_of`, which checks them.

    Args:
        features: one a column, of the examined rows.
        bad: 1.0 or 0.0.
        weight: 1/probability, trimmed where that was asked.
        group: of each, whose visits are never parted; None where each stands for itself.
        days: ordinal day of each visit; None where it is not known.
        rows: which rows of the table they are, from 0.
        counts: rows by outcome.
        left_out: rows that were not examined, by group of outcomes.
        weights: what the weights are.
        repeated: rows that say of an object what another row says of it, in every column that is read: perhaps entered twice.
    """

    features: tuple[Known, ...]
    bad: "NDArray[Any]"
    weight: "NDArray[Any]"
    group: "tuple[str, ...] | None"
    days: "NDArray[Any] | None"
    rows: "NDArray[Any]"
    counts: Mapping[str, int]
    left_out: Mapping[str, int]
    weights: Weights
    repeated: int = 0

    def __len__(self) -> int:
        """Return how many were examined."""
        return len(self.bad)

    @property
    def rate(self) -> float:
        """Return the weighted rate of bad ones."""
        return total_of(self.bad * self.weight) / total_of(self.weight)

    @property
    def dates(self) -> tuple[str, str] | None:
        """Return the first and the last day, as ISO text."""
        if self.days is None:
            return None
        days = self.days.tolist()
        return date.fromordinal(min(days)).isoformat(), date.fromordinal(max(days)).isoformat()


def visits_of(
    columns: Mapping[str, Any],
    features: Sequence[Feature],
    *,
    outcome: Column,
    probability: Values,
    group: Column | None = None,
    days: Sequence[str] | None = None,
    trim: float | None = None,
    least: int = LEAST,
) -> Visits:
    """Return the examined objects of a table of visits.

    Args:
        columns: by name; numbers (NaN where missing) or texts ("" where missing).
        features: which of them a risk may rest on.
        outcome: how each visit ended, a code of OUTCOMES; who was not examined teaches nothing and counts as nothing.
        probability: with which each object was drawn, in (0, 1].
        group: of each row, the object or firm whose visits are never parted.
        days: of each row, an ISO date.
        trim: weights above so many times their mean are cut to it; at least 1. None leaves them.
        least: bad ones and good ones that are needed.

    Raises:
        DomainError: a column is missing or of another length, or a value is none of what it can be.
        RefusedError: too few bad or too few good ones were found.
    """
    import numpy as np

    sample = sample_of(probability)  # type: ignore[arg-type]
    if len(outcome) != len(sample):
        raise DomainError(f"outcome has {len(outcome)} rows and probability {len(sample)}; one a visit")
    seen = Seen(sample, coded(outcome))
    rows = seen.rows(None)
    bad = seen.bad[rows]
    _enough(int(np.count_nonzero(bad)), len(bad), least)
    weight, told = _weights(1.0 / sample.probability[rows], trim)
    known = []
    for one in features:
        if one.name not in columns:
            raise DomainError(f"feature {one.name!r}: no such column; the columns are {', '.join([*columns][:30])}")
        column = columns[one.name]
        if len(column) != len(sample):
            raise DomainError(f"feature {one.name!r} has {len(column)} rows and probability {len(sample)}; one a visit")
        known.append(_with_values(known_of(one, column).of(rows)))
    objects = None if group is None else _groups(group, rows, len(sample))
    on = None if days is None else days_of(days, rows, len(sample))
    return Visits(
        features=tuple(known), bad=bad, weight=weight, rows=rows, group=objects, days=on, weights=told,
        counts=dict(seen.counts), left_out=_left_out(seen),
        repeated=0 if objects is None else _repeated(objects, on, (bad, weight), known),
    )  # fmt: skip


def _with_values(known: Known) -> Known:
    """Refuse a column of numbers without any, as one of texts is refused."""
    import numpy as np

    if known.feature.kind == "number" and bool(np.all(np.isnan(known.values))):
        raise DomainError(f"feature {known.feature.name!r}: every cell is empty; leave the feature out")
    return known


def _repeated(group: tuple[str, ...], days: "NDArray[Any] | None", told: "Sequence[NDArray[Any]]", known: Sequence[Known]) -> int:
    """How many rows say what another row of the same object says; features are looked at only where all else is alike."""
    nobody: Sequence[int] = [0] * len(group)
    heads = list(zip(group, *(one.tolist() for one in told), nobody if days is None else days.tolist(), strict=True))
    several = {head for head, count in Counter(heads).items() if count > 1}
    rows = [(head, *(one.values[row].tobytes() for one in known)) for row, head in enumerate(heads) if head in several]
    return len(rows) - len({*rows})


def _enough(bad: int, examined: int, least: int) -> None:
    if bad < least or examined - bad < least:
        raise RefusedError(
            "enough-of-both",
            f"{examined} examined, of which {bad} bad and {examined - bad} good: at least {least} of each are needed to learn what "
            "tells them apart. A table of failures alone has no good ones, and gives no risk",
        )


def _weights(weight: "NDArray[Any]", trim: float | None) -> "tuple[NDArray[Any], Weights]":
    import numpy as np

    whole, cut = total_of(weight), 0
    if trim is not None:
        if not trim >= 1.0:
            raise DomainError(f"trim = {trim}; a multiple of the mean weight, at least 1")
        most = trim * whole / len(weight)
        cut = int(np.count_nonzero(weight > most))
        weight = np.minimum(weight, most)
    kept = total_of(weight)
    return weight, Weights(
        least=float(np.min(weight)), greatest=float(np.max(weight)), effective=kept * kept / total_of(weight * weight),
        trim=trim, trimmed=cut, removed=(whole - kept) / whole,
    )  # fmt: skip


def _groups(group: Column, rows: "NDArray[Any]", length: int) -> tuple[str, ...]:
    if len(group) != length:
        raise DomainError(f"group has {len(group)} rows and probability {length}; one a visit")
    found = []
    for row in rows.tolist():
        name = str(group[row]).strip()
        if not name:
            raise DomainError(f"group of row {row + 1} is empty: nobody knows whose visit it is; name the object")
        found.append(name)
    return tuple(found)


def days_of(days: Sequence[str], rows: "NDArray[Any]", length: int) -> "NDArray[Any]":
    """Return the ordinal days of some rows.

    Raises:
        DomainError: a cell is no ISO date, or there are more or fewer of them than rows.
    """
    import numpy as np

    if len(days) != length:
        raise DomainError(f"dates have {len(days)} rows and probability {length}; one a visit")
    found = []
    for row in rows.tolist():
        try:
            found.append(date.fromisoformat(str(days[row]).strip()[:10]).toordinal())
        except ValueError:
            raise DomainError(f"date of row {row + 1}: {days[row]!r} is no ISO date, as 2026-11-30") from None
    return np.asarray(found, dtype=np.int64)


def _left_out(seen: Seen) -> dict[str, int]:
    from openqi.science.draws.rates.outcomes import OUTCOMES

    found = {UNRESOLVED: 0, OUTSIDE: 0}
    for code, count in seen.counts.items():
        if (group := OUTCOMES[code].group) not in {CONFORMING, NONCONFORMING}:
            found[group] += count
    return found
