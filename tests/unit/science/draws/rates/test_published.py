"""Estimates of published samples come out as published: strata, clusters, injuries, counties by size, a Sampford sample."""

import csv
from functools import cache
from itertools import combinations
from math import sqrt

import numpy as np
import pytest

from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.totals import ratio_of, total_of_values
from openqi.science.draws.rates.variances import METHODS, Design, joint_variance
from shared_data import shared
from vectors_of import vectors_of

FIGURES = vectors_of("surveillance/survey_estimates.json")["figures"]
SRS = Design(method="srs")


def rows_of(name: str) -> list[dict[str, str]]:
    return _read(shared(f"data/surveillance/{name}"))


@cache
def _read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def agrees(found, published: list[float]) -> None:
    assert found.value == pytest.approx(published[0], rel=1e-9)
    assert found.standard_error == pytest.approx(published[1], rel=1e-9)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "hansen-hurwitz"])
def test_the_stratified_sample_of_schools(method):
    """All methods without replacement are the same where all of a stratum are drawn alike."""
    rows = rows_of("survey_apistrat.csv")
    chance = [1.0 / one for one in column(rows, "pw")]
    sizes = {row["stype"]: int(row["fpc"]) for row in rows}
    sample = sample_of(chance, stratum=[row["stype"] for row in rows], stratum_units=sizes)
    design, wanted = Design(method=method), FIGURES["apistrat"]
    within = {"rel": 1e-9}
    for found, (value, error) in [
        (ratio_of(sample, column(rows, "api00"), design=design), wanted["mean_api00"]),
        (total_of_values(sample, column(rows, "enroll"), design), wanted["total_enroll"]),
        (ratio_of(sample, [float(row["awards"] == "Yes") for row in rows], design=design), wanted["share_awards_yes"]),
    ]:
        assert found.value == pytest.approx(value, **within)
        assert found.standard_error == pytest.approx(error, **within)  # weights of the file have 15 digits
        assert found.degrees == 197


def test_the_cluster_sample_of_districts():
    rows = rows_of("survey_apiclus1.csv")
    sample = sample_of(
        [1.0 / one for one in column(rows, "pw")], psu=[row["dnum"] for row in rows], stratum_units={"all": int(rows[0]["fpc"])}
    )
    agrees(ratio_of(sample, column(rows, "api00"), design=SRS), FIGURES["apiclus1"]["mean_api00"])
    agrees(total_of_values(sample, column(rows, "enroll"), SRS), FIGURES["apiclus1"]["total_enroll"])
    assert ratio_of(sample, column(rows, "api00"), design=SRS).degrees == 14


def test_a_stratum_with_a_single_school_as_r_survey_takes_it():
    """Schools in strata by district, of which 413 has one: 6.0096 by the average of the others, 5.7344 where it is all there is."""
    rows = rows_of("survey_apiclus1.csv")
    chance, district, y = [1.0 / one for one in column(rows, "pw")], [row["dnum"] for row in rows], column(rows, "api00")
    averaged = ratio_of(sample_of(chance, stratum=district), y, design=Design(method="hansen-hurwitz", lonely="average"))
    assert (round(averaged.value, 2), round(averaged.standard_error, 4)) == (644.17, 6.0096)
    sizes = {name: 1 if name == "413" else 1000 for name in district}
    whole = ratio_of(sample_of(chance, stratum=district, stratum_units=sizes), y, design=SRS)
    assert (round(whole.value, 2), round(whole.standard_error, 4)) == (644.17, 5.7344)


def test_the_published_domain_of_a_small_sample_of_units_in_strata():
    """R survey's data set fpc, those with x above 4 and the others."""
    small = vectors_of("surveillance/survey_fpc.json")["figures"]
    sample = sample_of([1.0 / one for one in small["weight"]], stratum=small["stratum"], psu=small["psu"])
    for above, published in ((True, small["above_4"]), (False, small["others"])):
        members = np.asarray([place for place, x in enumerate(small["x"]) if (x > 4) == above])
        found = ratio_of(sample, small["x"], members=members)
        assert (found.value, found.standard_error) == (pytest.approx(published[0], abs=5e-7), pytest.approx(published[1], abs=5e-8))


@pytest.mark.parametrize("year", FIGURES["neiss"])
def test_injuries_by_hospitals_in_strata(year):
    """Of one child the sex is not stated: it is left out of the share by its base, not out of the design."""
    rows = [row for row in rows_of("us_neiss_infants_a.csv") if row["year"] == year]
    sample = sample_of(
        [1.0 / one for one in column(rows, "weight")], stratum=[row["stratum"] for row in rows], psu=[row["psu"] for row in rows]
    )
    hospitals, total, error, share, share_error = FIGURES["neiss"][year]
    found = total_of_values(sample, [1.0] * len(rows))
    assert sample.units == hospitals
    assert (found.value, found.standard_error) == (pytest.approx(total, abs=1e-3), pytest.approx(error, abs=1e-3))
    known = [float(row["sex"] in {"M", "F"}) for row in rows]
    sex = ratio_of(sample, [float(row["sex"] == "M") for row in rows], known)
    assert (sex.value, sex.standard_error) == (pytest.approx(share, abs=6e-9), pytest.approx(share_error, abs=6e-9))


