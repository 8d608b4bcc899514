"""A table of visits and a model, or what a model had said, as the results that a report judges."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.outcomes import Seen
from openqi.science.draws.rates.sample import Column, Values, coded, sample_of
from openqi.science.risk.features import Feature, Known, known_of, places_of
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.judging.drift import Shift, shift_of, shift_of_risk
from openqi.science.risk.judging.report import Results
from openqi.science.risk.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray


def known_by(model: Model, columns: Mapping[str, Any]) -> tuple[Known, ...]:
    """Return the features of a model out of a table.

    Args:
        model: which features.
        columns: by name; numbers (NaN where missing) or texts ("" where missing).

    Raises:
        DomainError: a column is missing, or holds what no feature can be.
    """
    found = []
    for one in model.features:
        if one.name not in columns:
            raise DomainError(f"feature {one.name!r}: no such column; the columns are {', '.join([*columns][:30])}")
        own = Feature(name=one.name, kind=one.kind, monotone=one.monotone, categories=one.categories)
        found.append(known_of(own, columns[one.name]))
    return tuple(found)


def said_by(model: Model, columns: Mapping[str, Any]) -> "NDArray[Any]":
    """Return the probability that a model gives each row of a table; see `known_by`."""
    import numpy as np

    places = [places_of(one, one.feature.categories) for one in known_by(model, columns)]
    return probabilities_of(model, scores_of(model, np.ascontiguousarray(np.column_stack(places))))


def results_of(
    said: "Sequence[float] | NDArray[Any]", *, outcome: Column, probability: Values, floor: Sequence[float] | None = None,
    days: Sequence[str] | None = None, groups: Mapping[str, Column] | None = None, seen: bool = False,
) -> Results:  # fmt: skip
    """Return the examined objects of a table with what a model said of them.

    Args:
        said: probability of each row, in (0, 1).
        outcome: how each visit ended, a code of OUTCOMES.
        probability: with which each was drawn.
        floor: with which the random floor draws it, NaN where it did not.
        days: an ISO date of each.
        groups: columns by which fairness is asked.
        seen: whether the model may have been grown on these very rows.

    Raises:
        DomainError: columns of different length, or a value is none of what it can be.
        RefusedError: nobody was examined.
    """
    import numpy as np

    from openqi.science.risk.learning.visits import days_of

    sample = sample_of(probability)  # type: ignore[arg-type]
    named = {"said": said, "outcome": outcome, "floor": floor, "dates": days, **(groups or {})}
    for name, column in named.items():
        if column is not None and len(column) != len(sample):
            raise DomainError(f"{name} has {len(column)} rows and probability {len(sample)}; one a visit")
    ended = Seen(sample, coded(outcome))
    rows = ended.rows(None)
    if not len(rows):
        raise RefusedError("somebody-examined", f"none of the {len(sample)} objects was examined: nothing can be said of the model")
    own = rows.tolist()
    return Results(
        probability=np.asarray(said, dtype=np.float64)[rows], bad=ended.bad[rows], weight=1.0 / sample.probability[rows],
        floor=None if floor is None else np.asarray(floor, dtype=np.float64)[rows],
        days=None if days is None else days_of(days, rows, len(sample)),
        groups={name: [str(column[row]) for row in own] for name, column in (groups or {}).items()},
        unresolved=int(np.count_nonzero(ended.unresolved)), seen=seen,
    )  # fmt: skip


def shifts_of(model: Model, then: Mapping[str, Any], now: Mapping[str, Any], chances: tuple[Values, Values]) -> tuple[Shift, ...]:
    """Return how far what a model says, and each of its features, moved between two tables; the probability comes first.

    Args:
        model: whose features.
        then, now: tables by column.
        chances: with which the rows of each were drawn; each row stands for 1/chance of its population.
    """
    weights = tuple(1.0 / sample_of(one).probability for one in chances)  # type: ignore[arg-type]
    pair = (weights[0], weights[1])
    risk = shift_of_risk(said_by(model, then), said_by(model, now), pair)
    features = zip(known_by(model, then), known_by(model, now), strict=True)
    return (risk, *(shift_of(one, other, pair) for one, other in features))
