"""Ed25519 under one written rule, so that no two verifiers disagree: canonical points of large order, S below the order.

The rule: public key A and commitment R are 32-byte canonical encodings (y < 2^255-19) of points that are not of small order;
S is below the group order; then the cofactorless equation of RFC 8032 decides. PyNaCl is the fast path, cryptography the
other; after the rule both give the same answer (tests run both over every shared vector).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openqi.evidence.algorithms.algorithm import Algorithm
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, VerificationError

sodium: Any
try:
    from nacl import bindings as sodium
    from nacl.exceptions import BadSignatureError
except ImportError:  # the kit also runs where only cryptography is installed
    sodium = None

_FIELD = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022  # y of order 8: 2y^2 = 1 - dy^4
_SMALL_ORDER_Y = frozenset({0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH})


def _check_point(name: str, data: bytes) -> None:
    y = int.from_bytes(data, "little") & (2**255 - 1)
    if y >= _FIELD:
        raise VerificationError("signature", f"{name} is not a canonical point encoding")
    if y in _SMALL_ORDER_Y:
        raise VerificationError("signature", f"{name} is a point of small order")


def check_rule(public: bytes, signature: bytes) -> None:
    """Raise VerificationError where key or signature break the written rule, before any curve arithmetic."""
    if len(public) != 32 or len(signature) != 64:
        raise VerificationError(
            "signature", f"an Ed25519 key has 32 bytes and a signature 64, not {len(public)} and {len(signature)}"
        )
    if int.from_bytes(signature[32:], "little") >= _ORDER:
        raise VerificationError("signature", "S is not below the group order")
    _check_key(public)
    _check_point("R", signature[:32])


@lru_cache(maxsize=256)  # few keys sign many records
def _check_key(public: bytes) -> None:
    _check_point("the public key", public)


def verify_with_cryptography(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise VerificationError unless the signature holds; arithmetic by `cryptography`."""
    check_rule(public, signature)
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise VerificationError("signature", "the signature does not fit the message and the key") from None


def verify_with_nacl(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise VerificationError unless the signature holds; arithmetic by PyNaCl, about twice as fast."""
    check_rule(public, signature)
    try:
        sodium.crypto_sign_open(signature + message, public)
    except BadSignatureError:
        raise VerificationError("signature", "the signature does not fit the message and the key") from None


def _private(seed: bytes) -> bytes:
    """Seed and public key side by side, so that signing need not derive the public key each time."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    return seed + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _public(private: bytes) -> bytes:
    return private[32:]


def _sign(private: bytes, message: bytes) -> bytes:
    if sodium is not None:
        return bytes(sodium.crypto_sign(message, private)[:64])
    return ed25519.Ed25519PrivateKey.from_private_bytes(private[:32]).sign(message)


def _jwk(public: bytes) -> Mapping[str, str]:
    if len(public) != 32:
        raise FormatError(f"an Ed25519 public key has 32 bytes, not {len(public)}")
    return {"crv": "Ed25519", "kty": "OKP", "x": base64url(public)}


ALGORITHM = Algorithm(
    name="Ed25519",
    seed_size=32,
    private=_private,
    public=_public,
    sign=_sign,
    verify=verify_with_cryptography if sodium is None else verify_with_nacl,
    jwk=_jwk,
)
