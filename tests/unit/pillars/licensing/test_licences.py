"""Licences of marks: pledges, series of tests that nobody chooses, terms, and who may give them."""

from fractions import Fraction

import pytest

from chain_stage import CLAUSE, PRODUCT, refused
from licence_stage import HONEST, LICENCE, PLEDGE, RULE, Licences
from openqi.evidence.sealing import seal
from openqi.kernel.errors import DomainError, NotFoundError
from openqi.pillars.conformity.licensing import tests_of_product
from openqi.records import statement
from openqi.records.pledges import ASSOCIATION, PledgeSigned
from openqi.science.sampling.series import least_passing_share
from openqi.store.store import Incoming
from stage import party


@pytest.mark.parametrize("confidence", [Fraction(9, 10), Fraction(19, 20), Fraction(99, 100)])
@pytest.mark.parametrize("tests", [1, 2, 3, 22, 29, 59, 1000])
def test_the_least_share_is_the_nth_root_of_what_is_not_believed_cut_after_four_places(tests, confidence):
    told = Fraction(least_passing_share(tests, confidence))
    assert told**tests <= 1 - confidence < (told + Fraction(1, 10000)) ** tests
    assert abs(float(told) - float(1 - confidence) ** (1 / tests)) < 1.01e-4


def test_fifty_nine_tests_show_95_percent_as_the_tables_of_success_runs_say_and_58_do_not():
    assert (
        Fraction(least_passing_share(59, Fraction(19, 20)))
        >= Fraction(95, 100)
        > Fraction(least_passing_share(58, Fraction(19, 20)))
    )
    for tests, confidence in ((0, Fraction(1, 2)), (3, Fraction(1)), (3, Fraction(0)), (10**6, Fraction(1, 2))):
        with pytest.raises(DomainError):
            least_passing_share(tests, confidence)


def test_a_licence_names_the_tests_of_its_series_and_what_they_are_worth():
    stage = Licences()
    tests = stage.series()
    said = stage.license().body
    assert said["evidence"] == [one.id for one in tests]
    assert said["series"] == [{
        "requirement": CLAUSE.requirement, "tests": 3, "firstDay": "2026-06-10", "lastDay": "2026-08-20", "laboratories": 2,
        "leastShare": "0.3684", "confidence": "0.95",
    }]  # fmt: skip


def test_a_test_that_failed_begins_the_series_anew_and_withdrawing_its_verdict_leaves_none_out():
    stage = Licences()
    stage.series()
    failed = stage.tested("2026-08-21", good=False)
    refused("series-long", "0 tests .* in a row passed", stage.license)
    stage.withdraw(failed, stage.assessor)
    refused("tests-judged", "have no verdict", stage.license)
    stage.series("2026-08-22", "2026-10-01", "2026-10-30")
    assert stage.license().body["series"][0]["tests"] == 3


def test_a_failure_on_a_lot_counts_as_one_on_the_product_and_one_of_another_product_does_not():
    stage = Licences()
    stage.lot(lot="https://maker.example/lot/9")
    stage.series("2026-06-10", "2026-07-20")
    stage.tested("2026-08-01", good=False, subject="https://maker.example/lot/9")
    stage.tested("2026-08-20", second=True)
    refused("series-long", "1 tests", stage.license)
    other = Licences()
    other.series()
    other.tested("2026-08-21", good=False, subject="https://maker.example/sample/of/something")
    assert other.license()


def test_a_lot_of_somebody_else_is_no_lot_of_the_maker():
    stage = Licences()
    rival = party("rival", 77)
    stage.welcome(rival, "manufacturer")
    maker, stage.maker = stage.maker, rival
    stage.lot(lot="https://rival.example/lot/1")
    stage.maker = maker
    stage.series()
    stage.tested("2026-08-21", good=False, subject="https://rival.example/lot/1")
    assert stage.license().body["series"][0]["tests"] == 3


