"""The three measurement models against published examples, closed forms and chance that is always the same."""

import json
from decimal import Decimal, localcontext
from fractions import Fraction
from math import sqrt
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.model import Indication, Influence, Model, expanded_uncertainty
from shared_data import shared

MODELS = load("openqi.science.uncertainty.kinds", Model)
SCALED, SHIFTED, RATIO = (MODELS[f"{name}/1"].evaluate for name in ("scaled", "shifted", "ratio"))
DRAWS, TOLERANCE = 40_000, 0.02
"""The standard deviation of 40,000 draws is sure to about 1/√80,000 = 0.35 %; 2 % is more than five times that."""


def exact(number: float | str) -> Fraction:
    return Fraction(str(number))


def published(name: str) -> dict:
    return json.loads(shared(f"data/metrology/{name}.json").read_text("utf-8"))


def test_shifted_is_the_end_gauge_of_the_guide():
    """[GUM] H.1: l = ls + d + …, u_c = 32 nm, U99 = 93 nm with k = 2.92, from the components of its budget."""
    data = published("gum_h1_end_gauge")
    u = data["expected"]["components_nm"]
    standard = Influence(offset=Fraction(50_000_623), variance=exact(u["ls"]) ** 2)
    small = [Influence(variance=exact(u[name]) ** 2) for name in ("d1", "d2", "d_alpha", "d_theta")]
    found = SHIFTED(Indication(value=Fraction(215), variance=exact(u["d0"]) ** 2), None, (standard, *small))
    assert found.value == data["expected"]["y"]
    assert sqrt(found.variance) == pytest.approx(data["recomputed_here"]["u_c"], rel=1e-5)
    assert round(sqrt(found.variance)) == data["expected"]["u_c_rounded"]
    assert round(expanded_uncertainty(exact(32) ** 2, exact("2.92"))) == data["expected"]["U99_rounded_with_dof16"]


def test_scaled_is_the_calibration_standard_of_eurachem():
    """EURACHEM A1: c = 1000 m P / V = 1002.7 mg/L, u = 0.835199 mg/L; the mass is read, purity and volume are the inputs."""
    data = published("eurachem_a1_cd_standard")
    (m, p, _, _, _), expected = data["inputs"]["quantities"], data["expected"]
    purity = Influence(factor=exact(p["x"]), relative_variance=exact(p["half_width"]) ** 2 / 3 / exact(p["x"]) ** 2)
    u_volume = (Fraction(1, 100) / 6 + exact("0.02") ** 2 + exact("0.084") ** 2 / 3) / 100**2
    volume = Influence(factor=Fraction(1000, 100), relative_variance=u_volume)
    found = SCALED(Indication(value=exact(m["x"]), variance=exact(m["u"]) ** 2), None, (purity, volume))
    assert float(found.value) == pytest.approx(data["recomputed_here"]["c"], rel=1e-12)
    assert sqrt(found.variance) == pytest.approx(expected["u_c"], abs=data["tolerance"]["u_c"])


def test_scaled_by_hand():
    """3 (u 0.03, and 2 % of itself) times 2 (u_rel 1 %) times 0.5 (exact): 3, u² = 0.03² + 0.06² + 0.03²."""
    reading = Indication(value=Fraction(3), variance=exact("0.0009"), relative_variance=exact("0.0004"))
    inputs = (Influence(factor=Fraction(2), relative_variance=exact("0.0001")), Influence(factor=Fraction(1, 2)))
    found = SCALED(reading, None, inputs)
    assert (found.value, found.variance) == (3, exact("0.0009") + exact("0.0036") + exact("0.0009"))


def test_shifted_by_hand():
    """-10 (u 0.3, and 1 % of itself) plus 0.5 (u 0.4): -9.5, u² = 0.09 + 0.01 + 0.16."""
    reading = Indication(value=Fraction(-10), variance=exact("0.09"), relative_variance=exact("0.0001"))
    found = SHIFTED(reading, None, (Influence(offset=exact("0.5"), variance=exact("0.16")),))
    assert (found.value, found.variance) == (exact("-9.5"), exact("0.26"))


def test_ratio_by_hand():
    """3/4 with 1 % and 2 %: 0.75, u² = 0.75²(0.01² + 0.02²)."""
    found = RATIO(
        Indication(value=Fraction(3), variance=exact("0.0009")),
        Indication(value=Fraction(4), variance=Fraction(0), relative_variance=exact("0.0004")),
        (),
    )
    assert (found.value, found.variance) == (Fraction(3, 4), Fraction(9, 16) * exact("0.0005"))


def test_a_factor_acts_on_the_resolution_too_and_an_offset_does_not():
    reading = Indication(value=Fraction(7), variance=Fraction(1, 100))
    assert SCALED(reading, None, (Influence(factor=Fraction(-3)),)).variance == Fraction(9, 100)
    assert SHIFTED(reading, None, (Influence(offset=Fraction(-3)),)).variance == Fraction(1, 100)


