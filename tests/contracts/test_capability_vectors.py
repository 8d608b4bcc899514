"""Figures of capability say where they are from, and say what the shared file says."""

import pytest

from shared_data import ROOT
from vectors_of import figures_of, vectors_of

CASES = sorted(f"control/{path.name}" for path in (ROOT / "vectors" / "control").glob("capability_*.json"))


def test_the_cases_are_there():
    assert len(CASES) == 4


@pytest.mark.parametrize("name", CASES)
def test_a_case_names_its_source_and_licence(name):
    case = vectors_of(name)
    assert len(case["source"]) > 20
    assert case["licence"].startswith("facts")


@pytest.mark.parametrize("name", [name for name in CASES if "shared" in vectors_of(name)])
def test_a_case_says_what_the_file_says_that_it_was_taken_from(name):
    kept, origin = figures_of(name, "vectors"), figures_of(name, "shared")
    assert kept == {key: origin[key] for key in kept}
