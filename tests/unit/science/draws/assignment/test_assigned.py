"""Who goes: nobody who may not, nobody too often, as many as a maximum flow can send, and the same from any order of the lists."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draws_world import seed
from openqi.kernel.errors import DomainError, NotFoundError, RefusedError
from openqi.science.draws.assignment import run as module
from openqi.science.draws.assignment.assigned import ShortageError, assigned, stand_in, why_not
from openqi.science.draws.assignment.people import Officer, Permit, Recusal, Rules, Visit
from openqi.science.draws.tickets import ticket

PURPOSE = "2026-4"
OPEN = "workload-full"
"""What `why_not` says of somebody who could go."""


def officer(name, *, unit="", most=2, until=100, items="abc", **other):
    permits = tuple(Permit(item=item, first_day=0, last_day=until) for item in items)
    return Officer(name=name, unit=unit, certificates=((0, until),), permits=permits, most=most, **other)


def small_world(number):
    """A small task with every obstacle in it; some can be done, some cannot."""
    random = Random(number)
    officers = [
        officer(
            f"O{place}", unit=f"U{random.randrange(4)}", most=random.randrange(1, 7), until=random.choice((5, 20, 20, 20)),
            items="".join(item for item in "abc" if random.random() < 0.85), east=random.randrange(10),
        )
        for place in range(random.randrange(3, 9))
    ]  # fmt: skip
    visits = [
        Visit(
            name=f"V{place}",
            day=random.randrange(10),
            items=tuple(random.sample("abc", random.randrange(1, 3))),
            east=random.randrange(10),
        )
        for place in range(random.randrange(1, 8))
    ]
    recusals = [
        Recusal(officer=random.choice(officers).name, visit=random.choice(visits).name, reason="kin")
        for _ in range(random.randrange(4))
    ]
    rules = Rules(
        each=random.choice((2, 2, 3)),
        different_units=random.random() < 0.5,
        reach=random.choice((None, 7)),
        substitutes=random.randrange(3),
    )
    return visits, officers, recusals, rules


def may_go(visit, one, recusals, rules):
    recused = {r.officer: r.reason for r in recusals if r.visit == visit.name}
    return why_not(visit, one, recused, rules, set()) == OPEN


def greatest_flow(visits, officers, recusals, rules):
    """How many can be sent at most: Ford and Fulkerson from visits through their units to officers."""
    room: dict = {}

    def edge(one, other, size):
        room.setdefault(one, {})[other] = size
        room.setdefault(other, {}).setdefault(one, 0)

    for visit in visits:
        edge("from", ("visit", visit.name), rules.each)
        for one in officers:
            if may_go(visit, one, recusals, rules):
                place = ("unit", visit.name, one.unit if rules.different_units else one.name)
                edge(("visit", visit.name), place, 1)
                edge(place, ("officer", one.name), 1)
                edge(("officer", one.name), "to", one.most)
    flow = 0
    while True:
        came, line = {"from": None}, ["from"]
        for node in line:
            for following, size in room.get(node, {}).items():
                if size and following not in came:
                    came[following] = node
                    line.append(following)
        if "to" not in came:
            return flow
        node = "to"
        while came[node] is not None:
            room[came[node]][node] -= 1
            room[node][came[node]] += 1
            node = came[node]
        flow += 1


def check(found, visits, officers, recusals, rules):
    known, load = {one.name: one for one in officers}, {}
    for team, visit in zip(found.teams, sorted(visits, key=lambda one: one.name), strict=True):
        assert team.visit == visit.name
        assert len(set(team.officers)) == rules.each
        assert not rules.different_units or len({known[name].unit for name in team.officers}) == rules.each
        for name in (*team.officers, *team.substitutes):
            assert may_go(visit, known[name], recusals, rules)
        for name in team.officers:
            load[name] = load.get(name, 0) + 1
    assert all(load[name] <= known[name].most for name in load)
    for team in found.teams:
        assert len(team.substitutes) <= rules.substitutes
        assert not set(team.officers) & set(team.substitutes)
        assert all(load.get(name, 0) < known[name].most for name in team.substitutes)


@pytest.mark.parametrize("fast", [pytest.param(True, marks=pytest.mark.long), False])  # to compile takes long
def test_it_sends_as_many_as_a_greatest_flow_and_tells_the_exact_lack_else(fast, monkeypatch):
    if fast:
        monkeypatch.setattr(module, "FEW", 0)
    done = lacking = changed = 0
    for number in range(150):
        visits, officers, recusals, rules = small_world(number)
        best = greatest_flow(visits, officers, recusals, rules)
        try:
            found = assigned(visits, officers, recusals, rules, seed=seed(number), purpose=PURPOSE)
        except ShortageError as error:
            assert error.missing == len(visits) * rules.each - best > 0
            lacking += 1
        else:
            assert best == len(visits) * rules.each
            check(found, visits, officers, recusals, rules)
            done, changed = done + 1, changed + len(found.changes)
    assert min(done, lacking, changed) > 5


@given(number=st.integers(0, 400), data=st.data())
@settings(max_examples=30)
def test_the_order_of_the_lists_does_not_matter(number, data):
    visits, officers, recusals, rules = small_world(number)
    mixed = [data.draw(st.permutations(some)) for some in (visits, officers, recusals)]

    def outcome(*lists):
        try:
            return assigned(*lists, rules, seed=seed(number), purpose=PURPOSE)
        except ShortageError as error:
            return (error.missing, error.shortages)

    assert outcome(visits, officers, recusals) == outcome(*mixed)


def test_where_there_is_room_everybody_goes_who_was_ranked_first():
    officers = [officer(f"O{place}", most=50) for place in range(12)]
    visits = [Visit(name=f"V{place}", day=1, items=("a",)) for place in range(30)]
    found = assigned(visits, officers, (), Rules(substitutes=3), seed=seed(9), purpose=PURPOSE)
    assert found.changes == ()
    first = {one.name: ticket(seed(9), f"{PURPOSE}\nofficers", one.name) >> 192 for one in officers}

    def mixed(visit, name):
        word = ticket(seed(9), f"{PURPOSE}\nvisits", visit) >> 192 ^ first[name]
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        word = (word ^ word >> 27) * 0x94D049BB133111EB % 2**64
        return word ^ word >> 31

    for team in found.teams:
        ranked = sorted(first, key=lambda name: mixed(team.visit, name))
        assert team.officers + team.substitutes == tuple(ranked[:5])


def test_every_officer_and_every_pair_is_sent_as_often_as_chance_has_it():
    officers = [officer(f"O{place}", most=10_000) for place in range(8)]
    visits = [Visit(name=f"V{place}", day=1, items=("a",)) for place in range(2800)]
    found = assigned(visits, officers, (), Rules(substitutes=0), seed=seed(2), purpose=PURPOSE)
    pairs: dict = {}
    for team in found.teams:
        pairs[tuple(sorted(team.officers))] = pairs.get(tuple(sorted(team.officers)), 0) + 1
    assert len(pairs) == 28
    assert sum((count - 100) ** 2 / 100 for count in pairs.values()) < 78  # once in a million, 27 degrees of freedom


def test_chains_make_room_and_every_change_is_told():
    """The three visits can be done in one way only, so that the ranking must be changed for some seed."""
    officers = [
        officer("O1", most=1, items="abc"),
        officer("O2", most=2, items="ab"),
        officer("O3", most=2, items="bc"),
        officer("O4", most=1),
    ]
    visits = [Visit(name="V1", day=1, items=("a",)), Visit(name="V2", day=1, items=("b",)), Visit(name="V3", day=1, items=("c",))]
    told = [assigned(visits, officers, (), Rules(substitutes=0), seed=seed(number), purpose=PURPOSE) for number in range(20)]
    for found in told:
        check(found, visits, officers, (), Rules(substitutes=0))
    changes = [change for found in told for change in found.changes]
    assert changes
    assert {change.reason for change in changes} == {"workload-full-elsewhere"}


def test_every_reason_is_told_of_everybody():
    visit = Visit(name="V", day=50, items=("a", "b"), east=0)
    ended = (Permit(item="a", first_day=0, last_day=9),)
    people = [
        officer("goes", items="ab", unit="U1"),
        officer("expired", until=49),
        officer("not permitted", items="a"),
        Officer(name="permit ended", certificates=((0, 99),), permits=(*ended, Permit(item="b", first_day=0, last_day=99)), most=1),
        officer("kin", items="ab"),
        officer("far", items="ab", east=1001),
        officer("full", items="ab", most=0),
        officer("colleague", items="ab", unit="U1"),
    ]  # fmt: skip
    rules = Rules(reach=1000, different_units=True)
    with pytest.raises(ShortageError) as short:
        assigned([visit], people, [Recusal(officer="kin", visit="V", reason="kin")], rules, seed=seed(1), purpose=PURPOSE)
    (told,) = short.value.shortages
    reasons = dict(told.dropped)
    went = ({"goes", "colleague"} - set(reasons)).pop()
    stayed = ({"goes", "colleague"} - {went}).pop()
    assert (told.wanted, told.found, short.value.missing) == (2, 1, 1)
    assert reasons == {
        "expired": "no-certificate-that-day",
        "not permitted": "not-permitted: b",
        "permit ended": "not-permitted-that-day: a",
        "kin": "recused: kin",
        "far": "too-far",
        "full": "workload-full",
        stayed: "same-unit",
    }
    assert told.counts["too-far"] == 1
    assert "V: 1 of 2" in str(short.value)


def test_a_substitute_is_of_another_unit_than_who_stays():
    officers = [officer(f"O{place}", unit=f"U{place % 2}", most=9) for place in range(8)]
    rules = Rules(different_units=True, substitutes=4)
    found = assigned([Visit(name="V", day=1, items=("a",))], officers, (), rules, seed=seed(4), purpose=PURPOSE)
    (team,) = found.teams
    units = {one.name: one.unit for one in officers}
    for leaving in team.officers:
        joined = stand_in(found, officers, rules, visit="V", leaving=leaving)
        assert joined == next(name for name in team.substitutes if units[name] == units[leaving])
    with pytest.raises(NotFoundError):
        stand_in(found, officers, rules, visit="V", leaving="nobody")
    alone = assigned([Visit(name="V", day=1, items=("a",))], officers, (), Rules(substitutes=0), seed=seed(4), purpose=PURPOSE)
    with pytest.raises(RefusedError, match="assign anew"):
        stand_in(alone, officers, Rules(), visit="V", leaving=alone.teams[0].officers[0])


def test_metres_are_those_between_desks_and_the_object():
    officers = [officer("O1", east=3, north=4), officer("O2", east=-6, north=8)]
    (team,) = assigned([Visit(name="V", day=1, items=("a",))], officers, (), Rules(), seed=seed(1), purpose=PURPOSE).teams
    assert team.metres == 15


ONE = [Visit(name="V", day=1, items=("a",))]
TWO = [officer("O1"), officer("O2")]


@pytest.mark.parametrize(
    ("visits", "officers", "recusals", "rules", "error"),
    [
        (ONE, TWO, (), Rules(each=1), "at least two"),
        ([*ONE, *ONE], TWO, (), Rules(), "visit V stands there twice"),
        (ONE, [*TWO, officer("O2")], (), Rules(), "officer O2 stands there twice"),
        ([], TWO, (), Rules(), "no visit"),
        (ONE, [], (), Rules(), "no officer"),
        (ONE, TWO, [Recusal(officer="O1", visit="V", reason="")], Rules(), "say why"),
        (ONE, TWO, [Recusal(officer="O9", visit="V", reason="kin")], Rules(), "no such"),
        (ONE, TWO, (), Rules(reach=-1), "not negative"),
        (ONE, TWO, (), Rules(substitutes=-1), "not negative"),
        (ONE, [officer("O1", most=-1), officer("O2")], (), Rules(), "workload"),
        (ONE, [officer("O1", east=2**31), officer("O2")], (), Rules(), "2\\*\\*30"),
        ([Visit(name="V", day=1, items=())], TWO, (), Rules(), "no item"),
        (ONE, [officer("O1")], (), Rules(), "at least 1 officers are lacking"),
    ],
)
def test_what_cannot_be_assigned_is_refused(visits, officers, recusals, rules, error):
    with pytest.raises((DomainError, RefusedError), match=error):
        assigned(visits, officers, recusals, rules, seed=seed(1), purpose=PURPOSE)