def spread(draws: list[float]) -> tuple[float, float]:
    return fmean(draws), stdev(draws)


def test_chance_agrees_with_scaled():
    """Reading 1.992 with u = 0.004 and 0.3 % of itself; two inputs, 0.996 to 0.2 % and 1.01 to 0.1 %."""
    chance = Random(20261120)
    reading = Indication(value=exact("1.992"), variance=exact("0.004") ** 2, relative_variance=exact("0.003") ** 2)
    inputs = (
        Influence(factor=exact("0.996"), relative_variance=exact("0.002") ** 2),
        Influence(factor=exact("1.01"), relative_variance=exact("0.001") ** 2),
    )
    found = SCALED(reading, None, inputs)
    draws = [
        (1.992 * chance.gauss(1, 0.003) + chance.gauss(0, 0.004)) * 0.996 * chance.gauss(1, 0.002) * 1.01 * chance.gauss(1, 0.001)
        for _ in range(DRAWS)
    ]
    mean, deviation = spread(draws)
    assert deviation == pytest.approx(sqrt(found.variance), rel=TOLERANCE)
    assert mean == pytest.approx(float(found.value), abs=5 * deviation / sqrt(DRAWS))


def test_chance_agrees_with_shifted():
    """A reading rounded to 0.5 (a rectangle of that width), drifting by 0.2, with a correction of -0.7 to 0.1."""
    chance = Random(20261121)
    reading = Indication(value=Fraction(25), variance=Fraction(1, 4) / 12 + exact("0.04"))
    found = SHIFTED(reading, None, (Influence(offset=exact("-0.7"), variance=exact("0.01")),))
    draws = [25 + chance.uniform(-0.25, 0.25) + chance.gauss(0, 0.2) - 0.7 + chance.gauss(0, 0.1) for _ in range(DRAWS)]
    mean, deviation = spread(draws)
    assert deviation == pytest.approx(sqrt(found.variance), rel=TOLERANCE)
    assert mean == pytest.approx(float(found.value), abs=5 * deviation / sqrt(DRAWS))


def test_chance_agrees_with_ratio_where_one_factor_scales_both_readings():
    """The factor of the instrument is drawn once for both readings, with 5 %: it must not show in the ratio."""
    chance = Random(20261122)
    reading, reference = (Indication(value=exact(value), variance=exact("0.01") ** 2 / 12) for value in ("1.70", "2.00"))
    found = RATIO(reading, reference, (Influence(factor=Fraction(1), relative_variance=exact("0.0025")),))
    draws = []
    for _ in range(DRAWS):
        factor = chance.gauss(1, 0.05)
        draws.append(factor * (1.70 + chance.uniform(-0.005, 0.005)) / (factor * (2.00 + chance.uniform(-0.005, 0.005))))
    mean, deviation = spread(draws)
    assert deviation == pytest.approx(sqrt(found.variance), rel=TOLERANCE)
    assert mean == pytest.approx(0.85, abs=5 * deviation / sqrt(DRAWS))


@settings(max_examples=60)
@given(
    variance=st.fractions(Fraction(1, 10**30), 10**30, max_denominator=10**40).filter(bool),
    k=st.fractions(Fraction(1, 100), 10, max_denominator=1000),
)
def test_expanded_uncertainty_is_the_root_to_forty_digits_and_never_above_it(variance, k):
    found = expanded_uncertainty(variance, k)
    with localcontext() as context:
        context.prec = 70
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt() * Decimal(k.numerator) / Decimal(k.denominator)
        mine = Decimal(found.numerator) / Decimal(found.denominator)
        assert abs(mine - root) <= root * Decimal("1e-39")
    assert found**2 <= variance * k**2


@pytest.mark.parametrize("exponent", [-300, -81, -80, -79, -41, -40, -1, 0, 1, 39, 40, 79, 80, 81, 300])
@pytest.mark.parametrize(
    "lead", ["1", "2", "99999999999999999999999999999999999999999", "1000000000000000000000000000000000000001"]
)
def test_very_small_and_very_large_variances_keep_their_digits(lead, exponent):
    variance = Fraction(int(lead)) * Fraction(10) ** exponent
    found = expanded_uncertainty(variance, Fraction(2))
    assert found > 0
    low, high = found**2, (found * (1 + Fraction(1, 10**39))) ** 2
    assert low <= 4 * variance <= high


@given(root=st.integers(1, 10**6))
def test_a_square_gives_its_root_exactly(root):
    assert expanded_uncertainty(Fraction(root, 10) ** 2, Fraction(2)) == Fraction(root, 5)


@pytest.mark.parametrize(("variance", "k"), [(0, 2), (-1, 2), (1, 0), (1, -2), (0, 0)])
def test_there_is_no_expanded_uncertainty_of_nothing(variance, k):
    with pytest.raises(DomainError, match="no result is without doubt"):
        expanded_uncertainty(Fraction(variance), Fraction(k))
