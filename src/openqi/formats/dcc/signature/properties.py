"""When a signature was made, and who its properties say made it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from openqi.formats.dcc.signature import chain
from openqi.formats.dcc.signature.algorithms import DIGESTS, EXCLUSIVE, UnsupportedError
from openqi.formats.dcc.signature.envelope import DS, XADES, BrokenError, Envelope, bytes_of, canonical, only
from openqi.formats.dcc.signature.revocation import Evidence, revocation
from openqi.formats.dcc.signature.timestamp import TimeStamp, time_stamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

_MAX_STAMPS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Signing:
    """When it was signed: `step` tells how that was found.

    Args:
        at: instant, None where nobody says.
        source: who says so.
        names_signer: the signed properties name the certificate of the key that signed, or none.
    """

    at: datetime | None
    source: Literal["timestamp", "claimed"] | None
    names_signer: bool
    step: tuple[str, str, str]


def signing_of(envelope: Envelope, roots: "tuple[Certificate, ...]", evidence: Evidence, *, signed: bool) -> Signing:
    """Return when a signature was made: at the earliest time-stamp that holds and whose issuer is believed, else as claimed.

    Args:
        envelope: whose signature holds.
        roots: issuers that are believed, also of time-stamps.
        evidence: of revocation.
        signed: the properties are signed; what is not signed claims nothing.

    Raises:
        BrokenError: the properties cannot be read.
        UnsupportedError: they use what is not listed.
    """
    held = envelope.signature.find(
        f"{DS}Object/{XADES}QualifyingProperties/{XADES}SignedProperties/{XADES}SignedSignatureProperties"
    )
    claimed = _claimed(held) if signed and held is not None else None
    names_signer = not signed or held is None or _names(held, envelope.certificates[0])
    stamps, why = _stamps(envelope, roots, evidence)
    if stamps:
        first = min(stamps, key=lambda stamp: stamp.at)
        told = f"time-stamp {first.at:%Y-%m-%dT%H:%M:%SZ} by {first.signer.subject.rfc4514_string()}"
        return Signing(at=first.at, source="timestamp", names_signer=names_signer, step=("passed", "time", told))
    told = f"{why}; only the signer says {claimed:%Y-%m-%dT%H:%M:%SZ}" if claimed else f"{why}, and the signer does not say when"
    return Signing(
        at=claimed, source="claimed" if claimed else None, names_signer=names_signer, step=("not checked", "time", told)
    )  # fmt: skip


def _claimed(properties: "_Element") -> datetime | None:
    element = properties.find(XADES + "SigningTime")
    if element is None:
        return None
    try:
        found = datetime.fromisoformat((element.text or "").strip())
        if found.tzinfo is None:
            raise BrokenError("the time of signing has no time zone")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the first and the last day there is have no UTC in some time zones
        raise BrokenError("the time of signing is no instant") from error


def _names(properties: "_Element", signer: "Certificate") -> bool:
    """Whether the first certificate that the properties name is the signer's."""
    from cryptography.hazmat.primitives.serialization import Encoding

    held = properties.find(f"{XADES}SigningCertificateV2/{XADES}Cert/{XADES}CertDigest")
    if held is None:
        held = properties.find(f"{XADES}SigningCertificate/{XADES}Cert/{XADES}CertDigest")
    if held is None:
        return True
    method = only(held, DS + "DigestMethod").get("Algorithm") or ""
    if method not in DIGESTS:
        raise UnsupportedError(f"the digest method {method[:80]!r} is not on the list")
    digest = hashlib.new(DIGESTS[method], signer.public_bytes(Encoding.DER)).digest()
    return digest == bytes_of(only(held, DS + "DigestValue"))


def _stamps(envelope: Envelope, roots: "tuple[Certificate, ...]", evidence: Evidence) -> tuple[list[TimeStamp], str]:
    """The time-stamps that count, and why there is none."""
    held = envelope.signature.find(f"{DS}Object/{XADES}QualifyingProperties/{XADES}UnsignedProperties")
    carried = list(held.iter(XADES + "SignatureTimeStamp"))[:_MAX_STAMPS] if held is not None else []
    why, found = "no time-stamp is carried", []
    value = only(envelope.signature, DS + "SignatureValue")
    for element in carried:
        method = element.find(DS + "CanonicalizationMethod")
        token = element.find(XADES + "EncapsulatedTimeStamp")
        if token is None or (method is not None and method.get("Algorithm") != EXCLUSIVE):
            why = "the time-stamp is of a form that is not on the list"
            continue
        stamp = time_stamp(bytes_of(token), canonical(value, EXCLUSIVE))
        if stamp is None:
            why = "the time-stamp does not hold"
            continue
        trusted = chain.path(stamp.signer, (*stamp.others, *envelope.certificates), roots, stamp.at)
        if trusted is None:
            why = f"you do not believe the issuer of the time-stamp {stamp.at:%Y-%m-%dT%H:%M:%SZ}"
            continue
        pairs = pairwise(trusted)
        if any(revocation(one, issuer, evidence, envelope.certificates, stamp.at).state == "revoked" for one, issuer in pairs):
            why = "a certificate behind the time-stamp was revoked"
            continue
        found.append(stamp)
    return found, why
