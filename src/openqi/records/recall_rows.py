"""The rows of recalls: units that were reached one by one, and recalls of public lists as they were taken in.

Members stand in the order of their names, so that a row is written in its one canonical form.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

import msgspec

from openqi.kernel.errors import FormatError


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One row."""


class ReachedRow(_Row, frozen=True, kw_only=True):
    """One unit that was reached, by the hash of its mark, and how."""

    mark: str
    state: Literal["returned", "repaired", "destroyed"]


class TakenRecallRow(_Row, frozen=True, kw_only=True):
    """One line of a recall of a public list. `header` is the recall's own number, `line` the line in it, `key` both and the list's.

    Texts stand as the list has them; what it does not say is left out. `units` is a number only where the list gives one that is
    clear, and `units_text` what it wrote. Days are written `2026-03-31` where the list's own spelling leaves one meaning; else the
    text stands in `unclear`. `content` is the SHA-256 of the line as it was listed, `changed` names what is other than before.
    """

    batch: str = ""
    brand: str = ""
    changed: tuple[str, ...] = ()
    consequence: str = ""
    content: str
    defect: str = ""
    firm: str = ""
    gtins: tuple[str, ...] = ()
    hazard: str = ""
    header: str
    key: str
    line: str = ""
    made_from: str = ""
    made_until: str = ""
    maker: str = ""
    model: str = ""
    name: str = ""
    place: int
    published: str = ""
    remedy: str = ""
    risk: str = ""
    sold: str = ""
    title: str = ""
    twin: str = ""
    unclear: tuple[str, ...] = ()
    units: int | None = None
    units_text: str = ""
    url: str = ""


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier row tells: under which name, with which content."""

    content: str
    key: str


def digest_of(key: str) -> bytes:
    """Return what stands for the name of a row where half a million names would fill the memory."""
    return sha256(key.encode()).digest()[:16]


def contents_of(lines: Iterable[bytes]) -> dict[bytes, str]:
    """Return the content of each row by the digest of its name; of rows with one name the last one's."""
    read = msgspec.json.Decoder(_Known).decode
    return {digest_of(one.key): one.content for one in map(read, lines)}


def line_of_row(row: TakenRecallRow) -> str:
    """Return the canonical line of a row, as text."""
    return msgspec.json.encode(row).decode()


def row_of_line(line: "str | bytes") -> TakenRecallRow:
    """Return the row that a line is, which was checked before.

    Raises:
        FormatError: it is none.
    """
    try:
        return msgspec.json.decode(line, type=TakenRecallRow)
    except msgspec.DecodeError as error:
        raise FormatError(f"no row of a recall: {error}") from error
