"""Who may seal an evaluation, in which streams it lies, and how large it may be for whoever has to repeat it."""

import pytest
from msgspec.structs import replace

from evaluations_stage import STANDARD, Metrology, refused
from openqi.evidence.keys import log_subject
from openqi.evidence.record import record_subject
from openqi.kernel.errors import RefusedError
from openqi.pillars.metrology.evaluations import EvaluateUncertainty
from openqi.records.duties import duties_subject
from openqi.records.evaluations import InputStated, Parameter
from openqi.records.governance import roles_subject
from openqi.records.metrology import certificates_subject
from stage import party

PLAIN = InputStated(name="x", value="1.5", standard_uncertainty="0.01")
SLOW = (
    ("gamma", {"shape": "100000000", "scale": "1"}),
    ("beta", {"first": "1000000", "second": "1000000", "lower": "0", "upper": "1"}),
)
"""Without numba a quantile of these takes up to 15 ms."""


@pytest.fixture
def stage() -> Metrology:
    return Metrology()


def test_whoever_holds_no_role_has_no_word_in_the_stream_of_a_subject(stage):
    stranger = party("stranger", 41)
    stage.welcome(stranger)
    command = EvaluateUncertainty(evaluation="https://stranger.example/e", subject=STANDARD, model="y = x", inputs=(PLAIN,))
    with pytest.raises(RefusedError, match="holds no role") as error:
        stage.ledger.perform(command, stranger)
    assert error.value.rule == "role-held"
    assert not [*stage.store.stream("https://stranger.example/e")]
    stage.grant(stranger, "mark-issuer")
    (record,) = stage.ledger.perform(command, stranger)
    assert record.issuer == stranger.party


@pytest.mark.parametrize("place", ["evaluation", "subject"])
def test_an_evaluation_lies_in_no_stream_of_governance_of_a_key_of_a_record_or_of_a_part_of_a_thing(stage, place):
    record = stage.evaluated("y = x", PLAIN)
    reserved = (
        roles_subject(stage.laboratory.party), certificates_subject(STANDARD), record_subject(record.id), record.kid,
        log_subject(stage.store.origin), duties_subject(stage.store.origin, "x"), f"{STANDARD}#tasks",
    )  # fmt: skip
    for subject in reserved:
        before = len([*stage.store.stream(subject)])
        given = {"evaluation": "https://laboratory.example/evaluation/1"} | {place: subject}
        with pytest.raises(RefusedError) as error:
            stage.ledger.perform(EvaluateUncertainty(model="y = x", inputs=(PLAIN,), **given), stage.laboratory)
        assert error.value.rule == "reserved-stream"
        assert len([*stage.store.stream(subject)]) == before


def test_what_would_take_a_verifier_long_or_is_larger_than_a_record_is_refused_and_says_what_to_do(stage):
    names = [f"x{place}" for place in range(50)]
    fifty = [replace(PLAIN, name=name) for name in names]
    long = "y = " + " + ".join(["sin(x0)"] * 500 + names)
    refused("evaluation-size", stage, *fifty, model=long, order="second-order", outputs=())
    stage.evaluated("y = " + " + ".join(names), *fifty, order="second-order")
    heavy = replace(PLAIN, degrees_of_freedom="1.01")
    refused("evaluation-size", stage, heavy, model="y = x + 1", trials=1_000_000, coverage_factor="2", outputs=())
    for kind, values in SLOW:
        parameters = tuple(Parameter(name=name, values=(value,)) for name, value in values.items())
        slow = InputStated(name="x", distribution=kind, parameters=parameters)
        refused("evaluation-size", stage, slow, model="y = x + 1", trials=40_000, coverage_factor="2", outputs=())
    wide = [replace(one, name=f"{one.name}_{'w' * 58}", source="s" * 400) for one in fifty]
    with pytest.raises(RefusedError, match=r"bytes; a record takes .* evaluate parts on their own") as error:
        stage.evaluated("y = " + " + ".join(one.name for one in wide), *wide)
    assert error.value.rule == "evaluation-size"
