"""Texts as rows of numbers: how often each known run stands there, damped, by how rare it is, each row of length one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

from openqi.science.numbers.elementary import log
from openqi.science.triage.grams import SHIFT, Runs, plain_text, run_of, runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGER: Final = 1 << SHIFT
_LONGEST: Final = 1 << 2 * SHIFT


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The runs that a model knows.

    Args:
        keys: of the runs, rising.
        texts: of how many texts each was counted in.
        documents: in how many texts each stands.
        parted: whether a run of n characters counts 1 / n: it overlaps with n - 1 others that say the same.
    """

    keys: "NDArray[Any]"
    documents: "NDArray[Any]"
    texts: int
    parted: bool = True

    def __len__(self) -> int:
        """Return how many runs are known."""
        return len(self.keys)

    def runs_at(self, places: Sequence[int]) -> list[str]:
        """Return the runs at some places."""
        return [run_of(key) for key in self.keys[list(places)].tolist()]

    @cached_property
    def worth(self) -> "NDArray[Any]":
        """Return what one occurrence of each run counts: 1 + ln((1 + texts) / (1 + documents)), if `parted` over its characters.

        Source: [SALTON-BUCKLEY1988], smoothed as if one more text held every run.
        """
        import numpy as np

        counts, place = np.unique(self.documents, return_inverse=True)
        each = [1.0 + log((1 + self.texts) / (1 + count)) for count in counts.tolist()]
        characters = 1.0 + (self.keys >= _LONGER) + (self.keys >= _LONGEST)
        whole = np.array(each, dtype=np.float64)[place]
        return whole / characters if self.parted else whole


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Texts as sparse rows: those of text i lie from start[i] to start[i + 1]; `known` is the share of its runs that are known."""

    start: "NDArray[Any]"
    run: "NDArray[Any]"
    value: "NDArray[Any]"
    known: "NDArray[Any]"

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self.start) - 1

    def of(self, rows: "NDArray[Any]") -> "Rows":
        """Return some of them, in the order of their numbers."""
        import numpy as np

        count = self.start[rows + 1] - self.start[rows]
        start = np.zeros(len(rows) + 1, dtype=np.int64)
        for place, one in enumerate(count.tolist()):
            start[place + 1] = start[place] + one
        at = np.repeat(self.start[rows] - start[:-1], count) + np.arange(int(start[-1]))
        return Rows(start=start, run=self.run[at], value=self.value[at], known=self.known[rows])


def vocabulary_of(texts: Sequence[str], *, least: int, most: int) -> Vocabulary:
    """Return the runs that stand in enough different texts; of too many the ones in most texts, of equal ones the lower keys.

    A text that stands there twice counts once: its own turns of phrase would else be known to a model that has not seen it.

    Args:
        texts: any.
        least: texts that a run must stand in.
        most: runs that are kept.
    """
    import numpy as np

    different = list(dict.fromkeys(plain_text(one) for one in texts))
    runs = runs_of(different)
    order = np.lexsort((runs.row, runs.key))
    row, key = runs.row[order], runs.key[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (row[1:] != row[:-1])
    keys, documents = np.unique(key[new], return_counts=True)
    kept = np.flatnonzero(documents >= least)
    if len(kept) > most:
        kept = np.sort(kept[np.lexsort((keys[kept], -documents[kept]))][:most])
    return Vocabulary(keys=keys[kept], documents=documents[kept].astype(np.int64), texts=len(different))


def rows_of(texts: Sequence[str], vocabulary: Vocabulary, *, own: int = 0) -> Rows:
    """Return texts as rows over a vocabulary; a text without any known run is a row of nothing.

    Args:
        texts: any.
        vocabulary: what is known.
        own: for texts that were counted in the vocabulary and are to be seen as if they had not been: in how many others a run
            must stand.
    """
    return plain_rows([plain_text(one) for one in texts], vocabulary, own=own)


def plain_rows(texts: Sequence[str], vocabulary: Vocabulary, *, own: int = 0) -> Rows:
    """Return what `rows_of` returns of texts that are in their plain form already."""
    import numpy as np

    runs = runs_of(texts)
    size = len(vocabulary)
    where = np.searchsorted(vocabulary.keys, runs.key)
    found = np.flatnonzero(vocabulary.keys[np.minimum(where, size - 1)] == runs.key) if size else np.zeros(0, dtype=np.int64)
    found = found if own == 0 else found[vocabulary.documents[where[found]] > own]
    pairs = np.sort(runs.row[found] * size + where[found])
    at = np.flatnonzero(np.diff(pairs, prepend=-1))
    count = np.diff(at, append=len(pairs))
    row, run = np.divmod(pairs[at], max(size, 1))
    value = _damped(int(np.max(count, initial=1)))[count] * vocabulary.worth[run]
    length = np.sqrt(np.bincount(row, weights=value * value, minlength=runs.texts))
    start = np.searchsorted(row, np.arange(runs.texts + 1))
    return Rows(start=start, run=run, value=value / length[row], known=_known(runs, found))


def _known(runs: Runs, found: "NDArray[Any]") -> "NDArray[Any]":
    """The share of the runs of two and three characters that are known; single ones are known of any language met once."""
    import numpy as np

    longer = runs.key >= _LONGER
    told = np.bincount(runs.row[found[longer[found]]], minlength=runs.texts)
    asked = np.bincount(runs.row[longer], minlength=runs.texts)
    return told / np.maximum(asked, 1)


@cache
def _damped(most: int) -> Any:
    """1 + ln n for each n up to `most`; 0 for none."""
    import numpy as np

    return np.array([0.0, *(1.0 + log(float(count)) for count in range(1, most + 1))], dtype=np.float64)
