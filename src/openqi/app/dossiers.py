"""Making dossiers out of a ledger, and taking the records of foreign ones in."""

from collections.abc import Callable

from openqi.app.closure import closure, private_rows
from openqi.app.ledger import Ledger, Signer
from openqi.app.workflow import check_role, replay
from openqi.evidence.batch import Item, parse_batch
from openqi.evidence.batching import items
from openqi.evidence.dossiers.completeness import WholeLog
from openqi.evidence.dossiers.dossier import Dossier, Enclosed, parse_dossier
from openqi.evidence.dossiers.report import Report
from openqi.evidence.dossiers.verify import verify_dossier
from openqi.evidence.log.foreign import ADMITTED, Admission, admitted_subject, parse_admission, verify_admission
from openqi.evidence.log.fsck import log_entries
from openqi.evidence.log.merkle import Subtree
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.prover import inclusion_proof
from openqi.evidence.log.tiles import Read, subtree_from_tiles
from openqi.evidence.record import Logged, Record, log_entry
from openqi.evidence.sealing import seal
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.records import statement
from openqi.records.governance import Admitted
from openqi.store.store import Incoming, Store

Reader = Callable[[Record], bool]


def for_anybody(record: Record, leaf: int | None) -> bool:
    """Return whether anybody may have the dossier of a record, or of one of its rows: not of rows that are private."""
    return record.public and (leaf is None or not private_rows(record))


def dossier(
    store: Store, target: str, *, policy: bytes, leaf: int | None = None, shown: Reader = lambda record: record.public
) -> bytes:
    """Return the dossier of a record: one file that proves and replays it anywhere.

    Args:
        store: the ledger; its static files are brought up to date first.
        target: id of the record.
        policy: trust policy to enclose.
        leaf: for a batch record, the item that the dossier is about.
        shown: which records may be shown; the others are proved to be in the log, and withheld.

    Raises:
        NotFoundError: no such record.
        RefusedError: records of one origin were admitted under different checkpoints, and none covers all.
    """
    store.publish()
    note = store.read("checkpoint")
    size = parse_checkpoint(parse_note(note)).size
    # What came between the checkpoint's publication and now belongs to the next dossier.
    logged, blobs = closure(store, target, size=size, shown=lambda record: record.public or shown(record))
    item = None if leaf is None else _item(store, target, leaf)
    return packed(
        store, target, logged, {name: store.blob(name) for name in blobs}, policy=policy, note=note, shown=shown, item=item
    )  # fmt: skip


def packed(
    store: Store, target: str, logged: list[Logged], blobs: dict[str, bytes], *, policy: bytes, note: bytes, shown: Reader,
    item: Item | None = None,
) -> bytes:  # fmt: skip
    """Return records of a ledger, each with its proof, as one dossier.

    Args:
        store: the ledger, published.
        target: the record that it is about, one of them.
        logged: the records.
        blobs: contents by name.
        policy, note: trust policy, and the checkpoint under which they are proved.
        shown: which of them may be shown.
        item: what of the target it is about.

    Raises:
        RefusedError: records of one origin were admitted under different checkpoints, and none covers all.
    """
    size = parse_checkpoint(parse_note(note)).size
    subtree = subtree_from_tiles(store.read, size)
    admissions = _admissions(store, logged)
    checkpoints = {store.origin: note} if any(one.origin == store.origin for one in logged) else {}
    checkpoints |= {admission.origin: admission.checkpoint for admission in admissions.values()}
    return Dossier(
        target=target,
        policy=policy,
        checkpoints=checkpoints,
        entries=tuple(_enclosed(one, admissions.get(one.record.id), subtree, size, shown) for one in logged),
        blobs=blobs,
        item=item,
    ).encode()


def _item(store: Store, target: str, leaf: int) -> Item:
    stated = store.logged(target).record.body.get("items")
    if stated is None:
        raise RefusedError("batch-record", f"record {target} is not about many items, so it has no leaf {leaf}")
    batch = parse_batch(stated)
    return items(target, batch, store.blob(batch.blob), [leaf])[0]


