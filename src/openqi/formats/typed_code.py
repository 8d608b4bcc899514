"""A mark that somebody typed off a package: which marks it may be, and what a reader should look at again.

Spaces, hyphens that a printer put in, wide digits and lower case are taken out or turned, for they change no sign. Signs that
people confuse are not: a mark with an O for a 0 is another mark, so it is said, and who typed it decides.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from openqi.formats.digital_link import SERIAL_LENGTH
from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import check_gs1_key

LONGEST: Final = 400
Hint = Literal["confused", "short", "long", "signs", "gtin", "no-gtin", "empty", "other-host"]
_PATH: Final = re.compile(r"/01/([0-9]{8,14})/21/([^/?#]*)", re.IGNORECASE)
_ELEMENTS: Final = re.compile(r"\(01\)([0-9]{8,14})\(21\)(.*)")
_HOST: Final = re.compile(r"(?:https?://)?([^/?#]+)/01/", re.IGNORECASE)
_CONFUSED: Final = re.compile(r"[ILOUilou]")
_SERIAL: Final = re.compile(r"[A-Za-z0-9._-]{1,20}")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed.

    Args:
        gtin: 14 digits; "" where none was typed.
        serials: spellings under which to look, the likeliest first; none where what was typed can be no serial.
        host: that was typed before it, "" where none was.
        hint: what to look at again where no spelling is found.
        serial: as it was read, for the page to show.
    """

    gtin: str
    serials: tuple[str, ...]
    host: str
    hint: Hint | None
    serial: str


def typed_code(text: str, gtin: str = "") -> Typed:
    """Return what somebody typed: a whole address, `(01)…(21)…` as it stands under a code, or a serial with its GTIN apart.

    Args:
        text: what was typed; at most 400 characters are looked at.
        gtin: digits typed in a field of their own; those inside of `text` go first.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:LONGEST]).split())
    found = _PATH.search(plain) or _ELEMENTS.fullmatch(plain)
    host = _HOST.match(plain) if found else None
    number, serial = (found[1], found[2]) if found else ("".join(unicodedata.normalize("NFKC", gtin[:80]).split()), plain)
    serial = _bare(serial)
    checked, wrong = _gtin(number)
    hint = _hint(serial) or wrong
    spellings = tuple(dict.fromkeys((serial, serial.upper()))) if _SERIAL.fullmatch(serial) else ()
    return Typed(gtin=checked, serials=spellings, host="" if host is None else host[1].lower(), hint=hint, serial=serial[:60])


def _bare(serial: str) -> str:
    """A serial without the hyphens in which it was printed in groups; one that is of its own with hyphens stays."""
    bare = serial.replace("-", "")
    return bare if len(bare) == SERIAL_LENGTH and len(serial) > SERIAL_LENGTH else serial


def _gtin(number: str) -> tuple[str, Hint | None]:
    """The GTIN with 14 digits, and what is wrong with it."""
    if not number:
        return "", "no-gtin"
    try:
        return check_gs1_key("GTIN", number).zfill(14), None
    except FormatError:
        return "", "gtin"


def _hint(serial: str) -> Hint | None:
    if not serial:
        return "empty"
    if not _SERIAL.fullmatch(serial):
        return "long" if re.fullmatch(r"[A-Za-z0-9._-]+", serial) else "signs"
    if _CONFUSED.search(serial):
        return "confused"
    return "short" if len(serial) < SERIAL_LENGTH else None
