"""Any bytes as a list of recalls, a notice, scans or marks give a value or our own error, soon; long ones too, in many shapes."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from mmap import mmap
from pathlib import Path
from time import thread_time

import pyarrow as pa
import pytest
from pyarrow import parquet

from clocked import fair
from fuzz.mutate import MAX_INPUT, inputs
from openqi.app.printing.marks_files import marks_in
from openqi.app.recalls.notice import notice_of, texts_of
from openqi.app.recalls.taking import compared
from openqi.formats.scan_files import read_scans
from openqi.kernel.errors import OpenQIError
from shared_data import shared

MOST_SECONDS = 2.0
NOTICE = """recall: https://maker.example/recall/1
name:
  zh: 召回移动电源
  en: Recall of power banks
firm: https://maker.example
lines:
- product: https://maker.example/c1
  models: [C1, C2]
  batches: [B1]
defect: 外壳可能开裂
risk: serious
remedies: [refund, repair]
contact: 400-000-0000
"""
SCANS = b"serial,at,place,device\n" + b"".join(
    b"S%d,2026-01-0%dT10:00:00Z,%s,%d\n" % (one, one % 9 + 1, b"BS"[one % 2 : one % 2 + 1], one) for one in range(40)
)
MARKS = b"".join(b"https://id.example.org/01/09506000134352/21/SERIAL%d\n" % one for one in range(40))
CPSC = {
    "RecallID": 1, "RecallNumber": "24-001", "RecallDate": "2024-01-04", "LastPublishDate": "2024-01-05", "Title": "A recall",
    "Description": "About 10,000 units", "URL": "https://cpsc.example/1",
    "Products": [{"Name": "Lamp", "Description": "", "Model": "L1", "Type": "", "NumberOfUnits": "About 10,000"}],
    "Hazards": [{"Name": "It burns"}], "Remedies": [{"Name": "Refund"}], "Manufacturers": [{"Name": "M"}],
    "ProductUPCs": [{"UPC": "012345678905"}], "SoldAtLabel": "", "Retailers": [{"Name": "R"}],
}  # fmt: skip
USDA = {
    "field_recall_number": "001-2024", "field_title": "A recall", "field_recall_date": "2024-01-04", "langcode": "English",
    "field_product_items": "<b>Ham</b>", "field_summary": "<p>Ham</p>", "field_establishment": "E", "field_recall_reason": "L.",
}  # fmt: skip
WORDS: dict[str, tuple[bytes, ...]] = {
    "nhtsa": (b"\t", b"\n", b"\r\n", b"1\t24V001000\t", b"\xff"),
    "safety-gate": (b",", b'"', b"\r\n", b";"),
    "json": (b"null", b"[", b"{", b'"', b"[]", b"<b>", b"&#0;", b"&lt;", b"1/2/2024"),
    "yaml": (b": ", b"- ", b"&a ", b"*a", b"!!", b"|\n", b"\t"),
    "scans": (b",", b"\n", b'"', b"9999-99-99", b"\x00"),
    "parquet": (b"PAR1", b"\x15\x00", b"\xff\xff\xff\xff\x0f"),
    "marks": (b"\n", b"%20", b"\xef\xbb\xbf", b"https://"),
}
Read = Callable[[bytes], object]


def whole(data: bytes, most: int) -> bytes:
    """The first whole lines of a file."""
    return data[: data.rfind(b"\n", 0, most) + 1]


def packed() -> bytes:
    """The same scans as Parquet."""
    rows = [line.split(b",") for line in SCANS.split()[1:]]
    serial, at, place, device = zip(*rows, strict=True)
    table = pa.table({
        "serial": [one.decode() for one in serial], "at": [1_767_000_000 + place for place, _ in enumerate(at)],
        "place": [one.decode() for one in place], "device": [int(one) for one in device],
    })  # fmt: skip
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def seed_of(name: str) -> bytes:
    """Good bytes of a form; those of lists are real lines where the data folder has them."""
    folder = "data/surveillance/"
    if name == "nhtsa":
        return whole(shared(folder + "nhtsa_recalls_sample.txt").read_bytes(), 12_000)
    if name == "safety-gate":
        return whole(shared(folder + "eu_safety_gate_alerts_a.csv").read_bytes(), 12_000)
    if name == "fda":
        told = json.loads(shared(folder + "us_food_recalls_a.json").read_bytes())
        some = next(one for one in told.values() if isinstance(one, list)) if isinstance(told, dict) else told
        return json.dumps(some[:8]).encode()
    made = {
        "cpsc": json.dumps([CPSC]).encode(), "usda": json.dumps([USDA]).encode(), "notice": NOTICE.encode(),
        "scans": SCANS, "marks": MARKS,
    }  # fmt: skip
    return made[name] if name in made else packed()


def read_by(name: str, folder: Path) -> Read:
    """What reads bytes of a form."""
    if name in ("nhtsa", "safety-gate", "cpsc", "fda", "usda"):
        return lambda data: compared(name, data)  # type: ignore[arg-type]
    if name == "notice":
        return lambda data: texts_of(notice_of(data, "yaml"))
    if name == "marks":
        return lambda data: ((folder / "marks.txt").write_bytes(data), marks_in(folder / "marks.txt"))
    return lambda data: read_scans(data, name="a.csv" if name == "scans" else "a.parquet", places=["B", "S"])


def words_of(name: str) -> tuple[bytes, ...]:
    """Bytes that mean something in a form."""
    return WORDS.get({"cpsc": "json", "fda": "json", "usda": "json", "notice": "yaml"}.get(name, name), ())


NAMES = ("nhtsa", "safety-gate", "cpsc", "fda", "usda", "notice", "scans", "parquet", "marks")


def fuzzed(name: str, folder: Path, count: int) -> int:
    """How many inputs gave a value; whatever is not ours is raised with the input."""
    read, values = read_by(name, folder), 0
    for number, data in enumerate(inputs(f"marks {name}", (seed_of(name),), words_of(name), count)):
        start = thread_time()
        try:
            read(data)
            values += 1
        except OpenQIError as error:
            assert str(error)
        except BaseException as error:
            raise AssertionError(f"{name}, input {number}: {type(error).__name__} {error} for {data[:300]!r}") from error
        assert fair(thread_time() - start, MOST_SECONDS, partial(read, data)) < MOST_SECONDS, (name, number)
    return values


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes_are_read_or_refused(name: str, tmp_path: Path) -> None:
    assert fuzzed(name, tmp_path, 200)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_bytes_are_read_or_refused(name: str, tmp_path: Path) -> None:
    assert fuzzed(name, tmp_path, 10_000)


@pytest.mark.parametrize("name", NAMES)
def test_long_inputs_of_many_shapes_are_answered_soon(name: str, tmp_path: Path) -> None:
    read, seed = read_by(name, tmp_path), seed_of(name)
    shapes = (b"\0", b"\xff", b"A", b" ", b"[", b"{", b"\n", b"9", b'"', b",", b"\t", b"- ", b"a: ", b"<", b"&", *words_of(name))
    long = [one * (4 * MAX_INPUT // len(one)) for one in shapes]
    place = seed.find(b"\n") + 1
    inside = [seed[:place] + seed[place : place + 9] + one * (MAX_INPUT // len(one)) + seed[place + 9 :] for one in shapes]
    for data in (*long, *inside):
        start = thread_time()
        with suppress(OpenQIError):
            read(data)
        assert fair(thread_time() - start, MOST_SECONDS, partial(read, data)) < MOST_SECONDS, data[:40]


def test_a_list_that_is_mapped_says_what_the_same_bytes_in_memory_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that were read are let go of on the way; none of them is needed again."""
    monkeypatch.setattr("openqi.formats.recalls.nhtsa._AT_ONCE", 4096)
    data = seed_of("nhtsa")
    (tmp_path / "list").write_bytes(data)
    with (tmp_path / "list").open("r+b") as file, mmap(file.fileno(), 0) as mapped:
        assert compared("nhtsa", mapped) == compared("nhtsa", data)
