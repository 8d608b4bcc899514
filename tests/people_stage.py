"""What tests about people ask for again and again: a refusal by its rule, a log that verifies, a result to state."""

import pytest

from openqi.app.station.station import Station
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.kernel.errors import RefusedError
from openqi.records.conformity import ResultReported


def refused(rule: str, ask) -> None:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.rule == rule


def clean(station: Station) -> bool:
    """Whether the whole log verifies from nothing."""
    store = station.ledger.store
    store.publish()
    opened = {one.record.id: one.record for one in store.scan()}
    return fsck(store.read, policy=parse_policy(station.ledger.policy()), opened=opened).findings == ()


def result(value: str) -> ResultReported:
    told = {"quantity": "length", "unit": "mm", "expanded_uncertainty": "0.01", "coverage_factor": "2", "method": "ISO 3611"}
    return ResultReported(item="https://maker.example/item/1", value=value, measured_at="2026-11-20T08:00:00Z", **told)
