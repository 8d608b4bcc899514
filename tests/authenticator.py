"""A passkey device in software, as small as it gets: makes keys, signs challenges, and can be told to do it wrongly."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256, ES384, EdDSA
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

from openqi.evidence.canonical import base64url

FLAG = AuthenticatorData.FLAG
ORIGIN = "http://localhost:8000"


@dataclass
class Authenticator:
    """One device with one passkey; every field but the key may be set wrongly by a test."""

    algorithm: str = "ES256"
    origin: str = ORIGIN
    counter: int = 1
    verified: bool = True
    present: bool = True
    relying_party: str | None = None
    cross_origin: bool = False
    type: str | None = None
    id: bytes = field(default_factory=lambda: os.urandom(32))
    handle: str = ""

    def __post_init__(self) -> None:
        curve = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}.get(self.algorithm)
        self.key: Any = ed25519.Ed25519PrivateKey.generate() if curve is None else ec.generate_private_key(curve)

    def make(self, options: dict[str, Any], **wrong: Any) -> str:
        """Answer options of a creation."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        kind = {"ES256": ES256, "ES384": ES384, "EdDSA": EdDSA}[self.algorithm]
        cose = kind.from_cryptography_key(self.key.public_key())
        cose.update(wrong.get("cose", {}))
        data = AttestedCredentialData.create(b"\0" * 16, self.id, cose)
        authenticated = self._data(asked["rp"]["id"], FLAG.AT, data)
        attestation = cbor.encode({"fmt": "none", "authData": bytes(authenticated), "attStmt": {}})
        return self._answer(self._client("webauthn.create", asked), attestationObject=base64url(attestation))

    def sign(self, options: dict[str, Any], **wrong: Any) -> str:
        """Answer options of a request."""
        asked = options["publicKey"]
        client = self._client("webauthn.get", asked)
        self.counter += 1 if self.counter else 0  # a device that says 0 does not count
        data = bytes(self._data(asked["rpId"], FLAG(0), b""))
        message = data + sha256(client).digest()
        signature = self.key.sign(message, ec.ECDSA(SHA256())) if self.algorithm == "ES256" else self.key.sign(message)
        signature = wrong.get("signature", signature)
        told = {"authenticatorData": base64url(data), "signature": base64url(signature)}
        return self._answer(client, **told, userHandle=wrong.get("handle", self.handle))

    def _data(self, host: str, more: Any, credential: bytes) -> AuthenticatorData:
        flags = more | (FLAG.UP if self.present else 0) | (FLAG.UV if self.verified else 0)
        return AuthenticatorData.create(sha256((self.relying_party or host).encode()).digest(), flags, self.counter, credential)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        told = {"type": self.type or kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(told | ({"crossOrigin": True} if self.cross_origin else {})).encode()

    def _answer(self, client: bytes, **response: Any) -> str:
        told = {"clientDataJSON": base64url(client), **response}
        return json.dumps({"id": base64url(self.id), "rawId": base64url(self.id), "type": "public-key", "response": told})
