"""Follows certificates to those they rest on, by hash, to the end of the chain, and says why it ends."""

import binascii
import hashlib
import hmac
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from openqi.formats.dcc.certificate import DigitalCertificate, read_certificate
from openqi.formats.dcc.document import CertificateReference
from openqi.kernel.errors import DomainError, FormatError

LinkState = Literal["matches", "wrong-hash", "missing", "expired", "paper", "si", "unknown-procedure"]
Find = Callable[[CertificateReference], bytes | None]
MAX_LINKS: Final = 100
SI: Final = "https://si-digital-framework.org/SI"
PAPER: Final = frozenset({"analogue", "analog", "paper"})
HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
DUE: Final = "basic_recalibration"


@dataclass(frozen=True, kw_only=True)
class Link:
    """One step of the chain; `depth` is 1 for what the certificate itself names, `line` that of the naming in its file."""

    identifier: str
    state: LinkState
    why: str
    depth: int
    line: int


def follow(certificate: DigitalCertificate, find: Find, *, at: str) -> tuple[Link, ...]:
    """Return every link of the chain, each branch to its end before the next one begins.

    A file is followed where its hash is the stated one; what a certificate says of a certificate further down is checked too,
    where that one is not named by the file itself. A file whose hash is another is not the certificate, and is not followed.

    Args:
        certificate: to begin with.
        find: gives the file of a certificate that is named, None where it is not at hand.
        at: the day for which certificates must be in force, `2026-01-12`: not after the day when they are due again, where
            they state one (refType basic_recalibration).

    Raises:
        DomainError: the chain comes back to itself, or has more than 100 links.

    Source: [DCC] hashType.
    """
    walk = _Walk(find, at)
    for reference in certificate.links:
        walk.step(reference, (), 1)
    return tuple(walk.links)


class _Walk:
    def __init__(self, find: Find, at: str) -> None:
        self._find, self._at = find, at
        self.links: list[Link] = []

    def step(self, reference: CertificateReference, above: tuple[tuple[str, str], ...], depth: int) -> None:
        """Check one reference, and go on from there."""
        own = (reference.identifier, reference.value)
        if own in above:
            raise DomainError(f"the chain comes back to {reference.identifier!r}; a certificate cannot rest on itself")
        if len(self.links) == MAX_LINKS:
            raise DomainError(f"the chain has more than {MAX_LINKS} links; follow a certificate further down by itself")
        place = len(self.links)
        state, why, found = self._judged(reference)
        self.links.append(Link(identifier=reference.identifier, state=state, why=why, depth=depth, line=reference.line))
        further = list(found.links) if found else []
        named = {(one.identifier, one.value) for one in further}
        if reference.linked and (reference.linked.identifier, reference.linked.value) not in named:
            further.append(reference.linked)
        elif found and state == "matches" and not further:
            told = f"{why}; it names no further certificate: the chain ends here"
            self.links[place] = Link(
                identifier=reference.identifier, state=state, why=told, depth=depth, line=reference.line
            )  # fmt: skip
        for one in further:
            self.step(one, (*above, own), depth + 1)

    def _judged(self, reference: CertificateReference) -> tuple[LinkState, str, DigitalCertificate | None]:
        identifier, procedure = reference.identifier, reference.procedure.lower().replace("-", "").replace("_", "").replace(" ", "")
        if identifier == SI or identifier.startswith(f"{SI}/"):
            return "si", "a definition of the International System of Units: the chain ends here", None
        if procedure in PAPER:
            return "paper", "a certificate on paper, which has no hash: the chain ends here", None
        if procedure not in HASHES:
            return "unknown-procedure", f"the procedure {reference.procedure[:40]!r} is none of {', '.join(sorted(HASHES))}", None
        stated = digest_of(reference.value, hashlib.new(procedure).digest_size)
        if stated is None:
            return "wrong-hash", f"{reference.value[:40]!r} is no {procedure} hash, in hexadecimal or base64", None
        data = self._find(reference)
        if data is None:
            return "missing", "the file is not at hand, so that its hash was not compared", None
        if not hmac.compare_digest(hashlib.new(procedure, data).digest(), stated):
            return (
                "wrong-hash",
                f"the {procedure} of the file is {hashlib.new(procedure, data).hexdigest()}, not the stated one",
                None,
            )
        return self._matching(data, reference)

    def _matching(self, data: bytes, reference: CertificateReference) -> tuple[LinkState, str, DigitalCertificate | None]:
        try:
            found = read_certificate(data, name=reference.identifier)
        except FormatError as error:
            return "matches", f"the hash is that of the file, which cannot be followed: {error}", None
        due = min((one.date[:10] for one in found.document.statements if one.date and DUE in one.ref_types), default=None)
        if due and due < self._at:
            return "expired", f"the hash is that of the file, which was due for calibration on {due}", found
        other = found.document.unique_identifier
        told = "" if other == reference.identifier else f", whose identifier is {other!r}"
        return "matches", f"the hash is that of the file{told}", found


def digest_of(text: str, size: int) -> bytes | None:
    """Return the bytes of a hash in hexadecimal or base64, None where it is neither or of another length than `size`."""
    packed = "".join(text.split())
    try:
        found = bytes.fromhex(packed) if len(packed) == 2 * size else b64decode(packed, validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == size else None