ELECTION = vectors_of("surveillance/election_pps.json")["figures"]
SQUARES = (ELECTION["squares"],)
DESIGNS = {
    "hr": Design(method="hartley-rao-ht", squares=SQUARES),
    "hryg": Design(method="hartley-rao", squares=SQUARES),
    "hr1": Design(method="hartley-rao-ht"),
    "br": Design(method="brewer"),
    "ov": Design(method="overton-ht"),
    "wr": Design(method="hansen-hurwitz"),
}


@pytest.mark.parametrize("name", ELECTION["errors"])
@pytest.mark.parametrize("place", range(3))
def test_the_published_sample_of_counties_with_unequal_probabilities(name, place):
    """All eight standard errors that R survey prints, of three totals, to the last printed digit."""
    candidate = ("Bush", "Kerry", "Nader")[place]
    chance, votes = ELECTION["probability"], [float(one) for one in ELECTION[candidate]]
    sample = sample_of(chance)
    assert total_of_values(sample, votes).value == pytest.approx(ELECTION["totals"][candidate], abs=1)
    if name in DESIGNS:
        error = total_of_values(sample, votes, DESIGNS[name]).standard_error
    else:
        lower = ELECTION["joint"]
        joint = [[lower[max(i, j)][min(i, j)] if i != j else chance[i] for j in range(40)] for i in range(40)]
        error = sqrt(joint_variance(votes, chance, joint, form={"ht": "horvitz-thompson", "yg": "yates-grundy"}[name]))
    assert error == pytest.approx(ELECTION["errors"][name][place], abs=0.501)


def toy() -> tuple[list[float], list[list[float]]]:
    with shared("data/surveillance/pps_toy7_joint_sampford.csv").open(encoding="utf-8") as file:
        pairs = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    return [pairs[k][k] for k in range(len(pairs))], pairs


@pytest.mark.parametrize("form", ["yates-grundy", "horvitz-thompson"])
def test_over_all_samples_of_two_the_variance_is_estimated_without_bias(form):
    """The pairs are the samples, so that expectations are sums over them; the pair (3, 7) is published."""
    chance, pairs = toy()
    published = vectors_of("surveillance/sampford_toy.json")["figures"]["joint_3_7"]
    assert [round(one, 4) for one in (pairs[2][2], pairs[2][6], pairs[6][6])] == published
    y = [3.1, 0.0, 4.0, 7.5, 1.0, 0.0, 9.0]
    truth = sum(y)
    samples = list(combinations(range(7), 2))
    assert sum(pairs[i][j] for i, j in samples) == pytest.approx(1.0, abs=1e-8)
    totals = {(i, j): y[i] / chance[i] + y[j] / chance[j] for i, j in samples}
    assert sum(pairs[i][j] * totals[i, j] for i, j in samples) == pytest.approx(truth, rel=1e-8)
    variance = sum(pairs[i][j] * (totals[i, j] - truth) ** 2 for i, j in samples)
    expected = sum(
        pairs[i][j]
        * joint_variance([y[i], y[j]], [chance[i], chance[j]], [[chance[i], pairs[i][j]], [pairs[i][j], chance[j]]], form=form)
        for i, j in samples
    )
    assert expected == pytest.approx(variance, rel=1e-7)


def test_the_approximations_are_near_the_variance_of_all_samples():
    """No approximation is exact here: Hartley and Rao's, Overton's and Brewer's are, in the mean, within a tenth of the truth."""
    chance, pairs = toy()
    y = [3.1, 0.0, 4.0, 7.5, 1.0, 0.0, 9.0]
    samples = list(combinations(range(7), 2))
    variance = sum(pairs[i][j] * (y[i] / chance[i] + y[j] / chance[j] - sum(y)) ** 2 for i, j in samples)
    squares = (sum(one * one for one in chance) / 2,)
    for design in (Design(method="hartley-rao", squares=squares), Design(method="overton"), Design(method="brewer")):
        expected = sum(
            pairs[i][j] * total_of_values(sample_of([chance[i], chance[j]]), [y[i], y[j]], design).variance for i, j in samples
        )
        assert expected == pytest.approx(variance, rel=0.1), design.method
    replaced = sum(
        pairs[i][j] * total_of_values(sample_of([chance[i], chance[j]]), [y[i], y[j]], Design(method="hansen-hurwitz")).variance
        for i, j in samples
    )
    assert replaced > 1.1 * variance
    assert np.isfinite(replaced)
