"""`openqi arl` of further charts: published figures at the command line, words in Chinese, and questions without an answer."""

import pytest
from scipy.stats import ncx2, poisson

from openqi.interfaces.cli.words import CHINESE
from unit.interfaces.cli_world import answer, openqi

KNOWN = [
    # I-MR whose ranges never signal is the plain chart
    (("i-mr", "--limit", "3", "--range-limit", "20"), 370.4, 5e-4),
    # Kramer and Schmid 2000, table 1: shift 1
    (("ar1", "--coefficient", "0.4", "--limit", "3.09023", "--shift", "1"), 61.85, 2e-4),
    # A mean of five under three sigma, shift of one sigma: 1 / (Phi(sqrt 5 - 3) + ...) = 4.5 of the textbooks
    (("xbar", "--subgroup", "5", "--spread", "none", "--limit", "3", "--shift", "1"), 4.4953, 1e-4),
    # c chart of mean 16 between 4 and 28, closed form of the Poisson tails
    (("poisson", "--in-control", "16"), 1 / (poisson.sf(28, 16) + poisson.cdf(3, 16)), 1e-9),
    # T squared of two variables at the chi-squared quantile of 0.005
    (("t2", "--variables", "2", "--limit", "10.596634733096073"), 200.0, 1e-9),
    # Means of four at a distance of 1: noncentral chi-squared with 4
    (
        ("t2", "--variables", "2", "--subgroup", "4", "--limit", "10.596634733096073", "--shift", "1"),
        1 / ncx2.sf(10.596634733096073, 2, 4),
        1e-9,
    ),
    # Lucas and Crosier 1982 without limits on points: 168
    (("shewhart-cusum", "--reference", "0.5", "--limit", "4", "--point-limit", "9"), 167.6838, 1e-6),
]


@pytest.mark.parametrize(("asked", "value", "tolerance"), KNOWN)
def test_charts_run_as_long_as_is_known(asked, value, tolerance):
    found = answer("arl", *asked)
    assert found["runLength"] == pytest.approx(value, rel=tolerance)
    assert found["method"] in {"quadrature", "closed form"}


@pytest.mark.parametrize(
    "asked",
    [
        ("shewhart-ewma", "--lambda", "0.1"),
        ("shewhart-cusum", "--reference", "0.5", "--side", "upper"),
        ("i-mr", "--range-limit", "5"),
        ("xbar", "--subgroup", "4", "--spread", "r", "--spread-limit", "4"),
        ("variance-ewma", "--lambda", "0.2", "--subgroup", "5"),
        ("variance-cusum", "--reference", "1.4", "--subgroup", "5"),
        ("t2", "--variables", "3"),
        ("ar1", "--coefficient", "0.5"),
        ("ar1", "--coefficient", "0.5", "--plotted", "residuals"),
        ("estimated", "--groups", "50", "--subgroup", "4"),
        ("e-detector", "--bet", "1"),
    ],
)
def test_each_finds_the_limit_for_a_run_length_and_runs_as_long_there(asked):
    found = answer("arl", *asked, "--find-limit", "--run-length", "300")
    assert found["runLength"] == pytest.approx(300.0, rel=1e-6)
    again = answer("arl", *asked, "--limit", repr(found["limit"]))
    assert again["runLength"] == pytest.approx(300.0, rel=1e-6)
    assert (again["chart"], again["limitErrorBound"]) == (asked[0], None)


def test_both_sides_that_cannot_be_joined_are_simulated_and_say_so():
    asked = ("shewhart-cusum", "--reference", "0.5", "--limit", "5", "--shift", "1")
    found = answer("arl", *asked, "--seed", "a")
    assert (found["method"], found["errorBound"]) == ("simulation", None)
    # The other side hardly ever signals after a shift of one: 10.26 is that of the upper one alone.
    one = answer("arl", *asked, "--side", "upper")["runLength"]
    assert found["runLength"] == pytest.approx(one, abs=5 * found["standardError"])
    assert found == answer("arl", *asked, "--seed", "a")
    assert "simulated" in openqi("arl", *asked[:3], "--find-limit", "--run-length", "370").err


