"""The example with its models as text: every value, U and verdict is that of the catalogue's models, through every reader."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from journeys.battery_by_hand import FOLDER
from measured_battery import measured_workspace
from openqi.app.targets import opened
from openqi.app.workspace.build import build
from openqi.evidence.batch import parse_batch
from openqi.records.conformity import ReadingsJudged
from openqi.records.judgements import MeasuredJudged

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("battery") / "workspace"
    shutil.copytree(FOLDER, folder)
    build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


@pytest.fixture(scope="module")
def new(tmp_path_factory) -> Path:
    folder = measured_workspace(tmp_path_factory.mktemp("measured") / "workspace")
    build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


def verdicts(folder: Path, kind: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Subject and unit of each record of a kind → its rows."""
    found = {}
    with opened(folder) as chain:
        for one in chain.store.scan():
            if one.record.kind == kind:
                batch = parse_batch(one.record.body["items"])
                key = (one.record.body["subject"], one.record.body["unit"])
                found[key] = [msgspec.json.decode(line) for line in chain.store.blob(batch.blob).splitlines()]
    return found


def test_text_models_give_the_same_values_uncertainties_and_verdicts_as_those_of_the_catalogue(old, new):
    before, after = verdicts(old, ReadingsJudged.KIND), verdicts(new, MeasuredJudged.KIND)
    assert verdicts(new, ReadingsJudged.KIND) == {}
    assert len(before) == 10
    assert {key: len(rows) for key, rows in before.items()} == {key: len(rows) for key, rows in after.items()}
    for key, rows in before.items():
        assert [{name: row[name] for name in row if name != "reference"} for row in after[key]] == rows
