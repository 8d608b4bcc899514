"""`openqi risk indicators`: scores of objects by an indicator tree (通用指标体系), as one more feature of a risk."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.risk_report_words import sentence, term, terms
from openqi.interfaces.cli.risk_table import optional_numbers

if TYPE_CHECKING:
    from openqi.science.risk.indicators import Scored, Tree

_SHOWN = 20


@click.command()
@click.argument("tree", type=PATH)
@click.argument("objects", type=PATH)
@click.option("--id", "identity", default="id", help="Column of what an object is called, by default id.")
@click.option("--out", "scores_file", type=PATH, help="Write the scores as CSV too, a row an object, in the order of the table.")
@answering
def indicators(out: Output, tree: Path, objects: Path, identity: str, scores_file: Path | None) -> None:
    """Score objects by a weighted indicator tree.

    TREE is a table or a JSON list: code, weight, parent, name, and low and high of what is observed. OBJECTS is a table with a
    column for each code that is observed; an empty cell is missing, and then there are bounds and no score.
    """
    from openqi.interfaces.cli.results_table import table_of
    from openqi.science.risk.indicators import score_of

    known = _tree(tree)
    table = table_of(objects)
    names = table.column(identity)
    observed = {code: optional_numbers(table, code) for code in known.leaves}
    found = [
        score_of(known, {code: None if (own := column[row]) != own else own for code, column in observed.items()})
        for row in range(len(names))
    ]
    if scores_file is not None:
        from openqi.app.files import write_file

        write_file(scores_file, _csv(identity, names, found))
    data = {
        "levels": list(known.levels),
        "objects": [
            {"id": name, "score": one.score, "lowest": one.lowest, "highest": one.highest, "missing": list(one.missing)}
            for name, one in zip(names, found, strict=True)
        ],
    }
    out.answer(data, _lines(out, known, names, found))


def _tree(path: Path) -> "Tree":
    from openqi.app.files import read_file
    from openqi.interfaces.cli.results_table import table_of
    from openqi.kernel.errors import FormatError
    from openqi.science.risk.document import json_of
    from openqi.science.risk.indicators import tree_of

    if path.suffix.lower() == ".json":
        stated: Any = json_of(read_file(path, 4 * 2**20), str(path))
        if not isinstance(stated, list):
            raise FormatError(f"{path}: a JSON list of indicators, or a table of them")
        return tree_of(stated)
    table = table_of(path)
    rows = [{name: column[row] for name, column in table.columns.items()} for row in range(len(table.lines))]
    return tree_of(rows)


def _csv(identity: str, names: Any, found: "list[Scored]") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([identity, "score", "lowest", "highest", "missing"])
    for name, one in zip(names, found, strict=True):
        score = "" if one.score is None else f"{one.score:.6f}"
        writer.writerow([name, score, f"{one.lowest:.6f}", f"{one.highest:.6f}", " ".join(one.missing)])
    return text.getvalue().encode()


def _lines(out: Output, tree: "Tree", names: Any, found: "list[Scored]") -> list[str]:
    whole = sum(one.score is not None for one in found)
    rows: list[tuple[str, object]] = [
        ("indicators", " / ".join(map(str, tree.levels))), ("objects", f"{len(found):,}"), ("scored", f"{whole:,}"),
    ]  # fmt: skip
    table = [terms(("object", "score", "between", "missing"), out.language)]
    for name, one in list(zip(names, found, strict=True))[:_SHOWN]:
        score = "-" if one.score is None else f"{one.score:.2f}"
        table.append((name, score, f"{one.lowest:.2f} … {one.highest:.2f}", " ".join(one.missing) or "-"))
    said = [sentence("no-score", out.language, count=len(found) - whole)] if whole < len(found) else []
    lines = out.pairs([(term(name, out.language), value) for name, value in rows])
    return [*lines, "", *out.columns(table), *(["", *said] if said else [])]
