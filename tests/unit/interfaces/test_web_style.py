"""The style sheet: every text can be read on its ground, in light and in dark, and nothing comes from elsewhere."""

import re
from pathlib import Path

import pytest

from openqi.interfaces.web import words

SHEET = (Path(words.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
TEXTS, GROUNDS = ("ink", "muted", "link", "link-strong", "bad", "good", "warn"), ("paper", "card", "soft")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((name, f"{name}-bg") for name in ("good", "check", "warn", "bad", "none")),
]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme; dark changes some of light."""
    light, dark = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_of_black_on_white_is_21_to_1():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa_on_its_ground(scheme: str):
    colours = tokens(scheme)
    poor = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    assert contrast(colours["focus"], colours["paper"]) >= 3
    assert contrast("#ffffff", "#0a5a68") >= 4.5  # a button is the same in both


def test_the_style_sheet_fetches_nothing():
    assert "url(" not in SHEET
    assert "@import" not in SHEET
