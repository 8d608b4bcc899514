"""What a signature algorithm offers, and public keys with their ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes
from openqi.kernel.catalogue import load
from openqi.kernel.errors import FormatError, NotFoundError

THUMBPRINT: Final = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """One signature algorithm under one written rule of what is accepted.

    `verify(public, message, signature)` raises VerificationError, it never answers False. `private(seed)` makes a private
    key of chance that comes from outside. `jwk(public)` gives the members that the key's id is the hash of.
    """

    name: str
    seed_size: int
    private: Callable[[bytes], bytes]
    public: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], None]
    jwk: Callable[[bytes], Mapping[str, str]]


def algorithm(name: str) -> Algorithm:
    """Return the algorithm called `name`, for example `Ed25519`.

    Raises:
        NotFoundError: there is none of that name.
    """
    kinds: Mapping[str, Algorithm] = load("openqi.evidence.algorithms.kinds", Algorithm)
    if name not in kinds:
        raise NotFoundError(f"signature algorithm {name[:40]!r} is not known; known are {', '.join(kinds)}")
    return kinds[name]


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A public key; its id says which key it is whatever anybody calls it."""

    algorithm: str
    data: bytes

    @property
    def kid(self) -> str:
        """The JWK thumbprint URI of the key ([RFC7638], [RFC9278])."""
        return _thumbprint(self.algorithm, self.data)

    def as_json(self) -> dict[str, str]:
        """Return the key as records state it."""
        return {"algorithm": self.algorithm, "kid": self.kid, "public": base64url(self.data)}

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raise VerificationError unless `signature` over `message` was made with this key."""
        algorithm(self.algorithm).verify(self.data, message, signature)


@lru_cache(maxsize=4096)
def _thumbprint(name: str, data: bytes) -> str:
    digest = sha256(canonical_bytes(dict(algorithm(name).jwk(data)))).digest()
    return THUMBPRINT + base64url(digest)


def public_key(stated: Any) -> PublicKey:
    """Return the public key that a record states as {algorithm, kid, public}.

    Raises:
        FormatError: a member is missing or foreign, or the kid is not the thumbprint of the key.
    """
    if type(stated) is not dict or set(stated) != {"algorithm", "kid", "public"}:
        raise FormatError("a key is stated as {algorithm, kid, public}")
    if any(type(value) is not str for value in stated.values()):
        raise FormatError("the members of a key are text")
    key = PublicKey(algorithm=stated["algorithm"], data=base64url_bytes(stated["public"]))
    if key.kid != stated["kid"]:
        raise FormatError(f"kid {stated['kid'][:120]!r} is not the thumbprint of the key it names, {key.kid}")
    return key
