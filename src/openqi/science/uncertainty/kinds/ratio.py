"""The ratio of two readings of one instrument: what its calibration scales, it scales in both, and so it cancels."""

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.model import Estimate, Indication, Influence, Model


def ratio(reading: Indication, reference: Indication | None, _: tuple[Influence, ...]) -> Estimate:
    """Return reading over reference; only what differs between the two readings leaves an uncertainty.

    The factors of the inputs are the same in both (correlation 1), so their variances cancel exactly, and not just nearly.

    Raises:
        DomainError: there is no reference, or one of the two is not positive.

    Source: [GUM] clause 5.2.2, equation (16), for r = 1 in the common factors.
    """
    if reference is None or reference.value <= 0 or reading.value <= 0:
        raise DomainError("a ratio needs two positive readings")
    value = reading.value / reference.value
    relative = reading.own_variance / reading.value**2 + reference.own_variance / reference.value**2
    return Estimate(value=value, variance=relative * value**2)


MODEL = Model(name="ratio/1", evaluate=ratio, compares=True, source="[GUM] clause 5.2.2")
