"""A print is whole or not at all, and no mark is printed twice unless somebody says why."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openqi.app.printing.marks_files import marks_in
from openqi.app.printing.printing import print_marks
from openqi.formats.digital_link import mark_hash
from openqi.formats.sheets.labels import Printing
from openqi.formats.sheets.layouts import LAYOUTS
from openqi.formats.sheets.outlines import Outlines
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, RefusedError, StoreError
from openqi.store.prints import PrintJob, PrintRegister

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MARKS = [f"https://id.maker.example/01/09506000134352/21/S{number}" for number in range(30)]
BARE = Printing(layout=LAYOUTS["a4-24"], code="datamatrix", lines=(), outlines=Outlines("none", {}), readable=False)


@pytest.fixture
def register(tmp_path: Path) -> PrintRegister:
    return PrintRegister(tmp_path / "prints.sqlite")


def left(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {"prints.sqlite"}


def test_a_print_is_noted_and_a_second_one_refused_with_what_was_before(tmp_path: Path, register: PrintRegister):
    print_marks(MARKS, BARE, tmp_path / "a.pdf", register, now=NOW)
    with pytest.raises(
        RefusedError, match=r"1 of 2 marks were printed before: .*/21/S3 in print 1 at 2026-11-20T08:00:00Z"
    ) as refused:
        print_marks([MARKS[3], MARKS[3] + "x"], BARE, tmp_path / "b.pdf", register, now=NOW)
    assert refused.value.rule == "printed-once"
    assert left(tmp_path) == {"a.pdf"}
    assert [job.number for job in register.jobs()] == [1]
    print_marks([MARKS[3] + "x"], BARE, tmp_path / "b.pdf", register, now=NOW)  # what was refused was not noted


def test_a_spoilt_label_is_printed_again_with_a_reason_that_stays(tmp_path: Path, register: PrintRegister):
    print_marks(MARKS, BARE, tmp_path / "a.pdf", register, now=NOW)
    job = print_marks([*MARKS[:2], MARKS[0] + "x"], BARE, tmp_path / "b.pdf", register, now=NOW, again="  the roll tore ")
    assert (job.marks, job.again, job.reason) == (3, 2, "the roll tore")
    assert register.jobs()[0] == job
    with pytest.raises(RefusedError):
        print_marks(MARKS[:1], BARE, tmp_path / "c.pdf", register, now=NOW, again="   ")


def test_a_mark_that_stands_twice_in_a_list_is_refused_whatever_the_reason(tmp_path: Path, register: PrintRegister):
    with pytest.raises(RefusedError, match="stands twice"):
        print_marks([MARKS[0], MARKS[0]], BARE, tmp_path / "a.pdf", register, now=NOW, again="because")
    assert not left(tmp_path) and not register.jobs()


@pytest.mark.parametrize("name", ["a.pdf", "pages"])
def test_a_print_that_fails_in_the_middle_leaves_nothing_and_is_not_noted(tmp_path: Path, register: PrintRegister, name: str):
    """The 26th mark stands on the second page and does not fit; the first page was written by then."""
    narrow = Printing(layout=LAYOUTS["a4-24"], code="qr", lines=(), outlines=Outlines("none", {}), module=0.8, readable=False)
    long = "https://" + "a." * 60 + "example/01/09506000134352/21/S"
    with pytest.raises(DomainError):
        print_marks([*MARKS[:25], long], narrow, tmp_path / name, register, now=NOW)
    assert not left(tmp_path) and not register.jobs()
    print_marks(MARKS[:25], narrow, tmp_path / name, register, now=NOW)


def test_two_registers_on_one_file_know_of_each_other(tmp_path: Path, register: PrintRegister):
    print_marks(MARKS, BARE, tmp_path / "a.pdf", register, now=NOW)
    with pytest.raises(RefusedError):
        print_marks(MARKS, BARE, tmp_path / "b.pdf", PrintRegister(tmp_path / "prints.sqlite"), now=NOW)


def test_the_register_is_private_and_holds_no_serial(tmp_path: Path, register: PrintRegister):
    print_marks(MARKS, BARE, tmp_path / "a.pdf", register, now=NOW)
    register.close()
    path = tmp_path / "prints.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"/21/S" not in path.read_bytes()
    assert mark_hash(MARKS[0]) in path.read_bytes()


def test_a_file_that_is_no_register_is_not_written_over(tmp_path: Path):
    (tmp_path / "other").write_text("these are my notes, and they are longer than a header of a database would be" * 20)
    with pytest.raises(StoreError, match="other"):
        PrintRegister(tmp_path / "other")
    assert (tmp_path / "other").read_text().startswith("these are my notes")


def test_names_say_what_is_written(tmp_path: Path, register: PrintRegister):
    for name, error in (("a.ps", FormatError), ("a.svg", FormatError), ("no/a.pdf", NotFoundError)):
        with pytest.raises(error):
            print_marks(MARKS, BARE, tmp_path / name, register, now=NOW)
    (tmp_path / "there.pdf").touch()
    with pytest.raises(RefusedError, match="there already"):
        print_marks(MARKS, BARE, tmp_path / "there.pdf", register, now=NOW)
    assert not register.jobs()
    print_marks(MARKS[:24], BARE, tmp_path / "a.svg", register, now=NOW)
    print_marks(MARKS[24:], BARE, tmp_path / "pages", register, now=NOW)
    assert [one.name for one in (tmp_path / "pages").iterdir()] == ["page-00001.svg"]


def test_marks_are_read_from_lines_and_from_a_table(tmp_path: Path):
    (tmp_path / "m.txt").write_text("\ufeff" + "\r\n".join(MARKS[:3]) + "\n\n", encoding="utf-8")
    (tmp_path / "m.csv").write_text("lot,mark\n" + "\n".join(f"L,{mark}" for mark in MARKS[:3]) + "\n")
    assert marks_in(tmp_path / "m.txt") == marks_in(tmp_path / "m.csv") == tuple(MARKS[:3])


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("m.txt", b"", "0 marks"),
        ("m.txt", b"\xff\xfe", "not UTF-8"),
        ("m.txt", MARKS[0].encode() + b"\nhttps://id.maker.example/01/09506000134353/21/S\n", "m.txt:2: .*check digit"),
        ("m.csv", b"uri\nx\n", "no column `mark`"),
        ("m.csv", b"mark\nx\n", "m.csv:2: .*no mark"),
    ],
)
def test_what_is_no_list_of_marks_is_told_with_its_line(tmp_path: Path, name: str, content: bytes, error: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises((FormatError, NotFoundError), match=error):
        marks_in(tmp_path / name)


def test_a_note_goes_away_with_an_error_in_its_block(register: PrintRegister):
    job = PrintJob(number=0, at="2026-11-20T08:00:00Z", marks=1, again=0, code="qr", file="a.pdf", reason="")
    with pytest.raises(ZeroDivisionError), register.printing([(b"h", "m")], job):
        raise ZeroDivisionError
    with register.printing([(b"h", "m")], job):
        pass
    assert register.jobs()[0].marks == 1
