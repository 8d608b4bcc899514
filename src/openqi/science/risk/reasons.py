"""Why an object has its risk: the few features that raise or lower it most, and what would bring it below a bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, nextafter
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.risk.contributions import contributions_of
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.model import Model
from openqi.science.risk.parts import parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_REASONS: Final = 20
LEAST: Final = 0.0005
"""Log-odds below which a contribution, told to a thousandth, would read as none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """What a feature adds to the log-odds of one object.

    Args:
        feature: its name.
        value: what the object has; None where it is missing.
        adds: to the score; above 0 it raises the risk.
    """

    feature: str
    value: float | None
    adds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of one feature alone that brings an object below a bound.

    Args:
        feature: a monotone one.
        upto: the value at which and beyond which, in the direction of less risk, it is so.
        below: whether that is at most `upto`, else at least.
        parts: the risk there, in millionths.
    """

    feature: str
    upto: float
    below: bool
    parts: int


def reasons_of(model: Model, rows: "NDArray[Any] | Sequence[Sequence[float]]", *, most: int = 3) -> list[tuple[Reason, ...]]:
    """Return for each object the features that add or take most, in falling order of how much; of equals the earlier one.

    Args:
        model: whose features they are.
        rows: as `scores_of` takes them.
        most: reasons an object, 1 to 20; fewer where other features add nothing.

    Raises:
        DomainError: as `scores_of` says, or another number of reasons.
    """
    import numpy as np

    if not 1 <= most <= MOST_REASONS:
        raise DomainError(f"{most} reasons an object; 1 to {MOST_REASONS}")
    x = np.asarray(rows, dtype=np.float64).reshape(-1, len(model.features))
    added = contributions_of(model, x)
    order = np.argsort(-np.abs(added), axis=1, kind="stable")[:, :most]
    values = np.take_along_axis(x, order, axis=1).tolist()
    amounts = np.take_along_axis(added, order, axis=1).tolist()
    names = model.names
    return [
        tuple(
            Reason(feature=names[place], value=None if isnan(value) else value, adds=amount)
            for place, value, amount in zip(*row, strict=True)
            if abs(amount) >= LEAST
        )
        for row in zip(order.tolist(), values, amounts, strict=True)
    ]


def changes_of(model: Model, row: Sequence[float], below: int) -> tuple[Change, ...]:
    """Return the changes of single features, the model's monotone ones, that bring an object below a risk; nearest for each.

    All else stays as it is: what the model says of such an object, not what would happen to this one. A feature without a value
    has no nearest one and is left out.

    Args:
        model: its features and trees.
        row: one object, as `scores_of` takes it.
        below: the bound, in millionths.

    Raises:
        DomainError: as `scores_of` says.
    """
    found = []
    for place, feature in enumerate(model.features):
        value = float(row[place])
        if feature.direction and not isnan(value):
            upto = _nearest(model, row, place, below)
            if upto is not None:
                parts = _parts_at(model, row, place, [upto])[0]
                found.append(Change(feature=feature.name, upto=upto, below=feature.direction > 0, parts=parts))
    return tuple(found)


def _nearest(model: Model, row: Sequence[float], place: int, below: int) -> float | None:
    """The nearest value of a monotone feature at which the risk is below the bound; None where none is, or it is so already."""
    value, direction = float(row[place]), model.features[place].direction
    bounds = sorted(
        {one for tree in model.trees for asked, one in zip(tree.feature, tree.threshold, strict=True) if asked == place}
    )
    # Between two thresholds nothing changes: the nearest values are the threshold itself going down, the next float going up.
    steps = (
        [one for one in reversed(bounds) if one < value]
        if direction > 0
        else [nextafter(one, inf) for one in bounds if one >= value]
    )
    categories = model.features[place].categories
    if categories:
        last = len(categories) - 1
        whole = dict.fromkeys(float(one // 1) if direction > 0 else float(-(-one // 1)) for one in steps)
        steps = [one for one in whole if 0 <= one <= last]
    if not steps or _parts_at(model, row, place, [value])[0] < below:
        return None
    risks = _parts_at(model, row, place, steps)
    return next((one for one, risk in zip(steps, risks, strict=True) if risk < below), None)


def _parts_at(model: Model, row: Sequence[float], place: int, values: Sequence[float]) -> list[int]:
    import numpy as np

    rows = np.tile(np.asarray(row, dtype=np.float64), (len(values), 1))
    rows[:, place] = values
    found: list[int] = parts_of(probabilities_of(model, scores_of(model, rows))).tolist()
    return found
