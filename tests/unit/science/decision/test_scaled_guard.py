"""The guard band of r times U against a published acceptance limit and by hand."""

import json
from fractions import Fraction

import pytest

from openqi.science.decision.kinds.guarded_acceptance import RULE as GUARDED
from openqi.science.decision.kinds.scaled_guard import RULE as SCALED
from openqi.science.decision.kinds.simple_acceptance import RULE as SIMPLE
from openqi.science.decision.rule import Interval, acceptance_interval, verdict
from shared_data import shared

TOLERANCE = Interval(lower=Fraction(98), upper=Fraction(102))


def test_it_gives_the_acceptance_limit_of_the_ball_bearings():
    """[JCGM106] 9.5.4: u = 0.25 µm, limit 2 µm; a guard band of 0.328 µm is r = 0.656 of U = 2 u and accepts up to 1.672 µm."""
    data = json.loads(shared("data/metrology/jcgm106_ball_bearings.json").read_text("utf-8"))
    band, limit = (Fraction(str(data["expected"][name])) for name in ("guard_band", "acceptance_limit"))
    expanded = 2 * Fraction(1, 4)
    found = acceptance_interval(SCALED, Interval(lower=None, upper=Fraction(2)), expanded, guard_factor=band / expanded)
    assert abs(found.upper - limit) < Fraction(1, 10**12)
    assert found.lower is None


@pytest.mark.parametrize(
    ("r", "lower", "upper"), [("0", "98", "102"), ("0.5", "98.15", "101.85"), ("1", "98.3", "101.7"), ("2", "98.6", "101.4")]
)
def test_each_limit_moves_in_by_r_times_the_uncertainty(r, lower, upper):
    """100 ± 2 with U = 0.3."""
    found = acceptance_interval(SCALED, TOLERANCE, Fraction("0.3"), guard_factor=Fraction(r))
    assert (found.lower, found.upper) == (Fraction(lower), Fraction(upper))


def test_with_one_it_is_guarded_acceptance_and_with_none_simple_acceptance():
    for u in (Fraction("0.3"), Fraction(1), Fraction(2)):
        assert acceptance_interval(SCALED, TOLERANCE, u, guard_factor=Fraction(1)) == acceptance_interval(GUARDED, TOLERANCE, u)
        assert acceptance_interval(SCALED, TOLERANCE, u, guard_factor=Fraction(0)) == acceptance_interval(SIMPLE, TOLERANCE, u)


def test_a_larger_factor_never_accepts_more():
    value, verdicts = Fraction("98.2"), []
    for tenths in range(20):
        found = acceptance_interval(SCALED, TOLERANCE, Fraction("0.3"), guard_factor=Fraction(tenths, 10))
        verdicts.append(verdict(value, found))
    assert verdicts == ["conforming"] * 7 + ["nonconforming"] * 13
