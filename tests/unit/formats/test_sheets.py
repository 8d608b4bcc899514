"""Sheets of labels: every printed code is read again at the resolution of printers, and lies where the layout says."""

from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from time import thread_time

import numpy as np
import pypdf
import pytest
import zxingcpp
from scipy import ndimage

from clocked import fair
from openqi.formats.codes import mark_matrix
from openqi.formats.digital_link import SERIAL_CHANCE, digital_link, new_serial, parse_digital_link
from openqi.formats.sheets.labels import Printing, characters_of, page_of
from openqi.formats.sheets.layouts import LAYOUTS, QUIET, Code, Layout
from openqi.formats.sheets.outlines import Outlines, segments_of
from openqi.formats.sheets.pdf import PdfSheet
from openqi.formats.sheets.svg import svg_page
from openqi.interfaces.web.paper.outlines import outlines_of
from openqi.kernel.errors import DomainError, FormatError
from rendered import codes_in, rendered

LINES = ("诚信验证标识", "Integrity mark", "B-2026-11")


def uri(number: int) -> str:
    return digital_link("https://id.maker.example", "09506000134352", new_serial(sha256(b"%d" % number).digest()[:SERIAL_CHANCE]))


@pytest.fixture(scope="module")
def outlines() -> Outlines:
    return outlines_of(characters_of(LINES))


def printing(outlines: Outlines, code: Code, layout: str, lines: tuple[str, ...] = LINES) -> Printing:
    return Printing(layout=LAYOUTS[layout], code=code, lines=lines, outlines=outlines)


def pdf(marks: list[str], how: Printing) -> bytes:
    out = BytesIO()
    sheet = PdfSheet(out.write, how.layout, how.outlines)
    for start in range(0, len(marks), how.layout.count):
        sheet.page(page_of(marks[start : start + how.layout.count], how))
    sheet.close()
    return out.getvalue()


def told(mark: str, code: Code) -> str:
    parts = parse_digital_link(mark)
    return mark if code == "qr" else f"(01){parts.gtin}(21){parts.serial}"


@pytest.mark.parametrize(
    ("code", "layout"), [("qr", "a4-24"), ("datamatrix", "a4-65"), ("qr", "roll-60x30"), ("datamatrix", "roll-40x20")]
)
@pytest.mark.parametrize("form", ["pdf", "svg"])
def test_every_code_of_a_page_is_read_again(tmp_path: Path, outlines: Outlines, code: Code, layout: str, form: str):
    how = printing(outlines, code, layout, LINES[2:])
    marks = [uri(number) for number in range(how.layout.count)]
    written = pdf(marks, how) if form == "pdf" else svg_page(page_of(marks, how), how.layout, outlines).encode()
    (tmp_path / f"sheet.{form}").write_bytes(written)
    found = codes_in(rendered(tmp_path, f"sheet.{form}", dpi=300))
    assert sorted(one.text for one in found) == sorted(told(mark, code) for mark in marks)
    assert {one.content_type for one in found} == {zxingcpp.ContentType.GS1 if code == "datamatrix" else zxingcpp.ContentType.Text}


