"""The golden chain: every kind of record between the certificate of an instrument and a mark, always the same bytes."""

from hashlib import sha256

from openqi.app.dossiers import dossier
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.canonical import base64url
from openqi.evidence.commitment import commitment
from openqi.evidence.record import Record
from openqi.pillars.conformity.certification import IssueCertificate, IssueMarks
from openqi.pillars.conformity.lots import DecideLot
from openqi.pillars.conformity.readings import JudgeReadings
from openqi.records import Body, Content, Items, Names
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import LotFormed, PlanPublished, ProductRegistered, ReadingsReported, Setting
from openqi.records.governance import RoleGranted
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    CertificateTranscribed,
    Indicates,
    InstrumentRegistered,
    Point,
    ProcedurePublished,
    VerificationCertified,
    Verified,
)
from openqi.records.rows import EventRow, committed, event_line
from openqi.records.standards import ClausePublished
from openqi.records.surveillance import CaseOpened
from openqi.records.traceability import EventsCaptured

CYCLER, THERMOMETER = "https://laboratory.example/instrument/cycler", "https://laboratory.example/instrument/thermometer"
LOT, PRODUCT, CLAUSE = "https://maker.example/lot/1", "https://maker.example/product/1", "https://standards.example/clause/5.2"
MARK = "https://mark.example/01/09521234543213/21/00000000000000000000"
_ROLES = (
    "testing-laboratory", "calibration-laboratory", "verification-body", "standards-body", "manufacturer", "mark-issuer",
    "conformity-assessment-body", "accreditation-body", "traceability-party", "national-metrology-institute",
)  # fmt: skip


