"""Signing, proving and ending pledges: who may, until when, once at a time, and what an end leaves standing."""

import pytest

from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.governance.pledges.register import PLEDGE_PROOFS, PLEDGE_SIGNATURES, signature_key
from openqi.records.complaints import ComplaintDecided
from pledge_stage import NAMED, OTHER, PLEDGE, PRODUCT, SYSTEM, WARRANTY, Pledges
from stage import outcome


@pytest.fixture
def s():
    return Pledges()


def refused(rule, call, *arguments, **more):
    with pytest.raises(RefusedError) as error:
        call(*arguments, **more)
    assert error.value.rule == rule


def row(s, signed):
    return s.store.row(PLEDGE_SIGNATURES, signature_key(signed.id, s.store.origin))


def test_a_firm_signs_for_products_that_it_registered_and_the_signature_replays(s):
    signed = s.sign(products=(PRODUCT, OTHER))
    assert (signed.body["firm"], signed.body["signedAt"]) == (s.maker.party, signed.valid_from)
    assert outcome(s.verified(s.dossier(signed))) == ("passed", "passed", "passed")
    edition = s.publish(edition="2027", valid_from="2026-01-02T00:00:00Z")
    refused("own-product", s.sign, edition, by=s.rival)
    refused("own-product", s.sign, edition, products=("https://maker.example/product/none",))
    refused("products-once", s.sign, edition, products=(OTHER, OTHER))
    refused("products-named", s.sign, edition, products=())


def test_without_failed_tests_in_it_a_pledge_is_signed_for_all_products(s):
    assert "products" not in s.sign(s.publish(SYSTEM, WARRANTY), products=()).body


def test_an_edition_is_signed_while_it_holds_and_the_term_ends_with_it(s):
    refused("edition-in-force", s.sign, s.publish(valid_from="2026-02-01T00:00:00Z"))
    refused("edition-in-force", s.sign, s.publish(valid_until="2026-01-05T00:00:00Z"))
    ends = s.publish(valid_until="2027-01-01T00:00:00Z")
    refused("term-of-edition", s.sign, ends, valid_until="2027-01-01T00:00:01Z")
    refused("term-to-come", s.sign, ends, valid_until="2026-01-10T00:00:00Z")
    assert s.sign(ends).body["validUntil"] == "2027-01-01T00:00:00Z"
    gone = s.publish(edition="gone")
    s.withdraw(gone, s.association)
    refused("basis-stands", s.sign, gone)
    with pytest.raises(FormatError):
        s.sign(s.tested())


def test_one_edition_is_signed_once_at_a_time_and_a_later_one_beside_it(s):
    first = s.publish()
    signed = s.sign(first)
    refused("signed-once", s.sign, first)
    refused("later-edition", s.sign, s.publish(edition="2025", valid_from="2025-01-01T00:00:00Z"))
    s.sign(s.publish(edition="2027", valid_from="2026-01-02T00:00:00Z"))
    s.end(signed)
    refused("later-edition", s.sign, first)  # the edition of 2027 is signed by now


def test_after_its_end_an_edition_is_signed_again(s):
    edition = s.publish()
    s.end(s.sign(edition))
    assert s.sign(edition).body["published"] == edition.id


def test_what_strangers_publish_under_the_same_name_keeps_nobody_off(s):
    edition = s.publish()
    s.sign(edition)
    s.grant(s.rival, "association")
    other = s.publish(edition="older", valid_from="2025-01-01T00:00:00Z", by=s.rival)
    assert s.sign(other).body["published"] == other.id


def test_the_association_proves_a_signature_within_its_term(s):
    signed = s.sign(valid_until="2027-01-10T00:00:00Z")
    refused("association-proves", s.prove, signed, by=s.maker)
    refused("association-proves", s.prove, signed, by=s.bureau)
    refused("proof-within-term", s.prove, signed, valid_until="2027-01-10T00:00:01Z")
    refused("term-to-come", s.prove, signed, valid_until="2026-01-10T00:00:00Z")
    proved = s.prove(signed)
    assert (proved.body["validUntil"], proved.body["firm"]) == ("2027-01-10T00:00:00Z", s.maker.party)
    assert outcome(s.verified(s.dossier(proved))) == ("passed", "passed", "passed")
    refused("proof-once", s.prove, signed)
    assert row(s, signed)["proof"] == proved.id
    s.withdraw(proved, s.association)
    assert (row(s, signed)["proof"], row(s, signed)["proofs"]) == (None, 1)
    assert s.store.row(PLEDGE_PROOFS, proved.id)["withdrawn"] is not None


def test_what_ended_is_not_proved(s):
    signed = s.sign(valid_until="2026-02-10T00:00:00Z")
    s.until("2026-02-11")
    refused("signature-holds", s.prove, signed)
    again = s.sign()
    s.end(again)
    refused("signature-holds", s.prove, again)
    once_more = s.sign()
    s.withdraw(once_more, s.maker)
    refused("signature-holds", s.prove, once_more)


def test_firm_or_association_end_a_signature_once_and_the_register_says_who(s):
    signed = s.sign()
    refused("firm-or-association", s.end, signed, s.bureau)
    ended = s.end(signed, s.association)
    assert (ended.body["by"], ended.body["openComplaints"], ended.body["endedAt"]) == ("association", 0, ended.valid_from)
    refused("signature-holds", s.end, signed)
    assert (row(s, signed)["ended"], row(s, signed)["ended_by"]) == (ended.id, "association")
    s.withdraw(ended, s.association)
    assert (row(s, signed)["ended"], row(s, signed)["open_complaints"]) == (None, None)
    assert s.end(signed).body["by"] == "firm"


def test_an_end_counts_the_complaints_that_are_open_and_they_stay_to_be_answered(s):
    signed = s.sign()
    first, second, third = (s.complained(f"https://bureau.example/complaint/{number}") for number in (1, 2, 3))
    s.complained("https://bureau.example/complaint/4", firm=s.rival.party)
    s.closed(second, "not-upheld")
    found = s.complained("https://bureau.example/complaint/5", firm=None, product=PRODUCT)
    refusal = ComplaintDecided(
        complaint=third.body["complaint"], received=third.id, received_by=s.bureau.party, at=s.ledger.now(),
        decision="not-accepted", reason=NAMED, firm=s.maker.party,
    )  # fmt: skip
    s.decided(refusal, s.bureau)
    later = ComplaintDecided(
        complaint=found.body["complaint"], received=found.id, received_by=s.bureau.party, at=s.ledger.now(), decision="accepted",
        firm=s.maker.party,
    )  # fmt: skip
    s.decided(later, s.bureau)
    ended = s.end(signed)
    assert ended.body["openComplaints"] == 2
    # An end is public: it names the stream of the firm, and no complaint.
    assert ended.public
    assert not any("/complaint/" in one["subject"] for one in ended.basis["streams"])
    assert row(s, signed)["open_complaints"] == 2
    assert outcome(s.verified(s.dossier(ended)))[0] == "passed"
    # The complaint goes on: it is closed, and upheld, after the end; the end says what was open then.
    s.closed(first)
    assert row(s, signed)["open_complaints"] == 2


def test_a_withdrawn_signature_stays_in_the_register_as_withdrawn(s):
    signed = s.sign()
    gone = s.withdraw(signed, s.maker)
    assert (row(s, signed)["withdrawn"], row(s, signed)["pledge"]) == (gone.id, PLEDGE)
