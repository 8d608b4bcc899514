"""Kinds of recalls: in which streams each lies, what it rests on, and what contradicts itself."""

from typing import Any

import pytest

from openqi.kernel.errors import FormatError
from openqi.records import Content, Items, Names, Rows, as_json, check_kind, of_json, statement
from openqi.records.recalls import (
    MOST_SUBJECTS,
    LineReached,
    RecallEnded,
    RecallLine,
    RecallProgressReported,
    RecallPublished,
    RecallsTaken,
)

RECALL, IDS = "https://firm.example/recall/1", [f"{number:02x}" * 32 for number in range(6)]
FIRM, PRODUCT, LOT = "https://firm.example", "https://firm.example/product/1", "https://firm.example/lot/1"
NAMED = Names(en="example", zh="示例")
ITEMS = Items(count=1, root=IDS[0], rows=Rows(media_type="application/x-ndjson", sha256=IDS[0], size=9))
AT = "2026-11-20T08:00:00Z"
TOLD: dict[str, Any] = {
    "recall": RECALL, "number": "1", "firm": FIRM, "name": NAMED, "defect": NAMED, "consequence": NAMED, "risk": "high",
    "remedies": ("refund",), "what_to_do": NAMED, "contact": NAMED, "sold": NAMED, "begins": "2026-11-20",
}  # fmt: skip
LINE = RecallLine(number="1", name=NAMED, product=PRODUCT, lots=(LOT,), made=9, recalled=9)
SAMPLES: dict[Any, tuple[list[str], list[tuple[str, str]]]] = {
    RecallPublished(**TOLD, lines=(LINE, RecallLine(number="2", name=NAMED)), because=(IDS[1],)): (
        [RECALL, f"{FIRM}#recalls", f"{PRODUCT}#recalls", f"{LOT}#recalls"], [("because of", IDS[1])],
    ),
    RecallPublished(**TOLD, lines=(LINE,), edition=2, replaces=IDS[2], narrowed=NAMED): (
        [RECALL, f"{FIRM}#recalls", f"{PRODUCT}#recalls", f"{LOT}#recalls"], [("edition before", IDS[2])],
    ),
    RecallProgressReported(
        recall=RECALL, published=IDS[1], line="1", at=AT, returned=1, repaired=0, destroyed=0, told=3, items=ITEMS
    ): ([f"{RECALL}#progress"], [("recall", IDS[1])]),
    RecallEnded(
        recall=RECALL, published=IDS[1], at=AT, reached=1, lines=(LineReached(line="1", reached=1, recalled=9),), summary=NAMED,
        recalled=9, share="0.1111", not_reached=NAMED,
    ): ([RECALL, f"{RECALL}#progress"], [("recall", IDS[1])]),
    RecallsTaken(
        register="urn:openqi:recalls:fda", layout="fda", document=Content(media_type="application/json", sha256=IDS[3], size=2),
        taken_at=AT, items=ITEMS, listed=1, added=1, changed=0, before=IDS[4],
    ): (["urn:openqi:recalls:fda"], [("taken before", IDS[4])]),
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.KIND)
def test_a_recall_lies_with_what_it_is_about_and_names_what_it_rests_on(sample: Any):
    streams, rests_on = SAMPLES[sample]
    said = statement(sample)
    assert list(said.streams) == streams
    assert check_kind(said) == sample
    assert [tuple(one) for one in sample.references()] == rests_on
    assert of_json(as_json(sample), type(sample)) == sample


@pytest.mark.parametrize(
    ("sample", "changes", "says"),
    [
        (0, {"lines": []}, "1 to 100 lines"), (0, {"lines": [as_json(LINE)] * 2}, "each number once"),
        (0, {"edition": 2}, "first edition"), (1, {"replaces": None}, "first edition"), (0, {"remedies": []}, "what is offered"),
        (0, {"remedies": ["refund", "refund"]}, "each remedy once"), (0, {"risk": "none"}, "none"),
        (0, {"begins": "soon"}, "begins"),
        (0, {"lines": [as_json(LINE) | {"recalled": 10}]}, "10 are recalled of 9"),
        (0, {"lines": [as_json(LINE) | {"madeFrom": "2026-02-01", "madeUntil": "2026-01-01"}]}, "lies before"),
        (0, {"lines": [as_json(LINE) | {"lots": [f"urn:lot:{number}" for number in range(MOST_SUBJECTS)]}]}, "at most 60"),
        (2, {"returned": -1}, "returned"), (2, {"returned": None}, "returned"), (3, {"share": "1/9"}, "share"),
        (4, {"layout": "rumour"}, "rumour"), (4, {"listed": None}, "listed"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_no_record(sample: int, changes: dict[str, Any], says: str):
    one = list(SAMPLES)[sample]
    told = as_json(one) | changes
    with pytest.raises(FormatError, match=says):
        of_json({name: value for name, value in told.items() if value is not None}, type(one))


def test_as_many_goods_as_a_recall_may_name_fit_into_a_record():
    lots = tuple(f"urn:lot:{number}" for number in range(MOST_SUBJECTS))
    full = RecallPublished(**TOLD, lines=(RecallLine(number="1", name=NAMED, lots=lots),))
    assert check_kind(statement(full)) == full
