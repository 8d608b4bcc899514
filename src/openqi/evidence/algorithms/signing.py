"""Private keys in memory: grown from a seed, they sign and never print themselves."""

from dataclasses import dataclass

from openqi.evidence.algorithms.algorithm import PublicKey, algorithm
from openqi.kernel.errors import FormatError


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A private key in memory. It never prints itself."""

    algorithm: str
    private: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.public_key.kid})"

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(algorithm=self.algorithm, data=algorithm(self.algorithm).public(self.private))

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""
        return algorithm(self.algorithm).sign(self.private, message)


def signing_key(seed: bytes, name: str = "Ed25519") -> SigningKey:
    """Return the signing key that grows from `seed`.

    Args:
        seed: as many random bytes as the algorithm wants (32 for Ed25519); chance comes from the caller.
        name: algorithm.

    Raises:
        FormatError: the seed has another length.
    """
    kind = algorithm(name)
    if len(seed) != kind.seed_size:
        raise FormatError(f"{name} keys grow from {kind.seed_size} random bytes; {len(seed)} were given")
    return SigningKey(algorithm=name, private=kind.private(seed))
