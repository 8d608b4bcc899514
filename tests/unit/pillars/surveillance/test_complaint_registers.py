"""Registers of complaints: a row each with what is due, upheld ones by what they are about, totals; no row moved by strangers."""

from typing import Any

import pytest

from complaint_stage import CELL, LOT, NAMED, PRODUCT, Complaints
from openqi.app.complaints.listing import Asked, by_number, listed
from openqi.evidence.fold import Row
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld
from openqi.pillars.surveillance.complaints.joining import JoinComplaints
from openqi.pillars.surveillance.complaints.register import COMPLAINT_TOTALS, COMPLAINTS, UPHELD, complaint_key, totals_key
from openqi.records import statement
from openqi.records.complaints import ComplaintClosed
from openqi.store.store import Incoming


def row(stage: Complaints, received: Record) -> Row:
    """The row of a complaint."""
    return stage.store.rows(COMPLAINTS, [complaint_key(received.id, stage.store.origin)])[
        complaint_key(received.id, stage.store.origin)
    ]


def upheld(stage: Complaints, public: int, **where: str) -> list[Row]:
    """Upheld complaints that are public, or those that are not."""
    told: dict[str, Any] = {"origin": stage.store.origin, "public": public, **where}
    return list(stage.store.page(UPHELD, where=told, order=("place",)).rows)


def test_a_row_follows_its_complaint_with_what_is_due():
    stage = Complaints(start="2026-03-02")
    received = stage.receive()
    assert (row(stage, received)["state"], row(stage, received)["due"]) == ("received", "2026-03-11")
    stage.decide(received)
    assert (row(stage, received)["state"], row(stage, received)["due"]) == ("accepted", "2026-05-08")
    stage.on("2026-03-10")
    stage.begin(received)
    assert row(stage, received)["testing_since"] is not None
    stage.on("2026-03-13")
    stage.end(received)
    stage.answer(received)
    found = row(stage, received)
    assert (found["state"], found["due"], found["testing_since"], found["answers"]) == ("accepted", "2026-05-13", None, 1)
    closed = stage.close(received, "no-agreement", lot=LOT, notice_limit=stage.limits["notice"].id)
    found = row(stage, received)
    assert (found["state"], found["outcome"], found["due"], found["lot"], found["test_days"]) == (
        "closed", "no-agreement", "2026-03-24", LOT, 4,
    )  # fmt: skip
    stage.perform(FollowComplaint(closed=closed.id, sort="notice-given"))
    assert row(stage, received)["due"] is None
    other = stage.receive()
    join = JoinComplaints(matter="https://x.example/m", name=NAMED, firm=stage.maker.party, complaints=(received.id, other.id))
    stage.perform(join)
    assert {row(stage, one)["joined"] for one in (received, other)} == {"https://x.example/m"}
    stage.ledger.perform(Withdraw(record=other.id, reason="wrong"), stage.bureau)
    assert complaint_key(other.id, stage.store.origin) not in stage.store.rows(
        COMPLAINTS, [complaint_key(other.id, stage.store.origin)]
    )


def test_an_upheld_complaint_is_found_by_firm_product_lot_and_item_and_in_public_without_the_item():
    stage = Complaints()
    closed = stage.close(stage.accepted(hazard="fire"), lot=LOT, item=CELL)
    assert upheld(stage, 1) == []
    for name, uri in (("firm", stage.maker.party), ("product", PRODUCT), ("lot", LOT), ("item", CELL)):
        (found,) = upheld(stage, 0, **{name: uri})
        assert (found["closed"], found["told"]) == (closed.id, stage.maker.party)
    public = stage.perform(PublishUpheld(closed=closed.id))
    (shown,) = upheld(stage, 1, firm=stage.maker.party)
    assert (shown["closed"], shown["hazard"], shown["item"], shown["told"]) == (closed.id, "fire", "", "")
    stage.ledger.perform(Withdraw(record=public.id, reason="wrong firm"), stage.bureau)
    assert upheld(stage, 1) == []
    stage.ledger.perform(Withdraw(record=closed.id, reason="wrong"), stage.bureau)
    assert upheld(stage, 0) == []


def test_what_a_stranger_says_of_a_complaint_moves_no_row():
    stage = Complaints()
    received = stage.accepted()
    like = stage.receive()
    forged = ComplaintClosed(
        complaint=received.body["complaint"], received=received.id, received_by=stage.stranger.party, at=stage.ledger.now(),
        outcome="not-upheld", matter="defect", firm=stage.maker.party,
    )  # fmt: skip
    record = seal(
        statement(forged), issuer=stage.stranger.party, key=stage.stranger.key, now=stage.ledger.now(), command=like.command,
        basis=like.basis,
    )  # fmt: skip
    stage.store.append([Incoming(record=record)], checkpoint=stage.ledger.checkpoint)
    assert row(stage, received)["state"] == "accepted"
    assert stage.close(received).body["outcome"] == "upheld"


def test_totals_are_kept_for_each_authority():
    stage = Complaints()
    for _ in range(3):
        stage.accepted()
    stage.close(stage.accepted())
    stage.decide(stage.receive(), "not-accepted", reason=NAMED)
    key = totals_key(stage.bureau.party, stage.store.origin)
    found = stage.store.rows(COMPLAINT_TOTALS, [key])[key]
    told = {name: found[name] for name in ("received", "decided", "accepted", "not_accepted", "closed", "upheld", "late")}
    assert told == {"received": 5, "decided": 5, "accepted": 4, "not_accepted": 1, "closed": 1, "upheld": 1, "late": 0}


def test_complaints_are_listed_by_the_register():
    stage = Complaints(start="2026-03-02")
    bureau, first = stage.bureau.party, stage.receive()
    stage.on("2026-03-03")
    second, untold = stage.receive(product=LOT), stage.receive(told=False)

    def named(**asked: Any) -> list[object]:
        return [one["received"] for one in listed(stage.store, Asked(**asked))]

    assert named(authority=bureau) == [untold.id, second.id, first.id]
    assert named(authority=bureau, most=1) == [untold.id]
    assert named(firm=stage.maker.party) == [second.id, first.id]
    assert named(authority=bureau, state="received", due="2026-03-11") == [first.id]
    assert named(authority=bureau, about=LOT) == [second.id]
    assert named(authority=bureau, state="closed") == []
    assert named(authority=stage.stranger.party) == []
    assert by_number(stage.store, str(first.body["complaint"]))["received"] == first.id
    with pytest.raises(NotFoundError):
        by_number(stage.store, "XXXXX-XXXXX")
    for wrong in ({}, {"authority": bureau, "firm": bureau}, {"authority": bureau, "state": "lost"}):
        with pytest.raises(FormatError):
            listed(stage.store, Asked(**wrong))