class GoldenChain:
    """One party in all roles states and decides every kind of the chain once; the operator is the party."""

    def __init__(self, ledger: Ledger, party: Signer, checker: Signer) -> None:
        self._ledger, self._party, self._checker = ledger, party, checker
        self.records: list[Record] = []

    def play(self) -> bytes:
        """State and decide everything, and return the dossier of the mark."""
        for role in _ROLES:
            self._state(RoleGranted(party=self._party.party, role=role, valid_from="2026-01-01T00:00:00Z"))
        judged, decided = self._verdicts()
        scope = self._state(
            ScopeGranted(
                scope="https://accreditation.example/scope/1", body=self._party.party, number="C-1",
                activity=Names(en="Certification of cells", zh="电芯认证"), requirements=(CLAUSE,), products=(PRODUCT,),
                valid_from="2026-01-01T00:00:00Z", valid_until="2030-01-01T00:00:00Z", illustrative=True,
            )
        )  # fmt: skip
        certificate = self._decide(
            IssueCertificate(
                certificate="https://certifier.example/certificate/1", number="EX-1", holder=self._party.party, product=PRODUCT,
                scope=scope.id, type_tests=(judged.id,), lots=(decided.id,), mark_issuers=(self._party.party,),
            )
        )  # fmt: skip
        name = f"ni:///sha-256;{base64url(sha256(MARK.encode()).digest())}"
        marks = self._decide(
            IssueMarks(certificate=certificate.id, items=self._rows(f'{{"item":"https://maker.example/pack/1","mark":"{name}"}}'))
        )
        event = EventRow(
            type="AggregationEvent", at="2026-04-01T08:00:00Z", action="ADD", parent="https://maker.example/pack/1",
            children=("https://maker.example/cell/1", "https://maker.example/cell/2"), location="https://maker.example/site/1",
            step="packing",
        )  # fmt: skip
        self._state(EventsCaptured(lots=(LOT,), items=self._rows(event_line(event).decode()), document=self._content(b"{}")))
        self._state(
            CaseOpened(
                case="urn:openqi:case:1", mark=name, marks=marks.id, received_by=self._party.party, channel="mark-page",
                matter=Names(en="damaged", zh="破损"), report=commitment("a corner is broken", bytes(16)),
            )
        )  # fmt: skip
        return dossier(self._ledger.store, marks.id, policy=self._ledger.policy(), leaf=0)

    def _verdicts(self) -> tuple[Record, Record]:
        self._state(ProductRegistered(product=PRODUCT, name=Names(en="Cell", zh="电芯")))
        self._instruments()
        procedure = self._state(
            ProcedurePublished(
                procedure="https://laboratory.example/procedure/1", edition="1", name=Names(en="Capacity"), quantity="capacity",
                unit="A.h", model="scaled/1", inputs=("electric current",),
            )
        )  # fmt: skip
        clause = self._state(
            ClausePublished(
                requirement=CLAUSE, edition="2026", source=Names(en="Specification"), clause="5.2", name=Names(en="Capacity"),
                quantity="capacity", unit="A.h", procedure="https://laboratory.example/procedure/1", condition="2 A to 2.5 V",
                rule="scaled-guard/1", guard_factor="0.5", comparison="full-value", valid_from="2026-01-01T00:00:00Z",
                lower="2.000", illustrative=True,
            )
        )  # fmt: skip
        cells = [f"https://maker.example/cell/{number}" for number in (1, 2, 3)]
        readings = [f'{{"item":"{cell}","value":"2.01{place}0"}}' for place, cell in enumerate(cells)]
        reported = self._state(
            ReadingsReported(
                subject=LOT, quantity="capacity", unit="A.h", procedure=procedure.id, condition="2 A to 2.5 V", instrument=CYCLER,
                settings=(Setting(quantity="electric current", value="2", unit="A", instrument=CYCLER),),
                measured_from="2026-03-02T00:00:00Z", measured_until="2026-03-03T00:00:00Z", items=self._rows(*readings),
                document=self._content(b"cell,capacity\n"), simulated="by hand", remark=Names(en="golden"),
            )
        )  # fmt: skip
        judged = self._decide(JudgeReadings(readings=reported.id, requirement=clause.id))
        lot = self._state(
            LotFormed(
                lot=LOT, product=PRODUCT, name=Names(en="Lot 1"), formed_at="2026-03-01T00:00:00Z",
                items=self._rows(*(f'{{"item":"{cell}"}}' for cell in cells)), simulated="by hand",
            )
        )  # fmt: skip
        plan = self._state(
            PlanPublished(
                plan="https://certifier.example/plan/1", sample_size=2, acceptance_number=0, rejection_number=1,
                source=Names(en="Plan of the golden chain"),
            )
        )  # fmt: skip
        return judged, self._decide(DecideLot(lot=lot.id, judged=judged.id, plan=plan.id, seed="golden"))

    def _instruments(self) -> None:
        for instrument, quantity, unit in ((CYCLER, "capacity", "A.h"), (THERMOMETER, "temperature", "Cel")):
            indicates = Indicates(quantity=quantity, unit=unit, resolution="0.001", relative_stability="0.0001")
            self._state(
                InstrumentRegistered(
                    instrument=instrument, name=Names(en="Instrument"), owner=self._party.party, serial="1", indicates=(indicates,),
                    calibration_interval_days=365, illustrative=True,
                )
            )  # fmt: skip
        point = Point(indicated="2.0000", reference="1.9980", expanded_uncertainty="0.0012")
        current = Calibrated(quantity="electric current", unit="\\ampere", coverage_factor="2", points=(point,))
        first = self._state(
            CalibrationCertified(
                certificate="https://calibration.example/certificate/1", number="K-1", instrument=CYCLER,
                performed_at="2026-01-12T00:00:00Z", calibrated=(current,), document=self._content(b"<dcc/>"), illustrative=True,
            )
        )  # fmt: skip
        self._state(
            CalibrationCertified(
                certificate="https://calibration.example/certificate/2", number="K-2", instrument=CYCLER,
                performed_at="2026-01-12T00:00:00Z", calibrated=(current,), standards=(first.id,), realises="\\ampere",
                replaces=first.id,
            )
        )  # fmt: skip
        verified = Verified(quantity="temperature", unit="Cel", lower="0", upper="100", maximum_permissible_error="0.35")
        self._state(
            VerificationCertified(
                certificate="https://verification.example/certificate/1", number="V-1", instrument=THERMOMETER,
                performed_at="2026-01-20T00:00:00Z", valid_until="2027-01-19T23:59:59Z", accuracy_class="A", verdict="passed",
                verified=(verified,), document=self._content(b"%PDF"), illustrative=True,
            )
        )  # fmt: skip
        copied = self._state(
            CertificateTranscribed(
                certificate="https://verification.example/certificate/2", number="V-2", instrument=THERMOMETER,
                issued_by=Names(en="Verification office", zh="检定所"), performed_at="2026-01-20T00:00:00Z",
                document=self._content(b"%PDF"), transcript=self._content(b"field,value\n"), checked_by=self._checker.party,
                verified=(verified,), valid_until="2027-01-19T23:59:59Z", accuracy_class="A", illustrative=True,
            )
        )  # fmt: skip
        self.records.append(self._ledger.countersign(copied.id, self._checker, self._checker.key))

    def _state(self, body: Body) -> Record:
        record = self._ledger.state(body, self._party)
        self.records.append(record)
        return record

    def _decide(self, command: IssueCertificate | IssueMarks | DecideLot | JudgeReadings) -> Record:
        (record,) = self._ledger.perform(command, self._party)
        self.records.append(record)
        return record

    def _rows(self, *rows: str) -> Items:
        items, content = committed(row.encode() for row in rows)
        self._ledger.store.put_blob(content)
        return items

    def _content(self, data: bytes) -> Content:
        self._ledger.store.put_blob(data)
        return Content(media_type="application/octet-stream", sha256=sha256(data).hexdigest(), size=len(data))
