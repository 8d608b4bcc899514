"""An input quantity: what is known of it, under an id by which results that share it stay correlated."""

from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, sqrt
from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.uncertainty.inputs.numbers import stated_float, stated_fraction, stated_uncertainty
from openqi.science.uncertainty.inputs.statement import UncertaintyStatement

HALF_WIDTHS: Final = {"rectangular": sqrt(3.0), "triangular": sqrt(6.0), "arcsine": sqrt(2.0)}
"""What the half width of a bounded symmetric distribution is divided by to give its standard deviation ([GUM] clause 4.3)."""


@dataclass(frozen=True, kw_only=True)
class InputQuantity:
    """One input of a model; make it with `quantity`, `type_a` or `ensemble`.

    Args:
        value: best estimate, in the unit that the model states for the input (`Cel` without difference: as a thermometer reads).
        standard_uncertainty: same unit, >= 0.
        degrees_of_freedom: > 0, inf where the uncertainty is taken as known.
        distribution: None is normal, or t where the degrees of freedom are finite.
        id: what it is called everywhere, None for a quantity of one result only.
        certificate: the certificate that states it.
        ensemble: id of the simultaneous series that it is one column of.
        exact: the value as a fraction, where it was stated as decimal text.

    Raises:
        DomainError: a number is NaN or infinite, the uncertainty negative, or the degrees of freedom not positive.
    """

    value: float
    standard_uncertainty: float
    degrees_of_freedom: float = inf
    distribution: Distribution | None = None
    id: str | None = None
    certificate: str | None = None
    ensemble: str | None = None
    exact: Fraction | None = None

    def __post_init__(self) -> None:
        for name in ("value", "standard_uncertainty", "degrees_of_freedom"):
            # Whole numbers of Python would be computed with exactly, and NumPy's slowly.
            if type(number := getattr(self, name)) is not float:
                object.__setattr__(self, name, float(number))
        # One chain of comparisons: NaN fails each of them.
        if not (-inf < self.value < inf and 0.0 <= self.standard_uncertainty < inf and self.degrees_of_freedom > 0.0):
            raise DomainError(
                f"input {self.id or 'without id'}: value {self.value!r}, standard uncertainty {self.standard_uncertainty!r}, "
                f"degrees of freedom {self.degrees_of_freedom!r}; give a finite value, an uncertainty of 0 or more, and dof above 0"
            )
        if self.id == "":
            raise DomainError("an input has an empty id; give it a name, or leave the id out")


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """The correlation coefficient of two inputs, named by their ids (by their names where they have none)."""

    first: str
    second: str
    coefficient: float


def quantity(
    value: float | str,
    *,
    u: float | str | None = None,
    statement: UncertaintyStatement | None = None,
    half_width: float | str | None = None,
    kind: str = "normal",
    dof: float = inf,
    id: str | None = None,  # noqa: A002 -- what everybody calls it
    certificate: str | None = None,
) -> InputQuantity:
    """Return an input quantity of a type B evaluation.

    Args:
        value: decimal text keeps it exact.
        u: standard uncertainty, in the unit of the value; or give `statement`, or `half_width` with a bounded `kind`.
        statement: evaluated at the value.
        half_width: half the width of a rectangular, triangular or arcsine distribution about the value.
        kind: normal, t, or one of these three; others come in by `quantity_of`.
        dof: degrees of freedom, > 0.
        id: see `InputQuantity`.
        certificate: likewise.

    Raises:
        DomainError: none or more than one of the three was given; one is negative, NaN or infinite; or the kind has no half width.
        FormatError: a text is no decimal.

    Source: [GUM] clause 4.3, [JCGM101] clause 6.4.
    """
    number = stated_float(value, "the value")
    if (u is not None) + (statement is not None) + (half_width is not None) != 1:
        raise DomainError(f"the quantity {value} needs its uncertainty exactly once: as u, as a statement or as a half width")
    if half_width is not None and kind not in HALF_WIDTHS:
        raise DomainError(f"{kind!r} has no half width; {', '.join(HALF_WIDTHS)} have. Give u for others")
    if kind not in HALF_WIDTHS and kind not in ("normal", "t"):
        raise DomainError(f"{kind!r} is not told by value and uncertainty alone; make it with `distribution` and `quantity_of`")
    if kind == "t" and dof == inf:
        raise DomainError("a t distribution has finite degrees of freedom; give dof, or leave the kind out")
    if half_width is not None:
        half = stated_uncertainty(half_width, "the half width")
        standard = half / HALF_WIDTHS[kind]
    else:
        standard = statement.at(number) if statement is not None else stated_uncertainty(u if u is not None else 0.0, "u")
        half = standard * HALF_WIDTHS.get(kind, 1.0)
    bounded = kind in HALF_WIDTHS and half > 0
    return InputQuantity(
        value=number,
        standard_uncertainty=standard,
        degrees_of_freedom=dof,
        distribution=distribution(kind, lower=number - half, upper=number + half) if bounded else None,
        id=id,
        certificate=certificate,
        exact=stated_fraction(value, "the value") if isinstance(value, str) else None,
    )


def quantity_of(
    known: Distribution,
    *,
    dof: float = inf,
    id: str | None = None,  # noqa: A002
    certificate: str | None = None,
) -> InputQuantity:
    """Return the input quantity that a distribution describes: its mean and its standard deviation.

    Args:
        known: made by `distribution`.
        dof: degrees of freedom, > 0: how well the distribution itself is known.
        id: see `InputQuantity`.
        certificate: likewise.

    Raises:
        DomainError: the distribution has no mean or no variance (t of 2 degrees of freedom or fewer).

    Source: [JCGM101] clause 6.4.
    """
    mean, variance = known.mean, known.variance
    if not (isfinite(mean) and isfinite(variance)):
        raise DomainError(
            f"a {known.kind} distribution of {known.parameters} has no finite variance; it goes into Monte Carlo only"
        )
    return InputQuantity(
        value=mean, standard_uncertainty=sqrt(variance), degrees_of_freedom=dof, distribution=known, id=id, certificate=certificate
    )
