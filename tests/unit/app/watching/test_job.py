"""The nightly job: the same files however it runs, new files continue old ones, and what is wrong is said and not kept."""

import json
import os
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from openqi.app.workspace.only_one import only_one
from openqi.engines.plant import files as planning
from openqi.engines.plant import part as parts
from openqi.kernel.errors import ConflictError, DomainError, FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.science.charts import continuing
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.streams import watch
from plant_readings import baseline, digests, flags, flags_digest, plant, watched, write_file


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(planning, "PART_ROWS", 1_500)


def test_flags_limits_and_capability_are_those_of_the_batch_in_memory(tmp_path):
    values = plant(tmp_path / "in")
    found = watched(tmp_path / "in", tmp_path / "out", baseline(tmp_path / "b.csv"), workers=2)
    batch = watch(np.concatenate(values), [0, *accumulate(map(len, values))], rules="nelson", centres=0.0, sigmas=1.0)
    told = flags(tmp_path / "out")
    for stream in range(len(values)):
        expected = {point + 1: int(bits) for point, bits in enumerate(batch.flags(stream)) if bits}
        assert told.get(f"gauge-{stream:05d}", {}) == expected
    assert found.parts > 2
    assert found.violations == sum(map(len, told.values()))
    rows = pa.concat_tables([parquet.read_table(path) for path in sorted((tmp_path / "out/streams").glob("*"))])
    assert rows.column("stream").to_pylist() == [f"gauge-{stream:05d}" for stream in range(len(values))]
    assert rows.column("alarms").to_pylist() == [len(told.get(name, {})) for name in rows.column("stream").to_pylist()]
    assert rows.column("rule_1").to_pylist() == batch.violations[:, 0].tolist()
    phase_one = watch(np.concatenate(values), [0, *accumulate(map(len, values))])
    assert rows.column("ppk").to_pylist() == pytest.approx(phase_one.capability(-4, 4).ppk.tolist(), rel=1e-9)
    assert rows.column("upper_limit").to_pylist() == [3.0] * len(values)


def test_a_point_says_when_what_and_which_rules_by_their_numbers(tmp_path):
    write_file(tmp_path / "in/a.parquet", [("x", 10, 0.5), ("x", 20, 9.0), ("y", 5, 0.0)])
    baseline(tmp_path / "b.json").write_text(
        json.dumps([{"stream": "y", "centre": 0, "sigma": 1}, {"stream": "x", "centre": 0, "sigma": 1}])
    )
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.json")
    table = parquet.read_table(next((tmp_path / "out/violations").glob("*")))
    assert table.to_pylist() == [{"stream": "x", "time": 20, "value": 9.0, "point": 2, "bits": 1, "rules": "1"}]


def test_one_and_two_threads_and_plain_python_write_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "PART_ROWS", 60_000)
    monkeypatch.setattr(continuing, "PAYS_FROM", 1_000)
    plant(tmp_path / "in", files=2, streams=20, points=1_000, group=3_000)
    limits = baseline(tmp_path / "b.csv", streams=20)
    for name, workers in (("one", 1), ("two", 2)):
        watched(tmp_path / "in", tmp_path / name, limits, workers=workers)
    monkeypatch.setattr(continuing, "is_fast", lambda: False)
    watched(tmp_path / "in", tmp_path / "plain", limits)
    assert digests(tmp_path / "one") == digests(tmp_path / "two") == digests(tmp_path / "plain")
    assert len(digests(tmp_path / "one")) >= 3


def test_parts_never_change_the_numbers(tmp_path, monkeypatch):
    plant(tmp_path / "in")
    limits = baseline(tmp_path / "b.csv")
    many = watched(tmp_path / "in", tmp_path / "many", limits)
    monkeypatch.setattr(planning, "PART_ROWS", 1 << 22)
    one = watched(tmp_path / "in", tmp_path / "one", limits)
    assert (many.parts > 2, one.parts) == (True, 1)
    rows = [
        pa.concat_tables([parquet.read_table(path) for path in sorted((tmp_path / name / "streams").glob("*"))]).to_pylist()
        for name in ("many", "one")
    ]
    assert rows[0] == rows[1]
    assert flags_digest(tmp_path / "many") == flags_digest(tmp_path / "one")


def test_new_files_give_the_flags_of_the_batch_and_old_ones_are_not_read_again(tmp_path):
    plant(tmp_path / "in", files=4)
    limits = baseline(tmp_path / "b.csv")
    watched(tmp_path / "in", tmp_path / "batch", limits)
    late = [tmp_path / f"in/{number:03d}.parquet" for number in (2, 3)]
    for path in late:
        path.rename(path.with_suffix(".later"))
    watched(tmp_path / "in", tmp_path / "out", limits)
    for number in (0, 1):  # old files may go, or not be readable any more
        path = tmp_path / f"in/{number:03d}.parquet"
        size, times = path.stat().st_size, (path.stat().st_atime_ns, path.stat().st_mtime_ns)
        path.write_bytes(b"x" * size)
        os.utime(path, ns=times)
    (tmp_path / "in/000.parquet").unlink()
    for path in late:
        path.with_suffix(".later").rename(path)
        second = watched(tmp_path / "in", tmp_path / "out", limits)
        assert second.new_files == 1
    assert flags_digest(tmp_path / "out") == flags_digest(tmp_path / "batch")
    rows = [
        pa.concat_tables([parquet.read_table(path) for path in sorted((tmp_path / name / "streams").glob("*"))]).to_pylist()
        for name in ("out", "batch")
    ]
    assert rows[0] == rows[1]
    before = digests(tmp_path / "out")
    again = watched(tmp_path / "in", tmp_path / "out", limits)
    assert (again.new_files, again.run, again.violations) == (0, 3, 0)
    assert digests(tmp_path / "out") == before


