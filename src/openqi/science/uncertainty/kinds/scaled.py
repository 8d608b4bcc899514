"""An indication that is proportional to its calibrated inputs: capacity is current times time, so both factors scale it."""

from fractions import Fraction
from math import prod

from openqi.science.uncertainty.model import Estimate, Indication, Influence, Model


def scaled(reading: Indication, _: Indication | None, influences: tuple[Influence, ...]) -> Estimate:
    """Return the reading times the factors of its inputs; relative variances add.

    Source: [GUM] clause 5.1.6, equation (12), with all exponents 1 and independent inputs.
    """
    factor = prod((one.factor for one in influences), start=Fraction(1))
    relative = reading.relative_variance + sum(one.relative_variance for one in influences)
    value = reading.value * factor
    return Estimate(value=value, variance=reading.variance * factor**2 + relative * value**2)


MODEL = Model(name="scaled/1", evaluate=scaled, compares=False, source="[GUM] clause 5.1.6")
