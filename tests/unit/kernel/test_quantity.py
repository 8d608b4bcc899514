"""Quantities: conversion to the coherent SI, exact conversion and comparison, temperatures and their differences."""

from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel import quantity
from openqi.kernel.decimals import fraction, text_of
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from openqi.kernel.quantity import Quantity, coherent_value, ordering
from openqi.kernel.units import unit_of

LENGTHS = [r"\metre", "mm", "[in_i]", r"\nano\metre", "km", r"\nauticalmile"]
TEMPERATURES = ["K", "Cel", r"\degreecelsius", "[degF]", "[degR]", "mK", "mCel"]
values = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=5).map(text_of)


def of(value: str, unit: str, *, difference: bool = False) -> Quantity:
    return Quantity(value=value, unit=unit, difference=difference)


def pi_by_machin(digits: int) -> int:
    """pi * 10^digits, cut off: 16 arctan(1/5) - 4 arctan(1/239) in integers with ten guard digits."""
    one = 10 ** (digits + 10)

    def arctan_inverse(x: int) -> int:
        term, total, k = one // x, 0, 0
        while term:
            total += (-1) ** k * (term // (2 * k + 1))
            term, k = term // (x * x), k + 1
        return total

    return (16 * arctan_inverse(5) - 4 * arctan_inverse(239)) // 10**10


def test_pi_lies_between_the_two_numbers_that_stand_for_it():
    assert tuple(pi * 10**100 for pi in quantity._PIS) == (pi_by_machin(100), pi_by_machin(100) + 1)


@pytest.mark.parametrize(
    ("value", "unit", "si"),
    [
        ("2.0350", r"\milli\metre", 0.002035),
        ("20", r"\degreecelsius", 293.15),
        ("-40", "[degF]", 233.15),
        ("212", "[degF]", 373.15),
        ("1", "mCel", 273.151),
        ("101.325", "kPa", 101325.0),
        ("120", "mm[Hg]", 15998.64),
        ("50", r"\percent", 0.5),
        ("180", r"\degree", 3.141592653589793),
        ("1", r"\planckbar", 1.0545718176461565e-34),
        ("5000", "mA.h", 18000.0),
        ("0", "m", 0.0),
    ],
)
def test_a_quantity_gives_its_value_in_the_coherent_unit(value, unit, si):
    assert of(value, unit).si == coherent_value(of(value, unit)) == si


@given(values, st.sampled_from(LENGTHS))
def test_the_coherent_value_is_the_float_nearest_to_the_exact_product(value, unit):
    exact = fraction(value) * unit_of(unit).factor
    assert coherent_value(of(value, unit)) == exact.numerator / exact.denominator
    assert of(value, unit).converted(r"\metre") == exact


@given(values, st.sampled_from(LENGTHS), st.sampled_from(LENGTHS))
def test_converting_there_and_back_changes_nothing(value, first, second):
    there = of(value, first).converted(second)
    assert there * unit_of(second).factor / unit_of(first).factor == fraction(value)


@given(values, st.sampled_from(TEMPERATURES), st.sampled_from(TEMPERATURES))
def test_temperature_differences_convert_as_the_difference_of_two_temperatures(value, first, second):
    other = text_of(Decimal(value) + 1)
    difference = of(other, first).converted(second) - of(value, first).converted(second)
    assert of("1", first).as_difference.converted(second) == difference


def test_an_uncertainty_in_degrees_celsius_is_as_many_kelvin():
    assert of("0.05", r"\degreecelsius").as_difference.si == 0.05
    assert of("0.05", r"\degreecelsius").si == 273.2
    assert of("9", "[degF]").as_difference.converted("Cel") == 5
    assert of("0.5", "Cel").as_difference.value == "0.5"


@given(values, st.sampled_from(LENGTHS), values, st.sampled_from(LENGTHS))
def test_ordering_agrees_with_exact_coherent_fractions(one, first, two, second):
    a, b = fraction(one) * unit_of(first).factor, fraction(two) * unit_of(second).factor
    assert ordering(of(one, first), of(two, second)) == (a > b) - (a < b)
    assert ordering(of(two, second), of(one, first)) == -ordering(of(one, first), of(two, second))


def test_ordering_decides_where_floats_cannot():
    assert 0.1 + 0.2 != 0.3
    assert ordering(of("0.3", "m"), of("300", "mm")) == 0
    assert ordering(of("0.30000000000000000000000001", "m"), of("300", "mm")) == 1
    assert ordering(of("0", "Cel"), of("273.15", "K")) == 0
    assert ordering(of("32", "[degF]"), of("0", "Cel")) == 0
    assert ordering(of("-40", "Cel"), of("-40", "[degF]")) == 0


def test_degrees_are_compared_with_radians_by_a_bracket_of_pi():
    assert ordering(of("180", "deg"), of("3.14159265358979323846", "rad")) == 1
    assert ordering(of("180", "deg"), of("3.14159265358979323847", "rad")) == -1
    assert ordering(of("0", "deg"), of("0.00", "rad")) == 0
    assert ordering(of("60", "'"), of("1", r"\degree")) == 0
    assert of("90", "deg").converted("'") == 5400


def test_what_the_known_digits_of_pi_do_not_decide_is_refused(monkeypatch):
    monkeypatch.setattr(quantity, "_PIS", (Fraction(3), Fraction(4)))
    assert ordering(of("180", "deg"), of("4.5", "rad")) == -1
    assert of("180", "deg").converted_text("rad", "10") == "0"
    with pytest.raises(DomainError, match="pi"):
        ordering(of("180", "deg"), of("3.5", "rad"))
    with pytest.raises(DomainError, match="pi"):
        of("180", "deg").converted_text("rad", "1")


@pytest.mark.parametrize(
    ("value", "unit", "to", "interval", "text"),
    [
        ("1", "[in_i]", "mm", "0.1", "25.4"),
        ("100", "km/h", "m/s", "0.01", "27.78"),
        ("180", r"\degree", r"\radian", "0.00001", "3.14159"),
        ("98.6", "[degF]", r"\degreecelsius", "0.1", "37.0"),
        ("20.0", "Cel", "K", "0.1", "293.2"),
        ("20.0", "Cel", "K", "0.01", "293.15"),
        ("0", "deg", "rad", "0.01", "0.00"),
        ("2.5", "%", "1", "0.0001", "0.0250"),
    ],
)
def test_converted_text_is_rounded_once_to_the_stated_interval(value, unit, to, interval, text):
    assert of(value, unit).converted_text(to, interval) == text


@given(values)
def test_degrees_to_radians_agree_with_the_decimal_module(value):
    context = Context(prec=80)
    radians = context.divide(context.multiply(Decimal(value), Decimal(pi_by_machin(70)).scaleb(-70, context)), Decimal(180))
    assert of(value, "deg").converted_text("rad", "0.0000000001") == text_of(context.quantize(radians, Decimal("0.0000000001")))


def test_different_dimensions_name_both_units():
    for call in (lambda: of("1", "m").converted("s"), lambda: ordering(of("1", "m"), of("1", "s"))):
        with pytest.raises(DomainError, match="'m' and 's' differ in dimension"):
            call()


def test_degrees_have_no_exact_value_in_radians():
    with pytest.raises(DomainError, match="pi"):
        of("90", "deg").converted("rad")
    assert of("0", "deg").converted("rad") == 0


def test_a_temperature_is_not_compared_with_a_difference():
    with pytest.raises(DomainError, match="difference"):
        ordering(of("20", "Cel"), of("5", "K", difference=True))
    assert ordering(of("5", "Cel", difference=True), of("5", "K", difference=True)) == 0
    assert ordering(of("5", "K"), of("5", "K", difference=True)) == 0


@pytest.mark.parametrize(("value", "unit"), [("1,5", "m"), ("1e3", "m"), ("", "m"), ("1", "metre"), ("1", ""), ("-0", "m")])
def test_a_quantity_that_cannot_be_read_is_not_made(value, unit):
    with pytest.raises(FormatError):
        of(value, unit)


@pytest.mark.parametrize(("value", "unit"), [("1", "Qm20"), ("1", "qm20"), ("-9", "Qm11"), ("1", ".".join(["Qm20"] * 40))])
def test_a_value_beyond_a_float_is_refused_and_not_made_zero_or_infinite(value, unit):
    with pytest.raises(DomainError, match="float"):
        coherent_value(of(value, unit))


def test_equal_quantities_are_written_alike():
    assert of("1.0", "m") == of("1.0", "m") != of("1.00", "m")
    assert {of("1.0", "m"): 1}[of("1.0", "m")] == 1
    with pytest.raises(AttributeError):
        of("1", "m").value = "2"  # type: ignore[misc]


unit_texts = st.text(alphabet="mKgCel[]degF_i%10*-2./()\\{}'", max_size=12) | st.sampled_from(
    [*LENGTHS, *TEMPERATURES, "deg", "rad"]
)


@given(values | st.text(max_size=8), unit_texts, unit_texts, st.booleans())
def test_any_two_texts_give_a_number_or_our_own_error(value, unit, other, difference):
    try:
        made = of(value, unit, difference=difference)
    except OpenQIError:
        return
    for call in (
        lambda: made.si,
        lambda: made.converted(other),
        lambda: made.converted_text(other, "0.01"),
        lambda: ordering(made, of("1", other)),
    ):
        try:
            assert isinstance(call(), int | float | str | Fraction)
        except OpenQIError:
            continue
