"""What checks of certificates found, said in the language of the reader: sentences are recognised by the table of words."""

import re
from functools import cache
from typing import Final

from openqi.interfaces.web.words import phrases, term

_PREFIX: Final = "found:"
_SLOT: Final = re.compile(r"\{(\w+)\}")
_TOKEN: Final = frozenset(
    {"element", "parent", "count", "values", "bits", "least", "most", "later", "earlier", "day", "unit", "value"}
)
"""Slots that hold no space, so that a sentence is not taken for another one."""
_LONGEST: Final = 4000
_NESTED: Final = frozenset({"why", "meaning"})


def said_in(sentence: str, language: str) -> str:
    """Return a sentence of a check in a language; one that the table does not have stays as it is.

    Args:
        sentence: as the check says it, in English.
        language: `zh` or `en`.
    """
    if language != "zh" or not sentence or len(sentence) > _LONGEST:
        return sentence
    return _chinese(sentence) or sentence


def _chinese(sentence: str) -> str | None:
    if "; " in sentence:
        parts = [_whole(part) for part in sentence.split("; ")]
        if all(parts):
            return "；".join(filter(None, parts))
    return _whole(sentence)


def _whole(sentence: str) -> str | None:
    for pattern, chinese in _table():
        if found := pattern.fullmatch(sentence):
            return chinese.format(**{name: _filled(name, text) for name, text in found.groupdict().items()})
    return None


def _filled(name: str, text: str) -> str:
    if name in _NESTED:
        return _chinese(text) or text
    if name.startswith("outcome"):
        return "、".join(term("outcome", one, "zh") for one in text.split())
    return f"“{text[1:-1]}”" if len(text) > 1 and text[0] == text[-1] == "'" else text


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with their Chinese, those with most words of their own first."""
    found = [one for name, one in phrases().items() if name.startswith(_PREFIX)]
    found.sort(key=lambda one: -len(_SLOT.sub("", one.en)))
    return tuple((_pattern(one.en), one.zh) for one in found)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _SLOT.split(text)
    for place in range(1, len(parts), 2):
        parts[place] = f"(?P<{parts[place]}>{_slot(parts[place])})"
    return re.compile("".join(part if place % 2 else re.escape(part) for place, part in enumerate(parts)), re.DOTALL)


def _slot(name: str) -> str:
    return r"\S+?" if name in _TOKEN else r"[A-Za-z]+?" if name.startswith("outcome") and name != "outcomes" else ".+?"
