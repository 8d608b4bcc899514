"""`openqi risk compare`: does a new model tell the risk better than the one in force, on visits that neither learned from?"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.risk_class_words import sentence, term, terms
from openqi.interfaces.cli.risk_table import VisitsFile, columns_of, file_of, visits_options

if TYPE_CHECKING:
    from openqi.formats.table import Table
    from openqi.science.risk.comparison import Comparison
    from openqi.science.risk.model import Model

_MEASURES: Final = ("log-loss", "brier")


@click.command()
@click.argument("results", type=PATH)
@click.option("--champion", "champion_file", type=PATH, required=True, help="Model document in force.")
@click.option("--challenger", "challenger_file", type=PATH, required=True, help="Model document that would take over.")
@visits_options
@click.option("--stratum", help="Column of the stratum; without, one.")
@click.option(
    "--measure", type=click.Choice(_MEASURES), default="log-loss", help="What is lower for a better model, by default log-loss."
)
@click.option("--confidence", type=float, default=0.95, help="Of the interval, by default 0.95.")
@click.option("--margin", type=float, default=0.0, help="By how much the loss must be lower, by default 0.")
@click.option("--least-visits", type=click.IntRange(min=2), default=200, help="Fewer decide nothing, by default 200.")
@click.option("--least-found", type=click.IntRange(min=1), default=20, help="Nonconforming, and conforming, by default 20.")
@click.option("--least-effective", type=float, default=100.0, help="Effective visits, by default 100.")
@click.option("--top", type=float, default=0.1, help="Share visited first, for the lift, by default 0.1.")
@answering
def compare(
    out: Output, results: Path, champion_file: Path, challenger_file: Path, columns: VisitsFile, stratum: str | None, measure: str,
    confidence: float, margin: float, least_visits: int, least_found: int, least_effective: float, top: float,
) -> None:  # fmt: skip
    """Compare a challenger with the model in force on held-out visits.

    RESULTS is a table (CSV, XLSX or Parquet) of visits that neither model learned from. The challenger takes over only where
    the whole interval of the difference lies above the margin; state the rule before you look.
    """
    from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING, outcome_of
    from openqi.science.risk.comparison import Rule, compared
    from openqi.science.risk.told import risks_of, values_of

    rule = Rule(
        measure=measure, confidence=confidence, margin=margin, least_visits=least_visits, least_found=least_found,
        least_effective=least_effective, top=top,
    )  # fmt: skip
    table, digest = file_of(results)
    models = [_model(path) for path in (champion_file, challenger_file)]
    not_checked = _check_held_out(table, digest, models, columns)
    groups = [outcome_of(text).group for text in columns.outcomes(table)]
    seen = [row for row, group in enumerate(groups) if group in (CONFORMING, NONCONFORMING)]
    told = []
    for model in models:
        risks = risks_of(model, values_of(model, columns_of(table, model.features)))
        told.append([risks[row] for row in seen])
    chances = columns.chances(table)
    strata = None if stratum is None else table.column(stratum)
    found = compared(
        [groups[row] == NONCONFORMING for row in seen], told[0], told[1], [chances[row] for row in seen], rule=rule,
        stratum=None if strata is None else [strata[row] for row in seen],
    )  # fmt: skip
    data = {
        **asdict(found),
        "rule": asdict(rule),
        "notExamined": len(groups) - len(seen),
        "notChecked": not_checked,
        "table": digest,
    }
    out.answer(data, _lines(out, found, data))


def _model(path: Path) -> "Model":
    from openqi.app.files import read_file
    from openqi.science.risk.model import MOST_BYTES, read_model

    return read_model(read_file(path, MOST_BYTES))


def _check_held_out(table: "Table", digest: str, models: "list[Model]", columns: VisitsFile) -> list[str]:
    """Refuse visits that a model learned from, and say what could not be checked.

    Raises:
        RefusedError: a model was trained on this table, or on visits as late as these.
    """
    from openqi.kernel.errors import RefusedError

    days = columns.days(table)
    not_checked = ["objects"]
    for name, model in zip(("champion", "challenger"), models, strict=True):
        if model.trained.get("table") == digest:
            raise RefusedError("held-out", f"the {name} learned from this very table; compare on visits that it never saw")
        dates = model.trained.get("dates")
        last = dates.get("last") if isinstance(dates, dict) else None
        if days is None or not isinstance(last, str):
            not_checked = ["no-dates", "objects"]
        elif (first := min(days)) <= last:
            raise RefusedError(
                "held-out", f"the {name} knows visits up to {last}, and these begin on {first}; compare on later ones"
            )
    return not_checked


def _lines(out: Output, found: "Comparison", data: dict[str, Any]) -> Iterator[str]:
    language = out.language
    yield from out.pairs(
        [
            (term("verdict", language), term(found.verdict, language)),
            (term("visits", language), f"{found.visits:,}"),
            (term("nonconforming", language), f"{found.found:,}"),
            (term("not examined", language), f"{data['notExamined']:,}"),
            (term("effective visits", language), f"{found.effective:,.1f}"),
        ]
    )
    yield ""
    rule = data["rule"]
    measure = term(rule["measure"], language)
    yield from out.columns(
        [
            terms(("model", rule["measure"], "lift"), language),
            (term("model in force", language), f"{found.champion:.6f}", f"{found.champion_lift:.3f}"),
            (term("challenger", language), f"{found.challenger:.6f}", f"{found.challenger_lift:.3f}"),
            (term("better by", language), f"{found.better.value:.6f}", f"{found.lift.value:.3f}"),
            (
                f"{term('interval', language)} ({100 * rule['confidence']:.6g} %)",
                f"{found.better.lower:.6f} … {found.better.upper:.6f}", f"{found.lift.lower:.3f} … {found.lift.upper:.3f}",
            ),
        ]
    )  # fmt: skip
    yield ""
    yield f"{term('rule', language)}: {measure}, {term('margin', language)} {rule['margin']:.6g}"
    yield sentence(found.reason or found.verdict, language)
    yield sentence("lift", language)
    for code in data["notChecked"]:
        yield f"{term('not checked', language)}: {sentence(code, language)}"
