"""Reading a certificate at one point: exact on the points, straight between them, refused outside."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.calibration.certificate import CalibrationPoint, calibrated_influence, verified_influence
from openqi.science.uncertainty.model import Influence

TWO = Fraction(2)


def point(indicated, reference, uncertainty):
    return CalibrationPoint(
        indicated=Fraction(indicated), reference=Fraction(reference), expanded_uncertainty=Fraction(uncertainty)
    )


POINTS = (point("10", "10.2", "0.4"), point("20", "20.6", "0.2"), point("40", "39", "0.8"))


@pytest.mark.parametrize(
    ("at", "offset", "u"), [("10", "0.2", "0.2"), ("20", "0.6", "0.1"), ("40", "-1", "0.4")], ids=["first", "inner", "last"]
)
def test_on_a_point_it_says_what_was_calibrated_there(at, offset, u):
    found = calibrated_influence(POINTS, Fraction(at), TWO)
    true = Fraction(at) + Fraction(offset)
    assert found == Influence(
        factor=true / Fraction(at), relative_variance=(Fraction(u) / true) ** 2, offset=Fraction(offset), variance=Fraction(u) ** 2
    )


@pytest.mark.parametrize(
    ("at", "offset", "u"), [("15", "0.4", "0.2"), ("12.5", "0.3", "0.2"), ("30", "-0.2", "0.4"), ("25", "0.2", "0.4")]
)
def test_between_points_the_correction_is_on_the_straight_line_and_the_larger_uncertainty_holds(at, offset, u):
    found = calibrated_influence(POINTS, Fraction(at), TWO)
    assert (found.offset, found.variance) == (Fraction(offset), Fraction(u) ** 2)


def test_the_uncertainty_of_a_factor_is_relative_to_the_true_value_and_not_to_what_was_indicated():
    """Indicated 2, true 1, u = 0.1: the factor 0.5 is sure to a tenth of itself, and 2·0.5 to 0.1, as the certificate says."""
    found = calibrated_influence((point("2", "1", "0.2"),), TWO, TWO)
    assert (found.factor, found.relative_variance) == (Fraction(1, 2), Fraction(1, 100))
    assert found.relative_variance * (2 * found.factor) ** 2 == found.variance == Fraction(1, 100)


numbers = st.fractions(-100, 100, max_denominator=100)
positive = st.fractions(Fraction(1, 100), 10, max_denominator=100)


@settings(max_examples=40)
@given(
    indicated=st.lists(numbers, min_size=1, max_size=6, unique=True).map(sorted),
    data=st.data(),
    k=positive,
    share=st.fractions(0, 1),
)
def test_it_agrees_with_the_plain_definition(indicated, data, k, share):
    """Between neighbours a and b at a share s of the way: (1 - s)·c_a + s·c_b, and the larger U."""
    points = tuple(
        CalibrationPoint(indicated=one, reference=data.draw(numbers), expanded_uncertainty=data.draw(positive)) for one in indicated
    )
    for left, right in pairwise(points):
        at = left.indicated + share * (right.indicated - left.indicated)
        found = calibrated_influence(points, at, k)
        corrections = [one.reference - one.indicated for one in (left, right)]
        assert found.offset == (1 - share) * corrections[0] + share * corrections[1]
        u = {0: left.expanded_uncertainty, 1: right.expanded_uncertainty}.get(
            share, max(left.expanded_uncertainty, right.expanded_uncertainty)
        )
        assert found.variance == (u / k) ** 2
    for at in (indicated[0] - Fraction(1, 10**9), indicated[-1] + Fraction(1, 10**9)):
        with pytest.raises(DomainError, match="outside of what was calibrated"):
            calibrated_influence(points, at, k)


def test_outside_of_the_points_nothing_is_known_and_the_range_is_told():
    for at in ("9.9", "40.1", "-20"):
        with pytest.raises(DomainError, match="outside of what was calibrated, 10 to 40"):
            calibrated_influence(POINTS, Fraction(at), TWO)
    with pytest.raises(DomainError, match="5 to 5"):
        calibrated_influence((point("5", "5", "1"),), Fraction("5.001"), TWO)


def test_a_point_just_outside_is_told_with_the_digits_that_put_it_there():
    with pytest.raises(DomainError) as error:
        calibrated_influence((point("1", "1", "1"), point("2", "2", "1")), Fraction("2.0000001"), TWO)
    assert "2.0000001" in str(error.value)


@pytest.mark.parametrize(
    ("points", "k"),
    [
        ((), "2"),
        (POINTS, "0"),
        (POINTS, "-2"),
        ((point("1", "1", "0"),), "2"),
        ((point("1", "1", "-0.1"),), "2"),
        ((point("1", "1", "1"), point("2", "2", "0")), "2"),
    ],
    ids=["no points", "k 0", "k negative", "U 0", "U negative", "one U 0"],
)
def test_a_calibration_without_doubt_is_none(points, k):
    with pytest.raises(DomainError, match="positive expanded uncertainties and a positive coverage factor"):
        calibrated_influence(points, Fraction(1), Fraction(k))


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 2, 1)])
def test_points_stand_in_rising_order_each_once(order):
    with pytest.raises(DomainError, match="rising order of what was indicated, each once"):
        calibrated_influence(tuple(POINTS[place] for place in order), Fraction(10), TWO)


def test_a_passed_verification_corrects_nothing_and_leaves_a_rectangle():
    """[GUM] 4.3.7: half-width 0.3, so u² = 0.3²/3."""
    found = verified_influence(Fraction("0.3"), Fraction(0), Fraction(50), Fraction(10))
    assert (found.factor, found.offset) == (1, 0)
    assert found.variance == Fraction("0.03")
    assert found.relative_variance == Fraction("0.0003")


def test_a_verification_holds_between_its_indications_the_ends_included():
    lower, upper = Fraction(-10), Fraction(50)
    for at in (lower, Fraction(1), upper):
        assert verified_influence(Fraction(1), lower, upper, at).variance == Fraction(1, 3)
    for at in (lower - Fraction(1, 10**9), upper + 1):
        with pytest.raises(DomainError, match="outside of what was verified, -10 to 50"):
            verified_influence(Fraction(1), lower, upper, at)
    for error in (0, -1):
        with pytest.raises(DomainError, match="is not positive"):
            verified_influence(Fraction(error), lower, upper, Fraction(1))


@pytest.mark.parametrize("at", ["-5", "-0.5"])
def test_negative_indications_have_factors_too(at):
    found = calibrated_influence((point("-5", "-6", "0.2"), point("-0.5", "-0.6", "0.2")), Fraction(at), TWO)
    assert found.factor == Fraction("1.2")
    assert found.relative_variance == (Fraction("0.1") / (Fraction(at) * Fraction("1.2"))) ** 2
