"""The one way to write a JSON value as bytes: RFC 8785 without floats, and the base64 and hex that go with it."""

import base64
import binascii
import re
import unicodedata
from typing import Any, Final

import orjson

from openqi.kernel.errors import FormatError

MAX_PAYLOAD = 48_000
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
_URL_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# The last of 2 or 3 characters in a group holds 4 or 2 bits that mean nothing and must be zero; a group of 1 is none.
_LAST: Final = (_URL_ALPHABET, b"", _URL_ALPHABET[::16], _URL_ALPHABET[::4])
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def canonical_bytes(value: Any, *, limit: int = MAX_PAYLOAD, depth: int = MAX_DEPTH) -> bytes:
    """Return the canonical bytes of a JSON value: keys sorted, no spaces, text as it is.

    Args:
        value: dict with ASCII keys, list or tuple, str in NFC, int within 2^53-1 or bool, at most `depth` deep. There is
            no null (a missing value is a missing key) and no float (a measured value is decimal text).
        limit: largest size in bytes.
        depth: largest depth of nesting, at most `MAX_DEPTH`; less where the value will stand inside of another.

    Raises:
        FormatError: anything else; nothing is repaired in silence.

    Source: [RFC8785] section 3.2; restricted as in DESIGN, section 3.
    """
    _check_values(value, depth)
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise FormatError(f"value cannot be written as canonical JSON: {error}") from error
    _check_text(data, limit)
    return data


def parse_canonical(data: bytes, *, limit: int = MAX_PAYLOAD) -> Any:
    """Return the value that `data` writes, only if `data` are exactly its canonical bytes.

    Raises:
        FormatError: not JSON, not canonical (spaces, doubled keys, other escapes, key order), not restricted, or too large.

    Source: [RFC8785]; the fixed-point check refuses every second spelling at once.
    """
    _check_text(data, limit)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FormatError(f"not JSON: {error}") from error
    _check_values(value, MAX_DEPTH)
    if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) != data:
        raise FormatError("not canonical JSON: sort the keys, drop spaces, doubled keys and needless escapes")
    return value


def _check_text(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise FormatError(f"{len(data)} bytes of JSON; at most {limit} are accepted, put large content in a blob")
    if data.isascii():
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start}") from error
    # One check over the whole text: every string starts after a quote, and nothing composes with a quote. Where a combining
    # mark follows an escape (a newline, then a tilde, which no writing needs) this also refuses what a check of each string
    # would pass, so the rule is: the canonical *text* is in NFC.
    if not unicodedata.is_normalized("NFC", text):
        raise FormatError("text is not in Unicode normal form C; normalise it before sealing")


def _check_values(value: Any, limit: int) -> None:
    stack: list[tuple[Any, int]] = [([value], 0)]
    while stack:
        container, depth = stack.pop()
        if depth > limit:
            raise FormatError(f"nested deeper than {limit} levels")
        if isinstance(container, dict):
            for key in container:
                if type(key) is not str or not key.isascii():
                    raise FormatError(f"key {key!r}: keys are ASCII text")
            container = container.values()
        for item in container:
            kind = type(item)
            if kind is str or kind is bool:
                continue
            if kind is int:
                if not -MAX_INTEGER <= item <= MAX_INTEGER:
                    raise FormatError(f"integer {str(item)[:40]} is beyond 2^53-1; write it as text")
            elif kind is dict or kind is list or kind is tuple:
                stack.append((item, depth + 1))
            else:
                why = {float: "write a measured value as decimal text", type(None): "leave the key out"}.get(kind, "")
                raise FormatError(f"{kind.__name__} has no place in evidence; {why or 'use text, integer or boolean'}")


def base64url(data: bytes) -> str:
    """Return unpadded base64url text ([RFC4648] section 5)."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def base64url_bytes(text: str | bytes) -> bytes:
    """Return the bytes of unpadded base64url text that is its own only spelling.

    Raises:
        FormatError: padding, foreign characters or non-zero tail bits.
    """
    try:
        spelled = text if isinstance(text, bytes) else str.encode(text, "ascii")
        if spelled.translate(None, _URL_ALPHABET) or spelled[-1:] not in _LAST[len(spelled) % 4]:
            raise FormatError("base64url text does not encode to itself: padding, foreign characters or tail bits")
        return binascii.a2b_base64(spelled.translate(_FROM_URL) + b"=" * (-len(spelled) % 4))
    except (binascii.Error, UnicodeEncodeError, TypeError) as error:
        raise FormatError(f"not base64url: {error}") from error


def base64_text(data: bytes) -> str:
    """Return padded standard base64 text ([RFC4648] section 4)."""
    return base64.b64encode(data).decode("ascii")


def base64_bytes(text: str) -> bytes:
    """Return the bytes of padded standard base64 text that is its own only spelling.

    Raises:
        FormatError: missing padding, foreign characters or non-zero tail bits.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"not base64: {error}") from error
    if base64_text(data) != text:
        raise FormatError("base64 text does not encode to itself")
    return data


def hex_bytes(text: str, size: int) -> bytes:
    """Return the `size` bytes that lower-case hexadecimal `text` writes.

    Raises:
        FormatError: another length, upper case or foreign characters.
    """
    if type(text) is not str or len(text) != 2 * size or not _HEX.fullmatch(text):
        raise FormatError(f"{str(text)[:80]!r} is not {size} bytes in lower-case hexadecimal")
    return bytes.fromhex(text)


def decimal_index(text: str) -> int:
    """Return the whole number that ASCII `text` writes without sign or leading zero, at most 2^53-1.

    Raises:
        FormatError: any other spelling.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or str(int(text)) != text or int(text) > MAX_INTEGER:
        raise FormatError(f"{text[:40]!r} is not a whole number between 0 and 2^53-1 without leading zeroes")
    return int(text)
