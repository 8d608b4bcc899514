"""A stage with a calibration laboratory and a certified resistor, for evaluations of uncertainty."""

from typing import Any

import pytest
from msgspec.structs import replace

from chain_stage import points
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.pillars.metrology.evaluations import EvaluateUncertainty
from openqi.records import of_json
from openqi.records.evaluations import Certified, InputStated, OfResult, OutputStated, UncertaintyEvaluated
from openqi.records.metrology import Calibrated, CalibrationCertified
from stage import Stage, party

STANDARD = "https://laboratory.example/resistor/1"
IDENTITY = f"{STANDARD}#resistance"


class Metrology(Stage):
    """A stage with a calibration laboratory and one certified resistor."""

    def __init__(self) -> None:
        super().__init__()
        self.calibration = party("calibration", 40)
        self.welcome(self.calibration, "calibration-laboratory")
        self.grant(self.calibration, "verification-body")

    def certified(self, *texts: str, number: str = "R-1", **more: Any) -> Record:
        """Certify the resistor; each point as "indicated reference U"."""
        known = Calibrated(
            quantity="resistance", unit="Ohm", coverage_factor="2", points=points(*(texts or ("100 100.0021 0.0006",)))
        )
        body = CalibrationCertified(
            certificate=f"https://calibration.example/certificate/{number}", number=number, instrument=STANDARD,
            performed_at="2026-06-01T00:00:00Z", calibrated=(known,), **more,
        )  # fmt: skip
        return self.ledger.state(body, self.calibration)

    def evaluated(self, model: str, *inputs: InputStated, **more: Any) -> Record:
        """Evaluate an uncertainty."""
        (record,) = self.ledger.perform(
            EvaluateUncertainty(evaluation="https://laboratory.example/evaluation/1", model=model, inputs=inputs, **more),
            self.laboratory,
        )
        return record

    def ratio(self, certificate: Record, q: str) -> Record:
        """A resistor compared with the standard: R = S q."""
        inputs = (standard(certificate), InputStated(name="q", unit="1", value=q, standard_uncertainty="0.000001"))
        return self.evaluated("R = S * q", *inputs, outputs=(OutputStated(name="R", unit="Ohm"),))


def standard(certificate: Record, **changes: Any) -> InputStated:
    stated = InputStated(
        name="S", unit="Ohm", value="100.0021", expanded_uncertainty="0.0006", coverage_factor="2", identity=IDENTITY,
        certified=Certified(certificate=certificate.id, quantity="resistance", indicated="100", takes="reference"),
    )  # fmt: skip
    return replace(stated, **changes)


def said(record: Record) -> UncertaintyEvaluated:
    return of_json(record.body, UncertaintyEvaluated)


def result(record: Record, name: str, of: Record, output: str, unit: str) -> InputStated:
    return InputStated(name=name, unit=unit, of_result=OfResult(result=of.id, output=output))


def refused(rule: str, stage: Metrology, *inputs: InputStated, model: str = "y = S", **more: Any) -> None:
    more.setdefault("outputs", (OutputStated(name="y", unit="Ohm"),))
    with pytest.raises(RefusedError) as error:
        stage.evaluated(model, *inputs, **more)
    assert error.value.rule == rule
