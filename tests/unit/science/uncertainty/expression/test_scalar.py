"""A tape on floats: values, derivatives against closed forms and a second method, and errors that name the step."""

from collections.abc import Sequence
from fractions import Fraction
from math import inf, nan
from random import Random

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.exact import exact
from openqi.science.uncertainty.expression.graph import FUNCTIONS
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.expression.scalar import gradient_of, gradients, registers
from vectors_of import figures_of

CONTEXT = mpmath.mp.clone()
CONTEXT.prec = 200
SCOPE = {name: getattr(CONTEXT, name) for name in FUNCTIONS if hasattr(CONTEXT, name)} | {"abs": abs, "pi": CONTEXT.pi}
EXPRESSIONS = (
    "a * b + c", "a / b - c / a", "a^3 * b^-2 / c", "(a - b) * (b - c) * (c - a)", "-a^2 + -b", "sqrt(a * b) + c",
    "abs(-a * b) - c", "exp(a * b) / c", "ln(a + b * c)", "log10(a / b) * c", "sin(a) * cos(b) + tan(c)",
    "asin(a / 4) + acos(b / 4) * atan(c)", "atan2(a - b, c)", "atan2(-a, -b) * c", "sinh(a) / cosh(b) - tanh(c)", "a^b^c",
    "a^2.5 * b^-0.5 + 2^c", "(a + b)^12 / c^-9", "pi * a^2 / 4 * b - 0.1 * c", "a * a * a + b * 0 + c",
)  # fmt: skip


def by_mpmath(text: str, names: Sequence[str], x: Sequence[float], order: int | None = None) -> float:
    """The value of an expression, or its derivative by one input, with 200 bits and numerical differences."""
    source = text.replace("^", "**").replace("ln(", "log(")
    scope = {**SCOPE, "log": CONTEXT.log}

    def f(*point: object) -> object:
        return eval(source, {"__builtins__": {}}, {**scope, **dict(zip(names, point, strict=True))})

    point = tuple(map(CONTEXT.mpf, x))
    if order is None:
        return f(*point)  # type: ignore[return-value]
    return CONTEXT.diff(f, point, tuple(int(place == order) for place in range(len(x))))  # type: ignore[no-any-return]


def points(seed: str, count: int) -> list[tuple[float, float, float]]:
    chance = Random(seed)
    return [tuple(chance.uniform(0.2, 3.0) for _ in range(3)) for _ in range(count)]  # type: ignore[misc]


def model_of(expression: str) -> MeasurementModel:
    """A model whose inputs are a, b, c in this order; the first line, which adds nothing, fixes it."""
    return measurement_model(f"o = a + b + c\ny = {expression}")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_values_and_derivatives_agree_with_two_hundred_bits(expression):
    model = model_of(expression)
    for x in points(expression, 20):
        found = registers(model.tape, x)
        assert found[model.tape.outputs[1]] == pytest.approx(float(by_mpmath(expression, "abc", x)), rel=1e-13, abs=1e-13)
        by_second = [float(by_mpmath(expression, "abc", x, place)) for place in range(3)]
        assert gradients(model.tape, found)[1] == pytest.approx(by_second, rel=1e-12, abs=1e-12)


def test_the_end_gauge_of_the_guide_has_its_sensitivities():
    """[GUM] H.1.3.1: c = 1, 1, l_s theta, l_s alpha and 0, 0 at the estimates; components of its budget."""
    figures = figures_of("metrology/gum_h1_end_gauge.json", "vectors")
    model = measurement_model(figures["inputs"]["model"])
    entries = {entry["name"]: entry for entry in figures["inputs"]["quantities"]}
    divisor = {"rectangular": 3**0.5, "arcsine": 2**0.5}
    u = [e["u"] if "u" in e else e["half_width"] / divisor[e["dist"]] for e in entries.values()]
    found = registers(model.tape, [entry["x"] for entry in entries.values()])
    (slopes,) = gradients(model.tape, found)
    components = {name: abs(c) * own for name, c, own in zip(entries, slopes, u, strict=True)}
    assert components == pytest.approx(figures["expected"]["components_nm"], rel=figures["tolerance"]["components_relative"])
    combined = sum(part**2 for part in components.values()) ** 0.5
    assert combined == pytest.approx(figures["expected"]["u_c_rounded"], abs=figures["tolerance"]["u_c_rounded"])


def test_the_derivative_of_an_intermediate_is_there_too():
    """[EURACHEM] A3 needs them for a budget by intermediates."""
    model = measurement_model("k = a^2 * b\nm = k + c\ny = sin(m)")
    x = (1.5, 2.0, 0.3)
    found = registers(model.tape, x)
    assert gradient_of(model.tape, found, model.tape.named["k"]) == (6.0, 2.25, 0.0)
    assert gradient_of(model.tape, found, model.tape.named["m"]) == (6.0, 2.25, 1.0)
    assert gradient_of(model.tape, found, model.tape.named["c"]) == (0.0, 0.0, 1.0)


