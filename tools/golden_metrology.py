"""The golden records of measurement models as text: a log of its own, so that no other golden bytes move."""

from openqi.app.dossiers import dossier
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.conformity.measured import JudgeMeasured
from openqi.records import Items, Names
from openqi.records.conformity import ReadingsReported, Setting
from openqi.records.governance import RoleGranted
from openqi.records.metrology import Calibrated, CalibrationCertified, Indicates, InstrumentRegistered, Point
from openqi.records.procedures import CertifiedInput, MeasurementPublished, StatedInput, model_digest
from openqi.records.rows import committed
from openqi.records.standards import CriterionPublished, Parameter
from openqi.science.uncertainty.expression.model import measurement_model

CYCLER, LOT = "https://laboratory.example/instrument/cycler", "https://maker.example/lot/1"
PROCEDURE, CLAUSE = "https://laboratory.example/procedure/1", "https://standards.example/clause/5.2"
MODEL = """
q : A.h
reading : A.h
f_current : \\one
loss : \\one
rate : \\one
q = reading * f_current * exp(-loss) * (1 + rate)
"""
_ROLES = ("testing-laboratory", "calibration-laboratory", "standards-body", "conformity-assessment-body")


def measured_records(ledger: Ledger, party: Signer) -> tuple[list[Record], bytes]:
    """Publish a procedure with its model and a requirement with six outcomes, judge readings, and return the dossier of it."""
    for role in _ROLES:
        ledger.state(RoleGranted(party=party.party, role=role, valid_from="2026-01-01T00:00:00Z"), party)
    _instrument(ledger, party)
    procedure, clause = ledger.state(_procedure(), party), ledger.state(_clause(), party)
    cells = [f'{{"item":"https://maker.example/cell/{place}","value":"{value}"}}' for place, value in enumerate(_READINGS)]
    reported = ledger.state(
        ReadingsReported(
            subject=LOT, quantity="capacity", unit="A.h", procedure=procedure.id, condition="2 A to 2.5 V", instrument=CYCLER,
            settings=(Setting(quantity="electric current", value="2", unit="A", instrument=CYCLER),),
            measured_from="2026-03-02T00:00:00Z", measured_until="2026-03-03T00:00:00Z", items=_rows(ledger, *cells),
            simulated="by hand",
        ),
        party,
    )  # fmt: skip
    (judged,) = ledger.perform(JudgeMeasured(readings=reported.id, requirement=clause.id), party)
    return [procedure, clause, judged], dossier(ledger.store, judged.id, policy=ledger.policy(), leaf=0)


_READINGS = ("2.0600", "2.0150", "2.0050", "2.0000", "1.9900", "1.9400")


def _procedure() -> MeasurementPublished:
    text = measurement_model(MODEL).text
    return MeasurementPublished(
        procedure=PROCEDURE, edition="2", name=Names(en="Capacity", zh="容量"), quantity="capacity", unit="A.h", model=text,
        model_digest=model_digest(text), reading="reading", coverage_probability="0.95",
        certified=(CertifiedInput(name="f_current", quantity="electric current", takes="factor", at="setting"),),
        stated=(
            StatedInput(
                name="loss", value="0.0030", distribution="normal", standard_uncertainty="0.0020", degrees_of_freedom="5",
                source=Names(en="six repeated discharges", zh="六次重复放电"),
            ),
            StatedInput(
                name="rate", value="0", distribution="rectangular", half_width="0.0010",
                source=Names(en="rate of the discharge, by the maker", zh="放电倍率影响，由生产方给出"),
            ),
        ),
    )  # fmt: skip


def _clause() -> CriterionPublished:
    return CriterionPublished(
        requirement=CLAUSE, edition="2026", source=Names(en="Specification", zh="技术规范"), clause="5.2",
        name=Names(en="Capacity", zh="容量"), quantity="capacity", unit="A.h", procedure=PROCEDURE, condition="2 A to 2.5 V",
        rule="specific-risk/1", parameters=(Parameter(name="target", value="0.05"),), comparison="full-value",
        valid_from="2026-01-01T00:00:00Z", lower="2.000", illustrative=True,
    )  # fmt: skip


def _instrument(ledger: Ledger, party: Signer) -> None:
    indicates = (
        Indicates(quantity="capacity", unit="A.h", resolution="0.0001", relative_stability="0.0001"),
        Indicates(quantity="electric current", unit="A", resolution="0.001", absolute_stability="0.0002"),
    )
    ledger.state(
        InstrumentRegistered(
            instrument=CYCLER, name=Names(en="Cycler"), owner=party.party, serial="1", indicates=indicates,
            calibration_interval_days=365, illustrative=True,
        ),
        party,
    )  # fmt: skip
    points = (
        Point(indicated="1.0000", reference="0.9992", expanded_uncertainty="0.0010"),
        Point(indicated="3.0000", reference="2.9970", expanded_uncertainty="0.0012"),
    )
    ledger.state(
        CalibrationCertified(
            certificate="https://calibration.example/certificate/1", number="K-1", instrument=CYCLER,
            performed_at="2026-01-12T00:00:00Z", illustrative=True,
            calibrated=(Calibrated(quantity="electric current", unit="\\ampere", coverage_factor="2", points=points),),
        ),
        party,
    )  # fmt: skip


def _rows(ledger: Ledger, *rows: str) -> Items:
    items, content = committed(row.encode() for row in rows)
    ledger.store.put_blob(content)
    return items