def test_counts_say_their_limits_and_one_below_zero_is_none():
    found = answer("arl", "poisson", "--in-control", "4", "--mean", "8")
    assert (found["lower"], found["upper"]) == (None, 10.0)
    exact = answer("arl", "binomial", "--size", "200", "--in-control", "0.05", "--limits", "exact", "--fraction", "0.1")
    assert exact["lower"] > 0 and exact["runLength"] < 10
    own = answer("arl", "binomial", "--size", "50", "--in-control", "0.02", "--lower", "-1", "--upper", "3")
    assert (own["lower"], own["upper"]) == (None, 3.0)
    text = openqi("arl", "poisson", "--in-control", "4").out
    assert [line.split()[-1] for line in text.splitlines()[:2]] == ["-", "10"]


def test_quantiles_and_a_wider_spread():
    found = answer("arl", "xbar", "--subgroup", "5", "--limit", "3", "--scale", "1.5", "--quantile", "0.5")
    assert found["quantiles"][0]["points"] < found["runLength"] < 6
    assert answer("arl", "variance-ewma", "--lambda", "0.1", "--subgroup", "5", "--limit", "2.7", "--scale", "1.5")["runLength"] < 7
    assert answer("arl", "e-detector", "--bet", "1", "--limit", "100", "--steady")["state"] == "steady"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("xbar", "--subgroup", "5", "--limit", "3"), ("subgroups are independent",)),
        (("binomial", "--size", "50", "--in-control", "0.1"), ("counts are binomial", "lower limit")),
        (("t2", "--variables", "2", "--limit", "10"), ("points are jointly normal",)),
        (("ar1", "--coefficient", "0.1", "--limit", "3"), ("points follow an AR(1) model",)),
        (
            ("variance-cusum", "--reference", "1.3", "--subgroup", "5", "--limit", "3"),
            ("the standard deviation in control is known",),
        ),
        (
            ("estimated", "--groups", "40", "--limit", "3"),
            ("mean and standard deviation are estimated from independent normal points of the same process",),
        ),
    ],
)
def test_each_speaks_chinese(asked, words):
    text = openqi("arl", *asked, "--lang", "zh").out
    for word in words:
        assert CHINESE[word] in text, word


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("xbar", "--subgroup", "1", "--limit", "3"), "a subgroup of 1"),
        (("xbar", "--subgroup", "5"), "--find-limit"),
        (("i-mr", "--find-limit", "--run-length", "370"), "signal sooner"),
        (("i-mr", "--limit", "3", "--steady"), "--steady"),
        (("binomial", "--size", "50", "--in-control", "1.5"), "between 0 and 1"),
        (("binomial", "--size", "50", "--in-control", "0.1", "--lower", "9", "--upper", "3"), "limits 9.0 and 3.0"),
        (("binomial", "--size", "50", "--in-control", "0.1", "--fraction", "0", "--lower", "-1"), "never signals"),
        (("poisson", "--in-control", "-4"), "above 0"),
        (("t2", "--variables", "0", "--limit", "3"), "0 variables"),
        (("ar1", "--coefficient", "1", "--limit", "3"), "coefficient 1"),
        (("estimated", "--groups", "5", "--limit", "3"), "infinite"),
        (("e-detector", "--bet", "0", "--limit", "3"), "bet"),
        (("variance-cusum", "--reference", "0.9", "--subgroup", "5", "--limit", "3"), "reference"),
        (("shewhart-cusum", "--reference", "4", "--limit", "3", "--point-limit", "3.5"), "never rises"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(asked, says):
    found = openqi("arl", *asked)
    assert found.status == 2
    assert says in found.err, found.err
