"""The words of the pages in Chinese and English, out of `words*.tsv`; evidence itself is shown as it was stated."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, NamedTuple


class Phrase(NamedTuple):
    """One phrase in both languages; names in braces are filled in."""

    zh: str
    en: str


LANGUAGES: Final = ("zh", "en")


def read_phrases(text: str) -> Mapping[str, Phrase]:
    """Return every phrase by name.

    Raises:
        ValueError: a line has not three parts, or a name stands twice.
    """
    found: dict[str, Phrase] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, zh, en = line.split("\t")
            if name in found:
                raise ValueError(f"the phrase {name!r} stands twice")
            found[name] = Phrase(zh=zh, en=en)
    return MappingProxyType(found)


@cache
def phrases() -> Mapping[str, Phrase]:
    """Return every phrase by name. A page that asks for any other fails in the tests, never before a reader."""
    folder = files("openqi.interfaces.web")
    tables = sorted(
        (table for table in folder.iterdir() if table.name.startswith("words") and table.name.endswith(".tsv")), key=_name
    )
    return read_phrases("\n".join(table.read_text(encoding="utf-8") for table in tables))


def _name(table: Traversable) -> str:
    return table.name


def phrase(name: str, language: str, **filled: object) -> str:
    """Return a phrase in a language."""
    found = phrases()[name]
    text = found.zh if language == "zh" else found.en
    return text.format(**filled) if filled else text


def term(prefix: str, name: str, language: str) -> str:
    """Return a word of the evidence (a kind, a capacity, a field, a value) in a language; one that is not known stays as it is."""
    found = phrases().get(f"{prefix}:{name}")
    return name if found is None else found.zh if language == "zh" else found.en


class PageWords:
    """The words of the pages, for letters, which are written below the interfaces."""

    def phrase(self, name: str, language: str, **filled: object) -> str:
        """Return a phrase in a language."""
        return phrase(name, language, **filled)

    def term(self, prefix: str, name: str, language: str) -> str:
        """Return a word of the evidence in a language."""
        return term(prefix, name, language)


def preferred(header: str) -> str:
    """Return `zh` or `en` as an Accept-Language header prefers; Chinese where it says nothing.

    Source: [RFC9110] section 12.5.4.
    """
    best, weight = "zh", 0.0
    for part in header[:1000].lower().split(","):
        tag, *parameters = [piece.strip() for piece in part.split(";")]
        language = tag.partition("-")[0]
        given = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if language in LANGUAGES and given > weight:
            best, weight = language, given
    return best


def _weight(text: str) -> float:
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0
