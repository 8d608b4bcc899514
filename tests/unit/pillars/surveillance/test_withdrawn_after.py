"""What is withdrawn after a draw: it stops nobody who was not the one to withdraw it, and whoever decides again names it."""

import pytest

from inspection_stage import Inspections, firms, officer
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.draws import StratumStated
from stage import outcome
from surveillance_stage import KEY, LOTTERY, NAMED, Surveillance, changed


def withdrawn(stage: Surveillance, record: Record) -> Record:
    return stage.ledger.perform(Withdraw(record=record.id, reason="suits us not"), stage.bureau)[0]


def test_a_commitment_that_is_withdrawn_once_results_are_there_stops_neither_reports_nor_their_publication():
    """Whoever committed would else have a second way to cancel, when it is known who was drawn and how visits end."""
    s = Inspections()
    made = s.draw(firms(4), officers=[officer(number) for number in range(4)])
    assigned = s.assign(made)
    s.until("2026-01-10T00:00:00+00:00")
    withdrawn(s, s.ledger.logged(made.body["committed"]).record)
    change = s.change(assigned, "firm 1", day="2026-01-20", by=s.station)
    assert change.body["day"] == "2026-01-20"
    visit = s.report(
        made, "firm 0", "nonconforming", by=s.station, assigned=assigned.id, officers=s.teams(assigned)["firm 0"].officers
    )  # fmt: skip
    follow = s.follow(visit, "corrected", by=s.station)
    published, rate = s.publish(made, by=s.station), s.estimate(made, signer=s.station)
    for record in (visit, follow, published, rate):
        # Proved and computed again; that the commitment was withdrawn is told, as a stream that goes on.
        assert outcome(s.verified(s.dossier(record))) == ("passed", "passed", "failed")


def test_a_draw_and_its_commitment_that_are_both_withdrawn_are_made_again_by_a_party_and_lose_no_result():
    s = Inspections()
    made = s.draw(firms(4))
    commitment = s.ledger.logged(made.body["committed"]).record
    s.until("2026-01-10T00:00:00+00:00")
    first = s.report(made, "firm 0", by=s.station)
    for record in (made, commitment):
        withdrawn(s, record)
    with pytest.raises(RefusedError, match="basis-stands"):
        s.report(made, "firm 1", by=s.station)
    randomness = s.ledger.logged(made.body["randomness"][0]).record
    again = s.made(commitment, randomness, by=s.station)
    assert again.body["items"] == made.body["items"]
    assert again.body["corrects"] == [made.id]
    s.report(again, "firm 1", by=s.station)
    published = s.publish(again, by=s.station)
    assert published.body["reported"] == 2
    assert s.results(published)["firm 0"].record == first.id


def test_a_commitment_that_is_withdrawn_before_anybody_was_drawn_draws_nothing():
    stage = Surveillance()
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    withdrawn(stage, commitment)
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.made(commitment, randomness, by=stage.station)
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.beacon(commitment)


def test_an_assignment_that_is_made_again_on_other_days_names_the_one_that_did_not_suit():
    s = Inspections()
    made = s.draw(firms(3), officers=[officer(number) for number in range(5)])
    first = s.assign(made)
    assert "corrects" not in first.body
    withdrawn(s, first)
    second = s.assign(made, "2026-01-08")
    withdrawn(s, second)
    third = s.assign(made, by=s.station)
    assert third.body["corrects"] == [first.id, second.id]
    assert outcome(s.verified(s.dossier(third))) == ("passed", "passed", "passed")


def test_a_report_that_is_made_again_before_anything_was_published_names_what_was_said_first():
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2026-02-01T00:00:00+00:00")
    first = s.report(made, "firm 0", "nonconforming")
    assert "corrects" not in first.body
    withdrawn(s, first)
    second = s.report(made, "firm 0", "conforming")
    assert second.body["corrects"] == [first.id]
    assert outcome(s.verified(s.dossier(second))) == ("passed", "passed", "passed")
    assert "corrects" not in s.report(made, "firm 1").body


def test_of_a_hidden_draw_that_was_made_again_the_one_that_stands_is_shown():
    stage = Surveillance()
    source = changed(LOTTERY, form="bytes", numbers=(), taken=NAMED)
    commitment = stage.commit(stage.frame(), key=KEY, sources=(source,))
    stage.clock.wait(days=1)
    told = {"source": source.source, "event": source.event, "signature": None, "published_at": source.not_before}
    made = []
    for value in ("ab" * 16, "cd" * 16):
        randomness = stage.beacon(commitment, value=value, **told)
        made.append(
            stage.made(commitment, randomness, proof=stage.proof(commitment, randomness), visible_to=(stage.station.party,))
        )
        if value.startswith("ab"):
            withdrawn(stage, randomness)
            withdrawn(stage, made[0])
    stage.clock.wait(days=60)
    with pytest.raises(RefusedError, match="shown-as-it-stands"):
        stage.shown(made[0])
    assert stage.shown(made[1]).body["made"] == made[1].id


def test_where_all_were_drawn_and_some_examined_who_was_examined_is_a_second_draw():
    """Everybody in a drawn order, and the time ended before the list: the interval must not feign that nothing is uncertain."""
    s = Inspections()
    made = s.draw(firms(20, risk_class="A") + firms(20, first=20, risk_class="B"), [StratumStated(design="order")])
    s.until("2026-02-01T00:00:00+00:00")
    rows = s.rows(made)
    for row in rows[:30]:
        s.report(made, row.object, "nonconforming" if row.place % 3 == 0 else "conforming")
    estimated = s.estimate(made, by="class").body
    told = {one["rate"]: one for one in estimated["rates"]}
    for one in (told["population"], told["adjusted"], *(one["population"] for one in estimated["domains"])):
        assert float(one["lower"]) < float(one["value"]) - 0.05 < float(one["upper"]) - 0.1
    assert (told["lowest"]["lower"], told["highest"]["upper"]) == ("0.25000", "0.50000")
    for row in rows[30:]:
        s.report(made, row.object)
    whole = s.estimate(made).body
    assert {one["rate"]: one.get("lower") for one in whole["rates"]}["population"] == "0.25000"
