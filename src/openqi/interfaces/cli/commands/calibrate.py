"""`openqi calibrate`: a calibration function fitted to the points of a table, read forwards and backwards."""

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import click

from openqi.interfaces.cli.calibration_words import told
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.formats.table import Table
    from openqi.science.calibration.function import CalibrationFunction, Reading
    from openqi.science.calibration.polynomials import Choice

_MAX_BYTES: Final = 16 * 2**20


@click.command()
@click.argument("data", type=PATH)
@click.option("--degree", type=click.IntRange(min=0, max=20), help="Of the polynomial, by default 1; with --choose the highest.")
@click.option("--choose", type=click.Choice(["f-test", "aicc"]), help="Choose the degree by this rule.")
@click.option("--origin", metavar="X", help="Powers are of the distance from here, by default 0.")
@click.option("--at", metavar="X", help="Read the function at X.")
@click.option("--inverse", metavar="Y", help="Read the function backwards at Y, between the smallest and largest x.")
@click.option("--u", "uncertainty", metavar="U", help="Standard uncertainty of that X or Y, by default 0.")
@picture_option
@answering
def calibrate(
    out: Output, data: Path, degree: int | None, choose: str | None, origin: str | None, at: str | None, inverse: str | None,
    uncertainty: str | None, picture: Path | None,
) -> None:  # fmt: skip
    """Fit a calibration function to points: by least squares, weighted where the table says how sure they are.

    DATA is a CSV file with the columns x and y, and u_y and u_x where they are known.
    """
    from openqi.app.files import read_file
    from openqi.formats.table import read_table
    from openqi.kernel.decimals import fraction

    if uncertainty is not None and (at is None) == (inverse is None):
        raise click.UsageError("--u is of the X of --at or of the Y of --inverse: name one of the two with it")
    checked(picture)
    table = read_table(read_file(data, _MAX_BYTES), name=data.name)
    columns = _columns(table)
    choice = None if choose is None else _chosen(columns, 1 if degree is None else degree, choose)
    wanted = choice.degree if choice else 1 if degree is None else degree
    method, found = _fitted(columns, wanted, origin)
    u = 0.0 if uncertainty is None else float(fraction(uncertainty))
    read_at = None if at is None else found.at(float(fraction(at)), u)
    read_back = None if inverse is None else found.inverse(float(fraction(inverse)), u, within=found.span)
    warnings = list(found.warnings)
    if at is not None and not found.span[0] <= float(fraction(at)) <= found.span[1]:
        warnings.append(f"x = {at} lies outside of what was calibrated, {found.span[0]:.15g} to {found.span[1]:.15g}")
    # A misspelt u_y would otherwise be a fit without weights that nobody asked for.
    warnings += [f"column {name} is not used; known are x, y, u_y and u_x" for name in table.columns if name not in columns]
    answer: dict[str, Any] = {
        "points": len(columns["x"]), "degree": wanted, "method": method,
        "coefficients": [
            {"name": f"b{power}", "value": value, "standardUncertainty": sqrt(found.covariance[power][power])}
            for power, value in enumerate(found.coefficients)
        ],
        "covariance": [list(row) for row in found.covariance], "origin": found.origin,
        "residualStandardDeviation": found.residual_sd, "degreesOfFreedom": found.dof, "chiSquared": found.chi_squared,
        "warnings": warnings,
        "choice": None if choice is None else {"rule": choice.rule, "table": [_row(choice, row) for row in choice.table]},
        "at": None if read_at is None else {"x": at, "y": read_at.value, "standardUncertainty": read_at.standard_uncertainty},
        "inverse": None if read_back is None
        else {"y": inverse, "x": read_back.value, "standardUncertainty": read_back.standard_uncertainty},
    }  # fmt: skip
    draw(out, picture, lambda wording: _picture(found, columns, wording))
    out.answer(answer, _lines(out, answer, read_at, read_back))


def _picture(found: "CalibrationFunction", columns: Mapping[str, Sequence[str]], wording: "Wording") -> "Spec":
    from openqi.app.pictures.calibration import calibration_curve

    numbers = {name: [float(cell) for cell in cells] for name, cells in columns.items()}
    return calibration_curve(found, numbers["x"], numbers["y"], wording, u_x=numbers.get("u_x", ()), u_y=numbers.get("u_y", ()))


