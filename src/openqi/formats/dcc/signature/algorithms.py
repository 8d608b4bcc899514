"""The algorithms that a signature may use; what is not listed here is refused."""

from typing import TYPE_CHECKING, Final

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm
    from cryptography.x509 import Certificate

EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
# Of the two inclusive forms only whole documents are canonicalised here: for those 1.0 and 1.1 give the same bytes.
INCLUSIVE: Final = frozenset({"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"})
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
DIGESTS: Final = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURES: Final = {f"{_MORE}{family}-{digest}": (family, digest) for family in ("ecdsa", "rsa") for digest in DIGESTS.values()}
MIN_RSA: Final = 2048
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"})


class UnsupportedError(DomainError):
    """An algorithm or form that is not on the list."""


def hash_of(name: str) -> "HashAlgorithm":
    """Return the hash algorithm of a name; raises UnsupportedError where it is not listed."""
    from cryptography.hazmat.primitives import hashes

    known: dict[str, HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    if name not in known:
        raise UnsupportedError(f"the digest {name[:60]!r} is not on the list: {', '.join(known)}")
    return known[name]


def listed_key(certificate: "Certificate") -> bool:
    """Return whether the key of a certificate is of a kind, size and curve that is listed."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= MIN_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES


def holds(certificate: "Certificate", family: str, digest: str, signature: bytes, data: bytes, *, raw: bool) -> bool:
    """Return whether a signature over `data` is by the key of a certificate.

    Args:
        certificate: whose key is asked.
        family: `ecdsa` or `rsa` (PKCS #1 v1.5).
        digest: name of the hash.
        signature: the bytes.
        data: what was signed.
        raw: an ECDSA signature is r and s side by side, as XML has it, not DER.

    Raises:
        UnsupportedError: a digest, curve or size of key that is not listed.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    key, algorithm = certificate.public_key(), hash_of(digest)
    try:
        if family == "rsa" and isinstance(key, rsa.RSAPublicKey):
            if key.key_size < MIN_RSA:
                raise UnsupportedError(f"an RSA key of {key.key_size} bits; at least {MIN_RSA} are asked for")
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
            return True
        if family == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            if key.curve.name not in _CURVES:
                raise UnsupportedError(f"the curve {key.curve.name} is not on the list: {', '.join(sorted(_CURVES))}")
            size = (key.key_size + 7) // 8
            if raw:
                if len(signature) != 2 * size:
                    return False
                halves = (int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
                signature = utils.encode_dss_signature(*halves)
            key.verify(signature, data, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        return False
    return False  # the key is of another family than the signature says
