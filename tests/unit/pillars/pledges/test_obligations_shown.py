"""Handing in for a promise: who, for which days, which evidence; and that withdrawn evidence shows nothing any more."""

import pytest

from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError
from openqi.records import Content
from openqi.records.conformity import LotFormed
from openqi.records.metrology import InstrumentRegistered
from openqi.records.pledges import Obligation, PledgeProved
from openqi.records.rows import committed
from pledge_stage import NAMED, OTHER, PRODUCT, Pledges
from stage import outcome

ANY = Obligation(code="any", sort="quality-file", text=NAMED, first_within=30)
DAY = "2026-01-10"


@pytest.fixture
def s():
    return Pledges()


def refused(rule, call, *arguments, **more):
    with pytest.raises(RefusedError) as error:
        call(*arguments, **more)
    assert error.value.rule == rule


def test_the_firm_hands_in_a_test_that_was_passed_and_the_promise_is_kept(s):
    signed = s.sign()
    assert s.told(signed, DAY, "tests") == ("due", DAY, "2026-02-09")
    s.until("2026-01-20")
    test = s.tested()
    shown = s.show(signed, "tests", DAY, "2026-01-20", evidence=(test.id,))
    assert outcome(s.verified(s.dossier(shown))) == ("passed", "passed", "passed")
    one = s.states(signed, "2026-01-20")["tests"]
    assert (one.state, one.due.isoformat(), one.evidence) == ("kept", "2026-05-10", (shown.id,))
    assert s.told(signed, "2026-01-19", "tests")[0] == "due"


def test_strangers_hand_in_nothing_and_nothing_is_handed_in_for_what_is_not_promised(s):
    signed = s.sign()
    refused("firm-shows", s.show, signed, "system", DAY, DAY, by=s.rival)
    refused("firm-shows", s.show, signed, "system", DAY, DAY, by=s.association)
    refused("obligation-known", s.show, signed, "nothing", DAY, DAY)
    s.withdraw(signed, s.maker)
    refused("signature-holds", s.show, signed, "system", DAY, DAY)


def test_days_are_those_of_the_pledge_and_none_lies_ahead(s):
    signed = s.sign()
    s.until("2026-01-19", hour=15)  # 23 in the evening in China
    refused("days-over", s.show, signed, "system", DAY, "2026-01-20")
    s.until("2026-01-19", hour=16)  # midnight: the twentieth has begun
    s.show(signed, "system", DAY, "2026-01-20")
    assert s.told(signed, "2026-01-19", "system")[0] == "due"
    assert s.told(signed, "2026-01-20", "system")[0] == "kept"
    refused("days-recent", s.show, signed, "warranty", "2025-01-01", "2025-11-10")
    s.show(signed, "warranty", "2025-01-01", "2025-11-11")
    for first, last in (("2026-01-20", "2026-01-19"), ("2026-02-29", "2026-03-01")):
        with pytest.raises((FormatError, ValueError)):
            s.show(signed, "system", first, last)


def test_a_leap_day_counts_as_a_day():
    s = Pledges()
    s.until("2028-01-30")
    signed = s.sign()
    assert s.told(signed, "2028-01-30", "system")[2] == "2028-02-29"


def test_evidence_is_of_the_kinds_asked_for_and_says_that_everything_conforms(s):
    signed = s.sign()
    refused("evidence-asked", s.show, signed, "tests", DAY, DAY, evidence=())
    refused("evidence-asked", s.show, signed, "tests", DAY, DAY, evidence=(signed.id,))
    refused("evidence-passes", s.show, signed, "tests", DAY, DAY, evidence=(s.tested("1900.0").id,))
    test = s.tested()
    refused("evidence-once", s.show, signed, "tests", DAY, DAY, evidence=(test.id, test.id))
    s.withdraw(test, s.assessor)
    refused("basis-stands", s.show, signed, "tests", DAY, DAY, evidence=(test.id,))
    with pytest.raises(NotFoundError):
        s.show(signed, "tests", DAY, DAY, evidence=("ab" * 32,))


def test_evidence_is_about_the_firm_its_products_lots_or_instruments(s):
    signed = s.sign(s.publish(ANY))
    refused("evidence-own", s.show, signed, "any", DAY, DAY, evidence=(s.tested(item="https://rival.example/product/1").id,))
    refused("evidence-own", s.show, signed, "any", DAY, DAY, evidence=(s.genesis.id,))
    items, content = committed([b'{"item":"https://maker.example/item/1"}'])
    s.store.put_blob(content)
    lot = "https://maker.example/lot/1"
    formed = LotFormed(lot=lot, product=PRODUCT, name=NAMED, formed_at="2026-01-09T00:00:00Z", items=items)
    claimed = LotFormed(lot=lot + "0", product=PRODUCT, name=NAMED, formed_at="2026-01-09T00:00:00Z", items=items)
    s.ledger.state(claimed, s.rival)
    refused("evidence-own", s.show, signed, "any", DAY, DAY, evidence=(s.tested(item=lot + "0").id,))
    s.ledger.state(formed, s.maker)
    instrument = InstrumentRegistered(
        instrument="https://maker.example/balance/1", name=NAMED, owner=s.maker.party, serial="1", indicates=(),
        calibration_interval_days=365,
    )  # fmt: skip
    owned = s.ledger.state(instrument, s.laboratory)
    for test in (s.tested(item=lot), s.tested(item=OTHER), s.tested(item=instrument.instrument), owned, signed):
        s.show(signed, "any", DAY, DAY, evidence=(test.id,))


