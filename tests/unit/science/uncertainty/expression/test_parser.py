"""What the text of an expression means, how it is written back, and what is no expression."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import FormatError
from openqi.science.uncertainty.expression.exact import exact
from openqi.science.uncertainty.expression.graph import expression_text
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.expression.parser import canonical_number, expression_nodes
from openqi.science.uncertainty.expression.scalar import registers


def written(text: str) -> str:
    return expression_text(expression_nodes(text, line=1))


def value(text: str) -> Fraction | float:
    """What an expression of numbers is, exactly where it is rational; the 0 * x makes a model of it."""
    model = measurement_model(f"y = {text} + 0 * x")
    return exact(model.tape, [Fraction(0)])[0] if model.rational else registers(model.tape, [0.0])[model.tape.outputs[0]]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-2^2", -4), ("(-2)^2", 4), ("2^3^2", 512), ("(2^3)^2", 64), ("2^-1", Fraction(1, 2)), ("2^-1^2", Fraction(1, 2)),
        ("8/4/2", 1), ("8/(4/2)", 4), ("7-3-2", 2), ("7-(3-2)", 6), ("2*-3", -6), ("-2*-3", 6), ("--2", 2), ("+2", 2),
        ("1-+2", -1), ("2+3*4", 14), ("(2+3)*4", 20), ("-(2+3)", -5), ("2*3^2", 18), ("1e2", 100), ("1.5E-1", Fraction(3, 20)),
        ("0.1*3", Fraction(3, 10)), ("2**3", 8), ("6÷2×3−1", 8), ("2·3", 6), ("4/-2", -2), ("-3*2", -6), ("10-2*3", 4),
        ("2*-3^2", -18),
    ],
)  # fmt: skip
def test_an_expression_means_what_mathematics_says(text, meaning):
    assert value(text) == meaning
    assert value(written(text)) == meaning


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a+b", "a + b"), ("((a))*( b )", "a * b"), ("a-(b+c)", "a - (b + c)"), ("(a-b)+c", "a - b + c"),
        ("a+(b-c)", "a + (b - c)"), ("a*(b*c)", "a * (b * c)"), ("(a*b)/c", "a * b / c"), ("-(a*b)", "-(a * b)"),
        ("(-a)*b", "-a * b"), ("-(a^2)", "-a^2"), ("(-a)^2", "(-a)^2"), ("a^(b+1)", "a^(b + 1)"), ("a^(-b)", "a^-b"),
        ("(a^b)^c", "(a^b)^c"), ("a^(b^c)", "a^b^c"), ("a/(b*c)", "a / (b * c)"), ("sqrt( (a) )", "sqrt(a)"),
        ("atan2(y,x)", "atan2(y, x)"), ("a - -b", "a - -b"), ("+a", "a"), ("0.10*a", "0.1 * a"), ("1E-06*a", "1e-6 * a"),
        ("1000000*a", "1000000 * a"), ("a*(-b)", "a * -b"), ("-(-a)", "--a"), ("(a/b)^-(c)", "(a / b)^-c"),
        ("a×b÷c", "a * b / c"),
    ],
)  # fmt: skip
def test_an_expression_has_one_spelling(text, canonical):
    assert written(text) == canonical == written(canonical)


NAMES = st.sampled_from(["a", "b", "U_95", "长度", "pi"])
EXPRESSIONS = st.recursive(
    NAMES | st.decimals(0, 10**6, places=3).map(str),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda parts: f"({parts[0]}){parts[1]}({parts[2]})")
        | inner.map(lambda text: f"-({text})")
        | inner.map(lambda text: f"sin({text})")
        | st.tuples(inner, inner).map(lambda parts: f"atan2({parts[0]},{parts[1]})")
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_the_canonical_text_is_a_fixed_point_and_keeps_the_graph(text):
    nodes = expression_nodes(text, line=1)
    canonical = expression_text(nodes)
    assert expression_nodes(canonical, line=1) == nodes
    assert written(canonical) == canonical
    assert len(canonical) <= 2 * len(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "ends too early"), ("a+", "ends too early"), ("(a", "not closed"), ("a)", "no parenthesis is open"),
        ("2 a", "2 * a"), ("2a", "2 * a"), ("a b", "2 * a"), ("sin a", "write sin"), ("sin", "write sin|ends too early"),
        ("sin()", "stands here"), ("sin(a, b)", "1 argument, not 2"), ("atan2(a)", "2 arguments, not 1"),
        ("(a, b)", "1 argument, not 2"), ("a(b)", "known functions"), ("a,b", "no parenthesis is open"), ("*a", "stands here"),
        ("a+*b", "stands here"), ("a==b", "only names"), ("a.b", "only names"), ("a[0]", "only names"), ("'a'", "only names"),
        ("a if b", "2 \\* a"), ("lambda: a", "only names"), ("__import__('os')", "known functions"), ("a;b", "only names"),
        ("a%b", "only names"), ("a<b", "only names"), ("a&b", "only names"), ("a@b", "only names"), ("1,5*a", "no parenthesis"),
        ("1.", "only names"), (".5", "only names"), ("0x10", "2 \\* a"), ("1_000", "2 \\* a"), ("1e5000", "1.7e308|2 \\* a"),
        ("1e400", "1.7e308"), ("1e-320", "2.3e-308"), ("²", "no name|only names"), ("a²", "no name|only names"),
        ("x" * 65, "at most 64"), ("1" * 61 + "1", "60 digits"), ("\N{ARABIC-INDIC DIGIT FIVE}", "no name"),
        ("a\x00", "only names"), ("a\u202eb", "only names"),
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused_with_its_place(text, what):
    with pytest.raises(FormatError, match=what) as caught:
        expression_nodes(text, line=7)
    assert "line 7, character" in str(caught.value)


def test_long_sums_are_no_deeper_than_short_ones_and_parentheses_have_a_limit():
    long = " + ".join(["x"] * 9_999)
    assert written(long) == long
    assert written("x^" * 5_000 + "x").count("^") == 5_000
    assert written("-" * 5_000 + "x") == "-" * 5_000 + "x"
    assert written("(" * 200 + "x" + ")" * 200) == "x"
    with pytest.raises(FormatError, match="200 parentheses deep"):
        expression_nodes("(" * 201 + "x" + ")" * 201, line=1)
    with pytest.raises(FormatError, match="more than 20000"):
        expression_nodes(long + " + x" * 3, line=1)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**20))
def test_a_number_has_one_spelling_that_keeps_its_value(number):
    text = format(abs(number), "f")
    canonical = canonical_number(text) if len(text.replace(".", "").strip("0")) <= 60 and number > 1e-300 else "0"
    if canonical != "0":
        assert Fraction(canonical) == Fraction(text)
        assert canonical_number(canonical) == canonical
        assert canonical_number(text + ("0" if "." in text else ".00")) == canonical
