"""A private key as a file: encrypted with a passphrase (scrypt, then ChaCha20-Poly1305), readable JSON around it."""

from typing import Final
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from openqi.evidence.algorithms.algorithm import public_key
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, parse_canonical
from openqi.kernel.errors import DomainError, FormatError, RefusedError

FORMAT: Final = "openqi-key/1"
CHANCE: Final = 28
"""Bytes of chance that `encrypted` wants: 16 of salt and 12 of nonce."""
_COST: Final = {"n": 2**17, "p": 1, "r": 8}  # 128 MiB and about a third of a second a guess


def encrypted(seed: bytes, passphrase: str, chance: bytes, *, algorithm: str = "Ed25519") -> bytes:
    """Return the key file of the key that grows from `seed`.

    Args:
        seed: the key's random seed.
        passphrase: at least 8 characters; it is not kept.
        chance: `CHANCE` fresh random bytes, never used twice.
        algorithm: of the key.

    Raises:
        DomainError: chance of another size.
        RefusedError: the passphrase is shorter than 8 characters, or cannot be written in UTF-8.
    """
    if len(chance) != CHANCE:
        raise DomainError(f"a key file wants {CHANCE} fresh random bytes, not {len(chance)}")
    if len(passphrase) < 8:
        raise RefusedError("passphrase-too-short", "the passphrase has fewer than 8 characters; choose a longer one")
    head = {"format": FORMAT, "kdf": {"name": "scrypt", "salt": base64url(chance[:16]), **_COST}} | {
        "key": signing_key(seed, algorithm).public_key.as_json(), "nonce": base64url(chance[16:CHANCE]),
    }  # fmt: skip
    cipher = ChaCha20Poly1305(_stretched(passphrase, chance[:16]))
    sealed = cipher.encrypt(chance[16:CHANCE], seed, canonical_bytes(head))
    return canonical_bytes(head | {"sealed": base64url(sealed)}) + b"\n"


def decrypted(data: bytes, passphrase: str) -> SigningKey:
    """Return the signing key in a key file.

    Raises:
        FormatError: not a key file of this version.
        RefusedError: the passphrase is wrong or the file was changed; which of the two cannot be told.
    """
    whole = parse_canonical(data.removesuffix(b"\n"), limit=10_000)
    try:
        head = {name: whole[name] for name in ("format", "kdf", "key", "nonce")}
        sealed, salt, nonce = (base64url_bytes(text) for text in (whole["sealed"], head["kdf"]["salt"], head["nonce"]))
        # The cost is fixed by the version: a file that could name its own cost could eat all memory.
        stated = canonical_bytes(head["kdf"]) == canonical_bytes({"name": "scrypt", "salt": base64url(salt), **_COST})
        sizes = len(salt) == 16 and len(nonce) == 12 and 16 < len(sealed) <= 200
        if head["format"] != FORMAT or len(whole) != 5 or not stated or not sizes:
            raise FormatError(f"not a key file of version {FORMAT}")
        key = public_key(head["key"])
    except (KeyError, TypeError) as error:
        raise FormatError(f"not a key file of version {FORMAT}: {error}") from error
    try:
        seed = ChaCha20Poly1305(_stretched(passphrase, salt)).decrypt(nonce, sealed, canonical_bytes(head))
    except InvalidTag as error:
        raise RefusedError("wrong-passphrase", "the passphrase is wrong, or the key file was changed") from error
    opened = signing_key(seed, key.algorithm)
    if opened.public_key != key:
        raise FormatError("the key file holds the seed of another key than the one that it states")
    return opened


def _stretched(passphrase: str, salt: bytes) -> bytes:
    try:
        # The same characters are typed composed on one system and decomposed on another.
        secret = normalize("NFC", passphrase).encode("utf-8")
    except UnicodeEncodeError as error:
        raise RefusedError("passphrase-not-text", "the passphrase has characters that cannot be written in UTF-8") from error
    return Scrypt(salt=salt, length=32, **_COST).derive(secret)
