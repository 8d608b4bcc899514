"""Excel workbooks (XLSX): one sheet as a table, each cell as the text that a person saw in it.

Read here, part by part, and not through a spreadsheet library: such a library gives binary floats and drops the format, and a
cell that shows 2.0350 was reported with four decimals. What is no table is refused: merged cells, formulas that nobody has
calculated, error values, empty rows between rows. Hidden rows and columns are read like all others.
"""

from openqi.formats.kinds.xlsx.package import Package
from openqi.formats.kinds.xlsx.sheet import read_sheet
from openqi.formats.kinds.xlsx.workbook import Workbook
from openqi.formats.table import Options, Table, TableFormat


def _read(data: bytes, name: str, options: Options) -> Table:
    workbook = Workbook(Package(data, name, options.max_unpacked), options.sheet)
    return read_sheet(workbook, options)


TABLEFORMAT = TableFormat(
    name="xlsx",
    suffixes=(".xlsx", ".xlsm"),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    read=_read,
)
