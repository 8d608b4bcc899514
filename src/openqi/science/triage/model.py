"""A model of triage: which label a text seems to have, how sure that is, which runs speak for it; or that it does not know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from openqi.science.triage.answering import Like, Promise, Threshold
from openqi.science.triage.calibrating import Calibration
from openqi.science.triage.grams import foreign_share, plain_text
from openqi.science.triage.weighing import Rows, Vocabulary, plain_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_ONCE: Final = 2000
Why = Literal["", "unsure", "unlike", "empty"]
"""Why nothing is suggested: two labels are too near, or the text is not like those that were learned, or it holds nothing."""


@dataclass(frozen=True, kw_only=True)
class Speaks:
    """A run of characters and how much it adds for the likeliest label against the next one; below 0 it speaks against."""

    run: str
    adds: float


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What a model says of one text.

    Args:
        label: that is suggested; None where it does not know.
        why: why not.
        likeliest: labels with their probabilities, the likeliest first, also where none is suggested.
        known: share of the runs of two and three characters that the model knows.
        speaks: runs for and against the likeliest label, the strongest first.
    """

    label: str | None
    why: Why
    likeliest: tuple[tuple[str, float], ...]
    known: float
    speaks: tuple[Speaks, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """What was learned.

    Args:
        labels: in the order of the columns.
        vocabulary: runs that it knows.
        parts: weights in whole units, runs x labels, the constant in the last row.
        unit: what one unit is.
        calibration: of the margins.
        threshold: from which probability on a label is suggested.
        promise: that this threshold keeps.
        like: what a text must be like to be judged at all.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    parts: "NDArray[Any]"
    unit: float
    calibration: Calibration
    threshold: Threshold
    promise: Promise
    like: Like

    @cached_property
    def weights(self) -> "NDArray[Any]":
        """Return the weights as floats."""
        return self.parts * self.unit

    def margins(self, rows: Rows) -> "NDArray[Any]":
        """Return how far each text lies on the side of each label."""
        return margins_of(rows, self.weights)

    def suggestions(self, texts: Sequence[str], *, reasons: int = 0, most: int = 3) -> Iterator[Suggestion]:
        """Return what the model says of each text.

        Args:
            texts: any, each of at most 10,000 characters.
            reasons: how many runs are told a text.
            most: how many labels are told a text.

        Raises:
            DomainError: a text is too long.
        """
        for begin in range(0, len(texts), AT_ONCE):
            own = [plain_text(one) for one in texts[begin : begin + AT_ONCE]]
            rows = plain_rows(own, self.vocabulary)
            margins = self.margins(rows)
            shares = self.calibration.probabilities(margins)
            nearest = margins.max(axis=1).tolist()
            order = (-shares).argsort(axis=1, kind="stable")[:, : max(most, 2)].tolist()
            told = zip(own, rows.known.tolist(), nearest, shares.tolist(), order, strict=True)
            for place, (text, known, margin, share, first) in enumerate(told):
                yield Suggestion(
                    label=None if (why := self._why(text, known, margin, share[first[0]])) else self.labels[first[0]], why=why,
                    likeliest=tuple((self.labels[one], share[one]) for one in first[:most]), known=known,
                    speaks=self._speaks(rows, place, first, reasons) if reasons else (),
                )  # fmt: skip

    def _why(self, text: str, known: float, margin: float, share: float) -> Why:
        if not any(one.isalnum() for one in text):
            return "empty"
        like, least = self.like, self.threshold.least
        if known < like.least_known or margin < like.least_margin or foreign_share(text) > like.most_foreign:
            return "unlike"
        return "unsure" if least is None or share < least else ""

    def _speaks(self, rows: Rows, place: int, first: Sequence[int], most: int) -> tuple[Speaks, ...]:
        """What each run adds to the log-odds of the likeliest label against the next."""
        begin, end = int(rows.start[place]), int(rows.start[place + 1])
        turns = self.calibration.turns
        turn = [turns[first[0]][one] - turns[first[1]][one] for one in range(len(self.labels))]
        adds = [0.0] * (end - begin)
        for one, each in enumerate(turn):
            own = (rows.value[begin:end] * self.weights[rows.run[begin:end], one]).tolist()
            adds = [before + each * value for before, value in zip(adds, own, strict=True)]
        runs = self.vocabulary.runs_at(rows.run[begin:end].tolist())
        ranked = sorted(zip(runs, adds, strict=True), key=lambda one: (-abs(one[1]), one[0]))
        return tuple(Speaks(run=run, adds=value) for run, value in ranked[:most])


def margins_of(rows: Rows, weights: "NDArray[Any]") -> "NDArray[Any]":
    """Return the margins of texts, one column a label, each added in the order of the runs."""
    import numpy as np

    row = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    columns = [
        weights[-1, one] + np.bincount(row, weights=rows.value * weights[rows.run, one], minlength=len(rows))
        for one in range(weights.shape[1])
    ]
    return np.stack(columns, axis=1)
