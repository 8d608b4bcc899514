"""What import contracts cannot see: third parties a floor, purity, the size of rooms, no test-awareness, documented sources."""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "openqi"
FILES = sorted(SOURCE.rglob("*.py"))
PURE = ("kernel", "science", "evidence", "records", "pillars", "formats")
# A new dependency is a visible decision: here and in docs/decisions/0002-dependencies.md.
THIRD_PARTIES = {
    "kernel": set(),
    "science": {"lightgbm", "numba", "numpy"},
    "evidence": {"cryptography", "nacl", "orjson", "tongsuopy"},
    "records": {"msgspec"},
    "pillars": set(),
    "formats": {"asn1crypto", "cryptography", "lxml", "msgspec", "orjson", "pyarrow", "segno", "yaml"},
    "store": {"alembic", "obstore", "pg8000", "sqlalchemy"},
    "engines": {"pyarrow", "pyspark"},
    "app": {"argon2", "cryptography", "fido2", "joserfc", "msgspec", "paho", "prometheus_client", "sqlalchemy"},
    "interfaces": {"click", "fastapi", "jinja2", "msgspec", "orjson", "pydantic", "starlette", "typst", "uvicorn", "vl_convert"},
}
KIT_LINES = 2_000
# Files over 300 lines, each with the reason why it is one room.
LARGE: dict[str, str] = {}


def floor(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def code_lines(path: Path) -> int:
    """Lines that hold code: no blank lines, comments and docstrings."""
    text = path.read_text(encoding="utf-8")
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_floor_uses_only_the_third_parties_it_was_given(path):
    foreign = imported(path) - set(sys.stdlib_module_names) - {"openqi"}
    assert foreign <= THIRD_PARTIES.get(floor(path), set())


@pytest.mark.parametrize("path", [path for path in FILES if floor(path) in PURE], ids=lambda path: str(path.relative_to(SOURCE)))
def test_pure_floors_open_nothing_and_run_no_text(path):
    called = {node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "eval", "exec", "compile", "input", "print", "__import__"}
    assert not [node for node in ast.walk(tree(path)) if isinstance(node, ast.Global)]


def test_modules_are_imported_by_name_in_three_places_only():
    found = {str(path.relative_to(SOURCE)) for path in FILES if "import_module" in path.read_text(encoding="utf-8")}
    assert found - {name for name in found if name.startswith("interfaces/cli/")} == {
        "kernel/catalogue.py",
        "records/__init__.py",
        "app/workflow.py",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_says_what_it_is_and_stays_a_small_room(path):
    name, text = str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8")
    assert ast.get_docstring(tree(path)), "the first line of every file says what it is"
    assert text.count("\n") <= 300 or name in LARGE
    long = [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node) > 40
    ]
    assert long == []


def docstring_lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or 0) - first.lineno + 1 if said else 0


def source_of(module: str) -> Path | None:
    """The file of a module of ours, None where there is none of that name."""
    path = SOURCE.parent / module.replace(".", "/")
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.exists()), None)


def ours(path: Path) -> set[str]:
    """Modules of ours that a file imports."""
    froms = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openqi")]
    names = {f"{node.module}.{alias.name}" for node in froms for alias in node.names} | {str(node.module) for node in froms}
    return {name for name in names if source_of(name)}


def test_what_proves_can_be_read_in_an_afternoon():
    proving = [f"openqi.evidence.{name}" for name in ("dossiers.verify", "log.fsck", "log.proof", "algorithms.kinds.ed25519")]
    kit: dict[str, int] = {}
    while proving:
        name = proving.pop()
        if name not in kit:
            path = source_of(name)
            assert path is not None
            kit[name] = code_lines(path)
            proving += ours(path)
    assert {name.split(".")[1] for name in kit if "." in name} == {"kernel", "evidence"}, "the kit stands on itself"
    assert sum(kit.values()) <= KIT_LINES, f"what proves has {sum(kit.values())} lines of code: {kit}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_in_the_product_asks_whether_it_is_being_tested(path):
    assert not re.search(r"pytest|PYTEST|hypothesis|running.tests", path.read_text(encoding="utf-8"))


def test_every_cited_source_is_listed():
    listed = set(re.findall(r"^\| \[([A-Z0-9-]+)\]", (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), re.MULTILINE))
    pattern = re.compile(r"""(?:Source: |[(;,"] ?)\[([A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*)\](?!["'*])""")
    cited = {key for path in FILES for key in pattern.findall(path.read_text(encoding="utf-8"))}
    assert len(cited) > 12
    assert cited <= listed


def test_every_folder_of_the_design_stands():
    floors = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert floors == set(THIRD_PARTIES)
