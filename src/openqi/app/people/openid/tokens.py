"""ID tokens: what has to hold before a provider's word on who somebody is counts. Nothing here asks anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from openqi.evidence.canonical import base64url_bytes
from openqi.kernel.errors import FormatError, VerificationError

ALGORITHMS: Final = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", "")),
    "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "ES512": ("EC", "P-521"), "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}  # fmt: skip
"""Signatures that count, with type and curve of their keys; all asymmetric: who knows a public key or our secret signs nothing."""
SKEW: Final = timedelta(minutes=1)
"""By how much the provider's clock and ours may differ."""
_MOST: Final = 16_000
_PUBLIC: Final = ("kty", "crv", "n", "e", "x", "y")
_MODULUS: Final = range(2048 // 8, 8192 // 8 + 1)


class _Registry(jws.JWSRegistry):
    """Signatures as they were chosen here before the library is asked; providers put parameters of their own in headers."""

    max_header_length, max_signature_length = 4_000, 1_400

    def get_alg(self, name: str) -> Any:
        """Return how a signature is checked; the library would warn of `EdDSA`, an old name of a sound one."""
        if name not in ALGORITHMS:
            raise ValueError(name)
        return self.algorithms[name]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a token has to say.

    Args:
        issuer, client, nonce: of the provider, of this station there, of this way.
        algorithms: that the provider announces.
        since: when this way began; an older token belongs to another.
    """

    issuer: str
    client: str
    nonce: str
    algorithms: Sequence[str]
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who somebody is at a provider, and when they last proved it there; None where the provider does not say."""

    issuer: str
    sub: str
    proved_at: datetime | None = None


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        FormatError: it is none.
    """
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormatError(f"{what} is no JSON") from error
    if not isinstance(found, dict):
        raise FormatError(f"{what} is no JSON object")
    return found


def check_id_token(token: object, keys: Sequence[Mapping[str, Any]], expected: Expected, now: datetime) -> Identity:
    """Return who a token is about, once all of it holds.

    Args:
        token: as the provider answered it.
        keys: the provider's keys (JWK).
        expected: what it has to say.
        now: the present instant.

    Raises:
        VerificationError: the first step that fails: `form`, `algorithm`, `key`, `signature`, `issuer`, `audience`, `nonce`,
            `expired`, `issued`, `subject`, `proof`. At `key` it is worth asking for the provider's keys again, once.

    Source: [OIDC-CORE] section 3.1.3.7; [RFC8725].
    """
    claims = _signed(token, keys, expected.algorithms)
    _need("issuer", claims.get("iss") == expected.issuer, "the token is of another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    _need("audience", expected.client in audiences, "the token is for somebody else")
    party = claims.get("azp", None if len(audiences) > 1 else expected.client)
    _need("audience", party == expected.client, "the token was asked for by somebody else")
    _need("nonce", claims.get("nonce") == expected.nonce, "the token belongs to another way")
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    _need("expired", expires is not None and now < expires + SKEW, "the token has expired, or says no end")
    fits = issued is not None and expected.since - SKEW <= issued <= now + SKEW
    _need("issued", fits, "the token is older than this way, of the future, or says no beginning")
    sub = claims.get("sub")
    named = isinstance(sub, str) and sub.isascii() and sub.isprintable() and 0 < len(sub) <= 255
    _need("subject", named, "the token names nobody")
    proved = _instant(claims, "auth_time")
    _need("proof", "auth_time" not in claims or (proved is not None and proved <= now + SKEW), "auth_time is no past instant")
    return Identity(issuer=expected.issuer, sub=str(sub), proved_at=None if proved is None else min(proved, now))


def _signed(token: object, keys: Sequence[Mapping[str, Any]], announced: Sequence[str]) -> dict[str, Any]:
    """The claims of a token whose signature holds."""
    parts = token.split(".") if isinstance(token, str) and token.isascii() and len(token) <= _MOST else []
    _need("form", len(parts) == 3, "there is no signed token")
    try:
        header = json_object(base64url_bytes(parts[0]), "the token's header")
    except FormatError as error:
        raise VerificationError("form", str(error)) from error
    name = header.get("alg")
    known = isinstance(name, str) and name in ALGORITHMS and name in announced
    _need("algorithm", known and "crit" not in header, "the token is not signed in a way that counts here")
    key = _key(keys, header, str(name))
    try:
        signed = jws.deserialize_compact(str(token), key, registry=_Registry(strict_check_header=False))
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise VerificationError("signature", "the token's signature does not hold") from error
    try:
        return json_object(signed.payload, "the token")
    except FormatError as error:
        raise VerificationError("form", str(error)) from error


def _key(keys: Sequence[Mapping[str, Any]], header: Mapping[str, Any], algorithm: str) -> Any:
    """The one key that a header means."""
    kind, curve = ALGORITHMS[algorithm]
    found = [
        key
        for key in keys
        if (key.get("kty"), key.get("crv", "")) == (kind, curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    _need("key", len(found) == 1, "the provider has no such key, or more than one")
    # Only what makes the public key: neither a private part nor what a key says of its own use reaches the library.
    public = {part: found[0][part] for part in _PUBLIC if isinstance(found[0].get(part), str)}
    try:
        length = len(base64url_bytes(public["n"]).lstrip(b"\0")) if kind == "RSA" else _MODULUS.start
        _need("key", length in _MODULUS, "an RSA key has 2048 to 8192 bits")
        return JWKRegistry.import_key(public)
    except (JoseError, FormatError, ValueError, TypeError, KeyError) as error:
        raise VerificationError("key", "the provider's key is none") from error


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    found = claims.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found < 253_402_300_800:
        return None
    return datetime.fromtimestamp(found, UTC)


def _need(step: str, holds: bool, message: str) -> None:
    if not holds:
        raise VerificationError(step, message)
