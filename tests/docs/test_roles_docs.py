"""The guides by role: both languages have the same steps and pictures, every picture is there, the site leads to all."""

from pathlib import Path

import pytest

from walks import ROLES, SHOTS, guide, named_shots, quoted, steps

ROOT = Path(__file__).parents[2]
PAIRS = [(role, language) for role in ROLES for language in ("en", "zh")]


def test_every_picture_that_a_guide_shows_is_there_and_every_picture_is_shown():
    named = [name for role, language in PAIRS for name in named_shots(guide(role, language))]
    assert sorted(named) == sorted(path.name for path in SHOTS.iterdir())


@pytest.mark.parametrize("role", ROLES)
def test_both_languages_of_a_guide_have_the_same_steps_and_pictures(role):
    english, chinese = guide(role, "en"), guide(role, "zh")
    assert len(steps(english)) == len(steps(chinese)) >= 4
    assert [name.replace(".en.", ".zh.") for name in named_shots(english)] == named_shots(chinese)
    assert all(".en.png" in name for name in named_shots(english))
    assert "## What is not there yet" in english
    assert "## 还没有的" in chinese
    assert all(quoted(step) for step in steps(english)[:3])


def test_the_site_leads_to_every_guide():
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = (ROOT / "docs/roles/README.md").read_text(encoding="utf-8")
    for role in ROLES:
        assert f"roles/{role}.md" in told
        assert f"roles/{role}.zh.md" in told
        assert f"({role}.md)" in listed
