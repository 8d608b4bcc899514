"""`openqi risk fit`: a calibrated risk out of a table of visits, written as a model document."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.risk_report_words import sentence, term
from openqi.interfaces.cli.risk_table import VisitsFile, columns_of, file_of, visits_options

if TYPE_CHECKING:
    from openqi.formats.table import Table
    from openqi.science.risk.features import Feature
    from openqi.science.risk.learning.fitting import Fitted
    from openqi.science.risk.learning.visits import Visits


@click.command()
@click.argument("visits", type=PATH)
@click.option("--features", "features_file", type=PATH, required=True, help="JSON list of what a risk may rest on.")
@click.option("--out", "model_file", type=PATH, required=True, help="Where the model document goes.")
@click.option(
    "--held-out", "held_file", type=PATH, help="Write the visits as CSV too, with what models said that had not seen them."
)
@visits_options
@click.option(
    "--split", type=click.Choice(["objects", "time"]), default="objects", help="How folds are parted, by default objects."
)
@click.option("--folds", type=click.IntRange(1, 20), help="How many, by default 5; of 200,000 visits or more 1.")
@click.option("--trim", type=float, help="Cut weights above so many times their mean; by default none is cut.")
@click.option("--rounds", type=click.IntRange(1, 2000), default=300, help="Trees at most, by default 300.")
@click.option("--leaves", type=click.IntRange(2, 255), default=15, help="Of a tree at most, by default 15.")
@click.option("--least-leaf", type=click.IntRange(min=1), default=30, help="Objects in a leaf at least, by default 30.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Of the folds, by default 0.")
@click.option("--threads", type=click.IntRange(1, 1024), default=1, help="Cores, by default 1; the model is the same.")
@answering
def fit(
    out: Output, visits: Path, features_file: Path, model_file: Path, held_file: Path | None, columns: VisitsFile, split: str,
    folds: int | None, trim: float | None, rounds: int, leaves: int, least_leaf: int, seed: int, threads: int,
) -> None:  # fmt: skip
    """Learn a calibrated risk of nonconformity from visits.

    VISITS is a table (CSV, XLSX or Parquet), one row a visit: how it ended, with which probability the object was drawn, and
    what was known of it before. Who was not examined teaches nothing. LightGBM grows the trees (extra risk).
    """
    from openqi.app.files import write_file
    from openqi.science.risk.learning.boosting import Growing
    from openqi.science.risk.learning.fitting import Asked, document_bytes
    from openqi.science.risk.learning.fitting import fit as fitted
    from openqi.science.risk.learning.visits import visits_of

    features = _features(features_file)
    table, digest = file_of(visits)
    known = visits_of(
        columns_of(table, features), features, outcome=columns.outcomes(table), probability=columns.chances(table),
        group=columns.objects(table), days=columns.days(table), trim=trim,
    )  # fmt: skip
    growing = Growing(rounds=rounds, leaves=leaves, least_leaf=least_leaf, seed=seed, threads=threads)
    found = fitted(known, asked=Asked(growing=growing, split=split, folds=folds), table=digest)
    data = document_bytes(found.document)
    write_file(model_file, data)
    if held_file is not None:
        write_file(held_file, _held_out(table, known, found))
    out.answer(_document(found, data), _lines(out, found, model_file))


def _features(path: Path) -> "tuple[Feature, ...]":
    """What the file states: a list, or an object with the member `features` (a model document has it too)."""
    from openqi.app.files import read_file
    from openqi.kernel.errors import FormatError
    from openqi.science.risk.document import json_of
    from openqi.science.risk.features import features_of

    stated = json_of(read_file(path, 2**20), str(path))
    stated = stated.get("features") if isinstance(stated, dict) else stated
    if not isinstance(stated, list):
        raise FormatError(f"{path}: a JSON list of features, or an object with one called features")
    return features_of(stated)


def _held_out(table: "Table", visits: "Visits", found: "Fitted") -> bytes:
    """The rows that were held out, as they stand in the table, with fold, score and probability."""
    held = found.held_out
    names = [name for name in table.columns if name not in {"fold", "score", "said"}]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "fold", "score", "said"])
    rows = visits.rows[held.rows].tolist()
    for row, fold, score, said in zip(rows, held.fold.tolist(), held.score.tolist(), held.probability.tolist(), strict=True):
        writer.writerow([*(table.column(name)[row] for name in names), fold + 1, f"{score:.17f}", f"{said:.17f}"])
    return text.getvalue().encode()


def _document(found: "Fitted", data: bytes) -> dict[str, Any]:
    from hashlib import sha256

    return {
        "model": sha256(data).hexdigest(), "features": len(found.document["features"]), "trees": len(found.document["trees"]),
        "trained": found.document["trained"],
    }  # fmt: skip


def _lines(out: Output, found: "Fitted", model_file: Path) -> list[str]:
    told = found.document["trained"]
    weights, held, lang = told["weights"], told["held_out"], out.language
    left = ", ".join(f"{term(name, lang)} {count}" for name, count in told["left_out"].items()) or "0"
    probabilities = found.document["calibration"]["probabilities"]
    rows: list[tuple[str, object]] = [
        ("model", str(model_file)),
        ("examined", f"{told['examined']:,}"),
        ("bad", f"{told['bad']:,}"),
        ("left out", left),
        ("population rate", f"{told['rate']:.2%}"),
        (
            "weights",
            f"{weights['least']:.4g} … {weights['greatest']:.4g}, {term('effective number', lang)} {weights['effective']:,.0f}",
        ),
        ("trees", f"{len(found.document['trees'])}"),
        ("said between", f"{probabilities[0]:.2%} … {probabilities[-1]:.2%}"),
        ("held out", f"{held['visits']:,}"),
        ("area (AUC), held out", f"{held['auc']:.4f}"),
        ("Brier score, held out", f"{held['brier']:.5f}"),
    ]
    lines = out.pairs([(term(name, lang), value) for name, value in rows])
    told_not = [sentence(code, lang) for code in told["not_shown"]]
    if weights["trimmed"]:
        told_not.insert(0, sentence("trimmed", lang, count=weights["trimmed"], share=weights["removed"]))
    return [*lines, "", term("not shown", lang), *(f"  {one}" for one in told_not)]
