"""A time-stamp: somebody else's word that a signature existed at an instant."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from openqi.formats.dcc.signature.algorithms import UnsupportedError, holds
from openqi.formats.dcc.signature.chain import TIME_STAMPING, certificate_of, faults, is_for

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_FAMILIES: Final = {"rsassa_pkcs1v15": "rsa", "ecdsa": "ecdsa"}
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_MAX_CERTIFICATES: Final = 20
_MAX_SIZE: Final = 50_000  # tokens have about 10 000; each element of a message is an object when it is read


@dataclass(frozen=True, kw_only=True)
class TimeStamp:
    """A time-stamp whose signature holds; whether its signer is believed is not yet asked."""

    at: datetime
    signer: "Certificate"
    others: "tuple[Certificate, ...]"


def time_stamp(token: bytes, stamped: bytes) -> TimeStamp | None:
    """Return the time-stamp over `stamped` in a token, None where it does not hold.

    Args:
        token: DER of a signed CMS message with a TSTInfo, at most 50 kB.
        stamped: the bytes that were stamped.

    Source: [RFC3161] clause 2.4.2, [RFC5652] clause 5.
    """
    if len(token) > _MAX_SIZE:
        return None
    try:
        return _time_stamp(token, stamped)
    except (KeyError, AttributeError, IndexError, UnsupportedError):
        return None
    except faults():
        # asn1crypto reads a message while it is asked, and each of these is how it says that one is malformed.
        return None


def _time_stamp(token: bytes, stamped: bytes) -> TimeStamp | None:
    from asn1crypto import cms, tsp

    outer = cms.ContentInfo.load(token, strict=True)
    if outer["content_type"].native != "signed_data":
        return None
    message = outer["content"]
    inner = message["encap_content_info"]
    if inner["content_type"].native != "tst_info" or len(message["signer_infos"]) != 1:
        return None
    if len(message["certificates"]) > _MAX_CERTIFICATES:
        return None
    read = [certificate_of(one.chosen.dump()) for one in message["certificates"]]
    certificates = tuple(one for one in read if one is not None)
    info = tsp.TSTInfo.load(bytes(inner["content"]), strict=True)
    imprint, algorithm = info["message_imprint"], info["message_imprint"]["hash_algorithm"]["algorithm"].native
    if algorithm not in _HASHES or not _same(hashlib.new(algorithm, stamped).digest(), imprint["hashed_message"].native):
        return None
    by = message["signer_infos"][0]
    signer = next((one for one in certificates if _is_signer(one, by["sid"])), None)
    if signer is None or not is_for(signer, TIME_STAMPING, alone=True):
        return None
    if not _signed(by, bytes(inner["content"]), signer):
        return None
    at = info["gen_time"].native
    if not isinstance(at, datetime) or at.tzinfo is None:  # a year 0, or a time without a zone: no instant
        return None
    return TimeStamp(at=at.astimezone(UTC), signer=signer, others=certificates)


def _signed(by: Any, content: bytes, signer: "Certificate") -> bool:
    """Whether a signer's attributes name this content and this certificate, and the signature over them holds."""
    digest = by["digest_algorithm"]["algorithm"].native
    family = _FAMILIES.get(by["signature_algorithm"].signature_algo, "")
    if digest not in _HASHES or by["signature_algorithm"]["algorithm"].native not in (
        "rsassa_pkcs1v15", f"{digest}_rsa", f"{digest}_ecdsa",
    ):  # fmt: skip
        return False
    # Attributes are signed as a set, though they stand in the message under another tag; taken as they came, before asn1crypto
    # has looked into them, for afterwards it would write them anew.
    signed = b"\x31" + by["signed_attrs"].dump()[1:]
    attributes: dict[str, Any] = {}
    for one in by["signed_attrs"]:
        if one["type"].native in attributes or len(one["values"]) != 1:
            return False
        attributes[one["type"].native] = one["values"][0]
    if attributes["content_type"].native != "tst_info":
        return False
    if not _same(hashlib.new(digest, content).digest(), attributes["message_digest"].native):
        return False
    if not _names(attributes, signer):
        return False
    return holds(signer, family, digest, by["signature"].native, signed, raw=False)


def _names(attributes: dict[str, Any], signer: "Certificate") -> bool:
    """Whether the attributes name the certificate of the signer by its hash, so that no other can be put in its place."""
    from cryptography.hazmat.primitives.serialization import Encoding

    held = attributes.get("signing_certificate_v2")
    if held is None:
        return False
    first = held["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native
    der = signer.public_bytes(Encoding.DER)
    return algorithm in _HASHES and _same(hashlib.new(algorithm, der).digest(), first["cert_hash"].native)


def _is_signer(certificate: "Certificate", sid: Any) -> bool:
    from cryptography import x509

    if sid.name == "issuer_and_serial_number":
        chosen = sid.chosen
        return bool(
            certificate.serial_number == chosen["serial_number"].native
            and certificate.issuer.public_bytes() == chosen["issuer"].dump()
        )  # fmt: skip
    held = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return bool(held == sid.chosen.native)


def _same(one: bytes, other: Any) -> bool:
    return isinstance(other, bytes) and hmac.compare_digest(one, other)
