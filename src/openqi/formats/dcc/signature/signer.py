"""Whose signature it is: of the certificates that a signature carries the one whose key it is by, wherever it stands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.signature.algorithms import DIGESTS, UnsupportedError, holds
from openqi.formats.dcc.signature.chain import certificate_of, der_of, sound
from openqi.formats.dcc.signature.element import DS, XADES, BrokenError, bytes_of, only, same_digest

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

_SIGNED: Final = f"{DS}Object/{XADES}QualifyingProperties/{XADES}SignedProperties/{XADES}SignedSignatureProperties"
_MAX_CERTIFICATES: Final = 50


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signed.

    Args:
        certificates: all that are carried, that of the signer first.
        holds: whether the signature is by its key; if it is by none, the first one stands for the signer.
    """

    certificates: "tuple[Certificate, ...]"
    holds: bool


def signer_of(signature: "_Element", family: str, digest: str, value: bytes, data: bytes) -> Signer:
    """Return whose signature over `data` it is.

    [XMLDSIG] clause 4.5.4 leaves the order of certificates open: an issuer may stand before the signer. Two certificates may have
    one key; then it is that which the properties name.

    Args:
        signature: the element.
        family: as `algorithms.holds`; so are `digest` and `value`.
        digest: likewise.
        value: likewise.
        data: that was signed.

    Raises:
        BrokenError: no certificate can be read, or there are too many.
        UnsupportedError: there is none, or the key of the first is not listed and the signature is by no other.
    """
    carried = _carried(signature)
    named = _named(signature)
    ordered = carried if named is None else sorted(carried, key=lambda der: not same_digest(*named, der))
    first: Certificate | None = None
    unlisted: UnsupportedError | None = None
    for one in filter(None, map(_readable, ordered)):
        first = first or one
        try:
            if holds(one, family, digest, value, data, raw=True):
                return Signer(certificates=_beginning_with(one, carried), holds=True)
        except UnsupportedError as error:
            unlisted = unlisted or error
    if first is None:
        raise BrokenError("the signer's certificate cannot be read")
    if unlisted is not None:
        raise unlisted
    return Signer(certificates=_beginning_with(first, carried), holds=False)


def _readable(der: bytes) -> "Certificate | None":
    one = certificate_of(der)
    return one if one is not None and sound(one) else None


def _beginning_with(first: "Certificate", carried: list[bytes]) -> "tuple[Certificate, ...]":
    der = der_of(first)
    others = (certificate_of(one) for one in carried if one != der)
    return (first, *(one for one in others if one is not None))


def signed_properties(signature: "_Element") -> "_Element | None":
    """Return the properties of a signature that may be signed, None where there are none."""
    return signature.find(_SIGNED)


def signed_digest(properties: "_Element | None") -> tuple[str, bytes] | None:
    """Return method and value of the digest by which properties name the signer's certificate, the first of those they name.

    Raises:
        BrokenError: the digest is none.
        UnsupportedError: its method is not listed.
    """
    if properties is None:
        return None
    held = properties.find(f"{XADES}SigningCertificateV2/{XADES}Cert/{XADES}CertDigest")
    if held is None:
        held = properties.find(f"{XADES}SigningCertificate/{XADES}Cert/{XADES}CertDigest")
    if held is None:
        return None
    method = only(held, DS + "DigestMethod").get("Algorithm") or ""
    if method not in DIGESTS:
        raise UnsupportedError(f"the digest method {method[:80]!r} is not on the list")
    return method, bytes_of(only(held, DS + "DigestValue"))


def _named(signature: "_Element") -> tuple[str, bytes] | None:
    """As `signed_digest`, before it is known whether the properties are signed: what they say wrongly is told by who asks later."""
    try:
        return signed_digest(signed_properties(signature))
    except (BrokenError, UnsupportedError):
        return None


def _carried(signature: "_Element") -> list[bytes]:
    info = signature.find(DS + "KeyInfo")
    held = list(info.iter(DS + "X509Certificate")) if info is not None else []
    if not held:
        raise UnsupportedError("the signature names its key without a certificate")
    held += signature.iter(XADES + "EncapsulatedX509Certificate")
    if len(held) > _MAX_CERTIFICATES:
        raise BrokenError(f"{len(held)} certificates; at most {_MAX_CERTIFICATES} are read")
    # One certificate often stands twice: with the key, and among the long-term data.
    return list(dict.fromkeys(map(bytes_of, held)))
