"""Small lists to draw from, and the distribution that counts of draws are held against."""

from collections.abc import Sequence
from fractions import Fraction

from openqi.science.draws.drawing import Draw, drawn
from openqi.science.draws.frame import Candidate, Frame, frame_of
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.targets import Bound, Targets, targets_of

SIZES = (180, 200, 320, 290, 150, 200, 220)
"""The seven sizes of the published example of joint chances, times 100."""
FIRMS = [Candidate(name=f"firm {place}", size=size) for place, size in enumerate(SIZES)]


def seed(number: int) -> bytes:
    return number.to_bytes(32, "big")


def targets(
    sizes: Sequence[int], expected: Fraction | int, bounds: tuple[Bound, ...] = (Bound(),), rank: Sequence[int] = ()
) -> Targets:
    import numpy as np

    codes = np.array(rank or [0] * len(sizes), dtype=np.int64)
    return targets_of(np.array(sizes, dtype=np.int64), codes, bounds, Fraction(expected))


def frame(*candidates: Candidate) -> Frame:
    return frame_of(candidates or FIRMS)


def draw(design: str, number: int = 0, *, of: Frame | None = None, **rule: object) -> Draw:
    """A draw of one stratum."""
    rule = rule or ({} if design == "order" else {"size": 2})
    plan = Plan(purpose="spot check 1", rules=(StratumRule(design=design, **rule),))  # type: ignore[arg-type]
    return drawn(of or frame(), plan, seed(number))
