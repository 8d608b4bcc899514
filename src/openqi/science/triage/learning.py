"""One line between each label and all others: the widest margin with squared losses, by ascent in the dual, text by text."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.triage.weighing import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAP: Final = 1e-3
"""The search ends when no label can be better by more than this share of its loss."""
ROUNDS: Final = 200


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Weights of runs, one column a label, the constant in the last row; how far they may be from the best, and the rounds."""

    weights: "NDArray[Any]"
    gap: float
    rounds: int


def lines_between(rows: Rows, label: "NDArray[Any]", *, runs: int, labels: int, cost: float) -> Lines:
    """Return the lines of least |w|^2 / 2 + cost sum max(0, 1 - y (w x + b))^2, the constant b counted as a weight.

    Args:
        rows: texts, at least one.
        label: of each text, 0 to labels - 1.
        runs: in the vocabulary.
        labels: at least 2.
        cost: of a text on the wrong side, positive.

    Raises:
        DomainError: an argument is none of what it can be.

    Source: [HSIEH2008] algorithm 1 for the L2 loss; the gap between both problems proves how near it is.
    """
    import numpy as np

    if not len(rows) or labels < 2 or not cost > 0.0:
        raise DomainError("lines between labels need texts, two labels or more, and a positive cost")
    weights = np.zeros((runs + 1) * labels)
    alpha = np.zeros(len(rows) * labels)
    order = np.arange(len(rows), dtype=np.int64)
    gaps = np.zeros(labels)
    told: list[Any] = [rows.start, rows.run, rows.value, label.astype(np.int64), weights, alpha, order, gaps, np.zeros(labels)]
    if not is_fast():  # lists are quicker one by one, and the floats are the same
        told = [one.tolist() for one in told]
    rounds = _ascend_compiled(*told, labels, runs, cost, GAP, ROUNDS)
    return Lines(weights=np.array(told[4]).reshape(runs + 1, labels), gap=max(float(one) for one in told[7]), rounds=int(rounds))


def _ascend(
    start: Any, run: Any, value: Any, label: Any, weights: Any, alpha: Any, order: Any, gaps: Any, score: Any, labels: int,
    constant: int, cost: float, gap: float, most: int,
) -> int:  # fmt: skip
    texts, state, rest = len(label), 1, 0.5 / cost
    for rounds in range(1, most + 1):
        for last in range(texts - 1, 0, -1):  # [PARK-MILLER]: another order each round, the same on every machine
            state = (state * 48271) % 2147483647
            other = state % (last + 1)
            order[last], order[other] = order[other], order[last]
        for place in range(texts):
            _step(order[place], start, run, value, label, weights, alpha, score, labels, constant, rest)
        if rounds % 5 == 0 or rounds == most:
            _gaps(start, run, value, label, weights, alpha, gaps, score, labels, constant, cost)
            widest = 0.0
            for one in range(labels):
                widest = max(widest, gaps[one])
            if widest <= gap:
                return rounds
    return most


def _step(
    text: int, start: Any, run: Any, value: Any, label: Any, weights: Any, alpha: Any, score: Any, labels: int, constant: int,
    rest: float,
) -> None:  # fmt: skip
    """Move what one text weighs to the best place, all else as it is."""
    _scores(text, start, run, value, weights, score, labels, constant)
    square = 1.0 + rest
    for at in range(start[text], start[text + 1]):
        square += value[at] * value[at]
    moved = False
    for one in range(labels):
        side = 1.0 if label[text] == one else -1.0
        before = alpha[text * labels + one]
        after = max(before - (side * score[one] - 1.0 + rest * before) / square, 0.0)
        alpha[text * labels + one] = after
        score[one] = (after - before) * side
        moved = moved or after != before
    if not moved:
        return
    for at in range(start[text], start[text + 1]):
        base = run[at] * labels
        for one in range(labels):
            weights[base + one] += score[one] * value[at]
    for one in range(labels):
        weights[constant * labels + one] += score[one]


def _scores(text: int, start: Any, run: Any, value: Any, weights: Any, score: Any, labels: int, constant: int) -> None:
    for one in range(labels):
        score[one] = weights[constant * labels + one]
    for at in range(start[text], start[text + 1]):
        base = run[at] * labels
        for one in range(labels):
            score[one] += value[at] * weights[base + one]


def _gaps(
    start: Any, run: Any, value: Any, label: Any, weights: Any, alpha: Any, gaps: Any, score: Any, labels: int, constant: int,
    cost: float,
) -> None:  # fmt: skip
    """Put into `gaps` what the loss of each label is above the best possible at most, as a share of it."""
    for one in range(labels):
        square, gained, lost = 0.0, 0.0, 0.0
        for place in range(constant + 1):
            square += weights[place * labels + one] * weights[place * labels + one]
        for text in range(len(label)):
            side = 1.0 if label[text] == one else -1.0
            reached = weights[constant * labels + one]
            for at in range(start[text], start[text + 1]):
                reached += value[at] * weights[run[at] * labels + one]
            short = max(0.0, 1.0 - side * reached)
            lost += short * short
            own = alpha[text * labels + one]
            gained += own - own * own * 0.25 / cost
        primal = 0.5 * square + cost * lost
        gaps[one] = (primal - (gained - 0.5 * square)) / primal if primal > 0.0 else 0.0
    for one in range(labels):
        score[one] = 0.0


_ascend_compiled: Any = compiled(_ascend)
