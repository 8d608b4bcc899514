"""A stage with a maker who declares standards of its own, and results on its lots."""

from typing import Any

from chain_stage import LOT, NAME, PRODUCT, ChainStage
from openqi.evidence.record import Record
from openqi.pillars.standards.declaring import DeclareOwnStandard
from openqi.pillars.standards.measuring import MeasureOwnStandard
from openqi.records import Items, Names, body
from openqi.records.conformity import ResultsReported
from openqi.records.own_standards import GradeLimits, Indicator, OwnStandardMeasured, Recommended

STANDARD = "https://maker.example/standard/Q-1"
RECOMMENDED = Recommended(
    standard="GB/T 1", clause="5.1", unit="A.h", lower="1.950",
    grades=(GradeLimits(grade="A", lower="2.050"), GradeLimits(grade="B", lower="1.950")),
)  # fmt: skip
CAPACITY = Indicator(
    code="1", name=Names(en="capacity", zh="容量"), quantity="capacity", unit="mA.h", concerns="performance", method="GB/T 1, 5.1",
    lower="2000", recommended=RECOMMENDED,
)  # fmt: skip
MASS = Indicator(
    code="2", name=Names(en="mass", zh="质量"), quantity="mass", unit="g", concerns="function", method="scale", upper="50"
)


class Declaring(ChainStage):
    """A maker with a registered product."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.product()

    def declare(self, *indicators: Indicator, signer: Any = None, **more: Any) -> Record:
        """Declare the usual standard, or one that differs from it."""
        told = {"product": PRODUCT, "standard": STANDARD, "number": "Q/EX 1", "name": NAME, "valid_from": "2026-01-01T00:00:00Z"}
        command = DeclareOwnStandard(indicators=indicators or (CAPACITY, MASS), **(told | more))
        (declared,) = self.ledger.perform(command, signer or self.maker)
        return declared

    def measure(self, declared: Record, *, signer: Any = None, **more: Any) -> OwnStandardMeasured:
        """Hold it against results."""
        (measured,) = self.ledger.perform(MeasureOwnStandard(declared=declared.id, **more), signer or self.assessor)
        return body(measured, OwnStandardMeasured)

    def results(self, *values: str, lot: str = LOT, **more: Any) -> Record:
        """Report capacities of cells of a lot, in A.h with U = 0.010 A.h."""
        items: Items = self.batch({"item": f"https://maker.example/cell/{place}", "value": one} for place, one in enumerate(values))
        told: dict[str, Any] = {
            "quantity": "capacity", "unit": "A.h", "expanded_uncertainty": "0.010", "coverage_factor": "2", "method": "m",
            "measured_at": "2026-11-01T00:00:00Z",
        }  # fmt: skip
        return self.ledger.state(ResultsReported(lot=lot, items=items, **(told | more)), self.laboratory)
