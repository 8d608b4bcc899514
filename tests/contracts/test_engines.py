"""Every engine gives the same bytes, in the order of the parts, and loads what it runs on only when it runs."""

import subprocess
import sys
from fractions import Fraction
from importlib.util import find_spec

import pyarrow as pa
import pytest
from pyarrow import parquet

from openqi.app.draws.drawing import drawn_table
from openqi.engines.draws import drawn as drawing
from openqi.engines.draws.reading import Naming
from openqi.engines.engine import engine_named, engines
from openqi.engines.plant import files as planning
from openqi.kernel.errors import DomainError
from openqi.science.draws.drawing import drawn
from openqi.science.draws.frame import Candidate, frame_of
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.told import drawn_objects
from plant_readings import baseline, digests, plant, watched

NEEDS = {"spark": "pyspark"}


@pytest.mark.parametrize("name", engines())
def test_an_engine_writes_the_bytes_that_one_thread_writes(name, tmp_path, monkeypatch):
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed here; install openqi[{name}] to run this")
    monkeypatch.setattr(planning, "PART_ROWS", 1_500)
    plant(tmp_path / "in")
    limits = baseline(tmp_path / "b.csv")
    one = watched(tmp_path / "in", tmp_path / "one", limits)
    other = watched(tmp_path / "in", tmp_path / "other", limits, engine=name, workers=2)
    assert one.parts == other.parts > 1
    assert digests(tmp_path / "one") == digests(tmp_path / "other")


@pytest.mark.parametrize("name", engines())
def test_an_engine_draws_whom_one_thread_draws(name, tmp_path, monkeypatch):
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed here; install openqi[{name}] to run this")
    monkeypatch.setattr(drawing, "PART_ROWS", 1_500)
    size = [1 + 7**place % 1009 for place in range(6_000)]
    table = pa.table({"name": [f"firm {place}" for place in range(6_000)], "class": ["AB"[one % 2] for one in size], "size": size})
    parquet.write_table(table, tmp_path / "list.parquet", row_group_size=700)
    rule = StratumRule(design="pareto", size=60, floors=(("A", Fraction(1, 500)),))
    asked = drawing.Asked(naming=Naming(), plan=Plan(purpose="spot check", rules=(rule,)), seed=bytes(range(32)))
    paths = [str(tmp_path / "list.parquet")]
    assert len(drawing.parts_of(paths)) == 3
    candidates = [Candidate(name=one["name"], risk_class=one["class"], size=one["size"]) for one in table.to_pylist()]
    whole = drawn_objects(drawn(frame_of(candidates), asked.plan, asked.seed))
    assert drawn_table(drawing.drawn_in_parts(paths, asked, engine_named(name), workers=2)) == drawn_table(whole)


def test_no_engine_is_loaded_before_it_runs_and_a_wrong_name_says_which_there_are():
    loads = "sys.exit(bool({'pyspark', 'pyarrow', 'numpy'} & set(sys.modules)))"
    text = f"import sys; from openqi.engines.engine import engines; engines(); {loads}"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
    with pytest.raises(DomainError, match="local, spark"):
        engine_named("abacus")
