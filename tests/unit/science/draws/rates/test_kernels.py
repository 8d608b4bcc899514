"""Sums by group: with the lost digits, and the same bits with numba and without; what a million results cost."""

import subprocess
import sys
from fractions import Fraction
from importlib import import_module
from time import thread_time

import numpy as np
import pytest

from clocked import fair
from openqi.science.draws.rates import kernels
from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.study import study
from openqi.science.numbers import compiled
from openqi.science.numbers.compiled import is_fast

R = np.random.default_rng(2)
VALUES = R.standard_normal(2000) * 10.0 ** R.integers(-12, 12, 2000)
GROUPS = R.integers(0, 7, 2000)
CHANCE = R.uniform(0.1, 1.4, 2000).clip(max=1.0)


def test_sums_keep_the_digits_that_plain_ones_lose():
    exact = [float(sum(map(Fraction, VALUES[group == GROUPS].tolist()))) for group in range(7)]
    assert kernels.totals_by(VALUES, GROUPS, 7).tolist() == pytest.approx(exact, rel=4e-16, abs=0.0)
    assert kernels.total_of(np.asarray([1e16, 1.0, -1e16])) == 1.0


def test_moments_leave_the_certain_out():
    centre = np.arange(7.0)
    found = kernels.moments_by(VALUES, CHANCE, GROUPS, centre)
    for group in range(7):
        own = (group == GROUPS) & (CHANCE < 1.0)
        c, p = VALUES[own] - centre[group], CHANCE[own]
        wanted = [own.sum(), c.sum(), (c * c).sum(), (p * c).sum(), (p * c * c).sum(), p.sum()]
        assert found[group].tolist() == pytest.approx(wanted, rel=1e-9)
    sums = [VALUES[(group == GROUPS) & (CHANCE < 1.0)].sum() for group in range(7)]
    assert kernels.unsure_totals_by(VALUES, CHANCE, GROUPS, 7).tolist() == pytest.approx(sums, rel=1e-9)


@pytest.mark.skipif(not is_fast(), reason="numba is not installed; without it there is nothing to compare")
def test_numbers_are_the_same_without_numba(monkeypatch):
    ends = np.asarray(["conforming", "nonconforming", "not-found"])[R.choice(3, 2000, p=[0.8, 0.15, 0.05])].tolist()
    stratum = GROUPS.tolist()

    def found():
        return study(sample_of(CHANCE, stratum=stratum), ends, by={"half": (GROUPS % 2).tolist()}, classes=stratum)

    import_module("numba")
    fast = found()
    monkeypatch.setattr(compiled, "is_fast", lambda: False)
    monkeypatch.setattr(kernels, "is_fast", lambda: False)
    assert found() == fast


def test_a_small_study_does_not_load_the_compiler():
    program = (
        "import sys\nfrom openqi.science.draws.rates.sample import sample_of\nfrom openqi.science.draws.rates.study import study\n"
        "study(sample_of([0.1] * 20), ['conforming'] * 18 + ['nonconforming'] * 2)\nassert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.skipif(not is_fast(), reason="numba is not installed; what it makes fast is not asked for")
def test_a_million_results_are_estimated_at_once():
    """A second is asked for on a machine of its own; here ten times as much of the processor."""
    n = 1_000_000
    chance = (0.01 + np.arange(n) % 97 / 100).tolist()
    stratum, ends = (np.arange(n) % 40).tolist(), ["conforming", "conforming", "nonconforming", "not-found"] * (n // 4)

    def call() -> None:
        study(sample_of(chance, stratum=stratum), ends)

    call()  # the kernels are compiled
    start = thread_time()
    call()
    assert fair(thread_time() - start, 10.0, call) <= 10.0
