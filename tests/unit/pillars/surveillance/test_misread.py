"""Texts that read as others, days that there are not, and names behind which nothing has room: refused before they are sealed."""

from time import thread_time

import pytest

from inspection_stage import Inspections, firms, officer
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, OpenQIError, RefusedError
from openqi.records import body, of_json, statement
from openqi.records.draw_lists import InspectionItem, ItemListPublished
from openqi.records.draw_rows import OfficerRow, PermitCell, RecusalRow
from openqi.records.draws import DrawMade
from openqi.records.inspections import PassedOver
from openqi.science.draws.assignment.order import drawn_order
from surveillance_stage import DRAND, LOTTERY, NAMED, Surveillance, changed, firm, officer_rows

NO_DAY = "2023-09-31T13:15:00Z"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"purpose": "spot check\u200b"}, "names-seen"),
        ({"purpose": " spot check"}, "names-seen"),
        ({"sources": (LOTTERY, changed(LOTTERY, event="2023107\ufe0f"))}, "names-seen"),
        ({"sources": (DRAND, changed(LOTTERY, source="福彩双色球\u2060"))}, "names-seen"),
        ({"sources": (changed(LOTTERY, not_before=NO_DAY),), "visits_from": "2023-10-10"}, "no such day"),
        ({"draw": "https://bureau.example/" + "d" * 1000}, "draw-named"),
    ],
)
def test_a_commitment_that_reads_as_another_or_names_no_day_is_refused(changes, told):
    stage = Surveillance()
    frame = stage.frame()
    with pytest.raises(OpenQIError, match=told):
        stage.commit(frame, **changes)


def test_every_step_has_room_behind_the_longest_name_of_a_draw_and_the_longest_name_of_an_object():
    s, name = Inspections(), "厂" * 133
    s.limit()
    made = s.draw([f"{name}\t\t\t1\n"], draw="urn:" + "d" * 996, officers=[officer(number) for number in range(3)])
    assigned = s.assign(made)
    change = s.change(assigned, name, day="2026-01-07")
    s.until("2026-01-10T00:00:00+00:00")
    went = s.teams(assigned)[name].officers
    visit = s.report(made, name, "nonconforming", day="2026-01-07", at="2026-01-07T08:00:00Z", officers=went, assigned=assigned.id)
    assert len(s.follow(visit, "objected").streams[0]) > 1800
    assert max(map(len, change.streams)) < 2000


def test_a_limit_in_hours_makes_no_day_until_which_results_are_due_and_is_not_committed_to():
    s = Inspections()
    with pytest.raises(RefusedError, match="limit-in-days"):
        s.draw(firms(3), publication_limit=s.limit(48, "hours").id)


def test_an_instant_that_there_is_not_is_none_of_a_list_a_value_a_result_or_what_followed():
    """A result of 30 February stopped every publication after it."""
    stage = Surveillance()
    with pytest.raises(FormatError, match="no such day"):
        stage.frame(as_of="2023-02-30T00:00:00Z")
    with pytest.raises(FormatError, match="no such day"):
        stage.officers(as_of="2023-02-30T00:00:00Z")
    commitment = stage.commit(stage.frame(), sources=(changed(LOTTERY, form="bytes", numbers=(), taken=NAMED),))
    stage.clock.wait(days=60)
    told = {"source": LOTTERY.source, "event": LOTTERY.event, "signature": None, "value": "ab" * 16}
    with pytest.raises(FormatError, match="no such day"):
        stage.beacon(commitment, **told, published_at=NO_DAY)
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2026-03-20T00:00:00+00:00")
    with pytest.raises(FormatError, match="no such day"):
        s.report(made, "firm 0", "not-visited", at="2026-02-30T00:00:00Z")
    with pytest.raises(FormatError, match="no such day"):
        s.follow(s.report(made, "firm 1"), "objected", at="2026-02-30T00:00:00Z")


@pytest.mark.parametrize(
    "changes",
    [
        {"validFrom": "2023-02-30T00:00:00Z"},
        {"validUntil": "2024-02-30T00:00:00Z"},
        {"items": [{"mostRatio": "6/4"}]},
        {"items": [{"mostRatio": "2/40"}]},
        {"items": [{"mostRatio": "0"}]},
        {"items": [{"mostRatio": "1/20", "sort": "key"}]},
    ],
)
def test_a_list_of_items_has_ratios_up_to_all_in_one_spelling_none_for_key_items_and_days_that_there_are(changes):
    item = {"code": "toys", "name": {"en": "toys"}, "sort": "general", "basis": {"en": "law"}}
    whole = {
        "list": "https://bureau.example/items", "edition": "1", "name": {"en": "items"}, "validFrom": "2023-01-01T00:00:00Z",
    }  # fmt: skip
    items = [item | one for one in changes.get("items", [{"mostRatio": "1/20"}])]
    with pytest.raises(FormatError):
        of_json(whole | {k: v for k, v in changes.items() if k != "items"} | {"items": items}, ItemListPublished)
    assert of_json(whole | {"items": [item | {"mostRatio": "1"}]}, ItemListPublished)
    assert InspectionItem(code="lifts", name=NAMED, sort="key", basis=NAMED).most_ratio is None


