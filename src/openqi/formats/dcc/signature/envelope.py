"""The XML of a signature: found where it may stand, its references compared with what they refer to, its value verified."""

import binascii
import hashlib
import hmac
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.signature.algorithms import DIGESTS, ENVELOPED, EXCLUSIVE, INCLUSIVE, SIGNATURES, UnsupportedError, holds
from openqi.formats.dcc.signature.chain import certificate_of, sound
from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_NO_FORM: Final = "it has no canonical form: a namespace is named by a relative address"
_MAX_CERTIFICATES: Final = 50
_MAX_REFERENCES: Final = 10


class BrokenError(FormatError):
    """A signature whose form says that it cannot hold."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The parts of a signature.

    Args:
        root: of the document.
        signature: the element.
        signed_info: likewise.
        value: bytes of the signature.
        family: of the algorithm, `ecdsa` or `rsa`.
        digest: its hash.
        certificates: embedded ones, that of the signer first.
    """

    root: "_Element"
    signature: "_Element"
    signed_info: "_Element"
    value: bytes
    family: str
    digest: str
    certificates: "tuple[Certificate, ...]"

    def holds(self) -> bool:
        """Return whether the value is the signer's over the signed information."""
        data = canonical(self.signed_info, _algorithm(only(self.signed_info, DS + "CanonicalizationMethod")))
        return holds(self.certificates[0], self.family, self.digest, self.value, data, raw=True)


def signature_of(root: "_Element") -> "_Element | None":
    """Return the one signature of a document, None where there is none.

    Raises:
        BrokenError: there are several, or it stands elsewhere than below the root.
    """
    found = list(root.iter(DS + "Signature"))
    if not found:
        return None
    if len(found) > 1:
        raise BrokenError(f"{len(found)} signatures; a certificate has one")
    if found[0].getparent() is not root:
        raise BrokenError("the signature does not stand directly below the root, so that it is not clear what it signs")
    return found[0]


def opened(root: "_Element", signature: "_Element") -> Envelope:
    """Return the parts of a signature.

    Raises:
        BrokenError: a part is missing or doubled, or an id is.
        UnsupportedError: an algorithm is not listed.
    """
    identifiers = [element.get("Id") for element in root.iter() if element.get("Id")]
    if len(set(identifiers)) < len(identifiers):
        raise BrokenError("an Id stands twice, so that it is not clear what is signed")
    if len(list(signature.iter(XADES + "SignedProperties"))) > 1:
        raise BrokenError("signed properties stand twice, so that it is not clear which ones are signed")
    info = only(signature, DS + "SignedInfo")
    method = _algorithm(only(info, DS + "SignatureMethod"))
    if method not in SIGNATURES:
        raise UnsupportedError(f"the signature method {method[:80]!r} is not on the list")
    family, digest = SIGNATURES[method]
    return Envelope(
        root=root, signature=signature, signed_info=info, value=bytes_of(only(signature, DS + "SignatureValue")),
        family=family, digest=digest, certificates=_certificates(signature),
    )  # fmt: skip


def references(envelope: Envelope) -> dict[str, bool]:
    """Return whether what is referred to is what was signed: `document`, `properties`, and other parts by `#` and their id.

    Raises:
        BrokenError: the document is not referred to, or something that is not part of the signature.
        UnsupportedError: an algorithm is not listed.
    """
    found: dict[str, bool] = {}
    listed = envelope.signed_info.findall(DS + "Reference")
    if len(listed) > _MAX_REFERENCES:
        raise BrokenError(f"{len(listed)} references; at most {_MAX_REFERENCES} are checked")
    for reference in listed:
        uri, transforms = reference.get("URI"), _transforms(reference)
        if uri == "":
            name, data = "document", _whole(envelope, transforms)
        elif uri and uri.startswith("#"):
            name, data = _part(envelope, reference, uri[1:], transforms)
        else:
            raise UnsupportedError(f"a reference to {uri!r}; only this document and parts of its signature are followed")
        if name in found:
            raise BrokenError(f"two references to the same {name}")
        found[name] = _matches(reference, data)
    if "document" not in found:
        raise BrokenError("the signature does not cover the document")
    return found


