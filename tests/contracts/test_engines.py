"""Every engine gives the same bytes, in the order of the parts, and loads what it runs on only when it runs."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from openqi.engines.engine import engine_named, engines
from openqi.engines.plant import files as planning
from openqi.kernel.errors import DomainError
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


def test_no_engine_is_loaded_before_it_runs_and_a_wrong_name_says_which_there_are():
    loads = "sys.exit(bool({'pyspark', 'pyarrow', 'numpy'} & set(sys.modules)))"
    text = f"import sys; from openqi.engines.engine import engines; engines(); {loads}"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
    with pytest.raises(DomainError, match="local, spark"):
        engine_named("abacus")
