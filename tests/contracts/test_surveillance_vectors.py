"""Figures of surveys and small areas say where they are from; what was taken from a shared file says what that file says."""

import csv

import pytest

from shared_data import ROOT, shared
from vectors_of import vectors_of

CASES = ["election_pps", "fay_herriot_milk", "rat_tumours", "sampford_toy", "survey_estimates", "survey_fpc"]


@pytest.mark.parametrize("name", CASES)
def test_a_case_names_its_source_and_licence(name):
    case = vectors_of(f"surveillance/{name}.json")
    assert (ROOT / "vectors" / "surveillance" / f"{name}.json").exists()
    assert len(case["source"]) > 20
    assert case["licence"].startswith("facts")


def test_the_survey_estimates_are_those_of_the_shared_tables():
    figures = vectors_of("surveillance/survey_estimates.json")["figures"]
    with shared("data/surveillance/survey_api_reference.csv").open(encoding="utf-8") as file:
        stated = [[float(row["estimate"]), float(row["se"])] for row in csv.DictReader(file)]
    strata, clusters = figures["apistrat"], figures["apiclus1"]
    assert stated[:2] == [strata["mean_api00"], strata["total_enroll"]]
    assert stated[3] == strata["share_awards_yes"]
    assert stated[4:] == [clusters["mean_api00"], clusters["total_enroll"]]
    with shared("data/surveillance/us_neiss_infants_a_reference.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names = ("psus", "est_total", "se_total", "prop_male", "se_prop_male")
            assert figures["neiss"][row["year"]] == [float(row[name]) for name in names]
