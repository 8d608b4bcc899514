"""Variances in one pass are those of their definitions, written out over all pairs; certain units, domains and lonely strata."""

from itertools import product

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.totals import ratio_of, stratified_ratio, total_of_values
from openqi.science.draws.rates.variances import METHODS, Design, total_variance

R = np.random.default_rng(20260102)
N = 60
CHANCE = R.uniform(0.02, 0.6, N).tolist()
CHANCE[4] = CHANCE[17] = 1.0
STRATUM = [f"s{place % 4}" for place in range(N)]
Y = R.integers(0, 2, N).astype(float).tolist()


def by_definition(method: str, y: list[float], chance: list[float], squares: float | None = None) -> float:
    """Over pairs, as the papers write it; without certain units."""
    kept = [(one, p) for one, p in zip(y, chance, strict=True) if p < 1.0]
    n = len(kept)
    z = [one / p for one, p in kept]
    pi = [p for _, p in kept]
    mean = sum(z) / n
    if method == "hansen-hurwitz":
        return n / (n - 1) * sum((one - mean) ** 2 for one in z)
    if method == "brewer":
        c = [(n - 1) / (n - p) for p in pi]
        return sum((1 / one - p) * (value - mean) ** 2 for one, p, value in zip(c, pi, z, strict=True))
    s = sum(pi) / n if squares is None else squares
    total = 0.0
    for i, j in product(range(n), repeat=2):
        if method.startswith("overton"):
            joint = pi[i] * pi[j] * (n - 1) / (n - (pi[i] + pi[j]) / 2)
        else:
            joint = pi[i] * pi[j] * (n - 1) / (n - pi[i] - pi[j] + s)
        apart = 1 - pi[i] * pi[j] / joint
        if method.endswith("-ht"):
            total += (1 - pi[i]) * z[i] ** 2 if i == j else apart * z[i] * z[j]
        elif i != j:
            total -= 0.5 * apart * (z[i] - z[j]) ** 2
    return total


@pytest.mark.parametrize("method", [name for name in METHODS if name != "srs"])
def test_a_variance_is_that_of_its_definition_stratum_by_stratum(method):
    wanted = 0.0
    for stratum in sorted(set(STRATUM)):
        rows = [place for place in range(N) if STRATUM[place] == stratum]
        wanted += by_definition(method, [Y[place] for place in rows], [CHANCE[place] for place in rows])
    found = total_of_values(sample_of(CHANCE, stratum=STRATUM), Y, Design(method=method, lonely="average"))
    assert found.variance == pytest.approx(wanted, rel=1e-11)
    assert found.value == pytest.approx(sum(y / p for y, p in zip(Y, CHANCE, strict=True)), rel=1e-14)


def test_the_squares_of_the_population_are_used_where_they_are_known():
    found = total_of_values(sample_of(CHANCE), Y, Design(method="hartley-rao", squares=(0.31,)))
    assert found.variance == pytest.approx(by_definition("hartley-rao", Y, CHANCE, 0.31), rel=1e-11)
    with pytest.raises(DomainError, match="one a stratum"):
        total_of_values(sample_of(CHANCE), Y, Design(method="hartley-rao", squares=(0.31, 0.2)))


def test_simple_random_samples_have_the_textbook_variance():
    chance, y = [0.1] * 20, [1.0] * 3 + [0.0] * 17
    sample = sample_of(chance, stratum_units={"all": 200})
    found = ratio_of(sample, y, design=Design(method="srs"))
    assert found.variance == pytest.approx(0.9 * 0.15 * 0.85 / 19, rel=1e-13)
    for method in ("brewer", "hartley-rao", "overton"):
        assert ratio_of(sample, y, design=Design(method=method)).variance == pytest.approx(0.9 * 0.15 * 0.85 / 19, rel=1e-12)


def test_a_census_has_no_variance_and_certain_objects_add_none():
    y = [1.0, 0.0, 1.0, 0.0]
    assert total_of_values(sample_of([1.0] * 4), y).variance == 0.0
    with_certain = total_of_values(sample_of([1.0, 1.0, 0.2, 0.3, 0.4]), [1.0, 1.0, 1.0, 0.0, 1.0])
    alone = total_of_values(sample_of([0.2, 0.3, 0.4]), [1.0, 0.0, 1.0])
    assert with_certain.variance == pytest.approx(alone.variance, rel=1e-13)
    assert (with_certain.value, with_certain.degrees) == (pytest.approx(alone.value + 2), alone.degrees)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "srs"])
def test_a_domain_is_the_whole_sample_with_noughts_outside(method):
    sample = sample_of(CHANCE, stratum=STRATUM)
    design = Design(method=method)
    members = np.asarray([place for place in range(N) if place % 3 == 1])
    inside = np.isin(np.arange(N), members)
    whole = total_variance(sample, np.where(inside, Y, 0.0), design)
    assert total_variance(sample, np.asarray(Y)[members], design, members=members) == pytest.approx(whole, rel=1e-11)


def test_a_domain_of_clusters_too():
    psu = [f"p{place // 5}" for place in range(N)]
    sample = sample_of(CHANCE, psu=psu)
    members = np.asarray([place for place in range(N) if place % 7 in {1, 2}])
    inside = np.isin(np.arange(N), members)
    found = total_variance(sample, np.asarray(Y)[members], Design(), members=members)
    assert found == pytest.approx(total_variance(sample, np.where(inside, Y, 0.0), Design()), rel=1e-12)
    z = [sum(Y[k] / CHANCE[k] for k in range(5 * u, 5 * u + 5) if inside[k]) for u in range(12)]
    assert found == pytest.approx(12 / 11 * sum((one - sum(z) / 12) ** 2 for one in z), rel=1e-12)


