"""What a text tells of harm: each word that was found, where it stands, and whether it is stated, denied or only feared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple

from openqi.science.triage.grams import plain_text
from openqi.science.triage.hazards import chinese, english

Kind = Literal["harm", "who", "part", "product"]
State = Literal["stated", "denied", "feared"]
Level = Literal["grave", "harm", "danger", "none"]
"""How urgent: death or what can kill; other harm; harm that is only feared; nothing of the kind."""
LEVELS: Final[tuple[Level, ...]] = ("grave", "harm", "danger", "none")
GRAVE: Final = frozenset(
    {
        "death",
        "fire",
        "explosion",
        "electric-shock",
        "choking",
        "poisoning",
        "amputation",
        "fracture",
        "drowning",
        "treatment",
        "burn",
    }
)
INFANT_MONTHS: Final = 36
CHILD_MONTHS: Final = 14 * 12
ELDERLY_MONTHS: Final = 60 * 12
_NEAR: Final = 12  # characters before a Chinese word in which a fear of it is looked for, within its clause
_STOPS: Final = "，。！？；：,.!?;:、\n"
_AGES: Final = re.compile(
    r"(?P<months>\d{1,2})\s*(?:个月|月龄|-?\s*(?:mo|m/o|mof|mom)\b|-?\s*months?\b)"
    r"|(?P<years>\d{1,3})(?:\s*周?岁|\s*-?\s*y(?:/|\s)?(?:r|rs|ears?)?(?:/|-|\s)*(?:old|o)?(?:\s*[mf])?\b)"
)


class Mention(NamedTuple):
    """A word that was found: what it tells of, its code, where it stands in the plain text, and how it is meant."""

    kind: Kind
    code: str
    word: str
    start: int
    state: State


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """What a text tells of harm.

    Args:
        level: how urgent it is.
        harm, feared, who, part, product: codes, each once, in the order in which they stand in the text.
        months: age of the person, if one is told.
        mentions: every word on which this rests.
    """

    level: Level
    harm: tuple[str, ...]
    feared: tuple[str, ...]
    who: tuple[str, ...]
    part: tuple[str, ...]
    product: tuple[str, ...]
    months: int | None
    mentions: tuple[Mention, ...]


def hazard_in(text: str) -> Hazard:
    """Return what a text in Chinese or English tells of harm.

    A word counts as denied only if a word of denial stands right before it, or with nothing but words of a short list between:
    what is denied farther away is rather taken as stated, for a harm that is overlooked costs more than one that is looked at.

    Args:
        text: at most 10,000 characters.

    Raises:
        DomainError: it is longer.
    """
    plain = plain_text(text)
    found = sorted((*_mentions(plain, _words("zh"), "zh"), *_mentions(plain, _words("en"), "en")), key=lambda one: one.start)
    months = _age(plain)
    stated = {kind: _codes(found, kind, "stated") for kind in ("harm", "part", "product", "who")}
    feared = tuple(one for one in _codes(found, "harm", "feared") if one not in stated["harm"])
    level: Level = "none"
    if stated["harm"]:
        level = "grave" if GRAVE.intersection(stated["harm"]) else "harm"
    elif feared:
        level = "danger"
    return Hazard(
        level=level, harm=stated["harm"], feared=feared, who=_who(stated["who"], months), part=stated["part"],
        product=stated["product"], months=months, mentions=tuple(found),
    )  # fmt: skip


def _codes(found: Iterable[Mention], kind: str, state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in found if one.kind == kind and one.state == state))


def _who(told: tuple[str, ...], months: int | None) -> tuple[str, ...]:
    if months is None:
        return told
    by_age = "infant" if months < INFANT_MONTHS else "child" if months < CHILD_MONTHS else ""
    by_age = "elderly" if months >= ELDERLY_MONTHS else by_age
    return told if not by_age or by_age in told else (by_age, *told)


def _age(plain: str) -> int | None:
    """Months of the first age that is told; of an infant's in years the whole year."""
    found = _AGES.search(plain)
    if found is None:
        return None
    months = int(found["months"]) if found["months"] else 12 * int(found["years"])
    return months if months <= 125 * 12 else None


class _Words(NamedTuple):
    """A pattern over all words of one language, the longest first, and what each tells of; idioms tell of nothing."""

    pattern: re.Pattern[str]
    told: Mapping[str, tuple[tuple[Kind, str], ...]]
    denied: re.Pattern[str]
    feared: re.Pattern[str]
    feared_after: re.Pattern[str]


@cache
def _words(language: str) -> _Words:
    module = chinese if language == "zh" else english
    told: dict[str, tuple[tuple[Kind, str], ...]] = dict.fromkeys(_listed(module.IDIOMS, language), ())
    lists: tuple[tuple[Kind, Mapping[str, str]], ...] = (
        ("harm", module.HARM), ("who", module.WHO), ("part", module.PART), ("product", module.PRODUCT),
    )  # fmt: skip
    for kind, codes in lists:
        for code, words in codes.items():
            for word in _listed(words, language):
                told[word] = (*told.get(word, ()), (kind, code))
    edge = r"\b" if language == "en" else ""
    space = r"\s+" if language == "en" else ""
    between = f"(?:{space}(?:{_any(_listed(module.BETWEEN, language))}))*"
    return _Words(
        re.compile(rf"(?<![a-z])(?:{_any(told)}){edge}" if edge else _any(told)), told,
        re.compile(rf"{edge or '(?<![会能有])'}(?:{_any(_listed(module.DENIED, language))}){between}{space}$"),
        re.compile(rf"{edge}(?:{_any(_listed(module.FEARED, language))}){edge}"),
        re.compile(rf"(?:{space})(?:{_any(_listed(module.FEARED_AFTER, language))}){edge}"),
    )  # fmt: skip


def _listed(words: str, language: str) -> list[str]:
    return [one.strip() for one in (words.split(",") if language == "en" else words.split())]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(set(words), key=lambda one: (-len(one), one)))


def _mentions(plain: str, words: _Words, language: str) -> Iterable[Mention]:
    for found in words.pattern.finditer(plain):
        for kind, code in words.told[found[0]]:
            state = _state(plain, found, words, language) if kind == "harm" else "stated"
            yield Mention(kind, code, found[0], found.start(), state)


def _state(plain: str, found: re.Match[str], words: _Words, language: str) -> State:
    begin = max((plain.rfind(stop, 0, found.start()) for stop in _STOPS), default=-1) + 1
    clause = plain[begin : found.start()]
    if words.denied.search(clause):
        return "denied"
    near = clause[-_NEAR:] if language == "zh" else clause[-3 * _NEAR :]
    return "feared" if words.feared.search(near) or words.feared_after.match(plain, found.end()) else "stated"
