"""Every measurement model: free of the unit, never surer than its inputs, the same whatever the order of its inputs."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.model import Indication, Influence, Model

MODELS = load("openqi.science.uncertainty.kinds", Model)
every = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
few = settings(max_examples=20)
positive = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)
signed = st.fractions(-1000, 1000, max_denominator=1000)
# Contracts below hold for positive readings; what zero and negative ones mean is the business of each model.
indications = st.builds(Indication, value=positive, variance=positive, relative_variance=positive)
influences = st.lists(
    st.builds(Influence, factor=positive, relative_variance=positive, offset=signed, variance=positive), max_size=3
).map(tuple)


def evaluated(model, reading, reference, inputs):
    return model.evaluate(reading, reference if model.compares else None, inputs)


def rescaled(reading, scale):
    """The same indication in another unit."""
    return Indication(
        value=reading.value * scale, variance=reading.variance * scale**2, relative_variance=reading.relative_variance
    )


def in_unit(influence, scale):
    """The same influence in another unit: a factor has none."""
    return replace(influence, offset=influence.offset * scale, variance=influence.variance * scale**2)


def test_the_catalogue_has_the_three_models_that_the_procedures_name():
    assert {"scaled/1", "shifted/1", "ratio/1"} <= set(MODELS)


@every
def test_a_model_names_its_source_and_its_version(model):
    name, slash, version = model.name.partition("/")
    assert (bool(name), slash, version.isdigit()) == (True, "/", True)
    assert "[" in model.source


@every
@few
@given(reading=indications, reference=indications, inputs=influences, scale=positive)
def test_the_estimate_is_free_of_the_unit(model, reading, reference, inputs, scale):
    """In another unit value and standard uncertainty scale alike; a ratio has no unit, and does not change at all."""
    plain = evaluated(model, reading, reference, inputs)
    other = evaluated(model, rescaled(reading, scale), rescaled(reference, scale), tuple(in_unit(one, scale) for one in inputs))
    factor = 1 if model.compares else scale
    assert (other.value, other.variance) == (plain.value * factor, plain.variance * factor**2)


@every
@few
@given(reading=indications, reference=indications, inputs=influences)
def test_no_estimate_is_without_doubt(model, reading, reference, inputs):
    assert evaluated(model, reading, reference, inputs).variance > 0


@every
@few
@given(
    reading=indications, reference=indications, inputs=influences, more=positive,
    what=st.sampled_from(["reading", "reference", "input"]), member=st.sampled_from(["variance", "relative_variance"]),
)  # fmt: skip
def test_a_less_certain_input_never_gives_a_more_certain_estimate(model, reading, reference, inputs, more, what, member):
    def worse(one):
        return replace(one, **{member: getattr(one, member) + more})

    plain = evaluated(model, reading, reference, inputs)
    other = evaluated(
        model,
        worse(reading) if what == "reading" else reading,
        worse(reference) if what == "reference" else reference,
        (worse(inputs[0]), *inputs[1:]) if what == "input" and inputs else inputs,
    )
    assert other.variance >= plain.variance
    assert other.value == plain.value, "how sure one is of a value does not move it"


@every
@few
@given(reading=indications, reference=indications, more=positive)
def test_a_less_certain_reading_gives_a_less_certain_estimate(model, reading, reference, more):
    plain = evaluated(model, reading, reference, ())
    for worse in (
        replace(reading, variance=reading.variance + more),
        replace(reading, relative_variance=reading.relative_variance + more),
    ):
        assert evaluated(model, worse, reference, ()).variance > plain.variance


@every
@few
@given(reading=indications, reference=indications, inputs=influences)
def test_the_order_of_inputs_is_nothing(model, reading, reference, inputs):
    assert evaluated(model, reading, reference, inputs) == evaluated(model, reading, reference, inputs[::-1])


@every
@few
@given(reading=indications, reference=indications)
def test_an_input_that_is_exact_and_changes_nothing_changes_nothing(model, reading, reference):
    assert evaluated(model, reading, reference, (Influence(),)) == evaluated(model, reading, reference, ())


@every
@few
@given(reading=indications, reference=indications)
def test_without_inputs_the_value_is_what_was_indicated(model, reading, reference):
    value = evaluated(model, reading, reference, ()).value
    assert value == (reading.value / reference.value if model.compares else reading.value)


@pytest.mark.parametrize("model", [one for one in MODELS.values() if one.compares], ids=lambda model: model.name)
@few
@given(reading=indications, reference=indications, inputs=influences, common=positive)
def test_a_ratio_is_free_of_what_scales_both_readings(model, reading, reference, inputs, common):
    plain = model.evaluate(reading, reference, ())
    assert model.evaluate(reading, reference, inputs) == plain
    assert model.evaluate(rescaled(reading, common), rescaled(reference, common), inputs) == plain


@pytest.mark.parametrize("model", [one for one in MODELS.values() if one.compares], ids=lambda model: model.name)
def test_a_ratio_needs_two_positive_readings(model):
    one, zero, less = (Indication(value=Fraction(value), variance=Fraction(1, 100)) for value in (1, 0, -1))
    for reading, reference in ((one, None), (one, zero), (zero, one), (less, one), (one, less), (less, less)):
        with pytest.raises(DomainError, match="two positive readings"):
            model.evaluate(reading, reference, ())
