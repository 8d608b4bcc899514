"""Rules of a draw as people write them: a number of objects, or a part of them in whichever way."""

from fractions import Fraction

import pytest

from openqi.app.workspace.draws.cells import chance_of, checked_day, size_or_ratio
from openqi.formats.document import parse_yaml
from openqi.kernel.errors import FormatError

PLACE = parse_yaml(b"draw: x\n", name="openqi.yaml").need("draw")


@pytest.mark.parametrize(
    ("text", "size", "ratio"),
    [
        ("200", 200, None),
        ("1", 1, None),
        ("5 %", None, Fraction(1, 20)),
        ("5%", None, Fraction(1, 20)),
        ("0.5 %", None, Fraction(1, 200)),
        ("5％", None, Fraction(1, 20)),
        ("2 ‰", None, Fraction(1, 500)),
        ("100 %", None, Fraction(1)),
        ("1/20", None, Fraction(1, 20)),
        ("2/40", None, Fraction(1, 20)),
        ("0.05", None, Fraction(1, 20)),
    ],
)
def test_a_size_is_a_whole_number_and_a_part_is_exact(text: str, size: int | None, ratio: Fraction | None):
    assert size_or_ratio(PLACE, text) == (size, ratio)


@pytest.mark.parametrize(
    "text", ["", "five", "5 percent", "101 %", "-5 %", "1/0", "3/2", "1.5", "1 / x", "0x10", "٥", "1e-2", "-3"]
)
def test_what_is_neither_is_refused_with_its_line(text: str):
    with pytest.raises(FormatError, match=r"openqi\.yaml:1: draw: .*(no part of a whole|not between)"):
        size_or_ratio(PLACE, text)


def test_a_chance_keeps_no_rounding():
    assert chance_of(PLACE, "33.333333333333333333 %") == Fraction(33333333333333333333, 10**20)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-1-1", "20260101", "today", "", "2026-01-01T00:00:00Z"])
def test_a_day_that_is_none_is_refused(text: str):
    with pytest.raises(FormatError, match="is no day"):
        checked_day(text)
