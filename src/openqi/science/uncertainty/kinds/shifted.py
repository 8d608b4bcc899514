"""An indication that its certificate corrects by a difference, as that of a thermometer."""

from fractions import Fraction

from openqi.science.numbers.sums import plain_sum
from openqi.science.uncertainty.model import Estimate, Indication, Influence, Model


def shifted(reading: Indication, _: Indication | None, influences: tuple[Influence, ...]) -> Estimate:
    """Return the reading plus the corrections of its inputs; variances add.

    Source: [GUM] clause 5.1.2, equation (10), with sensitivities 1 and independent inputs.
    """
    offset = plain_sum((one.offset for one in influences), start=Fraction(0))
    variance = reading.own_variance + plain_sum(one.variance for one in influences)
    return Estimate(value=reading.value + offset, variance=variance)


MODEL = Model(name="shifted/1", evaluate=shifted, compares=False, adds=True, source="[GUM] clause 5.1.2")
