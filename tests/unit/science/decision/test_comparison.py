"""The two methods of GB/T 8170: the value as reported, or the exact value rounded once."""

from fractions import Fraction

import pytest

from openqi.kernel.decimals import fraction, rounded_result
from openqi.kernel.errors import DomainError
from openqi.science.decision.comparison import COMPARISONS, full_value, rounded_value
from vectors_of import vectors_of

CASES = vectors_of("kernel/gbt8170.json")["cases"]


def test_the_methods_are_known_by_the_names_that_requirements_use():
    assert dict(COMPARISONS) == {"full-value": full_value, "rounded-value": rounded_value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['value']} to {case['interval']}")
def test_the_rounded_value_is_that_of_the_examples_of_the_standard(case):
    assert rounded_value(fraction(case["value"]), "0", case["interval"]) == case["rounded"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['value']} to {case['interval']}")
def test_the_full_value_is_what_was_reported_with_all_its_zeros(case):
    assert full_value(Fraction(1, 3), case["value"] + "00" * ("." in case["value"]), None).startswith(case["value"])
    assert full_value(Fraction(1, 3), "2.0350", None) == "2.0350"


@pytest.mark.parametrize(
    ("exact", "u", "interval", "once", "twice"),
    [
        ("15.4546", "0.10", "1", "15", "15"),
        ("15.496", "0.10", "1", "15", "16"),
        ("97.496", "0.12", "1", "97", "98"),
        ("-15.496", "0.10", "1", "-15", "-16"),
        ("0.3496", "0.010", "0.1", "0.3", "0.4"),
        ("60.2496", "0.010", "0.5", "60.0", "60.0"),
        ("60.7496", "0.010", "0.5", "60.5", "61.0"),
    ],
)
def test_rounding_once_starts_from_the_exact_value_and_rounding_twice_goes_wrong(exact, u, interval, once, twice):
    """[GBT8170] 3.3: first to the place of U and then to the interval is not allowed; the traps show why."""
    reported, _ = rounded_result(exact, u)
    assert rounded_value(fraction(exact), reported, interval) == once
    assert rounded_value(fraction(reported), reported, interval) == twice


@pytest.mark.parametrize("exact", ["15.496", "97.496", "0.3496"])
def test_the_reported_text_plays_no_part_in_the_rounded_value(exact):
    interval = "0.1" if exact.startswith("0") else "1"
    expected = rounded_value(fraction(exact), exact, interval)
    for reported in ("99", exact, "nonsense"):
        assert rounded_value(fraction(exact), reported, interval) == expected


def test_each_method_has_its_interval_or_none():
    with pytest.raises(DomainError, match=r"full-value comparison does not round, so an interval of 0.1 has no meaning"):
        full_value(Fraction(1), "1", "0.1")
    with pytest.raises(DomainError, match="needs the rounding interval"):
        rounded_value(Fraction(1), "1", None)
    for interval in ("0.3", "4", "0", "-1"):
        with pytest.raises(DomainError):
            rounded_value(Fraction(1), "1", interval)
