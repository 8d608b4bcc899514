"""What the page on watching a plant says is what is written, and its command runs as it stands there."""

import re
import shlex

from pyarrow import parquet

from openqi.engines.engine import engines
from openqi.engines.plant.learning import ESTIMATORS
from plant_readings import baseline, plant
from shared_data import ROOT
from unit.interfaces.cli_world import openqi

PAGE = (ROOT / "docs" / "control" / "watch.md").read_text("utf-8")


def test_the_command_of_the_page_writes_the_folders_and_columns_that_the_page_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plant(tmp_path / "readings", files=1, streams=4)
    baseline(tmp_path / "limits.csv", streams=4)
    command = re.findall(r"```console\n(.*?)\n```", PAGE)[0]
    assert openqi(*shlex.split(command)[1:]).status == 1
    told = set(re.findall(r"`([a-z0-9_./]+)`", PAGE)) | {"rule_1"}
    for folder in ("violations", "streams"):
        assert f"{folder}/" in told
        names = parquet.read_schema(next((tmp_path / "results" / folder).glob("*"))).names
        known = {"lower_limit", "upper_limit", "lower_tolerance", "upper_tolerance", "run_length_off_by", "run_length_method"}
        assert {name for name in names if not name.startswith("rule_")} <= told | known
    assert (tmp_path / "results/manifest.json").exists()


def test_every_estimator_and_engine_is_on_the_page():
    assert set(ESTIMATORS) <= set(re.findall(r"`([a-z-]+)`", PAGE))
    assert all(f"--engine {name}" in PAGE for name in engines())
