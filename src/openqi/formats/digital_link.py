"""Marks as GS1 Digital Link URIs: a GTIN and a serial under a base, `https://base/01/{gtin}/21/{serial}`, and their names.

A mark has one spelling, and its name is the hash of it. That name is all of a mark that ever enters a log: whoever reads
the log cannot make up a mark that was issued, because the serial holds 100 bits of chance.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from openqi.evidence.canonical import base64url
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.identifier import check_gs1_key

SERIAL_CHANCE: Final = 13
"""How many bytes of chance `new_serial` asks for."""
SERIAL_LENGTH: Final = 20
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are read as 1, 1, 0, V
_SIGNS: Final = _ALPHABET.encode() * 8
"""Which sign each byte becomes: each of 32 comes of eight bytes, so that none is likelier than another."""
_NAME: Final = "ni:///sha-256;"
_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_BASE = re.compile(rf"https://{_HOST}(?:\.{_HOST})*(?::[1-9][0-9]{{0,4}})?")
# GS1 character set 82 also has signs that a URI must write as %XX, and so in two ways; they are not for our serials.
# Programs take . and .. out of a path before they ask for it, so such a mark could never be looked up.
_SERIAL = r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,20}"
_LINK = re.compile(rf"(https://[^/?#\s]{{1,260}})/01/([0-9]{{14}})/21/({_SERIAL})")


@dataclass(frozen=True, kw_only=True, slots=True)
class DigitalLink:
    """The parts of a mark's URI."""

    base: str
    gtin: str
    serial: str

    @property
    def uri(self) -> str:
        """The mark as it stands on the product."""
        return f"{self.base}/01/{self.gtin}/21/{self.serial}"


def digital_link(base: str, gtin: str, serial: str) -> str:
    """Return the URI of a mark.

    Args:
        base: `https://` with a host in lower case and perhaps a port; nothing behind it.
        gtin: GTIN-8, -12, -13 or -14 with its check digit; it is written with 14 digits, zeros first.
        serial: 1 to 20 of the letters, digits and `-` `.` `_`.

    Raises:
        FormatError: a part is of another form, or the check digit is another.

    Source: [GS1DL] on its URI syntax; [GS1GENSPEC] clause 3.3.2.
    """
    # The key is checked before zeros are put in front, for those would make a GTIN of any 10 or 11 digits.
    padded = check_gs1_key("GTIN", gtin).zfill(14)
    return DigitalLink(base=_checked_base(base), gtin=padded, serial=_checked_serial(serial)).uri


def parse_digital_link(uri: str) -> DigitalLink:
    """Return the parts of a mark's URI in its one spelling.

    Raises:
        FormatError: no mark of ours: not https, another path, not 14 digits, a wrong check digit, another serial, a query
            or fragment, anything written as %XX.

    Source: [GS1DL] on its URI syntax.
    """
    base, gtin, serial = _parts(uri)
    return DigitalLink(base=base, gtin=gtin, serial=serial)


def check_mark(uri: str) -> str:
    """Return `uri` if it is a mark in its one spelling; raises FormatError as `parse_digital_link` does."""
    _parts(uri)
    return uri


def _parts(uri: str) -> tuple[str, str, str]:
    found = _LINK.fullmatch(uri)
    if found is None:
        raise FormatError(
            f"{uri[:80]!r} is no mark: a mark is https://host/01/, 14 digits of a GTIN, /21/ and a serial of 1 to 20 characters, "
            "without query, fragment or %; scan the code again"
        )
    base, gtin, serial = found.groups()
    return _checked_base(base), _checked_gtin(gtin), serial


@lru_cache(maxsize=256)  # a service has few bases
def _checked_base(base: str) -> str:
    if len(base) > 260 or not _BASE.fullmatch(base) or base.endswith(":443"):
        raise FormatError(f"base {base[:80]!r}: write https:// and a host in lower case, with a port only if it is not 443")
    return base


@lru_cache(maxsize=4096)  # many marks are on one product
def _checked_gtin(gtin: str) -> str:
    return check_gs1_key("GTIN", gtin)


def _checked_serial(serial: str) -> str:
    if not re.fullmatch(_SERIAL, serial):
        raise FormatError(f"serial {serial[:40]!r}: write 1 to 20 ASCII letters, digits, hyphens, dots or low lines")
    return serial


def new_serial(chance: bytes) -> str:
    """Return a serial of 20 characters that nobody can guess: 100 of the 104 bits of chance.

    Among 10^12 marks two are equal with a probability of 4 in 10^7, and a guess meets one of them once in 10^18.

    Args:
        chance: 13 bytes from a source that nobody can predict.

    Raises:
        DomainError: another number of bytes.
    """
    if len(chance) != SERIAL_CHANCE:
        raise DomainError(f"a serial is made of {SERIAL_CHANCE} random bytes, not {len(chance)}")
    number = int.from_bytes(chance, "big")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(SERIAL_LENGTH))


def new_serials(chance: bytes) -> list[str]:
    """Return serials of 20 characters, one for 20 bytes of chance, five bits of each: as `new_serial`, many at a time.

    Raises:
        DomainError: no whole number of serials.
    """
    if len(chance) % SERIAL_LENGTH:
        raise DomainError(f"serials are made of {SERIAL_LENGTH} random bytes each, not of {len(chance)} for all of them")
    signs = chance.translate(_SIGNS).decode("ascii")
    return [signs[start : start + SERIAL_LENGTH] for start in range(0, len(signs), SERIAL_LENGTH)]


def mark_hash(uri: str) -> bytes:
    """Return the SHA-256 of a mark's URI."""
    return sha256(uri.encode()).digest()


def mark_name(uri: str) -> str:
    """Return the name of a mark: the only thing of it that enters the log.

    Source: [RFC6920] clause 3.
    """
    return named_hash(mark_hash(uri))


def named_hash(digest: bytes) -> str:
    """Return the name of a mark whose URI has that SHA-256."""
    return _NAME + base64url(digest)
