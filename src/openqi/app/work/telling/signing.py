"""How a webhook is signed: the form of Standard Webhooks, HMAC-SHA256 (`v1`) and Ed25519 (`v1a`) over id, instant and body."""

from base64 import b64encode
from hashlib import sha256
from hmac import new

from openqi.evidence.algorithms.signing import SigningKey, signing_key


def secret_text(secret: bytes) -> str:
    """Return a secret as it is told to an organisation, once."""
    return "whsec_" + b64encode(secret).decode()


def public_text(seed: bytes) -> str:
    """Return the public key of a hook as it is told to an organisation."""
    return "whpk_" + b64encode(_key(seed).public_key.data).decode()


def _key(seed: bytes) -> SigningKey:
    return signing_key(sha256(b"v1a\n" + seed).digest())


def signatures(secrets: tuple[bytes, ...], name: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: for every secret both signatures, with spaces in between.

    Args:
        secrets: the present secret, and while it is being rotated the one before.
        name: the header `webhook-id`.
        timestamp: the header `webhook-timestamp`, seconds since 1970.
        body: the bytes that are sent.

    Source: [STANDARD-WEBHOOKS] signature scheme.
    """
    signed = b".".join((name.encode(), str(timestamp).encode(), body))
    made = []
    for secret in secrets:
        made.append("v1," + b64encode(new(secret, signed, "sha256").digest()).decode())
        made.append("v1a," + b64encode(_key(secret).sign(signed)).decode())
    return " ".join(made)
