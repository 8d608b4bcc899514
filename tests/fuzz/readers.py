"""Every function that reads or verifies bytes from strangers, with good examples to begin mutating from."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fuzz.world import World
from openqi.app.dossiers import verified
from openqi.evidence.algorithms.algorithm import public_key
from openqi.evidence.batch import batch_rows, parse_batch
from openqi.evidence.canonical import base64_bytes, base64url_bytes, canonical_bytes, decimal_index, hex_bytes, parse_canonical
from openqi.evidence.dossiers.archive import archive, archived
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.keyfile import FORMAT, decrypted
from openqi.evidence.log.foreign import parse_admission, verify_admission
from openqi.evidence.log.note import note_key
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.tiles import encode_bundle, parse_bundle, parse_tile, tile_at
from openqi.evidence.record import log_entry, parse_entry
from openqi.evidence.view import parse_basis
from openqi.kernel.decimals import decimal, rounded
from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import check_gs1_key, check_uri, check_usci
from openqi.kernel.instant import parse_instant
from openqi.kernel.units import unit_of
from openqi.records import check_kind
from stage import key_of


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A function of bytes, good examples, and fragments that its inputs are made of."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()


def of_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """A reader of text: bytes that are no UTF-8 are read one by one."""

    def reader(data: bytes) -> object:
        try:
            return read(data.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            return read(data.decode("latin-1"))

    return reader


def of_json(read: Callable[[Any], object]) -> Callable[[bytes], object]:
    """A reader of JSON values, as they stand in somebody's record: any value that a JSON library gives."""

    def reader(data: bytes) -> object:
        try:
            value = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None
        return read(value)

    return reader


def of_object(read: Callable[[dict[str, Any]], object]) -> Callable[[bytes], object]:
    """A reader of JSON objects."""
    return of_json(lambda value: read(value) if isinstance(value, dict) else None)


def readers() -> tuple[Reader, ...]:
    """Every reader."""
    world = World()
    records = tuple(record.jws for record in world.forge.records)
    texts = (b"", b"0", b"-1.50", b"https://a.example/x?y#z", b"2026-11-20T08:00:00Z", b"91350100M000100Y43")
    units = (rb"\milli\metre\tothe{2}\per\second", b"mm/(s2.K)", b"10*3.kg", b"{red}m", b"%", rb"\degreecelsius", b"[in_i]")
    key = json.dumps(key_of(1).public_key.as_json()).encode()
    head = {
        "format": FORMAT, "kdf": {"n": 2**17, "name": "scrypt", "p": 1, "r": 8, "salt": "A" * 22},
        "key": key_of(1).public_key.as_json(), "nonce": "A" * 16, "sealed": "A" * 64,
    }  # fmt: skip
    basis = json.dumps(world.verdict.basis).encode()
    return (
        Reader(name="record", read=world.record, seeds=records, words=(b".", b"eyJ", b"AA")),
        Reader(name="entry", read=parse_entry, seeds=tuple(world.forge.entries), words=(b"sealed\n", b"0" * 64)),
        Reader(
            name="canonical",
            read=parse_canonical,
            seeds=(basis, key, b'{"a":[1,true,"\\u00e9"]}'),
            words=(b'"', b"{", b"[", b"\\u", b"1e5"),
        ),
        Reader(name="base64url", read=of_text(base64url_bytes), seeds=(b"AAAA", b"AA")),
        Reader(name="base64", read=of_text(base64_bytes), seeds=(b"AAAA", b"AA==")),
        Reader(name="hex", read=of_text(lambda text: hex_bytes(text, 4)), seeds=(b"00ff00ff",)),
        Reader(name="index", read=of_text(decimal_index), seeds=(b"0", b"9007199254740991")),
        Reader(name="note", read=world.verify_note, seeds=(world.note,), words=(b"\n\n", "\u2014 ".encode(), b"+", b" ")),
        Reader(name="vkey", read=of_text(note_key), seeds=(world.policy.split()[1],), words=(b"+",)),
        Reader(
            name="policy",
            read=parse_policy,
            seeds=(world.policy,),
            words=(b"\nwitness w ", b"\ngroup g 1 w\n", b"\nquorum none\n", b"#"),
        ),
        Reader(name="proof", read=world.verify_proof, seeds=(world.proof,), words=(b"\nindex 0\n", b"extra ", b"\n\n")),
        Reader(
            name="dossier form", read=parse_dossier, seeds=(world.dossier, world.sealing), words=(b"PK\3\4", b"PK\1\2", b"PK\5\6")
        ),
        Reader(name="dossier", read=lambda data: verified(data, policy=world.policy), seeds=(world.dossier, world.sealing)),
        Reader(
            name="dossier parts",
            read=lambda data: _repacked(world, data),
            seeds=_parts(world),
            words=(b'"withheld":true', b"[]", b"{}"),
        ),
        Reader(name="insider", read=world.signed, seeds=tuple(bytes([number]) for number in range(len(records)))),
        Reader(
            name="archive",
            read=archived,
            seeds=(archive({"a": b"x", "b/c": b"y" * 50}),),
            words=(b"PK\3\4", b"PK\1\2", b"\xff\xff"),
        ),
        Reader(name="bundle", read=lambda data: parse_bundle(data, 5), seeds=(world.bundle,), words=(b"\0\0", b"\xff\xff")),
        Reader(name="tile", read=lambda data: parse_tile(data, 5), seeds=(bytes(160),)),
        Reader(
            name="tile path", read=of_text(tile_at), seeds=(b"tile/0/x001/234.p/5", b"tile/entries/000"), words=(b"x999/", b".p/")
        ),
        Reader(name="log", read=world.fsck, seeds=(world.note + b"\0\0\0" + encode_bundle(world.forge.entries),)),
        Reader(name="item", read=world.verify_item, seeds=(world.item.encode(),)),
        Reader(name="batch", read=of_json(parse_batch), seeds=(json.dumps(world.batch.as_json()).encode(),)),
        Reader(name="rows", read=lambda data: batch_rows(world.batch, data), seeds=(world.content,)),
        Reader(name="basis", read=of_object(parse_basis), seeds=(basis,)),
        Reader(name="admission", read=of_object(_admitted(world)), seeds=(json.dumps(world.admission.as_json()).encode(),)),
        Reader(name="public key", read=of_json(public_key), seeds=(key,)),
        Reader(name="key file", read=_opened, seeds=(canonical_bytes(head) + b"\n",)),
        Reader(name="kind", read=of_object(lambda value: _kind(world, value)), seeds=_bodies(world), words=(b'"',)),
        Reader(name="unit", read=of_text(unit_of), seeds=units, words=(b"\\", b"\\per", b"(", b"{", b"10*", b".", b"/", b"20")),
        Reader(name="decimal", read=of_text(_numbers), seeds=texts, words=(b"0", b".", b"9" * 60, b"-")),
        Reader(name="uri", read=of_text(check_uri), seeds=texts, words=(b"%41", b"//", b"@", b":", b"#")),
        Reader(name="instant", read=of_text(parse_instant), seeds=texts, words=(b"0000-00-00", b"T24:00:00Z")),
        Reader(name="usci", read=of_text(check_usci), seeds=texts),
        Reader(
            name="gs1", read=of_text(_gs1), seeds=(b"4006381333931", b"0614141999996", b"106141412345678908", b"95012345678903ABC")
        ),
    )


