"""Science computes the same bits on every machine: what would not is refused in its source (decision 0029)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCIENCE = Path(__file__).resolve().parents[2] / "src" / "openqi" / "science"
FILES = sorted(SCIENCE.rglob("*.py"))
# Sums whose order is a library's affair, linear algebra of a library, and functions whose last bit is a processor's affair.
REDUCTIONS = {
    "accumulate", "average", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "mean", "median", "nancumsum", "nanmean",
    "nanprod", "nanstd", "nansum", "nanvar", "prod", "ptp", "reduce", "reduceat", "std", "sum", "trace", "var",
}  # fmt: skip
ALGEBRA = {
    "convolve", "corrcoef", "correlate", "cov", "cross", "dot", "einsum", "fft", "inner", "kron", "linalg", "matmul", "matvec",
    "outer", "polyfit", "polynomial", "tensordot", "trapezoid", "vdot", "vecdot", "vecmat", "vectorize",
}  # fmt: skip
FUNCTIONS = {
    "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "asin", "asinh", "atan", "atan2",
    "atanh", "cbrt", "cos", "cosh", "exp", "exp2", "expm1", "float_power", "hypot", "i0", "log", "log10", "log1p", "log2",
    "logaddexp", "logaddexp2", "pow", "power", "sin", "sinc", "sinh", "tan", "tanh",
}  # fmt: skip
ELSE = {"histogram", "interp", "nanpercentile", "nanquantile", "percentile", "quantile", "random"}
OF_NUMPY = REDUCTIONS | ALGEBRA | FUNCTIONS | ELSE
OF_MATH = FUNCTIONS | {"dist", "erf", "erfc", "gamma", "lgamma", "sumprod"}
OF_ARRAYS = {"cumprod", "cumsum", "dot", "mean", "prod", "ptp", "std", "sum", "trace", "var"}
UNSAFE = {"fastmath", "parallel"}


def dotted(node: ast.expr) -> tuple[str, ...]:
    """The names of `a.b.c`; () where it does not begin with a name."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return (*before, node.attr)
    return ()


def names_of(tree: ast.Module, library: str) -> Iterator[str]:
    """The names under which a file knows a library."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names if alias.name.split(".")[0] == library)


def taken(tree: ast.Module, library: str) -> Iterator[str]:
    """Everything that a file takes out of a library, by name."""
    known = set(names_of(tree, library))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == library:
            yield from (*str(node.module).split(".")[1:], *(alias.name for alias in node.names))
        elif isinstance(node, ast.Import):
            yield from (part for alias in node.names if alias.name.startswith(library + ".") for part in alias.name.split(".")[1:])
        elif isinstance(node, ast.Attribute) and (parts := dotted(node)) and parts[0] in known:
            yield from parts[1:]


def broken(text: str) -> set[str]:
    """What in a source text would not give the same bits everywhere."""
    tree = ast.parse(text)
    found = (set(taken(tree, "numpy")) & OF_NUMPY) | (set(taken(tree, "math")) & OF_MATH) | set(taken(tree, "cmath"))
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            found.add("@")
        if isinstance(node, ast.Name) and node.id == "sum":  # of floats it has other last bits since Python 3.12
            found.add("sum")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OF_ARRAYS:
            found.add(f".{node.func.attr}()")
        if isinstance(node, ast.Call):
            found |= {
                str(keyword.arg)
                for keyword in node.keywords
                if keyword.arg in UNSAFE and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
            }
    return found


def loaded_at_once(text: str) -> set[str]:
    """Arrays and compilers that a file imports as soon as it is imported itself."""
    pending: list[ast.AST] = list(ast.parse(text).body)
    found: set[str] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.If) and dotted(node.test)[-1:] == ("TYPE_CHECKING",):
            pending += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)
    return found & {"numpy", "numba"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCIENCE)))
def test_science_uses_nothing_whose_bits_differ_between_machines(path):
    assert broken(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCIENCE)))
def test_arrays_and_the_compiler_are_imported_where_they_are_needed_and_not_before(path):
    assert loaded_at_once(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nnp.linalg.solve(a, b)",
        "import numpy\nnumpy.add.reduce(a)",
        "import numpy.fft",
        "from numpy import exp",
        "from numpy.random import default_rng",
        "def f():\n    import numpy as n\n    return n.power(2, x)",
        "a @ b",
        "a @= b",
        "array.sum()",
        "sum(a)",
        "import math\nmath.exp(1)",
        "from math import lgamma",
        "import cmath\ncmath.exp(1)",
        "njit(fastmath=True)(f)",
    ],
)
def test_what_is_refused_is_seen(text):
    assert broken(text)


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nnp.sort(np.sqrt(a) + b)",
        "from math import frexp, ldexp, prod, sqrt, fsum",
        "elementary.exp(x)",
        "distribution.mean",
        "plain_sum(a)",
        "njit(fastmath=False)(f)",
    ],
)
def test_what_is_the_same_everywhere_is_allowed(text):
    assert not broken(text)


def test_an_import_for_types_or_within_a_function_is_not_loaded_at_once():
    assert loaded_at_once("if TYPE_CHECKING:\n    import numpy\ndef f():\n    import numba") == set()
    assert loaded_at_once("try:\n    import numba\nexcept ImportError:\n    pass") == {"numba"}
    assert loaded_at_once("class A:\n    import numpy as np") == {"numpy"}
