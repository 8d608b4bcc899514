"""A small world for the whole chain, from instrument and certificates over readings, lot and scope to certificate and marks."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from openqi.app.ledger import Signer
from openqi.evidence.batching import batch_of
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.certification import IssueCertificate, IssueMarks
from openqi.pillars.conformity.lots import DecideLot
from openqi.pillars.conformity.readings import JudgeReadings
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Content, Items, Names, Rows
from openqi.records.accreditation import ScopeGranted
from openqi.records.certificates import CertificateExamined, VerdictsExamined
from openqi.records.conformity import LotFormed, PlanPublished, ProductRegistered, ReadingsReported, Setting
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    CalibrationCertifiedFully,
    CertificateTranscribed,
    Condition,
    Indicates,
    InstrumentRegistered,
    Point,
    ProcedurePublished,
    Regulation,
    VerificationCertified,
    VerificationCertifiedFully,
    VerificationItem,
    Verified,
)
from openqi.records.rows import VerdictRow, committed
from openqi.records.standards import ClausePublished
from stage import Stage, changed, party

CYCLER = "https://laboratory.example/instrument/cycler"
PRODUCT, LOT = "https://maker.example/product/cell", "https://maker.example/lot/1"
SAMPLE = "https://maker.example/sample/1"
PAPER = Content(media_type="application/pdf", sha256="ab" * 32, size=9)
NAME = Names(en="name")


def points(*texts: str) -> tuple[Point, ...]:
    """Calibration points, each as "indicated reference U"."""
    return tuple(
        Point(indicated=indicated, reference=reference, expanded_uncertainty=u) for indicated, reference, u in map(str.split, texts)
    )


CURRENT = Calibrated(quantity="current", unit="A", coverage_factor="2", points=points("1 0.9980 0.0040", "3 2.9860 0.0040"))
"""At 2 A on the straight line: 1.9920 A, so that the factor is 0.996; u = 0.0020 A."""
INSTRUMENT = InstrumentRegistered(
    instrument=CYCLER, name=NAME, owner="https://laboratory.example", serial="7", calibration_interval_days=365,
    indicates=(
        Indicates(quantity="capacity", unit="A.h", resolution="0.0001"),
        Indicates(quantity="current", unit="A", resolution="0.001"),
        Indicates(quantity="temperature", unit="Cel", resolution="0.1"),
    ),
)  # fmt: skip
PROCEDURE = ProcedurePublished(
    procedure="https://laboratory.example/procedure/1", edition="1", name=NAME, quantity="capacity", unit="A.h",
    model="scaled/1", inputs=("current",),
)  # fmt: skip
CALIBRATION = CalibrationCertified(
    certificate="https://calibration.example/certificate/1", number="C-1", instrument=CYCLER,
    performed_at="2026-06-01T00:00:00Z", calibrated=(CURRENT,), realises="A",
)  # fmt: skip
VERIFICATION = VerificationCertified(
    certificate="https://verification.example/certificate/1", number="V-1", instrument=CYCLER,
    performed_at="2026-06-01T00:00:00Z", valid_until="2027-06-01T00:00:00Z", accuracy_class="0.5", verdict="passed",
    verified=(Verified(quantity="current", unit="A", lower="0", upper="5", maximum_permissible_error="0.0060"),),
)  # fmt: skip
FULL_CALIBRATION = CalibrationCertifiedFully(
    **{name: getattr(CALIBRATION, name) for name in CALIBRATION.__struct_fields__ if name != "document"}, document=PAPER,
    customer=NAME, procedures=("JJF 1587-2016",), laboratory_code="CNAS L0000",
)  # fmt: skip
FULL_VERIFICATION = VerificationCertifiedFully(
    **{name: getattr(VERIFICATION, name) for name in VERIFICATION.__struct_fields__},
    regulation=Regulation(number="JJG 229", edition="2010", name=NAME),
    conditions=(Condition(quantity="temperature", unit="Cel", lower="15", upper="35"),),
    items=(VerificationItem(name=NAME, verdict="passed", clause="5.1"),),
)  # fmt: skip
EXAMINED = CertificateExamined(
    certificate=CALIBRATION.certificate, number="C-1", document=PAPER, judged_at="2026-06-02T00:00:00Z", signature="not-signed",
    structure="passed", schema="not checked", content="passed", finding_count=0, link_count=0,
    verdicts=VerdictsExamined(stated=2, agreeing=1, differing=0, undecided=1, without_rule=2),
)  # fmt: skip
TRANSCRIPTION = CertificateTranscribed(
    certificate="https://paper.example/certificate/1", number="T-1", instrument=CYCLER, issued_by=NAME,
    performed_at="2026-06-01T00:00:00Z", document=PAPER, transcript=PAPER, checked_by="https://assessor.example",
    calibrated=(CURRENT,),
)  # fmt: skip
CLAUSE = ClausePublished(
    requirement="https://standards.example/clause/1", edition="2026", source=NAME, clause="5.1", name=NAME, quantity="capacity",
    unit="A.h", procedure=PROCEDURE.procedure, condition="at 2 A", rule="guarded-acceptance/1", comparison="full-value",
    valid_from="2026-01-01T00:00:00Z", lower="1.9880",
)  # fmt: skip
SETTING = Setting(quantity="current", value="2", unit="A", instrument=CYCLER)
ITEMS = tuple(f"https://maker.example/cell/{number}" for number in range(8))


def hashed(serial: str) -> str:
    """A mark as marks stand in the log: the hash of its URI."""
    return f"ni:///sha-256;{base64url(sha256(serial.encode()).digest())}"


def rows_in(stage: Stage, stated: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that a batch record commits to."""
    return [msgspec.json.decode(line) for line in stage.store.blob(stated["rows"]["sha256"]).splitlines()]


