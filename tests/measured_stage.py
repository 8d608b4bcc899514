"""An instrument with its certificate, and procedures whose measurement model is text."""

from typing import Any

import msgspec

from chain_stage import NAME, PROCEDURE, ChainStage
from openqi.evidence.record import Record
from openqi.pillars.conformity.measured import JudgeMeasured
from openqi.records.procedures import CertifiedInput, MeasurementPublished, StatedInput, model_digest
from openqi.records.rows import MeasuredRow
from openqi.records.standards import CriterionPublished, Parameter
from openqi.science.uncertainty.expression.model import measurement_model
from stage import changed

SCALED = "q : A.h\nx : A.h\nf : \\one\nq = x * f"
F = CertifiedInput(name="f", quantity="current", takes="factor", at="setting")
WITH_LOSS = "q : A.h\nx : A.h\nf : \\one\nd : \\one\nq = x * f * (1 + d)"
LOSS = StatedInput(name="d", value="0", distribution="normal", standard_uncertainty="0.01", source=NAME)
CRITERION = CriterionPublished(
    requirement="https://standards.example/clause/1", edition="2026", source=NAME, clause="5.1", name=NAME, quantity="capacity",
    unit="A.h", procedure=PROCEDURE.procedure, condition="at 2 A", rule="specific-risk/1",
    parameters=(Parameter(name="target", value="0.05"),), comparison="full-value", valid_from="2026-01-01T00:00:00Z",
    lower="1.9880",
)  # fmt: skip


class World(ChainStage):
    """An instrument with its certificate, and whatever procedure and requirement a test publishes."""

    def __init__(self, **calibration: Any) -> None:
        super().__init__()
        self.instrument()
        self.calibrated = self.calibration(**calibration)

    def measurement(self, text: str = SCALED, **changes: Any) -> Record:
        told = measurement_model(text).text
        usual = MeasurementPublished(
            procedure=PROCEDURE.procedure, edition="1", name=NAME, quantity="capacity", unit="A.h", model=told,
            model_digest=model_digest(told), reading="x", certified=(F,), coverage_factor="2",
        )  # fmt: skip
        return self.ledger.state(changed(usual, **changes), self.laboratory)

    def criterion(self, **changes: Any) -> Record:
        return self.ledger.state(changed(CRITERION, **changes), self.standards_body)

    def measured(self, readings: Record, clause: Record) -> Record:
        (judged,) = self.ledger.perform(JudgeMeasured(readings=readings.id, requirement=clause.id), self.assessor)
        return judged

    def rows(self, judged: Record) -> list[MeasuredRow]:
        lines = self.store.blob(judged.body["items"]["rows"]["sha256"]).splitlines()
        return [msgspec.json.decode(line, type=MeasuredRow) for line in lines]

    def row(self, procedure: Record, clause: Record | None = None, **readings: Any) -> MeasuredRow:
        (found,) = self.rows(self.measured(self.readings(procedure, **readings), clause or self.clause()))
        return found
