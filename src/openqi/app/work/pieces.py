"""Cuts text into the pieces under which it is found: two-character pieces of Chinese, beginnings of words of other scripts."""

import re
import unicodedata
from typing import Final

VERSION: Final = 1
"""Grows when the pieces change; the index is then made again."""
_LONGEST: Final = 12
_MOST: Final = 2_000
_RUN: Final = re.compile(
    r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)|([^\W_]+)", re.UNICODE
)


def folded(text: str) -> str:
    """Return text as it is compared: full-width forms, ligatures and case are folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def indexed(*texts: str) -> frozenset[str]:
    """Return the pieces of texts, at most 2,000: of Chinese each character and each two, of a word every beginning from one on."""
    pieces: dict[str, None] = {}
    for text in texts:
        for match in _RUN.finditer(folded(text)):
            chinese, word = match[1], match[2]
            made = (*_pairs(chinese), *chinese) if chinese else [word[:size] for size in range(1, min(len(word), _LONGEST) + 1)]
            for piece in made:
                pieces.setdefault(piece)
            if len(pieces) >= _MOST:
                return frozenset(list(pieces)[:_MOST])
    return frozenset(pieces)


def asked(query: str) -> tuple[str, ...]:
    """Return the pieces that a query asks for, all of which a thing must have; at most 16."""
    pieces: dict[str, None] = {}
    for match in _RUN.finditer(folded(query[:200])):
        chinese, word = match[1], match[2]
        for piece in (_pairs(chinese) or [chinese]) if chinese else [word[:_LONGEST]]:
            pieces.setdefault(piece)
    return tuple(pieces)[:16]


def marked(text: str, query: str, *, around: int = 60) -> tuple[tuple[str, bool], ...]:
    """Return a short part of a text about its first match, in runs, each with whether it matches the query."""
    wanted = sorted({match[0] for match in _RUN.finditer(folded(query[:200]))} | set(asked(query)), key=len, reverse=True)
    low = text.casefold()
    if len(low) != len(text) or not wanted:  # a fold that changes lengths cannot be shown at its place
        return ((text[: 3 * around], False),)
    finding = re.compile("|".join(map(re.escape, wanted)))
    first = finding.search(low)
    start = max(0, first.start() - around) if first else 0
    stop = min(len(text), start + 3 * around)
    runs: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for match in finding.finditer(low, start, stop):
        if match.start() > at:
            runs.append((text[at : match.start()], False))
        runs.append((text[match.start() : match.end()], True))
        at = match.end()
    rest = text[at:stop] + ("…" if stop < len(text) else "")
    return (*runs, *(((rest, False),) if rest else ()))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