class ChainStage(Stage):
    """The usual stage, with everybody who has a part in the chain from a calibration to a mark."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        parts = {
            "calibrator": ("calibration", 11, "calibration-laboratory"),
            "other_calibrator": ("calibration-two", 12, "calibration-laboratory"),
            "verifier": ("verification", 13, "verification-body"),
            "maker": ("maker", 14, "manufacturer"),
            "accreditor": ("accreditation", 15, "accreditation-body"),
            "association": ("association", 16, "mark-issuer"),
        }
        self.parts: dict[str, Signer] = {}
        for part, (name, number, role) in parts.items():
            self.parts[part] = party(name, number)
            self.welcome(self.parts[part], role)
        self.grant(self.parts["calibrator"], "national-metrology-institute")
        self.calibrator, self.other_calibrator, self.verifier = (
            self.parts[part] for part in ("calibrator", "other_calibrator", "verifier")
        )
        self.maker, self.accreditor, self.association = (self.parts[part] for part in ("maker", "accreditor", "association"))

    def newcomer(self) -> Signer:
        """Another testing laboratory."""
        signer = party("newcomer", 17)
        self.welcome(signer, "testing-laboratory")
        return signer

    def instrument(self, **changes: Any) -> Record:
        return self.ledger.state(changed(INSTRUMENT, **changes), self.laboratory)

    def procedure(self, **changes: Any) -> Record:
        return self.ledger.state(changed(PROCEDURE, **changes), self.laboratory)

    def calibration(self, *, signer: Signer | None = None, visible_to: tuple[str, ...] | None = None, **changes: Any) -> Record:
        return self.ledger.state(changed(CALIBRATION, **changes), signer or self.calibrator, visible_to=visible_to)

    def verification(self, **changes: Any) -> Record:
        return self.ledger.state(changed(VERIFICATION, **changes), self.verifier)

    def transcription(self, *, countersigned: bool = True, **changes: Any) -> Record:
        record = self.ledger.state(changed(TRANSCRIPTION, **changes), self.laboratory)
        if countersigned:
            self.ledger.countersign(record.id, self.assessor, self.assessor.key)
        return record

    def clause(self, **changes: Any) -> Record:
        return self.ledger.state(changed(CLAUSE, **changes), self.standards_body)

    def batch(self, rows: Iterable[dict[str, Any]]) -> Items:
        """A batch of any rows, canonical, without asking what kind of rows they are."""
        batch, content = batch_of(rows)
        self.store.put_blob(content)
        return Items(
            count=batch.count,
            root=batch.root.hex(),
            rows=Rows(media_type="application/x-ndjson", sha256=batch.blob, size=batch.size),
        )

    def lines(self, *lines: bytes) -> Items:
        """A batch of any lines, canonical or not: what a careless or hostile party can commit to."""
        items, content = committed(lines)
        self.store.put_blob(content)
        return items

    def readings(self, procedure: Record, rows: dict[str, Any] | Items | None = None, **changes: Any) -> Record:
        """Readings of items, {item: value} or {item: (value, reference)}; one good reading of the sample unless told otherwise."""
        if not isinstance(rows, Items):
            given = {SAMPLE: "2.0000"} if rows is None else rows
            told = {item: (text,) if isinstance(text, str) else text for item, text in given.items()}
            rows = self.batch(
                {"item": item, "value": texts[0]} | ({"reference": texts[1]} if texts[1:] else {}) for item, texts in told.items()
            )
        usual = ReadingsReported(
            subject=SAMPLE, quantity="capacity", unit="A.h", procedure=procedure.id, condition="at 2 A", instrument=CYCLER,
            settings=(SETTING,), measured_from="2026-11-01T06:00:00Z", measured_until="2026-11-01T08:00:00Z", items=rows,
        )  # fmt: skip
        visible_to = changes.pop("visible_to", None)
        return self.ledger.state(changed(usual, **changes), self.laboratory, visible_to=visible_to)

    def judge(self, readings: Record, clause: Record, **more: Any) -> Record:
        (judged,) = self.ledger.perform(JudgeReadings(readings=readings.id, requirement=clause.id, **more), self.assessor)
        return judged

    def verdicts(self, judged: Record) -> list[VerdictRow]:
        return [msgspec.convert(row, VerdictRow) for row in rows_in(self, judged.body["items"])]

    def withdraw(self, record: Record, signer: Signer) -> Record:
        (gone,) = self.ledger.perform(Withdraw(record=record.id, reason="wrong"), signer)
        return gone

    def lot(self, items: Iterable[str] | Items = ITEMS, **changes: Any) -> Record:
        rows = items if isinstance(items, Items) else self.batch({"item": item} for item in items)
        formed = LotFormed(lot=LOT, product=PRODUCT, name=NAME, formed_at="2026-10-20T00:00:00Z", items=rows)
        return self.ledger.state(changed(formed, **changes), self.maker)

    def plan(self, sample_size: int = 4, acceptance_number: int = 1) -> Record:
        plan = PlanPublished(
            plan="https://assessor.example/plan/1", sample_size=sample_size, acceptance_number=acceptance_number,
            rejection_number=acceptance_number + 1, source=NAME,
        )  # fmt: skip
        return self.ledger.state(plan, self.assessor)

    def decide(self, lot: Record, judged: Record, plan: Record, seed: str = "seed") -> Record:
        (decided,) = self.ledger.perform(DecideLot(lot=lot.id, judged=judged.id, plan=plan.id, seed=seed), self.assessor)
        return decided

    def scope(self, **changes: Any) -> Record:
        scope = ScopeGranted(
            scope="https://accreditation.example/scope/1", body=self.assessor.party, number="S-1", activity=NAME,
            requirements=(CLAUSE.requirement,), products=(PRODUCT,), valid_from="2026-01-01T00:00:00Z",
        )  # fmt: skip
        return self.ledger.state(msgspec.structs.replace(scope, **changes), self.accreditor)

    def certify(self, scope: Record, type_tests: Iterable[Record], lots: Iterable[Record] = (), **more: Any) -> Record:
        """A certificate of the maker's product; the maker registers the usual product first, unless that was done."""
        command = IssueCertificate(
            certificate="https://assessor.example/certificate/1", number="K-1", holder=self.maker.party, product=PRODUCT,
            scope=scope.id, type_tests=tuple(one.id for one in type_tests), lots=tuple(one.id for one in lots),
            mark_issuers=(self.association.party,),
        )  # fmt: skip
        if ProductRegistered.KIND not in {one.record.kind for one in self.store.stream(PRODUCT)}:
            self.product()
        signer = more.pop("signer", self.assessor)
        (issued,) = self.ledger.perform(changed(command, **more), signer)
        return issued

    def marks(self, certificate: Record, rows: Iterable[tuple[str, str]]) -> Record:
        items = self.batch({"item": item, "mark": mark} for item, mark in rows)
        (issued,) = self.ledger.perform(IssueMarks(certificate=certificate.id, items=items), self.association)
        return issued

    def product(self, product: str = PRODUCT, *, signer: Signer | None = None) -> Record:
        return self.ledger.state(ProductRegistered(product=product, name=NAME), signer or self.maker)

    def judged_readings(self, rows: dict[str, Any] | Items | None = None, **changes: Any) -> Record:
        """Verdicts on readings, with a fresh procedure and clause, and an instrument with its certificate where there is none."""
        if not self.store.stream(INSTRUMENT.instrument):
            self.instrument()
            self.calibration()
        return self.judge(self.readings(self.procedure(), rows, **changes), self.clause())


class JudgingStage(ChainStage):
    """A registered instrument, a procedure and a clause; the test brings certificates."""

    def __init__(self, *, instrument: dict[str, Any] | None = None, procedure: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.registered = self.instrument(**instrument or {})
        self.with_procedure, self.with_clause = self.procedure(**procedure or {}), self.clause()

    def verdict_of(self, **readings: Any) -> Record:
        """The record that judges a reading."""
        return self.judge(self.readings(self.with_procedure, **readings), self.with_clause)

    def rests_on(self, **readings: Any) -> list[str]:
        """The certificates that a verdict names."""
        return list(self.verdict_of(**readings).body["certificates"])

    def u(self, **readings: Any) -> str:
        """The expanded uncertainty of the only item."""
        return self.verdicts(self.verdict_of(**readings))[0].expanded_uncertainty


def refused(rule: str, says: str, act: Callable[..., Any], **more: Any) -> None:
    """Assert that an act is refused by the rule of that name, and what the refusal says."""
    with pytest.raises(RefusedError, match=says) as error:
        act(**more)
    assert error.value.rule == rule
