"""Kinds of what follows a draw: in which streams each lies, what it rests on, and what contradicts itself."""

from typing import Any

import pytest

from openqi.kernel.errors import FormatError
from openqi.records import Content, Items, Names, Rows, as_json, check_kind, of_json, statement
from openqi.records.inspections import (
    AssignmentChanged,
    FollowUpReported,
    OfficersAssigned,
    OutcomeCount,
    RateEstimated,
    RateStated,
    ResultsPublished,
    VisitReported,
)

DRAW, IDS = "https://bureau.example/draw/1", [f"{number:02x}" * 32 for number in range(6)]
NAMED = Names(en="example", zh="示例")
FIRM = "91350100M000100Y43"
HEX = FIRM.encode().hex()
ITEMS = Items(count=1, root=IDS[0], rows=Rows(media_type="application/x-ndjson", sha256=IDS[0], size=9))
OF = {"draw": DRAW, "committed": IDS[0]}
SAMPLES: dict[Any, tuple[list[str], list[tuple[str, str]]]] = {
    OfficersAssigned(**OF, made=IDS[1], officers=IDS[2], items=ITEMS, first_day="2026-01-06", last_day="2026-01-09"): (
        [f"{DRAW}#officers"], [("draw", IDS[1]), ("list of officers", IDS[2]), ("commitment", IDS[0])],
    ),
    AssignmentChanged(**OF, assigned=IDS[1], object=FIRM, reason="ill", explained=NAMED, left="E1", joined="E2"): (
        [f"{DRAW}#changes", f"{DRAW}#change/{HEX}", f"{DRAW}#officer/4531", f"{DRAW}#officer/4532"], [("assignment", IDS[1])],
    ),
    AssignmentChanged(**OF, assigned=IDS[1], object=FIRM, reason="flood", explained=NAMED, day="2026-01-08"): (
        [f"{DRAW}#changes", f"{DRAW}#change/{HEX}"], [("assignment", IDS[1])],
    ),
    VisitReported(
        **OF, made=IDS[1], object=FIRM, at="2026-01-06T08:00:00Z", outcome="conforming", day="2026-01-06", officers=("E1", "E2"),
        assigned=IDS[2], evidence=(IDS[3],), documents=(Content(media_type="image/jpeg", sha256=IDS[4], size=3),),
    ): ([f"{DRAW}#visits", f"{DRAW}#visit/{HEX}"], [("draw", IDS[1]), ("assignment", IDS[2]), ("evidence", IDS[3])]),
    ResultsPublished(
        **OF, made=IDS[1], items=ITEMS, drawn=3, reported=1, waiting=2, late=0,
        outcomes=(OutcomeCount(outcome="not-found", visits=1),), limit=IDS[2],
    ): ([f"{DRAW}#publications"], [("draw", IDS[1]), ("limit", IDS[2])]),
    FollowUpReported(**OF, visit=IDS[1], object=FIRM, at="2026-01-06T08:00:00Z", sort="ended", text=NAMED): (
        [f"{DRAW}#follow-up/{HEX}"], [("visit", IDS[1])],
    ),
    RateEstimated(
        **OF, made=IDS[1], drawn=3, reported=1, waiting=2, examined=1, unresolved=2, outside=0, outcomes=(),
        rates=(RateStated(rate="hit", value="0.00000", exact_value="0.0", method="clopper-pearson"),), chances="exact",
    ): ([f"{DRAW}#rates"], [("draw", IDS[1]), ("commitment", IDS[0])]),
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.KIND)
def test_what_follows_a_draw_lies_in_streams_of_its_own_and_names_what_it_rests_on(sample: Any):
    streams, rests_on = SAMPLES[sample]
    said = statement(sample)
    assert list(said.streams) == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on
    assert of_json(as_json(sample), type(sample)) == sample


@pytest.mark.parametrize(
    ("sample", "changes"),
    [
        (1, {"joined": None}), (1, {"left": None}), (2, {"day": None}), (2, {"day": "2026-1-8"}),
        (3, {"outcome": "passed"}), (3, {"outcome": ""}), (3, {"at": "2026-01-06"}), (4, {"waiting": -1}),
        (5, {"outcome": "conforming"}),
        (5, {"sort": "inspected-again"}), (5, {"sort": "forgotten"}), (6, {"chances": "guessed"}), (6, {"waiting": None}),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_supposes_a_result_is_no_record(sample: int, changes: dict[str, Any]):
    one = list(SAMPLES)[sample]
    told = as_json(one) | changes
    with pytest.raises(FormatError):
        of_json({name: value for name, value in told.items() if value is not None}, type(one))