def _size(checkpoint: bytes) -> int:
    return parse_checkpoint(parse_note(checkpoint)).size


def _admissions(store: Store, logged: list[Logged]) -> dict[str, Admission]:
    """How each foreign record came in: for each home under the newest checkpoint that proves all that is wanted of it."""
    found: dict[str, Admission] = {}
    for origin in {one.origin for one in logged if one.origin != store.origin}:
        wanted = {one.record.id for one in logged if one.origin == origin}
        under: dict[bytes, dict[str, Admission]] = {}
        for one in store.stream(admitted_subject(origin)):
            if one.record.kind == ADMITTED and one.origin == store.origin and one.record.body["record"] in wanted:
                admission = parse_admission(one.record.body)
                under.setdefault(admission.checkpoint, {})[admission.record] = admission
        whole = [note for note, admitted in under.items() if admitted.keys() == wanted]
        if not whole:
            why = f"no one checkpoint of {origin} proves all {len(wanted)} records that are wanted; admit its newest dossier"
            raise RefusedError("one-checkpoint", why)
        found |= under[max(whole, key=_size)]
    return found


def _enclosed(one: Logged, admission: Admission | None, subtree: Subtree, size: int, shown: Reader) -> Enclosed:
    path = admission.path if admission else inclusion_proof(one.index, size, subtree)
    record = one.record if one.record.public or shown(one.record) else None
    return Enclosed(id=one.record.id, record=record, origin=one.origin, index=one.origin_index, path=path)


def whole_log(read: Read, opened: dict[str, Record] | None = None) -> WholeLog:
    """Return a whole log, read from its static files, to check completeness against."""
    note = read("checkpoint")
    size = parse_checkpoint(parse_note(note)).size
    return WholeLog(checkpoint=note, entries=log_entries(read, size), opened=opened or {})


def verified(data: bytes, *, policy: bytes | None = None, log: WholeLog | None = None) -> Report:
    """Return the report on a dossier, with replay by the commands of this version."""
    return verify_dossier(data, policy=policy, replay=replay, log=log)


def admit(ledger: Ledger, data: bytes, *, policy: bytes, signer: Signer) -> tuple[Record, ...]:
    """Return the records of a foreign dossier that came into the log, each unchanged beside its admission.

    Args:
        ledger: the log that takes them in.
        data: the dossier.
        policy: what the signer believes; the dossier must be proved under it.
        signer: the operator.

    Raises:
        RefusedError: the dossier is not proved, or the signer may not admit.
    """
    report = verified(data, policy=policy)
    if report.proved not in ("passed", "withheld"):
        why = report.first_failure
        raise RefusedError("proved-first", f"the dossier is not proved: {why.name if why else ''} {why.detail if why else ''}")
    view = ledger.view()
    check_role(view, signer.party, Admitted.ROLE or "")
    dossier = parse_dossier(data)
    believed = parse_policy(policy)
    incoming, fresh = [], []
    for entry in sorted(dossier.entries, key=lambda entry: (entry.origin, entry.index)):
        if entry.record is None or not entry.record.public or entry.origin == ledger.origin:
            continue
        admission = Admission(
            record=entry.id, origin=entry.origin, index=entry.index, path=entry.path, checkpoint=dossier.checkpoints[entry.origin]
        )
        verify_admission(admission, log_entry(entry.record), believed)
        stated = statement(Admitted(**{**admission.as_json(), "path": tuple(admission.as_json()["path"])}))
        incoming.append(Incoming(record=seal(stated, issuer=signer.party, key=signer.key, now=view.valid_at)))
        if not _known(ledger.store, entry.id):
            incoming.append(Incoming(record=entry.record, home=(entry.origin, entry.index)))
            fresh.append(entry.record)
    own = next((one.record for one in incoming if one.home is None), None)
    if own is None:
        return ()
    ledger.store.append(incoming, reads=(*view.basis().streams, *ledger.check_key(own)), checkpoint=ledger.checkpoint)
    return tuple(fresh)


def _known(store: Store, record_id: str) -> bool:
    try:
        store.logged(record_id)
    except NotFoundError:
        return False
    return True
