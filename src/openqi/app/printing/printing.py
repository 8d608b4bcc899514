"""A print: marks become a sheet (PDF) or pages (SVG), whole or not at all, and are noted so that none is printed twice."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from openqi.formats.digital_link import mark_hash
from openqi.formats.sheets.labels import Printing, page_of
from openqi.formats.sheets.pdf import PdfSheet
from openqi.formats.sheets.svg import svg_page
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.prints import PrintJob, PrintRegister

REGISTER: Final = "prints.sqlite"
"""The file of what was printed, beside the ledger or the marks."""


def print_marks(
    marks: Sequence[str], printing: Printing, out: Path, register: PrintRegister, *, now: datetime, again: str = ""
) -> PrintJob:
    """Return what was printed, after the file is in its place.

    Args:
        marks: in the order of the labels.
        printing: how.
        out: a PDF (`.pdf`), a page as SVG (`.svg`), or a new folder for pages as SVG (no suffix).
        register: of what was printed.
        now: the present instant.
        again: why marks are printed that were printed before; "" where none may be.

    Raises:
        RefusedError: a mark was printed before or stands there twice, or `out` is there already.
        FormatError: no mark, or a name that is neither.
        DomainError: codes or texts do not fit.
        NotFoundError: the folder of `out` is not there.
    """
    pages = -(-len(marks) // printing.layout.count)
    _check(out, pages)
    job = PrintJob(
        number=0, at=format_instant(now), marks=len(marks), again=0, code=printing.code, file=out.name, reason=again.strip()
    )
    with _aside(out) as aside:
        with register.printing([(mark_hash(mark), mark) for mark in marks], job) as noted:
            if out.suffix == ".pdf":
                _pdf(marks, printing, aside)
            else:
                _svg(marks, printing, aside, alone=out.suffix == ".svg")
        aside.rename(out)
    return noted


def _check(out: Path, pages: int) -> None:
    if out.suffix.lower() not in (".pdf", ".svg", "") or out.suffix != out.suffix.lower():
        raise FormatError(f"{out.name}: a sheet is written as .pdf, a page as .svg, pages as SVG into a folder")
    if out.suffix == ".svg" and pages > 1:
        raise FormatError(f"{pages} pages do not go into one SVG; name a new folder, or a .pdf")
    if os.path.lexists(out):
        raise RefusedError("empty-place", f"{out} is there already; nothing was written: choose another name")
    if not out.parent.is_dir():
        raise NotFoundError(f"there is no folder {out.parent}; make it first")


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A name beside the file, where nothing is left if the print fails."""
    aside = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        yield aside
    finally:
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink(missing_ok=True)


def _pages(marks: Sequence[str], count: int) -> Iterator[list[str]]:
    rest = iter(marks)
    while page := list(islice(rest, count)):
        yield page


def _pdf(marks: Sequence[str], printing: Printing, path: Path) -> None:
    with path.open("xb") as file:
        sheet = PdfSheet(file.write, printing.layout, printing.outlines)
        for page in _pages(marks, printing.layout.count):
            sheet.page(page_of(page, printing))
        sheet.close()
        file.flush()
        os.fsync(file.fileno())


def _svg(marks: Sequence[str], printing: Printing, path: Path, *, alone: bool) -> None:
    if not alone:
        path.mkdir()
    for number, page in enumerate(_pages(marks, printing.layout.count), 1):
        text = svg_page(page_of(page, printing), printing.layout, printing.outlines)
        target = path if alone else path / f"page-{number:05d}.svg"
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
