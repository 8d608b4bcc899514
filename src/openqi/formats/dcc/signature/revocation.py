"""Whether a certificate was revoked, as the lists and answers say that a signature carries."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from openqi.formats.dcc.signature.chain import OCSP_SIGNING, faults, in_force, is_for, issued, may_sign_lists

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateRevocationList, Name, RevokedCertificate
    from cryptography.x509.ocsp import OCSPResponse, OCSPSingleResponse

_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_MAX: Final = 50


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """What the carried evidence says of one certificate: where it was revoked, when; `why` in a sentence."""

    state: Literal["good", "revoked", "not checked"]
    why: str
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Revocation lists, with who issued them, and answers that a signature carries; what cannot be read counts for nothing."""

    lists: "tuple[tuple[CertificateRevocationList, Name], ...]"
    answers: "tuple[OCSPResponse, ...]"


def evidence_of(lists: Iterable[bytes], answers: Iterable[bytes]) -> Evidence:
    """Return what can be read of lists (CRL) and answers (OCSP), DER."""
    from cryptography import x509
    from cryptography.x509 import ocsp

    read_lists, read_answers = [], []
    for data in list(lists)[:_MAX]:
        try:
            read_list = x509.load_der_x509_crl(data)
            read_lists.append((read_list, read_list.issuer))
        except faults():
            continue
    for data in list(answers)[:_MAX]:
        try:
            answer = ocsp.load_der_ocsp_response(data)
        except faults():
            continue
        if answer.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL:
            read_answers.append(answer)
    return Evidence(lists=tuple(read_lists), answers=tuple(read_answers))


def revocation(
    certificate: "Certificate", issuer: "Certificate", evidence: Evidence, others: "Iterable[Certificate]", at: datetime
) -> Revocation:
    """Return whether a certificate was revoked at an instant.

    They are signed by the issuer itself or, for answers, by one whom it has authorised. That a certificate was not revoked is
    believed only where they were in force at that instant; that it was, always, since nobody takes that back: a list of later
    tells of a revocation before. Only a certificate on hold may come back, so that an older list does not tell of it.

    Source: [RFC5280] clause 6.3, [RFC6960] clause 3.2.
    """
    found: list[Revocation] = []
    name = issuer.subject
    for one, by in evidence.lists:
        try:
            found += _listed(certificate, one, at) if by == name and _list_counts(one, issuer) else []
        except faults():
            continue  # a list that cannot be read says nothing
    for answer in evidence.answers:
        try:
            found += _answered(certificate, issuer, answer, others, at)
        except faults():
            continue  # an answer that cannot be read says nothing
    revoked = [one for one in found if one.state == "revoked"]
    if revoked:
        return min(revoked, key=lambda one: one.since or at)
    return found[0] if found else Revocation(state="not checked", why="neither a list nor an answer about it that was in force")


def _list_counts(one: "CertificateRevocationList", issuer: "Certificate") -> bool:
    """Whether a list is complete, and by this issuer, whose name it has."""
    try:
        algorithm = one.signature_hash_algorithm
        if algorithm is None or algorithm.name not in _HASHES or not may_sign_lists(issuer):
            return False
        if any(extension.critical for extension in one.extensions):  # a part of a list, or one about others' certificates
            return False
        return one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except faults():
        return False


def _fresh(since: datetime, until: datetime | None, at: datetime) -> bool:
    return until is not None and since <= at <= until


def _listed(certificate: "Certificate", one: "CertificateRevocationList", at: datetime) -> list[Revocation]:
    entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
    issued_at = f"{one.last_update_utc:%Y-%m-%dT%H:%M:%SZ}"
    fresh = _fresh(one.last_update_utc, one.next_update_utc, at)
    if entry is None:
        return [Revocation(state="good", why=f"not on the revocation list of {issued_at}")] if fresh else []
    if one.last_update_utc < at and not fresh and _on_hold(entry):
        return []
    since = _doubtful_since(entry)
    return [Revocation(state="revoked", since=since, why=f"revoked {since:%Y-%m-%dT%H:%M:%SZ} by the list of {issued_at}")]


def _on_hold(entry: "RevokedCertificate") -> bool:
    from cryptography import x509

    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason == x509.ReasonFlags.certificate_hold
    except x509.ExtensionNotFound:
        return False


def _doubtful_since(entry: "RevokedCertificate") -> datetime:
    """When a certificate was revoked, or since when its key is said to be in other hands where that is earlier."""
    from cryptography import x509

    try:
        doubtful = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(doubtful, entry.revocation_date_utc)


def _answered(
    certificate: "Certificate", issuer: "Certificate", answer: "OCSPResponse", others: "Iterable[Certificate]", at: datetime
) -> list[Revocation]:
    about = [one for one in answer.responses if _is_about(one, certificate, issuer)]
    if not about or not _authorised(answer, issuer, others, at):
        return []
    return [told for one in about for told in _told(one, at)]


def _told(one: "OCSPSingleResponse", at: datetime) -> list[Revocation]:
    from cryptography import x509
    from cryptography.x509.ocsp import OCSPCertStatus

    fresh = _fresh(one.this_update_utc, one.next_update_utc, at)
    told = f"the answer of {one.this_update_utc:%Y-%m-%dT%H:%M:%SZ}"
    if one.certificate_status == OCSPCertStatus.GOOD:
        return [Revocation(state="good", why=f"good by {told}")] if fresh else []
    since = one.revocation_time_utc
    hold = one.revocation_reason == x509.ReasonFlags.certificate_hold and one.this_update_utc < at and not fresh
    if one.certificate_status == OCSPCertStatus.REVOKED and since is not None and not hold:
        return [Revocation(state="revoked", since=since, why=f"revoked {since:%Y-%m-%dT%H:%M:%SZ} by {told}")]
    return []


def _is_about(one: "OCSPSingleResponse", certificate: "Certificate", issuer: "Certificate") -> bool:
    # The hashes here only name the issuer; that the old SHA-1 is common in them takes nothing from the signature of the answer.
    # By name and key: issuers of one name number their certificates alike.
    if one.serial_number != certificate.serial_number or one.hash_algorithm.name not in _HASHES | {"sha1"}:
        return False
    digest = partial(hashlib.new, one.hash_algorithm.name, usedforsecurity=False)
    if digest(issuer.subject.public_bytes()).digest() != one.issuer_name_hash:
        return False
    return bool(digest(_key_bits(issuer)).digest() == one.issuer_key_hash)


def _key_bits(certificate: "Certificate") -> bytes:
    """The bits of a certificate's key, without tag and length.

    Source: [RFC6960] clause 4.1.1.
    """
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)  # keys of other kinds issue nothing: a ValueError


def _authorised(answer: "OCSPResponse", issuer: "Certificate", others: "Iterable[Certificate]", at: datetime) -> bool:
    """Whether the issuer signed the answer, or one with a certificate of the issuer for this purpose."""
    from openqi.formats.dcc.signature.algorithms import UnsupportedError, holds

    algorithm = answer.signature_hash_algorithm
    if algorithm is None or algorithm.name not in _HASHES:
        return False
    for one in (issuer, *answer.certificates, *others):
        if one is not issuer and not (is_for(one, OCSP_SIGNING, alone=False) and issued(one, issuer) and in_force(one, at)):
            continue
        for family in ("rsa", "ecdsa"):
            try:
                if holds(one, family, algorithm.name, answer.signature, answer.tbs_response_bytes, raw=False):
                    return True
            except UnsupportedError:
                continue
    return False
