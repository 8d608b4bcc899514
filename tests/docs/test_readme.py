"""What the READMEs show is what the programs print, and what they name is there."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from tools.readme import PAGES as STORIES
from tools.readme import shown

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "tests/README.md",
    ROOT / "vectors/README.md",
]
# What differs from run to run: ids, keys, times.
CHANGING = re.compile(
    r"[0-9a-f]{64}|\b[0-9a-f]{12}\b|/21/[0-9A-Z]{20}|\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+|sha-256:[A-Za-z0-9_-]{43}|Ed25519:[A-Za-z0-9_-]{43}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
)


def settled(text: str) -> str:
    return CHANGING.sub("~", text).rstrip()


@cache
def played(story: str) -> str:
    run = subprocess.run([sys.executable, "-m", "tools.demo", story], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.parametrize(("story", "name"), [(story, name) for story, names in STORIES.items() for name in names])
def test_a_story_that_a_page_shows_is_what_the_commands_print(story, name):
    assert settled(shown((ROOT / name).read_text(encoding="utf-8"), story)) == settled(played(story))


def test_the_python_in_the_readme_runs(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    run = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("passed passed not checked\n1 form passed"), run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_make_target_that_a_readme_names_is_there():
    named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test", "test-all", "check", "fix", "bench", "docs"} <= targets
    assert named <= targets


def test_every_decision_stands_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))
    for path in folder.glob("0*.md"):
        assert {"**Context.**", "**Costs.**"} <= set(re.findall(r"\*\*[A-Z][a-z]+\.\*\*", path.read_text(encoding="utf-8"))), (
            path.name
        )
