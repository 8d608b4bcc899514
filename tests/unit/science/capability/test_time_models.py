"""Time-dependent models: made processes are told apart, a steady one is rarely called otherwise, tests agree with SciPy."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.capability.time_models import MODELS, time_model


def made(model, random, m=30, n=5):
    e, means = random.standard_normal((m, n)), random.standard_normal((m, 1))
    wild = np.exp(random.standard_normal((m, 1)) * 0.8)
    steps = np.repeat(random.standard_normal((m // 5, 1)) * 2.5, 5, axis=0)
    values = {
        "A1": e, "A2": random.exponential(1.0, (m, n)), "B": e * wild, "C1": e + means * 1.5,
        "C2": 0.3 * e + random.exponential(2.0, (m, 1)), "C3": e + np.arange(m)[:, None] * 0.15, "C4": e + steps,
        "D": e * wild + means * 3.0,
    }[model]  # fmt: skip
    return values.ravel().tolist()


@pytest.mark.parametrize("model", MODELS)
def test_a_made_process_is_told_apart(model):
    random = np.random.default_rng(16)
    found = Counter(time_model(made(model, random), 5).model for _ in range(30))
    assert found.most_common(1)[0][0] == model
    assert found[model] >= (18 if model == "C2" else 21)


def test_a_steady_process_is_called_otherwise_about_as_often_as_the_tests_say():
    random = np.random.default_rng(17)
    other = sum(time_model(made("A1", random, m=20), 5).model != "A1" for _ in range(200))
    assert other <= 15  # three tests at 1 %: 6 expected


def test_the_tests_are_shown_with_their_results_and_agree_with_scipy():
    values = made("C1", np.random.default_rng(18))
    groups = np.array(values).reshape(-1, 5)
    found = time_model(values, 5)
    known = {one.question: one for one in found.tests}
    wanted = stats.f_oneway(*groups)
    assert known["location"].statistic == pytest.approx(wanted.statistic)
    assert known["location"].p_value == pytest.approx(wanted.pvalue, rel=1e-6)
    # Brown and Forsythe without the structural zero of the median in each subgroup of five.
    away = [sorted(abs(row - np.median(row)))[1:] for row in groups]
    assert known["dispersion"].statistic == pytest.approx(stats.f_oneway(*away).statistic)
    line = stats.linregress(np.arange(len(groups)), groups.mean(axis=1))
    assert known["trend"].p_value == pytest.approx(line.pvalue, rel=1e-6)
    assert found.methods == (("moments", "quantiles") if found.model == "C1" else ("quantiles",))


@pytest.mark.parametrize(
    ("values", "by", "says"),
    [
        ([float(k % 7) for k in range(21)], 3, "at least 24"),
        ([float(k % 7) for k in range(40)], 2, "at least 3"),
        ([float(k // 3) for k in range(30)], 3, "do not differ"),
    ],
)
def test_too_little_to_tell_is_refused(values, by, says):
    with pytest.raises(DomainError, match=says):
        time_model(values, by)
