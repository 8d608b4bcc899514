"""Kinds of complaints and disputes: in which streams each lies, what it rests on, and what contradicts itself."""

from typing import Any

import pytest

from openqi.evidence.record import record_subject
from openqi.kernel.errors import FormatError
from openqi.records import Names, as_json, check_kind, of_json, statement
from openqi.records.complaint_counts import ComplaintsCounted, ComplaintsJoined, CountStated
from openqi.records.complaints import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintDecided,
    ComplaintFollowed,
    ComplaintReceived,
    ComplaintTestBegun,
    ComplaintTestEnded,
    ComplaintUpheld,
)
from openqi.records.disputes import DisputeAccepted, DisputeProposed, DisputeSettled

BUREAU, FIRM, PRODUCT, LOT, CELL, CALL = (
    f"https://x.example/{name}" for name in ("bureau", "firm", "product", "lot", "cell", "complaint/1")
)
IDS = [f"{number:02x}" * 32 for number in range(7)]
KEPT, AT, NAMED = "A" * 43, "2026-01-05T08:00:00Z", Names(zh="示例", en="example")
OF: dict[str, Any] = {"complaint": CALL, "received": IDS[0]}
SAMPLES: dict[Any, tuple[list[str], list[tuple[str, str]]]] = {
    ComplaintReceived(
        complaint=CALL, received_by=BUREAU, received_at=AT, channel="counter", text=KEPT, matter="defect", firm=FIRM,
        product=PRODUCT, lot=LOT, item=CELL, same_as=IDS[1], case=IDS[2], limit=IDS[3],
    ): (
        [CALL, f"{BUREAU}#complaints-received", *(f"{one}#complaints" for one in (FIRM, PRODUCT, LOT, CELL))],
        [("same complaint", IDS[1]), ("case", IDS[2]), ("limit", IDS[3])],
    ),
    ComplaintDecided(**OF, received_by=BUREAU, at=AT, decision="accepted", firm=FIRM, limit=IDS[1]): (
        [CALL, f"{BUREAU}#complaints-received", f"{FIRM}#complaints"], [("complaint", IDS[0]), ("limit", IDS[1])],
    ),
    ComplaintTestBegun(**OF, at=AT, asks=NAMED): ([CALL], [("complaint", IDS[0])]),
    ComplaintTestEnded(**OF, begun=IDS[1], at=AT, evidence=(IDS[2],), counted=True): (
        [CALL], [("beginning of the test", IDS[1]), ("result", IDS[2])],
    ),
    ComplaintAnswered(**OF, firm=FIRM, at=AT, text=KEPT, evidence=(IDS[1],)): (
        [CALL], [("complaint", IDS[0]), ("evidence", IDS[1])],
    ),
    ComplaintClosed(
        **OF, received_by=BUREAU, at=AT, outcome="upheld", matter="defect", firm=FIRM, lot=LOT, evidence=(IDS[1],),
        notice_limit=IDS[2], clue_limit=IDS[3],
    ): (
        [CALL, f"{BUREAU}#complaints-received", f"{FIRM}#complaints", f"{LOT}#complaints"],
        [("complaint", IDS[0]), ("evidence", IDS[1]), ("limit of the notice", IDS[2]), ("limit of the clue", IDS[3])],
    ),
    ComplaintFollowed(**OF, closed=IDS[1], at=AT, sort="notice-given", limit=IDS[2]): (
        [CALL], [("end of the complaint", IDS[1]), ("limit", IDS[2])],
    ),
    ComplaintUpheld(authority=BUREAU, closed=IDS[1], matter="defect", firm=FIRM, product=PRODUCT, evidence=(IDS[2],)): (
        [f"{FIRM}#complaints", f"{PRODUCT}#complaints", record_subject(IDS[1])],
        [("end of the complaint", IDS[1]), ("evidence", IDS[2])],
    ),
    ComplaintsJoined(matter=f"{BUREAU}/matter", name=NAMED, complaints=(IDS[0], IDS[1]), firm=FIRM): (
        [f"{BUREAU}/matter"], [("complaint", IDS[0]), ("complaint", IDS[1])],
    ),
    ComplaintsCounted(
        authority=BUREAU, first_day="2026-01-01", last_day="2026-01-31", calendar=f"{BUREAU}/calendar", received=9, least=3,
        figures=(CountStated(name="decided", count=9, of="received", total=9),),
    ): ([f"{BUREAU}#complaint-figures"], []),
    DisputeProposed(
        dispute=f"{BUREAU}/dispute", claimant=BUREAU, respondent=FIRM, laboratory=LOT, requirement=IDS[1], sample=(CELL,),
        most_failing=0, pays="halves", text=NAMED, accept_until=AT, complaint=IDS[2],
    ): ([f"{BUREAU}/dispute"], [("requirement", IDS[1]), ("complaint", IDS[2])]),
    DisputeAccepted(dispute=f"{BUREAU}/dispute", proposed=IDS[1], party=FIRM): ([f"{BUREAU}/dispute"], [("proposal", IDS[1])]),
    DisputeSettled(
        dispute=f"{BUREAU}/dispute", proposed=IDS[1], accepted=IDS[2], judged=(IDS[3],), tested=1, failing=1, outcome="upheld",
        pays="respondent",
    ): ([f"{BUREAU}/dispute"], [("proposal", IDS[1]), ("acceptance", IDS[2]), ("verdict", IDS[3])]),
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.KIND)
def test_a_kind_of_complaints_lies_in_its_streams_and_names_what_it_rests_on(sample: Any):
    streams, rests_on = SAMPLES[sample]
    said = statement(sample)
    assert list(said.streams) == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on


@pytest.mark.parametrize(
    ("sample", "changes"),
    [
        (0, {"text": "电话 13800000000"}), (0, {"text": "A" * 42}), (0, {"text": "A" * 43 + "\n"}), (0, {"person": "张三"}),
        (0, {"channel": "rumour"}), (0, {"wishes": ["revenge"]}), (4, {"text": "我方同意"}), (5, {"outcome": "maybe"}),
        (7, {"firm": None, "product": None}), (8, {"complaints": [IDS[0]]}), (8, {"complaints": [IDS[0], IDS[0]]}),
        (8, {"complaints": [f"{number:064x}" for number in range(101)]}), (10, {"sample": []}), (10, {"sample": [CELL, CELL]}),
        (10, {"mostFailing": 1}), (12, {"outcome": "withdrawn"}),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_holds_words_is_none(sample: int, changes: dict[str, Any]):
    kind = [*SAMPLES][sample]
    told = {**as_json(kind), **changes}
    with pytest.raises(FormatError):
        of_json({name: one for name, one in told.items() if one is not None}, type(kind))
