"""How much work verdicts by a model as text may be for whoever has to repeat them."""

from math import exp, log1p

import pytest

from chain_stage import NAME, refused
from measured_stage import SCALED, World
from openqi.records.procedures import StatedInput


@pytest.fixture
def world() -> World:
    return World()


def test_more_readings_than_a_verifier_repeats_with_a_long_model_are_refused_and_how_many_are_not_is_told(world):
    procedure = world.measurement(SCALED + " + x * f" * 2400)
    many = world.readings(procedure, {f"https://maker.example/cell/{place}": f"{2 + place / 10_000:.4f}" for place in range(1100)})
    refused(
        "judging-size", r"1100 different readings through 4801 steps .* at most 1041", lambda: world.measured(many, world.clause())
    )
    one = world.readings(procedure, {f"https://maker.example/cell/{place}": "2.0000" for place in range(1100)})
    assert world.measured(one, world.clause()).body["conforming"] == 1100


def test_an_exact_value_that_is_too_long_is_that_of_the_kernel(world):
    """(1 + 1e-8)^4096 has more than 200,000 bits; the value is 1.992 A.h times it, by another way exp(4096 ln(1 + 1e-8))."""
    stated = StatedInput(name="d", value="0.00000001", distribution="normal", standard_uncertainty="0.000000001", source=NAME)
    procedure = world.measurement("q : A.h\nx : A.h\nf : \\one\nd : \\one\nq = x * f * ((1 + d)^64)^64", stated=(stated,))
    row = world.row(procedure)
    assert row.value == f"{1.992 * exp(4096 * log1p(1e-8)):.4f}" == "1.9921"


def test_a_procedure_has_no_more_inputs_than_a_verifier_reads(world):
    stated = tuple(
        StatedInput(name=f"d{place}", value="0", distribution="normal", standard_uncertainty="0.1", source=NAME)
        for place in range(99)
    )
    with pytest.raises(ValueError, match="the model has 101 inputs; a procedure takes 100"):
        world.measurement(stated=stated)
