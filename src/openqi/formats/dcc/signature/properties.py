"""When a signature was made, and who its properties say made it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from openqi.formats.dcc.signature import chain
from openqi.formats.dcc.signature.algorithms import EXCLUSIVE
from openqi.formats.dcc.signature.element import DS, XADES, BrokenError, bytes_of, canonical, only, same_digest
from openqi.formats.dcc.signature.envelope import Envelope
from openqi.formats.dcc.signature.revocation import Evidence, revocation
from openqi.formats.dcc.signature.signer import signed_digest, signed_properties
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


def signing_of(envelope: Envelope, stamp_roots: "tuple[Certificate, ...]", evidence: Evidence, *, signed: bool) -> Signing:
    """Return when a signature was made: at the earliest time-stamp that holds and whose issuer is believed, else as claimed.

    Args:
        envelope: whose signature holds.
        stamp_roots: issuers of time-stamps that are believed.
        evidence: of revocation.
        signed: the properties are signed; what is not signed claims nothing.

    Raises:
        BrokenError: the properties cannot be read.
        UnsupportedError: they use what is not listed.
    """
    held = signed_properties(envelope.signature)
    claimed = _claimed(held) if signed and held is not None else None
    names_signer = not signed or held is None or _names(held, envelope.signer.certificates[0])
    stamps, why = _stamps(envelope, stamp_roots, evidence)
    if stamps:
        first, unchecked = min(stamps, key=lambda one: one[0].at)
        told = f"time-stamp {first.at:%Y-%m-%dT%H:%M:%SZ} by {first.signer.subject.rfc4514_string()}"
        step = ("not checked", "time", f"{told}; {unchecked}") if unchecked else ("passed", "time", told)
        return Signing(at=first.at, source="timestamp", names_signer=names_signer, step=step)
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
    """Whether the first certificate that the properties name is the signer's, or they name none."""
    named = signed_digest(properties)
    return named is None or same_digest(*named, chain.der_of(signer))


def _stamps(envelope: Envelope, roots: "tuple[Certificate, ...]", evidence: Evidence) -> tuple[list[tuple[TimeStamp, str]], str]:
    """The time-stamps that count, each with what was not checked of it, if anything; and why there is none."""
    held = envelope.signature.find(f"{DS}Object/{XADES}QualifyingProperties/{XADES}UnsignedProperties")
    carried = list(held.iter(XADES + "SignatureTimeStamp"))[:_MAX_STAMPS] if held is not None else []
    why, found, others = "no time-stamp is carried", [], envelope.signer.certificates
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
        trusted = chain.path(stamp.signer, (*stamp.others, *others), roots, stamp.at)
        if trusted is None:
            why = f"the issuer of the time-stamp {stamp.at:%Y-%m-%dT%H:%M:%SZ} is none that you believe for time-stamps"
            continue
        pairs = list(pairwise(trusted))
        told = [revocation(one, issuer, evidence, (*stamp.others, *others), stamp.at).state for one, issuer in pairs]
        if "revoked" in told:
            why = "a certificate behind the time-stamp was revoked"
            continue
        doubtful = [one.subject.rfc4514_string() for (one, _), state in zip(pairs, told, strict=True) if state == "not checked"]
        found.append((stamp, f"whether {doubtful[0]} was revoked is not checked" if doubtful else ""))
    return found, why
