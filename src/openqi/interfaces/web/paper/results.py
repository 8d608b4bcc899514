"""Results of a certificate as tables of cells: a column of values, and beside it one of the uncertainties stated with them."""

from collections.abc import Iterator

from openqi.formats.dcc.document import Text
from openqi.formats.dcc.tables import Column, ResultTable
from openqi.formats.dcc.values import Point, Values
from openqi.interfaces.web.paper.blocks import Cell, Grid, Head, aligned
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, term


def said(text: Text, language: str) -> str:
    """Return all that a text says in a language, else in none that is named, else in English, else in the first one that it has."""
    spoken = [one for one, words in text if words]
    chosen = next((one for one in (language, "", "en", *spoken) if one in spoken), "")
    return " ".join(dict.fromkeys(" ".join(words.split()) for one, words in text if one == chosen and words))


def result_grids(tables: tuple[ResultTable, ...], language: str) -> Iterator[Grid]:
    """Yield the results as tables."""
    before = ""
    for table in tables:
        heading, part = said(table.result, language), said(table.part, language)
        notes = tuple(filter(None, (said(remark, language) for remark in table.remarks)))
        notes += tuple(phrase("cert-unshown", language, what=what) for what in table.unshown)
        caption = part if heading == before else " · ".join(filter(None, (heading, part)))
        before = heading
        single = bool(table.columns) and table.columns[0].rows == 1
        head, rows = _turned(table, part, language) if single else _upright(table, part, language)
        yield Grid(heading="", caption=caption, head=head, rows=rows, notes=notes)


def _upright(table: ResultTable, part: str, language: str) -> tuple[tuple[Head, ...], tuple[tuple[Cell, ...], ...]]:
    heads: list[Head] = [Head(text=phrase("cert-point", language), number=True)]
    count = table.columns[0].rows if table.columns else 0
    columns: list[tuple[Cell, ...]] = [tuple(Cell(text=str(number)) for number in range(1, count + 1))]
    for column in table.columns:
        name = said(column.name, language) or part or phrase("cert-value", language)
        for head, cells in _of(column, name, language):
            heads.append(head)
            columns.append(cells)
    return tuple(heads), tuple(zip(*columns, strict=True)) if table.columns else ()


def _turned(table: ResultTable, part: str, language: str) -> tuple[tuple[Head, ...], tuple[tuple[Cell, ...], ...]]:
    """A table of one row: one line a quantity."""
    heads = (
        Head(text=phrase("cert-quantity", language)), Head(text=phrase("cert-value", language), number=True),
        Head(text=phrase("cert-uncertainty", language), number=True),
    )  # fmt: skip
    rows = []
    for column in table.columns:
        name = said(column.name, language) or (column.values.label if column.values else None) or part
        if column.values is None:
            rows.append((Cell(text=name), Cell(text=said(column.texts[0], language)), Cell(text="")))
            continue
        point, unit = column.values.points[0], shown_unit(column.values.unit)
        value = f"{_value(point, column.values)} {unit}".strip()
        stated = _stated(point, language)
        rows.append(
            (Cell(text=name), Cell(text=value), Cell(text=f"{stated} {unit if point.stated.kind != 'none' else ''}".strip()))
        )
    return heads, tuple(rows)


def _of(column: Column, name: str, language: str) -> Iterator[tuple[Head, tuple[Cell, ...]]]:
    """A column, and one for its uncertainty where it has any."""
    values = column.values
    if values is None:
        yield Head(text=name), tuple(Cell(text=said(text, language)) for text in column.texts)
        return
    unit = shown_unit(values.unit)
    over = f" / {unit}" if unit else ""
    if values.form == "real":
        yield Head(text=name + over, number=True), aligned(tuple(point.value for point in values.points))
    else:
        cells = tuple(Cell(text=_value(point, values)) for point in values.points)
        yield Head(text=name + over, number=True), cells
    kinds = {point.stated.kind for point in values.points}
    if kinds == {"none"}:
        return
    shared = {(point.stated.kind, point.stated.coverage_factor, point.stated.coverage_probability) for point in values.points}
    if len(shared) == 1 and kinds <= {"expanded", "standard"} and all(point.stated.uncertainty for point in values.points):
        symbol = "U" if kinds == {"expanded"} else "u"
        coverage = _coverage(values.points[0], language)
        yield (
            Head(text=f"{symbol}{over}{f' ({coverage})' if coverage else ''}", number=True),
            aligned(tuple(point.stated.uncertainty or "" for point in values.points)),
        )
        return
    yield (
        Head(text=phrase("cert-uncertainty", language) + over, number=True),
        tuple(Cell(text=_stated(point, language)) for point in values.points),
    )


def _value(point: Point, values: Values) -> str:
    first = point.value.replace("-", "−")
    if point.imaginary is None:
        return first
    if values.form == "complex-polar":
        return f"{first} ∠ {point.imaginary.replace('-', '−')} {shown_unit(values.phase_unit or '')}".strip()
    other = point.imaginary
    return f"{first} {'−' if other.startswith('-') else '+'} {other.lstrip('-')} j"


def _coverage(point: Point, language: str) -> str:
    stated = point.stated
    parts = []
    if stated.coverage_factor:
        parts.append(f"k\u00a0=\u00a0{stated.coverage_factor}")
    if stated.coverage_probability:
        parts.append(f"p\u00a0=\u00a0{stated.coverage_probability}")
    if stated.distribution:
        parts.append(term("distribution", stated.distribution, language))
    return ", ".join(parts)


def _stated(point: Point, language: str) -> str:
    """An uncertainty in words of its own, for tables in which it differs from line to line."""
    stated = point.stated
    match stated.kind:
        case "none":
            return "–"
        case "interval":
            return f"[{stated.low}, {stated.high}]".replace("-", "−") + (
                f" (p = {stated.coverage_probability})" if stated.coverage_probability else ""
            )
        case "standard":
            return f"u = {stated.uncertainty}"
        case _ if stated.uncertainty is None:
            return phrase("cert-region", language, coverage=_coverage(point, language))
    coverage = _coverage(point, language)
    return f"{stated.uncertainty}{f' ({coverage})' if coverage else ''}"
