"""The page on rates: every example gives what the page says, and it names every outcome, estimator, variance and interval."""

import re
import shlex

from openqi.science.draws.rates.intervals import METHODS as INTERVALS
from openqi.science.draws.rates.outcomes import OUTCOMES
from openqi.science.draws.rates.study import ESTIMATORS
from openqi.science.draws.rates.variances import JOINT, METHODS
from shared_data import ROOT
from unit.interfaces.cli_world import openqi

PAGE = (ROOT / "docs" / "surveillance" / "rates.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_python_of_the_page_holds():
    shown = blocks("python")
    assert len(shown) == 2
    for block in shown:
        exec(compile(block, "rates.md", "exec"), {})


def test_the_commands_of_the_page_answer_as_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results, groups = blocks("csv")
    (tmp_path / "results.csv").write_text(results, encoding="utf-8")
    (tmp_path / "groups.csv").write_text(groups, encoding="utf-8")
    shown = blocks("console")
    assert len(shown) == 2
    for block in shown:
        asked, _, told = block.partition("\n")
        found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), "--lang", "en")
        assert (found.out, found.status) == (told, 0), found.err


def test_the_page_names_every_outcome_estimator_variance_and_interval():
    for name in (
        *OUTCOMES,
        *ESTIMATORS,
        *METHODS,
        *JOINT,
        *INTERVALS,
        "none-found",
        "all-found",
        "alike-in-strata",
        "census",
        "too-few-units",
        "synthetic",
    ):
        assert f"`{name}`" in PAGE, name
    for outcome in OUTCOMES.values():
        assert any(text in PAGE for text in outcome.names)
