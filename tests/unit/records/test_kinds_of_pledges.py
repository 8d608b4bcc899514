"""Kinds of pledges: in which streams each lies, what it rests on, and what contradicts itself."""

from typing import Any

import pytest

from openqi.kernel.errors import FormatError
from openqi.records import Content, Names, as_json, check_kind, of_json, statement
from openqi.records.pledges import (
    BenchmarkProgrammePublished,
    BenchmarkReviewed,
    Obligation,
    ObligationShown,
    ObligationState,
    PledgeEnded,
    PledgeProved,
    PledgePublished,
    PledgeSigned,
)

FIRM, PLEDGE, IDS = "https://maker.example", "https://association.example/pledge", [f"{number:02x}" * 32 for number in range(6)]
NAMED, AT = Names(en="example", zh="示例"), "2026-01-10T01:00:00Z"
ONE = Obligation(
    code="a", sort="recall", text=NAMED, shown_by=("governance.pledge-signed/1",), first_within=30, every=90, grace=10,
    contradicted_by=("recall",),
)  # fmt: skip
OF = f"urn:openqi:pledge:{IDS[0]}"
SAMPLES: dict[Any, tuple[list[str], list[tuple[str, str]]]] = {
    PledgePublished(pledge=PLEDGE, edition="1", name=NAMED, obligations=(ONE,), offset="+08:00", valid_from=AT): ([PLEDGE], []),
    PledgeSigned(firm=FIRM, pledge=PLEDGE, published=IDS[0], signed_at=AT, products=(f"{FIRM}/p",)): (
        [f"{FIRM}#pledges", f"{PLEDGE}#signatures"], [("pledge", IDS[0])],
    ),
    ObligationShown(
        firm=FIRM, signed=IDS[0], obligation="a", first_day="2024-02-29", last_day="2024-02-29", evidence=(IDS[1],),
        documents=(Content(media_type="text/plain", sha256=IDS[2], size=3),),
    ): ([OF], [("signature", IDS[0]), ("evidence", IDS[1])]),
    PledgeProved(proof=f"{PLEDGE}/1", number="1", firm=FIRM, pledge=PLEDGE, signed=IDS[0], valid_from=AT): (
        [f"{PLEDGE}/1", f"{FIRM}#pledges", OF], [("signature", IDS[0])],
    ),
    PledgeEnded(firm=FIRM, pledge=PLEDGE, signed=IDS[0], by="firm", ended_at=AT, reason=NAMED, open_complaints=0): (
        [f"{FIRM}#pledges", f"{PLEDGE}#signatures", OF], [("signature", IDS[0])],
    ),
    BenchmarkProgrammePublished(
        programme=f"{PLEDGE}/models", name=NAMED, pledge=PLEDGE, most_missed=1, most_contradicted=0, review_every=90,
        repair_after=30, valid_from=AT,
    ): ([f"{PLEDGE}/models"], []),
    BenchmarkReviewed(
        programme=f"{PLEDGE}/models", published=IDS[1], firm=FIRM, signed=IDS[0], at=AT, missed=0, contradicted=1, status="lost",
        before=IDS[3], states=(ObligationState(obligation="a", state="contradicted", since="2026-01-10", evidence=(IDS[4],)),),
    ): (
        [f"{PLEDGE}/models#firm/{FIRM.encode().hex()}"],
        [("programme", IDS[1]), ("signature", IDS[0]), ("review before", IDS[3]), ("evidence", IDS[4])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.KIND)
def test_what_is_said_of_pledges_lies_in_streams_of_its_own_and_names_what_it_rests_on(sample: Any):
    streams, rests_on = SAMPLES[sample]
    said = statement(sample)
    assert list(said.streams) == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on
    assert of_json(as_json(sample), type(sample)) == sample


PROMISE = as_json(ONE)


@pytest.mark.parametrize(
    ("sample", "changes"),
    [
        (0, {"obligations": []}), (0, {"obligations": [PROMISE, PROMISE]}), (0, {"offset": "+8"}), (0, {"offset": None}),
        (0, {"offset": "-00:00"}), (0, {"validUntil": AT}), (0, {"obligations": [PROMISE | {"every": 0}]}),
        (0, {"obligations": [PROMISE | {"every": 3661}]}), (0, {"obligations": [PROMISE | {"firstWithin": 3661}]}),
        (0, {"obligations": [PROMISE | {"grace": 90}]}), (0, {"obligations": [PROMISE | {"sort": "other"}]}),
        (0, {"obligations": [PROMISE | {"contradictedBy": ["recall", "recall"]}]}),
        (2, {"lastDay": "2024-02-28"}), (2, {"lastDay": "2025-02-29"}), (2, {"firstDay": "2024-2-1"}),
        (4, {"by": "bureau"}), (4, {"openComplaints": -1}), (4, {"openComplaints": None}),
        (5, {"reviewEvery": 0}), (5, {"repairAfter": 4000}), (5, {"validUntil": AT}),
        (6, {"status": "genuine"}), (6, {"states": [{"obligation": "a", "state": "kept"}]}),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_leaves_something_open_is_no_record(sample: int, changes: dict[str, Any]):
    one = list(SAMPLES)[sample]
    told = as_json(one) | changes
    with pytest.raises(FormatError):
        of_json({name: value for name, value in told.items() if value is not None}, type(one))
