"""Decimal text and rounding, against published examples, the plain definition and the decimal module."""

import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.decimals import (
    decimal,
    fraction,
    fraction_of_float,
    nearest_float,
    rounded,
    rounded_gbt8170,
    rounded_result,
    text_of,
)
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from shared_data import ROOT

GBT8170 = json.loads((ROOT / "vectors/kernel/gbt8170.json").read_text("utf-8"))["cases"]
GUM = json.loads((ROOT / "vectors/kernel/gum_7_2_6.json").read_text("utf-8"))["cases"]
INTERVALS = ["0.001", "0.02", "0.05", "0.1", "0.5", "1", "2", "5", "20", "100", "1000"]
WIDE = Context(prec=200)

texts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6).map(text_of)


def plainly_rounded(value: Fraction, interval: Fraction, rule: str) -> Fraction:
    """The definition, written out: look at all multiples near the value and take the one the rule names."""
    near = int(value / interval)
    multiples = range(near - 2, near + 3)
    if rule == "up":
        fitting = [m for m in multiples if abs(m * interval) >= abs(value) and m * value >= 0]
        return min(fitting, key=lambda m: abs(m * interval)) * interval
    distance = min(abs(m * interval - value) for m in multiples)
    best = [m for m in multiples if abs(m * interval - value) == distance]
    if rule == "half-up":
        return max(best, key=abs) * interval
    return next(m for m in best if len(best) == 1 or m % 2 == 0) * interval


@pytest.mark.parametrize("case", GBT8170, ids=lambda case: f"{case['clause']}:{case['value']}")
def test_the_examples_of_gbt8170_round_as_the_standard_says(case):
    assert rounded_gbt8170(case["value"], case["interval"]) == case["rounded"]
    plain = plainly_rounded(fraction(case["value"]), fraction(case["interval"]), "half-even")
    assert plain == fraction(case["rounded"])


@pytest.mark.parametrize("case", GUM, ids=lambda case: f"{case['value']}+-{case['uncertainty']}")
def test_results_are_reported_as_gum_says(case):
    assert list(rounded_result(case["value"], case["uncertainty"], digits=case["digits"], rule=case["rule"])) == case["rounded"]


@given(texts, st.sampled_from(INTERVALS), st.sampled_from(["half-even", "half-up", "up"]))
def test_rounding_agrees_with_the_plain_definition(value, interval, rule):
    result = rounded(value, interval, rule=rule)
    assert fraction(result) == plainly_rounded(fraction(value), fraction(interval), rule)
    assert len(result.partition(".")[2]) == len(interval.partition(".")[2])


@given(texts, st.integers(0, 8))
def test_rounding_to_a_place_agrees_with_the_decimal_module(value, places):
    interval = text_of(Decimal(1).scaleb(-places))
    for rule, mode in (("half-even", ROUND_HALF_EVEN), ("half-up", ROUND_HALF_UP), ("up", ROUND_UP)):
        assert rounded(value, interval, rule=rule) == text_of(
            Decimal(value).quantize(Decimal(interval), rounding=mode, context=WIDE)
        )


@given(texts, st.integers(-3, 3))
def test_half_and_fifth_units_agree_with_the_procedure_of_doubling_and_of_five_times(value, power):
    unit = Decimal(1).scaleb(power)
    for times in (2, 5):
        by_procedure = (Decimal(value) * times).quantize(unit, rounding=ROUND_HALF_EVEN, context=WIDE) / times
        assert fraction(rounded_gbt8170(value, text_of(unit / times))) == Fraction(by_procedure)


@given(texts, st.sampled_from(INTERVALS), st.sampled_from(["half-even", "half-up", "up"]))
def test_a_negative_value_rounds_to_minus_what_its_magnitude_rounds_to(value, interval, rule):
    exact = fraction(value)
    assert fraction(rounded(-exact, interval, rule=rule)) == -fraction(rounded(exact, interval, rule=rule))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30))
def test_a_float_is_rounded_by_its_exact_binary_value(number):
    assert fraction_of_float(number) == Fraction(*number.as_integer_ratio())
    assert fraction(rounded(fraction_of_float(number), "0.01")) == Fraction(
        Decimal(number).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN, context=WIDE)
    )


def test_a_float_that_looks_like_a_tie_is_not_one():
    assert rounded(fraction_of_float(2.675), "0.01") == "2.67"
    assert rounded("2.675", "0.01") == "2.68"


def test_rounding_twice_is_not_rounding_once():
    once = rounded_gbt8170("15.4546", "1")
    again = "15.4546"
    for interval in ("0.001", "0.01", "0.1", "1"):
        again = rounded_gbt8170(again, interval)
    assert (once, again) == ("15", "16")


