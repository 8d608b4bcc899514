"""`openqi capability time-model`: which time-dependent distribution model of ISO 22514-2 subgroups speak for, A1 to D."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.tables import check_units, numbers_of, only_column, table_of, times_of

MEANING: Final[Mapping[str, tuple[str, str]]] = {
    "A1": ("location and dispersion stay, normal", "位置与散布不变，正态"),
    "A2": ("location and dispersion stay, not normal", "位置与散布不变，非正态"),
    "B": ("the dispersion changes, the location stays", "散布变化，位置不变"),
    "C1": ("the location changes at random, normally", "位置随机变化，正态"),
    "C2": ("the location changes at random, not normally", "位置随机变化，非正态"),
    "C3": ("the location follows a trend", "位置按趋势变化"),
    "C4": ("the location changes in steps, or remembers", "位置阶跃变化或有记忆"),
    "D": ("location and dispersion change", "位置与散布均变化"),
}


@click.command("time-model")
@click.argument("data", type=PATH)
@click.option("--column", help="Column of the readings; not needed where there is one besides --by.")
@click.option("--subgroup", type=click.IntRange(min=1), help="Readings in a subgroup.")
@click.option("--by", help="Column that names the subgroup of each reading.")
@click.option("--time", "times", help="Column of ISO dates or times, which must not go backwards.")
@click.option("--significance", type=float, default=0.01, help="Of each test, by default 0.01.")
@answering
def time_model(
    out: Output, /, data: Path, column: str | None, subgroup: int | None, by: str | None, times: str | None, significance: float
) -> None:
    """Say which time-dependent model (A1 to D of ISO 22514-2) a process follows, and by which tests.

    DATA is a table (CSV, XLSX or Parquet) of readings in order of time, in at least 8 subgroups of at least 3.
    """
    from openqi.science.capability import time_models

    if (subgroup is None) == (by is None):
        raise click.UsageError("a model is told by subgroups: --subgroup counts them, or --by names their column")
    table = table_of(data)
    check_units(table)
    if times is not None:
        times_of(table, times)
    name = column or only_column(table, {by, times})
    groups = table.column(by) if by is not None else subgroup or 0
    found = time_models.time_model(numbers_of(table, name), groups, significance=significance)
    answer = {
        "column": name, "model": found.model, "subgroups": found.subgroups, "significance": found.significance,
        "methods": list(found.methods),
        "tests": [
            {"name": one.name, "question": one.question, "statistic": one.statistic, "p": one.p_value, "found": one.found}
            for one in found.tests
        ],
    }  # fmt: skip
    said = MEANING[found.model][out.language == "zh"]
    head = tuple(out.word(text) for text in ("question", "test", "statistic", "p", "answer"))
    table_lines = [
        (
            out.word(one.question), out.word(one.name), f"{one.statistic:.4g}", f"{one.p_value:.3g}",
            out.word("yes" if one.found else "no sign of it"),
        )
        for one in found.tests
    ]  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("time-dependent model", f"{found.model} ({said})"), ("subgroups", found.subgroups),
        ("spread is stated by", [out.word(one) for one in found.methods]),
    ]  # fmt: skip
    out.answer(answer, [*out.pairs(rows), "", *out.columns([head, *table_lines])])
