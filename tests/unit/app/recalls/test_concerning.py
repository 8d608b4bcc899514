"""Which recalls concern an item, by what is known of it."""

import pytest

from openqi.app.recalls.concerning import concerning_recalls
from openqi.pillars.surveillance.recalls.register import gtin_name
from recalls_stage import LINE, LOTS, NAMED, PRODUCT, RECALL, WHOLE, Recalls, line


def told(stage, **of):
    return [(one.record.id, one.concern, one.lines) for one in concerning_recalls(stage.store, **of)]


def test_an_item_is_concerned_by_its_lot_its_product_or_its_gtin():
    stage = Recalls()
    published = stage.publish(lines=(LINE, WHOLE)).id
    sure, perhaps = [(published, "concerned", ("1",))], [(published, "perhaps", ("1",))]
    assert told(stage, product=PRODUCT, lot=LOTS[0]) == told(stage, lot=LOTS[1]) == sure
    assert told(stage, product=PRODUCT, lot=LOTS[2]) == []
    assert told(stage, product=PRODUCT) == perhaps
    assert told(stage, product=WHOLE.product) == told(stage, gtin="6901234567892") == [(published, "concerned", ("2",))]
    assert told(stage, gtin="6901234567893") == told(stage, product="https://a.example/other") == told(stage) == []


@pytest.mark.parametrize(
    ("of", "concern"),
    [
        ({"made_on": "2026-01-05"}, "concerned"),
        ({"made_on": "2025-12-31"}, None),
        ({"made_on": "2026-02-01"}, None),
        ({}, "perhaps"),
    ],
)
def test_days_of_making_decide_where_they_are_known(of, concern):
    stage = Recalls()
    stage.publish(lines=(line(lots=(), made_from="2026-01-01", made_until="2026-01-31"),))
    assert [one[1] for one in told(stage, product=PRODUCT, **of)] == ([concern] if concern else [])


def test_what_was_withdrawn_or_replaced_concerns_nobody_and_what_ended_is_still_told():
    stage = Recalls()
    first = stage.publish()
    second = stage.publish(replaces=first.id, lines=(line(lots=LOTS[1:], recalled=1000),), narrowed=NAMED)
    assert told(stage, lot=LOTS[0], product=PRODUCT) == []
    assert told(stage, lot=LOTS[2]) == [(second.id, "concerned", ("1",))]
    size = stage.store.size()
    stage.report(second, 1000)
    ended = stage.end(second, not_reached=None)
    (found,) = concerning_recalls(stage.store, lot=LOTS[2])
    assert found.ended == ended.id
    (before,) = concerning_recalls(stage.store, lot=LOTS[2], known_at=size)
    assert before.ended == ""
    stage.withdraw(second)
    assert told(stage, lot=LOTS[0]) == [(first.id, "concerned", ("1",))]
    stage.withdraw(first)
    assert told(stage, lot=LOTS[0]) == []


def test_zeros_in_front_of_a_gtin_do_not_count():
    assert gtin_name("06901234567892") == gtin_name("6901234567892") != gtin_name("16901234567892")
    assert RECALL
