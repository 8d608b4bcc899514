"""Published randomness as a file: what a relay of drand has answered, drawn numbers, or hexadecimal digits."""

import re
from dataclasses import dataclass
from typing import Final

from openqi.formats.document import Node, parse_yaml
from openqi.kernel.errors import FormatError
from openqi.kernel.instant import parse_instant

MOST_BYTES: Final = 100_000
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_ROUND: Final = re.compile(r"[1-9][0-9]{0,11}")
_BEACON: Final = {"round", "randomness", "signature", "previous_signature", "source", "signature_v2"}


@dataclass(frozen=True, kw_only=True, slots=True)
class BeaconFile:
    """A round as a relay of drand answers; `source` where whoever keeps the file added of which network it is."""

    round: int
    signature: bytes
    randomness: bytes | None
    previous: bytes | None
    source: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NumbersFile:
    """Drawn numbers, a group a drum; `ordered` where the order in which they were drawn counts."""

    source: str
    event: str
    published_at: str
    groups: tuple[tuple[int, ...], ...]
    ordered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BytesFile:
    """Bytes that somebody has published in hexadecimal digits."""

    source: str
    event: str
    published_at: str
    value: bytes


RandomnessFile = BeaconFile | NumbersFile | BytesFile


def read_randomness(data: bytes, *, name: str) -> RandomnessFile:
    """Return what a file of randomness says.

    Args:
        data: JSON or YAML in UTF-8: `round` and `signature` as a relay answers; else `source`, `event`, `published_at` and
            `numbers` or `hex`.
        name: of the file, for messages.

    Raises:
        FormatError: none of these; names file and line.
    """
    root = parse_yaml(data, name=name)
    if root.kind != "mapping":
        raise root.error("randomness is what a relay of drand answers, or has source, event, published_at and numbers or hex")
    if root.get("round") is not None:
        return _beacon(root)
    root.allow({"source", "event", "published_at", "numbers", "ordered", "hex"})
    if (root.get("numbers") is None) == (root.get("hex") is None):
        raise root.error("give drawn numbers, or hex; one of them")
    instant = root.need("published_at")
    try:
        parse_instant(instant.text())
    except FormatError as error:
        raise instant.error(str(error)) from error
    source, event = root.need("source").text(), root.need("event").text()
    if root.get("hex") is not None:
        return BytesFile(source=source, event=event, published_at=instant.text(), value=_hex(root.need("hex")))
    ordered = root.get("ordered")
    if ordered is not None and ordered.text() not in {"true", "false", "yes", "no"}:
        raise ordered.error("write true or false")
    return NumbersFile(
        source=source,
        event=event,
        published_at=instant.text(),
        groups=_groups(root.need("numbers")),
        ordered=ordered is not None and ordered.text() in {"true", "yes"},
    )


def _beacon(root: Node) -> BeaconFile:
    root.allow(_BEACON)
    number = root.need("round")
    if not _ROUND.fullmatch(number.text()):
        raise number.error(f"{number.text()[:40]!r} is no round")
    randomness, previous, source = root.get("randomness"), root.get("previous_signature"), root.get("source")
    return BeaconFile(
        round=int(number.text()),
        signature=_hex(root.need("signature")),
        randomness=None if randomness is None else _hex(randomness),
        previous=None if previous is None or not previous.text() else _hex(previous),
        source=None if source is None else source.text(),
    )


def _groups(node: Node) -> tuple[tuple[int, ...], ...]:
    """`3 9 17 + 16`, or a list of such groups."""
    texts = node.text().replace("|", "+").split("+") if node.kind == "text" else [" ".join(one.texts()) for one in node.elements()]
    found = []
    for text in texts:
        cells = text.replace(",", " ").split()
        if not cells or any(not re.fullmatch(r"[0-9]{1,9}", cell) for cell in cells):
            raise node.error("drawn numbers are whole numbers, a plus sign between groups: 3 9 17 + 16")
        found.append(tuple(int(cell) for cell in cells))
    return tuple(found)


def _hex(node: Node) -> bytes:
    if not _HEX.fullmatch(node.text()):
        raise node.error(f"{node.text()[:40]!r} is no hexadecimal text, two digits a byte")
    return bytes.fromhex(node.text())
