"""Following up model firms: the status follows from how the promises stand and from the rule of the programme, never by hand."""

import pytest

from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.pledges.register import MODEL_FIRMS, model_key
from pledge_stage import SYSTEM, Pledges
from stage import outcome


@pytest.fixture
def s():
    return Pledges()


def refused(rule, call, *arguments, **more):
    with pytest.raises(RefusedError) as error:
        call(*arguments, **more)
    assert error.value.rule == rule


def test_a_firm_is_listed_kept_lost_and_repaired_by_the_rule(s):
    signed, programme = s.sign(), s.programme()
    first = s.review(programme, signed)
    assert (first.body["status"], first.body["missed"], first.body["contradicted"]) == ("listed", 0, 0)
    assert outcome(s.verified(s.dossier(first))) == ("passed", "passed", "passed")
    assert [one["state"] for one in first.body["states"]] == ["due"] * 3
    s.until("2026-02-10")  # one promise missed is within the bound
    kept = s.review(programme, signed)
    assert (kept.body["status"], kept.body["missed"], kept.body["before"]) == ("kept", 1, first.id)
    s.until("2026-03-12")  # all three are missed by now
    lost = s.review(programme, signed)
    assert (lost.body["status"], lost.body["missed"]) == ("lost", 3)
    s.show(signed, "system", "2026-01-10", "2026-03-12")
    s.show(signed, "tests", "2026-01-10", "2026-03-12", evidence=(s.tested().id,))
    s.show(signed, "warranty", "2026-01-10", "2026-03-12")
    assert s.review(programme, signed).body["status"] == "stays-lost"  # not within 30 days
    s.until("2026-04-10")
    assert s.review(programme, signed).body["status"] == "stays-lost"
    s.until("2026-04-11")
    repaired = s.review(programme, signed)
    assert (repaired.body["status"], repaired.body["missed"]) == ("repaired", 0)
    assert s.review(programme, signed).body["status"] == "kept"
    s.tested("1900.0")
    again = s.review(programme, signed)
    assert (again.body["status"], again.body["contradicted"]) == ("lost", 1)
    row = s.store.row(MODEL_FIRMS, model_key(programme.body["programme"], s.maker.party, s.store.origin))
    assert (row["status"], row["review"], row["reviews"]) == ("lost", again.id, 8)


def test_a_pledge_that_ended_loses_the_status(s):
    signed, programme = s.sign(), s.programme()
    s.review(programme, signed)
    s.end(signed)
    found = s.review(programme, signed)
    assert (found.body["status"], found.body["over"]) == ("lost", True)


def test_a_firm_that_is_not_within_the_bounds_is_not_listed(s):
    signed, programme = s.sign(), s.programme()
    s.tested("1900.0")
    refused("within-bounds", s.review, programme, signed)


def test_only_the_association_reviews_under_its_own_pledge_while_the_programme_holds(s):
    signed = s.sign()
    programme = s.programme()
    refused("association-reviews", s.review, programme, signed, by=s.maker)
    refused("pledge-of-programme", s.review, s.programme(pledge="https://association.example/other"), signed)
    refused("programme-in-force", s.review, s.programme(valid_from="2026-02-01T00:00:00Z"), signed)
    s.grant(s.rival, "association")
    foreign = s.sign(s.publish(SYSTEM, by=s.rival), products=())
    refused("pledge-of-programme", s.review, programme, foreign)
    s.withdraw(programme, s.association)
    refused("basis-stands", s.review, programme, signed)
