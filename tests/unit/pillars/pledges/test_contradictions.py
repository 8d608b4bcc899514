"""What contradicts a pledge, and what does not: failed tests, upheld complaints, recalls, late answers; strangers steer nothing."""

from time import thread_time

import pytest

from clocked import fair
from openqi.evidence.sealing import seal
from openqi.pillars.governance.pledges.standing import decided
from openqi.pillars.governance.tasks import AnswerTask, AskTask
from openqi.pillars.surveillance.standing import own_records
from openqi.records import Items, Rows, statement
from openqi.records.complaints import ComplaintReceived
from openqi.records.conformity import LotDecided, LotFormed, ReadingsJudged, ResultJudged
from openqi.records.pledges import Obligation
from openqi.store.store import Incoming
from pledge_stage import COMPLAINT, NAMED, OTHER, PRODUCT, Pledges
from stage import changed

DAY = "2026-01-10"
ALL = Obligation(
    code="all", sort="law-and-standards", text=NAMED, first_within=400,
    contradicted_by=("failed-test", "upheld-complaint", "recall", "late-answer"),
)  # fmt: skip
LOT = "https://maker.example/lot/1"
ITEMS = Items(count=50, root="ab" * 32, rows=Rows(media_type="application/x-ndjson", sha256="cd" * 32, size=9))


@pytest.fixture
def s():
    return Pledges()


@pytest.fixture
def signed(s):
    return s.sign(s.publish(ALL))


def state(s, signed, day):
    return s.states(signed, day)["all"]


def test_a_failed_test_contradicts_from_its_day_on_until_one_is_passed_and_shown(s, signed):
    s.until("2026-02-01")
    failed = s.tested("1900.0")
    assert state(s, signed, "2026-01-31").state == "due"
    found = state(s, signed, "2026-02-01")
    assert (found.state, found.since.isoformat(), found.evidence) == ("contradicted", "2026-02-01", (failed.id,))
    s.until("2026-02-10")
    passed = s.tested()
    assert state(s, signed, "2026-02-10").state == "contradicted"
    s.until("2026-02-11")
    s.show(signed, "all", "2026-02-01", "2026-02-11", evidence=(passed.id,))
    assert state(s, signed, "2026-02-11").state == "kept"
    assert state(s, signed, "2026-02-10").state == "contradicted"


def test_a_test_on_another_requirement_closes_nothing(s, signed):
    s.tested("1900.0")
    other = s.requirement(requirement="https://standards.example/requirement/2")
    s.until("2026-02-10")
    passed = s.verdict(s.result(item=PRODUCT, measured_at="2026-02-09T00:00:00Z"), other)
    s.show(signed, "all", "2026-02-01", "2026-02-10", evidence=(passed.id,))
    assert state(s, signed, "2026-02-10").state == "contradicted"


def test_a_failed_test_of_another_product_or_another_firms_contradicts_nothing(s, signed):
    s.tested("1900.0", item=OTHER)
    s.tested("1900.0", item="https://rival.example/product/1")
    assert state(s, signed, DAY).state == "due"


def test_what_came_before_the_signature_or_after_its_end_contradicts_nothing(s):
    s.tested("1900.0")
    signed = s.sign(s.publish(ALL))
    assert state(s, signed, DAY).state == "due"
    s.end(signed)
    s.tested("1900.0")
    assert state(s, signed, DAY).state == "due"


@pytest.mark.parametrize("leave", ["end", "withdraw"])
def test_who_signs_the_same_pledge_anew_repairs_nothing_by_it(s, leave):
    edition = s.publish(ALL)
    signed = s.sign(edition)
    failed = s.tested("1900.0")
    s.until("2026-01-11")
    _ = s.end(signed) if leave == "end" else s.withdraw(signed, s.maker)
    s.tested("1900.0")  # while nothing is promised
    s.until("2026-01-12")
    again = s.sign(edition)
    told = state(s, again, "2026-01-12")
    assert (told.state, told.evidence) == ("contradicted", (failed.id,))
    s.until("2026-01-13")
    s.tested()
    assert state(s, again, "2026-01-13").state == "contradicted"
    s.show(again, "all", "2026-01-12", "2026-01-13")
    assert state(s, again, "2026-01-13").state == "kept"


