"""Distances on the sphere against closed forms, and what takes no time because two places touch."""

from math import pi, radians

import mpmath
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.signals.places import EARTH, Place, kilometres, least_seconds


def place(latitude, longitude, reach=0.0, name="here"):
    return Place(name=name, latitude=latitude, longitude=longitude, reach=reach)


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        (place(0, 0), place(0, 90), 0.25), (place(0, 0), place(0, 180), 0.5), (place(90, 0), place(-90, 17), 0.5),
        (place(0, -179), place(0, 179), 2 / 360), (place(90, 0), place(90, 120), 0.0), (place(31, 121), place(31, 121), 0.0),
    ],
)  # fmt: skip
def test_a_part_of_a_great_circle_is_that_part_of_it(one, other, part):
    assert kilometres(one, other) == pytest.approx(part * 2 * pi * EARTH, rel=1e-12, abs=1e-9)


def by_cosines(one, other):
    """The spherical law of cosines with fifty digits, another formula than the chord."""
    with mpmath.workdps(50):
        a, b, step = (mpmath.radians(x) for x in (one.latitude, other.latitude, one.longitude - other.longitude))
        return float(EARTH * mpmath.acos(mpmath.sin(a) * mpmath.sin(b) + mpmath.cos(a) * mpmath.cos(b) * mpmath.cos(step)))


@pytest.mark.parametrize("other", [place(31.23, 121.47), place(-33.87, 151.21), place(39.9042001, 116.4074), place(-39.9, -63.6)])
def test_near_and_far_places_are_as_far_as_the_law_of_cosines_says(other):
    one = place(39.9042, 116.4074)
    assert kilometres(one, other) == pytest.approx(by_cosines(one, other), rel=1e-9)


def test_both_reaches_are_taken_off_and_places_that_touch_take_no_time():
    a, b, c = place(0, 0, 100.0, "a"), place(0, 10, 50.0, "b"), place(0, 1, 30.0, "c")
    least = least_seconds([a, b, c], fastest=500.0)
    assert least[0, 1] == least[1, 0] == int((radians(10) * EARTH - 150.0) / (500.0 / 3600.0))
    assert least[0, 2] == 0 and least[0, 0] == 0
    assert least[1, 2] > 0


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([], "0 places"), ([place(91, 0)], "are no place"), ([place(0, float("nan"))], "are no place"),
        ([place(0, 0, -1.0)], "are no place"), ([place(0, 0), place(1, 1)], "twice"),
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(places, said):
    with pytest.raises(DomainError, match=said):
        least_seconds(places)
