"""Probabilities as they are told and decided on: whole millionths."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS: Final = 1_000_000
DIGITS: Final = 6


def parts_of(probabilities: "NDArray[Any] | Sequence[float]") -> "NDArray[Any]":
    """Return probabilities in whole millionths: the float product with 10^6, rounded half to even.

    Never 0 nor 10^6: a model says of nobody that it is certain, and what is 0 would have no logarithm.

    Args:
        probabilities: inside 0 and 1.

    Raises:
        DomainError: one lies outside.
    """
    import numpy as np

    given = np.ascontiguousarray(probabilities, dtype=np.float64)
    if not bool(((given > 0.0) & (given < 1.0)).all()):
        raise DomainError("probabilities lie inside of 0 and 1, both left out")
    found: NDArray[Any] = np.clip(np.rint(given * float(PARTS)).astype(np.int64), 1, PARTS - 1)
    return found


def text_of(parts: int) -> str:
    """Return millionths as decimal text with all six digits, for example 0.034000.

    Raises:
        DomainError: not between 0 and 10^6.
    """
    if not 0 <= parts <= PARTS:
        raise DomainError(f"{parts} millionths; between 0 and {PARTS}")
    return f"{parts // PARTS}.{parts % PARTS:0{DIGITS}d}"


def parts_in(text: str) -> int:
    """Return the millionths that a text of six digits after the point means.

    Raises:
        DomainError: it is written in another form.
    """
    whole, _, digits = text.partition(".")
    if not (whole in ("0", "1") and len(digits) == DIGITS and digits.isascii() and digits.isdigit()):
        raise DomainError(f"probability {text[:40]!r}: six digits after the point, for example 0.034000")
    found = int(whole + digits)
    if found > PARTS:
        raise DomainError(f"probability {text!r}: at most 1")
    return found
