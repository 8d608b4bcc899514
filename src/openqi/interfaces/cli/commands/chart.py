"""`openqi chart`: limits of a control chart from a table, and every violated rule of every point."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.chart_notices import notices, said
from openqi.interfaces.cli.chart_points import OF_VECTORS, Asked, beside_of, check_shape, points_of
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option
from openqi.interfaces.cli.rule_sets import json_mapping, named_rules
from openqi.interfaces.cli.tables import only_column

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.science.charts.charting import Chart, Panel, StageEstimates

_MAX_BYTES: Final = 64 * 2**20
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
@picture_option
@click.option("--unit", default="", help="Of the readings, for the picture; a UCUM code, for example mm.")
@click.option("--lower", type=float, help="Lower limit of the specification, for a picture of single readings.")
@click.option("--upper", type=float, help="Upper limit of the specification, likewise.")
@click.option(
    "--monitored-from",
    type=click.IntRange(min=1),
    metavar="POINT",
    help="The first point that limits were not estimated from; those before it are drawn as the baseline.",
)
@click.option("--whole", is_flag=True, help="Flag all points of a pattern, not only the one that completes it.")
@answering
def chart(
    out: Output, /, data: Path, kind: str, rules: str, columns: tuple[str, ...], settings: tuple[str, ...], whole: bool,
    picture: Path | None, unit: str, lower: float | None, upper: float | None, monitored_from: int | None, **asked: Any,
) -> None:  # fmt: skip
    """Chart readings, and say which rules they break; a broken rule is a finding.

    DATA is a table (CSV, XLSX or Parquet) in order of time; an empty cell is a missing value.
    """
    from openqi.app.files import read_file
    from openqi.formats.table import read_table
    from openqi.science.charts.charting import chart as charted
    from openqi.science.charts.charting import chart_kinds

    shown = {"unit": unit, "lower": lower is not None, "upper": upper is not None, "monitored-from": monitored_from}
    checked(picture, **shown)
    table = read_table(read_file(data, _MAX_BYTES), name=data.name)
    others = {name: asked[name] for name in ("sizes", "groups", "stages", "times") if asked[name] is not None}
    names = columns or (only_column(table, {asked["by"], *others.values()}),)
    how = Asked(columns=names, by=asked["by"], subgroup=asked["subgroup"])
    if kind in (known := chart_kinds()):
        check_shape(known[kind], how, others)
    points, firsts = points_of(table, how)
    beside: dict[str, Any] = beside_of(table, others, firsts)
    options: dict[str, Any] = dict(map(_named, settings))
    if kind == OF_VECTORS:
        options.setdefault("variables", len(names))
    options |= {name: _setting(f"--{name}", asked[name]) for name in ("centre", "sigma") if asked[name] is not None}
    found = charted(kind, points, rules=named_rules(rules), mark="whole" if whole else "end", **beside, **options)
    drawn = {"times": beside.get("times", ()), "unit": unit, "lower": lower, "upper": upper}
    drawn["monitored_from"] = _monitored(found, monitored_from)
    draw(out, picture, lambda wording: _picture(found, wording, drawn))
    told = notices(found, points, asked["subgroup"], len(names))
    out.answer(_document(found, names) | {"notices": told}, _lines(out, found, told), finding=bool(found.violations()))


def _monitored(found: "Chart", given: int | None) -> int | None:
    """The first monitored point, counted from 0; where all points gave the limits none is, and no picture may say so."""
    if given is None:
        return None
    if not any(how == "frozen" for stage in found.stages for how in stage.estimators.values()):
        raise click.UsageError("--monitored-from: limits were estimated from all points; freeze those of the baseline, as --centre")
    return given - 1


def _picture(found: "Chart", wording: "Wording", drawn: dict[str, Any]) -> "Spec":
    from openqi.app.pictures.control.control_chart import control_chart
    from openqi.app.pictures.control.plotted import plotted

    return control_chart(plotted(found, **drawn), wording)


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


def _lines(out: Output, found: "Chart", notes: Sequence[Mapping[str, Any]]) -> list[str]:
    head = tuple(out.word(text) for text in ("panel", "stage", "points", "centre line", "lower limit", "upper limit", "violations"))
    rows = [_row(out, panel, stage.label, stage.start, stage.stop) for panel in found.panels for stage in found.stages]
    lines = [*out.columns([head, *rows]), ""]
    for stage in found.stages:
        told = [f"{out.word(name.replace('_', ' '))} {value:.6g}" for name, value in _findings(stage).items() if isfinite(value)]
        lines += [f"{stage.label}: {', '.join(told)}".removeprefix(": "), ""] if told else []
    violations = found.violations()
    for panel, point, numbers in violations[:_SHOWN]:
        rules = ", ".join(map(str, numbers))
        lines.append(f"{out.word(panel)} {point + 1}: {out.word('breaks rule')} {rules}")
    if len(violations) > _SHOWN:
        lines.append(f"… {len(violations) - _SHOWN} {out.word('more points; --json has all')}")
    if not violations and not any(note["code"] == "not-judged" for note in notes):
        lines.append(out.state("passed", out.word("no rule is broken")))
    return [*lines, *(said(note, out.language) for note in notes)]


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
