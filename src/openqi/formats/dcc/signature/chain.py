"""The path from a signer to an issuer that is believed, as of one instant."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.signature.algorithms import UnsupportedError, listed_key
from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name

MAX_LENGTH: Final = 8
MAX_TRIES: Final = 500
"""Signatures of certificates that are verified for one path: certificates that issue each other have paths without number."""
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_UNDERSTOOD: Final = frozenset({"2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.32", "2.5.29.17", "2.5.29.14", "2.5.29.35"})
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
# Servers, clients, programs, time-stamps, answers: who asks for time-stamps of an issuer does not believe its web servers too.
_OTHER_PURPOSES: Final = frozenset({"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3", TIME_STAMPING, OCSP_SIGNING})


def faults() -> tuple[type[Exception], ...]:
    """Return what the library raises where a certificate, a list or an answer is malformed, which it often is only when asked."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import DuplicateExtension, ExtensionNotFound, InvalidVersion

    return (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, InvalidVersion, DuplicateExtension, ExtensionNotFound)


def loaded(roots: Sequence[bytes]) -> "tuple[Certificate, ...]":
    """Return certificates given as DER or PEM, several in one PEM too.

    Raises:
        FormatError: one is neither.
    """
    from cryptography import x509

    found: list[Certificate] = []
    for place, data in enumerate(roots, start=1):
        try:
            if b"-----BEGIN" in data:
                found += x509.load_pem_x509_certificates(data)
            else:
                found.append(x509.load_der_x509_certificate(data))
        except faults() as error:
            raise FormatError(f"root {place} of {len(roots)} is no X.509 certificate, in DER or PEM") from error
    return tuple(found)


def certificate_of(der: bytes) -> "Certificate | None":
    """Return a certificate, None where it is none. Most of it is only read when asked: see `sound`."""
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der)
    except faults():
        return None


def der_of(certificate: "Certificate") -> bytes:
    """Return the bytes of a certificate."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def sound(certificate: "Certificate") -> bool:
    """Return whether all that is asked of a certificate can be read."""
    try:
        _ = (certificate.subject.rfc4514_string(), certificate.issuer, certificate.public_key())
        _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc, len(certificate.extensions))
    except faults():
        return False
    return True


def in_force(certificate: "Certificate", at: datetime) -> bool:
    """Return whether a certificate is within its time."""
    try:
        return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    except faults():
        return False


def path(
    leaf: "Certificate", others: "Iterable[Certificate]", roots: "Sequence[Certificate]", at: datetime
) -> "tuple[Certificate, ...] | None":
    """Return the certificates from `leaf` to a root, all in force and each issued by the next; None where there is no such path.

    Raises:
        UnsupportedError: there are so many certificates that issue each other that the search was given up.

    Source: [RFC5280] clause 6, without policies and names, which are not judged: a critical extension about them is refused.
    """
    pool = [(one, _subject(one)) for one in (*roots, *others)]
    believed = set(roots)
    tries = 0

    def grown(so_far: "tuple[Certificate, ...]") -> "tuple[Certificate, ...] | None":
        nonlocal tries
        last = so_far[-1]
        if not sound(last) or not in_force(last, at) or not _understood(last):
            return None
        if last in believed:
            return so_far
        if len(so_far) == MAX_LENGTH:
            return None
        wanted = last.issuer
        for issuer, subject in pool:
            if subject != wanted or issuer in so_far or not _may_issue(issuer, len(so_far) - 1):
                continue
            tries += 1
            if tries > MAX_TRIES:
                raise UnsupportedError(f"a path to an issuer was not found in {MAX_TRIES} tries; the certificates issue each other")
            if issued(last, issuer):
                found = grown((*so_far, issuer))
                if found:
                    return found
        return None

    return grown((leaf,))


def _subject(certificate: "Certificate") -> "Name | None":
    """The name of a certificate, None where it cannot be read: then it has issued nothing."""
    try:
        return certificate.subject
    except faults():
        return None


def issued(certificate: "Certificate", issuer: "Certificate") -> bool:
    """Return whether a certificate names another as its issuer, and is signed by its key, with a hash that is listed."""
    from cryptography.exceptions import InvalidSignature

    try:
        algorithm = certificate.signature_hash_algorithm
        if algorithm is None or algorithm.name not in _HASHES:
            return False
        certificate.verify_directly_issued_by(issuer)  # a ValueError where the names differ
    except InvalidSignature:
        return False
    except faults():
        return False
    return True


def _understood(certificate: "Certificate") -> bool:
    try:
        return all(one.oid.dotted_string in _UNDERSTOOD for one in certificate.extensions if one.critical)
    except faults():
        return False


def _may_issue(certificate: "Certificate", below: int) -> bool:
    """Whether a certificate is that of an issuer with a key that is listed, with at most so many issuers below it."""
    from cryptography import x509

    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not listed_key(certificate):
            return False
    except faults():
        return False
    return basic.ca and usage.key_cert_sign and (basic.path_length is None or below <= basic.path_length)


def may_sign(certificate: "Certificate") -> bool:
    """Return whether the key of a certificate may sign documents: by its usage, and not only for another purpose.

    What is not stated is not restricted. Purposes for documents are many, also ones of an issuer's own, so that only those are
    named that are not.

    Source: [RFC5280] clauses 4.2.1.3 and 4.2.1.12.
    """
    from cryptography import x509

    try:
        usages = [one.value for one in certificate.extensions if isinstance(one.value, x509.KeyUsage)]
        purposes = [one.value for one in certificate.extensions if isinstance(one.value, x509.ExtendedKeyUsage)]
        named = {purpose.dotted_string for one in purposes for purpose in one}
    except faults():
        return False
    return all(one.digital_signature or one.content_commitment for one in usages) and not (named and named <= _OTHER_PURPOSES)


def may_sign_lists(certificate: "Certificate") -> bool:
    """Return whether an issuer may sign revocation lists: its usage says so, or it states none."""
    from cryptography import x509

    try:
        return all(one.value.crl_sign for one in certificate.extensions if isinstance(one.value, x509.KeyUsage))
    except faults():
        return False


def is_for(certificate: "Certificate", purpose: str, *, alone: bool) -> bool:
    """Return whether a certificate states a purpose (an extended key usage), and no other where it must stand alone."""
    from cryptography import x509

    try:
        stated = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except faults():
        return False
    purposes = [one.dotted_string for one in stated.value]
    return purpose in purposes and (not alone or (stated.critical and len(purposes) == 1))
