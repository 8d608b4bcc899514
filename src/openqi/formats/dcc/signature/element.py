"""What the elements of a signature hold: bytes, algorithms, digests, and the canonical form in which they are signed."""

import binascii
import hashlib
import hmac
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.signature.algorithms import DIGESTS, EXCLUSIVE, UnsupportedError
from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    from lxml.etree import _Element

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
NO_FORM: Final = "it has no canonical form: a namespace is named by a relative address"


class BrokenError(FormatError):
    """A signature whose form says that it cannot hold."""


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
        raise BrokenError(NO_FORM) from error


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


def algorithm_of(element: "_Element") -> str:
    """Return the algorithm that an element names; raises UnsupportedError where it has parameters."""
    if len(element):
        raise UnsupportedError("an algorithm with parameters is not on the list")
    return element.get("Algorithm") or ""
