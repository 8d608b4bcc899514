"""The golden records of self-declared standards: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.standards.declaring import DeclareOwnStandard
from openqi.pillars.standards.measuring import MeasureOwnStandard
from openqi.records import Names
from openqi.records.conformity import LotFormed, ProductRegistered, ResultsReported
from openqi.records.governance import RoleGranted
from openqi.records.own_standards import GradeLimits, Indicator, Recommended
from openqi.records.rows import ItemRow, ReadingRow, committed, row_line

PRODUCT, LOT = "https://maker.example/product/cell", "https://maker.example/lot/1"
NAMED = Names(zh="示例", en="example")
_VALUES = ("2.0100", "1.9900", "1.9899")
INDICATORS = (
    Indicator(
        code="5.1", name=Names(zh="容量", en="capacity"), quantity="capacity", unit="mA.h", concerns="performance", method="5.1",
        lower="2000", grade="A",
        recommended=Recommended(
            standard="GB/T 1-2026", clause="5.1", unit="A.h", lower="1.950",
            grades=(GradeLimits(grade="A", lower="2.050"), GradeLimits(grade="B", lower="1.950")),
        ),
    ),
    Indicator(
        code="5.2", name=Names(zh="质量", en="mass"), quantity="mass", unit="g", concerns="function", method="5.2", upper="50",
        recommended=Recommended(standard="GB/T 1-2026", clause="5.2", unit="g", upper="48"),
    ),
)  # fmt: skip


def own_standards_records(ledger: Ledger, operator: Signer, maker: Signer) -> list[Record]:
    """Declare a standard whose grade is overstated and a limit is looser than recommended; hold it against results."""
    for role in ("manufacturer", "testing-laboratory"):
        ledger.state(RoleGranted(party=maker.party, role=role, valid_from="2026-01-01T00:00:00Z"), operator)
    ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), maker)
    names = [f"https://maker.example/cell/{place}" for place in range(len(_VALUES))]
    items, content = committed(row_line(ItemRow(item=name)) for name in names)
    ledger.store.put_blob(content)
    formed = LotFormed(lot=LOT, product=PRODUCT, name=NAMED, formed_at="2026-10-20T00:00:00Z", items=items, simulated="example")
    ledger.state(formed, maker)
    asked = DeclareOwnStandard(
        product=PRODUCT, standard="https://maker.example/standard/Q-1", number="Q/EX 1-2026", name=NAMED, indicators=INDICATORS,
        valid_from="2026-01-01T00:00:00Z", illustrative=True,
    )  # fmt: skip
    (declared,) = ledger.perform(asked, maker)
    rows, content = committed(row_line(ReadingRow(item=name, value=value)) for name, value in zip(names, _VALUES, strict=True))
    ledger.store.put_blob(content)
    results = ResultsReported(
        lot=LOT, quantity="capacity", unit="A.h", expanded_uncertainty="0.010", coverage_factor="2", method="GB/T 1, 5.1",
        measured_at="2026-11-01T00:00:00Z", items=rows,
    )  # fmt: skip
    ledger.state(results, maker)
    (measured,) = ledger.perform(MeasureOwnStandard(declared=declared.id), maker)
    return [declared, measured]