def test_who_signs_anew_before_a_due_day_has_the_days_that_were_left(s):
    edition = s.publish(changed(ALL, first_within=30, every=30))
    s.end(s.sign(edition))  # thirty days were left
    s.until("2026-02-01")
    second = s.sign(edition)
    assert s.told(second, "2026-02-01", "all") == ("due", "2026-02-01", "2026-03-03")
    s.until("2026-03-01")
    s.end(second)  # two days were left
    s.until("2026-05-01")
    third = s.sign(edition)
    assert s.told(third, "2026-05-04", "all") == ("missed", "2026-05-04", "2026-05-03")
    s.end(third)
    s.until("2026-05-10")
    s.show(third, "all", "2026-05-01", "2026-05-01")
    fourth = s.sign(edition)  # the next stretch of the third was due on 2 June, a month and a day after its end
    assert s.told(fourth, "2026-05-10", "all") == ("due", "2026-05-10", "2026-06-09")


def test_what_was_overdue_when_a_signature_ended_is_due_on_the_day_of_signing_anew(s):
    edition = s.publish(changed(ALL, first_within=30, every=30))
    signed = s.sign(edition)
    s.until("2026-03-01")
    s.end(signed)
    again = s.sign(edition)
    assert s.told(again, "2026-03-02", "all") == ("missed", "2026-03-02", "2026-03-01")


def test_what_was_repaired_under_the_signature_before_is_repaired_and_another_pledge_carries_nothing(s):
    edition = s.publish(ALL)
    signed = s.sign(edition)
    s.tested("1900.0")
    s.until("2026-01-11")
    s.tested()
    s.show(signed, "all", "2026-01-10", "2026-01-11")
    s.end(signed)
    s.until("2026-01-12")
    assert state(s, s.sign(edition), "2026-01-12").state == "due"  # and nothing of before shows a stretch of now
    s.tested("1900.0")
    other = s.sign(s.publish(ALL, pledge="https://association.example/pledge/other", edition="1"))
    assert state(s, other, "2026-01-12").state == "due"


def test_a_withdrawn_test_contradicts_nothing_from_that_day_on(s, signed):
    failed = s.tested("1900.0")
    s.until("2026-02-01")
    s.withdraw(failed, s.assessor)
    assert state(s, signed, "2026-01-31").state == "contradicted"
    assert state(s, signed, "2026-02-01").state == "due"


def lot(s, signer, nonconforming=1):
    s.ledger.state(LotFormed(lot=LOT, product=PRODUCT, name=NAMED, formed_at=s.ledger.now(), items=ITEMS), signer)
    judged = ReadingsJudged(
        subject=LOT, readings="00" * 32, requirement=s._required.id, procedure="00" * 32, instruments=(), certificates=(), rule="r",
        unit="A", items=ITEMS, conforming=50 - nonconforming, nonconforming=nonconforming,
    )  # fmt: skip
    return s.decided(judged, s.assessor)


def decision(s, judged, verdict):
    said = LotDecided(
        lot=LOT, formed="00" * 32, judged=judged.id, plan="00" * 32, seed="s", sample=ITEMS, nonconforming=1, verdict=verdict
    )
    return s.decided(said, s.assessor)


def test_a_lot_contradicts_by_its_verdicts_unless_it_was_accepted_by_them(s, signed):
    judged = lot(s, s.maker)
    assert state(s, signed, DAY).evidence == (judged.id,)
    s.until("2026-01-12")
    decision(s, judged, "accepted")
    assert [state(s, signed, day).state for day in (DAY, "2026-01-11", "2026-01-12")] == ["contradicted", "contradicted", "due"]
    rejected = decision(s, judged, "rejected")
    assert state(s, signed, "2026-01-12").evidence == (rejected.id,)


def test_a_lot_that_somebody_else_says_is_of_the_product_contradicts_nothing(s, signed):
    lot(s, s.rival)
    assert state(s, signed, DAY).state == "due"


def test_what_is_only_stated_contradicts_nothing(s, signed):
    body = ResultJudged(
        item=PRODUCT, result="00" * 32, requirement="00" * 32, rule="r", verdict="nonconforming", value="1", unit="A"
    )
    record = seal(statement(body), issuer=s.rival.party, key=s.rival.key, now=s.ledger.now())
    s.store.append([Incoming(record=record)], checkpoint=s.ledger.checkpoint)
    assert state(s, signed, DAY).state == "due"


@pytest.mark.parametrize("outcome", ["settled", "not-upheld", "no-agreement", "withdrawn", "unreachable"])
def test_only_an_upheld_complaint_contradicts(s, signed, outcome):
    s.closed(s.complained(), outcome)
    assert state(s, signed, DAY).state == "due"