def _whole(envelope: Envelope, transforms: list[str]) -> bytes:
    from copy import deepcopy

    from lxml import etree

    if not transforms or transforms[0] != ENVELOPED:
        raise BrokenError("the reference to the document does not leave the signature out")
    if len(transforms) > 2 or (len(transforms) > 1 and transforms[1] not in INCLUSIVE | {EXCLUSIVE}):
        raise UnsupportedError(f"the transforms {', '.join(transforms)[:200]!r} are not on the list")
    tree = deepcopy(envelope.root.getroottree())
    signature = tree.getroot().find(DS + "Signature")
    assert signature is not None
    _without(signature)
    try:
        return etree.tostring(tree, method="c14n", exclusive=EXCLUSIVE in transforms, with_comments=False)
    except etree.C14NError as error:
        raise BrokenError(_NO_FORM) from error


def _without(element: "_Element") -> None:
    """Take an element out, and leave the text behind it where it is: it is signed."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    assert parent is not None
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def _part(envelope: Envelope, reference: "_Element", identifier: str, transforms: list[str]) -> tuple[str, bytes]:
    """A part of the signature itself; anything else by id would leave open what of the document is signed."""
    found = [element for element in envelope.signature.iter() if element.get("Id") == identifier]
    if len(found) != 1:
        raise BrokenError(f"the reference to {identifier[:60]!r} leads to no part of the signature")
    if transforms != [EXCLUSIVE]:
        raise UnsupportedError(f"the transforms {', '.join(transforms)[:200]!r} of a part are not on the list")
    is_properties = found[0].tag == XADES + "SignedProperties"
    if (reference.get("Type") == _PROPERTIES) != is_properties:
        raise BrokenError("a reference to signed properties leads elsewhere")
    # With its sign: a part may have any id, also that of one of our names.
    return ("properties" if is_properties else f"#{identifier}"), canonical(found[0], EXCLUSIVE)


def _transforms(reference: "_Element") -> list[str]:
    holder = reference.find(DS + "Transforms")
    found = holder.findall(DS + "Transform") if holder is not None else []
    if any(len(transform) for transform in found):
        raise UnsupportedError("a transform with parameters is not on the list")
    return [_algorithm(transform) for transform in found]


def _matches(reference: "_Element", data: bytes) -> bool:
    return same_digest(_algorithm(only(reference, DS + "DigestMethod")), bytes_of(only(reference, DS + "DigestValue")), data)


def same_digest(method: str, value: bytes, data: bytes) -> bool:
    """Return whether `value` is the digest of `data`; raises UnsupportedError where the method is not listed."""
    if method not in DIGESTS:
        raise UnsupportedError(f"the digest method {method[:80]!r} is not on the list")
    return hmac.compare_digest(hashlib.new(DIGESTS[method], data).digest(), value)


def canonical(element: "_Element", algorithm: str) -> bytes:
    """Return an element in exclusive canonical form, with the namespaces that it uses and nothing behind it.

    Raises:
        BrokenError: it has no such form.
        UnsupportedError: another form is asked for.
    """
    from lxml import etree

    if algorithm != EXCLUSIVE:
        raise UnsupportedError(f"the canonical form {algorithm[:80]!r} of a part is not on the list")
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    except etree.C14NError as error:
        raise BrokenError(_NO_FORM) from error


def only(element: "_Element", name: str) -> "_Element":
    """Return the one child of a name; raises BrokenError where there is none, or more."""
    found = element.findall(name)
    if len(found) != 1:
        raise BrokenError(f"{len(found)} elements {name.rpartition('}')[2]} in {str(element.tag).rpartition('}')[2]}; there is one")
    return found[0]


def bytes_of(element: "_Element") -> bytes:
    """Return what an element holds in base64; raises BrokenError where it is not."""
    try:
        return b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenError(f"{str(element.tag).rpartition('}')[2]} is not base64") from error


def _algorithm(element: "_Element") -> str:
    if len(element):
        raise UnsupportedError("an algorithm with parameters is not on the list")
    return element.get("Algorithm") or ""


def _certificates(signature: "_Element") -> "tuple[Certificate, ...]":
    info = signature.find(DS + "KeyInfo")
    held = list(info.iter(DS + "X509Certificate")) if info is not None else []
    if not held:
        raise UnsupportedError("the signature names its key without a certificate")
    held += signature.iter(XADES + "EncapsulatedX509Certificate")
    if len(held) > _MAX_CERTIFICATES:
        raise BrokenError(f"{len(held)} certificates; at most {_MAX_CERTIFICATES} are read")
    signer, *others = (certificate_of(bytes_of(one)) for one in held)
    if signer is None or not sound(signer):
        raise BrokenError("the signer's certificate cannot be read")
    return (signer, *(one for one in others if one is not None))
