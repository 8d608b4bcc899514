"""Who is sent after a draw, and every change of it: drawn out of the seed, in turn, told with reasons, refused with numbers."""

from hashlib import sha256
from typing import Any

import pytest

from inspection_stage import Inspections, firms, officer
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers
from openqi.records.draw_rows import OfficerRow, RecusalRow, VisitRow
from openqi.records.draws import Sending
from openqi.records.inspections import PassedOver, changes_subject
from openqi.science.draws.assignment.assigned import assigned as drawn_teams
from openqi.science.draws.assignment.order import drawn_order
from openqi.science.draws.assignment.people import Officer, Permit, Rules, Visit
from openqi.science.draws.hashing.names import names_of
from openqi.science.draws.tickets import first_bits
from stage import outcome
from surveillance_stage import KEY, SECRET

OFFICERS = [officer(number, unit=f"unit {number % 3}") for number in range(9)]
PURPOSE = "2023-9 spot check of toys"


def stage(count: int = 6, officers: Any = OFFICERS, **more: Any) -> tuple[Inspections, Any]:
    found = Inspections()
    return found, found.draw(firms(count), officers=officers, **more)


def test_who_goes_is_what_science_draws_from_the_seed_of_the_draw():
    s, made = stage()
    teams = s.teams(s.assign(made))
    day = 739257  # 2026-01-06, counted from 0001-01-01
    plain = [
        Officer(
            name=one.officer, unit=one.unit, certificates=((day - 5, day + 300),), most=one.most,
            permits=(Permit(item="fire", first_day=day - 5, last_day=day + 300),),
        )
        for one in OFFICERS
    ]  # fmt: skip
    visits = [Visit(name=f"firm {place}", day=day, items=("fire",)) for place in range(6)]
    found = drawn_teams(visits, plain, (), Rules(), seed=bytes.fromhex(made.body["seed"]), purpose=PURPOSE)
    assert {one.visit: (one.officers, one.substitutes) for one in found.teams} == {
        name: (team.officers, team.substitutes) for name, team in teams.items()
    }


def test_the_drawn_order_of_an_object_is_that_of_its_mixed_tickets():
    seed, names = sha256(b"s").digest(), [f"officer {number}" for number in range(40)]

    def mixed(visit: int, other: int) -> int:
        both, whole = visit ^ other, 2**64 - 1
        both = (both ^ both >> 30) * 0xBF58476D1CE4E5B9 & whole
        both = (both ^ both >> 27) * 0x94D049BB133111EB & whole
        return both ^ both >> 31

    own = int(first_bits(names_of(["firm 1"]), seed, "p\nvisits")[0])
    tickets = {one: int(first_bits(names_of([one]), seed, "p\nofficers")[0]) for one in names}
    plainly = sorted(names, key=lambda one: mixed(own, tickets[one]))
    assert drawn_order("firm 1", names, seed=seed, purpose="p") == tuple(plainly)
    assert drawn_order("firm 1", names[::-1], seed=seed, purpose="p") == tuple(plainly)


@pytest.mark.parametrize(
    ("day", "numbers", "told"),
    [
        ("2026-01-06", [0, 1, 2, 3, 4], "1 objects are not in the table, firm 5 first"),
        ("2026-01-06", [0, 1, 2, 3, 4, 5, 6], "1 objects were not drawn, firm 6 first"),
        ("2026-01-06", [0, 1, 2, 3, 4, 5, 0, 1], "2 objects stand there twice, firm 0 first"),
        ("2026-01-04", [0, 1, 2, 3, 4, 5], "visit-in-window"),
        ("2026-04-01", [0, 1, 2, 3, 4, 5], "visit-in-window"),
        ("2026-02-30", [0, 1, 2, 3, 4, 5], "is no day"),
        ("20260106", [0, 1, 2, 3, 4, 5], "is no day"),
    ],
)
def test_a_table_of_visits_has_exactly_the_drawn_objects_on_days_of_the_window(day: str, numbers: list[int], told: str):
    s, made = stage()
    with pytest.raises((RefusedError, FormatError), match=told):
        s.assign(made, rows=[VisitRow(day=day, object=f"firm {place}") for place in numbers])


