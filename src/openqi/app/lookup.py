"""Finding one record wherever it lies (ledger, mirror, dossier, file), and a log's newest checkpoint and proofs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from openqi.app.files import read_file
from openqi.app.folder import is_ledger, ledger_folder, policy_of
from openqi.app.source import CHECKPOINT, FolderSource, folder_source
from openqi.evidence.canonical import base64_bytes, hex_bytes
from openqi.evidence.dossiers.archive import MAX_ARCHIVE
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.dossiers.report import State
from openqi.evidence.log.foreign import ADMITTED, parse_admission
from openqi.evidence.log.fsck import log_entries
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.evidence.log.proof import LogProof
from openqi.evidence.log.prover import inclusion_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.record import Record, parse_entry, parse_record
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError, WithheldError
from openqi.records.governance import Withdrawn

PAGE: Final = b"<!doctype html>"
_DOSSIER: Final = re.compile(rb' href="data:application/zip;base64,([A-Za-z0-9+/]*={0,2})"')
Form = Literal["log", "dossier", "proof", "record"]
_SUFFIXES: Final[Mapping[str, Form]] = {".dossier": "dossier", ".tlog-proof": "proof", ".jws": "record"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A record and where it was found. `withdrawn_by` is the record by which its issuer withdrew it, as far as is seen here."""

    record: Record
    origin: str | None = None
    index: int | None = None
    withdrawn_by: str | None = None


def form_of(path: Path) -> Form:
    """Return what lies at a path, judged by its first bytes, or by its name where those were damaged.

    Raises:
        NotFoundError: nothing lies there.
        FormatError: none of the forms that evidence has.
    """
    if path.is_dir():
        return "log"
    try:
        with path.open("rb") as file:
            head = file.read(30)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"there is no file or folder {path}; check the path") from error
    starts: dict[bytes, Form] = {b"PK\x03\x04": "dossier", b"c2sp.org/tlog-proof": "proof", b"eyJ": "record", PAGE: "dossier"}
    for start, form in starts.items():
        if head.startswith(start):
            return form
    if path.suffix in _SUFFIXES:
        return _SUFFIXES[path.suffix]
    raise FormatError(f"{path} is no evidence of a known form: give a dossier, a tlog-proof, a record's JWS or the folder of a log")


def content_of(path: Path) -> bytes:
    """Return the bytes of a file of evidence; the newline that ends a text file is not part of a record."""
    data = read_file(path, MAX_ARCHIVE)
    if data.startswith(PAGE):
        return _enclosed_in(data, path)
    return data.removesuffix(b"\n") if form_of(path) == "record" else data


def _enclosed_in(page: bytes, path: Path) -> bytes:
    """The dossier in the page of a mark that was saved for offline; nothing else of the page is evidence."""
    found = _DOSSIER.findall(page)
    if len(found) != 1:
        raise FormatError(
            f"{path} is a page with {len(found)} dossiers in it, not one; give a dossier, or the saved page of a mark"
        )
    return base64_bytes(found[0].decode())


def find_record(path: Path, record_id: str | None) -> Found:
    """Return a record from a ledger or mirror, a dossier, or a file of its own.

    Args:
        path: where to look.
        record_id: None for the record that a dossier or a file is about.

    Raises:
        NotFoundError: it is not there.
        WithheldError: it is there, but its text is not.
        FormatError: no evidence, or no id of a record.
    """
    wanted = None if record_id is None else hex_bytes(record_id, 32).hex()
    form = form_of(path)
    if form == "log":
        if wanted is None:
            raise FormatError(f"{path} holds many records; name one by its id")
        return _in_ledger(path, wanted) if is_ledger(path) else _in_mirror(folder_source(path), wanted)
    if form == "dossier":
        return _in_dossier(content_of(path), wanted)
    record = parse_record(content_of(path))
    if wanted not in (None, record.id):
        raise NotFoundError(f"{path} holds record {record.id}, not {wanted}")
    return Found(record=record)


