"""Cuts texts and queries of a register into terms: two characters of Chinese, words, beginnings of words and of codes."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from openqi.store.register_search.index import Wanted

VERSION: Final = 1
"""Grows when the terms change; an index is then made again."""
_SHORT: Final = 6
_CODE: Final = 8
"""Longest beginnings that are terms, of words and of codes: thousands of firms share the first 8 of a social credit code."""
_RUN: Final = re.compile(
    r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)|([^\W_]+)", re.UNICODE
)
_LONGEST: Final = 64
_MOST: Final = 16
_MOST_TEXT: Final = 2_000


def folded(text: str) -> str:
    """Return text as it is compared: full-width forms, ligatures and case are folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def terms(text: str) -> Iterator[str]:
    """Yield the terms of a text: of Chinese each character and each two, of a word itself and its beginnings."""
    for match in _RUN.finditer(folded(text[:_MOST_TEXT])):
        chinese, word = match[1], match[2]
        if chinese:
            yield from chinese
            yield from (chinese[at : at + 2] for at in range(len(chinese) - 1))
        else:
            yield "=" + word[:_LONGEST]
            yield from ("^" + word[:size] for size in range(1, min(len(word), _beginnings(word)) + 1))


def _beginnings(word: str) -> int:
    return _CODE if word[0].isdigit() else _SHORT


def wanted(query: str) -> tuple[Wanted, ...]:
    """Return the terms that a query asks for, at most 16; empty where it has no word ("-", say), which must not find everything."""
    found: dict[Wanted, None] = {}
    for match in _RUN.finditer(folded(query[:200])):
        chinese, word = match[1], match[2]
        if chinese:
            pairs = [chinese[at : at + 2] for at in range(len(chinese) - 1)] or [chinese]
            found |= dict.fromkeys(Wanted(term=one) for one in pairs)
        elif len(word) <= _beginnings(word):
            found[Wanted(term="^" + word)] = None
        else:
            found[Wanted(term="=" + word[:_LONGEST], beginning=True)] = None
    return tuple(found)[:_MOST]