def test_a_shortage_is_refused_with_exact_numbers_and_reasons():
    few = [officer(0), officer(1), officer(2, items=("lifts",)), officer(3, certificates=(("2026-02-01", "2026-12-31"),))]
    s, made = stage(officers=few)
    s.assign(made, rows=[VisitRow(day="2026-01-06", object=f"firm {place}") for place in range(6)])
    recused = [RecusalRow(object="firm 1", officer="officer 1", reason="kin")]
    s, made = stage(officers=few, recusals=recused)
    with pytest.raises(RefusedError) as told:
        s.assign(made)
    assert told.value.rule == "enough-officers"
    assert "at least 1 officers are lacking, at 1 visits: firm 1 has 1 of 2" in str(told.value)
    assert "no-certificate-that-day: 1, not-permitted: fire: 1, recused: kin: 1" in str(told.value)


def test_officers_who_are_kept_apart_never_go_together_and_nobody_stands_in_beside_one():
    """Of 20 drawn visits each pair of five would go about twice."""
    five = [officer(number, most=20) for number in range(5)]
    pair = RecusalRow(officer="officer 2", other="officer 1", reason="past-pair")
    lines = firms(20)
    free = Inspections()
    made = free.draw(lines, officers=five)
    assert any({"officer 1", "officer 2"} <= {*team.officers} for team in free.teams(free.assign(made)).values())
    s = Inspections()
    made = s.draw(lines, officers=five, recusals=[pair])
    sent = s.assign(made)
    teams = s.teams(sent)
    assert not any({"officer 1", "officer 2"} <= {*team.officers} for team in teams.values())
    name, team = next((name, team) for name, team in teams.items() if "officer 1" in team.officers)
    (left,) = {*team.officers} - {"officer 1"}
    joined = s.change(sent, name, left=left).body["joined"]
    assert joined not in {"officer 1", "officer 2", left}
    others = {"officer 0", "officer 3", "officer 4"} - {left, joined}
    for one in sorted(others):  # the others cannot either: then it is nobody, not officer 2
        joined = s.change(sent, name, left=joined).body["joined"]
        assert joined == one or joined in others
    with pytest.raises(RefusedError, match="substitute-left"):
        s.change(sent, name, left=joined)


def test_a_lack_that_comes_of_keeping_officers_apart_is_not_told_as_proved():
    two, pair = [officer(0), officer(1)], RecusalRow(officer="officer 0", other="officer 1", reason="kin")
    s, made = stage(officers=two, recusals=[pair])
    with pytest.raises(RefusedError) as told:
        s.assign(made)
    assert "6 officers are lacking (0 of them in any case, the others as some may not go together)" in str(told.value)
    assert "kept-apart: kin: 1" in str(told.value) and "at least" not in str(told.value)


def test_officers_are_assigned_once_by_who_acts_for_a_draw_that_committed_to_them():
    s, made = stage(parties=())
    with pytest.raises(RefusedError, match="own-draw"):
        s.assign(made, by=s.station)
    first = s.assign(made)
    with pytest.raises(RefusedError, match="assigned-once"):
        s.assign(made, "2026-01-07")
    s.ledger.perform(Withdraw(record=first.id, reason="wrong day"), s.bureau)
    assert s.assign(made, "2026-01-07").body["firstDay"] == "2026-01-07"
    s, made = stage(officers=())
    with pytest.raises(RefusedError, match="officers-committed"):
        s.assign(made)


def test_a_list_of_officers_that_is_withdrawn_stops_nobody_who_committed_to_it_before():
    s, made = stage(recusals=[RecusalRow(object="firm 1", officer="officer 1", reason="kin")])
    commitment = s.store.logged(made.body["committed"]).record
    for name in ("officers", "recusals"):
        s.ledger.perform(Withdraw(record=commitment.body[name], reason="a new year"), s.bureau)
    sent = s.assign(made)
    assert "officer 1" not in (*s.teams(sent)["firm 1"].officers, *s.teams(sent)["firm 1"].substitutes)


