"""Recalls: who may publish and order one, editions that never silently have fewer goods, counts that never fall, an honest end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.surveillance.recalls.ending import share_reached
from openqi.records.recalls import progress_subject, recalls_subject
from recalls_stage import LINE, LOTS, NAMED, PRODUCT, RECALL, WHOLE, Recalls, line


def refused(rule: str, act: Callable[[], Any]) -> str:
    """What is said where an act is refused by a rule."""
    with pytest.raises(RefusedError) as error:
        act()
    assert error.value.rule == rule, str(error.value)
    return str(error.value)


def test_a_recall_lies_with_its_firm_its_product_and_each_of_its_lots():
    stage = Recalls()
    record = stage.publish()
    assert record.streams == (RECALL, *map(recalls_subject, (stage.firm.party, PRODUCT, *LOTS[:2])))
    for about in (stage.firm.party, PRODUCT, LOTS[0]):
        assert [one.record.id for one in stage.store.stream(recalls_subject(about))] == [record.id]


def test_a_firm_recalls_its_own_goods_and_an_authority_orders_those_of_any():
    stage = Recalls()
    assert "own goods" in refused("own-goods", lambda: stage.publish(by=stage.other))
    with pytest.raises(RefusedError, match="market-surveillance-authority"):
        stage.order(by=stage.other)
    ordered = stage.order()
    assert (ordered.body["orderedBy"], ordered.body["firm"]) == (stage.bureau.party, stage.firm.party)


def test_an_edition_names_the_one_that_stands_and_counts_on():
    stage = Recalls()
    first = stage.publish()
    assert first.id in refused("edition-before", stage.publish)
    second = stage.publish(replaces=first.id, lines=(LINE, WHOLE))
    assert second.body["edition"] == 2
    refused("edition-before", lambda: stage.publish(replaces=first.id))
    stage.withdraw(second)
    third = stage.publish(replaces=first.id)
    assert third.body["edition"] == 2
    with pytest.raises(RefusedError, match="of the goods of"):
        stage.order(firm=stage.other.party, replaces=third.id)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((WHOLE,), "line 1 is gone"),
        ((line(lots=LOTS[:1]),), "leaves out lots"),
        ((line(product=None),), "another product"),
        ((line(recalled=999),), "recalls 999 of 1000"),
        ((line(recalled=None),), "nobody knows how many"),
        ((line(models=("A",)),), "some models only"),
        ((line(made_from="2026-01-01"),), "begins with goods made on 2026-01-01"),
        ((line(made_until="2026-01-01"),), "ends with goods made on 2026-01-01"),
    ],
)
def test_an_edition_with_fewer_goods_says_why(lines, says):
    stage = Recalls()
    first = stage.publish()
    assert says in refused("not-narrower", lambda: stage.publish(replaces=first.id, lines=lines))
    assert stage.publish(replaces=first.id, lines=lines, narrowed=NAMED).body["edition"] == 2


@pytest.mark.parametrize(
    ("first", "then", "says"),
    [
        ({"remedies": ("refund", "repair")}, {"remedies": ("refund",)}, "repair is offered no more"),
        ({"risk": "serious"}, {"risk": "high"}, "the risk is high, and was serious"),
        ({"injuries": 3}, {"injuries": 0}, "injuries are 0, and were 3"),
        ({"complaints": 3}, {"complaints": 2}, "complaints are 2"),
        ({}, {"begins": "2026-11-25"}, "it begins on 2026-11-25"),
        ({}, {"ends": "2026-12-01"}, "it ends on 2026-12-01 already"),
        ({"learned": "2026-11-01"}, {"learned": "2026-11-10"}, "and before it said 2026-11-01"),
        ({"learned": "2026-11-01"}, {}, "no day that it says"),
    ],
)
def test_an_edition_that_offers_or_tells_less_says_why_also_where_the_one_before_was_withdrawn(first, then, says):
    stage = Recalls()
    before = stage.publish(**first)
    assert says in refused("not-narrower", lambda: stage.publish(replaces=before.id, **then))
    stage.withdraw(before)
    assert says in refused("not-narrower", lambda: stage.publish(**then))
    again = stage.publish(narrowed=NAMED, **then)
    assert (again.body.get("edition", 1), again.body.get("replaces")) == (1, None)
    # The other way round nothing is less, and nothing is explained.
    refused("narrower-than", lambda: stage.publish(replaces=again.id, narrowed=NAMED, **({"learned": "2026-11-01"} | first)))
    assert stage.publish(replaces=again.id, **({"learned": "2026-11-01"} | first))


def test_what_was_reported_of_a_line_is_never_counted_for_other_goods_nor_for_fewer():
    stage = Recalls()
    first = stage.publish()
    stage.report(first, 600)
    other = {"product": "https://firm.example/product/other", "lots": ()}
    refused("line-keeps-goods", lambda: stage.publish(replaces=first.id, lines=(line(**other),), narrowed=NAMED))
    refused("within-recalled", lambda: stage.publish(replaces=first.id, lines=(line(recalled=500),), narrowed=NAMED))
    gone = stage.publish(replaces=first.id, lines=(WHOLE,), narrowed=NAMED)
    refused("line-keeps-goods", lambda: stage.publish(replaces=gone.id, lines=(WHOLE, line(**other))))
    assert stage.publish(replaces=gone.id, lines=(WHOLE, line(number="3", **other)))


@pytest.mark.parametrize("lines", [(line(lots=LOTS),), (line(lots=()),), (line(made=None, recalled=5000),), (LINE, WHOLE)])
def test_an_edition_with_as_many_goods_or_more_has_nothing_to_explain(lines):
    stage = Recalls()
    first = stage.publish()
    refused("narrower-than", lambda: stage.publish(replaces=first.id, lines=lines, narrowed=NAMED))
    stage.publish(replaces=first.id, lines=lines)


def test_what_an_authority_ordered_back_the_firm_does_not_take_out():
    stage = Recalls()
    first = stage.order(lines=(LINE, WHOLE))
    refused("ordered-goods", lambda: stage.publish(replaces=first.id, narrowed=NAMED))
    wider = stage.publish(replaces=first.id, lines=(line(lots=LOTS), WHOLE))
    assert wider.body["orderedBy"] == stage.bureau.party
    refused("ordered-goods", lambda: stage.publish(replaces=wider.id, lines=(LINE, WHOLE), narrowed=NAMED))
    stage.order(replaces=wider.id, lines=(LINE, WHOLE), narrowed=NAMED)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"visible_to": ("https://a.example",)}, "recall-for-all"),
        ({"ends": "2026-11-19"}, "days-in-order"),
        ({"learned": "2026-11-21"}, "days-in-order"),
        ({"narrowed": NAMED}, "narrower-than"),
    ],
)
def test_what_makes_no_sense_is_refused(more, rule):
    refused(rule, lambda: Recalls().publish(**more))


def test_a_day_that_there_is_not_is_refused():
    with pytest.raises(FormatError, match="2026-11-31"):
        Recalls().publish(begins="2026-11-31")


def test_counts_are_since_the_beginning_each_unit_once_and_never_fall():
    stage = Recalls()
    published = stage.publish()
    stage.report(published, 10, 5, told=600)
    assert "was 10" in refused("counts-never-fall", lambda: stage.report(published, 9, 5, told=600))
    assert "told is left out" in refused("counts-never-fall", lambda: stage.report(published, 10, 5))
    assert "1001 are reached" in refused("within-recalled", lambda: stage.report(published, 900, 100, 1, told=700))
    assert "1001 are told" in refused("within-recalled", lambda: stage.report(published, 900, 100, told=1001))
    refused("line-of-recall", lambda: stage.report(published, 1, line="7"))
    refused("after-the-last", lambda: stage.report(published, 20, 5, told=600, at="2026-11-20T08:00:10Z"))
    refused("after-the-beginning", lambda: stage.report(published, 20, 5, told=600, at="2026-11-21T08:00:10Z"))
    refused("own-recall", lambda: stage.report(published, 20, 5, told=600, by=stage.other))
    last = stage.report(published, 900, 100, told=1000)
    assert [one.record.id for one in stage.store.stream(progress_subject(RECALL))][-1] == last.id


def test_a_report_that_was_wrong_is_withdrawn_and_then_a_lower_one_can_stand():
    stage = Recalls()
    published = stage.publish()
    wrong = stage.report(published, 500)
    stage.withdraw(wrong)
    stage.report(published, 50)


def test_units_that_are_known_one_by_one_are_named_once_and_counted():
    stage = Recalls()
    published = stage.publish()
    stage.report(published, 3, 1, items=stage.units([(1, "returned"), (2, "returned"), (3, "repaired")]))
    assert "reported as returned before" in refused(
        "unit-once", lambda: stage.report(published, 4, 1, items=stage.units([(1, "returned")]))
    )
    refused("unit-once", lambda: stage.report(published, 5, 1, items=stage.units([(9, "returned"), (9, "repaired")])))
    more = [(number, "returned") for number in range(10, 14)]
    assert "6 units are named" in refused("units-counted", lambda: stage.report(published, 5, 1, items=stage.units(more)))
    stage.report(published, 6, 1, items=stage.units(more))


def test_the_newest_edition_alone_goes_on():
    stage = Recalls()
    first = stage.publish()
    stage.report(first, 10)
    second = stage.publish(replaces=first.id, lines=(line(lots=LOTS, made=None, recalled=2000),))
    assert second.id in refused("newest-edition", lambda: stage.report(first, 20))
    refused("counts-never-fall", lambda: stage.report(second, 5))
    stage.report(second, 1500)


def test_an_end_tells_the_share_and_what_was_not_reached():
    stage = Recalls()
    published = stage.publish(lines=(LINE, line(number="2", recalled=200)))
    stage.report(published, 700, 60)
    assert "lines 2" in refused("progress-known", lambda: stage.end(published))
    stage.report(published, 0, 0, 0, line="2")
    assert "760 of 1200" in refused("not-reached-told", lambda: stage.end(published, not_reached=None))
    refused("after-the-last", lambda: stage.end(published, at="2026-11-20T08:00:10Z"))
    refused("own-recall", lambda: stage.end(published, by=stage.other))
    ended = stage.end(published)
    assert (ended.body["share"], ended.body["reached"], ended.body["recalled"]) == ("0.6333", 760, 1200)
    refused("ended-once", lambda: stage.end(published))


def test_of_units_that_nobody_counted_no_share_is_told():
    stage = Recalls()
    published = stage.publish(lines=(LINE, WHOLE))
    stage.report(published, 1000)
    stage.report(published, 77, line="2")
    body = stage.end(published).body
    assert "share" not in body
    assert "recalled" not in body
    assert body["reached"] == 1077


@given(st.integers(1, 10**9).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_is_cut_so_that_not_all_never_reads_as_all(told):
    reached, recalled = told
    share = share_reached(reached, recalled)
    assert int(share.replace(".", "")) == 10_000 * reached // recalled
    assert (share == "1.0000") == (reached == recalled)
