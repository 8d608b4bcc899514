"""A model from text, from a function and out of a record: roles, canonical text, digest, units, complex names."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import pi

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.quantity import Quantity
from openqi.science.uncertainty.expression import placeholder
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model, model_of_function, model_of_json
from openqi.science.uncertainty.expression.scalar import registers
from vectors_of import figures_of

GAUGE = "l = ls + d0 + d1 + d2 - ls*(d_alpha*(theta_bar+Delta) + alpha_s*d_theta)"


def values(model: MeasurementModel, **inputs: float) -> dict[str, float]:
    """The outputs in their units, from inputs in theirs."""
    found = registers(model.tape, model.coherent([inputs[name] for name in model.inputs]))
    scales = model.output_scales or [None] * len(model.outputs)
    reported = zip(model.outputs, model.tape.outputs, scales, strict=True)
    return {name: scale.reported(found[register]) if scale else found[register] for name, register, scale in reported}


def test_the_end_gauge_of_the_guide_has_its_value():
    """[GUM] H.1."""
    figures = figures_of("metrology/gum_h1_end_gauge.json", "vectors")
    model = measurement_model(figures["inputs"]["model"])
    inputs = {entry["name"]: entry["x"] for entry in figures["inputs"]["quantities"]}
    assert model.inputs == tuple(inputs)
    assert model.outputs == ("l",)
    assert values(model, **inputs)["l"] == pytest.approx(figures["expected"]["y"], abs=figures["tolerance"]["y"])


def test_canonical_text_says_that_there_are_no_units_and_its_digest_names_it():
    model = measurement_model(GAUGE)
    assert model.text == (
        "openqi-model/1\nnumerical values\nl = ls + d0 + d1 + d2 - ls * (d_alpha * (theta_bar + Delta) + alpha_s * d_theta)\n"
    )
    assert model.digest == sha256(model.text.encode()).hexdigest()
    assert measurement_model(model.text) == model


@pytest.mark.parametrize(
    "text",
    [
        "y=a*b+1e-3*c",
        " y = (a * b) + 0.001*c # a comment",
        "\n\ny = a·b + 0.0010*c\r\n",
        "# first\ny = +a*b + 1.0E-03*c",
        "y = a**1*b+0.001*c",
    ],
)
def test_spellings_that_mean_one_graph_have_one_digest(text):
    same = measurement_model("y = a*b + 0.001*c")
    assert (measurement_model(text).digest == same.digest) == ("**" not in text)


def test_names_have_roles_in_order_of_their_appearance():
    model = measurement_model("r = V / I\nP = r * I^2\nQ = P * t\nT = T0 + r*0")
    assert model.inputs == ("V", "I", "t", "T0")
    assert model.intermediates == ("r", "P")
    assert model.outputs == ("Q", "T")
    assert {"V", "r", "P", "Q", "T"} <= set(model.tape.named)
    assert model.rational
    assert not measurement_model("y = sqrt(x)").rational
    assert not measurement_model("y = 2*pi*x").rational
    assert not measurement_model("y = x^0.5").rational
    assert measurement_model("y = x^-64").rational
    assert not measurement_model("y = x^65").rational


def test_an_output_may_be_an_input_itself_and_pi_is_pi():
    assert values(measurement_model("y = x"), x=3.0) == {"y": 3.0}
    assert values(measurement_model("y = pi*x"), x=1.0) == {"y": pi}


def test_numbers_in_units_are_led_to_the_coherent_si_and_back():
    model = measurement_model("R = V/I*cos(phi)", units={"V": "V", "I": "mA", "phi": "deg", "R": "kOhm"})
    assert values(model, V=5.0, I=2.0, phi=60.0)["R"] == pytest.approx(1.25, rel=1e-15)
    assert model.coherent([5.0, 2.0, 60.0])[:2] == [5.0, 0.002]
    assert measurement_model(model.text) == model
    assert "I : mA" in model.text
    for text, unit in (
        ("50000623", "nm"),
        ("20.3", "Cel"),
        ("1.25", "[in_i]"),
        ("90", "deg"),
        ("3", "km/h"),
        ("12.5", "\\micro\\gram"),
    ):
        alone = measurement_model("y = x", units={"x": unit, "y": unit})
        assert alone.coherent([float(text)])[0] == pytest.approx(Quantity(value=text, unit=unit).si, rel=2e-16)
        assert values(alone, x=float(text))["y"] == pytest.approx(float(text), rel=1e-15)


def test_what_a_model_answers_is_free_of_the_units_of_its_inputs():
    text = "rho = m / (pi / 4 * d^2 * h)"
    one = measurement_model(text, units={"m": "g", "d": "mm", "h": "cm", "rho": "kg/m3"})
    two = measurement_model(text, units={"m": "kg", "d": "m", "h": "um", "rho": "g/cm3"})
    first, second = values(one, m=12.5, d=8.0, h=3.0)["rho"], values(two, m=0.0125, d=0.008, h=30_000.0)["rho"]
    assert first == pytest.approx(second * 1000, rel=1e-15)
    assert one.digest != two.digest


def test_celsius_is_a_temperature_unless_it_is_a_difference():
    value = measurement_model("t = a + b", units={"a": "Cel", "b": "Cel", "t": "Cel"}, differences=["b"])
    assert values(value, a=20.0, b=0.5)["t"] == pytest.approx(20.5, abs=1e-12)
    assert value.differences == ("b",)
    assert "b : Cel difference" in value.text
    assert measurement_model(value.text) == value
    assert values(measurement_model("d = a - b", units={"a": "Cel", "b": "Cel", "d": "K"}), a=20.0, b=19.5)["d"] == pytest.approx(
        0.5
    )
    # A difference of a unit whose zero is zero is the unit itself.
    assert measurement_model("y = x", units={"x": "m", "y": "m"}, differences=["x"]) == measurement_model(
        "y = x", units={"x": "m", "y": "m"}
    )


@pytest.mark.parametrize(
    ("text", "units", "what"),
    [
        ("y = a + b", {"a": "m", "b": "s", "y": "m"}, r"a \(metre\) and b \(second\)"),
        ("y = a * b", {"a": "m", "b": "s", "y": "m"}, "y is stated in 'm' .metre., but its expression gives metre second"),
        ("y = a + 1", {"a": "m", "y": "m"}, r"1 \(1\)"),
        ("y = exp(a)", {"a": "m", "y": "\\one"}, "exp takes a number without dimension"),
        ("y = a^b", {"a": "m", "b": "\\one", "y": "m"}, "the exponent is a number"),
        ("y = 2^a", {"a": "s", "y": "\\one"}, "an exponent has no dimension"),
        ("y = atan2(a, b)", {"a": "m", "b": "s", "y": "rad"}, "both have one dimension"),
        ("y = sqrt(a)", {"a": "m2", "y": "m2"}, "gives metre"),
        ("y = a + b", {"a": "m", "y": "m"}, "no unit for b"),
        ("y = a", {"a": "m", "y": "m", "z": "m"}, "z is declared, but is no name of the model"),
        ("k = a*2\ny = k", {"a": "m", "k": "m", "y": "m"}, "k is declared, but is an intermediate"),
    ],
)
def test_units_that_do_not_fit_are_refused_with_both_sides(text, units, what):
    with pytest.raises(DomainError, match=what):
        measurement_model(text, units=units)


def test_units_fit_through_powers_roots_and_quotients():
    measurement_model("y = (a^2 + b * c)^0.5 / sqrt(d) * e^(1/3)", units={
        "a": "m", "b": "km", "c": "mm", "d": "s2", "e": "s3", "y": "m",
    })  # fmt: skip
    measurement_model(
        "y = ln(a / b) + atan2(a, b) + sin(w * t)", units={"a": "m", "b": "mm", "w": "rad/s", "t": "ms", "y": "\\one"}
    )


def test_units_stand_for_all_names_or_none_and_in_one_place():
    with pytest.raises(DomainError, match="leave one of the two out"):
        measurement_model("numerical values\na : m\ny : m\ny = a")
    with pytest.raises(DomainError, match="both in the model's text and in the arguments"):
        measurement_model("a : m\ny : m\ny = a", units={"a": "m", "y": "m"})
    with pytest.raises(DomainError, match="no unit for x, y"):
        measurement_model("quantities\ny = x")
    with pytest.raises(DomainError, match="there are no units"):
        measurement_model("y = x", differences=["x"])
    with pytest.raises(FormatError, match=r"unit of a: .*no unit is written 'furlong'"):
        measurement_model("y = a", units={"a": "furlong", "y": "m"})
    assert measurement_model("a : m\ny : mm\ny = a") == measurement_model("y = a", units={"y": "mm", "a": "m"})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no equation"), ("# nothing", "no equation"), ("a + b", "no equation; write name"), ("y = 1", "no input"),
        ("y = a\ny = b", "defined in line 1 already"), ("y = k\nk = a", "k is used before it is defined"),
        ("y = y + a", "used before"), ("pi = a", "constant"), ("sin = a", "no name"), ("2y = a", "no name|no equation"),
        ("y == a", "no equation"), ("y := a", "declared|unit|no equation"), ("y = a\na : m", "before all equations"),
        ("a : m\na : m\ny = a", "declared once"), ("a : m s\ny = a", "write a unit"), ("a :\ny = a", "write a unit"),
        ("a : difference\ny = a", "write a unit"), ("y = a\nnumerical values", "no equation"),
        ("openqi-model/2\ny = a", "no equation"), ("y = a\x0bz = b", "only names"), ("y = " + "a+" * 50_000, "at most 100,000"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_model_is_refused(text, what):
    with pytest.raises(FormatError, match=what):
        measurement_model(text)


def test_a_complex_quantity_is_computed_as_two_real_ones():
    model = measurement_model(
        "z : complex\nw : complex\nk = 2.5\ny = k*conj(z)*w + w/z - 1/z^2 + exp(z) + z^3 - (w - 1) + (2 - z)/4 + -z\n"
        "a = abs(y)\np = arg(y)\nr = re(z) + im(w)"
    )
    z, w = complex(0.3, -0.7), complex(1.1, 0.4)
    y = 2.5 * z.conjugate() * w + w / z - 1 / z**2 + complex(np.exp(z)) + z**3 - (w - 1) + (2 - z) / 4 + -z
    assert model.inputs == ("z.re", "z.im", "w.re", "w.im")
    assert measurement_model(model.text) == model
    found = values(model, **{"z.re": z.real, "z.im": z.imag, "w.re": w.real, "w.im": w.imag})
    assert found == pytest.approx({"a": abs(y), "p": float(np.angle(y)), "r": z.real + w.imag}, rel=1e-13)
    both = measurement_model("g = (z - 1) / (z + 1)", complex_names=["z"])
    assert both.outputs == ("g.re", "g.im")
    g = (z - 1) / (z + 1)
    assert values(both, **{"z.re": z.real, "z.im": z.imag}) == pytest.approx({"g.re": g.real, "g.im": g.imag}, rel=1e-14)


def test_complex_quantities_have_units_and_refuse_what_they_have_not():
    model = measurement_model("Z = U / I", units={"U": "V", "I": "mA", "Z": "kOhm"}, complex_names=["U", "I"])
    assert model.units["Z.im"] == "kOhm"
    assert "U : complex V" in model.text
    assert values(model, **{"U.re": 5.0, "U.im": 0.0, "I.re": 2.0, "I.im": 0.0})["Z.re"] == pytest.approx(2.5)
    for text, what in (("y = sin(z)", "sin is not there for complex"), ("y = z^0.5", "not there"), ("y = 2^z", "not there")):
        with pytest.raises(FormatError, match=what):
            measurement_model(text, complex_names=["z"])
    with pytest.raises(FormatError, match="takes a complex quantity"):
        measurement_model("y = re(x)")
    with pytest.raises(DomainError, match="y is an output; whether it is complex follows"):
        measurement_model("y : complex\ny = x")
    assert measurement_model("y = abs(z^0 * x) + abs(z)", complex_names=["z"]).inputs == ("z.re", "z.im", "x")


FUNCTIONS: list[tuple[Callable[..., object], str]] = [
    (lambda a, b: a + 2 * b - 0.5, "y = a + 2*b - 0.5"),
    (lambda a, b: -(a**2) / (1 - b) ** -2, "y = -a^2/(1 - b)^-2"),
    (lambda a, b: placeholder.sqrt(a * a + b * b) + abs(a), "y = sqrt(a*a + b*b) + abs(a)"),
    (lambda a, b: np.sqrt(a) * np.exp(-b) + np.log(b) + np.arctan(a), "y = sqrt(a)*exp(-b) + ln(b) + atan(a)"),
    (lambda a, b: placeholder.atan2(a, b) * placeholder.pi + 2**a + 3 / b, "y = atan2(a, b)*pi + 2^a + 3/b"),
    (lambda a, b: {"p": a * b, "q": a / b}, "p = a*b\nq = a/b"),
    (lambda a, b: placeholder.ln(a) + placeholder.tanh(b) - +a, "y = ln(a) + tanh(b) - a"),
    (lambda a, b: a * np.float64(0.1) + np.int64(3) * b, "y = a*0.1 + 3*b"),
    (lambda a, b: a * Decimal("0.10") + Fraction(-1, 3) * b - Fraction(4, 2), "y = a*0.1 + -1/3*b - 2"),
    (lambda a, b: a * placeholder.sqrt(2) + b * placeholder.exp(0), "y = a*1.4142135623730951 + b*1"),
    (lambda a, b: sum([a, b, a]) * 1e-9, "y = (0 + a + b + a)*1e-9"),
]


@pytest.mark.parametrize(("function", "text"), FUNCTIONS)
def test_a_function_and_its_text_are_one_model(function, text):
    assert model_of_function(function, ["a", "b"]) == measurement_model(text)


def test_a_function_takes_units():
    model = model_of_function(lambda v, i: v / i, ["v", "i"], units={"v": "V", "i": "A", "y": "Ohm"})
    assert model == measurement_model("y = v/i", units={"v": "V", "i": "A", "y": "Ohm"})


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (lambda a, b: a if a > b else b, "no branches"), (lambda a, b: a if a else b, "no branches"),
        (lambda a, b: max(a, b, 0), "no branches"), (lambda a, b: float(a) + b, "as a float"),
        (lambda a, b: int(a) * b, "as a float"), (lambda a, b: a + b + "c", "no finite number"),
        (lambda a, b: a + b * float("nan"), "no finite number"), (lambda a, b: a + True * b + (a * True), "no finite number"),
        (lambda a, b: a, "b has no part"), (lambda _a, _b: 1.0, "without any of the inputs"),
        (lambda a, b: a.append(b), "no model does"), (lambda a, b: a + b + 1j, "no finite number"),
        (lambda a: a, "no model does"), (lambda a, b: a // b, "no model does"), (lambda a, b: {"2y": a + b}, "no name"),
        (lambda a, b: a + b * 1e400, "no finite number"),
    ],
)  # fmt: skip
def test_a_function_that_does_more_than_arithmetic_is_refused(function, what):
    with pytest.raises(FormatError, match=what):
        model_of_function(function, ["a", "b"])


def test_a_record_gives_its_model_back_and_a_changed_one_is_refused():
    model = measurement_model("R = V / I", units={"V": "V", "I": "A", "R": "Ohm"})
    document = model.document()
    assert model_of_json(document) == model
    with pytest.raises(FormatError, match="the record states"):
        model_of_json({**document, "digest": "0" * 64})
    with pytest.raises(FormatError, match="another way"):
        model_of_json({**document, "text": document["text"].replace(" / ", "/")})
    with pytest.raises(FormatError, match="members"):
        model_of_json({"text": document["text"]})
    with pytest.raises(FormatError, match="members"):
        model_of_json({"text": 5, "digest": None})
