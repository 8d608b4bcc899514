"""The XML of a signature: found where it may stand, opened, its references compared with what they refer to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.signature.algorithms import ENVELOPED, EXCLUSIVE, INCLUSIVE, SIGNATURES, UnsupportedError
from openqi.formats.dcc.signature.element import (
    DS,
    NO_FORM,
    XADES,
    BrokenError,
    algorithm_of,
    bytes_of,
    canonical,
    only,
    same_digest,
)
from openqi.formats.dcc.signature.signer import Signer, signer_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_MAX_REFERENCES: Final = 10


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The parts of a signature.

    Args:
        root: of the document.
        signature: the element.
        signed_info: likewise.
        signer: whose it is, if it is anybody's.
    """

    root: "_Element"
    signature: "_Element"
    signed_info: "_Element"
    signer: Signer


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
    method = algorithm_of(only(info, DS + "SignatureMethod"))
    if method not in SIGNATURES:
        raise UnsupportedError(f"the signature method {method[:80]!r} is not on the list")
    family, digest = SIGNATURES[method]
    value = bytes_of(only(signature, DS + "SignatureValue"))
    data = canonical(info, algorithm_of(only(info, DS + "CanonicalizationMethod")))
    return Envelope(root=root, signature=signature, signed_info=info, signer=signer_of(signature, family, digest, value, data))


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
        raise BrokenError(NO_FORM) from error


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
    return [algorithm_of(transform) for transform in found]


def _matches(reference: "_Element", data: bytes) -> bool:
    return same_digest(algorithm_of(only(reference, DS + "DigestMethod")), bytes_of(only(reference, DS + "DigestValue")), data)