def rows(**changes: object) -> list[OfficerRow]:
    first, second = officer_rows()[:2]
    return [first, changed(second, **changes)]


@pytest.mark.parametrize(
    ("officers", "told"),
    [
        (rows(unit="UNIT 0"), "read as one.*units-once"),
        (rows(unit="unit 0\u200b"), "units-once"),
        (rows(unit=" unit 0"), "units-once"),
        (rows(officer="E" * 401), "officers-named"),
        (rows(officer="E000\ufe0f"), "officers-named"),
        (rows(permits=(PermitCell(item="toys\ufe0f", first="2022-01-01", last="2024-12-31"),)), "permits-of-items"),
    ],
)
def test_two_officers_of_one_unit_are_not_of_two_because_it_is_spelled_otherwise(officers, told):
    with pytest.raises(RefusedError, match=told):
        Surveillance().officers(officers)


def test_recusals_are_for_names_that_a_list_can_have_and_once_in_whatever_spelling():
    stage = Surveillance()
    roll = stage.officers()
    row = RecusalRow(officer="E001", object=firm(1), reason="kin")
    for name in (f"{firm(1)}\u200b", f" {firm(1)}", "Cafe\u0301", "f" * 401):
        with pytest.raises(OpenQIError):
            stage.recused(roll, [changed(row, object=name)])
    with pytest.raises(RefusedError, match="recusals-once"):
        stage.recused(roll, [row, changed(row, object=firm(1).lower())])


def test_a_recusal_that_is_spelled_otherwise_than_the_list_keeps_off_all_the_same():
    s = Inspections()
    three = [officer(number) for number in range(3)]
    free = s.draw(firms(1), officers=three)
    (kept_off, *_) = s.teams(s.assign(free))["firm 0"].officers
    s = Inspections()
    recusals = [RecusalRow(officer=kept_off, object="Ｆirm  0", reason="kin")]
    team = s.teams(s.assign(s.draw(firms(1), officers=three, recusals=recusals)))["firm 0"]
    assert kept_off not in (*team.officers, *team.substitutes)


def test_who_is_recused_and_why_is_not_told_to_all_by_a_change():
    s, six = Inspections(), [officer(number) for number in range(6)]
    made = s.draw(firms(1), officers=six)
    names = tuple(one.officer for one in six)
    order = drawn_order("firm 0", names, seed=bytes.fromhex(made.body["seed"]), purpose="2023-9 spot check of toys")
    recused = order[4]
    s = Inspections()
    made = s.draw(firms(1), officers=six, recusals=[RecusalRow(officer=recused, object="firm 0", reason="kin")])
    passed = tuple(PassedOver(officer=one, reason="on leave") for one in order[2:5])
    change = s.change(s.assign(made), "firm 0", left=order[0], passed_over=passed)
    assert change.public
    assert change.body["joined"] == order[5]
    assert change.body["passedOver"] == [{"officer": one, "reason": "on leave"} for one in order[2:5]]


@pytest.mark.parametrize("second", ["Officer 1", "officer 1\u200b", "ｏfficer 1", "officer  1", "officer 1\ufe0f"])
def test_one_officer_is_not_two_because_the_name_is_spelled_twice(second):
    s = Inspections()
    made = s.draw(firms(2))
    s.until("2026-02-01T00:00:00+00:00")
    with pytest.raises(RefusedError, match="two-officers"):
        s.report(made, "firm 0", officers=("officer 1", second))


@pytest.mark.parametrize(
    "chance", ["1e999999999", "1e-999999999", "9" * 5000, "9" * 399, "1e999", "1/0", "0", "11/10", "nan", "-1/2", "", "1/2 "]
)
def test_a_chance_that_a_party_made_up_is_refused_in_a_moment(chance):
    """Whoever acts in a draw can sign rows that no seed gives; a replay says so, and is not kept busy for minutes by a text."""
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2026-02-01T00:00:00+00:00")
    s.report(made, "firm 0")
    items = s.rowed([changed(row, target=chance) for row in s.rows(made)])
    false = seal(
        statement(changed(body(made, DrawMade), items=items)), issuer=s.bureau.party, key=s.bureau.key, now=s.ledger.now(),
        command=made.command, basis=made.basis,
    )  # fmt: skip
    s.ledger.append_signed([false])
    begun = thread_time()
    with pytest.raises(FormatError, match="is no chance"):
        s.estimate(false)
    assert thread_time() - begun < 5.0  # a hundredth of it is enough; a fraction of 1e999999999 takes minutes and gigabytes
