"""What the pages of market surveillance need of numbers and words, in the language of the page."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any, Final

from openqi.app.acts.acts import act_of
from openqi.app.reading.surveillance.board import GROUPS, Rates
from openqi.interfaces.web.words import phrase
from openqi.pillars.surveillance.risk.changing import AppealClass
from openqi.records.draw_rows import DrawnRow

_LEFT: Final = 4.0
_WIDE: Final = 192.0
"""Where a rate of nothing stands in a picture, and how far from there the highest one does."""


def words_of_surveillance(language: str) -> Mapping[str, Any]:
    """Return what templates call, by name."""
    return {
        "across": across, "top": top, "group": lambda code: GROUPS[code], "chance": lambda row: chance(row, language),
        "appeal": lambda: act_of(AppealClass.NAME).slug,
    }  # fmt: skip


def top(rates: Sequence[Rates]) -> Fraction:
    """Return the highest rate that a picture of rates has to reach: a whole tenth."""
    ends = [float(end) for one in rates for rate in one.stated.rates for end in (rate.value, rate.upper) if end is not None]
    shown = [end for end in ends if end <= 1.0]
    return Fraction(max(ceil(max(shown, default=0.1) * 10 - 1e-9), 1), 10)


def across(rate: str, highest: Fraction) -> str:
    """Return where a rate stands in the picture."""
    return f"{_LEFT + _WIDE * min(float(rate) / float(highest), 1.0):.1f}"


def chance(row: DrawnRow, language: str) -> str:
    """Return the chance of an object to be drawn: exactly as the plan has it, and in per cent."""
    share = Fraction(row.target)
    told = f"{float(share) * 100:.2f} %"
    if row.chance is None:
        return told if share.denominator == 1 else f"{told} ({row.target})" if len(row.target) < 20 else told
    return phrase("insp-chance-true", language, true=f"{float(row.chance) * 100:.2f} %", target=told)
