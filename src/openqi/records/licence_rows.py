"""The rows of licensed marks: a mark as the hash of its URI, with the item where it is known, and marks whose state is told.

Members stand in the order of their names, so that a row is written in its one canonical form. Marks stand at the end of a row.
"""

import re
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

_MARK: Final = re.compile(r"ni:///sha-256;[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""43 characters write 258 bits, of which two are nothing: only one of four spellings is that of a hash."""
_DIGEST: Final = slice(-45, -2)


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One row."""


class LicensedMarkRow(_Row, frozen=True, kw_only=True):
    """One mark that was issued, and the item that it stands on where that is known."""

    item: str | None = None
    mark: str


class MarkStateRow(_Row, frozen=True, kw_only=True):
    """One mark whose state is told."""

    mark: str


def is_mark(name: str) -> bool:
    """Return whether a text is the name of a mark in its one spelling.

    Source: [RFC6920] clause 3.
    """
    return _MARK.fullmatch(name) is not None


def mark_line(name: str) -> bytes:
    """Return the canonical row of a mark without an item; of the same form as the row of a state."""
    return b'{"mark":"%b"}' % name.encode()


_PLAIN: Final = re.compile(rb'\{"mark":"ni:///sha-256;([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"\}')
_SIGNS: Final = bytes.maketrans(b"-_", b"+/")


def plain_hash(line: bytes) -> bytes | None:
    """Return the SHA-256 in a canonical row with nothing but a mark, without reading it as JSON; None where it is another row."""
    found = _PLAIN.fullmatch(line)
    return None if found is None else a2b_base64(found[1].translate(_SIGNS) + b"=")


def digests(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the hash of each row as it stands there, in base64url. Only for rows that were checked: nothing is read."""
    return (line[_DIGEST] for line in lines)
