"""The results of a certificate as tables that people read: columns that stand side by side, with their uncertainties."""

from dataclasses import dataclass, replace

from openqi.formats.dcc.document import Text
from openqi.formats.dcc.quantities import quantity_values
from openqi.formats.dcc.values import Values
from openqi.formats.dcc.xml import Node

_SHOWN = ("dcc:name", "dcc:description", "dcc:quantity", "dcc:list", "dcc:text")
_SAID = ("dcc:noQuantity", "dcc:charsXMLList")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One quantity: numbers in one unit (`values`), or words where it is none (`texts`); the other of the two is empty."""

    name: Text
    ref_types: tuple[str, ...]
    values: Values | None
    texts: tuple[Text, ...]
    line: int

    @property
    def rows(self) -> int:
        """How many values it has."""
        return len(self.values.points) if self.values else len(self.texts)


@dataclass(frozen=True, kw_only=True)
class ResultTable:
    """Columns of one length.

    Args:
        result: name of the result that it stands in.
        part: name of the list in it, () where it has none.
        remarks: what is said of it in words.
        columns: at least one, unless there are only remarks.
        unshown: what else stands in it and is no table: formulas, pictures, data of others; each `dcc:formula, line 12`.
    """

    result: Text
    part: Text
    remarks: tuple[Text, ...]
    columns: tuple[Column, ...]
    unshown: tuple[str, ...]
    line: int


def result_tables(root: Node) -> tuple[ResultTable, ...]:
    """Return the results of a parsed certificate, in the order of the file.

    A list whose quantities are single values of one unit is one column, and stands beside the lists next to it that are alike;
    columns of different length stand in tables of their own.

    Raises:
        FormatError: values whose lists do not match.
    """
    found: list[ResultTable] = []
    for result in root.below("dcc:result"):
        data = result.maybe("dcc:data")
        tables = _of(data, result.text_of("dcc:name"), ()) if data else []
        said = result.text_of("dcc:description")
        if said and tables:
            tables[0] = replace(tables[0], remarks=(said, *tables[0].remarks))
        found += tables
    return tuple(found)


def _of(node: Node, result: Text, part: Text) -> list[ResultTable]:
    """The tables of `dcc:data` or of a list."""
    columns = [column for quantity in node.all("dcc:quantity") for column in _columns(quantity)]
    inner: list[ResultTable] = []
    for one in node.all("dcc:list"):
        column = _as_column(one)
        if column is None:
            inner += _of(one, result, one.text_of("dcc:name") or part)
        else:
            columns.append(column)
    remarks = tuple(each.text for each in node.all("dcc:text", "dcc:description"))
    others = (*_SHOWN, "dcc:dateTime", "dcc:dateTimeXMLList") if node.name == "dcc:list" else _SHOWN
    unshown = tuple(f"{child.name}, line {child.line}" for child in node if child.name not in others and child.name not in _AROUND)
    lengths = dict.fromkeys(column.rows for column in columns)
    tables = [
        ResultTable(
            result=result, part=part, remarks=(), unshown=(), line=node.line,
            columns=tuple(column for column in columns if column.rows == length),
        )
        for length in lengths
    ]  # fmt: skip
    if remarks or unshown:
        first = tables[0] if tables else ResultTable(result=result, part=part, remarks=(), columns=(), unshown=(), line=node.line)
        tables[:1] = [replace(first, remarks=remarks, unshown=unshown)]
    return tables + inner


_AROUND = ("dcc:usedMethods", "dcc:usedSoftware", "dcc:measuringEquipments", "dcc:influenceConditions", "dcc:measurementMetaData")


def _columns(quantity: Node) -> list[Column]:
    """A quantity as columns: one for each unit that it is stated in."""
    name, refs = quantity.text_of("dcc:name"), quantity.ref_types
    found = [Column(name=name, ref_types=refs, values=one, texts=(), line=one.line) for one in quantity_values(quantity)]
    for said in quantity.all(*_SAID):
        texts = (said.text,) if said.name == "dcc:noQuantity" else tuple((("", word),) for word in said.words.split())
        found.append(Column(name=name, ref_types=refs, values=None, texts=texts, line=said.line))
    return found


def _as_column(one: Node) -> Column | None:
    """A list of single values of one unit without names of their own as the column that it is; None where it is a table."""
    quantities = one.all("dcc:quantity")
    if len(quantities) < 2 or one.all("dcc:list") or any(each.all("dcc:name") for each in quantities):
        return None
    held = [quantity_values(each) for each in quantities]
    if any(len(each) != 1 or len(each[0].points) != 1 for each in held) or any(each.all(*_SAID) for each in quantities):
        return None
    first = held[0][0]
    if any((each[0].form, each[0].unit, each[0].phase_unit) != (first.form, first.unit, first.phase_unit) for each in held):
        return None
    points = tuple(each[0].points[0] for each in held)
    refs = tuple(dict.fromkeys((*one.ref_types, *(ref for each in quantities for ref in each.ref_types))))
    return Column(
        name=one.text_of("dcc:name"), ref_types=refs, values=replace(first, points=points, covariance=None), texts=(), line=one.line
    )
