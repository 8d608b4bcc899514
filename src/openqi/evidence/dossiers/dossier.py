"""A dossier: one file that proves and replays a record anywhere, with no network and no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.batch import Item, parse_item
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, hex_bytes, parse_canonical
from openqi.evidence.dossiers.archive import archive, archived
from openqi.evidence.record import Record, parse_record
from openqi.kernel.errors import FormatError

FORMAT: Final = "openqi-dossier/1"
MAX_MANIFEST: Final = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """One log entry of a dossier with its proof in its own log. `record` is None where the text is withheld."""

    id: str
    record: Record | None
    origin: str
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What one file says: a target (perhaps one item of it), the records it rests on, a checkpoint an origin, blobs, a policy."""

    target: str
    policy: bytes
    checkpoints: Mapping[str, bytes]
    entries: tuple[Enclosed, ...]
    blobs: Mapping[str, bytes]
    item: Item | None = None

    def encode(self) -> bytes:
        """Return the dossier as the bytes of a file.

        Raises:
            FormatError: too large.
        """
        origins = sorted(self.checkpoints)
        entries = [
            {"id": entry.id, "index": entry.index, "origin": origins.index(entry.origin)}
            | {"path": [base64url(node) for node in entry.path], "withheld": entry.record is None}
            for entry in sorted(self.entries, key=lambda entry: (entry.origin, entry.index, entry.id))
        ]
        manifest = {"entries": entries, "format": FORMAT, "origins": origins, "target": self.target}
        files = {"manifest.json": canonical_bytes(manifest, limit=MAX_MANIFEST), "policy.txt": self.policy}
        files |= {f"checkpoints/{place}": self.checkpoints[origin] for place, origin in enumerate(origins)}
        files |= {f"records/{entry.id}": entry.record.jws for entry in self.entries if entry.record}
        files |= {f"blobs/{name}": content for name, content in self.blobs.items()}
        if self.item:
            files["item.json"] = self.item.encode()
        return archive(files)


def parse_dossier(data: bytes) -> Dossier:
    """Return the dossier in `data`; only its form is checked (see `verify.verify_dossier`).

    Raises:
        FormatError: not a dossier, or not the only spelling of it.
    """
    files = archived(data)
    try:
        manifest = parse_canonical(files.pop("manifest.json"), limit=MAX_MANIFEST)
        if manifest["format"] != FORMAT:
            raise FormatError(f"a dossier of format {str(manifest['format'])[:40]!r}; this version reads {FORMAT}")
        origins = [str(origin) for origin in manifest["origins"]]
        dossier = Dossier(
            target=hex_bytes(manifest["target"], 32).hex(),
            policy=files["policy.txt"],
            checkpoints={origin: files[f"checkpoints/{place}"] for place, origin in enumerate(origins)},
            entries=tuple(_enclosed(stated, origins, files) for stated in manifest["entries"]),
            blobs={path[6:]: content for path, content in files.items() if path.startswith("blobs/")},
            item=parse_item(files["item.json"]) if "item.json" in files else None,
        )
    except (KeyError, TypeError, IndexError) as error:
        raise FormatError(f"the dossier lacks or misstates a part: {error}") from error
    if any(sha256(content).hexdigest() != name for name, content in dossier.blobs.items()):
        raise FormatError("a blob of the dossier is not the content that its name says")
    # The fixed point also refuses files and manifest members that nothing above looked at.
    if dossier.encode() != data:
        raise FormatError("the dossier does not encode to itself: foreign, missing or disordered parts")
    return dossier


def _enclosed(stated: Any, origins: Sequence[str], files: Mapping[str, bytes]) -> Enclosed:
    record_id = hex_bytes(stated["id"], 32).hex()
    record = None if stated["withheld"] else parse_record(files[f"records/{record_id}"])
    if record and record.id != record_id:
        raise FormatError(f"records/{record_id} holds another record")
    numbers = (stated["index"], stated["origin"])
    if any(type(number) is not int or number < 0 for number in numbers):
        raise FormatError(f"entry {record_id}: index and origin are whole numbers")
    path = tuple(map(base64url_bytes, stated["path"]))
    return Enclosed(id=record_id, record=record, origin=origins[stated["origin"]], index=stated["index"], path=path)
