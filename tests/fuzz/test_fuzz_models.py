"""Any text gives a model or our own error; any model runs or refuses, and all its runs agree."""

import json
from contextlib import suppress
from fractions import Fraction
from functools import partial
from math import isfinite
from random import Random
from time import thread_time

import pytest

from clocked import fair
from fuzz.mutate import MAX_INPUT, inputs
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from openqi.science.uncertainty.batch import evaluated_batch
from openqi.science.uncertainty.expression.exact import exact
from openqi.science.uncertainty.expression.graph import FUNCTIONS
from openqi.science.uncertainty.expression.jets import jet
from openqi.science.uncertainty.expression.model import measurement_model, model_of_json
from openqi.science.uncertainty.expression.scalar import gradients, registers

SEEDS = tuple(
    text.encode()
    for text in (
        "l = ls + d0 + d1 + d2 - ls*(d_alpha*(theta_bar+Delta) + alpha_s*d_theta)",
        "V : V\nI : mA\nphi : deg\nR : Ohm\nR = V / I * cos(phi)",
        "openqi-model/1\nquantities\nt : Cel difference\ny : K\ny = abs(t) ^ (1/2) * t^0.5",
        "z : complex\nk = 2.5e-3 * z^3 / conj(z)\ny = abs(k) + arg(k) - re(z)\nq = exp(z)",
        "numerical values\n长度 = a·b × 2 − c ÷ 3 # 注\ny = atan2(长度, -b) + ln(sqrt(c))^2^-3",
    )
)
WORDS = tuple(
    text.encode()
    for text in (
        "=", "==", "\n", ":", " : complex ", " difference", "(", ")", "((((", ",", "^", "^64", "^-65", "**", "1e308", "1e-308",
        "--", "pi", "#", "re(", "im(", "\\metre", "mm", "\u200b", "\u0301", "y = ", "numerical values\n", "quantities\n", "0.",
        "²", *(f"{name}(" for name in FUNCTIONS),
    )
)  # fmt: skip


def read(data: bytes) -> bool:
    """Whether the text is a model; its canonical text gives it again."""
    try:
        model = measurement_model(data.decode("utf-8", "replace"))
    except (DomainError, FormatError) as error:
        assert str(error)
        return False
    assert measurement_model(model.text) == model
    assert model_of_json(model.document()) == model
    with suppress(DomainError):
        found = registers(model.tape, [1.5] * model.tape.inputs)
        assert all(isfinite(found[register]) for register in model.tape.outputs)
        assert all(map(isfinite, gradients(model.tape, found)[0]))
    return True


def fuzzed(count: int) -> None:
    values, longest = 0, 0.0
    for data in inputs("models", SEEDS, WORDS, count):
        start = thread_time()
        values += read(data)
        longest = max(longest, fair(thread_time() - start, 1.0, partial(read, data)))
    assert values > count / 100
    assert longest < 1.0


def test_any_text_gives_a_model_or_our_own_error():
    fuzzed(3_000)


@pytest.mark.long
def test_any_of_many_texts_gives_a_model_or_our_own_error():
    fuzzed(100_000)


@pytest.mark.parametrize(
    "data", [word * (MAX_INPUT // len(word)) for word in (*WORDS, b"9", b"a", b"a+", b"a^", b"y=a\n", b"-", b"+", b"(a", b"\xff")]
)
def test_long_texts_are_answered_soon(data):
    start = thread_time()
    for text in (data, b"y = " + data, b"y = x" + data, b"z : complex\ny = z" + data):
        read(text)
    assert thread_time() - start < 3.0


@pytest.mark.parametrize(
    "text",
    [
        "y = " + "(" * 190 + "z" + "^64)" * 190,
        "y = 2^" + "-" * 9_000 + "z",
        "y = 1/" * 1 + "/".join(["z"] * 9_000),
        "y = z^(" + "/".join(["3"] * 9_000) + ")",
    ],
)
def test_towers_end_in_an_answer(text):
    for head in ("", "z : complex\n", "z : m\ny : m\n"):
        with suppress(OpenQIError):
            model = measurement_model(head + text)
            with suppress(DomainError):
                exact(model.tape, [Fraction(3, 7)] * model.tape.inputs)
            registers(model.tape, [0.5] * model.tape.inputs)


@pytest.mark.parametrize(
    "value",
    [{}, {"text": 1}, {"text": "y = a", "digest": []}, {"text": "y = a\n", "digest": "0" * 64}, json.loads('{"text": null}')],
)
def test_a_record_that_is_none_is_refused(value):
    with pytest.raises(FormatError):
        model_of_json(value)


def drawn_text(chance: Random, depth: int) -> str:
    """A random expression."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(("a", "b", "c", "2", "0.5", "pi"))
    kind = chance.choice(("binary", "binary", "function", "power", "minus"))
    inner = drawn_text(chance, depth - 1)
    if kind == "binary":
        return f"({inner} {chance.choice('+-*/')} {drawn_text(chance, depth - 1)})"
    if kind == "function":
        name = chance.choice(tuple(FUNCTIONS))
        return f"{name}({inner}, {drawn_text(chance, depth - 1)})" if FUNCTIONS[name] == 2 else f"{name}({inner})"
    return f"({inner})^{chance.choice(('2', '-1', '3', '0.5', '0', '9'))}" if kind == "power" else f"-{inner}"


def test_all_runs_of_random_models_agree():
    """Floats, arrays, jets and fractions: the same value, the same bits where the same operations give it; or all refuse."""
    chance, answered = Random("random models"), 0
    for _ in range(400):
        text = drawn_text(chance, 4)
        model = measurement_model(f"o = a + b + c\ny = {text}")
        x = [chance.uniform(-2, 2) for _ in range(3)]
        try:
            found = registers(model.tape, x)
            slopes = gradients(model.tape, found)
        except DomainError:
            with pytest.raises(DomainError):
                evaluated_batch(model, [[value] for value in x], [0.1] * 3, common=[False] * 3)
            continue
        answered += 1
        batch = evaluated_batch(model, [[value] for value in x], [0.1] * 3, common=[False] * 3)
        assert batch.value[1, 0] == found[model.tape.outputs[1]], text
        with suppress(DomainError):
            for place in range(3):
                direction = [float(place == other) for other in range(3)]
                jets = jet(model.tape, x, direction, direction)[1]
                assert jets[0] == found[model.tape.outputs[1]], text
                assert jets[1] == pytest.approx(slopes[1][place], rel=1e-9, abs=1e-12), text
    assert answered > 100
