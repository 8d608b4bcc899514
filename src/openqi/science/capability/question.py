"""What one capability study is asked, after everything was checked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, isfinite

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.groups import Groups
from openqi.science.capability.indices import Limits
from openqi.science.capability.result import Notice


@dataclass(frozen=True, kw_only=True)
class Question:
    """Readings, limits and choices of a study; `study` tells what they mean."""

    readings: tuple[float, ...]
    groups: Groups
    limit: Limits
    estimator: str | None
    u: float
    alarms: int | None
    significance: float
    confidence: float
    nominal: bool
    resamples: int
    seed: str

    def moved(self, curve: Callable[[float], float]) -> "Question":
        """Return the question about transformed readings and limits; a limit where the curve has no values is none.

        Raises:
            DomainError: no limit is left.
        """
        lower = curve(self.limit.lower) if isfinite(self.limit.lower) else -inf
        upper = curve(self.limit.upper) if isfinite(self.limit.upper) else inf
        if not (isfinite(lower) or isfinite(upper)):
            raise DomainError(
                "the transformation has no values at the limits: readings cannot lie beyond them; choose a distribution"
            )
        return replace(
            self, readings=tuple(map(curve, self.readings)), groups=tuple(tuple(map(curve, group)) for group in self.groups),
            limit=Limits(lower=lower, upper=upper),
        )  # fmt: skip

    def lost(self, before: Limits, method: str) -> list[Notice]:
        """Return a warning for each limit that a transformation has no value at."""
        pairs = ((before.lower, self.limit.lower), (before.upper, self.limit.upper))
        gone = [end for end, now in pairs if isfinite(end) and not isfinite(now)]
        return [Notice(code="limit-beyond-support", parameters={"limit": end, "method": method}) for end in gone]
