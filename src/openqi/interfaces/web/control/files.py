"""The points of a control plan as a file: a row a point as it was sealed, in CSV for spreadsheets and JSON for programs."""

from collections.abc import Iterator, Sequence
from csv import writer
from io import StringIO

from openqi.app.reading.control.charted import Evaluated, PointLine
from openqi.app.reading.control.points import PointsOf
from openqi.interfaces.web.open_data import json_file


def csv_of(found: PointsOf) -> Iterator[bytes]:
    """Yield the rows as CSV in UTF-8 with a mark of byte order, for Excel; names of columns are the same in every language.

    Source: [RFC4180] section 2.
    """
    panels = found.panels
    yield "\ufeff".encode()
    yield _line(["evaluation", "point", "at", "group", *panels, *(f"{one}:rules" for one in panels), "alarm"])
    for evaluation, one in _each(found):
        yield _line(_row(panels, evaluation, one))


def _line(cells: Sequence[str]) -> bytes:
    sink = StringIO()
    writer(sink, lineterminator="\r\n").writerow(cells)
    return sink.getvalue().encode()


def _each(found: PointsOf) -> Iterator[tuple[Evaluated, PointLine]]:
    for one in found.evaluations:
        yield from ((one, point) for point in one.points)


def _row(panels: Sequence[str], one: Evaluated, point: PointLine) -> list[str]:
    rules = {broken.panel: " ".join(map(str, broken.rules)) for broken in point.broken}
    values = dict(zip([panel.name for panel in one.stated.panels], point.values, strict=True))
    return [
        one.id, str(point.point), point.at, _text(point.group), *(values.get(name, "") for name in panels),
        *(rules.get(name, "") for name in panels), point.state,
    ]  # fmt: skip


def _text(label: str) -> str:
    """A label that no spreadsheet runs as a formula; numbers, which may begin with a minus, stay as they are."""
    return f"'{label}" if label.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")) else label


def json_of(found: PointsOf) -> bytes:
    """Return the rows as JSON."""
    told = {
        "plan": found.plan, "unit": found.unit, "complete": found.complete,
        "points": [
            {
                "evaluation": one.id, "baseline": one.stated.baseline, "point": point.point, "number": point.number, "at": point.at,
                **({"group": point.group} if point.group else {}),
                "values": dict(zip([panel.name for panel in one.stated.panels], point.values, strict=True)),
                "broken": {broken.panel: list(broken.rules) for broken in point.broken}, "alarm": point.state or None,
            }
            for one, point in _each(found)
        ],
    }  # fmt: skip
    return json_file(told)
