"""Labels of tables in the reader's language: English as they stand, Chinese out of a list of words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels by their English text.

    Args:
        words: the Chinese of each.
        others: whether a label that has none, a name out of somebody's table for example, stands as it is.
    """

    words: Mapping[str, str]
    others: bool = False

    def term(self, text: str, language: str) -> str:
        """Return a label in a language; raises KeyError where it has no Chinese and needs some."""
        if language != "zh":
            return text
        return self.words.get(text, text) if self.others else self.words[text]

    def terms(self, texts: Iterable[str], language: str) -> tuple[str, ...]:
        """Return labels in a language."""
        return tuple(self.term(text, language) for text in texts)
