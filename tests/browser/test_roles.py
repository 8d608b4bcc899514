"""The guides of docs/roles, walked step by step in a browser: every step works, and the pictures are those that the guides show.

`make shots` takes the pictures anew. They come out the same each time: the station's clock stands still, and ids that chance
made are written over.
"""

import os
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from demo_stand import CHROMIUM, QUIET, stands
from role_walks import WALKS
from walks import ROLES, SHOTS, Walk

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no guide was walked")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: no guide was walked")
ASKED = os.environ.get("OPENQI_SHOTS", "")
"""Where pictures are put; nothing is written where this is empty."""
ONLY = os.environ.get("OPENQI_WALKS", "").split() or list(WALKS)
MOST = 2_500_000


def walked(place: Path, plan: Sequence[Sequence[tuple[str, str]]], *, axe: Any = None) -> list[str]:
    """Walk guides, each by role and language, on as many stations as there are lists; return the pictures that were taken."""
    faults: list[object] = []
    taken: list[str] = []
    with stands(place) as another, playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        for number, walks in enumerate(plan):
            here = another(str(number))
            for role, language in walks:
                phone = role == "buyer"
                walk = Walk(browser, here, role, language, axe=axe if language == "en" else None, shots=_folder(), phone=phone)
                WALKS[role](walk)
                walk.end()
                faults += walk.faults
                taken += walk.shots
        browser.close()
    assert not faults, "\n".join(map(str, faults))
    return taken


def test_every_step_of_every_guide_works_in_one_of_its_languages(tmp_path):
    assert set(WALKS) == set(ROLES)
    walked(tmp_path, [list(zip(WALKS, cycle(("en", "zh")), strict=False))])


@pytest.mark.long
def test_every_step_of_every_guide_works_and_its_pictures_are_there(tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    taken = walked(tmp_path, [[(role, language) for role in ONLY] for language in ("en", "zh")], axe=axe)
    if ASKED and list(WALKS) == ONLY:
        for old in {path.name for path in Path(ASKED).glob("*.png")} - set(taken):
            (Path(ASKED) / old).unlink()
    if list(WALKS) == ONLY:
        assert sorted(taken) == sorted(path.name for path in SHOTS.glob("*.png"))
        assert sum(path.stat().st_size for path in SHOTS.glob("*.png")) < MOST


def _folder() -> Path | None:
    if not ASKED:
        return None
    folder = Path(ASKED)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
