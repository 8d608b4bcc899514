"""A sheet of labels as PDF: vectors and outlines only, no font, no picture, no date; written page after page as it comes."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from openqi.formats.runs import dark_runs
from openqi.formats.sheets.labels import Label, Text
from openqi.formats.sheets.layouts import Layout
from openqi.formats.sheets.outlines import Outline, Outlines, Segment
from openqi.kernel.errors import DomainError

_POINTS: Final = 72.0 / 25.4
_HEAD: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_CATALOGUE, _PAGES, _FONT, _UNICODE = 1, 2, 3, 4
_FIRST_FREE: Final = 5
_MOST_GLYPHS: Final = 255
_OPERATORS: Final = {"M": "m", "L": "l", "C": "c", "Z": "h"}


class PdfSheet:
    """Writes a PDF through `write`; `page` once a page, `close` at the end.

    The same pages give the same bytes with the same zlib. Nothing is kept of a page but where it begins.

    Args:
        write: takes the next bytes.
        layout: of every page.
        outlines: of every character; they become a font of outlines inside of the file, so that text can be searched and copied.

    Raises:
        DomainError: more different characters than one font holds.
    """

    def __init__(self, write: Callable[[bytes], object], layout: Layout, outlines: Outlines) -> None:
        if len(outlines.of) > _MOST_GLYPHS:
            raise DomainError(f"{len(outlines.of)} different characters; a sheet holds at most {_MOST_GLYPHS}: shorten the texts")
        self._write, self._layout, self._outlines = write, layout, outlines
        self._codes = {one: place for place, one in enumerate(sorted(outlines.of), 1)}
        self._at = 0
        self._begins: dict[int, int] = {}
        self._next = _FIRST_FREE
        self._pages: list[int] = []
        self._put(_HEAD)
        self._font()

    def page(self, labels: Iterable[Label]) -> None:
        """Write one page."""
        drawn = "".join(self._drawn(label) for label in labels)
        content = self._new(_stream(drawn.encode("ascii")))
        wide, high = (_short(side * _POINTS) for side in self._layout.page)
        self._pages.append(
            self._new(
                f"<</Type/Page/Parent {_PAGES} 0 R/MediaBox[0 0 {wide} {high}]/Resources<</Font<</T {_FONT} 0 R>>>>"
                f"/Contents {content} 0 R>>".encode()
            )
        )

    def close(self) -> None:
        """Write what ends a PDF."""
        kids = " ".join(f"{one} 0 R" for one in self._pages)
        self._object(_PAGES, f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>".encode())
        self._object(_CATALOGUE, f"<</Type/Catalog/Pages {_PAGES} 0 R>>".encode())
        begin, count = self._at, self._next
        self._put(f"xref\n0 {count}\n0000000000 65535 f \n".encode())
        for number in range(1, count):
            self._put(b"%010d 00000 n \n" % self._begins[number])
        self._put(f"trailer\n<</Size {count}/Root {_CATALOGUE} 0 R>>\nstartxref\n{begin}\n%%EOF\n".encode())

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._at += len(data)

    def _new(self, content: bytes) -> int:
        self._next += 1
        return self._object(self._next - 1, content)

    def _object(self, number: int, content: bytes) -> int:
        self._begins[number] = self._at
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        return number

    def _drawn(self, label: Label) -> str:
        top = self._layout.page[1]
        scale = label.module * _POINTS
        left, upper = label.x * _POINTS, (top - label.y) * _POINTS
        # One path for a code: what touches is filled at once, and no light line is left between its rows.
        boxes = [f"{x} {y} {width} 1 re\n" for y, row in enumerate(label.rows) for x, width in dark_runs(row)]
        code = f"q {_short(scale)} 0 0 {_short(-scale)} {_short(left)} {_short(upper)} cm\n{''.join(boxes)}f Q\n"
        return code + "".join(self._text(text, top) for text in label.texts)

    def _text(self, text: Text, top: float) -> str:
        size, x, y = (_short(one * _POINTS) for one in (text.size, text.x, top - text.y))
        shown = "".join(f"{self._codes[one]:02x}" for one in text.text)
        return f"BT /T 1 Tf {size} 0 0 {size} {x} {y} Tm <{shown}> Tj ET\n"

    def _font(self) -> None:
        names = {one: f"u{ord(one):04X}" for one in self._codes}
        shapes = [f"/{names[one]} {self._new(_stream(_shape(self._outlines.of[one])))} 0 R" for one in self._codes]
        widths = " ".join(_short(self._outlines.of[one].advance) for one in self._codes)
        last = len(self._codes)
        self._object(_UNICODE, _stream(_unicode_map(list(self._codes))))
        self._object(
            _FONT,
            (
                f"<</Type/Font/Subtype/Type3/FontBBox[0 0 0 0]/FontMatrix[0.001 0 0 0.001 0 0]/FirstChar 1/LastChar {last}"
                f"/Widths[{widths}]/Encoding<</Type/Encoding/Differences[1 {' '.join('/' + names[one] for one in self._codes)}]>>"
                f"/CharProcs<<{' '.join(shapes)}>>/Resources<<>>/ToUnicode {_UNICODE} 0 R>>"
            ).encode(),
        )


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 6)
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed)


def _shape(outline: Outline) -> bytes:
    """A glyph without a colour of its own."""
    box = _box(outline.segments)
    path = "\n".join(" ".join([*map(_short, numbers), _OPERATORS[name]]) for name, numbers in outline.segments)
    return f"{_short(outline.advance)} 0 {box} d1\n{path}\n{'f' if path else ''}".encode()


def _box(segments: Sequence[Segment]) -> str:
    xs = [one for _, numbers in segments for one in numbers[::2]] or [0.0]
    ys = [one for _, numbers in segments for one in numbers[1::2]] or [0.0]
    return " ".join(map(_short, (min(xs), min(ys), max(xs), max(ys))))


def _unicode_map(characters: Sequence[str]) -> bytes:
    """What each code of the font means, so that text can be searched and copied."""
    rows = [f"<{code:02x}> <{one.encode('utf-16-be').hex()}>" for code, one in enumerate(characters, 1)]
    parts = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    ranges = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /OpenQI def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{ranges}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()


def _short(number: float) -> str:
    """A number with at most four decimals and no zeros behind: a ten-thousandth of a point is 35 nanometres."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
