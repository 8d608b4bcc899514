"""An indication that is proportional to its calibrated inputs: capacity is current times time, so both factors scale it."""

from fractions import Fraction
from math import prod

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import plain_sum
from openqi.science.uncertainty.model import Estimate, Indication, Influence, Model


def scaled(reading: Indication, _: Indication | None, influences: tuple[Influence, ...]) -> Estimate:
    """Return the reading times the factors of its inputs; relative variances add.

    Raises:
        DomainError: an input has no factor, because it was 0.

    Source: [GUM] clause 5.1.6, equation (12), with all exponents 1 and independent inputs.
    """
    factors = [one.factor for one in influences if one.factor is not None]
    if len(factors) < len(influences):
        raise DomainError("an input that is 0 has no factor; a proportional quantity is not read there")
    factor = prod(factors, start=Fraction(1))
    relative = reading.relative_variance + plain_sum(one.relative_variance for one in influences)
    value = reading.value * factor
    return Estimate(value=value, variance=reading.variance * factor**2 + relative * value**2)


MODEL = Model(name="scaled/1", evaluate=scaled, compares=False, source="[GUM] clause 5.1.6")
