"""The certificates of a workspace as bodies: read from a DCC, or from the transcription of what stands on paper."""

from hashlib import sha256, sha384, sha512
from itertools import pairwise

from msgspec.structs import replace

from openqi.app.certificates.evidence import believed, check_signature, examination_body
from openqi.app.certificates.sheet import sheet_of
from openqi.app.workspace.declared import CertificateDeclared, TableDeclared
from openqi.app.workspace.rows import table_of
from openqi.app.workspace.workspace import Workspace
from openqi.formats.dcc import CalibrationDocument, CalibrationTable, calibration_points, read_dcc
from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.document import CertificateReference, text_in
from openqi.formats.dcc.links import digest_of
from openqi.formats.dcc.particulars import particulars_of
from openqi.formats.transcription import TranscribedCalibration, TranscribedVerification, Transcription, read_transcription
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError
from openqi.records import Content, Names
from openqi.records.certificates import CertificateExamined
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    CalibrationCertifiedFully,
    Certificate,
    CertificateTranscribed,
    Point,
    Verified,
)

_MEDIA = {".xml": "application/xml", ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".csv": "text/csv"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def content_of(name: str, data: bytes) -> Content:
    """Return how a body names the content of a file."""
    suffix = "." + name.rpartition(".")[2].lower()
    kind = _XLSX if suffix == ".xlsx" else _MEDIA.get(suffix, "application/octet-stream")
    return Content(media_type=kind, sha256=sha256(data).hexdigest(), size=len(data))


def certificate_body(
    workspace: Workspace, slot: str, *, replaces: str | None, standards: tuple[str, ...], now: str
) -> tuple[Certificate, tuple[bytes, ...]]:
    """Return the body of a certificate and the contents that it names.

    Args:
        workspace: the workspace.
        slot: of the certificate.
        replaces, standards: ids of the records that it names.
        now: instant at which the signature of a DCC is judged.

    Raises:
        FormatError: a file cannot be read, is of another instrument, does not speak of a quantity, or carries a signature that says
            that it was changed, is broken or revoked; with file and line.
    """
    declared = workspace.declared.certificates[slot.partition("/")[2]]
    if declared.transcription is None:
        return _digital(workspace, slot, declared, replaces=replaces, standards=standards, now=now)
    return _transcribed(workspace, slot, declared, replaces=replaces)


def corrected_body(old: CalibrationCertified, before: bytes | None, name: str, data: bytes) -> CalibrationCertified:
    """Return the body of a correction of a digital certificate: all that a DCC states is new, the rest as before.

    Args:
        old: the certificate that is corrected.
        before: its DCC, out of which it is read what the certificate calls our quantities; None where it had none.
        name: of the file, for messages.
        data: the DCC of the correction.

    Raises:
        FormatError: no DCC, or it does not speak of a quantity.
    """
    document = read_dcc(data, name=name)
    theirs = {one.quantity: _called(one, before) for one in old.calibrated}
    return replace(  # of the same kind: what a certificate of the second kind says beside its DCC still stands
        old,
        number=document.unique_identifier,
        performed_at=_day(document.end_performance_date),
        calibrated=tuple(
            _calibrated(ours, calibration_points(document, quantity=its), document.file) for ours, its in theirs.items()
        ),
        document=content_of(name, data),
        realises=None,
        replaces=None,
    )


def _called(calibrated: Calibrated, before: bytes | None) -> str:
    """What a DCC calls a quantity of ours: the result with the same points; our own name where there is no such."""
    if before is not None:
        document = read_dcc(before, name="the certificate before")
        for result in document.results:
            for _, name in result.name:
                try:
                    found = calibration_points(document, quantity=name)
                except FormatError:
                    continue
                if _calibrated(calibrated.quantity, found, document.file) == calibrated:
                    return name
    return calibrated.quantity


def _digital(
    workspace: Workspace, slot: str, declared: CertificateDeclared, *, replaces: str | None, standards: tuple[str, ...], now: str
) -> tuple[Certificate, tuple[bytes, ...]]:
    if declared.kind != "calibration":
        raise workspace.at(slot, "kind").error("a digital certificate is of a calibration; a verification is transcribed")
    data = workspace.file(slot, "file", declared.file)
    document = read_dcc(data, name=declared.file)
    roots, stamp_roots = roots_of(workspace, slot, declared)
    check_signature(data, name=declared.file, roots=roots, now=now, stamp_roots=stamp_roots)
    instrument = workspace.declared.instruments[declared.instrument]
    _check_serial(document, instrument.serial)
    body = CalibrationCertified(
        certificate=declared.uri,
        number=document.unique_identifier,
        instrument=instrument.uri,
        performed_at=_day(document.end_performance_date),
        calibrated=tuple(
            _calibrated(ours, calibration_points(document, quantity=its), document.file)
            for ours, its in declared.quantities.items()
        ),
        document=content_of(declared.file, data),
        standards=standards,
        realises=declared.realises,
        illustrative=workspace.illustrative(declared.illustrative),
        replaces=replaces,
    )
    return (body if declared.form == "1" else _fully(body, data, declared.file)), (data,)


def _fully(body: CalibrationCertified, data: bytes, name: str) -> CalibrationCertifiedFully:
    """The certificate of the second kind: customer, procedures, code of the laboratory and decision rules as its DCC has them."""
    certificate = read_certificate(data, name=name)
    around = particulars_of(certificate.root)
    procedures = [norm or text_in(method.name, "zh") for method in around.methods for norm in (method.norms or ("",))]
    if not any(procedures):
        raise FormatError(f"{name}:1: no method is stated, and a certificate of form 2 names one; leave `form` out")
    return CalibrationCertifiedFully(
        **{member: getattr(body, member) for member in body.__struct_fields__},
        customer=Names(zh=text_in(around.customer.name, "zh"), en=text_in(around.customer.name, "en")),
        procedures=tuple(dict.fromkeys(filter(None, procedures))), laboratory_code=around.laboratory.code,
        decision_rules=tuple(dict.fromkeys(one.rule for one in certificate.conformity if one.rule)),
    )  # fmt: skip


def roots_of(workspace: Workspace, slot: str, declared: CertificateDeclared) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the certificates of issuers that an entry believes, and of those of time-stamps.

    Raises:
        FormatError: one is not there; names the line.
    """
    return (
        tuple(workspace.file(slot, "roots", name) for name in declared.roots),
        tuple(workspace.file(slot, "tsa_roots", name) for name in declared.tsa_roots),
    )


def examined_body(
    workspace: Workspace, slot: str, declared: CertificateDeclared, *, record: str, now: str
) -> tuple[CertificateExamined, tuple[bytes, ...]]:
    """Return what the checks of a DCC of the workspace came to, judged now; certificates that it names are looked for beside it.

    Raises:
        FormatError: it cannot be read, or a root is none.
    """
    data, (roots, stamp_roots) = workspace.file(slot, "file", declared.file), roots_of(workspace, slot, declared)
    beside = [
        workspace.file(other, "file", one.file)
        for other, one in ((f"certificates/{name}", one) for name, one in workspace.declared.certificates.items())
        if one.transcription is None
    ]
    known = {algorithm(one).digest(): one for one in beside for algorithm in (sha256, sha384, sha512)}

    def find(reference: CertificateReference) -> bytes | None:
        return next((known[one] for size in (32, 48, 64) if (one := digest_of(reference.value, size)) in known), None)

    sheet = sheet_of(data, name=declared.file, now=now, roots=roots, stamp_roots=stamp_roots, find=find)
    document = content_of(declared.file, data)
    body = examination_body(sheet, certificate=declared.uri, document=document, roots=roots, record=record, stamp_roots=stamp_roots)
    return body, (data, *believed(roots), *believed(stamp_roots))


def _check_serial(document: CalibrationDocument, serial: str) -> None:
    numbers = {one.value for item in document.items for one in item.identifications}
    if numbers and serial not in numbers:
        told = ", ".join(sorted(numbers))
        raise FormatError(f"{document.file}:1: the certificate is of an item with the numbers {told}, the instrument is {serial}")


def _transcribed(
    workspace: Workspace, slot: str, declared: CertificateDeclared, *, replaces: str | None
) -> tuple[Certificate, tuple[bytes, ...]]:
    data = workspace.file(slot, "file", declared.file)
    name = declared.transcription or ""
    table, copied = table_of(workspace, slot, TableDeclared(file=name, item=""), decimals={})
    transcription = read_transcription(table)
    _check_fits(workspace, slot, declared, transcription)
    if declared.issued_by_name is None or declared.checked_by is None:
        raise workspace.where(slot).error("a transcription names `issued_by_name`, `transcribed_by` and `checked_by`")
    until = accuracy_class = None
    verified: tuple[Verified, ...] = ()
    calibrated: tuple[Calibrated, ...] = ()
    if isinstance(transcription, TranscribedVerification):
        performed, accuracy_class = transcription.verified_at, transcription.accuracy_class
        until = workspace.ending(slot, "transcription", transcription.valid_until)
        verified = _verified(workspace, slot, declared, transcription)
    else:
        performed, calibrated = transcription.calibrated_at, _tables(workspace, slot, declared, transcription)
    body = CertificateTranscribed(
        certificate=declared.uri,
        number=transcription.certificate,
        instrument=workspace.declared.instruments[declared.instrument].uri,
        issued_by=declared.issued_by_name,
        performed_at=_day(performed),
        document=content_of(declared.file, data),
        transcript=content_of(name, copied),
        checked_by=workspace.party(slot, declared.checked_by, "checked_by").uri,
        calibrated=calibrated,
        verified=verified,
        valid_until=until,
        accuracy_class=accuracy_class,
        illustrative=workspace.illustrative(declared.illustrative),
        replaces=replaces,
    )
    return body, (data, copied)


def _check_fits(workspace: Workspace, slot: str, declared: CertificateDeclared, transcription: Transcription) -> None:
    serial, name = workspace.declared.instruments[declared.instrument].serial, declared.transcription
    if transcription.serial != serial:
        raise FormatError(f"{name}:1: the certificate is of serial number {transcription.serial}, the instrument is {serial}")
    if (declared.kind == "verification") != isinstance(transcription, TranscribedVerification):
        raise workspace.at(slot, "kind").error(f"{name} is not the transcription of a {declared.kind} certificate")


def _verified(
    workspace: Workspace, slot: str, declared: CertificateDeclared, transcription: TranscribedVerification
) -> tuple[Verified, ...]:
    if transcription.verdict != "pass":
        raise workspace.at(slot, "transcription").error("the instrument did not pass its verification; nothing may rest on it")
    ours = [ours for ours, its in declared.quantities.items() if its == transcription.quantity]
    if not ours or len(declared.quantities) != 1:
        raise workspace.at(slot, "quantities").error(f"the certificate is about {transcription.quantity}, name it alone")
    return (
        Verified(
            quantity=ours[0],
            unit=transcription.unit,
            lower=transcription.lower,
            upper=transcription.upper,
            maximum_permissible_error=transcription.maximum_permissible_error,
        ),
    )


def _tables(
    workspace: Workspace, slot: str, declared: CertificateDeclared, transcription: TranscribedCalibration
) -> tuple[Calibrated, ...]:
    tables = {table.quantity: table for table in transcription.tables}
    missing = [its for its in declared.quantities.values() if its not in tables]
    if missing:
        known = ", ".join(tables)
        raise workspace.at(slot, "quantities").error(f"the certificate does not speak of {missing[0]!r}; it has {known}")
    return tuple(_calibrated(ours, tables[its], declared.transcription or "") for ours, its in declared.quantities.items())


def _calibrated(quantity: str, table: CalibrationTable, file: str) -> Calibrated:
    indications = [fraction(text) for text in table.indicated]
    for place, (left, right) in enumerate(pairwise(indications), start=1):
        if left >= right:
            why = f"{table.quantity} at {table.indicated[place]} stands after {table.indicated[place - 1]}"
            raise FormatError(f"{file}:{table.line + place}: {why}; points stand in rising order, each once")
    points = (
        Point(indicated=indicated, reference=reference, expanded_uncertainty=expanded)
        for indicated, reference, expanded in zip(table.indicated, table.reference, table.expanded_uncertainties, strict=True)
    )
    return Calibrated(quantity=quantity, unit=table.unit, coverage_factor=table.coverage_factor, points=tuple(points))


def _day(date: str) -> str:
    return f"{date[:10]}T00:00:00Z"