def test_what_follows_a_hidden_draw_is_sealed_to_its_parties():
    from openqi.records import body
    from openqi.records.draws import DrawCommitted
    from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
    from openqi.science.draws.vrf.hidden import hidden_seed

    s = Inspections()

    def proof(commitment: Any, randomness: Any) -> dict[str, Any]:
        said = body(commitment, DrawCommitted)
        (one,) = said.sources
        value = PublicValue(source=one.source, event=one.event, value=bytes.fromhex(randomness.body["value"]))
        seed = mixed_seed(bytes.fromhex(said.commitment), [NamedSource(source=one.source, event=one.event)], [value])
        return {"proof": hidden_seed(SECRET, seed, said.purpose)[1].hex(), "visible_to": (s.station.party,)}

    made = s.draw(firms(3), officers=OFFICERS, key=KEY, proof=proof)
    visits = s.rowed(VisitRow(day="2026-01-06", object=f"firm {place}") for place in range(3))
    with pytest.raises(RefusedError, match="hidden-for-parties"):
        s.ledger.perform(AssignOfficers(made=made.id, items=visits), s.bureau)
    with pytest.raises(RefusedError, match="hidden-for-parties"):
        s.ledger.perform(AssignOfficers(made=made.id, items=visits, visible_to=(s.stranger.party,)), s.bureau)
    (sent,) = s.ledger.perform(AssignOfficers(made=made.id, items=visits, visible_to=(s.station.party,)), s.bureau)
    teams = s.teams(sent)
    s.until("2026-01-06T00:00:00+00:00")
    with pytest.raises(RefusedError, match="hidden-for-parties"):
        s.change(sent, "firm 0", left=teams["firm 0"].officers[0])
    s.until("2026-01-07T00:00:00+00:00")
    visit = s.report(made, "firm 0", assigned=sent.id, officers=teams["firm 0"].officers)
    assert not sent.public and visit.statement.visible_to == (s.station.party,)
    assert not s.estimate(made).public
    with pytest.raises(RefusedError, match="draw-shown"):
        s.publish(made)
    s.until("2026-04-02T00:00:00+00:00")
    shown = s.shown(made)
    late = s.report(shown, "firm 1", outcome="not-found", assigned=sent.id, officers=teams["firm 1"].officers)
    with pytest.raises(RefusedError, match="reported-once"):
        s.report(shown, "firm 0", assigned=sent.id, officers=teams["firm 0"].officers)
    public = s.publish(shown)
    assert public.public and public.body["reported"] == 2 and public.body["waiting"] == 1
    assert {row.record for row in s.results(public).values()} == {visit.id, late.id}


def test_the_next_substitute_joins_and_who_is_passed_over_is_told():
    s, made = stage(sending=Sending(substitutes=3))
    sent = s.assign(made)
    team = s.teams(sent)["firm 0"]
    first, second, third = team.substitutes
    with pytest.raises(RefusedError, match=f"it is not the turn of {second}: before comes {first}"):
        s.change(sent, "firm 0", left=team.officers[0], passed_over=(PassedOver(officer=second, reason="ill"),))
    changed = s.change(sent, "firm 0", left=team.officers[0], passed_over=(PassedOver(officer=first, reason="on leave"),))
    assert changed.body["joined"] == second and changed.public
    assert changed.body["passedOver"] == [{"officer": first, "reason": "on leave"}]
    again = s.change(sent, "firm 0", left=second)
    assert again.body["joined"] == first, "who was passed over once comes first again"
    last = s.change(sent, "firm 0", left=team.officers[1])
    assert last.body["joined"] == third
    with pytest.raises(RefusedError, match="officer-goes"):
        s.change(sent, "firm 0", left=second)
    order = drawn_order("firm 0", [one.officer for one in OFFICERS], seed=bytes.fromhex(made.body["seed"]), purpose=PURPOSE)
    beyond = s.change(sent, "firm 0", left=third)
    gone = {*team.officers, *team.substitutes}
    assert beyond.body["joined"] == next(one for one in order if one not in gone), "after the substitutes the drawn order goes on"
    assert len(s.store.stream(changes_subject(made.body["draw"]))) == 4
    assert outcome(s.verified(s.dossier(changed))) == ("passed", "passed", "failed"), "a later change of the same visit is seen"
    assert outcome(s.verified(s.dossier(beyond))) == ("passed", "passed", "passed")
    assert outcome(s.verified(s.dossier(sent))) == ("passed", "passed", "passed"), "changes leave the assignment complete"