@pytest.mark.parametrize("code", ["qr", "datamatrix"])
@pytest.mark.parametrize("dpi", [200, 300, 600])
@pytest.mark.parametrize("turned", [0.0, 4.0, 90.0])
def test_a_label_that_lies_askew_and_is_out_of_focus_is_read(
    tmp_path: Path, outlines: Outlines, code: Code, dpi: int, turned: float
):
    how = printing(outlines, code, "roll-60x30")
    (tmp_path / "label.pdf").write_bytes(pdf([uri(7)], how))
    sharp = np.pad(rendered(tmp_path, "label.pdf", dpi=dpi), dpi // 8, constant_values=255)
    askew = ndimage.rotate(sharp.astype(float), turned, cval=255.0, order=1)
    blurred = ndimage.gaussian_filter(askew, 0.3 * how.module * dpi / 25.4)  # three tenths of a module
    (found,) = codes_in(np.clip(blurred, 0, 255).astype(np.uint8))
    assert found.text == told(uri(7), code)


@pytest.mark.parametrize("code", ["qr", "datamatrix"])
def test_a_code_has_its_size_and_nothing_lies_in_its_quiet_zone(tmp_path: Path, outlines: Outlines, code: Code):
    how = printing(outlines, code, "roll-60x30")
    (label,) = page_of([uri(7)], how)
    (tmp_path / "label.pdf").write_bytes(pdf([uri(7)], how))
    dots = 600 / 25.4
    image = rendered(tmp_path, "label.pdf", dpi=600)
    side = len(label.rows) * how.module
    quiet = QUIET[code] * how.module
    box = [round(one * dots) for one in (label.x, label.y, label.x + side, label.y + side)]
    dark = np.argwhere(image[max(box[1] - 5, 0) : box[3] + 5, max(box[0] - 5, 0) : box[2] + 5] < 128)
    assert np.abs(dark.max(axis=0) + 1 - dark.min(axis=0) - side * dots).max() <= 1.5  # dots of 0.04 mm
    around = image.copy()
    around[box[1] - 1 : box[3] + 1, box[0] - 1 : box[2] + 1] = 255
    free = [round(one * dots) for one in (label.x - quiet, label.y - quiet, label.x + side + quiet, label.y + side + quiet)]
    assert (around[max(free[1], 0) : free[3], max(free[0], 0) : free[2]] > 250).all()
    assert label.x - quiet >= -1e-9 and label.y - quiet >= -1e-9 and label.x + side + quiet <= how.layout.label[0] + 1e-9


def test_the_modules_of_a_rendered_code_are_those_that_were_made(tmp_path: Path, outlines: Outlines):
    """So that no reader's correction hides a wrong one: each is looked at in its middle."""
    how = printing(outlines, "datamatrix", "roll-60x30")
    (label,) = page_of([uri(3)], how)
    (tmp_path / "label.pdf").write_bytes(pdf([uri(3)], how))
    image, dots = rendered(tmp_path, "label.pdf", dpi=600), 600 / 25.4
    seen = [
        bytes(
            int(image[int((label.y + (y + 0.5) * how.module) * dots), int((label.x + (x + 0.5) * how.module) * dots)] < 128)
            for x in range(len(label.rows))
        )
        for y in range(len(label.rows))
    ]
    assert tuple(seen) == mark_matrix(uri(3), "datamatrix")


def test_a_pdf_of_several_pages_is_sound_and_its_text_can_be_searched(outlines: Outlines):
    how = printing(outlines, "datamatrix", "a4-24")
    document = pypdf.PdfReader(BytesIO(pdf([uri(number) for number in range(50)], how)), strict=True)
    assert len(document.pages) == 3
    text = document.pages[2].extract_text()
    assert all(line in text for line in LINES)
    assert text.count("(01)09506000134352") == 2
    assert parse_digital_link(uri(49)).serial[:10] in text
    assert document.metadata is None  # no date, no program


def test_the_same_marks_give_the_same_bytes(outlines: Outlines):
    how, marks = printing(outlines, "qr", "a4-24"), [uri(number) for number in range(30)]
    assert pdf(marks, how) == pdf(marks, printing(outlines_of(characters_of(LINES)), "qr", "a4-24"))


def test_an_svg_points_nowhere(outlines: Outlines):
    text = svg_page(page_of([uri(1)], printing(outlines, "qr", "a4-24")), LAYOUTS["a4-24"], outlines)

    class Links(HTMLParser):
        found: list[str] = []  # noqa: RUF012 -- of one test

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found += [value or "" for name, value in attrs if name == "href"]

    Links().feed(text)
    assert Links.found and all(one.startswith("#u") for one in Links.found)
    assert text.count("://") == 2  # the name of the format, and the mark


def test_what_does_not_fit_a_label_is_refused_with_what_to_do(outlines: Outlines):
    with pytest.raises(DomainError, match="larger labels, smaller modules or --code datamatrix"):
        page_of([uri(1)], printing(outlines, "qr", "roll-40x20"))
    with pytest.raises(DomainError, match="do not fit"):
        page_of([uri(1)], printing(outlines, "datamatrix", "roll-40x20", ("Integrity mark " * 10,)))
    with pytest.raises(FormatError):
        page_of(["https://id.maker.example/01/09506000134353/21/A"], printing(outlines, "qr", "a4-24"))


@pytest.mark.parametrize("module", [0.0, 0.39, 1.0, -1.0, float("nan"), float("inf")])
def test_a_module_has_a_size_that_is_allowed_on_goods(outlines: Outlines, module: float):
    with pytest.raises(DomainError, match=r"0\.396 to 0\.99"):
        Printing(layout=LAYOUTS["a4-24"], code="qr", lines=(), outlines=outlines, module=module)


def test_labels_lie_on_the_page_and_not_on_each_other():
    for layout in LAYOUTS.values():
        places = [layout.place(number) for number in range(layout.count)]
        assert len(set(places)) == layout.count
        for x, y in places:
            assert x + layout.label[0] <= layout.page[0] + 1e-6 and y + layout.label[1] <= layout.page[1] + 1e-6
    with pytest.raises(DomainError, match="the labels end at"):
        Layout(page=(210.0, 297.0), columns=4, rows=8, label=(70.0, 36.0))
    with pytest.raises(DomainError, match="1 to 200"):
        Layout(page=(210.0, 297.0), columns=0, rows=8, label=(70.0, 36.0))


def test_outlines_are_read_as_they_are_drawn():
    assert segments_of("M 1 2l 3 4h 5v -6 q 1 1 2 0Z") == (
        ("M", (1.0, 2.0)), ("L", (4.0, 6.0)), ("L", (9.0, 6.0)), ("L", (9.0, 0.0)),
        ("C", (9.0 + 2 / 3, 2 / 3, 11.0 - 2 / 3, 2 / 3, 11.0, 0.0)), ("Z", ()),
    )  # fmt: skip
    for wrong in ("M 0 0 A 1 1 0 0 0 1 1", "1 2", "M 0 0 Z 1"):
        with pytest.raises(DomainError):
            segments_of(wrong)


def test_a_character_that_no_font_has_is_refused():
    with pytest.raises(DomainError, match="cannot be printed"):
        outlines_of("A\U0001f600")
    with pytest.raises(DomainError, match="cannot be printed"):
        outlines_of("A\n")


def test_a_page_is_drawn_in_little_time(outlines: Outlines):
    how = printing(outlines, "datamatrix", "a4-65", LINES[2:])
    marks = [uri(number) for number in range(650)]
    start = thread_time()
    pdf(marks, how)
    assert fair(thread_time() - start, 10.0, lambda: pdf(marks, how)) < 10.0
