"""The variance of an estimated total, by the name of how it is estimated; objects that were certain add nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import moments_by, total_of, totals_by, unsure_totals_by
from openqi.science.draws.rates.sample import Sample
from openqi.science.numbers.sums import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

METHODS: Final = ("brewer", "hartley-rao", "overton", "hartley-rao-ht", "overton-ht", "hansen-hurwitz", "srs")
JOINT: Final = ("yates-grundy", "horvitz-thompson")
"""Those that need the probability of each pair; see `joint_variance`."""


_ROUNDED: Final = 1e-12  # of the sum of squares: what lies so little below 0 is 0


@dataclass(frozen=True, kw_only=True)
class Design:
    """How variances are estimated.

    Args:
        method: one of METHODS; None takes brewer where the probabilities of the units are known, else hansen-hurwitz.
        lonely: of a stratum with a single unit: `refuse`, or `average`, which takes it as uncertain as the others.
        squares: per stratum the sum of squared probabilities over its population divided by its sample size, for
            hartley-rao; without, it is estimated from the sample.
    """

    method: str | None = None
    lonely: str = "refuse"
    squares: tuple[float, ...] | None = None


def method_of(sample: Sample, design: Design) -> str:
    """Return the name of the method that is used.

    Raises:
        DomainError: there is no such method, or what it needs was not given.
    """
    if design.method is None:
        return "hansen-hurwitz" if sample.unit_probability is None else "brewer"
    if design.method not in METHODS:
        raise DomainError(f"variance {design.method!r}: one of {', '.join(METHODS)}; for {' and '.join(JOINT)} see joint_variance")
    if design.lonely not in {"refuse", "average"}:
        raise DomainError(f"lonely {design.lonely!r}: refuse or average")
    if design.method == "srs" and sample.stratum_units is None:
        raise DomainError("variance srs: state how many units the population has in each stratum")
    if design.method not in {"srs", "hansen-hurwitz"} and sample.unit_probability is None:
        raise DomainError(f"variance {design.method}: state the probability of each first-stage unit, or take hansen-hurwitz")
    return design.method


def total_variance(sample: Sample, values: "NDArray[Any]", design: Design, *, members: "NDArray[Any] | None" = None) -> float:
    """Return the estimated variance of the sum of values over their probabilities.

    Args:
        sample: what was drawn.
        values: one a member; of what is no member it is 0.
        design: how it is estimated.
        members: rows of the sample, in order; without, all of them.

    Raises:
        DomainError: see `method_of`.
        RefusedError: a stratum has a single unit, or the estimate is negative.

    Source: [SARNDAL1992] 3.6, 4.4; [BREWER2002] 9; [HARTLEY-RAO1962]; [OVERTON1985]; [COCHRAN1977] 9A, 11.9.
    """
    import numpy as np

    method = method_of(sample, design)
    z = values / (sample.probability if members is None else sample.probability[members])
    places: Any = slice(None) if members is None else members  # a slice copies nothing
    if sample.unit is not None:
        places, own = np.unique(sample.unit[places], return_inverse=True)
        z = totals_by(z, own, len(places))
    plain = sample.unit_probability is None or method == "srs"  # all of a stratum alike: none of them counts as certain
    p = np.zeros(len(z)) if plain or sample.unit_probability is None else sample.unit_probability[places]
    stratum = sample.unit_stratum[places]
    n, weight = (sample.drawn, np.zeros(len(sample.drawn))) if plain else sample.unsure
    parts = _parts(z, p, stratum, n, weight, method, design)
    if sample.stratum_units is not None and method == "srs":
        parts = parts * (1.0 - n / sample.stratum_units)
    # Only forms that may be negative are asked whether they are.
    return _together(sample, parts, n, design, scale=total_of(z * z) if method.endswith("-ht") else inf)


def _parts(
    z: "NDArray[Any]",
    p: "NDArray[Any]",
    stratum: "NDArray[Any]",
    n: "NDArray[Any]",
    weight: "NDArray[Any]",
    method: str,
    design: Design,
) -> "NDArray[Any]":
    """The variance of each stratum; units outside of the members have z = 0 and are added without being looked at."""
    import numpy as np

    many = n > 1.0
    safe = np.where(many, n, 2.0)
    centre = np.zeros(len(n)) if method.endswith("-ht") else unsure_totals_by(z, p, stratum, len(n)) / safe
    sums = moments_by(z, p, stratum, centre)
    absent, light = n - sums[:, 0], weight - sums[:, 5]
    c1 = sums[:, 1] - absent * centre
    c2 = sums[:, 2] + absent * centre * centre
    p1 = sums[:, 3] - light * centre
    p2 = sums[:, 4] + light * centre * centre
    if method == "brewer":
        found = safe / (safe - 1.0) * (c2 - p2)
    elif method in {"hansen-hurwitz", "srs"}:
        found = safe / (safe - 1.0) * c2
    else:
        half, squares = (0.5, 0.0 * weight) if method.startswith("overton") else (1.0, _squares(design, weight, safe))
        if method.endswith("-ht"):
            pairs = (1.0 + squares) * (c1 * c1 - c2) - 2.0 * half * (c1 * p1 - p2)
            found = c2 - p2 - pairs / (safe - 1.0)
        else:
            pairs = (1.0 + squares) * (safe * c2 - c1 * c1) - half * (safe * p2 - 2.0 * c1 * p1 + c2 * weight)
            found = pairs / (safe - 1.0)
    parts: NDArray[Any] = np.where(many, found, 0.0)
    return parts


def _squares(design: Design, weight: "NDArray[Any]", n: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    if design.squares is not None and len(design.squares) != len(n):
        raise DomainError(f"squares: {len(design.squares)} numbers for {len(n)} strata; one a stratum")
    found: NDArray[Any] = weight / n if design.squares is None else np.asarray(design.squares)
    return found


def _together(sample: Sample, parts: "NDArray[Any]", n: "NDArray[Any]", design: Design, *, scale: float) -> float:
    lonely = [name for name, count in zip(sample.stratum.names, n.tolist(), strict=True) if count == 1.0]
    if lonely and sample.stratum_units is not None:  # a stratum of one unit, taken whole, is no guess
        sizes = dict(zip(sample.stratum.names, sample.stratum_units.tolist(), strict=True))
        lonely = [name for name in lonely if sizes[name] > 1.0]
    if lonely and (design.lonely == "refuse" or len(lonely) == int((n > 0).nonzero()[0].size)):
        raise RefusedError(
            "two-units-a-stratum",
            f"stratum {lonely[0]!r} has a single drawn unit, from which no spread can be seen; join it with a like stratum, or say "
            "lonely = average",
        )
    found = total(parts.tolist())
    if lonely:
        strata = int((n > 0).nonzero()[0].size)
        found *= strata / (strata - len(lonely))
    if found < -_ROUNDED * scale:
        raise RefusedError(
            "variance-not-negative", f"the estimated variance is {found:.6g}, below 0, as this estimator can give; take brewer"
        )
    return max(found, 0.0)


def joint_variance(
    values: Sequence[float], probability: Sequence[float], joint: Sequence[Sequence[float]], *, form: str = "yates-grundy"
) -> float:
    """Return the estimated variance of the sum of values over their probabilities, with the probability of each pair known.

    Args:
        values: one a drawn object.
        probability: of inclusion of each.
        joint: of both of each pair; the diagonal is not looked at.
        form: `yates-grundy` (fixed sample size) or `horvitz-thompson`.

    Raises:
        DomainError: sizes differ, a pair could not be drawn together, or no such form.

    Source: [SEN1953], [YATES-GRUNDY1953], [HORVITZ-THOMPSON1952].
    """
    n = len(values)
    if form not in JOINT:
        raise DomainError(f"form {form!r}: one of {', '.join(JOINT)}")
    if len(probability) != n or len(joint) != n or any(len(row) != n for row in joint):
        raise DomainError(f"{n} values, {len(probability)} probabilities and {len(joint)} rows of pairs; one a drawn object")
    z = [y / p for y, p in zip(values, probability, strict=True)]
    terms = [] if form == "yates-grundy" else [(1.0 - p) * one * one for one, p in zip(z, probability, strict=True)]
    for i in range(n):
        for j in range(i):
            if not joint[i][j] > 0.0:
                raise DomainError(
                    f"objects {j + 1} and {i + 1} have the joint probability {joint[i][j]}; drawn together it is positive"
                )
            apart = 1.0 - probability[i] * probability[j] / joint[i][j]
            terms.append(-apart * (z[i] - z[j]) ** 2 if form == "yates-grundy" else 2.0 * apart * z[i] * z[j])
    return total(terms)
