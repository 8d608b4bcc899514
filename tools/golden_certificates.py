"""The golden records of certificates of the second kind and of an examination, in a log of their own: no other bytes move."""

from hashlib import sha256

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.records import Content, Names
from openqi.records.certificates import CertificateExamined, FindingStated, LinkExamined, VerdictsExamined
from openqi.records.governance import RoleGranted
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertifiedFully,
    Condition,
    Point,
    Regulation,
    VerificationCertifiedFully,
    VerificationItem,
    Verified,
)

CYCLER, THERMOMETER = "https://laboratory.example/cycler/3", "https://laboratory.example/thermometer/2"
DOCUMENT = b"<dcc/>"
PERFORMED = "2026-01-12T00:00:00Z"


def certificates_records(ledger: Ledger, operator: Signer, laboratory: Signer) -> list[Record]:
    """Certify a calibration and two verifications, and examine the document of the first."""
    for role in ("testing-laboratory", "calibration-laboratory", "verification-body"):
        ledger.state(RoleGranted(party=laboratory.party, role=role, valid_from="2026-01-01T00:00:00Z"), operator)
    ledger.store.put_blob(DOCUMENT)
    document = Content(media_type="application/xml", sha256=sha256(DOCUMENT).hexdigest(), size=len(DOCUMENT))
    calibrated = ledger.state(_calibration(document), laboratory)
    failed, passed = (ledger.state(_verification(calibrated.id, verdict), laboratory) for verdict in ("failed", "passed"))
    examined = ledger.state(_examination(document, calibrated.id), laboratory)
    return [calibrated, failed, passed, examined]


def _calibration(document: Content) -> CalibrationCertifiedFully:
    point = Point(indicated="2.0000", reference="1.9980", expanded_uncertainty="0.0012")
    return CalibrationCertifiedFully(
        certificate="https://calibration.example/certificate/21", number="K-21", instrument=CYCLER, performed_at=PERFORMED,
        calibrated=(Calibrated(quantity="electric current", unit="\\ampere", coverage_factor="2", points=(point,)),),
        document=document, customer=Names(en="Customer", zh="客户"), procedures=("JJF 1587-2016",),
        laboratory_code="CNAS L0000", decision_rules=("simple acceptance",), illustrative=True,
    )  # fmt: skip


def _verification(standard: str, verdict: str) -> VerificationCertifiedFully:
    passed = verdict == "passed"
    return VerificationCertifiedFully(
        certificate=f"https://verification.example/certificate/{22 if passed else 23}", number=f"V-{22 if passed else 23}",
        instrument=THERMOMETER, performed_at="2026-01-20T00:00:00Z",
        valid_until="2027-01-19T23:59:59Z" if passed else "2026-01-20T00:00:00Z",
        accuracy_class="A", verdict="passed" if passed else "failed",
        verified=(Verified(quantity="temperature", unit="Cel", lower="0", upper="100", maximum_permissible_error="0.35"),),
        regulation=Regulation(number="JJG 229", edition="2010", name=Names(zh="工业铂、铜热电阻")),
        conditions=(Condition(quantity="ambient temperature", unit="Cel", lower="15", upper="35"),),
        items=(
            VerificationItem(name=Names(zh="外观", en="Appearance"), verdict="passed", clause="5.1"),
            VerificationItem(name=Names(zh="允差", en="Tolerance"), verdict="passed" if passed else "failed", clause="5.2"),
            VerificationItem(name=Names(zh="稳定性", en="Stability"), verdict="not-applicable", clause="5.3"),
        ),
        standards=(standard,), illustrative=True,
    )  # fmt: skip


def _examination(document: Content, record: str) -> CertificateExamined:
    return CertificateExamined(
        certificate="https://calibration.example/certificate/21", number="K-21", document=document, judged_at="2026-01-31T08:00:00Z",  # noqa: E501
        signature="valid", signer="CN=Calibration", signed_at="2026-01-14T08:00:00Z", time_source="claimed", revocation="good",
        structure="passed", schema="not checked", content="failed",
        verdicts=VerdictsExamined(stated=3, agreeing=1, differing=1, undecided=1, without_rule=2),
        finding_count=1, link_count=1, roots=(document,),
        findings=(FindingStated(rule="languages", clause="DCC", line=7, text="not said in zh"),),
        links=(LinkExamined(identifier="NMI-7", state="missing", depth=1),), record=record,
    )  # fmt: skip
