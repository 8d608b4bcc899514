"""`openqi risk classify`: which class each object is in, why, and what would change it."""

import csv
import io
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.risk_class_files import classes_from, classes_in
from openqi.interfaces.cli.risk_class_words import added, changed, term, terms
from openqi.interfaces.cli.risk_table import columns_of, file_of

if TYPE_CHECKING:
    from openqi.science.risk.classes import RiskClass
    from openqi.science.risk.model import Model
    from openqi.science.risk.reasons import Reason
    from openqi.science.risk.told import Told


@click.command()
@click.argument("objects", type=PATH)
@click.option("--model", "model_file", type=PATH, required=True, help="Model document.")
@click.option("--object", "named", default="object", help="Column of what an object is called, by default object.")
@click.option(
    "--classes", "classes_file", type=PATH, help="JSON of the classes: where each begins, or what each costs and prevents."
)
@click.option("--thresholds", help="Instead: where classes B, C, … begin, as 0.05,0.15,0.4.")
@click.option(
    "--reasons", type=click.IntRange(0, 20), default=3, help="Reasons an object, by default 3; 0 for none, which is quicker."
)
@click.option("--out", "out_file", type=PATH, help="Write all objects as CSV, in the order of the table.")
@click.option("--most", type=click.IntRange(0, 1000), default=10, help="How many objects are shown, by default 10.")
@click.option("--changes", is_flag=True, help="Of those shown: which single change would bring each into the class below.")
@answering
def classify(
    out: Output, objects: Path, model_file: Path, named: str, classes_file: Path | None, thresholds: str | None, reasons: int,
    out_file: Path | None, most: int, changes: bool,
) -> None:  # fmt: skip
    """Give each object its probability, its class and the reasons.

    OBJECTS is a table (CSV, XLSX or Parquet), one row an object, with a column a feature of the model; an empty cell is missing.
    Shown are the objects of the highest risk.
    """
    from openqi.app.files import read_file, write_file
    from openqi.science.risk.model import MOST_BYTES, read_model
    from openqi.science.risk.told import told_of, values_of

    if (classes_file is None) == (thresholds is None):
        raise click.UsageError("name either --classes, a file, or --thresholds")
    classes = classes_in(classes_file) if classes_file is not None else classes_from(str(thresholds))
    model = read_model(read_file(model_file, MOST_BYTES))
    table, _ = file_of(objects)
    names = _names(table.column(named), table.where, named)
    values = values_of(model, columns_of(table, model.features))
    told = told_of(model, values, classes, reasons=reasons)
    first = sorted(range(len(names)), key=lambda row: (-told.parts[row], names[row]))[:most]
    rows = [_row(out, model, classes, told, names, row, values[row].tolist() if changes else None) for row in first]
    if out_file is not None:
        write_file(out_file, _csv(model, classes, told, names))
    counts = [told.places.count(place) for place in range(len(classes))]
    data = {
        "objects": len(names), "incomplete": sum(1 for one in told.missing if one),
        "model": {"features": list(model.names), "trees": len(model.trees)},
        "classes": [
            {
                "class": one.name, "from": str(one.least), "objects": count,
                "ratio": None if classes_file is None else str(one.ratio),
                "floor": None if classes_file is None else str(one.floor),
            }
            for one, count in zip(classes, counts, strict=True)
        ],
        "shown": rows, "file": None if out_file is None else str(out_file),
    }  # fmt: skip
    out.answer(data, _lines(out, data, reasons))


def _names(cells: Sequence[str], where: Any, column: str) -> list[str]:
    from openqi.kernel.errors import FormatError

    seen: set[str] = set()
    for row, cell in enumerate(cells):
        if not cell.strip() or cell in seen:
            raise FormatError(
                f"{where(row)}: column {column!r} is {'empty' if not cell.strip() else f'{cell!r} a second time'}; each object once"
            )
        seen.add(cell)
    return [*cells]


def _row(
    out: Output, model: "Model", classes: "Sequence[RiskClass]", told: "Told", names: Sequence[str], row: int,
    values: list[float] | None,
) -> dict[str, Any]:  # fmt: skip
    from openqi.science.risk.parts import text_of

    del out
    found: dict[str, Any] = {
        "object": names[row], "probability": text_of(told.parts[row]), "class": classes[told.places[row]].name,
        "missing": told.missing[row],
        "reasons": [
            {"feature": one.feature, "value": _value(model, one), "adds": round(one.adds, 3)}
            for one in (told.reasons[row] if told.reasons else ())
        ],
    }  # fmt: skip
    if values is not None:
        found["changes"] = _changes(model, classes, told.places[row], values)
    return found


def _changes(model: "Model", classes: "Sequence[RiskClass]", place: int, values: list[float]) -> list[dict[str, Any]]:
    from openqi.science.risk.parts import PARTS, text_of
    from openqi.science.risk.reasons import changes_of

    if place == 0:
        return []
    least = classes[place].least
    bound = -(-least.numerator * PARTS // least.denominator)
    kinds = {one.name: one for one in model.features}
    return [
        {
            "feature": one.feature, "side": "at-most" if one.below else "at-least", "probability": text_of(one.parts),
            "value": kinds[one.feature].categories[int(one.upto)] if kinds[one.feature].categories else one.upto,
        }
        for one in changes_of(model, values, bound)
    ]  # fmt: skip


def _value(model: "Model", reason: "Reason") -> str | float | None:
    if reason.value is None or isnan(reason.value):
        return None
    kind = next(one for one in model.features if one.name == reason.feature)
    return kind.categories[int(reason.value)] if kind.categories else reason.value


def _csv(model: "Model", classes: "Sequence[RiskClass]", told: "Told", names: Sequence[str]) -> bytes:
    from openqi.science.risk.parts import text_of

    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    most = max((len(one) for one in told.reasons), default=0)
    writer.writerow(["object", "probability", "class", "missing", *(f"reason {place + 1}" for place in range(most))])
    categories = {one.name: one.categories for one in model.features}
    labels = [one.name for one in classes]
    own: Sequence[tuple[Any, ...]] = told.reasons or [()] * len(names)
    for name, parts, place, missing, reasons in zip(names, told.parts, told.places, told.missing, own, strict=True):
        writer.writerow([name, text_of(parts), labels[place], missing, *(_told(one, categories[one.feature]) for one in reasons)])
    return file.getvalue().encode()


def _told(reason: "Reason", categories: Sequence[str]) -> str:
    value = "?" if reason.value is None else categories[int(reason.value)] if categories else f"{reason.value:.12g}"
    return f"{reason.feature}={value} {reason.adds:+.3f}"


def _lines(out: Output, data: dict[str, Any], reasons: int) -> Iterator[str]:
    language = out.language
    yield from out.columns(
        [
            terms(("class", "from", "objects", "share", "ratio", "random floor"), language),
            *(
                (
                    one["class"], one["from"], f"{one['objects']:,}", f"{100 * one['objects'] / max(data['objects'], 1):.2f} %",
                    one["ratio"] or "-", one["floor"] or "-",
                )
                for one in data["classes"]
            ),
        ]
    )  # fmt: skip
    yield ""
    for one in data["shown"]:
        yield f"{one['object']}  {term('class', language)} {one['class']}  {one['probability']}"
        for reason in one["reasons"]:
            yield "  " + added(reason, language)
        for change in one.get("changes", ()):
            yield "  " + changed(change, language)
    if not reasons:
        yield term("no reasons were asked for", language)
    if data["incomplete"]:
        yield f"{term('objects with something missing', language)}: {data['incomplete']:,}"
    if data["file"]:
        yield f"{term('written to', language)} {data['file']}"
