"""What a measurement model is: from indications and the influences of calibrated inputs to an estimate with its variance."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from openqi.kernel.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class Indication:
    """What an instrument showed, with what is not common to all its readings: resolution, drift between calibrations.

    `variance` is in the square of the unit of `value`, `relative_variance` in that of the value itself.
    """

    value: Fraction
    variance: Fraction
    relative_variance: Fraction = Fraction(0)

    @property
    def own_variance(self) -> Fraction:
        """All of its variance, in the square of its unit."""
        return self.variance + self.relative_variance * self.value**2


@dataclass(frozen=True, kw_only=True)
class Influence:
    """What a certificate says of one input: true = factor times indicated, or indicated plus offset, each with its variance.

    The factor is None where the indication or the true value is 0: there is none.
    """

    factor: Fraction | None = Fraction(1)
    relative_variance: Fraction = Fraction(0)
    offset: Fraction = Fraction(0)
    variance: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value and its variance, in the unit of the indication (ratios in the unit one)."""

    value: Fraction
    variance: Fraction


Evaluate = Callable[[Indication, Indication | None, tuple[Influence, ...]], Estimate]


@dataclass(frozen=True, kw_only=True)
class Model:
    """One measurement model.

    `compares` says that it needs a second reading, of the same instrument under the same certificates; `adds` that it takes the
    offset of its input, which is then the quantity that is read itself.
    """

    name: str
    evaluate: Evaluate
    compares: bool
    adds: bool = False
    source: str


def expanded_uncertainty(variance: Fraction, coverage_factor: Fraction) -> Fraction:
    """Return k times the root of a variance, cut after 40 significant digits: more than any report needs, the same everywhere.

    Args:
        variance: > 0.
        coverage_factor: k > 0.

    Raises:
        DomainError: one of them is not positive.

    Source: [GUM] clause 6.2.1.
    """
    if variance <= 0 or coverage_factor <= 0:
        raise DomainError(f"variance {variance} and coverage factor {coverage_factor} are positive; no result is without doubt")
    square = variance * coverage_factor**2
    # Scaled so that the whole root has at least 40 digits; a square scales by the square.
    digits = max(0, 81 + (square.denominator.bit_length() - square.numerator.bit_length()) * 30103 // 100000)
    scale = 10 ** (digits // 2 + 1)
    return Fraction(isqrt(square.numerator * scale**2 // square.denominator), scale)