def test_a_substitute_of_the_same_unit_without_certificate_or_room_is_passed_over_with_that_reason():
    units = [
        officer(0, "a"),
        officer(1, "b"),
        officer(2, "c", certificates=(("2026-01-01", "2026-01-06"),)),
        officer(3, "a", most=1),
    ]
    units += [officer(4, "b"), officer(5, "c"), officer(6, "a")]
    s, made = stage(2, officers=units, sending=Sending(substitutes=4, different_units=True))
    sent = s.assign(made)
    team, known = s.teams(sent)["firm 0"], {one.officer: one for one in units}
    other = s.teams(sent)["firm 1"]
    changed = s.change(sent, "firm 0", left=team.officers[0], day="2026-01-08")
    stays = known[team.officers[1]].unit
    told = {one["officer"]: one["reason"] for one in changed.body.get("passedOver", [])}
    loads = {name: (name in team.officers) + (name in other.officers) for name in known}

    def kept_off(one: OfficerRow) -> str | None:
        if one.certificates[0][1] < "2026-01-08":
            return "no-certificate-that-day"
        if one.unit == stays:
            return "same-unit"
        return "workload-full" if loads[one.officer] >= one.most else None

    expected: dict[str, str] = {}
    for name in team.substitutes:
        why = kept_off(known[name])
        if why is None:
            break
        expected[name] = why
    assert told == expected
    assert expected or changed.body["joined"] == team.substitutes[0]


def test_a_workload_counts_the_changes_of_other_visits():
    """Officer after officer leaves; nobody who joins has more visits than they may."""
    tight = [officer(number, most=2) for number in range(8)]
    s, made = stage(5, officers=tight)
    sent = s.assign(made)
    teams = s.teams(sent)
    going = {name: list(team.officers) for name, team in teams.items()}
    moved = 0
    for name in ("firm 0", "firm 1", "firm 2"):
        left = going[name][0]
        joined = s.change(sent, name, left=left).body["joined"]
        going[name][0] = joined
        moved += 1
        loads = [sum(one.officer in team for team in going.values()) for one in tight]
        assert max(loads) <= 2, (name, loads)
    assert moved == 3


def test_a_change_comes_before_the_visit_and_keeps_to_the_window():
    s, made = stage()
    sent = s.assign(made)
    team = s.teams(sent)["firm 0"]
    for more, told in (
        ({"day": "2026-04-01"}, "visit-in-window"), ({"day": "2026-01-06"}, "day-moves"), ({}, "something-changes"),
        ({"day": "2026-01-07", "passed_over": (PassedOver(officer="officer 1", reason="ill"),)}, "passed-over-in-turn"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=told):
            s.change(sent, "firm 0", **more)
    with pytest.raises(RefusedError, match="drawn-object"):
        s.change(sent, "firm 99", day="2026-01-07")
    with pytest.raises(RefusedError, match="own-draw"):
        s.change(sent, "firm 0", day="2026-01-07", by=s.stranger)
    assert s.change(sent, "firm 0", day="2026-01-07", by=s.station).body["day"] == "2026-01-07"
    s.until("2026-01-09T12:00:00+00:00")
    with pytest.raises(RefusedError, match="change-before"):
        s.change(sent, "firm 0", left=team.officers[0])
    assert s.change(sent, "firm 0", day="2026-01-12").body["day"] == "2026-01-12", "what did not take place is moved"


def test_who_stays_may_go_on_the_new_day():
    until = [officer(number, certificates=(("2026-01-01", "2026-01-31"),)) for number in range(4)]
    s, made = stage(1, officers=until)
    sent = s.assign(made)
    with pytest.raises(RefusedError, match=r"no-certificate-that-day; name who leaves .officers-may-go"):
        s.change(sent, "firm 0", day="2026-02-02")
    with pytest.raises(RefusedError, match="substitute-left"):
        s.change(sent, "firm 0", left=s.teams(sent)["firm 0"].officers[0], day="2026-02-02")
