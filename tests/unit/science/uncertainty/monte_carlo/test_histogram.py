"""Counts of a sample between even edges, against the plain count of each value."""

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.monte_carlo.histogram import histogram


@pytest.mark.parametrize("kind", ["normal", "rectangular", "heavy"])
def test_every_value_is_counted_once_where_it_lies(kind: str):
    chance = np.random.default_rng(7)
    drawn = {"normal": chance.normal(size=3000), "rectangular": chance.uniform(size=3000), "heavy": chance.standard_cauchy(3000)}
    sample = drawn[kind]
    found = histogram(sample)
    edges = found.edges
    plain = [0] * len(found.counts)
    for one in sample.tolist():
        if edges[0] <= one <= edges[-1]:
            plain[max(place for place in range(len(plain)) if edges[place] <= one)] += 1
    assert list(found.counts) == plain
    assert found.below == sum(one < edges[0] for one in sample.tolist())
    assert found.above == sum(one > edges[-1] for one in sample.tolist())
    assert (found.below + found.above == 0) == (kind != "heavy")
    assert len(found.counts) == 54  # the root of 3000, cut


def test_values_that_are_all_the_same_are_one_bin_without_width():
    found = histogram(np.array([2.0, 2.0, 2.0]))
    assert (found.edges, found.counts, found.below, found.above) == ((2.0, 2.0), (3,), 0, 0)


@pytest.mark.parametrize(("sample", "more"), [([], {}), ([1.0], {"most": 0}), ([1.0], {"tails": 0.5}), ([1.0], {"tails": -0.1})])
def test_no_values_no_bins_and_no_tails_are_refused(sample: list[float], more: dict[str, float]):
    with pytest.raises(DomainError, match="histogram"):
        histogram(np.array(sample), **more)
