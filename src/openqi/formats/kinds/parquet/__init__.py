"""Parquet: exact columns as they are, binary floats only with a statement of how many decimals were reported."""

from openqi.formats.kinds.parquet.cells import texts, writer
from openqi.formats.kinds.parquet.pages import pages_of
from openqi.formats.table import Options, Table, TableFormat, check_headers, check_size, table_of
from openqi.kernel.errors import FormatError


def _read(data: bytes, name: str, options: Options) -> Table:
    import pyarrow as pa  # type: ignore[import-untyped]

    try:
        headers, columns = _columns(data, name, options)
    except (pa.ArrowException, OSError, OverflowError, ValueError) as error:
        raise FormatError(f"{name}:1: not a Parquet file that can be read: {str(error)[:200]}") from error
    if len({len(column) for column in columns}) != 1:
        raise FormatError(f"{name}:1: the columns have not one length; the file is damaged, write it again")
    return table_of(name, headers, columns, range(1, len(columns[0]) + 1))


def _columns(data: bytes, name: str, options: Options) -> tuple[list[str], list[list[str]]]:
    """Everything that can be refused from the footer and the page headers is, before a page is unpacked."""
    import pyarrow as pa
    from pyarrow import parquet

    size = max(1, len(data))
    limits = {"thrift_string_size_limit": size, "thrift_container_size_limit": size, "schema_depth_limit": 8}
    file = parquet.ParquetFile(pa.BufferReader(data), arrow_extensions_enabled=False, **limits)
    headers: list[str] = file.schema_arrow.names
    check_headers(headers, lambda _: f"{name}:1", options)
    for field in file.schema_arrow:
        writer(field.type, field.name, f"{name}:", options)
    try:
        pages = pages_of(data, len(headers))
        shared = [header for index, header in enumerate(headers) if pages.shares(index)]
    except FormatError as error:
        raise FormatError(f"{name}:1: not a Parquet file that can be read: {error}") from error
    check_size(pages.rows, len(headers), f"{name}:1", options)
    if pages.unpacked > options.max_unpacked:
        raise FormatError(f"{name}:1: {pages.unpacked} bytes unpacked; at most {options.max_unpacked} are read, split the file")
    # Each distinct text is kept once, so that a column that repeats one long text does not unfold.
    file = parquet.ParquetFile(
        pa.BufferReader(data), arrow_extensions_enabled=False, read_dictionary=shared, pre_buffer=False, **limits
    )
    return headers, [texts(file.read([header], use_threads=False).column(0), header, name, options) for header in headers]


TABLEFORMAT = TableFormat(name="parquet", suffixes=(".parquet",), media_type="application/vnd.apache.parquet", read=_read)