def test_a_part_that_was_done_before_a_stop_is_kept_and_a_damaged_one_is_done_again(tmp_path, monkeypatch):
    plant(tmp_path / "in")
    limits = baseline(tmp_path / "b.csv")
    watched(tmp_path / "in", tmp_path / "whole", limits)
    load, seen = parts.load, []

    def failing(part):
        if part.number == 2:
            raise RuntimeError("the machine stops here")
        seen.append(part.number)
        return load(part)

    monkeypatch.setattr(parts, "load", failing)
    with pytest.raises(RuntimeError):
        watched(tmp_path / "in", tmp_path / "out", limits)
    assert seen == [0, 1]
    assert not list((tmp_path / "out").rglob("*.half"))
    monkeypatch.setattr(parts, "load", load)
    (tmp_path / "out/violations/0001-00001.parquet").write_bytes(b"half")
    found = watched(tmp_path / "in", tmp_path / "out", limits)
    assert found.resumed == 1
    assert digests(tmp_path / "out") == digests(tmp_path / "whole")
    assert not list((tmp_path / "out/parts").glob("*"))
    said = json.loads((tmp_path / "out/manifest.json").read_text())
    assert {file["path"]: file["sha256"] for part in said["runs"][0]["parts"] for file in part["files"]} == digests(
        tmp_path / "out"
    )


def test_limits_are_learned_once_by_a_named_estimator(tmp_path):
    values = plant(tmp_path / "in", files=2)
    watched(tmp_path / "in", tmp_path / "out", None, workers=2)
    limits = parquet.read_table(tmp_path / "out/baseline.parquet")
    phase_one = watch(np.concatenate(values), [0, *accumulate(map(len, values))])
    assert limits.column("centre").to_pylist() == phase_one.centres.tolist()
    assert limits.column("sigma").to_pylist() == phase_one.sigmas.tolist()
    assert set(limits.column("estimator").to_pylist()) == {"moving-range"}
    write_file(tmp_path / "in/9.parquet", [("gauge-00001", 900_000, 50.0)])
    table = parquet.read_table(tmp_path / "in/9.parquet")
    time = table.column("time").cast(pa.timestamp("us"))
    parquet.write_table(table.set_column(1, "time", time), tmp_path / "in/9.parquet")
    assert watched(tmp_path / "in", tmp_path / "out", None).violations == 1
    assert parquet.read_table(tmp_path / "out/baseline.parquet").equals(limits)


