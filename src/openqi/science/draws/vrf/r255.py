"""ECVRF-RISTRETTO255-SHA512 of C2SP, for proofs of others: prove and verify. Our own visits use ECVRF-EDWARDS25519-SHA512-TAI."""

from hashlib import sha512

from openqi.kernel.errors import DomainError, VerificationError
from openqi.science.draws.vrf.edwards import BASE, ORDER, Point, added, negated, times
from openqi.science.draws.vrf.ristretto import element, from_digest, written

SUITE = b"\xffc2sp.org/vrf-r255"
PROOF = 80
SHORT = 16


def public_key(secret: bytes) -> bytes:
    """Return the public key of a secret number, 32 bytes with the lowest first."""
    return written(times(_number(secret), BASE))


def prove(secret: bytes, alpha: bytes) -> bytes:
    """Return the proof of 80 bytes for an input.

    Source: [VRF-R255], [RFC9381] section 5.1.
    """
    x, public = _number(secret), public_key(secret)
    h = _hashed(public, alpha)
    h_bytes, gamma = written(h), written(times(x, h))
    nonce = int.from_bytes(sha512(SUITE + b"\x81" + secret + h_bytes).digest(), "little") % ORDER
    c = _challenge(public, h_bytes, gamma, written(times(nonce, BASE)), written(times(nonce, h)))
    return gamma + c.to_bytes(SHORT, "little") + ((nonce + c * x) % ORDER).to_bytes(32, "little")


def verify(public: bytes, alpha: bytes, proof: bytes) -> bytes:
    """Return the value of 64 bytes that a proof shows.

    Raises:
        VerificationError: the key is none, or the proof does not hold.

    Source: [VRF-R255], [RFC9381] section 5.3.
    """
    y, gamma = element(public), element(proof[:32])
    c, s = int.from_bytes(proof[32 : 32 + SHORT], "little"), int.from_bytes(proof[32 + SHORT :], "little")
    if y is None or public == bytes(32):
        raise VerificationError("key", "the public key is no element but the neutral one")
    if len(proof) != PROOF or gamma is None or s >= ORDER:
        raise VerificationError("form", f"a proof has {PROOF} bytes: an element, a challenge, a number below the order")
    h = _hashed(public, alpha)
    u, v = added(times(s, BASE), negated(times(c, y))), added(times(s, h), negated(times(c, gamma)))
    if c != _challenge(public, written(h), proof[:32], written(u), written(v)):
        raise VerificationError("proof", "the proof does not hold for this key and input")
    return sha512(SUITE + b"\x03" + proof[:32] + b"\x00").digest()


def _number(secret: bytes) -> int:
    value = int.from_bytes(secret, "little")
    if len(secret) != 32 or not 0 < value < ORDER:
        raise DomainError("a secret key is a number of 32 bytes, above 0 and below the order of the group")
    return value


def _hashed(public: bytes, alpha: bytes) -> Point:
    return from_digest(sha512(SUITE + b"\x82" + public + alpha).digest())


def _challenge(*elements: bytes) -> int:
    return int.from_bytes(sha512(SUITE + b"\x02" + b"".join(elements) + b"\x00").digest()[:SHORT], "little")
