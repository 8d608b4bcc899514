"""Verdicts by a model as text where units have zeros of their own: differences, factors, what is relative, one number twice."""

from math import sqrt
from typing import Any

import pytest

from chain_stage import NAME, PROCEDURE, SAMPLE, ChainStage, points, refused
from openqi.evidence.record import Record
from openqi.kernel.errors import DomainError
from openqi.pillars.conformity.measured import JudgeMeasured
from openqi.records.metrology import Calibrated, Indicates
from openqi.records.procedures import CertifiedInput, MeasurementPublished, StatedInput, model_digest
from openqi.records.rows import MeasuredRow, decoded
from openqi.science.uncertainty.expression.model import measurement_model
from stage import changed

CELSIUS = Calibrated(quantity="temperature", unit="Cel", coverage_factor="2", points=points("0 0.00 0.20", "100 100.00 0.20"))
ROOM = StatedInput(name="t", value="20", distribution="normal", standard_uncertainty="0.1", source=NAME)
CORRECTION = CertifiedInput(name="c", quantity="temperature", takes="correction", at="reading")
CORRECTED = "q : Cel\nx : Cel\nc : Cel difference\nq = x + c"
WARMING = "r : Cel difference\nx : Cel\nc : Cel difference\nt : Cel\nr = x + c - t"


class Thermometer(ChainStage):
    """A thermometer with its certificate."""

    def __init__(self, **indicates: Any) -> None:
        super().__init__()
        usual = Indicates(quantity="temperature", unit="Cel", resolution="0.1")
        self.instrument(indicates=(changed(usual, **indicates),))
        self.calibration(calibrated=(CELSIUS,))

    def measurement(self, text: str, **changes: Any) -> Record:
        told = measurement_model(text).text
        usual = MeasurementPublished(
            procedure=PROCEDURE.procedure, edition="1", name=NAME, quantity="temperature", unit="Cel", model=told, reading="x",
            model_digest=model_digest(told), certified=(CORRECTION,), coverage_factor="2",
        )  # fmt: skip
        return self.ledger.state(changed(usual, **changes), self.laboratory)

    def row(self, procedure: Record, shown: str, **clause: Any) -> MeasuredRow:
        limits = {"quantity": "temperature", "rule": "simple-acceptance/1", "lower": None} | clause
        readings = self.readings(procedure, {SAMPLE: shown}, quantity="temperature", unit="Cel", settings=())
        command = JudgeMeasured(readings=readings.id, requirement=self.clause(**limits).id)
        (judged,) = self.ledger.perform(command, self.assessor)
        (found,) = decoded(self.store.blob(judged.body["items"]["rows"]["sha256"]).splitlines(), MeasuredRow)
        return found


@pytest.mark.parametrize(("unit", "value"), [("Cel", "3.00"), ("K", "3.00")])
def test_a_difference_of_temperatures_takes_no_zero_along_into_the_unit_of_the_requirement(unit, value):
    """23 °C less 20 °C are 3 K, and not 276.15 K; u² = 0.1² + 0.1² + 0.1²/12, U = 0.29 K."""
    world = Thermometer()
    row = world.row(world.measurement(WARMING, stated=(ROOM,)), "23.0", unit=unit, upper="5")
    assert (row.value, row.expanded_uncertainty, row.verdict) == (value, "0.29", "conforming")


def test_a_temperature_takes_its_zero_along():
    world = Thermometer()
    row = world.row(world.measurement(CORRECTED), "23.0", unit="K", upper="300")
    assert (row.value, row.expanded_uncertainty) == ("296.15", "0.21")


def test_a_factor_of_a_scale_with_a_zero_of_its_own_is_refused():
    """1.01 of 100 °C is 101 °C; of the 373.15 K that a model computes with it would be 103.73 °C."""
    world = Thermometer()
    factor = changed(CORRECTION, name="f", takes="factor")
    procedure = world.measurement("q : K\nx : K\nf : \\one\nq = x * f", unit="K", certified=(factor,))
    with pytest.raises(DomainError, match=r"temperature is certified in Cel, .* take its correction or its value"):
        world.row(procedure, "23.0", unit="K", upper="300")


def test_what_is_relative_is_so_on_the_scale_of_the_instrument_and_not_on_that_of_its_readings():
    """A stability of 0.1 % of a thermometer in kelvin is 0.296 K at 23 °C, not 0.023 K."""
    world = Thermometer(unit="K", relative_stability="0.001")
    row = world.row(world.measurement(CORRECTED), "23.0", unit="Cel", upper="25")
    u = sqrt(0.1**2 + 0.1**2 / 12 + (0.001 * 296.15) ** 2)
    assert row.expanded_uncertainty == f"{2 * u:.2f}" == "0.63"


def test_neither_a_reading_nor_a_value_is_a_difference():
    world = Thermometer()
    reading = "q : Cel difference\nx : Cel difference\nc : Cel difference\nq = x + c"
    refused("model-fits", "takes the reading x as a difference", world.measurement, text=reading)
    value = "q : V\nx : V\nc : Cel difference\nk : V/K\nq = x + c * k"
    refused(
        "model-fits", "takes the value c as a difference", world.measurement, text=value, quantity="voltage", unit="V",
        certified=(changed(CORRECTION, takes="value", at="setting"),),
        stated=(changed(ROOM, name="k"),),
    )  # fmt: skip


@pytest.mark.parametrize("points", ["common", "independent"])
def test_one_number_has_one_name_in_a_model(points):
    """Two inputs that are the same certificate at the same point would have errors that are said to be independent."""
    world = Thermometer()
    with pytest.raises(ValueError, match=r"inputs c and d are both temperature at the reading, one number with one error"):
        world.measurement(CORRECTED, certified=(CORRECTION, changed(CORRECTION, name="d")), points=points)
