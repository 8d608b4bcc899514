"""What a model tells of many objects at once: texts become values, values a risk in millionths, a class and reasons."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.risk.classes import RiskClass, class_places
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.model import Feature, Model
from openqi.science.risk.parts import parts_of
from openqi.science.risk.reasons import Reason, reasons_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is told of objects, each member in their order.

    Args:
        parts: the risk in millionths.
        places: of the class, 0 for the lowest.
        missing: how many features have no value.
        reasons: of each; () where none were asked for.
    """

    parts: list[int]
    places: list[int]
    missing: list[int]
    reasons: list[tuple[Reason, ...]]


def values_of(model: Model, columns: Mapping[str, Sequence[Any]]) -> "NDArray[Any]":
    """Return the values that a model takes, objects by its features.

    Args:
        model: whose features they are.
        columns: by the name of the feature, texts, or numbers with NaN where missing. An empty text is missing, and so is one that
            is no category of the model.

    Raises:
        DomainError: a feature has no column, or a text is no number.
    """
    import numpy as np

    if lacking := [one.name for one in model.features if one.name not in columns]:
        raise DomainError(f"no column {lacking[0]!r}, which the model asks for; it asks for {', '.join(model.names)[:300]}")
    return np.column_stack([_column(one, columns[one.name]) for one in model.features])


def told_of(model: Model, values: "NDArray[Any]", classes: Sequence[RiskClass], *, reasons: int = 3) -> Told:
    """Return what a model tells of objects.

    Args:
        model: in force.
        values: objects by features, NaN where missing.
        classes: lowest first.
        reasons: how many an object; 0 for none.

    Raises:
        DomainError: values, classes or the number of reasons are none.
    """
    import numpy as np

    parts = risks_of(model, values)
    return Told(
        parts=parts,
        places=class_places(classes, parts).tolist(),
        missing=np.count_nonzero(np.isnan(values), axis=1).tolist(),
        reasons=reasons_of(model, values, most=reasons) if reasons else [],
    )


def risks_of(model: Model, values: "NDArray[Any]") -> list[int]:
    """Return the risk of each object in millionths; raises as `told_of`."""
    found: list[int] = parts_of(probabilities_of(model, scores_of(model, values))).tolist()
    return found


def _column(feature: Feature, texts: Sequence[Any]) -> "NDArray[Any]":
    import numpy as np

    if feature.kind == "number" and len(texts) and not isinstance(texts[0], str):
        return np.asarray(texts, dtype=np.float64)
    if feature.kind == "category":
        own = {name: float(place) for place, name in enumerate(feature.categories)}
        return np.asarray([own.get(text, float("nan")) for text in texts])
    for place, text in enumerate(texts):
        if text and not _NUMBER.fullmatch(text):
            raise DomainError(f"feature {feature.name!r}, row {place}: {text[:40]!r} is no decimal number, nor empty for missing")
    found = np.asarray([float(text) if text else float("nan") for text in texts])
    if len(beyond := np.flatnonzero(np.isinf(found))):
        raise DomainError(f"feature {feature.name!r}, row {int(beyond[0])}: {texts[int(beyond[0])][:40]!r} is beyond floats")
    return found