def _numbers(text: str) -> object:
    return decimal(text), rounded(text, "0.01")


def _gs1(text: str) -> object:
    found = None
    for key in ("GTIN", "GLN", "SSCC", "GSIN", "GSRN", "GRAI", "GDTI", "GCN", "GIAI"):
        try:
            found = check_gs1_key(key, text)
        except FormatError:
            continue
    return found


def _opened(data: bytes) -> object:
    """The form of a key file alone: stretching a passphrase takes a third of a second, on purpose, and never for another form."""
    try:
        whole = json.loads(data)
        cheap = (
            canonical_bytes(whole | {"key": whole["key"] | {"kid": "x"}} if isinstance(whole.get("key"), dict) else whole) + b"\n"
        )
    except (ValueError, TypeError, KeyError, AttributeError, FormatError, RecursionError):
        cheap = data
    return decrypted(cheap, "passphrase")


def _kind(world: World, value: dict[str, Any]) -> object:
    from dataclasses import replace

    said = world.verdict.statement
    kind, body = value.get("kind"), value.get("body")
    if not isinstance(kind, str) or not isinstance(body, dict):
        return None
    return check_kind(replace(said, kind=kind, body=body))


def _bodies(world: World) -> tuple[bytes, ...]:
    return tuple(json.dumps({"body": record.body, "kind": record.kind}).encode() for record in world.forge.records)


def _admitted(world: World) -> Callable[[dict[str, Any]], object]:
    return lambda value: verify_admission(parse_admission(value), log_entry(world.verdict), world.held)


def _parts(world: World) -> tuple[bytes, ...]:
    return tuple(name.encode() + b"\0" + content for name, content in archived(world.dossier).items())


def _repacked(world: World, data: bytes) -> object:
    """A dossier in which one part is the input and the zip around it is made again, so that the input reaches what is inside."""
    name, _, content = data.partition(b"\0")
    return verified(archive(archived(world.dossier) | {name.decode("latin-1"): content}), policy=world.policy)
