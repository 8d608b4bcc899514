"""Type A: reference data of NIST, the GUM's analysis of variance, correlated series, and readings that depend on others."""

from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from math import nan, sqrt
from random import Random
from statistics import fmean, stdev

import pytest

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.uncertainty.inputs.type_a import analysis_of_variance, ensemble, type_a
from unit.science.uncertainty.worked_examples import figures


@pytest.mark.parametrize("name", ["nist_strd_anova_sirstv", "nist_strd_anova_smls01", "nist_strd_anova_smls04"])
def test_the_reference_data_of_nist_are_analysed_to_their_certified_digits(name):
    case = figures(name)
    found = analysis_of_variance(case["inputs"]["groups"])
    ours = {
        "df_between": found.between_dof, "ss_between": found.between_sum, "ms_between": found.between_mean_square, "F": found.f,
        "df_within": found.within_dof, "ss_within": found.within_sum, "ms_within": found.within_mean_square,
        "r_squared": found.r_squared, "residual_sd": sqrt(found.within_mean_square),
    }  # fmt: skip
    # Exact sums: better than the digits that the reference asks for, also with seven constant leading ones.
    assert ours == pytest.approx(case["expected"], rel=min(10.0 ** -case["tolerance"]["log_relative_error_min"], 1e-13))


def test_the_standards_of_the_gum_have_its_published_analysis_of_variance():
    case = figures("gum_h5_anova")
    means, spreads, size = case["inputs"]["mean_V"], case["inputs"]["sd_V"], case["inputs"]["n_per_day"]
    # Readings of each day with the mean and standard deviation that the table states: two outside, the others at the mean.
    groups = [
        [Fraction(str(mean)), Fraction(str(mean)), Fraction(str(mean)), mean_less(mean, spread, -1), mean_less(mean, spread, 1)]
        for mean, spread in zip(means, spreads, strict=True)
    ]
    found = analysis_of_variance([[float(one) for one in group] for group in groups])
    expected, tolerance = case["expected"], case["tolerance"]
    assert found.mean == pytest.approx(expected["grand_mean"], abs=tolerance["grand_mean"])
    assert sqrt(found.between_mean_square / size) == pytest.approx(
        expected["s_between_of_means"], abs=tolerance["s_between_of_means"]
    )
    assert sqrt(found.within_mean_square) == pytest.approx(expected["s_within_pooled"], abs=tolerance["s_within_pooled"])
    assert found.f == pytest.approx(expected["F"], abs=tolerance["F"])


def mean_less(mean: float, spread: float, sign: int) -> Fraction:
    return Fraction(str(mean)) + sign * Fraction(round(spread * sqrt(2) * 10**12), 10**12)


READINGS = ["10.03", "10.01", "9.98", "10.02", "10.05", "9.99"]


def test_a_mean_has_the_standard_deviation_of_the_mean():
    floats = [float(one) for one in READINGS]
    found = type_a(READINGS, id="readings")
    assert found.value == pytest.approx(fmean(floats), rel=1e-15)
    assert found.standard_uncertainty == pytest.approx(stdev(floats) / sqrt(6), rel=1e-12)
    assert (found.degrees_of_freedom, found.exact, found.id) == (5.0, Fraction(6008, 600), "readings")


def test_leading_digits_that_all_readings_share_lose_nothing():
    small = type_a(["0.1", "0.3", "0.2"], id="r")
    large = type_a(["1000000000000.1", "1000000000000.3", "1000000000000.2"], id="r")
    assert large.standard_uncertainty == small.standard_uncertainty


def test_equal_readings_have_no_type_a_uncertainty():
    assert type_a([1.5] * 9, id="r", autocorrelated=True).standard_uncertainty == 0.0


def uniform(place: int) -> float:
    """A number that anybody can make again, as good as one of chance."""
    return int.from_bytes(sha256(str(place).encode()).digest()[:6], "big") / 2**48 - 0.5


