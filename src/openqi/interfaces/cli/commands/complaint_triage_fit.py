"""`openqi complaint triage fit`: a model of matters out of a table of texts with their labels, written as a document."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.results_table import MAX_BYTES
from openqi.interfaces.cli.triage_words import term

if TYPE_CHECKING:
    from openqi.science.triage.fitting import Fitted


@click.command()
@click.argument("table", type=PATH)
@click.option("--out", "model_file", type=PATH, required=True, help="Where the model document goes.")
@click.option("--text", "column", default="text", help="Column of the texts, by default text.")
@click.option("--label", default="label", help="Column of the matter of each, as people found it; by default label.")
@click.option("--right", type=float, default=0.95, help="Share of suggestions that are right at least, by default 0.95.")
@click.option("--confidence", type=float, default=0.95, help="With which the promise is kept, by default 0.95.")
@click.option("--unlike", type=float, default=0.01, help="Share of texts that may be called unlike, by default 0.01.")
@click.option("--cost", type=float, default=0.5, help="Of a text on the wrong side of a line, by default 0.5.")
@click.option("--least", type=int, default=2, help="Texts that a run of characters must stand in, by default 2.")
@click.option("--runs", type=int, default=100_000, help="Runs that are kept at most, by default 100,000.")
@click.option("--folds", type=int, default=5, help="Parts of which each is held out once, by default 5.")
@answering
def fit(
    out: Output, table: Path, model_file: Path, column: str, label: str, right: float, confidence: float, unlike: float,
    cost: float, least: int, runs: int, folds: int,
) -> None:  # fmt: skip
    """Learn what complaints are about from texts with their labels.

    TABLE (CSV, XLSX or Parquet) has a row a text. Rows without text or label are refused. Figures are of texts held out in turn;
    equal texts are always held out together. The model is one JSON document, and holds runs of characters of the texts.
    """
    from hashlib import sha256

    from openqi.app.files import read_file, write_file
    from openqi.formats.table import read_table
    from openqi.kernel.errors import FormatError
    from openqi.science.triage.answering import Promise
    from openqi.science.triage.document import document_bytes, told
    from openqi.science.triage.fitting import Asked
    from openqi.science.triage.fitting import fit as fitted

    promise = Promise(right=right, confidence=confidence)
    asked = Asked(promise=promise, unlike=unlike, cost=cost, least=least, runs=runs, folds=folds)
    rows = read_table(read_file(table, MAX_BYTES), name=table.name)
    texts, labels = rows.column(column), rows.column(label)
    for row, (text, name) in enumerate(zip(texts, labels, strict=True)):
        if not text.strip() or not name.strip():
            lacking = column if not text.strip() else label
            raise FormatError(f"{rows.where(row)}: column {lacking!r} is empty; take the row out, or fill it in")
    found = fitted(texts, labels, asked)
    data = document_bytes(found)
    write_file(model_file, data)
    threshold = found.model.threshold
    answer = {
        "model": sha256(data).hexdigest(), "labels": list(found.model.labels), "runs": len(found.model.vocabulary),
        "texts": len(texts), "gap": found.gap, "rounds": found.rounds,
        "promise": {"right": right, "confidence": confidence},
        "threshold": {"least": threshold.least, "given": threshold.given, "right": threshold.right, "of": threshold.of},
        "held_out": told(found.worth),
    }  # fmt: skip
    out.answer(answer, _lines(out, found, model_file, len(data)))


def _lines(out: Output, found: "Fitted", path: Path, size: int) -> list[str]:
    worth, threshold, lang = found.worth, found.model.threshold, out.language
    promise, interval = found.model.promise, worth.accuracy
    rows: list[tuple[str, Any]] = [
        ("model", f"{path} ({size:,} B)"),
        ("texts", f"{worth.texts:,}"),
        ("labels", f"{len(found.model.labels)}"),
        ("runs", f"{len(found.model.vocabulary):,}"),
        ("accuracy, held out", f"{worth.right / worth.texts:.4f} ({interval.lower:.4f} … {interval.upper:.4f}, 95 %)"),
        ("macro F1, held out", f"{worth.macro_f1:.4f}"),
        ("log score, held out", f"{worth.logarithmic.value:.4f}"),
        ("Brier score, held out", f"{worth.brier.value:.4f}"),
        ("ECE, held out", f"{worth.reliability.error:.4f} ({term('by chance', lang)} {worth.reliability.error_by_chance:.4f})"),
        ("promise", f"{promise.right:g} ({promise.confidence:g})"),
    ]
    if threshold.least is None:
        rows.append(("answers from", term("never", lang)))
    else:
        rows += [
            ("answers from", f"{threshold.least:.4f}"),
            ("answered, held out", f"{threshold.given:,} / {threshold.of:,} ({threshold.given / threshold.of:.1%})"),
            ("right of those", f"{threshold.right:,} ({threshold.right / threshold.given:.1%})"),
        ]
    width = max(len(term(name, lang).encode("gb18030")) for name, _ in rows)
    return [f"{term(name, lang)}{' ' * (width + 2 - len(term(name, lang).encode('gb18030')))}{value}" for name, value in rows]