def test_what_a_sampling_plan_decided_about_a_lot_counts_instead_of_its_single_items():
    stage = Licences()
    items = {f"https://maker.example/cell/{one}": "2.0000" if one else "1.0000" for one in range(8)}
    formed = stage.lot()
    stage.series("2026-06-10", "2026-07-20")
    stage.until("2026-08-20T09:00:00+00:00")
    read = stage.readings(
        stage.with_procedure, items, subject=formed.body["lot"],
        measured_from="2026-08-20T06:00:00Z", measured_until="2026-08-20T08:00:00Z",
    )  # fmt: skip
    judged = stage.judge(read, stage.with_clause)
    refused("series-long", "0 tests", stage.license)
    decided = stage.decide(formed, judged, stage.plan(8, 1))
    assert stage.license().body["series"][0]["tests"] == 3
    stage.withdraw(decided, stage.assessor)
    refused("series-long", "0 tests", stage.license, licence=f"{LICENCE}/2")


def test_readings_that_nobody_judged_stop_a_licence():
    stage = Licences()
    stage.series()
    stage.tested("2026-08-21", judged=False)
    refused("tests-judged", "of 2026-08-21T08:00:00Z have no verdict", stage.license)


@pytest.mark.parametrize(
    ("days", "changes", "rule"),
    [
        (("2026-06-10", "2026-07-20"), {}, "series-long"),
        (("2026-06-10", "2026-07-01", "2026-08-08"), {}, "series-over-days"),
        (("2026-06-10", "2026-07-20", "2026-08-09"), {}, ""),
        (("2026-06-10", "2026-07-20", "2026-08-20"), {"laboratories": 3}, "series-of-laboratories"),
    ],
)
def test_a_series_is_as_long_as_its_rule_wants(days, changes, rule):
    stage = Licences()
    stage.series(*days)
    published = stage.rule(**changes)
    if rule:
        refused(rule, RULE if rule != "series-long" else "asks for 3", stage.license, by_rule=published)
    else:
        assert stage.license(published)


def test_a_test_is_too_old_on_the_day_after_the_last():
    stage = Licences()
    stage.series()
    rule = stage.rule()
    stage.until("2026-09-20T10:00:00+00:00")
    refused("series-new", "at most 30 days old", stage.license, by_rule=rule)
    stage = Licences()
    stage.series()
    stage.until("2026-09-19T10:00:00+00:00")
    assert stage.license()


def test_more_lots_than_are_read_are_never_left_out_in_silence(monkeypatch):
    monkeypatch.setattr(tests_of_product, "MOST_LOTS", 2)
    stage = Licences()
    for number in range(3):
        stage.lot(lot=f"https://maker.example/lot/{number}")
    stage.series()
    assert stage.license()  # all of them were formed before the series began
    for number in range(3, 6):
        stage.lot(lot=f"https://maker.example/lot/{number}")
    refused("lots-readable", "more than 2 lots were formed", stage.license, licence=f"{LICENCE}/2")


def test_a_licence_of_a_hundred_lots_fits_into_a_record():
    stage = Licences()
    for number in range(101):
        stage.lot(lot=f"https://maker.example/product/lot/of/this/product/with/a/longer/name/{number}")
    stage.series()
    assert len(stage.license().jws) < 48_000


def test_a_mark_of_integrity_rests_on_the_pledge_that_its_rule_names():
    stage = Licences()
    rule = stage.rule(HONEST)
    refused("pledge-of-rule", f"asks for the pledge {PLEDGE}", stage.license, by_rule=rule)
    other = stage.sign(pledge=f"{PLEDGE}/other")
    refused("pledge-of-rule", "maker.example signed", stage.license, by_rule=rule, signed=other.id)
    stage.product(f"{PRODUCT}/other")
    narrow = stage.sign(products=(f"{PRODUCT}/other",))
    refused("pledge-of-product", "other products", stage.license, by_rule=rule, signed=narrow.id)
    stage.end(narrow)
    signed = stage.sign()
    licence = stage.license(rule, signed=signed.id)
    assert licence.body["signed"] == signed.id
    assert "series" not in licence.body
    stage.end(signed)
    refused(
        "pledge-stands", "no longer stands by the pledge", stage.license, by_rule=rule, signed=signed.id, licence=f"{LICENCE}/2"
    )


