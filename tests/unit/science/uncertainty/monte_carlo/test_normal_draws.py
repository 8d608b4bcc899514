"""Quantiles and moments of whole blocks: bit for bit those of one value after the other."""

from random import Random

import numpy as np
import pytest

from openqi.science.numbers.normal_functions import normal_root
from openqi.science.uncertainty.monte_carlo.normal_draws import write_normal
from openqi.science.uncertainty.monte_carlo.summary import mean_and_covariance, mean_and_variance

CHANCE = Random(20261130)
EDGES = [2.0**-53, 1.0 - 2.0**-53, 2.0**-52, 1.3887943864964e-11, 1.3887943864965e-11, 0.075, 0.925, 0.5, 0.25, 0.0625, 2.0**-30]
"""The least and the largest, where the far tail begins (exp(-25)), where the tails begin, and powers of two."""


def test_a_block_of_normal_quantiles_has_the_bits_of_each_quantile():
    tails = [2.0 ** -CHANCE.uniform(3, 53) for _ in range(2000)]
    p = EDGES + [CHANCE.random() for _ in range(2000)] + tails + [1.0 - one for one in tails if one > 2.0**-52]
    for count in (1, 2, 7, len(p)):
        out = np.empty(count)
        write_normal(np.array([1.5, 2.5]), np.array(p[:count]), out)
        assert out.tolist() == [1.5 + 2.5 * normal_root(one) for one in p[:count]]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("about", [0.0, 3.0, -1e6])
def test_mean_and_variance_of_one_sample_are_those_of_it_with_itself(fast: bool, about: float):
    x = np.array([CHANCE.gauss(3.0, 1e-3) * 10.0 ** CHANCE.randint(-3, 3) for _ in range(3000)])
    mean, same, variance = mean_and_covariance(x, x, about, about, fast=fast)
    assert (mean, variance) == mean_and_variance(x, about, fast=fast)
    assert mean == same
