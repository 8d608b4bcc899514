"""SM2 with SM3, for second signatures where Chinese law asks for them; needs the extra `openqi[sm2]`."""

from collections.abc import Mapping
from typing import Any

from openqi.evidence.algorithms.algorithm import Algorithm
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError

_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def _engine() -> Any:
    try:
        from tongsuopy.crypto import exceptions, hashes
        from tongsuopy.crypto.asymciphers import ec, utils
    except ImportError as error:
        raise NotFoundError("SM2 needs the extra: pip install 'openqi[sm2]'") from error
    return ec, utils, ec.ECDSA(hashes.SM3()), (exceptions.InvalidSignature, ValueError)


def _private(seed: bytes) -> bytes:
    scalar = int.from_bytes(seed, "big") % (_ORDER - 2) + 1
    ec, _, _, _ = _engine()
    numbers = ec.derive_private_key(scalar, ec.SM2()).public_key().public_numbers()
    x, y = int(numbers.x), int(numbers.y)
    return scalar.to_bytes(32, "big") + b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def _public(private: bytes) -> bytes:
    return private[32:]


def _sign(private: bytes, message: bytes) -> bytes:
    ec, _, scheme, _ = _engine()
    key = ec.derive_private_key(int.from_bytes(private[:32], "big"), ec.SM2())
    der = bytes(key.sign(message, scheme))  # SEQUENCE of two INTEGERs, each at most 33 bytes: short lengths only
    end = 4 + der[3]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (der[4:end], der[end + 2 :]))


def _verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Signatures are r || s, 64 bytes; the signer's id is the default of GB/T 35276, 1234567812345678."""
    ec, utils, scheme, faults = _engine()
    if len(public) != 65 or public[0] != 4 or len(signature) != 64:
        raise VerificationError("signature", "an SM2 key is 65 bytes beginning with 04 and a signature 64 bytes")
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    encoded = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        ec.EllipticCurvePublicNumbers(x, y, ec.SM2()).public_key().verify(encoded, message, scheme)
    except faults as error:
        raise VerificationError("signature", "the SM2 signature does not fit the message and the key") from error


def _jwk(public: bytes) -> Mapping[str, str]:
    if len(public) != 65 or public[0] != 4:
        raise FormatError("an SM2 public key is 65 bytes beginning with 04")
    return {"crv": "SM2", "kty": "EC", "x": base64url(public[1:33]), "y": base64url(public[33:])}


ALGORITHM = Algorithm(name="SM2-SM3", seed_size=32, private=_private, public=_public, sign=_sign, verify=_verify, jwk=_jwk)
