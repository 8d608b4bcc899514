"""What a Monte Carlo run came to."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.monte_carlo.summary import digest_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Propagated:
    """Results of a run; each tuple has one entry an output, in the order of the model and in its units.

    Args:
        names: of the outputs.
        value: means.
        standard_uncertainty: standard deviations.
        covariance: of the outputs.
        probability: of the intervals.
        symmetric: probabilistically symmetric coverage interval.
        shortest: shortest coverage interval.
        trials: how many were made.
        seed: text.
        generator: name and version of how trials are made.
        samples: a row an output, in the order of the trials; not to be written.
        warnings: what somebody who uses the figures must know.
    """

    names: tuple[str, ...]
    value: tuple[float, ...]
    standard_uncertainty: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    probability: float
    symmetric: tuple[tuple[float, float], ...]
    shortest: tuple[tuple[float, float], ...]
    trials: int
    seed: str
    generator: str
    samples: "NDArray[float64]"
    warnings: tuple[Caution, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all samples, trial by trial within an output, as little-endian floats: 64 hexadecimal digits."""
        return digest_of(self.samples)
