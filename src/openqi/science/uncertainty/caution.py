"""A warning about a result: a code with names and figures, so that it is told in any language; as a text it is English."""

from collections.abc import Callable
from typing import Any, Final

TOLD: Final = {
    "sensitivity-zero": "first order sees nothing of {names}: the sensitivity is 0 at the estimate; evaluate to second order too",
    "first-order-unfit": "first order does not fit: it gives a standard uncertainty of {0}, second order {1}",
    "biased": "the value is biased by about {0} (its mean less its value at the estimates); it was not corrected",
    "no-variance": (
        "{names} of 2 or fewer degrees of freedom has no finite variance: mean and standard uncertainty of what depends on it may "
        "change with the seed however many trials are made; the intervals hold"
    ),
    "monte-carlo-differs": "first order does not fit: to two digits of the uncertainty, Monte Carlo gives another interval",
    "trials-too-few": "whether first order fits cannot be told from {0} trials; make more of them",
    "told": "{0}",
}
"""Code → the English text. `told` is what was read from a file that knew texts only."""
_MOST: Final = 20


class Caution(str):
    """A warning; itself the English text.

    Args:
        code: which of `TOLD`.
        names: of inputs that it is about; at most 20 are told.
        figures: that it tells, as they are shown.
    """

    __slots__ = ("code", "figures", "names")
    code: str
    names: tuple[str, ...]
    figures: tuple[str, ...]

    def __new__(cls, code: str, *, names: tuple[str, ...] = (), figures: tuple[str, ...] = ()) -> "Caution":
        """Return the warning."""
        made = super().__new__(cls, TOLD[code].format(*figures, names=listed(names)))
        made.code, made.names, made.figures = code, names[:_MOST], figures
        return made

    def document(self) -> dict[str, Any]:
        """Return it for programs: which, about which inputs, with which figures."""
        return {"code": self.code, "names": list(self.names), "figures": list(self.figures)}

    def __reduce__(self) -> tuple[Callable[..., "Caution"], tuple[str, tuple[str, ...], tuple[str, ...]]]:
        return _again, (self.code, self.names, self.figures)


def _again(code: str, names: tuple[str, ...], figures: tuple[str, ...]) -> Caution:
    return Caution(code, names=names, figures=figures)


def listed(names: tuple[str, ...]) -> str:
    """Return names one after the other; of many the first 20."""
    return ", ".join(names[:_MOST]) + (" …" if len(names) > _MOST else "")
