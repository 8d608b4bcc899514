"""Sheets of labels: how many a second, how large, in how much memory, and what another program reads of them."""

import tempfile
import time
from pathlib import Path

from benchmarks.measure import Table, peak_memory, timed
from benchmarks.scan import BASE, GTIN, serial
from openqi.app.folder import now
from openqi.app.printing.printing import print_marks
from openqi.formats.digital_link import digital_link
from openqi.formats.sheets.labels import Printing, characters_of
from openqi.formats.sheets.layouts import LAYOUTS, Code
from openqi.interfaces.web.paper.outlines import outlines_of
from openqi.store.prints import PrintRegister

LINES = ("诚信验证标识", "B-2026-11")


def sheets(table: Table, labels: int = 100_000) -> None:
    """Print DataMatrix as asked for, and a tenth as many QR codes, which cost ten times as much."""
    outlines = outlines_of(characters_of(LINES))
    codes: tuple[tuple[Code, str, int], ...] = (("datamatrix", "a4-65", labels), ("qr", "a4-24", labels // 10))
    with tempfile.TemporaryDirectory() as name:
        register = PrintRegister(Path(name) / "prints.sqlite")
        for code, layout, count in codes:
            lines = LINES if layout == "a4-24" else LINES[1:]
            how = Printing(layout=LAYOUTS[layout], code=code, lines=lines, outlines=outlines)
            marks = [digital_link(BASE, GTIN, serial(number)) for number in range(count)]
            before = peak_memory()
            start = time.process_time()
            with timed() as watch:
                print_marks(marks, how, Path(name) / f"{code}.pdf", register, now=now(), again="measured")
            table.add(f"{count:,} labels with {code} as PDF", watch.seconds, "s")
            table.add("... of the processor", time.process_time() - start, "s")
            table.add("... the file", (Path(name) / f"{code}.pdf").stat().st_size / 1e6, "MB")
            table.add("... memory on top", max(peak_memory() - before, 0.0), "MiB")
        register.close()