def test_a_pledge_of_somebody_else_or_one_that_ends_before_the_licence_is_none():
    stage = Licences()
    rival = party("rival", 77)
    stage.welcome(rival, "manufacturer")
    stage.product("https://rival.example/product", signer=rival)
    rule = stage.rule(HONEST)
    theirs = stage.sign(by=rival)
    refused("pledge-of-holder", "signed by https://rival", stage.license, by_rule=rule, signed=theirs.id)
    short = stage.sign(valid_until="2027-01-01T00:00:00Z")
    refused("pledge-lasts", "ends at 2027-01-01", stage.license, by_rule=rule, signed=short.id)
    assert stage.license(rule, signed=short.id, valid_until="2027-01-01T00:00:00Z")


def test_a_pledge_that_somebody_else_published_under_the_same_name_is_none():
    stage = Licences()
    stage.sign()
    own, stage.union = stage.union, party("friend", 79)
    stage.welcome(stage.union, ASSOCIATION)
    easy = stage.sign()  # its edition promises what a friend of the firm likes
    stage.union = own
    refused("pledge-of-rule", "is by https://friend", stage.license, by_rule=stage.rule(HONEST), signed=easy.id)
    assert stage.license(stage.rule(HONEST, rule=f"{HONEST.rule}/2"), signed=stage.sign().id)


def test_a_signature_that_was_only_stated_is_none():
    stage = Licences()
    true = stage.sign()
    body = PledgeSigned(firm=stage.maker.party, pledge=PLEDGE, published=true.body["published"], signed_at="2026-06-01T00:00:00Z")
    forged = seal(statement(body), issuer=stage.maker.party, key=stage.maker.key, now=stage.ledger.now())
    stage.store.append([Incoming(record=forged)], checkpoint=stage.ledger.checkpoint)
    refused("decided-only", "only ever decided", stage.license, by_rule=stage.rule(HONEST), signed=forged.id)


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        ({"valid_until": "2028-06-30T16:00:00Z"}, "term-of-rule", "longer than the 500 days"),
        ({"valid_from": "2027-06-30T16:00:00Z"}, "term-in-order", "no term to come"),
        ({"valid_from": "2026-01-01T00:00:00Z"}, "licence-to-come", "days that are over"),
        ({"most": 0}, "some-marks", "no mark at all"),
        ({"issuers": ("https://maker.example",)}, "issuers-once", "others than the holder"),
        ({"markets": ("CN", "CN")}, "markets-once", "named once"),
        ({"holder": "https://rival.example"}, "holder-made", "did not make it"),
        ({"product": f"{PRODUCT}/other"}, "holder-made", "nobody has registered"),
    ],
)
def test_a_licence_that_says_what_cannot_be_is_refused(changes, rule, says):
    stage = Licences()
    published, signed = stage.rule(HONEST), stage.sign()
    refused(rule, says, stage.license, by_rule=published, signed=signed.id, **changes)
    assert stage.license(published, signed=signed.id)


def test_only_who_published_a_rule_licenses_by_it_and_only_while_it_holds():
    stage = Licences()
    other = party("other", 78)
    stage.welcome(other, "association")
    rule, signed = stage.rule(HONEST), stage.sign()
    refused("own-rule", "published by https://union", stage.license, by_rule=rule, signed=signed.id, by=other)
    refused("role-held", "does not hold the role association", stage.license, by_rule=rule, signed=signed.id, by=stage.maker)
    later = stage.rule(HONEST, valid_from="2027-01-01T00:00:00Z")
    refused("rule-in-force", "holds from 2027", stage.license, by_rule=later, signed=signed.id)
    stage.withdraw(rule, stage.union)
    refused("basis-stands", "was withdrawn", stage.license, by_rule=rule, signed=signed.id)
    with pytest.raises(NotFoundError):
        stage.license(stage.rule(HONEST), signed="ab" * 32)


def test_a_licence_is_given_once_under_its_name_withdrawn_or_not():
    stage = Licences()
    first = stage.honest()
    refused("licence-once", f"given before, as record {first.id}", stage.honest)
    stage.withdraw(first, stage.union)
    refused("licence-once", "and was withdrawn", stage.honest)
