"""Transformations that make readings normal, under one roof: the curve, its name and parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.capability.shapes.box_cox import box_cox
from openqi.science.capability.shapes.johnson import johnson


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """A rising curve.

    Args:
        method: its name.
        parameters: by name.
        of: the transformed value; infinite where there are no readings.
        within: whether the curve may be used for the spread within subgroups too.
    """

    method: str
    parameters: Mapping[str, float | str]
    of: Callable[[float], float]
    within: bool


def transformation(values: Sequence[float], name: Literal["box-cox", "johnson"]) -> Transformation:
    """Return the transformation of readings.

    Raises:
        DomainError: no such transformation, or it does not take these readings.
    """
    if name == "box-cox":
        power = box_cox(values)
        known = {"lambda": power.power, "lambda_lower": power.lower, "lambda_upper": power.upper}
        return Transformation(method=name, parameters=known, of=power.of, within=True)
    if name == "johnson":
        curve = johnson(values)
        shown = {"system": curve.system, "gamma": curve.shape, "delta": curve.slope, "xi": curve.place, "lambda": curve.width}
        return Transformation(method=f"johnson-{curve.system.lower()}", parameters=shown, of=curve.of, within=False)
    raise DomainError(f"no transformation {name!r}; there are box-cox and johnson")
