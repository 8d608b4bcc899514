"""Our elementary functions against mpmath with 140 bits, at points that are always the same; and what they refuse."""

from collections.abc import Callable
from math import inf, nan, sqrt
from random import Random

import mpmath
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.numbers import elementary

CONTEXT = mpmath.mp.clone()
CONTEXT.prec = 140
ULPS = 2.0
"""What the module promises. The worst point of a hundred thousand lies below 0.8; a change that doubles the error shows here."""
Point = tuple[float, ...]


def between(low: float, high: float) -> Callable[[Random], float]:
    return lambda chance: chance.uniform(low, high)


def magnitude(low: float, high: float) -> Callable[[Random], float]:
    return lambda chance: chance.choice((-1, 1)) * 10 ** chance.uniform(low, high)


def positive(low: float, high: float) -> Callable[[Random], float]:
    return lambda chance: 10 ** chance.uniform(low, high)


def near_one(chance: Random) -> float:
    return chance.choice((-1, 1)) * (1.0 - 10 ** chance.uniform(-16, 0))


def right_angles(chance: Random) -> float:
    return chance.randint(1, 2_000_000) * 1.5707963267948966


def of_two(one: Callable[[Random], float], two: Callable[[Random], float]) -> Callable[[Random], Point]:
    return lambda chance: (one(chance), two(chance))


def growing(chance: Random) -> Point:
    """A base and an exponent whose power is anywhere among the floats."""
    x = 10 ** chance.uniform(-300, 300)
    return x, chance.uniform(-700, 700) / abs(float(CONTEXT.log(x)))


ANGLES = [between(-4, 4), between(-3.29e6, 3.29e6), magnitude(-12, 3), right_angles]
ARCS = [between(-1, 1), near_one, magnitude(-300, 0)]
SIZES = [between(-3, 3), between(-710, 710), magnitude(-300, 1)]
PLACES = {
    "exp": [between(-745, 709), between(-2, 2), magnitude(-20, 1)],
    "log": [positive(-320, 308), between(0.5, 2), lambda chance: 1 + chance.uniform(-1, 1) * 1e-5],
    "log10": [positive(-320, 308), between(0.5, 2)],
    "sin": ANGLES, "cos": ANGLES, "tan": ANGLES, "asin": ARCS, "acos": ARCS,
    "atan": [between(-3, 3), magnitude(-20, 20), magnitude(-320, 308)],
    "sinh": SIZES, "cosh": SIZES, "tanh": SIZES,
    "atan2": [
        of_two(between(-3, 3), between(-3, 3)), of_two(magnitude(-300, 300), magnitude(-300, 300)),
        of_two(magnitude(-3, 3), magnitude(-3, 3)),
    ],
    "power": [
        growing, of_two(between(0.5, 2), between(-900, 900)), lambda c: (1 + c.uniform(-1, 1) * 1e-8, 10 ** c.uniform(0, 10)),
    ],
}  # fmt: skip


def ulps(found: float, exact: mpmath.mpf) -> float:
    """How many units in the last place a float lies from the exact value."""
    exponent = max(int(CONTEXT.frexp(exact)[1]) - 53, -1074)
    return float(abs(CONTEXT.mpf(found) - exact) / CONTEXT.ldexp(1, exponent))


def worst(name: str, count: int) -> tuple[float, Point]:
    chance, own, other = Random(name), getattr(elementary, name), getattr(CONTEXT, name)
    found: tuple[float, Point] = (0.0, ())
    for place in PLACES[name]:
        for _ in range(count // len(PLACES[name])):
            drawn = place(chance)
            point = drawn if isinstance(drawn, tuple) else (drawn,)
            exact = other(*map(CONTEXT.mpf, point))
            if abs(exact) < 1.79e308:
                found = max(found, (ulps(own(*point), exact), point))
    return found


@pytest.mark.parametrize("name", PLACES)
def test_a_function_is_within_two_units_in_the_last_place(name):
    error, point = worst(name, 1_500)
    assert error < ULPS, point


@pytest.mark.long
@pytest.mark.parametrize("name", PLACES)
def test_a_function_is_within_two_units_in_the_last_place_at_a_hundred_thousand_points(name):
    error, point = worst(name, 100_000)
    assert error < ULPS, point


def test_what_is_exact_is_exact():
    assert [elementary.log10(float(10**k)) for k in range(23)] == [float(k) for k in range(23)]
    assert elementary.exp(0.0) == elementary.cos(0.0) == elementary.cosh(0.0) == elementary.power(5.0, 0.0) == 1.0
    assert elementary.log(1.0) == elementary.sin(0.0) == elementary.atan(0.0) == elementary.asin(0.0) == elementary.tanh(0.0) == 0.0
    assert [elementary.power(2.0, float(k)) for k in (-1074, -1, 10, 1023)] == [2.0**-1074, 0.5, 1024.0, 2.0**1023]
    assert elementary.power(2.0, 0.5) == sqrt(2.0)
    assert elementary.power(-2.0, 3.0) == -8.0
    assert elementary.power(-2.0, 4.0) == 16.0
    assert elementary.integer_power(0.1, 2) == 0.1 * 0.1
    assert elementary.integer_power(0.0, 0) == 1.0
    assert elementary.atan2(0.0, -1.0) == elementary.acos(-1.0) == 3.141592653589793
    assert elementary.tanh(400.0) == -elementary.tanh(-400.0) == 1.0


@pytest.mark.parametrize("name", ["sin", "tan", "asin", "atan", "sinh", "tanh"])
def test_an_odd_function_is_odd_to_the_last_bit(name):
    chance, function = Random(name), getattr(elementary, name)
    assert all(function(-x) == -function(x) for x in (chance.uniform(0, 1) for _ in range(500)))


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("exp", (710.0,)), ("exp", (nan,)), ("exp", (inf,)), ("log", (0.0,)), ("log", (-1.0,)), ("log", (nan,)), ("log", (inf,)),
        ("log10", (0.0,)), ("sin", (3.3e6,)), ("cos", (-3.3e6,)), ("tan", (inf,)), ("sin", (nan,)), ("asin", (1.0000000000000002,)),
        ("acos", (-2.0,)), ("acos", (nan,)), ("atan", (inf,)), ("atan", (nan,)), ("atan2", (0.0, 0.0)), ("atan2", (nan, 1.0)),
        ("atan2", (1.0, inf)), ("sinh", (711.0,)), ("cosh", (-711.0,)), ("cosh", (nan,)), ("tanh", (inf,)), ("tanh", (nan,)),
        ("power", (-2.0, 0.5)), ("power", (0.0, -1.0)), ("power", (10.0, 309.0)), ("power", (nan, 0.0)), ("power", (2.0, inf)),
        ("integer_power", (0.0, -1)), ("integer_power", (1e200, 2)), ("integer_power", (nan, 2)),
    ],
)  # fmt: skip
def test_what_has_no_finite_answer_is_refused_and_the_error_names_the_value(name, point):
    with pytest.raises(DomainError, match=r"nan|inf|[0-9]"):
        getattr(elementary, name)(*point)


def test_what_is_too_small_becomes_zero_gradually():
    assert elementary.exp(-800.0) == 0.0
    assert 0.0 < elementary.exp(-744.0) < 1e-322
    assert elementary.power(10.0, -400.0) == 0.0
    assert elementary.power(-10.0, -401.0) == 0.0
