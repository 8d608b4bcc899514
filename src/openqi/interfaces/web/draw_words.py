"""Rules, chances and tickets of a draw in plain words, and all that the replay in a browser may have to say."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from openqi.interfaces.web.words import phrase, phrases
from openqi.records.draws import ClassBound, StratumExpected, StratumStated

_REPLAY: Final = "draw-replay:"
_DIGITS: Final = 12


def words_of_draws(language: str) -> Mapping[str, Callable[..., Any]]:
    """Return what templates of draws need, in a language."""
    return {
        "rules": partial(rules_told, language=language), "part": partial(part_told, language=language),
        "chance": partial(chance_told, language=language), "replay": partial(replay_words, language),
        "ticket": ticket_told, "number": number_told, "label": partial(_label, language=language),
        "source_look": partial(source_look, language=language), "percent": percent_told,
    }  # fmt: skip


def replay_words(language: str) -> dict[str, str]:
    """Return every phrase of the replay, which a script fills in."""
    return {name.removeprefix(_REPLAY): phrase(name, language) for name in phrases() if name.startswith(_REPLAY)}


def rules_told(rule: StratumStated, expected: StratumExpected, *, language: str) -> list[str]:
    """Return what a rule means: how many of how many, who has which chance, and the bounds of classes."""
    drawn, objects = Fraction(expected.drawn), expected.objects
    filled = {"objects": objects, "drawn": number_told(drawn), "part": part_told(drawn / max(objects, 1), language=language)}
    if rule.design == "order":
        found = [phrase("draws-rule-order", language, **filled)]
    elif drawn == objects:
        found = [phrase("draws-rule-all", language, **filled)]
    else:
        name = rule.design if rule.design in ("equal", "poisson") else "sized"
        found = [phrase(f"draws-rule-{name}", language, **filled)]
    return found + [_bound(one, side, language) for side, bounds in (("floor", rule.floors), ("cap", rule.caps)) for one in bounds]


def _bound(one: ClassBound, side: str, language: str) -> str:
    chance = Fraction(one.chance)
    sure = "-sure" if side == "floor" and chance == 1 else ""
    return phrase(
        f"draws-rule-{side}{sure}", language, risk_class=_label(one.risk_class, language=language),
        part=part_told(chance, language=language),
    )  # fmt: skip


def _label(label: str, *, language: str) -> str:
    return label or phrase("draws-no-label", language)


def part_told(part: Fraction, *, language: str) -> str:
    """Return a part of a whole in words: `1 in 50`; what is no such part as about one in a decimal number."""
    if part >= 1:
        return phrase("draws-every", language)
    if part.numerator == 1:
        return phrase("draws-one-in", language, count=part.denominator)
    if part.denominator <= 100:
        return phrase("draws-some-in", language, some=part.numerator, count=part.denominator)
    return phrase("draws-about-one-in", language, count=number_told(1 / part)) if part else "0"


def chance_told(chance: Fraction, *, language: str) -> str:
    """Return a chance as a fraction, in per cent and in words; a fraction of many digits is left out."""
    fraction = str(chance) if len(str(chance)) <= 2 * _DIGITS else ""
    percent = f"{float(chance * 100):.4g} %"
    words = part_told(chance, language=language)
    return phrase("separator-list", language).join(one for one in (fraction, percent, words) if one)


def number_told(value: Fraction | float | str) -> str:
    """Return a number as people read it: whole, else with up to three digits that tell."""
    number = Fraction(value)
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.1f}" if number >= 10 else f"{float(number):.3g}"


def percent_told(value: str) -> str:
    """Return a part of one as per cent, with as many digits as it was stated with."""
    return f"{Decimal(value).scaleb(2):f} %"


def ticket_told(value: Fraction) -> str:
    """Return a ticket or a rank as a decimal number of eight digits; what is compared has all of them."""
    return f"{float(value):.8g}"


def source_look(source: str, event: str, form: str, *, language: str) -> str:
    """Return how anybody looks a value up."""
    network = source.removeprefix("drand ")
    name = f"draws-look-{form}" if f"draws-look-{form}" in phrases() else "draws-look-bytes"
    return phrase(name, language, source=source, event=event, network=network)