def test_an_upheld_complaint_contradicts_until_something_is_shown_after_it(s, signed):
    closed = s.closed(s.complained())
    assert state(s, signed, DAY).evidence == (closed.id,)
    s.until("2026-01-12")
    s.show(signed, "all", DAY, "2026-01-12")
    assert [state(s, signed, day).state for day in ("2026-01-11", "2026-01-12")] == ["contradicted", "kept"]


def test_a_complaint_about_another_product_or_firm_contradicts_nothing(s, signed):
    s.closed(s.complained(product=OTHER), product=OTHER)
    s.closed(s.complained("https://bureau.example/complaint/2", firm=s.rival.party), firm=s.rival.party, product=PRODUCT)
    assert state(s, signed, DAY).state == "due"
    s.closed(s.complained("https://bureau.example/complaint/3", product=PRODUCT), product=PRODUCT)
    assert state(s, signed, DAY).state == "contradicted"


def test_a_recall_contradicts_until_it_ended_and_something_is_shown_after_it(s, signed):
    s.until("2026-03-01")
    recall = s.recalled()
    second = s.recalled(replaces=recall.id)
    assert state(s, signed, "2026-03-01").evidence == (recall.id,)
    s.until("2026-03-02")
    s.show(signed, "all", DAY, "2026-03-02")
    assert state(s, signed, "2026-03-02").state == "contradicted"
    s.recall_ended(second, by=s.rival)
    assert state(s, signed, "2026-03-02").state == "contradicted"
    s.until("2026-03-05")
    s.recall_ended(second)
    assert state(s, signed, "2026-03-05").state == "kept"


def test_a_recall_of_another_product_contradicts_nothing_and_one_of_no_named_product_does(s, signed):
    s.recalled(product=OTHER)
    assert state(s, signed, DAY).state == "due"
    s.recalled(product=None)
    assert state(s, signed, DAY).state == "contradicted"


def test_an_edition_of_a_recall_counts_from_the_one_on_that_names_the_product_to_the_one_that_no_longer_does(s, signed):
    first = s.recalled(product=OTHER)
    s.until("2026-01-12")
    second = s.recalled(replaces=first.id)
    assert state(s, signed, "2026-01-11").state == "due"
    assert state(s, signed, "2026-01-12").evidence == (second.id,)
    s.until("2026-01-14")
    s.recalled(product=OTHER, replaces=second.id, edition=3)
    assert [state(s, signed, day).state for day in ("2026-01-13", "2026-01-14")] == ["contradicted", "due"]


def ask(s, by, due="2026-01-20T16:00:00Z", **more):
    told = {"party": s.maker.party, "subject": COMPLAINT, "asks": NAMED, "due": due} | more
    return s.do(AskTask(**told), by)


def answer(s, task):
    return s.do(AnswerTask(task=task.id, outcome="declined", reason=NAMED), s.maker)


def test_an_answer_that_is_late_contradicts_and_one_in_time_does_not(s, signed):
    s.complained()
    in_time, late = ask(s, s.bureau), ask(s, s.association)
    answer(s, in_time)
    assert state(s, signed, "2026-01-20").state == "due"
    found = state(s, signed, "2026-01-21")  # a day that ends at 16:00 UTC is over in China
    assert (found.state, found.since.isoformat(), found.evidence) == ("contradicted", "2026-01-21", (late.id,))
    s.until("2026-02-01")
    answer(s, late)
    s.show(signed, "all", DAY, "2026-02-01")
    assert state(s, signed, "2026-02-01").state == "kept"


def test_what_strangers_ask_or_what_is_about_no_complaint_is_never_late(s, signed):
    s.complained()
    ask(s, s.rival)
    ask(s, s.association, subject="https://maker.example/something")
    ask(s, s.bureau, party=s.rival.party)
    s.withdraw(ask(s, s.bureau), s.bureau)
    assert state(s, signed, "2026-03-01").state == "due"


@pytest.mark.parametrize(
    "read", [decided, lambda view, subject, kind: own_records(view, subject, kind, ("https://bureau.example",))]
)
def test_ten_thousand_complaints_about_a_firm_are_read_at_once(s, read):
    long = Long((s.complained(),) * 10_000)
    start = thread_time()
    assert len([*read(long, "any", ComplaintReceived)]) == 10_000
    assert fair(thread_time() - start, 2.0, lambda: [*read(long, "any", ComplaintReceived)]) <= 2.0


class Long:
    """A view on one long stream."""

    origin = "log.example/pledges"

    def __init__(self, records):
        self.records = records

    def home(self, name):
        return self.origin

    def stream(self, subject):
        return self.records
