"""Compiled functions that do not load the compiler, which takes half a second, for a question of a few milliseconds."""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from openqi.science.numbers.compiled import compiled

P = ParamSpec("P")
R = TypeVar("R")
PAYS_FROM = 400_000
"""So many inner steps in plain Python take as long as it takes to load the compiler and what it kept."""


def eased(work: Callable[P, int]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a way to run a function plainly until it has had enough to do, and compiled from then on; the bits are the same.

    Args:
        work: about how many inner steps a call with these arguments takes.
    """

    def prepare(function: Callable[P, R]) -> Callable[P, R]:
        fast = compiled(function)
        # What was done plainly so far; it decides how long a call takes, never what it answers.
        done = [0]

        def call(*arguments: P.args, **named: P.kwargs) -> R:
            if "numba" not in sys.modules:
                done[0] += work(*arguments, **named)
                if done[0] < PAYS_FROM:
                    return function(*arguments, **named)
            return fast(*arguments, **named)

        return call

    return prepare
