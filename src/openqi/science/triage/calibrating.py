"""From margins to probabilities: which label a text really had, learned from margins of lines that had not seen it."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.numbers.algebra import cholesky
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.numbers.exponential import unchecked_exp

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEEP: Final = 4.0
"""Where the search begins and what the penalty pulls to: each margin times this, and nothing of the others."""
RIDGE: Final = 1.0
NEAR: Final = 1e-4
ROUNDS: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How margins become log-odds: one row a label, of what each margin adds, and the constant."""

    turns: tuple[tuple[float, ...], ...]

    def probabilities(self, margins: "NDArray[Any]") -> "NDArray[Any]":
        """Return the probability of each label (columns) for each text (rows)."""
        import numpy as np

        texts, labels = margins.shape
        told: list[Any] = [margins.reshape(-1), np.array(self.turns).reshape(-1), np.zeros(texts * labels)]
        if not is_fast():
            told = [one.tolist() for one in told]
        _all_shares_compiled(*told, texts, labels)
        return np.array(told[2]).reshape(texts, labels)


def calibration_of(margins: "NDArray[Any]", label: "NDArray[Any]") -> Calibration:
    """Return the multinomial logistic regression of labels on margins, its matrix pulled towards STEEP times the identity.

    Each round takes the bound of the second derivatives that holds everywhere, so that no step is too long.

    Args:
        margins: texts x labels, of lines that had not seen the text.
        label: of each text, 0 to labels - 1.

    Raises:
        DomainError: no texts, or fewer than two labels.
        RefusedError: the search did not end.

    Source: [GUO2017] 4.2 matrix scaling, with a ridge; [BOHNING1992].
    """
    import numpy as np

    texts, labels = margins.shape
    if not texts or labels < 2:
        raise DomainError("a calibration needs texts and two labels or more")
    factor = np.array(cholesky(_bound(margins)), dtype=np.float64).reshape(-1)
    turns = np.zeros((labels, labels + 1))
    turns[np.arange(labels), np.arange(labels)] = STEEP
    told: list[Any] = [
        margins.reshape(-1), label.astype(np.int64), factor, turns.reshape(-1), np.zeros(labels * (labels + 1)), np.zeros(labels),
        turns.reshape(-1).copy(),
    ]  # fmt: skip
    if not is_fast():
        told = [one.tolist() for one in told]
    rounds = _descend_compiled(*told, texts, labels, STEEP, RIDGE, NEAR * texts, ROUNDS)
    if rounds == ROUNDS:
        raise RefusedError("calibration", f"no calibration after {ROUNDS:,} rounds; are texts labelled at random?")
    return Calibration(turns=tuple(tuple(float(one) for one in row) for row in np.array(told[3]).reshape(labels, labels + 1)))


def _bound(margins: "NDArray[Any]") -> list[list[float]]:
    """One half of the sums of products of margins and constant, and the ridge: above all second derivatives of one label."""
    import numpy as np

    texts, labels = margins.shape
    columns = [*(margins[:, one] for one in range(labels)), np.ones(texts)]
    zeros = np.zeros(texts, dtype=np.int64)
    found = [[0.0] * (labels + 1) for _ in columns]
    for one, left in enumerate(columns):
        for other in range(one + 1):
            own = 0.5 * float(np.bincount(zeros, weights=left * columns[other])[0])  # added in the order of the texts
            found[one][other] = found[other][one] = own + (RIDGE if one == other else 0.0)
    return found


def _shares(text: int, margins: Any, turns: Any, share: Any, labels: int) -> None:
    """Put the probabilities of one text into `share`."""
    most = -1e300
    for one in range(labels):
        base = one * (labels + 1)
        own = turns[base + labels]
        for other in range(labels):
            own += turns[base + other] * margins[text * labels + other]
        share[one] = own
        most = max(most, own)
    mass = 0.0
    for one in range(labels):
        share[one] = unchecked_exp(share[one] - most)
        mass += share[one]
    for one in range(labels):
        share[one] = share[one] / mass


def _all_shares(margins: Any, turns: Any, shares: Any, texts: int, labels: int) -> None:
    share = [0.0] * labels
    for text in range(texts):
        _shares(text, margins, turns, share, labels)
        for one in range(labels):
            shares[text * labels + one] = share[one]


def _descend(
    margins: Any, label: Any, factor: Any, turns: Any, slope: Any, share: Any, ahead: Any, texts: int, labels: int, steep: float,
    ridge: float, near: float, most: int,
) -> int:  # fmt: skip
    """Lower the loss from `turns`, looking ahead ([NESTEROV1983]); whenever the way ahead leads up, it begins anew."""
    width, pace = labels + 1, 1.0
    for rounds in range(most):
        _slope(margins, label, ahead, slope, share, texts, labels, steep, ridge)
        widest = 0.0
        for place in range(labels * width):
            widest = max(widest, abs(slope[place]))
        if widest <= near:
            for place in range(labels * width):
                turns[place] = ahead[place]
            return rounds
        following = 0.5 * (1.0 + sqrt(1.0 + 4.0 * pace * pace))
        for one in range(labels):
            _solve(factor, slope, one * width, width)
        uphill = 0.0
        for place in range(labels * width):
            reached = ahead[place] - slope[place]
            uphill += slope[place] * (reached - turns[place])
            slope[place] = reached
        restart = uphill > 0.0
        for place in range(labels * width):
            reached = slope[place]
            ahead[place] = reached if restart else reached + (pace - 1.0) / following * (reached - turns[place])
            turns[place] = reached
        pace = 1.0 if restart else following
    return most


def _slope(
    margins: Any, label: Any, turns: Any, slope: Any, share: Any, texts: int, labels: int, steep: float, ridge: float
) -> None:
    """Put the derivatives of loss and penalty into `slope`."""
    width = labels + 1
    for one in range(labels):
        for other in range(width):
            place = one * width + other
            slope[place] = ridge * (turns[place] - (steep if one == other else 0.0))
    for text in range(texts):
        _shares(text, margins, turns, share, labels)
        for one in range(labels):
            off = share[one] - (1.0 if label[text] == one else 0.0)
            for other in range(labels):
                slope[one * width + other] += off * margins[text * labels + other]
            slope[one * width + labels] += off


def _solve(factor: Any, right: Any, begin: int, width: int) -> None:
    """Put the solution of (L L') x = right where right stood."""
    for row in range(width):
        own = right[begin + row]
        for column in range(row):
            own -= factor[row * width + column] * right[begin + column]
        right[begin + row] = own / factor[row * width + row]
    for row in range(width - 1, -1, -1):
        own = right[begin + row]
        for column in range(row + 1, width):
            own -= factor[column * width + row] * right[begin + column]
        right[begin + row] = own / factor[row * width + row]


_all_shares_compiled: Any = compiled(_all_shares)
_descend_compiled: Any = compiled(_descend)
