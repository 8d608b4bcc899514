"""ECVRF-EDWARDS25519-SHA512-TAI of RFC 9381: prove, verify, and the value that only the holder of the key could know before."""

from hashlib import sha512

from openqi.kernel.errors import DomainError, VerificationError
from openqi.science.draws.vrf.edwards import BASE, COFACTOR, NEUTRAL, ORDER, Point, added, decoded, encoded, negated, same, times

SUITE = b"\x03"
PROOF = 80
SHORT = 16
"""Bytes of the challenge."""
TRIES = 256


def public_key(secret: bytes) -> bytes:
    """Return the public key of a secret one, as Ed25519 has it: commit to it before the draw.

    Raises:
        DomainError: a secret key of another length than 32 bytes.

    Source: [RFC8032] section 5.1.5.
    """
    return encoded(times(_scalar(secret)[0], BASE))


def prove(secret: bytes, alpha: bytes) -> bytes:
    """Return the proof of 80 bytes for an input: the same one whenever it is asked for.

    Args:
        secret: key of 32 bytes.
        alpha: what the value is for: the draw and the object or the day.

    Source: [RFC9381] section 5.1.
    """
    x, prefix = _scalar(secret)
    public = encoded(times(x, BASE))
    h = _on_curve(public, alpha)
    h_bytes = encoded(h)
    gamma = encoded(times(x, h))
    nonce = int.from_bytes(sha512(prefix + h_bytes).digest(), "little") % ORDER
    c = _challenge(public, h_bytes, gamma, encoded(times(nonce, BASE)), encoded(times(nonce, h)))
    s = (nonce + c * x) % ORDER
    return gamma + c.to_bytes(SHORT, "little") + s.to_bytes(32, "little")


def verify(public: bytes, alpha: bytes, proof: bytes) -> bytes:
    """Return the value of 64 bytes that a proof shows; whoever has the key could have had no other for this input.

    Args:
        public: key of 32 bytes, known before the draw.
        alpha: what the value is for.
        proof: 80 bytes.

    Raises:
        VerificationError: the key is none or of small order, or the proof does not hold.

    Source: [RFC9381] section 5.3, with key validation of 5.4.5.
    """
    y = check_key(public)
    gamma, c, s = _read(proof)
    h = _on_curve(public, alpha)
    u = added(times(s, BASE), negated(times(c, y)))
    v = added(times(s, h), negated(times(c, gamma)))
    if c != _challenge(public, encoded(h), proof[:32], encoded(u), encoded(v)):
        raise VerificationError("proof", "the proof does not hold for this key and input")
    return _value(gamma)


def check_key(public: bytes) -> Point:
    """Return the point of a public key.

    Raises:
        VerificationError: it is none, or of small order: no proof holds under it, or all keys' proofs would be alike.

    Source: [RFC9381] section 5.4.5.
    """
    found = decoded(public)
    if found is None or same(times(COFACTOR, found), NEUTRAL):
        raise VerificationError("key", "the public key is no point of large order")
    return found


def value_of(proof: bytes) -> bytes:
    """Return the value of 64 bytes in a proof, without checking it: for whoever has made it.

    Source: [RFC9381] section 5.2.
    """
    return _value(_read(proof)[0])


def _read(proof: bytes) -> tuple[Point, int, int]:
    gamma = decoded(proof[:32])
    s = int.from_bytes(proof[32 + SHORT :], "little")
    if len(proof) != PROOF or gamma is None or s >= ORDER:
        raise VerificationError(
            "form", f"a proof has {PROOF} bytes: a point, a challenge, and a number below the order of the curve"
        )
    return gamma, int.from_bytes(proof[32 : 32 + SHORT], "little"), s


def _scalar(secret: bytes) -> tuple[int, bytes]:
    """The secret number, and what nonces are made with."""
    if len(secret) != 32:
        raise DomainError(f"a secret key has 32 bytes, not {len(secret)}")
    digest = sha512(secret).digest()
    number = int.from_bytes(digest[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    return number, digest[32:]


def _on_curve(salt: bytes, alpha: bytes) -> Point:
    """A point of the large subgroup out of an input: the first counter whose digest is a point ([RFC9381] section 5.4.1.1)."""
    for counter in range(TRIES):
        point = decoded(sha512(SUITE + b"\x01" + salt + alpha + bytes((counter, 0))).digest()[:32])
        if point is not None and not same(point := times(COFACTOR, point), NEUTRAL):
            return point
    raise DomainError("no counter leads to a point: take another input")


def _challenge(*points: bytes) -> int:
    digest = sha512(SUITE + b"\x02" + b"".join(points) + b"\x00").digest()
    return int.from_bytes(digest[:SHORT], "little")


def _value(gamma: Point) -> bytes:
    return sha512(SUITE + b"\x03" + encoded(times(COFACTOR, gamma)) + b"\x00").digest()
