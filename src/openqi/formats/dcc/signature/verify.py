"""Verifies the XML signature of a certificate in numbered steps: form, digests, signature, time, issuers, revocation."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from openqi.formats.dcc.signature import chain
from openqi.formats.dcc.signature.algorithms import UnsupportedError
from openqi.formats.dcc.signature.element import DS, XADES, BrokenError, bytes_of
from openqi.formats.dcc.signature.envelope import Envelope, opened, references, signature_of
from openqi.formats.dcc.signature.properties import Signing, signing_of
from openqi.formats.dcc.signature.report import SignatureReport, State
from openqi.formats.dcc.signature.revocation import Evidence, Revocation, evidence_of, revocation
from openqi.formats.dcc.xml import parsed
from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

Step = tuple[str, str, str]
_CLOCKS: Final = timedelta(minutes=5)
"""How far the clocks of two people may be apart."""


def verify_signature(data: bytes, *, roots: Sequence[bytes], now: str, stamp_roots: Sequence[bytes] = ()) -> SignatureReport:
    """Return what the signature of a certificate came to.

    Args:
        data: of the certificate.
        roots: certificates of issuers that are believed to say who signs, DER or PEM; without any, no issuer is known.
        now: instant, RFC 3339; only used to say what has expired since, and that nobody has signed later than now.
        stamp_roots: likewise, of issuers that are believed to say who stamps time; without any, no time-stamp counts. They are not
            the same by default: who believes an issuer's laboratories need not believe its clocks, nor the other way round.

    Raises:
        FormatError: as `check_structure`, a root that is no certificate, or `now` is no instant.

    Source: [XMLDSIG], [XADES], [C14N11], [RFC3161], [RFC5280], [RFC5652], [RFC6960].
    """
    from cryptography.utils import CryptographyDeprecationWarning

    root = parsed(data, file="certificate", instructions=True).element
    with warnings.catch_warnings():
        # What the library says of strange certificates is for programmers; here they hold or do not hold.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return _Verification(chain.loaded(roots), chain.loaded(stamp_roots), _instant(now)).report(root)


def _instant(now: str) -> datetime:
    try:
        found = datetime.fromisoformat(now)
    except ValueError as error:
        raise FormatError(f"now {now[:40]!r} is no instant; write for example 2026-01-12T08:00:00Z") from error
    if found.tzinfo is None:
        raise FormatError(f"now {now[:40]!r} has no time zone; write for example 2026-01-12T08:00:00Z")
    return found


class _Verification:
    """The steps of one verification, and what they came to."""

    def __init__(self, roots: "tuple[Certificate, ...]", stamp_roots: "tuple[Certificate, ...]", now: datetime) -> None:
        self._roots, self._stamp_roots, self._now = roots, stamp_roots, now
        self._steps: list[Step] = []
        self._signing: Signing | None = None
        self._signer: str | None = None
        self._revocation: Literal["good", "revoked", "not checked"] = "not checked"

    def report(self, root: "_Element") -> SignatureReport:
        try:
            state = self._state(root)
        except UnsupportedError as error:
            state = self._step("not checked", "form", str(error), "not-checked")
        except BrokenError as error:
            state = self._step("failed", "form", str(error), "broken")
        signing = self._signing
        return SignatureReport(
            state=state, signed_at=f"{signing.at:%Y-%m-%dT%H:%M:%SZ}" if signing and signing.at else None,
            time_source=signing.source if signing else None, signer=self._signer,
            steps=tuple(self._steps), revocation=self._revocation,
        )  # fmt: skip

    def _step(self, outcome: str, name: str, why: str, state: State) -> State:
        self._steps.append((name, outcome, why))
        return state

    def _state(self, root: "_Element") -> State:
        signature = signature_of(root)
        if signature is None:
            return self._step("not checked", "form", "the certificate carries no signature", "not-signed")
        # 1 form
        envelope = opened(root, signature)
        self._signer = envelope.signer.certificates[0].subject.rfc4514_string()
        self._step("passed", "form", "one signature, directly below the root, of listed algorithms", "valid")
        # 2 signature
        if not envelope.signer.holds:
            return self._step("failed", "signature", "it is not by the key of any certificate that it carries", "broken")
        if not chain.may_sign(envelope.signer.certificates[0]):
            return self._step("failed", "signature", "the certificate of its key is not one to sign documents with", "broken")
        self._step("passed", "signature", f"by the key of {self._signer}", "valid")
        # 3 parts
        found = references(envelope)
        whole = found.pop("document")
        if not all(found.values()):
            return self._step("failed", "signed properties", "they are not those that were signed", "broken")
        self._step("passed", "signed properties", "as signed" if found else "none are signed", "valid")
        # 4 document
        if not whole:
            return self._step("failed", "document", "it is not the one that was signed: it was changed afterwards", "changed")
        self._step("passed", "document", "as signed", "valid")
        return self._judged(envelope, signed_properties="properties" in found)

    def _judged(self, envelope: Envelope, *, signed_properties: bool) -> State:
        evidence = _evidence(envelope)
        # 5 time
        self._signing = signing = signing_of(envelope, self._stamp_roots, evidence, signed=signed_properties)
        if signing.at and signing.at > self._now + _CLOCKS:
            why = f"it says that it was made at {signing.at:%Y-%m-%dT%H:%M:%SZ}, which is still to come"
            return self._step("failed", "time", why, "broken")
        self._step(*signing.step, "valid")
        if not signing.names_signer:
            return self._step("failed", "signed properties", "they name another certificate as that of the signer", "broken")
        # 6 issuer
        leaf, at = envelope.signer.certificates[0], signing.at or self._now
        if not chain.in_force(leaf, at):
            return self._step("failed", "issuer", f"the signer's certificate was not in force at {at:%Y-%m-%dT%H:%M:%SZ}", "broken")
        trusted = chain.path(leaf, envelope.signer.certificates[1:], self._roots, at)
        if trusted is None:
            return self._step(
                "failed", "issuer", "no path of valid certificates leads to an issuer that you believe", "unknown-issuer"
            )
        self._step("passed", "issuer", " < ".join(one.subject.rfc4514_string() for one in trusted), "valid")
        # 7 revocation
        if self._was_revoked(trusted, evidence, envelope, at):
            return "revoked"
        # 8 now
        late = [one for one in trusted if not chain.in_force(one, self._now)]
        if late:
            until = min(one.not_valid_after_utc for one in late)
            why = f"held when it was signed; a certificate of its path is valid until {until:%Y-%m-%dT%H:%M:%SZ}"
            return self._step("passed", "today", why, "valid-then-expired-now")
        return self._step("passed", "today", "all certificates of its path are in force", "valid")

    def _was_revoked(self, trusted: "tuple[Certificate, ...]", evidence: Evidence, envelope: Envelope, at: datetime) -> bool:
        """Whether any certificate of the path but the root was; where only the signer says when, also if it was later."""
        proved = self._signing is not None and self._signing.source == "timestamp"
        found: list[Revocation] = []
        for one, issuer in pairwise(trusted):
            told = revocation(one, issuer, evidence, envelope.signer.certificates, at)
            if told.state == "revoked" and (not proved or told.since is None or told.since <= at):
                self._revocation = "revoked"
                self._step("failed", "revocation", f"{one.subject.rfc4514_string()}: {told.why}", "revoked")
                return True
            found.append(replace(told, why=f"{told.why}, after it was signed") if told.state == "revoked" else told)
        missing = [one for one, told in zip(trusted, found, strict=False) if told.state == "not checked"]
        if missing or not found:
            why = (
                f"{missing[0].subject.rfc4514_string()}: {found[trusted.index(missing[0])].why}"
                if missing
                else "the signer is believed"
            )
            self._step("not checked", "revocation", why, "valid")
            return False
        self._revocation = "good"
        self._step("passed", "revocation", "; ".join(told.why for told in found), "valid")
        return False


def _evidence(envelope: Envelope) -> Evidence:
    held = envelope.signature.find(f"{DS}Object/{XADES}QualifyingProperties/{XADES}UnsignedProperties")
    if held is None:
        return evidence_of((), ())
    return evidence_of(
        [bytes_of(one) for one in held.iter(XADES + "EncapsulatedCRLValue")],
        [bytes_of(one) for one in held.iter(XADES + "EncapsulatedOCSPValue")],
    )
