"""Evaluations whose inputs are results of other evaluations: what they share stays shared, across records."""

from math import sqrt

import pytest
from msgspec.structs import replace

from evaluations_stage import Metrology, refused, result, said
from openqi.evidence.record import Record
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.evaluations import InputStated, OfResult, OutputStated
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.propagation.first_order import first_order


@pytest.fixture
def stage() -> Metrology:
    return Metrology()


def test_results_that_share_a_standard_stay_correlated_across_records(stage):
    certificate = stage.certified()
    one, two = stage.ratio(certificate, "0.5"), stage.ratio(certificate, "2")
    inputs = (result(one, "a", one, "R", "Ohm"), result(two, "b", two, "R", "Ohm"))
    record = stage.evaluated("d = b - 4 * a", *inputs, outputs=(OutputStated(name="d", unit="Ohm"),))
    (found,) = said(record).measurands
    # Closed form: of the standard nothing is left, 2 S - 4 (0.5 S) = 0; S u(q) twice, once four times as much.
    assert float(found.exact_uncertainty) == pytest.approx(100.0021e-6 * sqrt(1 + 16), rel=1e-9)
    assert float(found.exact_value) == pytest.approx(0.0, abs=1e-12)
    lines = {line.certificate or line.input: line for line in found.by_source}
    assert float(lines[certificate.id].contribution) == pytest.approx(0.0, abs=1e-15)
    # Second method: one model of all, whose input the standard is once.
    model = measurement_model("d = S * p - 4 * S * q")
    whole = {"S": quantity("100.0021", u="0.0003"), "p": quantity("2", u="0.000001"), "q": quantity("0.5", u="0.000001")}
    assert float(found.exact_uncertainty) == pytest.approx(first_order(model, whole)[0].standard_uncertainty, rel=1e-9)
    # And on it goes: a result of results knows the standard still.
    again = stage.evaluated(
        "s = d + a", result(record, "d", record, "d", "Ohm"), result(one, "a", one, "R", "Ohm"),
        outputs=(OutputStated(name="s", unit="Ohm"),),
    )  # fmt: skip
    # b - 3 a = (2 - 1.5) S: half of u(S), S u(p), and three times S u(q).
    told = sqrt((0.5 * 0.0003) ** 2 + (100.0021e-6) ** 2 * (1 + 9))
    assert float(said(again).measurands[0].exact_uncertainty) == pytest.approx(told, rel=1e-9)


def test_an_input_without_identity_belongs_to_its_own_record_and_is_one_with_itself(stage):
    one = stage.evaluated("y = x", InputStated(name="x", value="1", standard_uncertainty="0.3"))
    two = stage.evaluated("y = x", InputStated(name="x", value="1", standard_uncertainty="0.4"))

    def u(first: Record, second: Record) -> float:
        inputs = (
            InputStated(name=name, of_result=OfResult(result=of.id, output="y")) for name, of in (("a", first), ("b", second))
        )
        return float(said(stage.evaluated("s = a + b", *inputs)).measurands[0].exact_uncertainty)

    assert u(one, two) == pytest.approx(0.5, rel=1e-15)
    assert u(one, one) == pytest.approx(0.6, rel=1e-15)


def test_series_of_two_records_are_not_mixed_up_though_they_have_one_name(stage):
    def read(*columns: tuple[str, ...]) -> Record:
        inputs = (InputStated(name=name, readings=column, series="s") for name, column in zip("pq", columns, strict=True))
        return stage.evaluated("y = p * q", *inputs, coverage_factor="2")

    one, two = read(("1", "2", "4"), ("3", "5", "4")), read(("2", "3", "7"), ("1", "1", "2"))
    apart = [float(said(each).measurands[0].exact_uncertainty) for each in (one, two)]
    inputs = (InputStated(name=name, of_result=OfResult(result=of.id, output="y")) for name, of in (("a", one), ("b", two)))
    (found,) = said(stage.evaluated("s = a - b", *inputs, coverage_factor="2")).measurands
    assert float(found.exact_uncertainty) == pytest.approx(sqrt(apart[0] ** 2 + apart[1] ** 2), rel=1e-12)
    assert len({line.ensemble for line in found.carried}) == 2


def test_results_that_do_not_fit_are_refused(stage):
    one = stage.ratio(stage.certified(), "0.5")
    known = result(one, "a", one, "R", "Ohm")
    refused("result-output", stage, replace(known, of_result=OfResult(result=one.id, output="x")), model="y = a")
    refused("result-unit", stage, replace(known, unit="kOhm"), model="y = a")
    refused("result-named", stage, replace(known, of_result=OfResult(result=stage.result().id, output="R")), model="y = a")
    refused("first-order-only", stage, known, model="y = a", order="second-order")
    refused("trials-of-results", stage, known, model="y = a", trials=1000)
    stage.ledger.perform(Withdraw(record=one.id, reason="wrong"), stage.laboratory)
    refused("basis-stands", stage, known, model="y = a")
