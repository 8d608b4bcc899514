"""The codes of a workspace's marks as files for printing: one QR code a mark, as SVG and PNG, with a list of which is whose."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from openqi.app.files import write_file
from openqi.app.workspace.decisions import read_serials, serial_file
from openqi.app.workspace.workspace import read_workspace
from openqi.formats.codes import qr_png, qr_svg

FOLDER = "codes"


def write_codes(folder: Path, *, progress: Callable[[str], None] = lambda _: None) -> int:
    """Return how many codes were written; those that are there already are left as they are.

    Args:
        folder: the workspace; codes lie in `codes/NAME/`, called by the number of their row, with `codes.csv` beside them.
        progress: told what is being written.
    """
    written = 0
    for name in read_workspace(folder).declared.marks:
        marks = read_serials(serial_file(folder, f"marks/{name}"))
        place = folder / FOLDER / name
        place.mkdir(parents=True, exist_ok=True)
        rows = [("code", "item", "mark")]
        for number, (item, mark) in enumerate(marks.items(), start=1):
            file = f"{number:06d}"
            rows.append((file, item, mark))
            if not (place / f"{file}.svg").is_file():
                progress(f"{FOLDER}/{name}/{file}")
                (place / f"{file}.png").write_bytes(qr_png(mark))
                (place / f"{file}.svg").write_text(qr_svg(mark), encoding="utf-8")
                written += 1
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        write_file(place / "codes.csv", text.getvalue().encode(), secret=True)
    return written