def plain(x: list[float]) -> tuple[float, float]:
    """Uncertainty and degrees of freedom of the mean of correlated readings, as the formula has them."""
    n, mean = len(x), fmean(x)
    whole = sum((one - mean) ** 2 for one in x)
    rho = [sum((x[i] - mean) * (x[i + lag] - mean) for i in range(n - lag)) / whole for lag in range(n // 4 + 1)]
    limits = [1.96 * sqrt((1 + 2 * sum(one**2 for one in rho[1:lag])) / n) for lag in range(n // 4 + 1)]
    last = max([lag for lag in range(1, n // 4 + 1) if abs(rho[lag]) > limits[lag]], default=0)
    inflation = 1 + 2 * sum((1 - lag / n) * rho[lag] for lag in range(1, last + 1))
    return sqrt(whole / (n - 1) / n * inflation), n / inflation - 1 if inflation > 1 else n - 1


def autoregressive(phi: float, size: int) -> list[float]:
    x = [uniform(0)]
    for place in range(1, size):
        x.append(phi * x[-1] + uniform(place))
    return [round(one, 12) for one in x]


@pytest.mark.parametrize("phi", [-0.5, 0.3, 0.8])
def test_correlated_readings_have_the_uncertainty_of_the_plain_formula(phi):
    x = autoregressive(phi, 200)
    found = type_a(x, id="r", autocorrelated=True)
    assert (found.standard_uncertainty, found.degrees_of_freedom) == pytest.approx(plain(x), rel=1e-9)


def test_an_autoregressive_series_has_about_its_theoretical_uncertainty():
    # Of a first-order process with coefficient phi the variance of the mean is (1 + phi) / (1 - phi) times that of independence.
    x = autoregressive(0.6, 2000)
    found, alone = type_a(x, id="r", autocorrelated=True), type_a(x, id="r")
    assert (found.standard_uncertainty / alone.standard_uncertainty) ** 2 == pytest.approx(4.0, rel=0.3)
    assert found.degrees_of_freedom == pytest.approx(2000 / 4, rel=0.3)


@pytest.mark.parametrize("theta", [-0.4, 0.5, 0.9])
def test_on_average_the_variance_of_the_mean_of_a_moving_average_is_found(theta):
    """In closed form it is (1 + theta^2 + 2 (1 - 1/n) theta) / n. The published rule takes lags by chance too, one in twenty.

    So it finds a tenth too little, and refuses where so many of them are negative that no variance is left.
    """
    chance, size, found, refused = Random(f"moving average {theta}"), 150, [], 0
    for _ in range(60):
        shocks = [chance.gauss(0.0, 1.0) for _ in range(size + 1)]
        readings = [round(shocks[place + 1] + theta * shocks[place], 6) for place in range(size)]
        try:
            found.append(type_a(readings, id="r", autocorrelated=True).standard_uncertainty ** 2)
        except DomainError:
            refused += 1
    assert refused <= 12
    known = (1 + theta**2 + 2 * (1 - 1 / size) * theta) / size
    alone = (1 + theta**2) / size
    assert fmean(found) == pytest.approx(known, rel=0.25)
    assert (fmean(found) / alone - 1) * theta > 0.1  # it was not simply that of independent readings


def test_columns_read_at_the_same_times_keep_their_correlation():
    columns = {"V": ["5.007", "4.994", "5.005", "4.990", "4.999"], "I": ["19.663", "19.639", "19.640", "19.685", "19.678"]}
    inputs, (correlation,) = ensemble(columns, id="H.2")
    v, i = ([float(one) for one in column] for column in columns.values())
    product = sum((a - fmean(v)) * (b - fmean(i)) for a, b in zip(v, i, strict=True)) / 4
    assert correlation.coefficient == pytest.approx(product / stdev(v) / stdev(i), rel=1e-9)
    assert (correlation.first, correlation.second) == ("H.2#V", "H.2#I")
    assert {one.ensemble for one in inputs.values()} == {"H.2"}
    assert inputs["V"].standard_uncertainty == pytest.approx(stdev(v) / sqrt(5), rel=1e-10)


def test_columns_in_proportion_are_fully_correlated():
    rows = ["0.1", "0.3", "0.2", "0.7"]
    _, correlations = ensemble({"a": rows, "b": [str(-3 * Fraction(one).numerator) for one in rows], "c": ["1"] * 4}, id="s")
    assert [abs(one.coefficient) <= 1.0 for one in correlations] == [True]
    _, (exact,) = ensemble({"a": ["1", "2", "3"], "b": ["-2", "-4", "-6"]}, id="s")
    assert exact.coefficient == -1.0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: type_a(["1"], id="r"), "at least 2"), (lambda: type_a([], id="r"), "at least 2"),
        (lambda: type_a([1.0, nan], id="r"), "reading 2"),
        (lambda: type_a(["1", "2", "3"], id="r", autocorrelated=True), "at least 8"),
        (lambda: ensemble({"a": ["1", "2"], "b": ["1", "2", "3"]}, id="s"), "equal numbers"),
        (lambda: ensemble({"a": ["1"], "b": ["2"]}, id="s"), "at least 2"), (lambda: analysis_of_variance([[1, 2]]), "two or more"),
        (lambda: analysis_of_variance([[1, 2], []]), "two or more"), (lambda: analysis_of_variance([[1], [2]]), "one reading"),
        (lambda: analysis_of_variance([[1, 1], [2, 2]]), "equal"),
    ],
)  # fmt: skip
def test_readings_that_cannot_be_evaluated_are_refused(call, said):
    with pytest.raises(DomainError, match=said):
        call()


def test_a_reading_that_is_no_number_is_refused_by_its_place():
    with pytest.raises(FormatError, match="reading 3"):
        type_a(["1", "2", "--"], id="r")


def test_the_order_of_readings_matters_only_where_it_should():
    x = autoregressive(0.8, 100)
    assert type_a(x, id="r") == type_a(sorted(x), id="r")
    assert type_a(x, id="r", autocorrelated=True) != type_a(sorted(x), id="r", autocorrelated=True)
    assert all(a <= b for a, b in pairwise(sorted(x)))
