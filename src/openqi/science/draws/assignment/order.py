"""The whole order in which officers were drawn for one object: who would go, and after them who stands in."""

from collections.abc import Sequence

from openqi.science.draws.assignment.kernel import rank
from openqi.science.draws.hashing.names import names_of
from openqi.science.draws.hashing.rounds import on_words
from openqi.science.draws.tickets import first_bits


def drawn_order(visit: str, officers: Sequence[str], *, seed: bytes, purpose: str) -> tuple[str, ...]:
    """Return all officers in the order in which they were drawn for an object, whether they may go there or not.

    Args:
        visit: the object.
        officers: names, each once, in any order.
        seed: of the draw, 32 bytes.
        purpose: of the draw.
    """
    import numpy as np

    names = sorted(officers)
    own = first_bits(names_of([visit]), seed, f"{purpose}\nvisits")
    theirs = first_bits(names_of(names), seed, f"{purpose}\nofficers")
    with np.errstate(over="ignore"):
        ranks = on_words(rank)(own, theirs)
    return tuple(names[place] for place in np.argsort(ranks, kind="stable").tolist())