@given(
    texts,
    st.fractions(min_value=Fraction(1, 10**20), max_value=10**20),
    st.sampled_from([1, 2]),
    st.sampled_from(["half-even", "half-up", "up"]),
)
def test_a_reported_uncertainty_has_the_digits_that_were_asked_for(value, uncertainty, digits, rule):
    reported, text = rounded_result(value, uncertainty, digits=digits, rule=rule)
    assert len(text.replace(".", "").strip("0")) <= digits
    decimals = len(text.partition(".")[2])
    assert len(reported.partition(".")[2]) == decimals
    if decimals:
        assert len(text.replace(".", "").lstrip("0")) == digits
    place = next(p for p in range(40, -40, -1) if Fraction(10) ** p <= uncertainty) - digits + 1
    assert abs(fraction(text) - uncertainty) <= Fraction(10) ** place * (1 if rule == "up" else Fraction(1, 2))
    assert rule != "up" or fraction(text) >= uncertainty


@pytest.mark.parametrize("text", ["2.0350", "0", "0.0", "-0.0350", "100", "10.00", "9" * 60, "-1"])
def test_decimal_text_keeps_its_zeros(text):
    assert text_of(decimal(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "+1", "1.", ".5", "01", "00", "-01", "-0", "-0.00", "1e3", "1E3", "1,5", "1 000", " 1", "1\n", "1_0",
     "NaN", "Infinity", "-inf", "0x1", "１２", "٣", "1.5.2", "--1", "−1", "²", "9" * 61],
)  # fmt: skip
def test_what_is_not_a_plain_decimal_is_refused(text):
    with pytest.raises(FormatError, match="decimal"):
        decimal(text)


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+60", "1E-999999", "0E-99", "1" * 61])
def test_numbers_without_a_short_text_have_none(number):
    with pytest.raises(DomainError):
        text_of(Decimal(number))


def test_a_negative_zero_loses_its_sign():
    assert text_of(Decimal("-0.00")) == "0.00"
    assert rounded("-0.04", "0.1") == "0.0"


@pytest.mark.parametrize("interval", ["0", "-0.1", "0.0"])
def test_an_interval_that_is_not_positive_is_refused(interval):
    with pytest.raises(DomainError, match="interval"):
        rounded("1", interval)


@pytest.mark.parametrize("interval", ["0.3", "0.25", "15", "0", "1.1"])
def test_gbt8170_knows_only_its_own_intervals(interval):
    with pytest.raises(DomainError, match="GB/T 8170"):
        rounded_gbt8170("1", interval)


def test_an_unknown_rule_is_refused():
    with pytest.raises(DomainError, match="half-even"):
        rounded("1", "0.1", rule="bankers")


@pytest.mark.parametrize("uncertainty", ["0", "0.00", "-1"])
def test_an_uncertainty_that_is_not_positive_is_not_reported(uncertainty):
    with pytest.raises(DomainError, match="> 0"):
        rounded_result("1", uncertainty)


@pytest.mark.parametrize("power", [-5000, -80, 80, 5000])
def test_a_number_out_of_all_proportion_gives_our_own_error(power):
    with pytest.raises(DomainError):
        rounded_result("1", Fraction(10) ** power)
    with pytest.raises(DomainError):
        rounded(Fraction(10) ** abs(power), "1")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_is_not_finite_has_no_fraction(number):
    with pytest.raises(DomainError, match="finite"):
        fraction_of_float(number)


@given(st.text(max_size=80) | st.from_regex(r"[-+]?[0-9.]{0,70}(e[0-9]+)?", fullmatch=True), st.text(max_size=8))
def test_any_text_is_decimal_text_or_our_own_error(text, other):
    for call in (decimal, fraction, lambda t: rounded(t, other), lambda t: rounded("1", t), lambda t: rounded_result(t, t)):
        try:
            call(text)
        except OpenQIError:
            continue


@given(st.text(alphabet="-0123456789.", max_size=70))
def test_what_is_accepted_is_written_back_letter_for_letter(text):
    try:
        number = decimal(text)
    except FormatError:
        return
    assert text_of(number) == text


@given(st.text(alphabet="-0123456789.", max_size=70) | texts)
def test_the_nearest_float_is_that_of_the_exact_fraction(text):
    try:
        exact = fraction(text)
    except FormatError:
        with pytest.raises(FormatError):
            nearest_float(text)
        return
    assert nearest_float(text).hex() == float(exact).hex()
