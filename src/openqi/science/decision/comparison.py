"""The two ways in which a measured value is held against a limit: as it is, or after one rounding to the limit's interval."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from openqi.kernel.decimals import rounded_gbt8170
from openqi.kernel.errors import DomainError

Compared = Callable[[Fraction, str, str | None], str]


def full_value(exact: Fraction, reported: str, interval: str | None) -> str:  # noqa: ARG001 -- one signature for both methods
    """Return the text that is compared under 全数值比较: the value as reported, with all its digits.

    Raises:
        DomainError: a rounding interval is given, which this method does not have.

    Source: [GBT8170] clause 4.3.2.
    """
    if interval is not None:
        raise DomainError(f"full-value comparison does not round, so an interval of {interval} has no meaning")
    return reported


def rounded_value(exact: Fraction, reported: str, interval: str | None) -> str:  # noqa: ARG001 -- one signature for both methods
    """Return the text that is compared under 修约值比较: the exact value, rounded once to the interval of the requirement.

    It never starts from the reported value, which was rounded before (clause 3.3 forbids to round twice).

    Raises:
        DomainError: there is no interval, or GB/T 8170 does not know it.

    Source: [GBT8170] clause 4.3.3.
    """
    if interval is None:
        raise DomainError("rounded-value comparison needs the rounding interval that the requirement states")
    return rounded_gbt8170(exact, interval)


COMPARISONS: Mapping[str, Compared] = MappingProxyType({"full-value": full_value, "rounded-value": rounded_value})
