"""`openqi risk report`: what a risk is worth for the population, the visited and the random floor, and what is not shown."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option
from openqi.interfaces.cli.results_options import confidence_option
from openqi.interfaces.cli.results_table import numbers
from openqi.interfaces.cli.risk_report_lines import lines_of
from openqi.interfaces.cli.risk_table import VisitsFile, columns_of, file_of, optional_numbers, visits_options

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.formats.table import Table
    from openqi.science.risk.judging.drift import Shift
    from openqi.science.risk.model import Model


def _numbers(_: click.Context, option: click.Parameter, text: str | None) -> tuple[float, ...] | None:
    """Numbers with commas between them."""
    if text is None:
        return None
    try:
        return tuple(float(one) for one in text.split(","))
    except ValueError:
        raise click.BadParameter(f"{text!r}: numbers with commas between them", param=option) from None


@click.command()
@click.argument("results", type=PATH)
@click.option("--model", "model_file", type=PATH, help="Model document that scores the table.")
@click.option("--said", help="Column of what a model said before the visit, instead of a model; --held-out of fit writes it.")
@visits_options
@click.option("--by", multiple=True, help="Column by which fairness is asked: size, region, age; or several.")
@click.option("--floor", help="Column of the probability of the random floor, empty where the floor did not draw.")
@click.option(
    "--then", type=PATH, metavar="TABLE", help="Earlier table: how far the features and the risk moved since; needs --model."
)
@click.option("--thresholds", callback=_numbers, help="Where classes B, C and D begin, as 0.1,0.2,0.4.")
@click.option("--visit", type=float, help="Cost of a visit.")
@click.option("--missed", type=float, help="Loss from a bad object that is not visited, in the same unit.")
@click.option(
    "--flagged-from", type=float, help="From which probability on an object counts as risky; by default class C, or the rate."
)
@click.option("--budgets", callback=_numbers, default="0.01,0.05,0.1,0.2,0.5", help="Shares of the population that are visited.")
@click.option("--bins", type=click.IntRange(2, 100), default=10, help="Groups of like risk, by default 10.")
@confidence_option
@picture_option
@answering
def report(
    out: Output, results: Path, model_file: Path | None, said: str | None, columns: VisitsFile, by: tuple[str, ...],
    floor: str | None, then: Path | None, thresholds: tuple[float, ...] | None, visit: float | None, missed: float | None,
    flagged_from: float | None, budgets: tuple[float, ...], bins: int, confidence: float, picture: Path | None,
) -> None:  # fmt: skip
    """Say whether a risk holds, finds, is fair and lasts, and what is not shown.

    RESULTS is a table (CSV, XLSX or Parquet) of visits that the model has not seen.
    """
    from openqi.science.risk.judging.report import Questions, report_of
    from openqi.science.risk.judging.results import results_of

    if (model_file is None) == (said is None):
        raise click.UsageError("name either --model, which scores the table, or --said, the column of what was said")
    if then is not None and model_file is None:
        raise click.UsageError("--then compares the features of a model; name it with --model")
    checked(picture)
    table, digest = file_of(results)
    model = None if model_file is None else _model(model_file)
    asked = Questions(
        bins=bins, confidence=confidence, budgets=budgets, thresholds=thresholds, visit=visit, missed=missed,
        flagged_from=flagged_from,
    )  # fmt: skip
    found = report_of(
        results_of(
            _said(table, model, said), outcome=columns.outcomes(table), probability=columns.chances(table),
            floor=None if floor is None else optional_numbers(table, floor), days=columns.days(table),
            groups={name: table.column(name) for name in by},
            seen=model is not None and model.trained.get("table") == digest,
        ),
        asked,
    )  # fmt: skip
    shifts = _shifts(model, table, then, columns)
    draw(out, picture, lambda wording: _picture(found, wording))
    out.answer(
        {**asdict(found), "shifts": [asdict(one) for one in shifts], "table": digest},
        lines_of(out.language, out.columns, found, shifts),
    )


def _model(path: Path) -> "Model":
    from openqi.app.files import read_file
    from openqi.science.risk.model import MOST_BYTES, read_model

    return read_model(read_file(path, MOST_BYTES))


def _said(table: "Table", model: "Model | None", said: str | None) -> Sequence[float]:
    from openqi.science.risk.judging.results import said_by

    if model is None:
        return numbers(table, str(said))
    found: Sequence[float] = said_by(model, columns_of(table, model.features)).tolist()
    return found


def _shifts(model: "Model | None", table: "Table", then: Path | None, columns: VisitsFile) -> "tuple[Shift, ...]":
    from openqi.science.risk.judging.results import shifts_of

    if model is None or then is None:
        return ()
    before, _ = file_of(then)
    return shifts_of(
        model,
        columns_of(before, model.features),
        columns_of(table, model.features),
        (columns.chances(before), columns.chances(table)),
    )


def _picture(found: Any, wording: "Wording") -> "Spec":
    from openqi.app.pictures.reliability import reliability_diagram

    return reliability_diagram(found, wording)
