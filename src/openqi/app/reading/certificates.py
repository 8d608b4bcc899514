"""A certificate of an instrument on one page: what its document says, what the checks of it came to, and how long it serves."""

from dataclasses import dataclass

from openqi.app.certificates.sheet import CertificateSheet, sheet_of
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.evaluations import EvaluationPage, evaluation_shown
from openqi.app.reading.instruments import CertificateView, instrument_page
from openqi.app.reading.naming import Named
from openqi.formats.dcc.document import CertificateReference
from openqi.formats.dcc.links import digest_of
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Content, Names
from openqi.records.certificates import CertificateExamined
from openqi.records.evaluations import UncertaintyEvaluated
from openqi.records.metrology import CERTIFICATES, CalibrationCertified, Certificate, CertificateTranscribed

_SHA256 = 32
_XML = ("application/xml", "text/xml")


@dataclass(frozen=True, kw_only=True)
class Examined:
    """Somebody's word on what the checks of the document came to."""

    seen: Seen
    stated: CertificateExamined


@dataclass(frozen=True, kw_only=True)
class Budgeted:
    """An evaluation of uncertainty that a certificate names; `shown` is None where it may not be shown, or is not here."""

    seen: Seen
    shown: EvaluationPage | None


@dataclass(frozen=True, kw_only=True)
class CertificatePage:
    """Everything that is known of a certificate.

    Args:
        view: as the page of its instrument has it; None where the instrument is not registered.
        stated: the body of its record.
        sheet: its document, where that is a digital certificate and at hand; `why_not` says why there is none, else "".
        examined: examinations of its document, the newest first.
        issued_by_name: who issued what was transcribed from paper; None where `issued_by` did.
        evaluations: of the uncertainties in it.
    """

    seen: Seen
    instrument: Named
    view: CertificateView | None
    stated: Certificate
    sheet: CertificateSheet | None
    why_not: str
    examined: tuple[Examined, ...]
    standards: tuple[Seen, ...]
    evaluations: tuple[Budgeted, ...]
    issued_by: Named
    issued_by_name: Names | None


def certificate_page(context: Context, record_id: str, *, now: str) -> CertificatePage:
    """Return what is known of a certificate.

    Args:
        context: the log.
        record_id: of its record.
        now: instant at which its signature is judged.

    Raises:
        NotFoundError: there is no such record, it is no certificate of an instrument, or it may not be shown.
    """
    stated = stated_certificate(context, record_id)
    sheet, why_not = _sheet(context, stated, now)
    seen = context.seen(record_id)
    about = (context.body(one.record.id, CertificateExamined) for one in context.stream(stated.certificate))
    names = [one.record.id for one in context.stream(stated.certificate)]
    examined = [
        Examined(seen=context.seen(name), stated=found)
        for name, found in zip(names, about, strict=True)
        if found is not None and (stated.document is None or found.document.sha256 == stated.document.sha256)
    ]
    return CertificatePage(
        seen=seen, instrument=context.named(stated.instrument), view=_view(context, stated.instrument, record_id), stated=stated,
        sheet=sheet, why_not=why_not, examined=tuple(reversed(examined)), issued_by=seen.issuer,
        issued_by_name=stated.issued_by if isinstance(stated, CertificateTranscribed) else None,
        standards=tuple(map(context.seen, getattr(stated, "standards", ()))),
        evaluations=tuple(_budgeted(context, name) for name in getattr(stated, "evaluations", ())),
    )  # fmt: skip


def _budgeted(context: Context, record_id: str) -> Budgeted:
    found = context.body(record_id, UncertaintyEvaluated)
    return Budgeted(seen=context.seen(record_id), shown=None if found is None else evaluation_shown(found, context.seen))


def stated_certificate(context: Context, record_id: str) -> Certificate:
    """Return what a record certifies; raises as `certificate_page`."""
    kind = CERTIFICATES.get(context.logged(record_id).record.kind)
    found = None if kind is None else context.body(record_id, kind)
    if found is None:
        raise NotFoundError(f"record {record_id[:64]} is no certificate of an instrument that may be shown")
    return found


def document_of(context: Context, record_id: str) -> tuple[Content, bytes]:
    """Return the document of a certificate; raises NotFoundError as `certificate_page`, and where it has none at hand."""
    stated = stated_certificate(context, record_id)
    if stated.document is None:
        raise NotFoundError(f"certificate {stated.number} has no document in the log")
    return stated.document, context.store.blob(stated.document.sha256)


def _view(context: Context, instrument: str, record_id: str) -> CertificateView | None:
    try:
        return next((one for one in instrument_page(context, instrument).certificates if one.seen.id == record_id), None)
    except NotFoundError:
        return None


def _sheet(context: Context, stated: Certificate, now: str) -> tuple[CertificateSheet | None, str]:
    document = stated.document
    if document is None or document.media_type not in _XML or not isinstance(stated, CalibrationCertified):
        return None, ""
    try:
        data = context.store.blob(document.sha256)
        return sheet_of(data, name=stated.number, now=now, find=_Beside(context, stated)), ""
    except (NotFoundError, FormatError) as error:
        return None, str(error)


class _Beside:
    """Finds certificates that are named by their hash among the documents of the standards that a certificate rests on.

    Only there: what others keep for themselves must not show by whether a hash of it matches.
    """

    def __init__(self, context: Context, stated: CalibrationCertified) -> None:
        self._context, self._first = context, stated

    def __call__(self, reference: CertificateReference) -> bytes | None:
        """Return the document with that hash, None where it is not at hand."""
        wanted = digest_of(reference.value, _SHA256)
        seen: set[str] = set()
        waiting: list[str] = list(self._first.standards)
        while wanted is not None and waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            try:
                stated = stated_certificate(self._context, name)
            except NotFoundError:
                continue
            if stated.document is not None and stated.document.sha256 == wanted.hex():
                return self._blob(stated.document.sha256)
            waiting += getattr(stated, "standards", ())
        return None

    def _blob(self, name: str) -> bytes | None:
        try:
            return self._context.store.blob(name)
        except NotFoundError:
            return None
