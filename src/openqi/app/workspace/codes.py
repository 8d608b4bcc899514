"""The codes of a workspace's marks as files for printing: one QR code a mark, as SVG and PNG, with a list of which is whose."""

import csv
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from openqi.app.files import write_file
from openqi.formats.codes import qr_png, qr_svg

FOLDER: Final = "codes"


def write_codes(folder: Path, issued: Mapping[str, Mapping[str, str]], *, progress: Callable[[str], None] = lambda _: None) -> int:
    """Return how many codes were written; those that are there already are left as they are.

    Only their owner may read them: whoever has a code can print it.

    Args:
        folder: the workspace; codes lie in `codes/NAME/`, called by the end of their mark, with `codes.csv` beside them.
        issued: entry → item → mark.
        progress: told what is being written.
    """
    written = 0
    for name, marks in issued.items():
        place = folder / FOLDER / name
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        rows = [("code", "item", "mark")]
        for item, mark in marks.items():
            file = mark.rpartition("/")[2]
            rows.append((file, item, mark))
            if not (place / f"{file}.svg").is_file():
                progress(f"{FOLDER}/{name}/{file}")
                _write(place / f"{file}.png", qr_png(mark))
                _write(place / f"{file}.svg", qr_svg(mark).encode())
                written += 1
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        write_file(place / "codes.csv", text.getvalue().encode(), secret=True)
    return written


def _write(path: Path, data: bytes) -> None:
    """Not made durable one by one: what is lost is written again by the next build."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
