"""Whatever fails and whoever dies: what was acknowledged stays, the log stays whole, and asking again is safe."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
FORMS = ("refused", "kept", "full", "full-for-good", "short", "kill-before", "kill-after")
SCENARIOS = ("create", "grow")


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("form", FORMS)
def test_some_struck_calls_of_each_form_lose_nothing(struck_script: Run, tmp_path: Path, form: str, scenario: str) -> None:
    """Every 31st call; the first differs by form, so that together they cover many calls. All are struck in the long run."""
    found = struck_script("sweep.py", tmp_path, form, scenario, 1 + 4 * FORMS.index(form), 31)
    assert sum(found["struck"].values()) >= 4


@pytest.mark.long
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("form", FORMS)
def test_every_struck_call_of_each_form_loses_nothing(struck_script: Run, tmp_path: Path, form: str, scenario: str) -> None:
    found = struck_script("sweep.py", tmp_path, form, scenario, 1, 1)
    assert sum(found["struck"].values()) == found["calls"] > 100
    if form in ("refused", "kept"):  # the shim reaches SQLite's own calls and ours
        assert {"pwrite64", "fdatasync", "fsync", "rename", "write", "mkdir", "unlink"} <= set(found["struck"])


def test_nothing_is_acknowledged_that_is_not_synced(struck_script: Run, tmp_path: Path) -> None:
    """After each step no file is changed and no name made since it was last synced, so a power failure loses nothing.

    The same holds for the log's files at each moment at which its checkpoint is named.
    """
    found = struck_script("syncs.py", tmp_path)
    assert found.pop("steps") > 60
    assert found == {}


def test_processes_killed_at_random_moments_lose_nothing(script: Run, tmp_path: Path) -> None:
    found = script("kills.py", tmp_path, 12, 1)
    assert found["kills"] == 12
    assert found["acknowledged"] > 12


@pytest.mark.long
def test_two_hundred_and_forty_killed_processes_lose_nothing(script: Run, tmp_path: Path) -> None:
    found = script("kills.py", tmp_path, 240, 2)
    assert found["kills"] == 240
    assert found["opening"] < 120 < found["acknowledged"]


def test_two_writers_make_one_log_and_only_real_conflicts(script: Run, tmp_path: Path) -> None:
    found = script("race.py", tmp_path, 60)
    assert found["size"] == 241
