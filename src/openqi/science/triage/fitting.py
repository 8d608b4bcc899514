"""Learning a model of triage: lines on all texts, probabilities and the promise from texts that were held out in turn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.triage.answering import Promise, like_those, threshold_of
from openqi.science.triage.calibrating import calibration_of
from openqi.science.triage.grams import foreign_share, plain_text
from openqi.science.triage.learning import lines_between
from openqi.science.triage.measures import Worth, worth_of
from openqi.science.triage.model import Model, margins_of
from openqi.science.triage.weighing import Rows, Vocabulary, rows_of, vocabulary_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

USUAL: Final = Promise(right=0.95, confidence=0.95)
MOST_LABELS: Final = 100
MOST_TEXTS: Final = 1_000_000
LEAST_OF_A_LABEL: Final = 5
_FINEST: Final = 2**15 - 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a model is to be learned.

    Args:
        cost: of a text on the wrong side of a line.
        least: texts that a run must stand in.
        runs: at most.
        folds: into how many parts the texts are parted; each is held out once.
        promise: of the suggestions that are given.
        unlike: share of the texts learned from that may be called unlike them.
    """

    cost: float = 0.5
    least: int = 2
    runs: int = 100_000
    folds: int = 5
    promise: Promise = USUAL
    unlike: float = 0.01

    def __post_init__(self) -> None:
        if not (0.0 < self.cost <= 1000.0 and 1 <= self.least <= 1000 and 1 <= self.runs <= 500_000 and 2 <= self.folds <= 20):
            raise DomainError(
                f"cost {self.cost}, least {self.least}, runs {self.runs}, folds {self.folds}: a cost above 0 and at most 1,000, "
                "1 to 1,000 texts, 1 to 500,000 runs, 2 to 20 folds"
            )


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A model, and what its like were worth on texts that they had not seen."""

    model: Model
    worth: Worth
    gap: float
    rounds: int


def fit(texts: Sequence[str], labels: Sequence[str], asked: Asked) -> Fitted:
    """Return a model of triage.

    Which part holds a text is told by `fold_of`: equal texts are never on both sides, and neither the order of
    the rows nor chance has a say. Probabilities, threshold and figures come from margins of lines that had not seen the text;
    those of the calibration itself from a calibration that had not seen it.

    Args:
        texts: any, at most 10,000 characters each.
        labels: of each, as it is told.
        asked: how.

    Raises:
        DomainError: a text is too long, or an argument lies outside.
        RefusedError: too few texts, labels or texts of a label.
    """
    import numpy as np

    names = _names(texts, labels, asked)
    place = {name: number for number, name in enumerate(names)}
    label = np.array([place[one] for one in labels], dtype=np.int64)
    fold = np.array([fold_of(one, asked.folds) for one in texts], dtype=np.int64)
    vocabulary, rows, known, margins = _weighed(texts, label, fold, labels=len(names), asked=asked)
    shares = _held_out_shares(margins, label, fold, asked.folds)
    foreign = np.array([foreign_share(plain_text(one)) for one in texts], dtype=np.float64)
    surest = shares.argmax(axis=1)
    right = (surest == label).astype(np.float64)
    lines = lines_between(rows, label, runs=len(vocabulary), labels=len(names), cost=asked.cost)
    widest = max(float(np.max(np.abs(lines.weights))), 1e-300)
    model = Model(
        labels=tuple(names), vocabulary=vocabulary,
        parts=np.rint(lines.weights / (widest / _FINEST)).astype(np.int64), unit=widest / _FINEST,
        calibration=calibration_of(margins, label),
        threshold=threshold_of(shares[np.arange(len(label)), surest], right, asked.promise), promise=asked.promise,
        like=like_those(known, foreign, margins.max(axis=1), asked.unlike),
    )  # fmt: skip
    return Fitted(model=model, worth=worth_of(shares, label), gap=lines.gap, rounds=lines.rounds)


def fold_of(text: str, folds: int) -> int:
    """Return which part holds a text: the first eight bytes of SHA-256 of fold, a line end and its plain form, modulo folds."""
    return int.from_bytes(sha256(f"fold\n{plain_text(text)}".encode()).digest()[:8]) % folds


def _names(texts: Sequence[str], labels: Sequence[str], asked: Asked) -> list[str]:
    """The labels in order of their code points, after every check that needs no computing."""
    if len(texts) != len(labels) or len(texts) > MOST_TEXTS:
        raise DomainError(f"{len(texts)} texts and {len(labels)} labels: one a text, and at most {MOST_TEXTS:,}")
    counts = Counter(labels)
    if not 2 <= len(counts) <= MOST_LABELS:
        raise RefusedError("labels", f"{len(counts)} labels; a triage needs 2 to {MOST_LABELS}")
    for name, count in sorted(counts.items()):
        if not name.strip() or len(name) > 200:
            raise RefusedError("labels", f"the label {name[:80]!r}: a name of 1 to 200 characters, for every text")
        parts = {fold_of(text, asked.folds) for text, own in zip(texts, labels, strict=True) if own == name}
        if count < LEAST_OF_A_LABEL or len(parts) < 2:
            raise RefusedError(
                "texts-of-a-label",
                f"{count} texts are labelled {name!r}, in {len(parts)} of {asked.folds} parts; at least {LEAST_OF_A_LABEL} in 2, "
                "so that some can be held out: collect more, or join the label with another",
            )
    return sorted(counts)


def _weighed(
    texts: Sequence[str], label: "NDArray[Any]", fold: "NDArray[Any]", *, labels: int, asked: Asked
) -> "tuple[Vocabulary, Rows, NDArray[Any], NDArray[Any]]":
    """Runs, rows, what is known of each unseen, margins held out: longer runs parted or whole, whatever is right more often."""
    import numpy as np

    found = vocabulary_of(texts, least=asked.least, most=asked.runs)
    best: tuple[int, Vocabulary, Rows, NDArray[Any], NDArray[Any]] | None = None
    for vocabulary in (found, replace(found, parted=False)):
        rows, unseen = rows_of(texts, vocabulary), rows_of(texts, vocabulary, own=asked.least)
        margins = _held_out_margins(rows, unseen, label, fold, runs=len(vocabulary), labels=labels, asked=asked)
        right = int(np.count_nonzero(margins.argmax(axis=1) == label))
        if best is None or right > best[0]:
            best = (right, vocabulary, rows, unseen.known, margins)
    assert best is not None
    return best[1:]


def _held_out_margins(
    rows: Rows, unseen: Rows, label: "NDArray[Any]", fold: "NDArray[Any]", *, runs: int, labels: int, asked: Asked
) -> "NDArray[Any]":
    """The margins of texts as they are seen by whoever has not learned from them: runs that nobody else wrote are not known."""
    import numpy as np

    margins = np.zeros((len(label), labels))
    for one in range(asked.folds):
        learned, held = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        if len(held):
            lines = lines_between(rows.of(learned), label[learned], runs=runs, labels=labels, cost=asked.cost)
            margins[held] = margins_of(unseen.of(held), lines.weights)
    return margins


def _held_out_shares(margins: "NDArray[Any]", label: "NDArray[Any]", fold: "NDArray[Any]", folds: int) -> "NDArray[Any]":
    import numpy as np

    shares = np.zeros_like(margins)
    for one in range(folds):
        learned, held = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        if len(held):
            shares[held] = calibration_of(margins[learned], label[learned]).probabilities(margins[held])
    return shares