def test_a_document_is_at_hand_and_the_one_that_is_named(s):
    signed = s.sign()
    kept = s.document(b"quality handbook")
    refused("evidence-asked", s.show, signed, "system", DAY, DAY, documents=())
    with pytest.raises(NotFoundError):
        s.show(signed, "system", DAY, DAY, documents=(Content(media_type="text/plain", sha256="cd" * 32, size=3),))
    with pytest.raises(VerificationError):
        s.show(signed, "system", DAY, DAY, documents=(Content(media_type="text/plain", sha256=kept.sha256, size=3),))
    s.show(signed, "system", DAY, DAY, documents=(kept,))


def test_withdrawn_evidence_shows_nothing_from_the_day_on_on_which_it_was_withdrawn(s):
    signed = s.sign()
    test = s.tested()
    shown = s.show(signed, "tests", DAY, DAY, evidence=(test.id,))
    s.until("2026-03-01")
    s.withdraw(test, s.assessor)
    assert s.told(signed, "2026-02-28", "tests")[0] == "kept"
    assert s.told(signed, "2026-03-01", "tests") == ("missed", "2026-03-01", "2026-02-09")
    again = s.show(signed, "tests", DAY, "2026-03-01", evidence=(s.tested().id,))
    assert s.told(signed, "2026-03-01", "tests")[0] == "kept"
    s.until("2026-03-02")
    s.withdraw(again, s.maker)
    assert s.states(signed, "2026-03-02")["tests"].state == "missed"
    assert s.states(signed, "2026-03-02")["tests"].evidence == ()
    assert shown.id in s.states(signed, "2026-02-28")["tests"].evidence


def test_a_withdrawal_by_somebody_else_takes_nothing_away(s):
    signed = s.sign()
    s.show(signed, "system", DAY, DAY)
    with pytest.raises(RefusedError):
        s.withdraw(signed, s.rival)
    assert s.told(signed, DAY, "system")[0] == "kept"


def test_for_days_of_the_pledge_evidence_may_come_after_its_end_and_for_none_after_it(s):
    signed = s.sign()
    s.until("2026-02-20")
    s.end(signed)
    assert s.told(signed, "2026-02-20", "system") == ("missed", "2026-02-10", "2026-02-09")
    s.until("2026-03-01")
    refused("days-of-pledge", s.show, signed, "system", "2026-02-21", "2026-03-01")
    s.show(signed, "system", DAY, "2026-02-20")
    assert s.told(signed, "2026-06-01", "system") == ("kept", "2026-03-01", None)
    assert s.told(signed, "2026-06-01", "warranty")[0] == "due"


def test_one_test_is_not_handed_in_for_every_stretch_to_come(s):
    signed = s.sign()
    first = s.tested()
    s.show(signed, "tests", "2026-01-10", "2026-01-10", evidence=(first.id,))
    s.until("2026-04-10")
    s.show(signed, "tests", "2026-01-11", "2026-04-10", evidence=(first.id,))  # ninety days later: as old as it may be
    s.until("2026-08-20")
    for since in ("2026-01-10", "2026-08-01"):
        refused("evidence-of-days", s.show, signed, "tests", since, "2026-08-20", evidence=(first.id,))
    refused("evidence-of-days", s.show, signed, "tests", "2026-01-10", "2026-04-11", evidence=(first.id,))
    assert s.states(signed, "2026-08-20")["tests"].state == "missed"
    s.show(signed, "tests", "2026-08-20", "2026-08-20", evidence=(s.tested().id,))
    assert s.states(signed, "2026-08-20")["tests"].state == "kept"


def test_what_says_itself_until_when_it_holds_shows_the_days_until_then(s):
    rule = Obligation(code="proof", sort="law-and-standards", text=NAMED, shown_by=(PledgeProved.KIND,), first_within=30, every=30)
    signed = s.sign(s.publish(rule))
    proof = s.prove(signed, valid_until="2026-06-01T00:00:00Z")
    s.until("2026-06-02")
    s.show(signed, "proof", "2026-05-01", "2026-05-31", evidence=(proof.id,))
    refused("evidence-of-days", s.show, signed, "proof", "2026-05-01", "2026-06-02", evidence=(proof.id,))
