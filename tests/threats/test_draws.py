"""Threats to draws by whoever operates the log itself: rows that no seed gives, what is sealed told early."""

from dataclasses import replace
from hashlib import sha256

import pytest

from openqi.app.dossiers import dossier, verified
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.records import as_json, body
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import DrawCommitted, DrawMade
from openqi.records.rows import committed, row_line
from stage import Forge, failing_step
from surveillance_stage import KEY, Surveillance, changed


@pytest.fixture
def stage() -> Surveillance:
    return Surveillance()


def forged(stage: Surveillance, record: Record, **changes: object) -> tuple[Forge, Record]:
    """A log in which a record says something else, under the same command and basis, signed by the same key."""
    forge = Forge.of(stage)
    said = changed(body(record, DrawMade if record.kind == DrawMade.KIND else DrawCommitted), **changes)
    false = seal(
        replace(record.statement, body=as_json(said), contents=()), issuer=record.issuer, key=stage.bureau.key,
        now=record.valid_from, command=record.command, basis=record.basis,
    )  # fmt: skip
    forge.records[forge.records.index(record)] = false
    return forge, false


def named(data: bytes) -> dict[str, bytes]:
    """A content under its name."""
    return {sha256(data).hexdigest(): data}


def blobs_of(stage: Surveillance, record: Record) -> dict[str, bytes]:
    """What a decision looked into."""
    return {name: stage.store.blob(name) for name in (record.basis or {})["blobs"]}


def test_grinding_rows_that_the_seed_does_not_give_are_found_by_replay(stage):
    made = stage.drawn()
    rows = stage.rows(made)
    friend = next(row for row in rows if row.stratum == "west")
    better: list[DrawnRow] = [changed(row, object="91350001MA0000001X") if row == friend else row for row in rows]
    items, content = committed(map(row_line, better))
    stage.store.put_blob(content)
    forge, false = forged(stage, made, items=items)
    parts = forge.parts(false, stage.policy)
    report = verified(replace(parts, blobs=blobs_of(stage, false) | named(content)).encode(), policy=stage.policy)
    assert failing_step(report) == "replay"


def test_grinding_a_commitment_that_is_no_hash_of_what_it_says_is_found_by_replay(stage):
    commitment = stage.commit(stage.frame())
    forge, false = forged(stage, commitment, commitment="ab" * 32)
    parts = forge.parts(false, stage.policy)
    report = verified(replace(parts, blobs=blobs_of(stage, false)).encode(), policy=stage.policy)
    assert failing_step(report) == "replay"


def test_tipping_off_what_is_drawn_stands_nowhere_in_the_log_before_its_visits_are_over(stage):
    commitment = stage.commit(stage.frame(), key=KEY)
    randomness = stage.beacon(commitment)
    made = stage.made(
        commitment, randomness, proof=stage.proof(commitment, randomness), visible_to=(stage.station.party,)
    )  # fmt: skip
    stage.store.publish()
    told = b"".join(stage.store.read(f"tile/entries/000.p/{stage.store.size()}").splitlines())
    assert made.id.encode() in told or bytes.fromhex(made.id) in told
    for secret in (made.body["seed"], made.body["proof"], made.body["items"]["rows"]["sha256"], made.body["items"]["root"]):
        assert secret.encode() not in told and bytes.fromhex(secret) not in told
    withheld = dossier(stage.store, made.id, policy=stage.policy)
    assert made.body["seed"].encode() not in withheld
