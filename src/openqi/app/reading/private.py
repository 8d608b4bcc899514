"""Rows that are nobody's but their own: which reader is shown one row of a record of many."""

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items
from openqi.evidence.canonical import parse_canonical
from openqi.kernel.errors import NotFoundError
from openqi.records import kinds
from openqi.store.store import Store


def row_shown(store: Store, record_id: str, leaf: int | None, party: str | None) -> str:
    """Return the id of a record after `check_row`."""
    check_row(store, record_id, leaf, party)
    return record_id


def check_row(store: Store, record_id: str, leaf: int | None, party: str | None) -> None:
    """Raise NotFoundError where a row is private and of somebody else: the issuer sees all, an object its own.

    Args:
        store: holds the record and its rows.
        record_id: record of many.
        leaf: place of the row; None where none is asked.
        party: who asks, None for the public.

    Raises:
        NotFoundError: as said, or there is no such record.
    """
    if leaf is None:
        return
    record = store.logged(record_id).record
    kind = kinds().get(record.kind)
    if kind is None or not kind.PRIVATE_CONTENTS or party == record.issuer:
        return
    batch = parse_batch(record.body["items"])
    if party is not None and 0 <= leaf < batch.count:
        (item,) = items(record_id, batch, store.blob(batch.blob), [leaf])
        row = parse_canonical(item.row)
        if isinstance(row, dict) and row.get("object") == party:
            return
    raise NotFoundError(f"row {leaf} of record {record_id} is private; ask {record.issuer} for your own, with its proof")