def _row(choice: "Choice", row: tuple[int, float]) -> dict[str, Any]:
    # An information criterion of minus infinity, of a polynomial that meets every point, has no JSON number.
    value = row[1] if abs(row[1]) != float("inf") else None
    return {"degree": row[0], "probability" if choice.rule == "f-test" else "criterion": value}


def _told(row: Mapping[str, Any]) -> str:
    value = row.get("probability", row.get("criterion"))
    return "-∞" if value is None else f"{value:.4g}"


def _columns(table: "Table") -> Mapping[str, Sequence[str]]:
    """The columns that a calibration knows, each cell a decimal."""
    from openqi.kernel.decimals import decimal
    from openqi.kernel.errors import FormatError

    names = ["x", "y", *(name for name in ("u_y", "u_x") if name in table.columns)]
    columns = {name: table.column(name) for name in names}
    for name, cells in columns.items():
        for place, cell in enumerate(cells):
            try:
                decimal(cell)
            except FormatError as error:
                raise FormatError(f"{table.where(place)}: column {name}: {error}") from None
    if "u_x" in columns and "u_y" not in columns:
        raise FormatError(f"{table.name}:1: a column u_x and none u_y: state how sure the y are too")
    return columns


def _chosen(columns: Mapping[str, Sequence[str]], highest: int, rule: str) -> "Choice":
    from openqi.science.calibration.polynomials import chosen_degree

    if "u_y" in columns:
        raise click.UsageError("--choose compares residuals of points that are equally sure; leave the columns u_y and u_x out")
    return chosen_degree(columns["x"], columns["y"], highest, rule=cast("Literal['f-test', 'aicc']", rule))


def _fitted(columns: Mapping[str, Sequence[str]], degree: int, origin: str | None) -> tuple[str, "CalibrationFunction"]:
    from openqi.science.calibration.generalised import generalised
    from openqi.science.calibration.regression import least_squares

    if "u_x" not in columns:
        found = least_squares(columns["x"], columns["y"], degree=degree, u_y=columns.get("u_y"), origin=origin or "0")
        return ("weighted" if "u_y" in columns else "ordinary"), found
    if degree != 1 or origin:
        raise click.UsageError("a table with u_x is fitted by a straight line about 0: leave --degree and --origin out")
    x, y, u_x, u_y = ([float(cell) for cell in columns[name]] for name in ("x", "y", "u_x", "u_y"))
    return "generalised", generalised(x, y, u_x=u_x, u_y=u_y)


def _lines(out: Output, answer: Mapping[str, Any], at: "Reading | None", back: "Reading | None") -> list[str]:
    rows: list[tuple[str, object]] = [
        ("points", answer["points"]),
        ("degree", answer["degree"]),
        ("fit", out.word(answer["method"])),
    ]
    if answer["origin"]:
        rows.append(("origin of powers", f"{answer['origin']:.15g}"))
    if choice := answer["choice"]:
        tried = [f"{row['degree']}: {_told(row)}" for row in choice["table"]]
        rows.append((choice["rule"], tried))
    rows += [
        ("degrees of freedom", answer["degreesOfFreedom"]),
        ("residual standard deviation", f"{answer['residualStandardDeviation']:.6g}"),
    ]
    if answer["chiSquared"] is not None:
        rows.append(("chi squared", f"{answer['chiSquared']:.6g}"))
    head = (out.word("coefficient"), out.word("value"), out.word("standard uncertainty"))
    cells = [(one["name"], f"{one['value']:.12g}", f"{one['standardUncertainty']:.3g}") for one in answer["coefficients"]]
    lines = [*out.pairs(rows), "", *out.columns([head, *cells])]
    read = [(f"{out.word('at x')} = {answer['at']['x']}", "y", at)] if at else []
    read += [(f"{out.word('at y')} = {answer['inverse']['y']}", "x", back)] if back else []
    if read:
        shown = [(place, f"{name} = {one.value:.12g}", f"u = {one.standard_uncertainty:.3g}") for place, name, one in read]
        lines += ["", *out.columns(shown)]
    return [*lines, *(f"{out.word('warning')}: {told(one, out.language)}" for one in answer["warnings"])]
