"""Threats to goods and their marks: a rival who recalls what is not his, a maker who takes out the lots that failed."""

import pytest

from chain_stage import PRODUCT as MADE
from licence_stage import Licences
from openqi.app.recalls.concerning import concerning_recalls
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.recalls.publishing import OrderRecall
from openqi.records import body
from openqi.records.conformity import LotFormed, ProductRegistered
from openqi.records.draws import AUTHORITY
from openqi.records.recalls import RecallLine
from openqi.records.rows import committed
from own_standards_stage import CAPACITY, Declaring
from pledge_stage import NAMED, Pledges
from pledge_stage import PRODUCT as PROMISED
from recalls_stage import LINE, LOTS, PRODUCT, WHOLE, Recalls, line
from stage import changed, party


def refused(rule, act, *arguments, **more):
    with pytest.raises(RefusedError) as error:
        act(*arguments, **more)
    assert error.value.rule == rule, str(error.value)


def test_a_rival_recalls_neither_a_product_that_another_registered_nor_a_lot_that_another_formed():
    stage = Recalls()
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), stage.firm)
    stage.ledger.state(
        LotFormed(lot=LOTS[0], product=PRODUCT, name=NAMED, formed_at="2026-10-01T00:00:00Z", items=stage.units([(1, "returned")])),
        stage.firm,
    )
    own = {"firm": stage.other.party, "by": stage.other}
    for lines in (line(lots=()), line(product=None, lots=LOTS[:1]), WHOLE):
        if lines is WHOLE:
            assert stage.publish(lines=(lines,), **own)
        else:
            refused("own-goods", stage.publish, lines=(lines,), **own)
    assert stage.publish(recall="https://firm.example/recall/2").body["firm"] == stage.firm.party


def test_a_firm_adds_nothing_of_others_to_what_an_authority_ordered_back():
    stage = Recalls()
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), stage.other)
    first = stage.order(lines=(WHOLE,))
    refused("own-goods", stage.publish, replaces=first.id, lines=(WHOLE, LINE))
    second = stage.order(replaces=first.id, lines=(WHOLE, LINE))
    assert stage.publish(replaces=second.id, lines=(WHOLE, LINE))  # what was ordered may be said again


def test_a_recall_by_somebody_else_that_names_a_gtin_or_a_lot_to_come_says_nothing_of_a_registered_product():
    stage = Recalls()
    stage.ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), stage.firm)
    told = (RecallLine(number="1", name=NAMED, lots=("https://firm.example/lot/9",), gtins=("06901234567892",)),)
    stage.publish(lines=told, firm=stage.other.party, by=stage.other)
    asked = {"lot": "https://firm.example/lot/9", "gtin": "06901234567892"}
    assert concerning_recalls(stage.store, product=PRODUCT, **asked) == ()
    assert len(concerning_recalls(stage.store, **asked)) == 1
    ordered = stage.order(recall="https://bureau.example/recall/1", lines=told, firm=stage.other.party)
    assert [one.record.id for one in concerning_recalls(stage.store, product=PRODUCT, **asked)] == [ordered.id]


def test_marks_are_recalled_by_the_maker_or_by_order_and_never_by_a_rival():
    stage = Licences()
    lot = "https://maker.example/lot/77"
    marks = stage.issue(stage.honest(), range(4), lot=lot)
    rival, bureau = party("rival", 77), party("bureau", 78)
    stage.welcome(rival, "manufacturer")
    stage.welcome(bureau, AUTHORITY)
    refused("own-goods", stage.recall, by=rival)
    said = stage.recall(by=rival, product=None, lots=(lot,))  # nobody formed it in this log so far
    for state in ("recalled", "destroyed"):
        refused("recall-of-maker", stage.state, marks, state, [1], because=said.id, by=rival)
    order = OrderRecall(
        recall="https://bureau.example/recall/1", number="R-9", firm=rival.party, name=NAMED,
        lines=(RecallLine(number="1", name=NAMED, product=MADE),), defect=NAMED, consequence=NAMED, risk="high",
        remedies=("refund",), what_to_do=NAMED, contact=NAMED, sold=NAMED, begins=stage.ledger.now()[:10],
    )  # fmt: skip
    assert stage.state(marks, "recalled", [1], because=stage.do(order, bureau).id, by=bureau).body["by"] == "recaller"


def test_a_maker_takes_no_lot_out_of_a_licence_that_failed():
    stage = Licences()
    formed = stage.lot(lot="https://maker.example/lot/9")
    stage.tested("2026-06-05", good=False, subject="https://maker.example/lot/9")
    stage.series("2026-06-10", "2026-07-20")
    stage.tested("2026-08-01", good=False, subject="https://maker.example/lot/9")
    stage.tested("2026-08-20", second=True)
    stage.withdraw(formed, stage.maker)
    refused("series-long", stage.license)


def test_a_maker_who_tests_himself_takes_no_failure_out_by_withdrawing_his_readings():
    stage = Licences()
    stage.grant(stage.maker, "testing-laboratory")
    stage.series("2026-06-10", "2026-07-20")
    usual, stage.laboratory = stage.laboratory, stage.maker
    read = stage.tested("2026-08-01", good=False, judged=False)
    stage.laboratory = usual
    stage.withdraw(read, stage.maker)
    stage.tested("2026-08-20", second=True)
    refused("tests-judged", stage.license)


def test_a_maker_takes_no_lot_out_of_a_pledge_that_failed():
    s = Pledges()
    signed = s.sign()
    said = LotFormed(
        lot="https://maker.example/lot/1", product=PROMISED, name=NAMED, formed_at="2026-01-10T00:00:00Z",
        items=stated_items(s),
    )  # fmt: skip
    formed = s.ledger.state(said, s.maker)
    s.tested("1900.0", said.lot)
    assert s.states(signed, "2026-01-12")["tests"].state == "contradicted"
    s.withdraw(formed, s.maker)
    assert s.states(signed, "2026-01-12")["tests"].state == "contradicted"


def stated_items(s):
    items, content = committed([b'{"item":"https://maker.example/cell/1"}'])
    s.store.put_blob(content)
    return items


def test_a_declared_standard_is_measured_on_the_lots_of_its_maker_withdrawn_or_not_and_on_nobody_elses():
    stage = Declaring()
    declared, formed = stage.declare(CAPACITY), stage.lot()
    stage.results("1.900", "2.100")
    rival = party("rival", 77)
    stage.welcome(rival, "manufacturer")
    stage.ledger.state(changed(body(formed, LotFormed), lot="https://rival.example/lot/1"), rival)
    stage.results("1.000", lot="https://rival.example/lot/1")
    told = stage.measure(declared).measured[0]
    assert (told.meet, told.fail, len(told.results)) == (1, 1, 1)
    stage.withdraw(formed, stage.maker)
    again = stage.measure(declared)
    assert (again.lots, again.measured[0].fail) == (1, 1)