RATIONALS = ("a * b - c / a", "a^3 / (b + c)^2", "-(a - b)^5 + 0.1 * c", "a / b / c * 1.25e-3", "(a + b + c)^-7")


@settings(max_examples=60)
@given(x=st.tuples(*[st.fractions(Fraction(1, 8), 8, max_denominator=64)] * 3), place=st.integers(0, len(RATIONALS) - 1))
def test_floats_and_fractions_agree(x, place):
    model = model_of(RATIONALS[place])
    floats = [float(value) for value in x]
    (_, value) = exact(model.tape, [Fraction(number) for number in floats])
    found = registers(model.tape, floats)[model.tape.outputs[1]]
    size = 1 + max(map(abs, registers(model.tape, floats)))
    assert found == pytest.approx(float(value), rel=1e-13, abs=1e-14 * size)


def test_fractions_take_constants_as_they_are_written_and_see_ties():
    model = measurement_model("y = 0.1 * x + 0.2 * x")
    assert exact(model.tape, [Fraction(1)]) == (Fraction(3, 10),)
    assert registers(model.tape, [1.0])[model.tape.outputs[0]] != 0.3


@pytest.mark.parametrize(
    ("text", "x", "what"),
    [
        ("y = sqrt(x)", 2, "no \\+"), ("y = pi * x", 1, "contains pi"), ("y = 1 / x", 0, r"\(1 / x\) divides by 0"),
        ("y = x^-1", 0, "divides by 0"), ("y = (((x^64)^64)^64)^64", 3, "200000 bits"), ("y = x^x", 2, "no \\+"),
    ],
)  # fmt: skip
def test_what_has_no_exact_value_is_refused(text, x, what):
    with pytest.raises(DomainError, match=what):
        exact(measurement_model(text).tape, [Fraction(x)])
    with pytest.raises(DomainError, match="2 values for 1 inputs"):
        exact(measurement_model(text).tape, [Fraction(x)] * 2)


@pytest.mark.parametrize(
    ("text", "x", "what"),
    [
        ("y = ln(a - 2)", (1.0,), r"ln\(\(a - 2\)\) is not defined at -1.0: .*only a positive"),
        ("y = 1 / (a - 1)", (1.0,), "division by 0"), ("y = sqrt(a)", (-1.0,), "square root"), ("y = a^0.5", (-1.0,), "base > 0"),
        ("y = a^-1", (0.0,), "no division by 0"), ("y = exp(a)", (1000.0,), "709.78"),
        ("y = a * a", (1e200,), r"\(a \* a\) is not defined .* beyond a float"), ("y = 1 / (a * a)", (1e200,), "beyond a float"),
        ("y = atan(a * a)", (1e200,), "beyond a float"), ("y = a * a * 0", (1e200,), "beyond a float"),
        ("y = asin(a)", (1.5,), "between -1 and 1"), ("y = atan2(a, a)", (0.0,), "origin"), ("y = sin(a)", (1e9,), "2\\^20"),
        ("y = a", (nan,), "input a is nan"), ("y = a + 1", (inf,), "input a is inf"),
        ("k = a - 1\ny = ln(k)", (0.5,), r"ln\(k\)"), ("y = tanh(a * a)", (1e200,), "beyond a float"),
        ("y = -(a * a)", (1e200,), "beyond a float"), ("y = a", (1.0, 2.0), "2 values for 1 inputs"),
        ("y = abs(a * a) / a^3", (1e200,), "beyond a float"),
    ],
)  # fmt: skip
def test_a_step_that_is_not_defined_is_named(text, x, what):
    with pytest.raises(DomainError, match=what):
        registers(measurement_model(text).tape, x)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("y = sqrt(x)", r"sqrt\(x\)"),
        ("y = abs(x)", r"abs\(x\)"),
        ("y = asin(x + 1)", "asin"),
        ("y = x^0.5", r"\(x \^ 0.5\)"),
        ("y = x^x + (x + 1)", "x"),
    ],
)
def test_a_derivative_that_is_not_defined_is_refused(text, what):
    model = measurement_model(text)
    if "x^x" in text:
        with pytest.raises(DomainError):
            gradients(model.tape, registers(model.tape, [0.0]))
        return
    with pytest.raises(DomainError, match=what + ".*no finite derivative"):
        gradients(model.tape, registers(model.tape, [0.0]))


def test_a_derivative_that_does_not_matter_is_not_asked_for():
    model = measurement_model("y = sqrt(x) * 0 + x^2 + z^1.5")
    assert gradients(model.tape, registers(model.tape, [0.0, 0.0])) == ((0.0, 0.0),)


def test_a_sum_of_four_thousand_is_no_deeper_than_one_of_four():
    model = measurement_model("y = " + " + ".join(f"x{place}" for place in range(4_000)))
    found = registers(model.tape, [float(place) for place in range(4_000)])
    assert found[model.tape.outputs[0]] == 3_999 * 2_000
    assert set(gradients(model.tape, found)[0]) == {1.0}
