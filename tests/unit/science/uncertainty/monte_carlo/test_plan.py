"""Plans of runs: seeds, slots, ids, correlations and copulas."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from chance_cases import MASS, MASS_INPUTS, SUM, normal, of, rectangular
from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import distribution
from openqi.science.numbers import special
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation
from openqi.science.uncertainty.monte_carlo.plan import trial_plan, trials
from openqi.science.uncertainty.monte_carlo.run import monte_carlo


def test_the_seed_comes_from_model_and_inputs_unless_it_is_given():
    seed = trial_plan(MASS, MASS_INPUTS).seed
    assert seed.startswith("sha256:")
    assert trial_plan(MASS, dict(reversed(MASS_INPUTS.items()))).seed == seed
    assert trial_plan(MASS, {**MASS_INPUTS, "c": normal(1.234, 0.0201)}).seed != seed
    assert trial_plan(measurement_model(MASS.text.replace("1.2", "1.3")), MASS_INPUTS).seed != seed
    assert trial_plan(MASS, MASS_INPUTS, [Correlation(first="m", second="c", coefficient=0.5)]).seed != seed
    assert trial_plan(MASS, MASS_INPUTS, seed="mine").seed == "mine"


def test_slots_go_by_id_so_that_names_and_their_order_change_no_trial():
    one = measurement_model("y = a - b")
    other = measurement_model("y = -second + first")
    inputs = {"a": normal(1.0, 0.1, id="x"), "b": normal(2.0, 0.2, id="y")}
    again = {"first": inputs["a"], "second": inputs["b"]}
    assert (trials(trial_plan(one, inputs, seed="s"), 0, 50) == trials(trial_plan(other, again, seed="s"), 0, 50)).all()


def test_inputs_of_one_id_are_one_quantity():
    shared = normal(3.0, 0.1, id="standard")
    found = trials(trial_plan(measurement_model("y = a - b"), {"a": shared, "b": shared}, seed="s"), 0, 50)
    assert not found.any()
    with pytest.raises(DomainError, match="two distributions"):
        trial_plan(measurement_model("y = a - b"), {"a": shared, "b": normal(3.0, 0.2, id="standard")})


def test_a_name_that_is_the_id_of_another_input_does_not_make_them_one():
    inputs = {"a": normal(3.0, 0.1, id="b"), "b": normal(3.0, 0.1)}
    with pytest.raises(DomainError, match="input b has no id"):
        trial_plan(measurement_model("y = a - b"), inputs)


def test_correlated_normal_quantities_have_the_variance_of_the_closed_form():
    model = measurement_model("y = a + b\nz = a - b")
    inputs = {"a": normal(0.0, 3.0), "b": normal(0.0, 4.0)}
    found = monte_carlo(model, inputs, trials=200_000, correlations=[Correlation(first="a", second="b", coefficient=0.5)])
    assert found.standard_uncertainty == pytest.approx((sqrt(37.0), sqrt(13.0)), rel=0.01)
    assert found.covariance[0][1] == found.covariance[1][0] == pytest.approx(9.0 - 16.0, abs=0.2)
    equal = monte_carlo(
        measurement_model("y = a - b"),
        {"a": normal(0.0, 1.0), "b": normal(0.0, 1.0)},
        trials=1000,
        correlations=[Correlation(first="a", second="b", coefficient=1.0)],
    )
    assert equal.standard_uncertainty == (0.0,)


def test_correlated_quantities_that_are_not_normal_keep_their_distributions():
    inputs = {"a": rectangular(0.0, 1.0), "b": of(distribution("exponential", mean=2.0))}
    found = monte_carlo(
        measurement_model("y = a + 0\nz = b + 0"),
        inputs,
        trials=100_000,
        correlations=[Correlation(first="b", second="a", coefficient=0.8)],
    )
    assert found.value == pytest.approx((0.5, 2.0), abs=0.03)
    assert found.standard_uncertainty == pytest.approx((sqrt(1 / 12), 2.0), rel=0.02)
    # Of a normal copula the rank correlation is 6/pi asin(r/2).
    ranks = found.samples.argsort(axis=1).argsort(axis=1)
    assert np.corrcoef(ranks)[0, 1] == pytest.approx(6 / np.pi * np.arcsin(0.4), abs=0.01)


def test_finite_degrees_of_freedom_give_t_whose_scale_is_the_uncertainty_and_none_a_constant():
    plan = trial_plan(
        measurement_model("y = a + b + c"),
        {"a": normal(1.0, 0.5, degrees_of_freedom=7.0), "b": normal(2.0, 0.0), "c": normal(0.0, 1.0)},
    )
    assert [one.kind for one in plan.distributions] == ["t", "discrete", "normal"]
    assert plan.distributions[0].parameters == (1.0, 0.5, 7.0)
    assert plan.distributions[1].quantile(0.3) == 2.0


def test_correlations_that_contradict_each_other_are_refused():
    ends = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]
    with pytest.raises(DomainError, match="not positive semidefinite"):
        trial_plan(
            SUM, dict.fromkeys("abcd", normal(0.0, 1.0)), [Correlation(first=a, second=b, coefficient=r) for a, b, r in ends]
        )


@pytest.mark.parametrize("copula", ["clayton", "t", "t:", "t:0", "t:-1", "t:nan", "t:inf", "gaussian:4", "t:x"])
def test_another_copula_is_refused(copula):
    with pytest.raises(DomainError, match="as in `t:4`"):
        trial_plan(SUM, dict.fromkeys("abcd", normal(0.0, 1.0)), copula=copula)


def test_a_t_copula_has_the_tails_of_the_closed_form_and_keeps_distributions():
    r, dof = 0.3, 2.5
    inputs = {"a": rectangular(0.0, 1.0), "b": rectangular(0.0, 1.0)}
    model, correlation = measurement_model("y = a + 0\nz = b + 0"), [Correlation(first="a", second="b", coefficient=r)]
    found = monte_carlo(model, inputs, trials=200_000, correlations=correlation, copula=f"t:{dof}")
    assert found.value == pytest.approx((0.5, 0.5), abs=0.003)
    assert found.standard_uncertainty == pytest.approx((sqrt(1 / 12), sqrt(1 / 12)), rel=0.01)
    # Kendall's tau of every elliptical copula is 2/pi asin r; the share of pairs whose order agrees is (1 + tau) / 2.
    agree = np.sign(np.diff(found.samples[0])[::2]) == np.sign(np.diff(found.samples[1])[::2])
    assert agree.mean() == pytest.approx(0.5 + np.arcsin(r) / np.pi, abs=0.005)
    # Against the joint distribution function of SciPy's multivariate t, in the corner.
    joint = stats.multivariate_t([0, 0], [[1, r], [r, 1]], dof, seed=1).cdf([special.t_quantile(0.01, dof)] * 2)
    # Four standard deviations; a Gaussian copula has less than half of it there.
    assert (found.samples < 0.01).all(axis=0).mean() == pytest.approx(joint, abs=4.5e-4)


def test_t_inputs_joined_by_their_own_copula_are_jointly_t():
    dof = 7.0
    one = of(distribution("t", mean=0.0, scale=1.0, dof=dof))
    model, correlation = measurement_model("y = (a + b) / 3^0.5"), [Correlation(first="a", second="b", coefficient=0.5)]
    found = monte_carlo(model, {"a": one, "b": one}, trials=100_000, correlations=correlation, copula="t:7")
    # A linear combination of jointly t quantities is t of the same degrees of freedom; its scale is 1 here.
    assert stats.kstest(found.samples[0], stats.t(dof).cdf).pvalue > 0.001


def test_a_copula_leaves_what_no_correlation_names_as_it_was():
    model = measurement_model("y = a + 0\nz = b + c\nw = d + 0")
    alone = trials(trial_plan(model, dict.fromkeys("abcd", rectangular(0.0, 1.0)), seed="s"), 0, 10)
    for copula in ("gaussian", "t:3"):
        pair = [Correlation(first="b", second="c", coefficient=0.5)]
        found = trials(trial_plan(model, dict.fromkeys("abcd", rectangular(0.0, 1.0)), pair, copula=copula, seed="s"), 0, 10)
        assert (found[[0, 2]] == alone[[0, 2]]).all()
        assert not (found[1] == alone[1]).all()


def test_a_coefficient_of_zero_joins_through_t_and_not_through_normal_scores():
    none = [Correlation(first="a", second="b", coefficient=0.0)]
    inputs = dict.fromkeys("abcd", normal(0.0, 1.0))
    assert trial_plan(SUM, inputs, none).factor is None
    assert trial_plan(SUM, inputs, none, copula="t:3").joined == (0, 1)


def test_only_what_correlations_name_has_a_factor_among_however_many_inputs():
    names = [f"x{place}" for place in range(500)]
    plan = trial_plan(
        measurement_model("y = " + " + ".join(names)),
        dict.fromkeys(names, normal(0.0, 1.0)),
        [Correlation(first="x7", second="x300", coefficient=0.6)],
    )
    assert plan.factor == ((1.0, 0.0), (0.6, 0.8))
    assert [sorted(names)[slot] for slot in plan.joined] == ["x300", "x7"]


def test_trials_before_the_first_are_refused():
    with pytest.raises(DomainError, match="from -1"):
        trials(trial_plan(SUM, dict.fromkeys("abcd", normal(0.0, 1.0))), -1, 5)
