"""Safety Gate of the European Union: a CSV file with a line an alert, and the columns that it has by their names."""

from collections.abc import Iterator
from typing import Final

from openqi.formats.recalls.listed import Fault, Line, UnreadableError, fault, line_at, once, text_of
from openqi.formats.table import Options, read_table
from openqi.kernel.errors import FormatError
from openqi.records.recall_rows import TakenRecallRow

ALERT: Final = "alert_number"
KNOWN: Final = (
    ALERT, "product_name", "product_description", "brand", "product_category", "model_type_number", "batch_number", "barcode",
    "production_dates", "company_recall_code", "risk_type", "risk_description", "compulsory_measures", "voluntary_measures",
    "found_and_measures_taken_in", "country_of_origin", "published_on", "case_url", "company_recall_page",
)  # fmt: skip


def read_safety_gate(data: bytes) -> Iterator[TakenRecallRow | Fault]:
    """Yield the alerts of a file as rows, and lines that could not be read.

    Args:
        data: the CSV file; columns are found by their names, and those that it lacks say nothing.

    Raises:
        FormatError: it is no CSV file, or has no column of alert numbers.

    Source: [SAFETYGATE].
    """
    table = read_table(data, name="alerts.csv", format="csv", options=Options(encoding="utf-8", max_rows=1_000_000))
    if ALERT not in table.columns:
        raise FormatError(f"alerts.csv:1: no column {ALERT}; the columns are {', '.join([*table.columns][:30])}")
    columns = {name: table.columns[name] for name in KNOWN if name in table.columns}
    yield from once(
        _row(table.lines[place], {name: text_of(cells[place]) for name, cells in columns.items()})
        for place in range(len(table.lines))
    )


def _row(place: int, cells: dict[str, str]) -> TakenRecallRow | Fault:
    told = dict.fromkeys(KNOWN, "") | cells
    line = line_at(
        place, told[ALERT], title=told["product_name"], name=told["product_description"] or told["product_name"],
        brand=told["brand"], model=_joined(told["model_type_number"], told["company_recall_code"]), batch=told["batch_number"],
        hazard=told["risk_type"], defect=told["risk_description"],
        remedy=_joined(told["compulsory_measures"], told["voluntary_measures"], told["found_and_measures_taken_in"]),
        sold=told["country_of_origin"] and f"country of origin: {told['country_of_origin']}",
        url=told["case_url"] or told["company_recall_page"],
    )  # fmt: skip
    line.day("published", told["published_on"])
    line.made(told["production_dates"])
    line.gtins(told["barcode"])
    return _read(line, "\t".join(told.values()))


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _read(line: Line, text: str) -> TakenRecallRow | Fault:
    try:
        return line.row()
    except UnreadableError as error:
        return fault(line.place, str(error), text)
