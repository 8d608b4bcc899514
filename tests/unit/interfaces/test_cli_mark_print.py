"""`openqi mark print`: sheets by the command, and what it refuses."""

from pathlib import Path

import pytest

from marks_world import uri
from rendered import codes_in, rendered
from unit.interfaces.cli_world import answer, openqi


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    path = tmp_path / "marks.txt"
    path.write_text("".join(f"{uri(number)}\n" for number in range(12)))
    return path


def test_a_sheet_is_printed_once_and_again_with_a_reason(marks: Path, tmp_path: Path):
    asked = (
        "mark",
        "print",
        marks,
        "--out",
        tmp_path / "a.pdf",
        "--text",
        "诚信验证标识",
        "--batch",
        "B-7",
        "--code",
        "datamatrix",
    )
    found = answer(*asked)
    assert (found["marks"], found["pages"], found["again"], found["print"]) == (12, 1, 0, 1)
    assert len(codes_in(rendered(tmp_path, "a.pdf", dpi=300))) == 12
    refused = openqi("mark", "print", marks, "--out", tmp_path / "b.pdf", "--json")
    assert (refused.status, refused.data["rule"]) == (2, "printed-once")
    assert not (tmp_path / "b.pdf").exists()
    again = answer("mark", "print", marks, "--out", tmp_path / "b.pdf", "--again", "the roll tore")
    assert (again["again"], again["reason"]) == (12, "the roll tore")


def test_a_layout_of_ones_own_is_printed_as_svg(marks: Path, tmp_path: Path):
    sizes = ("--page", 100, 80, "--label", 45, 20, "--grid", 2, 3, "--first", 2, 5, "--gap", 3, 2, "--module", 0.6)
    found = answer("mark", "print", marks, "--out", tmp_path / "pages", "--layout", "custom", *sizes, "--code", "datamatrix")
    assert found["pages"] == 2
    assert sum(len(codes_in(rendered(tmp_path, f"pages/page-0000{page}.svg", dpi=300))) for page in (1, 2)) == 12
    bare = ("mark", "print", marks, "--out", tmp_path / "c.pdf", "--no-serial", "--register", tmp_path / "r")
    assert "打印编号" in openqi(*bare, "--lang", "zh").out


@pytest.mark.parametrize(
    "asked",
    [
        ("--layout", "letter"),
        ("--layout", "custom"),
        ("--gap", "3", "3"),
        ("--module", "0.2"),
        ("--layout", "roll-40x20"),
        ("--text", "\U0001f600"),
        ("--text", "a long line " * 40),
        ("--fonts", "/nowhere", "--text", "标识"),
        ("--ledger", "/nowhere"),
    ],
)
def test_what_cannot_be_printed_leaves_nothing(marks: Path, tmp_path: Path, asked: tuple[str, ...]):
    found = openqi("mark", "print", marks, "--out", tmp_path / "a.pdf", *asked)
    assert found.status == 2 and found.err.startswith("openqi: ")
    assert not (tmp_path / "a.pdf").exists()
    assert answer("mark", "print", marks, "--out", tmp_path / "a.pdf")["again"] == 0
