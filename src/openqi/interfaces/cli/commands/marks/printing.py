"""`openqi mark print`: sheets of labels with QR or GS1 DataMatrix, every mark once."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.mark_words import term
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.formats.sheets.labels import Printing
    from openqi.formats.sheets.layouts import Layout
    from openqi.store.prints import PrintJob

_SIDES: Final = click.FloatRange(min=0, max=2000)


@click.command("print")
@click.argument("marks", type=PATH)
@click.option("--out", "target", type=PATH, required=True, help="Sheet to write: .pdf, .svg (one page), or a new folder of SVG.")
@click.option("--code", type=click.Choice(["qr", "datamatrix"]), default="qr", help="Which code; by default qr.")
@click.option("--layout", default="a4-24", help="a4-21, a4-24, a4-65, roll-40x20, roll-60x30, or custom; by default a4-24.")
@click.option("--page", type=(_SIDES, _SIDES), metavar="W H", help="Size of the page in mm; for --layout custom.")
@click.option("--label", type=(_SIDES, _SIDES), metavar="W H", help="Size of a label in mm; for --layout custom.")
@click.option("--grid", type=(click.IntRange(1, 200), click.IntRange(1, 200)), metavar="COLUMNS ROWS", help="For --layout custom.")
@click.option("--first", type=(_SIDES, _SIDES), metavar="X Y", default=(0.0, 0.0), help="Where the first label begins, mm.")
@click.option("--gap", type=(_SIDES, _SIDES), metavar="X Y", default=(0.0, 0.0), help="Between labels, mm.")
@click.option("--module", type=float, help="Side of a module in mm, 0.396 to 0.990; by default 0.508.")
@click.option("--text", "texts", multiple=True, help="Line on every label, such as what the mark is called; or several.")
@click.option("--batch", default="", help="Lot, as a line of its own on every label.")
@click.option("--no-serial", is_flag=True, help="Leave out GTIN and serial as text.")
@click.option("--fonts", type=PATH, metavar="FOLDER", help="Folder with Noto Sans for Chinese texts.")
@click.option("--ledger", type=PATH, help="Ledger that has issued the marks: others, and withdrawn ones, are refused.")
@click.option("--register", type=PATH, help="Private file of what was printed; by default prints.sqlite in LEDGER or beside MARKS.")
@click.option("--again", default="", metavar="REASON", help="Print marks that were printed before, and say why.")
@answering
def print_(
    out: Output, marks: Path, target: Path, code: Any, layout: str, module: float | None, texts: tuple[str, ...], batch: str,
    no_serial: bool, fonts: Path | None, ledger: Path | None, register: Path | None, again: str, **sides: Any,
) -> None:  # fmt: skip
    """Print marks as sheets of labels.

    MARKS has one mark a line, or is a table with a column `mark`.
    """
    from contextlib import closing

    from openqi.app.folder import now
    from openqi.app.printing.issued import check_issued
    from openqi.app.printing.marks_files import marks_in
    from openqi.app.printing.printing import REGISTER, print_marks
    from openqi.formats.sheets.labels import Printing, characters_of
    from openqi.formats.sheets.layouts import USUAL_MODULE
    from openqi.interfaces.web.paper.outlines import outlines_of
    from openqi.store.prints import PrintRegister

    asked = marks_in(marks)
    lines = (*texts, *((batch,) if batch else ()))
    printing = Printing(
        layout=_layout(layout, **sides), code=code, lines=lines, module=USUAL_MODULE if module is None else module,
        outlines=outlines_of(characters_of(lines), fonts=fonts), readable=not no_serial,
    )  # fmt: skip
    if ledger is not None:
        check_issued(asked, ledger)
    kept = register or (ledger or marks.parent) / REGISTER
    with closing(PrintRegister(kept)) as printed:
        job = print_marks(asked, printing, target, printed, now=now(), again=again)
    _answer(out, job, printing, target, kept)


def _answer(out: Output, job: "PrintJob", printing: "Printing", target: Path, kept: Path) -> None:
    pages = -(-job.marks // printing.layout.count)
    data = {"print": job.number, "at": job.at, "marks": job.marks, "again": job.again, "pages": pages, "code": job.code}
    data |= {"file": str(target), "register": str(kept), "module": printing.module} | ({"reason": job.reason} if job.again else {})
    rows: list[tuple[str, object]] = [("marks", job.marks), ("pages", pages), ("file", target), ("print", job.number)]
    if job.again:
        rows += [("printed again", job.again), ("reason", job.reason)]
    out.answer(data, out.pairs([(term(name, out.language), value) for name, value in rows]))


def _layout(name: str, **sides: Any) -> "Layout":
    from openqi.formats.sheets.layouts import LAYOUTS, Layout

    own = sides["page"], sides["label"], sides["grid"]
    if name == "custom":
        if None in own:
            raise click.UsageError("--layout custom needs --page, --label and --grid")
        columns, rows = sides["grid"]
        return Layout(page=own[0], label=own[1], columns=columns, rows=rows, first=sides["first"], gap=sides["gap"])
    if name not in LAYOUTS:
        raise click.UsageError(f"there is no layout {name!r}; take {', '.join(LAYOUTS)} or custom")
    if any(one is not None for one in own) or any((*sides["first"], *sides["gap"])):
        raise click.UsageError("sizes go with --layout custom")
    return LAYOUTS[name]
