"""A prior as weighted values: Gauss-Legendre panels over its probabilities, split where a risk bends; atoms as they are."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from openqi.science.distributions.distribution import Distribution

Weighted = tuple[float, float]

# Abscissas and weights of 16 points, the positive half. Source of the rule: [DLMF] 3.5.
NODES: tuple[tuple[float, float], ...] = (
    (0.09501250983763744, 0.1894506104550685),
    (0.2816035507792589, 0.18260341504492358),
    (0.45801677765722737, 0.16915651939500254),
    (0.6178762444026438, 0.14959598881657674),
    (0.755404408355003, 0.12462897125553388),
    (0.8656312023878318, 0.09515851168249279),
    (0.9445750230732326, 0.062253523938647894),
    (0.9894009349916499, 0.027152459411754096),
)
_ATOMS = ("discrete",)
# Towards both ends panels shrink, as quantiles of unbounded distributions bend there.
_TAILS = (1e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5)


def weighted_values(prior: Distribution, splits: Iterable[float]) -> Sequence[Weighted]:
    """Return values of the measurand with weights that add up to 1, as smooth functions of it are integrated by.

    Args:
        prior: any distribution; of one made of atoms those are the values.
        splits: values where a panel ends, in the unit of the measurand.

    Source: [DLMF] 3.5.
    """
    if prior.kind in _ATOMS:
        half = len(prior.parameters) // 2
        return tuple(zip(prior.parameters[:half], prior.parameters[half:], strict=True))
    if prior.kind == "empirical":
        return tuple((value, 1.0 / len(prior.parameters)) for value in prior.parameters)
    ends = {prior.cdf(split) for split in splits} | set(_TAILS) | {1.0 - tail for tail in _TAILS}
    return tuple(_panels(prior, sorted({0.0, 1.0} | {end for end in ends if 0.0 < end < 1.0})))


def _panels(prior: Distribution, ends: Sequence[float]) -> Iterator[Weighted]:
    for low, high in pairwise(ends):
        middle, half = (low + high) / 2, (high - low) / 2
        for node, weight in NODES:
            for p in (middle - half * node, middle + half * node):
                if 0.0 < p < 1.0:  # a panel of the last bits below 1
                    yield prior.quantile(p), half * weight