def _in_ledger(path: Path, record_id: str) -> Found:
    with ledger_folder(path).reading() as store:
        logged = store.logged(record_id)
        others = [other.record for other in store.stream(logged.record.streams[0])]
    return Found(
        record=logged.record, origin=logged.origin, index=logged.origin_index, withdrawn_by=_withdrawal(logged.record, others)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of a log's static files. `record` is None where it is sealed; a foreign record has its home's origin and index."""

    index: int
    data: bytes
    id: str
    record: Record | None
    origin: str
    origin_index: int


def entries(source: FolderSource, point: Checkpoint) -> Iterator[Entry]:
    """Yield the entries of a log, foreign ones with the home that their admission states; nothing is verified.

    Raises:
        NotFoundError, FormatError: a file is missing or damaged.
    """
    homes: dict[str, tuple[str, int]] = {}
    for index, data in enumerate(log_entries(source.read, point.size)):
        record_id, record = parse_entry(data)
        origin, origin_index = homes.get(record_id, (point.origin, index))
        yield Entry(index=index, data=data, id=record_id, record=record, origin=origin, origin_index=origin_index)
        if record and record.kind == ADMITTED:
            admission = parse_admission(record.body)
            homes.setdefault(admission.record, (admission.origin, admission.index))


def _in_mirror(source: FolderSource, record_id: str) -> Found:
    point = parse_checkpoint(parse_note(source.read(CHECKPOINT)))
    found: Entry | None = None
    others = []
    for entry in entries(source, point):
        if entry.id == record_id:
            found = entry
        if entry.record and entry.record.kind == Withdrawn.KIND:
            others.append(entry.record)
    if found is None:
        raise NotFoundError(f"record {record_id} is not among the {point.size} entries of the mirror")
    if found.record is None:
        raise WithheldError(f"record {record_id} is entry {found.index} of the log, but sealed: ask a party that may see it")
    return Found(record=found.record, origin=found.origin, index=found.origin_index, withdrawn_by=_withdrawal(found.record, others))


def _in_dossier(data: bytes, record_id: str | None) -> Found:
    dossier = parse_dossier(data)
    wanted = record_id or dossier.target
    entry = next((entry for entry in dossier.entries if entry.id == wanted), None)
    if entry is None:
        raise NotFoundError(f"record {wanted} is not in the dossier, which is about {dossier.target}")
    if entry.record is None:
        raise WithheldError(f"record {wanted} is in the dossier, but its text is withheld: ask a party that may see it")
    others = [other.record for other in dossier.entries if other.record]
    return Found(record=entry.record, origin=entry.origin, index=entry.index, withdrawn_by=_withdrawal(entry.record, others))


def _withdrawal(record: Record, others: Iterable[Record]) -> str | None:
    for other in others:
        if other.kind == Withdrawn.KIND and other.issuer == record.issuer and other.body.get("record") == record.id:
            return other.id
    return None


def log_proof(folder: Path, record_id: str) -> LogProof:
    """Return the proof that a record stands in the log of a ledger or mirror.

    Raises:
        NotFoundError: it does not, or not yet under the published checkpoint.
    """
    wanted = hex_bytes(record_id, 32).hex()
    index: int | None
    if is_ledger(folder):
        with ledger_folder(folder).reading() as store:
            store.publish()
            index = store.logged(wanted).index
    source = folder_source(folder)
    note = parse_note(source.read(CHECKPOINT))
    size = parse_checkpoint(note).size
    if not is_ledger(folder):
        ids = (parse_entry(entry)[0] for entry in log_entries(source.read, size))
        index = next((place for place, name in enumerate(ids) if name == wanted), None)
    if index is None or index >= size:
        raise NotFoundError(f"record {wanted} is not among the {size} entries of the log")
    return LogProof(index=index, path=inclusion_proof(index, size, subtree_from_tiles(source.read, size)), checkpoint=note)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest checkpoint of a log, whether a policy accepts it, and which of the policy's witnesses cosigned it when."""

    checkpoint: Checkpoint
    state: State
    detail: str
    cosigned: Mapping[str, int]
    note: bytes


def log_head(folder: Path, *, policy: bytes | None = None) -> Head:
    """Return the newest checkpoint of a ledger or mirror.

    Raises:
        NotFoundError: there is none.
        FormatError: it was damaged.
    """
    if is_ledger(folder):
        with ledger_folder(folder).reading() as store:
            store.publish()
    data = folder_source(folder).read(CHECKPOINT)
    note = parse_note(data)
    point = parse_checkpoint(note)
    believed = policy_of(folder) if policy is None else policy
    if believed is None:
        return Head(checkpoint=point, state="not checked", detail="name what you believe with --policy", cosigned={}, note=data)
    try:
        accepted = trusted(note, parse_policy(believed))
    except VerificationError as error:
        return Head(checkpoint=point, state="failed", detail=str(error), cosigned={}, note=data)
    return Head(checkpoint=point, state="passed", detail=f"signed by {accepted.log.name}", cosigned=accepted.cosigned, note=data)
