"""Checks a whole log again from nothing: every bundle, every tile, the root, then every record and every signature."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openqi.evidence.keys import GENESIS, KeyRing, about_keys
from openqi.evidence.log.foreign import ADMITTED, Admission, parse_admission, verify_admission
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.policy import Policy, trusted
from openqi.evidence.log.tiles import WIDTH, Read, Tile, levels, parse_bundle, parse_tile, subtree_from_tiles, tiles
from openqi.evidence.record import Record, log_entry, parse_entry
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, VerificationError


@dataclass(frozen=True, kw_only=True)
class LogReport:
    """What `fsck` found. `findings` is empty where all is well; each says where and what. `sealed` entries were not opened."""

    origin: str
    size: int
    sealed: int
    records_checked: bool
    policy_checked: bool
    findings: tuple[str, ...]


def fsck(
    read: Read, *, policy: Policy | None = None, records: bool = True, opened: Mapping[str, Record] | None = None
) -> LogReport:
    """Return what is wrong with a log.

    Args:
        read: gives the log's static files by path.
        policy: what the reader believes; None leaves the checkpoint's signatures unchecked, and the report says so.
        records: also parse every record and check its signature against the keys that the log itself granted by then.
        opened: texts of sealed records that the reader may see, by id.

    Raises:
        NotFoundError, FormatError: there is no checkpoint to begin with.
    """
    note = parse_note(read("checkpoint"))
    checkpoint = parse_checkpoint(note)
    findings: list[str] = []
    if policy is not None:
        try:
            trusted(note, policy)
        except VerificationError as error:
            findings.append(f"checkpoint: {error}")
    findings += check_tiles(read, checkpoint)
    checker = _Records(checkpoint.origin, policy, opened or {})
    if records and not findings:
        findings += checker.check(log_entries(read, checkpoint.size))
    return LogReport(
        origin=checkpoint.origin, size=checkpoint.size, sealed=checker.sealed, findings=tuple(findings),
        records_checked=records and not findings, policy_checked=policy is not None,
    )  # fmt: skip


def log_entries(read: Read, size: int) -> Iterator[bytes]:
    """Yield the entries of a log of `size` entries out of its bundles.

    Raises:
        NotFoundError, FormatError: a bundle is missing or not one.
    """
    for tile in tiles(size, -1):
        yield from parse_bundle(read(tile.path), tile.width)


def check_tiles(read: Read, checkpoint: Checkpoint) -> Iterator[str]:
    """Yield a finding for each bundle or tile that is missing or does not belong, and for a root that is not reached."""
    size = checkpoint.size
    rows: list[list[bytes]] = [[] for _ in range(levels(size))]
    sound = True
    for bundle in tiles(size, -1):
        try:
            hashes = [leaf_hash(entry) for entry in parse_bundle(read(bundle.path), bundle.width)]
        except (NotFoundError, FormatError) as error:
            yield f"{bundle.path}: {error}"
            return
        for finding in _tile_findings(read, Tile(level=0, index=bundle.index, width=bundle.width), hashes):
            sound = False
            yield finding
        for row in rows[1:]:  # a full tile is one hash of the level above
            if len(hashes) < WIDTH:
                break
            row.append(root_of(hashes[-WIDTH:]))
            hashes = row if len(row) % WIDTH == 0 else []
    for level, row in enumerate(rows[1:], start=1):
        for tile in tiles(size, level):
            for finding in _tile_findings(read, tile, row[tile.index * WIDTH : tile.index * WIDTH + tile.width]):
                sound = False
                yield finding
    if sound and (subtree_from_tiles(read, size)(0, size) if size else root_of(())) != checkpoint.root:
        yield f"checkpoint: the entries do not add up to the root that is stated at size {size}"


def _tile_findings(read: Read, tile: Tile, hashes: list[bytes]) -> Iterator[str]:
    try:
        if parse_tile(read(tile.path), tile.width) != hashes:
            yield f"{tile.path}: the hashes are not those of what lies below"
    except (NotFoundError, FormatError) as error:
        yield f"{tile.path}: {error}"


@dataclass
class _Records:
    """Reads the records of a log in order and judges each by what the log had said before it."""

    origin: str
    policy: Policy | None
    opened: Mapping[str, Record]
    sealed: int = 0
    rings: dict[str, KeyRing] = field(default_factory=dict)
    admitted: dict[str, Admission] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    awaited: str | None = None

    def check(self, entries: Iterable[bytes]) -> Iterator[str]:
        seen = self.seen
        for index, entry in enumerate(entries):
            try:
                record_id, record = parse_entry(entry)
                if bytes.fromhex(record_id) in seen:
                    raise VerificationError("order", f"record {record_id} stands in the log a second time")
                awaited, self.awaited = self.awaited, None
                if awaited not in (None, record_id):
                    raise VerificationError("order", f"record {awaited} must stand here, right after its first admission")
                seen.add(bytes.fromhex(record_id))
                record = record or self.opened.get(record_id)
                if record is None:
                    self.sealed += 1
                    self._check_genesis(index, None)
                else:
                    self._judge(index, record)
            except OpenQIError as error:
                yield f"entry {index}: {error}"

    def _check_genesis(self, index: int, record: Record | None, origin: str = "") -> None:
        origin = origin or self.origin
        if index == 0 and (record is None or record.kind != GENESIS or record.body.get("origin") != origin):
            raise VerificationError("genesis", f"entry 0 is not the genesis of {origin}")
        if index == 0 and record and self.policy and self.policy.genesis.get(origin, record.id) != record.id:
            raise VerificationError("genesis", f"entry 0 of {origin} is not the genesis that the policy pins")

    def _judge(self, index: int, record: Record) -> None:
        admission = self.admitted.pop(record.id, None)
        origin = self.origin
        if admission:
            verify_admission(admission, log_entry(record), self.policy)
            origin, index = admission.origin, admission.index
        self._check_genesis(index, record, origin)
        ring = self.rings.setdefault(origin, KeyRing())
        if about_keys(record.kind):
            ring.apply(index, record)
        else:
            ring.judge(index, record)
        if record.kind == ADMITTED and admission is None:  # one that was itself admitted speaks of its own home
            stated = parse_admission(record.body)
            self.admitted[stated.record] = stated
            if bytes.fromhex(stated.record) not in self.seen:
                self.awaited = stated.record