def test_clusters_of_known_probability_are_taken_without_replacement():
    psu = [f"p{place // 5}" for place in range(N)]
    own = [0.1 + 0.05 * (place // 5) for place in range(N)]
    sample = sample_of(CHANCE, psu=psu, psu_probability=own)
    found = total_of_values(sample, Y)
    z = [sum(Y[k] / CHANCE[k] for k in range(5 * u, 5 * u + 5)) for u in range(12)]
    mean = sum(z) / 12
    wanted = 12 / 11 * sum((1 - own[5 * u]) * (z[u] - mean) ** 2 for u in range(12))
    assert (found.method, found.variance) == ("brewer", pytest.approx(wanted, rel=1e-12))


def test_a_lonely_stratum_is_refused_or_as_uncertain_as_the_others():
    sample = sample_of([0.1, 0.2, 0.3, 0.4, 0.5], stratum=["a", "a", "b", "b", "c"])
    y = [1.0, 0.0, 1.0, 0.0, 1.0]
    with pytest.raises(RefusedError, match="stratum 'c' has a single drawn unit"):
        total_of_values(sample, y)
    averaged = total_of_values(sample, y, Design(lonely="average"))
    pair = total_of_values(sample_of([0.1, 0.2, 0.3, 0.4], stratum=["a", "a", "b", "b"]), y[:4])
    assert averaged.variance == pytest.approx(pair.variance * 3 / 2, rel=1e-13)
    with pytest.raises(RefusedError, match="single drawn unit"):
        total_of_values(sample_of([0.1], stratum=["a"]), [1.0], Design(lonely="average"))


def test_strata_of_known_size_weigh_as_they_do_in_the_population():
    chance, stratum = [0.1] * 10 + [0.5] * 10, ["a"] * 10 + ["b"] * 10
    y = [1.0] * 2 + [0.0] * 8 + [1.0] * 5 + [0.0] * 5
    sample = sample_of(chance, stratum=stratum)
    found = stratified_ratio(sample, y, [1.0] * 20, [100, 20])
    assert found.value == pytest.approx((100 * 0.2 + 20 * 0.5) / 120, rel=1e-14)
    wanted = (100 / 120) ** 2 * 0.9 * 0.16 / 9 + (20 / 120) ** 2 * 0.5 * 0.25 / 9
    assert found.variance == pytest.approx(wanted, rel=1e-12)
    with pytest.raises(RefusedError, match="stratum 'b' nobody was examined"):
        stratified_ratio(sample, y, [1.0] * 10 + [0.0] * 10, [100, 20])


def test_the_order_of_rows_moves_only_last_digits_and_a_large_common_value_no_others():
    sample = sample_of(CHANCE, stratum=STRATUM)
    back = sample_of(CHANCE[::-1], stratum=STRATUM[::-1])
    assert ratio_of(back, Y[::-1]).variance == pytest.approx(ratio_of(sample, Y).variance, rel=1e-12)
    shifted = ratio_of(sample, [one + 1e8 for one in Y])
    assert shifted.variance == pytest.approx(ratio_of(sample, Y).variance, rel=1e-6)


@pytest.mark.parametrize(
    ("chance", "more", "says"),
    [
        ([], {}, "no object"),
        ([0.1, 0.0], {}, "row 2 is 0.0"),
        ([0.1, 1.2], {}, "row 2 is 1.2"),
        ([0.1, float("nan")], {}, "row 2 is nan"),
        ([0.1, 0.2], {"stratum": ["a"]}, "stratum has 1 rows"),
        ([0.1, 0.2], {"psu_probability": [0.1, 0.2]}, "without psu"),
        ([0.1, 0.2], {"psu": ["a", "a"], "psu_probability": [0.1, 0.2]}, "psu_probability of row 2"),
        ([0.1, 0.2], {"stratum": ["a", "b"], "stratum_units": {"a": 3}}, "stratum 'b'"),
        ([0.1, 0.2], {"stratum": ["a", "a"], "stratum_units": {"a": 1}}, "2 units were drawn of 1"),
    ],
)
def test_what_is_no_sample_is_refused(chance, more, says):
    with pytest.raises(DomainError, match=says):
        sample_of(chance, **more)


def test_a_stratum_that_was_not_drawn_is_named():
    with pytest.raises(RefusedError, match="stratum 'c' has 40 objects and none was drawn"):
        sample_of([0.1, 0.2], stratum=["a", "b"], stratum_units={"a": 10, "b": 10, "c": 40})


def test_methods_that_lack_what_they_need_say_so():
    sample = sample_of([0.1, 0.2, 0.3], psu=["a", "b", "c"])
    for design, says in [
        (Design(method="yates"), "one of brewer"),
        (Design(method="srs"), "how many units"),
        (Design(method="brewer"), "probability of each first-stage unit"),
        (Design(method="hansen-hurwitz", lonely="drop"), "refuse or average"),
    ]:
        with pytest.raises(DomainError, match=says):
            total_of_values(sample, [1.0, 0.0, 1.0], design)
    with pytest.raises(DomainError, match="row 2"):
        total_of_values(sample, [1.0, float("nan"), 1.0])
    with pytest.raises(RefusedError, match="below 0"):
        total_of_values(sample_of([0.3, 0.3, 0.9]), [1.0, 1.0, 9.0], Design(method="overton-ht"))
