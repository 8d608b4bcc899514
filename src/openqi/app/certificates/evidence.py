"""What the examination of a certificate came to, as a record; and which certificates are not taken into a chain at all."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from openqi.app.certificates.sheet import CertificateSheet
from openqi.formats.dcc.signature.chain import loaded
from openqi.formats.dcc.signature.verify import verify_signature
from openqi.kernel.errors import FormatError
from openqi.records import Content
from openqi.records.certificates import MOST, CertificateExamined, FindingStated, LinkExamined, VerdictsExamined

REFUSED: Final = frozenset({"changed", "broken", "revoked"})
"""States of a signature with which a certificate is not taken in: it is not what was signed, or was not signed by whom it says."""
_LONGEST: Final = 300


def check_signature(data: bytes, *, name: str, roots: Sequence[bytes], now: str, stamp_roots: Sequence[bytes] = ()) -> None:
    """Refuse a certificate whose signature says that it must not be used; one without a signature is taken as it is.

    Args:
        data: of the certificate.
        name: of its file.
        roots: certificates of issuers that are believed.
        now: instant at which it is judged.
        stamp_roots: the same for time-stamps.

    Raises:
        FormatError: it was changed after it was signed, its signature is broken, or a certificate of the signer was revoked.
    """
    report = verify_signature(data, roots=roots, now=now, stamp_roots=stamp_roots)
    if report.state in REFUSED:
        why = next((why for _, outcome, why in report.steps if outcome == "failed"), "")
        told = f"its signature is {report.state}: {why}; ask the laboratory for the file as it was signed"
        raise FormatError(f"{name}:1: the certificate is not taken in, {told} (`openqi dcc verify` shows the steps)")


def examination_body(
    sheet: CertificateSheet, *, certificate: str, document: Content, roots: Sequence[bytes], record: str | None,
    stamp_roots: Sequence[bytes] = (),
) -> CertificateExamined:  # fmt: skip
    """Return what an examination came to, as a body.

    Args:
        sheet: what was examined, with the same `roots` and `stamp_roots`.
        certificate: URI of the certificate.
        document: the bytes that were examined.
        roots: certificates of issuers that were believed.
        record: the certificate's own record, where there is one.
        stamp_roots: the same for time-stamps.
    """
    signature, examination, verdicts = sheet.signature, sheet.examination, sheet.examination.verdicts
    undecided = sum(one.outcome is None for one in verdicts)
    agreeing = sum(one.outcome == one.stated for one in verdicts)
    return CertificateExamined(
        certificate=certificate, number=sheet.certificate.document.unique_identifier, document=document, judged_at=sheet.judged_at,
        signature=signature.state, signer=signature.signer, signed_at=signature.signed_at, time_source=signature.time_source,
        revocation=signature.revocation,
        roots=tuple(map(_content, believed(roots))), stamp_roots=tuple(map(_content, believed(stamp_roots))),
        structure=examination.structure, schema=examination.xsd, content=examination.content,
        verdicts=VerdictsExamined(
            stated=len(verdicts), agreeing=agreeing, undecided=undecided, differing=len(verdicts) - agreeing - undecided,
            without_rule=sum(one.rule is None for one in verdicts),
        ),
        finding_count=len(examination.findings), link_count=len(sheet.links),
        findings=tuple(
            FindingStated(rule=one.rule, clause=one.clause, line=one.line, text=one.text[:_LONGEST])
            for one in examination.findings[:MOST]
        ),
        links=tuple(LinkExamined(identifier=one.identifier, state=one.state, depth=one.depth) for one in sheet.links[:MOST]),
        record=record,
    )  # fmt: skip


def believed(roots: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the certificates of issuers, each as DER and once, in the order in which a record names them."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return tuple(sorted({one.public_bytes(Encoding.DER) for one in loaded(roots)}, key=lambda der: sha256(der).digest()))


def _content(der: bytes) -> Content:
    return Content(media_type="application/pkix-cert", sha256=sha256(der).hexdigest(), size=len(der))