ROWS = [("a", 1, 0.0), ("a", 2, 0.1), ("b", 1, 0.2)]
HOSTILE = {
    "missing column": (
        lambda f: parquet.write_table(pa.table({"stream": ["a"], "when": [1], "value": [0.0]}), f),
        "no column time",
    ),
    "not Parquet": (lambda f: f.write_bytes(b"PAR1 nothing PAR1"), "not a Parquet file"),
    "cut off": (lambda f: (write_file(f, ROWS * 1), f.write_bytes(f.read_bytes()[:-20])), "not a Parquet file"),
    "time back": (lambda f: write_file(f, [("a", 2, 0.0), ("a", 1, 0.0)]), "time goes backwards, 1 after 2"),
    "split stream": (lambda f: write_file(f, [*ROWS, ("a", 3, 0.0)]), "not sorted by stream"),
    "split between groups": (lambda f: write_file(f, [*ROWS, ("a", 3, 0.0)], group=3), "not sorted by stream"),
    "no limits": (lambda f: write_file(f, [("z", 1, 0.0)]), "'z' is not in the baseline"),
    "infinite": (lambda f: write_file(f, [("a", 1, float("inf"))]), "infinite"),
    "no stream": (lambda f: write_file(f, [("a", 1, 0.0), (None, 2, 0.0)]), "no stream"),
    "no time": (lambda f: write_file(f, [("a", 1, 0.0), ("a", None, 0.0)]), "no time"),
    "two units": (lambda f: write_file(f, ROWS, unit=["mm", "in", "mm"]), "several units"),
    "another unit": (lambda f: write_file(f, ROWS, unit=["in", "in", "mm"]), "'a' is in in, before in mm"),
    "text values": (
        lambda f: parquet.write_table(pa.table({"stream": ["a"], "time": [1], "value": ["1"]}), f),
        "column value is string",
    ),
    "numbered": (lambda f: write_file(f, [(1, 1, 0.0)]), "column stream: decimal 'a'"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_with_readings_is_said_and_nothing_is_kept(tmp_path, what):
    write, message = HOSTILE[what]
    (tmp_path / "in").mkdir()
    write(tmp_path / "in/x.parquet")
    (tmp_path / "b.csv").write_text("stream,centre,sigma,unit\na,0,1,mm\nb,0,1,\n", encoding="utf-8")
    with pytest.raises(OpenQIError, match=message) as raised:
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    assert what == "no limits" or "x.parquet" in str(raised.value) or what == "numbered"
    assert not (tmp_path / "out/manifest.json").exists()
    assert digests(tmp_path / "out") == {}


def test_missing_values_are_missing_and_an_empty_file_is_one_without_readings(tmp_path):
    write_file(tmp_path / "in/1.parquet", [("a", 1, float("nan")), ("a", 2, None), ("a", 3, 0.5)])
    empty = pa.table({"stream": pa.array([], pa.string()), "time": pa.array([], pa.int64()), "value": pa.array([], pa.float64())})
    parquet.write_table(empty, tmp_path / "in/2.parquet")
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nunread,0,1\n", encoding="utf-8")
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    row, unread = parquet.read_table(next((tmp_path / "out/streams").glob("*"))).to_pylist()
    assert (row["readings"], row["missing"], row["mean"], row["sigma_within"], row["cpk"]) == (3, 2, 0.5, None, None)
    assert (unread["readings"], unread["mean"], unread["last_time"]) == (0, None, None)


def test_a_folder_without_readings_and_changed_or_doubled_files_are_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nb,0,1\n", encoding="utf-8")
    for folder in ("in", "nowhere"):
        with pytest.raises(NotFoundError):
            watched(tmp_path / folder, tmp_path / "out", tmp_path / "b.csv")
    write_file(tmp_path / "in/1.parquet", ROWS)
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    (tmp_path / "in/2.parquet").write_bytes((tmp_path / "in/1.parquet").read_bytes())
    with pytest.raises(FormatError, match="same content"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    write_file(tmp_path / "in/2.parquet", [("a", 0, 0.0)])
    with pytest.raises(FormatError, match=r"2\.parquet: stream 'a': time goes backwards, 0 after 2"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    (tmp_path / "in/2.parquet").unlink()
    write_file(tmp_path / "in/1.parquet", [("a", 1, 0.7)])
    with pytest.raises(FormatError, match="changed after"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")


def test_a_stream_keeps_its_unit_from_night_to_night(tmp_path):
    write_file(tmp_path / "in/1.parquet", ROWS, unit=["mm", "mm", "mm"])
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nb,0,1\n", encoding="utf-8")
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    write_file(tmp_path / "in/2.parquet", [("a", 3, 0.0)], unit=["in"])
    with pytest.raises(DomainError, match=r"2\.parquet: stream 'a' is in in, before in mm"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    write_file(tmp_path / "in/2.parquet", [("a", 3, 0.0)], unit=["mm"])
    assert watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv").readings == 4


def test_results_lie_apart_and_one_run_at_a_time_writes_them(tmp_path):
    write_file(tmp_path / "in/1.parquet", ROWS)
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nb,0,1\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="results-apart"):
        watched(tmp_path / "in", tmp_path / "in/out", tmp_path / "b.csv")
    (tmp_path / "out").mkdir()
    with only_one(tmp_path / "out"), pytest.raises(ConflictError, match="another run"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    assert watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv").readings == 3


def test_other_limits_or_rules_are_refused_in_the_same_folder(tmp_path):
    write_file(tmp_path / "in/1.parquet", ROWS)
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nb,0,1\n", encoding="utf-8")
    watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")
    with pytest.raises(RefusedError, match="same-settings"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv", rules="westgard")
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,2\nb,0,1\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="same-settings"):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stream,centre\na,0\n", "no column sigma"),
        ("stream,centre,sigma\na,0,1\na,0,1\n", "two rows"),
        ("stream,centre,sigma\na,0,-1\n", "sigma is at least 0"),
        ("stream,centre,sigma\na,,1\n", "centre is None"),
        ("stream,centre,sigma\na,zero,1\n", "column centre"),
        ("stream,centre,sigma,lower,upper\na,0,1,2,1\n", "lower lies below upper"),
        ("stream,centre,sigma,lower,upper,target\na,0,1,1,2,2\n", "target 2.0 does not lie between its limits"),
    ],
)
def test_a_baseline_that_is_none_is_refused(tmp_path, text, message):
    write_file(tmp_path / "in/1.parquet", ROWS)
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    with pytest.raises((FormatError, DomainError), match=message):
        watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv")


def test_rules_that_were_asked_are_those_of_the_results(tmp_path):
    assert rule_set("westgard").rules[0].warns
    write_file(tmp_path / "in/1.parquet", [("a", 1, 2.5), ("a", 2, 0.0)])
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\n", encoding="utf-8")
    found = watched(tmp_path / "in", tmp_path / "out", tmp_path / "b.csv", rules="westgard")
    assert (found.violations, found.alarms) == (1, 0)  # a rule that only warns is flagged, and is no alarm
