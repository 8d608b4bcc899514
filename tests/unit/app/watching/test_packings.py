"""How readings are packed makes no difference to what is found in them: the same bytes of results."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from plant_readings import baseline, digests, plant, watched

DELTA = "DELTA_BINARY_PACKED"
PACKINGS = {
    "as the page advises": {
        "data_page_size": 1 << 24, "compression": {"stream": "zstd", "time": "zstd", "value": "none"},
        "use_dictionary": ["stream", "value"], "column_encoding": {"time": DELTA},
    },
    "plain": {"compression": "none", "use_dictionary": False},
    "short pages of the second version": {"compression": "snappy", "data_page_size": 64, "data_page_version": "2.0"},
    "bytes apart": {"compression": "zstd", "use_dictionary": ["stream"], "column_encoding": {"value": "BYTE_STREAM_SPLIT"}},
    "with check sums": {"compression": "lz4", "write_page_checksum": True},
}  # fmt: skip


@pytest.mark.parametrize("required", [True, False], ids=["without nulls", "with nulls"])
@pytest.mark.parametrize("packing", PACKINGS)
def test_results_are_the_same_bytes_however_readings_are_packed(tmp_path, packing, required):
    plant(tmp_path / "in", files=2, streams=12)
    limits = baseline(tmp_path / "b.csv", streams=12)
    watched(tmp_path / "in", tmp_path / "out", limits)
    (tmp_path / "other").mkdir()
    for path in sorted((tmp_path / "in").glob("*.parquet")):
        table = parquet.read_table(path)
        if required:
            table = table.cast(pa.schema([field.with_nullable(False) for field in table.schema]))
        parquet.write_table(table, tmp_path / "other" / path.name, row_group_size=400, **PACKINGS[packing])
    watched(tmp_path / "other", tmp_path / "again", limits)
    assert digests(tmp_path / "again") == digests(tmp_path / "out") != {}
