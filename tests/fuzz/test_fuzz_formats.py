"""Any bytes into any reader of foreign formats give a value or our own error, in little time and memory."""

import io
import json
import resource
import subprocess
import sys
import zipfile
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import thread_time

import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

from clocked import fair
from fuzz.mutate import MAX_INPUT, changed_json, inputs
from openqi.formats.document import Node, parse_yaml
from openqi.formats.epcis import read_events
from openqi.formats.photos.photo import bare_photo
from openqi.formats.table import Options, read_table
from openqi.formats.table_text import write_csv, write_xlsx
from openqi.formats.typed_code import typed_code
from openqi.kernel.errors import OpenQIError

MOST_SECONDS = 1.0
TEXTS = {"item": ["P1", "=2", "", "x\ny"], "厚度": ["2.0350", "-1", "3", "1e5"]}
YAML = """# readings
name: 'Linyi "3"'
requirements:
  capacity: {lower: 2.0350, upper: [a, "b\\n"]}
  empty:
  steps: &a
  - k: |
      two
      lines
  - ? x
    : *a
--- !t
"""
EVENT = {
    "type": "AggregationEvent", "eventTime": "2026-01-02T08:00:00.250+08:00", "eventTimeZoneOffset": "+08:00",
    "action": "ADD", "parentID": "urn:a:0", "childEPCs": ["urn:a:1", "urn:a:2"], "bizStep": "urn:epcglobal:cbv:bizstep:packing",
    "readPoint": {"id": "urn:a:3", "x": 1}, "errorDeclaration": {"declarationTime": "2026-01-02T08:00:00Z"}, "x:y": [1.5, True],
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A function of bytes, good examples, fragments that inputs are made of, and what an input costs against the others."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    share: float = 1.0


def table(name: str) -> Callable[[bytes], object]:
    options = Options(decimals={"v": 3, "f": 1}, max_unpacked=2_000_000, max_cells=200_000)
    return lambda data: read_table(data, name=name, options=options)


def parts(data: bytes) -> tuple[bytes, ...]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return tuple(name.encode() + b"\0" + package.read(name) for name in package.namelist())


BOOK = write_xlsx(TEXTS)


def repacked(data: bytes) -> object:
    """A workbook in which one part is the input, so that the input reaches what is inside of the zip."""
    name, _, content = data.partition(b"\0")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, content if info.filename.encode() == name else source.read(info))
    return table("a.xlsx")(out.getvalue())


def columns(**options) -> bytes:
    out = io.BytesIO()
    found = {
        "s": pa.array(["a", None, "b" * 50]), "i": pa.array([1, None, -1]),
        "v": pa.array([1.5, None, 2.0]),
        "d": pa.array([1, None, 2]).cast(pa.decimal128(20, 0)), "t": pa.array([0, None, 1], pa.timestamp("ms", "UTC")),
        "k": pa.array(["x", "x", None]).dictionary_encode(),
    }  # fmt: skip
    parquet.write_table(pa.table(found), out, **options)
    return out.getvalue()


def changed_events(data: bytes) -> object:
    """Events in which some members are others."""
    value = changed_json({"type": "EPCISDocument", "epcisBody": {"eventList": [json.loads(json.dumps(EVENT))]}}, data)
    return read_events(json.dumps(value).encode(), name="e.json")


