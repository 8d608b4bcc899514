"""A second, plain verifier of dossiers that shares no line with OpenQI: standard library and one signature library.

It proves (form, policy without witnesses, checkpoint, genesis, inclusion, keys, signatures) and checks the basis of decisions;
it does not replay. Tests run it beside the verifier of OpenQI. `python tools/second_opinion.py FILE` prints how many it proved.
"""

import base64
import hashlib
import io
import json
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]
KEY_KINDS = ("governance.genesis/1", "governance.key-granted/1", "governance.key-revoked/1")


class Wrong(Exception):  # noqa: N818 -- a finding, not an error of the program
    """What does not hold."""


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def un64(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    demand(base64.urlsafe_b64encode(data).decode().rstrip("=") == text, "base64url respelled")
    return data


def canonical(data: bytes) -> Any:
    def no_float(text: str) -> None:
        raise Wrong(f"a float {text}")

    value = json.loads(data, parse_float=no_float, parse_constant=no_float)
    again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    demand(again.encode() == data and "null" not in json.dumps(value).replace('"', " ").split(), "not canonical")
    demand(unicodedata.normalize("NFC", again) == again, "not NFC")
    return value


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The definition of RFC 6962, turned round: split at the largest power of two, take the sibling from the path's end."""
    if size == 1:
        demand(not path, "path too long")
        return leaf
    demand(bool(path), "path too short")
    half = 1
    while half * 2 < size:
        half *= 2
    if index < half:
        return sha(b"\1" + climb(leaf, index, half, path[:-1]) + path[-1])
    return sha(b"\1" + path[-1] + climb(leaf, index - half, size - half, path[:-1]))


def read_record(jws: bytes) -> Json:
    head, body, signature = (un64(part) for part in jws.decode("ascii").split("."))
    header, payload = canonical(head), canonical(body)
    demand(list(header) == ["alg", "kid", "typ"] and header["alg"] == "Ed25519" and header["typ"] == "vc+jwt", "header")
    demand(sorted(payload) == ["@context", "credentialSubject", "issuer", "type", "validFrom"], "payload")
    subject: Json = payload["credentialSubject"]
    return {"header": header, "payload": payload, "signature": signature, "signed": jws.rpartition(b".")[0]} | subject


def checkpoint(note: bytes, log_key: bytes, origin: str) -> tuple[int, bytes]:
    text, _, lines = note.decode().rpartition("\n\n")
    text += "\n"
    wanted = sha(origin.encode() + b"\n\1" + log_key)[:4]
    for line in lines.splitlines():
        _, name, data = line.split(" ")
        raw = base64.b64decode(data)
        if name == origin and raw[:4] == wanted:
            Ed25519PublicKey.from_public_bytes(log_key).verify(raw[4:], text.encode())
            first, size, root = text.splitlines()[:3]
            demand(first == origin, "origin")
            return int(size), base64.b64decode(root)
    raise Wrong("no signature of the log")


def policy_of(text: str) -> tuple[dict[str, bytes], dict[str, str]]:
    logs, genesis = {}, {}
    for words in (line.split() for line in text.splitlines() if line.strip()):
        if words[0] == "log":
            name, _, key = words[1].split("+", 2)
            logs[name] = base64.b64decode(key)[1:]
        elif words[0] == "genesis":
            genesis[words[1]] = words[2]
    return logs, genesis


def prove(data: bytes, policy: bytes | None = None) -> int:
    """Return how many records are proved; raises where something does not hold."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    files = {info.filename: info for info in archive.infolist()}
    demand(list(files) == sorted(files) and all(info.compress_type == 0 for info in files.values()), "archive")
    content = {name: archive.read(name) for name in files}
    manifest = canonical(content["manifest.json"])
    logs, genesis = policy_of((policy or content["policy.txt"]).decode())
    points = {
        place: checkpoint(content[f"checkpoints/{place}"], logs[origin], origin) for place, origin in enumerate(manifest["origins"])
    }
    records: dict[str, tuple[int, int, Json]] = {}
    for entry in manifest["entries"]:
        size, root = points[entry["origin"]]
        leaf = f"sealed\n{entry['id']}\n".encode()
        if not entry["withheld"]:
            jws = content[f"records/{entry['id']}"]
            demand(sha(jws).hex() == entry["id"], "id")
            record = read_record(jws)
            leaf = leaf if "visibleTo" in record else jws
            records[entry["id"]] = (entry["origin"], entry["index"], record)
        demand(climb(sha(b"\0" + leaf), entry["index"], size, [un64(node) for node in entry["path"]]) == root, "inclusion")
    demand(manifest["target"] in {entry["id"] for entry in manifest["entries"]}, "target")
    for place, origin in enumerate(manifest["origins"]):
        demand(records[genesis[origin]][:2] == (place, 0), "genesis")
        signatures([(index, record) for home, index, record in records.values() if home == place])
    for home, index, record in records.values():
        for name in record.get("basis", {}).get("records", ()):
            demand(name in files_of(manifest) and record["basis"]["knownAt"] <= index, "basis")
            demand(records[name][0] != home or records[name][1] < index, "a later basis") if name in records else None
    for name, blob in content.items():
        demand(not name.startswith("blobs/") or sha(blob).hex() == name[6:], "blob")
    return len(records)


def files_of(manifest: Json) -> set[str]:
    return {entry["id"] for entry in manifest["entries"]}


def signatures(records: list[tuple[int, Json]]) -> None:
    """Keys of one log: granted at an index, ended by replacement or revocation; every record under a key that covers it."""
    spans: dict[str, list[Any]] = {}
    for index, record in sorted(records, key=lambda pair: pair[0]):
        body = record["body"]
        if record["kind"] == "governance.genesis/1":
            spans |= {key["kid"]: [record["payload"]["issuer"], un64(key["public"]), 0, 2**60] for key in body["keys"]}
        elif record["kind"] == "governance.key-granted/1":
            spans[body["key"]["kid"]] = [body["party"], un64(body["key"]["public"]), index + 1, 2**60]
            if "replaces" in body:
                spans[body["replaces"]][3] = index + 1
        elif record["kind"] == "governance.key-revoked/1":
            spans[body["kid"]][3] = min(spans[body["kid"]][3], body["since"])
    for index, record in records:
        party, public, start, end = spans[record["header"]["kid"]]
        later = record["kind"] in KEY_KINDS  # a key may be ended by its own last record
        demand(party == record["payload"]["issuer"] and start <= index and (index < end or later), "key")
        Ed25519PublicKey.from_public_bytes(public).verify(record["signature"], record["signed"])


if __name__ == "__main__":
    print(f"{prove(Path(sys.argv[1]).read_bytes())} records proved")
