"""`openqi chart`: limits of a control chart from a table, and every violated rule of every point."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.rule_sets import json_mapping, named_rules

if TYPE_CHECKING:
    from openqi.formats.table import Table
    from openqi.science.charts.charting import Chart, Panel, StageEstimates

_MAX_BYTES: Final = 64 * 2**20
_OF_VECTORS: Final = "t2-means"
_SHOWN: Final = 40
"""So many violations are listed for people; --json has all."""


@click.command(context_settings={"ignore_unknown_options": True})  # a centre may be negative
@click.argument("data", type=PATH)
@click.option("--kind", required=True, help="Kind of chart: i-mr, xbar-r, p, ewma, ... as docs/control/charts.md lists them.")
@click.option("--rules", default="nelson", help="A rule set by its name, or a JSON file with one's own; by default nelson.")
@click.option("--column", "columns", multiple=True, help="Column of the readings; several for vectors and subgroups in rows.")
@click.option("--by", help="Column that names the subgroup of each reading.")
@click.option("--subgroup", type=click.IntRange(min=1), help="So many readings in a row are a subgroup.")
@click.option("--sizes", help="Column of the inspected units of each count.")
@click.option("--groups", help="Column of the part of each reading, of charts of short runs.")
@click.option("--stages", help="Column whose change begins a stage with limits of its own.")
@click.option("--time", "times", help="Column of ISO dates or times, which must not go backwards.")
@click.option("--centre", help="Frozen centre; by default it is estimated.")
@click.option("--sigma", help="Frozen standard deviation of a single value; by default it is estimated.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another option of the kind, for example weight=0.1.")
@click.option("--whole", is_flag=True, help="Flag all points of a pattern, not only the one that completes it.")
@answering
def chart(
    out: Output,
    /,
    data: Path,
    kind: str,
    rules: str,
    columns: tuple[str, ...],
    settings: tuple[str, ...],
    whole: bool,
    **asked: Any,
) -> None:
    """Chart readings, and say which rules they break; a broken rule is a finding.

    DATA is a table (CSV, XLSX or Parquet) in order of time; an empty cell is a missing value.
    """
    from openqi.app.files import read_file
    from openqi.formats.table import read_table
    from openqi.science.charts.charting import chart as charted

    table = read_table(read_file(data, _MAX_BYTES), name=data.name)
    others = {name: asked[name] for name in ("sizes", "groups", "stages", "times") if asked[name] is not None}
    names = columns or _only_column(table, {asked["by"], *others.values()})
    points, firsts = _points(table, names, asked["by"], asked["subgroup"], vectors=kind == _OF_VECTORS)
    beside: dict[str, Any] = {name: [_beside(table, name, column, row) for row in firsts] for name, column in others.items()}
    options: dict[str, Any] = dict(map(_named, settings))
    if kind == _OF_VECTORS:
        options.setdefault("variables", len(names))
    options |= {name: _setting(f"--{name}", asked[name]) for name in ("centre", "sigma") if asked[name] is not None}
    found = charted(kind, points, rules=named_rules(rules), mark="whole" if whole else "end", **beside, **options)
    out.answer(_document(found, names), _lines(out, found), finding=bool(found.violations()))


def _only_column(table: "Table", others: set[str | None]) -> tuple[str, ...]:
    names = [name for name in table.columns if name not in others]
    if len(names) != 1:
        raise click.UsageError(f"name the column of the readings with --column; there are {', '.join(names[:30]) or 'none'}")
    return (names[0],)


def _points(
    table: "Table", names: Sequence[str], by: str | None, subgroup: int | None, *, vectors: bool
) -> tuple[list[Any], list[int]]:  # fmt: skip
    """The points, and the row in which each begins; of a chart of subgroups of vectors these one behind the other."""
    if by is not None and subgroup is not None:
        raise click.UsageError("--by and --subgroup each make subgroups: state one of them")
    if len(names) > 1 and not vectors and (by is not None or subgroup is not None):
        raise click.UsageError(
            f"several --column, --by and --subgroup each make subgroups: state one of them (but of {_OF_VECTORS})"
        )
    if vectors and by is None and subgroup is None:
        raise click.UsageError(f"{_OF_VECTORS} plots means of subgroups: --subgroup counts them, or --by names their column")
    cells = [[_reading(table, name, row) for row in range(len(table.lines))] for name in names]
    if len(names) > 1 and not vectors:
        return list(zip(*cells, strict=True)), list(range(len(table.lines)))
    rows = len(table.lines)
    if by is None and subgroup is None:
        return cells[0], list(range(rows))
    labels = table.column(by) if by is not None else [str(row // (subgroup or 1)) for row in range(rows)]
    starts = [row for row in range(rows) if row == 0 or labels[row] != labels[row - 1]]
    spans = zip(starts, [*starts[1:], rows], strict=True)
    return [[column[row] for row in range(start, stop) for column in cells] for start, stop in spans], starts


def _reading(table: "Table", name: str, row: int) -> float | None:
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    cell = table.column(name)[row]
    if not cell.strip():
        return None
    try:
        return float(fraction(cell))
    except FormatError as error:
        raise FormatError(f"{table.where(row)}: column {name}: {error}") from None


def _beside(table: "Table", name: str, column: str, row: int) -> object:
    """What stands beside a point: a size is a number, a time is an instant, the rest are labels."""
    from datetime import datetime, timedelta

    from openqi.kernel.errors import FormatError

    cell = table.column(column)[row]
    if name == "sizes":
        return _reading(table, column, row)
    if name != "times":
        return cell
    try:
        found = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise FormatError(f"{table.where(row)}: column {column}: {cell!r} is no ISO date or time, as 2026-11-30T16:00") from None
    return found.replace(tzinfo=None) - (found.utcoffset() or timedelta())


def _named(setting: str) -> tuple[str, object]:
    name, equals, value = setting.partition("=")
    if not equals:
        raise click.UsageError(f"--set {setting}: write NAME=VALUE, for example weight=0.1")
    return name.strip().replace("-", "_"), _setting(None, value.strip())


def _setting(option: str | None, text: str) -> object:
    """A number where it is one, a table where a JSON file is named; an option that must be a number says so."""
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    if option is None and text.endswith(".json"):
        return json_mapping(text, "a table of names and numbers")

    try:
        return float(fraction(text))
    except FormatError as error:
        if option is None:
            return text
        raise click.UsageError(f"{option}: {error}") from None


def _finite(row: Sequence[float]) -> list[float | None]:
    return [value if isfinite(value) else None for value in row]


def _document(found: "Chart", names: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "columns": list(names),
        "rules": {"name": found.rules.name, "numbers": [rule.number for rule in found.rules.rules], "source": found.rules.source},
        "panels": [
            {
                "name": panel.name, "watched": list(panel.watched),
                **{name: _finite(getattr(panel, name)) for name in ("values", "centre", "sigma", "lower", "upper")},
                "violations": [
                    {"point": point + 1, "rules": list(found.rules.numbers_of(bits))}
                    for point, bits in enumerate(panel.flags) if bits
                ],
            }
            for panel in found.panels
        ],
        "stages": [
            {
                "label": stage.label, "from": stage.start + 1, "to": stage.stop, "estimators": dict(stage.estimators),
                "estimates": {name: value if isfinite(value) else None for name, value in stage.estimates.items()},
                "findings": {name: value if isfinite(value) else None for name, value in _findings(stage).items()},
            }
            for stage in found.stages
        ],
    }  # fmt: skip


def _findings(stage: "StageEstimates") -> dict[str, float]:
    """What else was found of a stage; points are counted from 1, over all stages, as those of violations are."""
    return {name: value + stage.start + 1 if name.endswith("_point") else value for name, value in stage.findings.items()}


def _lines(out: Output, found: "Chart") -> list[str]:
    head = tuple(out.word(text) for text in ("panel", "stage", "points", "centre line", "lower limit", "upper limit", "violations"))
    rows = [_row(out, panel, stage.label, stage.start, stage.stop) for panel in found.panels for stage in found.stages]
    lines = [*out.columns([head, *rows]), ""]
    for stage in found.stages:
        told = [f"{out.word(name.replace('_', ' '))} {value:.6g}" for name, value in _findings(stage).items()]
        lines += [f"{stage.label}: {', '.join(told)}".removeprefix(": "), ""] if told else []
    violations = found.violations()
    for panel, point, numbers in violations[:_SHOWN]:
        rules = ", ".join(map(str, numbers))
        lines.append(f"{out.word(panel)} {point + 1}: {out.word('breaks rule')} {rules}")
    if len(violations) > _SHOWN:
        lines.append(f"… {len(violations) - _SHOWN} {out.word('more points; --json has all')}")
    if not violations:
        lines.append(out.state("passed", out.word("no rule is broken")))
    return lines


def _row(out: Output, panel: "Panel", label: str, start: int, stop: int) -> tuple[str, ...]:
    """A panel of a stage in a line; a limit that differs between points says from where to where it goes."""
    lines = [_span(getattr(panel, name)[start:stop]) for name in ("centre", "lower", "upper")]
    broken = sum(bits > 0 for bits in panel.flags[start:stop])
    return (out.word(panel.name), label or "-", str(stop - start), *lines, str(broken))


def _span(row: Sequence[float]) -> str:
    there = [value for value in row if isfinite(value)]
    if not there:
        return "-"
    return f"{there[0]:.8g}" if min(there) == max(there) else f"{min(there):.8g} … {max(there):.8g}"
