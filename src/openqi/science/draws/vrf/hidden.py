"""A seed that only the holder of a key knows until it is shown, and that nobody could choose: for visits that nobody may expect.

The key is committed to first, then the public seed comes about, and only then the value can be computed. With an input that was
known before the key, the holder could try keys until the value suits.
"""

from hashlib import sha256

from openqi.kernel.errors import DomainError
from openqi.science.draws.vrf.ecvrf import prove, value_of, verify

INPUT = b"openqi hidden seed input 1\n"
LABEL = b"openqi hidden seed 1\n"
SEED = 32


def hidden_seed(secret: bytes, seed: bytes, purpose: str) -> tuple[bytes, bytes]:
    """Return the hidden seed of 32 bytes, and the proof of 80 bytes that is shown afterwards.

    Args:
        secret: key of 32 bytes, whose public key the commitment holds.
        seed: `mixed_seed` of that commitment and of public randomness, 32 bytes.
        purpose: of the draw.

    Raises:
        DomainError: a seed or a secret key of another length, or no purpose.

    Source: [RFC9381] section 7.1, keys made by whoever may be malicious.
    """
    proof = prove(secret, _input(seed, purpose))
    return _mixed(seed, value_of(proof)), proof


def shown_seed(public: bytes, seed: bytes, purpose: str, proof: bytes) -> bytes:
    """Return the hidden seed that a proof shows.

    Args:
        public: the key in the commitment.
        seed: as for `hidden_seed`.
        purpose: likewise.
        proof: 80 bytes.

    Raises:
        VerificationError: the key is none, or the proof does not hold for this key, seed and purpose.
    """
    return _mixed(seed, verify(public, _input(seed, purpose), proof))


def _input(seed: bytes, purpose: str) -> bytes:
    if len(seed) != SEED or not purpose:
        raise DomainError(f"a hidden seed is made of a seed of {SEED} bytes and a purpose")
    return INPUT + seed + purpose.encode()


def _mixed(seed: bytes, value: bytes) -> bytes:
    return sha256(LABEL + seed + value).digest()
