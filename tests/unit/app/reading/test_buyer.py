"""What a buyer is told of a mark under a licence: nothing known against it, or all that is known, by whoever may say so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from buyer_world import World
from chain_stage import PRODUCT
from licence_stage import GTIN, NAMED
from openqi.app.reading.buyer import tested
from openqi.app.reading.products import product_page
from openqi.records import Names
from openqi.records.conformity import ProductRegistered
from stage import party

FORBIDDEN = ("genuine", "authentic", "真品", "正品", "真货", "保真")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.reader.close()


def test_a_mark_of_which_nothing_bad_is_known_says_so_at_the_size_of_the_log_and_under_which_licence(world: World):
    html, page = world.html(), world.page()
    assert page.against == ()
    assert f"Nothing is known against it at log size {page.size}." in html
    assert "licence L-1 to use the mark" in html
    assert "holds until 2027-06-30" in html
    assert "the issuer did not say which item bears it" in html
    assert "该标识由" in world.html("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_a_mark_ever_says_that_a_thing_is_genuine(world: World, language: str):
    world.stage.state(world.marks, "sold", reason=None)
    html = world.html(language)
    assert not any(word in html.lower() for word in FORBIDDEN)


@pytest.mark.parametrize(("state", "told"), [("activated", "put on goods"), ("sold", "sold")])
def test_what_became_of_a_mark_is_told_and_speaks_not_against_it(world: World, state: str, told: str):
    world.stage.state(world.marks, state, [1], reason=None)
    assert world.sorts() == []
    assert told in world.html()
    assert world.page(2).state is None


def test_a_mark_that_was_revoked_says_so_first_and_why(world: World):
    world.stage.state(world.marks, "revoked", [1], by=world.stage.union, reason=Names(zh="印错", en="printed wrongly"))
    (one,) = world.page().against
    assert (one.sort, one.grave) == ("revoked", True)
    html = world.html()
    assert html.index("The mark was revoked") < html.index("printed wrongly") < html.index("What was tested")
    assert "Nothing is known against it" not in html
    assert world.sorts(2) == []


def test_a_recall_shows_at_the_next_scan_with_what_to_do_and_stays_when_it_has_ended(world: World):
    recall = world.stage.recall()
    assert world.sorts() == ["recalled"]
    html = world.html("zh")
    assert re.search(r"<h1>\s*同类产品已宣布召回", html)
    assert "这一件在召回范围内" in html
    assert "请这样做" in html
    world.stage.withdraw(recall, world.stage.maker)
    assert world.sorts() == []


def test_a_recall_of_some_batches_says_that_this_one_may_be_among_them(world: World):
    world.stage.recall(batches=("B-7",))
    assert world.sorts() == ["perhaps-recalled"]
    assert "this one may be among them" in world.html()
    assert not any(one.grave for one in world.page().against)


def test_a_recall_by_gtin_finds_marks_of_that_gtin(world: World):
    world.stage.recall(product=None, gtins=(GTIN,))
    assert world.sorts() == ["recalled"]


def test_promises_turn_from_due_to_missed_by_the_day_alone(world: World):
    (one,) = world.page().promises
    assert ([state.state for state in one.states], one.broken) == (["due"], ())
    assert world.sorts() == []
    world.stage.until("2026-07-20T08:00:00+00:00")
    (one,) = world.page().promises
    assert [state.state for state in one.broken] == ["missed"]
    assert world.sorts() == ["missed"]
    assert "missed" in world.html()


def test_what_is_due_today_is_not_missed_before_the_day_is_over(world: World):
    (one,) = world.page().promises
    due = one.states[0].due
    assert due is not None
    world.stage.until(f"{due.isoformat()}T15:30:00+00:00")  # 23:30 where the pledge counts its days
    assert world.sorts() == []


def test_a_pledge_that_ended_is_told_and_its_promises_are_no_longer_counted(world: World):
    world.stage.end(world.stage.sign())
    ended = [one for one in world.page().promises if one.ended_on]
    assert [one.states for one in ended] == [()]
    assert "pledge-ended" in world.sorts()


def test_a_pledge_that_was_signed_anew_when_it_ended_speaks_against_nobody(world: World):
    world.stage.end(world.stage.sign())
    world.stage.sign()
    world.stage.clock.wait(days=1)
    (ended,) = (one for one in world.page().promises if one.ended_on)
    assert ended.again_on
    assert "pledge-ended" not in world.sorts()
    assert "signed the same pledge anew" in world.html()


def test_a_pledge_that_ended_with_a_promise_missed_is_still_told_when_it_was_signed_anew(world: World):
    signed = world.stage.sign()
    world.stage.until("2026-07-20T08:00:00+00:00")
    world.stage.end(signed)
    world.stage.sign()
    world.stage.clock.wait(days=1)
    assert "pledge-ended" in world.sorts()
    assert "When it ended, promises were missed or contradicted." in world.html()


def test_a_pledge_that_ended_is_not_made_good_by_a_signature_of_another_pledge(world: World):
    world.stage.end(world.stage.sign(pledge="https://u.example/pledge/other"))
    world.stage.clock.wait(days=1)
    assert "pledge-ended" in world.sorts()


def test_a_licence_that_was_withdrawn_or_is_over_says_so(world: World):
    world.stage.until("2027-07-01T12:00:00+00:00")
    assert "licence-over" in world.sorts()
    assert "The licence has ended" in world.html()
    world.stage.withdraw(world.licence, world.stage.union)
    assert world.page().against[0].sort == "licence-withdrawn"
    assert "The licence to use the mark was withdrawn" in world.html()


def test_tests_behind_a_licence_are_told_with_value_uncertainty_requirement_and_who_measured(tmp_path: Path):
    world = World(tmp_path)
    stage = world.stage
    series = stage.series()
    licence = stage.license(stage.rule(), number="L-2", licence="https://u.example/2")
    stage.clock.wait(days=1)
    stage.issue(licence, range(20, 22))
    (one,) = world.page(20).issued.tests.found
    assert (one.sort, one.tests, one.conforming, one.nonconforming) == ("type-test", 3, 3, 0)
    lines = [stage.store.blob(record.body["items"]["rows"]["sha256"]) for record in series]
    stated = {(row["value"], row["expandedUncertainty"]) for row in map(json.loads, b"".join(lines).splitlines())}
    assert {(one.low, one.uncertainty), (one.high, one.uncertainty)} == stated
    assert (one.first_day, one.last_day) == ("2026-06-10", "2026-08-20")
    assert len(one.by) == 2
    html = world.html(number=20)
    assert "all 3 conform" in html
    assert f"± {one.uncertainty}" in html
    world.reader.close()


def test_what_the_samples_of_its_lot_gave_is_told_without_anybody_naming_them_and_what_failed_speaks_against_it(world: World):
    lot = "https://maker.example/lot/A"
    world.stage.lot(lot=lot)
    world.stage.issue(world.licence, range(20, 22), lot=lot)
    assert world.page(20).issued.tests.found == ()
    assert "no test results that may be shown" in world.html(number=20)
    world.stage.tested("2026-06-10", subject=lot)
    (one,) = world.page(20).issued.tests.found
    assert (one.sort, one.tests, one.nonconforming) == ("lot", 1, 0)
    assert world.sorts(20) == []
    failed = world.stage.tested("2026-06-11", subject=lot, good=False)
    assert world.sorts(20) == ["lot-failed"]
    assert "Tests of its lot that did not conform: 1" in world.html(number=20)
    assert "Nothing is known against it" not in world.html(number=20)
    assert world.page(2).issued.tests.found == ()  # of no lot
    world.stage.withdraw(failed, world.stage.assessor)
    assert world.sorts(20) == []


def test_that_a_mark_is_recalled_is_told_once_and_no_recall_of_another_lot_is_denied(world: World):
    recall = world.stage.recall()
    world.stage.state(world.marks, "recalled", because=recall.id)
    assert world.sorts() == ["recalled"]
    assert world.page().against[0].record == recall.id


def test_a_test_that_failed_is_counted_and_said(world: World):
    bad = world.stage.tested("2026-06-12", good=False)
    found = tested.tests_of(world.page() and world.context, type_tests=[bad.id, "ab" * 32], lots=["cd" * 32])
    assert [(one.tests, one.nonconforming) for one in found.found] == [(1, 1)]
    assert found.withheld == 2


def test_scans_are_counted_but_never_by_looking_at_a_page_for_somebody_else(world: World):
    assert world.page(scanned=False).scans.total == 0
    world.page()
    assert world.page(scanned=False).scans.total == 1


def test_the_product_and_its_maker_are_named(world: World):
    page = world.page()
    assert page.issued.product.uri == PRODUCT
    assert page.issued.maker.uri == world.stage.maker.party
    assert NAMED.en in world.html()


def test_who_registers_a_product_of_somebody_else_later_is_not_named_as_its_maker(world: World):
    rival = party("rival", 90)
    world.stage.welcome(rival, "manufacturer")
    world.stage.ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), rival)
    maker = world.stage.maker.party
    assert world.page().issued.maker.uri == maker
    assert product_page(world.context, PRODUCT).registered.issuer.uri == maker
