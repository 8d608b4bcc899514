"""Text as runs of one to three characters: Chinese needs no words for this, and nothing is hashed, so none fall together."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST: Final = 3
"""Characters in the longest run."""
MOST_CHARACTERS: Final = 10_000
"""Of a text; what is longer is refused, not cut in silence."""
SHIFT: Final = 21
"""Bits of a code point in a key: three of them fit into 63."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The runs of some texts, one after another: which text each is of, and its key."""

    texts: int
    row: "NDArray[Any]"
    key: "NDArray[Any]"


def plain_text(text: str) -> str:
    """Return a text in the form in which it is read: compatible characters as one, small letters, one space for any white.

    Args:
        text: at most MOST_CHARACTERS characters.

    Raises:
        DomainError: it is longer.

    Source: [UAX15] form KC.
    """
    if len(text) > MOST_CHARACTERS:
        raise DomainError(f"a text of {len(text):,} characters; at most {MOST_CHARACTERS:,}: shorten or part it")
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
    return " ".join(unicodedata.normalize("NFKC", whole).replace("\0", " ").lower().split())


def runs_of(texts: Sequence[str]) -> Runs:
    """Return all runs of one, two and three characters that texts hold, each as often as it stands there.

    Args:
        texts: as `plain_text` gives them.
    """
    import numpy as np

    points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    row = np.repeat(np.arange(len(texts), dtype=np.int64), np.array([len(one) for one in texts], dtype=np.int64))
    rows, keys = [row], [points]
    key = points
    for length in range(2, LONGEST + 1):
        key = (key[:-1] << SHIFT) | points[length - 1 :] if len(key) else key
        within = row[length - 1 :] == row[: len(row) - length + 1]
        rows.append(row[length - 1 :][within])
        keys.append(key[within])
    return Runs(texts=len(texts), row=np.concatenate(rows), key=np.concatenate(keys))


def key_of(run: str) -> int:
    """Return the key of one run.

    Raises:
        DomainError: it has not one to three characters.
    """
    if not 1 <= len(run) <= LONGEST or "\0" in run:
        raise DomainError(f"{run!r}: one to {LONGEST} characters, none of them NUL")
    key = 0
    for one in run:
        key = (key << SHIFT) | ord(one)
    return key


def run_of(key: int) -> str:
    """Return the run that a key stands for."""
    points = []
    while key:
        points.append(chr(key & ((1 << SHIFT) - 1)))
        key >>= SHIFT
    return "".join(reversed(points))


def foreign_share(text: str) -> float:
    """Return the share of the letters of a text that are of no Chinese, Japanese or Korean script; 0 where it has none.

    Args:
        text: as `plain_text` gives it.
    """
    letters = [one for one in text if one.isalpha()]
    return len([one for one in letters if one < "\u2e80"]) / len(letters) if letters else 0.0