DOCUMENT = json.dumps([EVENT, EVENT | {"type": "ObjectEvent", "epcList": ["urn:a:1"]}]).encode()
XML_WORDS = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<c/>", b'<c t="s"><v>0</v></c>', b't="b"', b's="3"',
    b"<f/>", b"_x0041_", b'r="XFD9"',
)  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + b64decode(
    "AAAADUlIRFIAAAABAAAAAQgAAAAAOn6bVQAAAApJREFUeJxjYAAAAAIAAUivpHEAAAAASUVORK5CYII="
)  # fmt: skip
JPEG = b"\xff\xd8\xff\xe1\x00\x14Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01"
JPEG += b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
JPEG += b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x01\xff\x00\xff\xd0\x02\xff\xd9"
WEBP = b"RIFF\x16\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f\x01\x00\x00\x00\x00\x00\x00\x00\x00"
READERS = {
    "photo": Reader(
        read=bare_photo, seeds=(PNG, JPEG, WEBP), words=(b"IHDR", b"IDAT", b"\xff\xd9", b"\xff\xda", b"VP8X", b"EXIF", b"ftypheic")
    ),
    "typed code": Reader(
        read=lambda data: typed_code(data.decode("utf-8", "replace")),
        seeds=(b"https://mark.example/01/09521234543213/21/7KQ2M9XW4TZ8RB3NCH5D", "(01)09521234543213(21)７KQ".encode()),
        words=(b"/01/", b"/21/", b"(01)", b"(21)", b"09521234543213"),
    ),
    "yaml": Reader(
        read=lambda data: parse_yaml(data, name="a.yaml"),
        seeds=(YAML.encode(), b"a: {b: [c]}", b"- a\n- b: c\n"),
        words=(
            b"\t",
            b"- ",
            b": ",
            b"&a ",
            b"*a",
            b"!t ",
            b"? ",
            b"[",
            b"{",
            b"---\n",
            b"%YAML 1.1\n",
            b"|\n",
            b">-\n",
            b"'",
            b"\xc2\x85",
        ),
    ),
    "epcis": Reader(
        read=lambda data: read_events(data, name="e.json"), seeds=(DOCUMENT,), words=(b"[]", b"{}", b'"type":', b"\\ud800", b"NaN")
    ),
    "events": Reader(read=changed_events, seeds=tuple(bytes([number]) for number in range(9))),
    "csv": Reader(
        read=table("a.csv"),
        seeds=(write_csv(TEXTS), write_csv(TEXTS).decode().encode("gb18030")),
        words=(b",", b";", b'"', b"\r\n", b"\r"),
    ),
    "xlsx": Reader(read=table("a.xlsx"), seeds=(BOOK,), words=(b"PK\3\4", b"PK\1\2", b"PK\5\6", b"\xff\xff"), share=0.7),
    "xlsx parts": Reader(read=repacked, seeds=parts(BOOK), words=XML_WORDS, share=0.3),
    "parquet": Reader(
        read=table("a.parquet"),
        seeds=(
            columns(),
            columns(compression="none", use_dictionary=False, store_schema=False),
            columns(compression="zstd", data_page_version="2.0", row_group_size=1),
        ),
        words=(b"PAR1", b"\x15\x00", b"\xff\xff\xff\xff\x0f"),
        share=0.3,
    ),
}


def fuzzed(name: str, count: int) -> tuple[int, float]:
    """How many inputs gave a value, and the longest time that one took; whatever is not ours is raised with the input."""
    reader, values, longest = READERS[name], 0, 0.0
    for number, data in enumerate(inputs(f"formats {name}", reader.seeds, reader.words, round(count * reader.share))):
        start = thread_time()
        try:
            reader.read(data)
            values += 1
        except OpenQIError as error:
            assert str(error)
        except BaseException as error:
            raise AssertionError(f"{name}, input {number}: {type(error).__name__} {error} for {data[:300]!r}") from error
        longest = max(longest, fair(thread_time() - start, MOST_SECONDS, partial(reader.read, data)))
    return values, longest


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_give_a_value_or_our_own_error(name):
    values, longest = fuzzed(name, 3_000)  # the first of those that are made in the long run
    assert values
    assert longest < MOST_SECONDS


@pytest.mark.parametrize("name", READERS)
def test_large_inputs_are_answered_at_once(name):
    reader = READERS[name]
    seed = max(reader.seeds, key=len)
    large = [
        *[byte * MAX_INPUT for byte in (b"\0", b"\xff", b"A", b"[", b"{", b"\n", b"9", b'"', b"- ", b"a: ", b",")],
        *[word * (MAX_INPUT // len(word)) for word in reader.words], seed + b"A" * MAX_INPUT, seed * (MAX_INPUT // len(seed) + 1),
    ]  # fmt: skip
    for data in large:
        start = thread_time()
        with suppress(OpenQIError):
            reader.read(data)
        assert fair(thread_time() - start, MOST_SECONDS, partial(reader.read, data)) < MOST_SECONDS, data[:20]


def outline(node: Node) -> object:
    """What a file says, and in which lines."""
    inside = [(name, outline(member)) for name, member in node.members.items()] + [outline(entry) for entry in node.entries]
    return node.kind, node.written, node.line, inside


def test_both_parsers_of_yaml_say_the_same(monkeypatch):
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML is installed without its C parser")
    reader = READERS["yaml"]
    agreed = 0
    for data in inputs("parsers", reader.seeds, reader.words, 1500):
        found = []
        for fast in (True, False):
            monkeypatch.setattr(yaml, "__with_libyaml__", fast)
            try:
                found.append(outline(parse_yaml(data, name="a.yaml")))
            except OpenQIError:
                found.append(None)
        # Each parser refuses some of what the other reads; what both read is the same.
        if None not in found:
            assert found[0] == found[1], data
            agreed += 1
    assert agreed > 100


@pytest.mark.long
def test_many_inputs_in_a_process_with_little_memory():
    """Address space is limited, so that an input that asks for gigabytes ends the process."""
    folder = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-m", "fuzz.test_fuzz_formats"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)


def main() -> None:
    """Every reader, under a limit of memory."""
    limit = 3_000_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for name in READERS:
        start = thread_time()
        values, longest = fuzzed(name, 60_000)
        print(f"{name}: {values} values, {thread_time() - start:.1f} s, at most {longest * 1e3:.0f} ms")
        assert longest < MOST_SECONDS, name


if __name__ == "__main__":
    main()
