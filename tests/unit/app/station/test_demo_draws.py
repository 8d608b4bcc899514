"""The draws of the example station come out on whichever day it is founded: in order of time, made up as they say, and overdue."""

from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from openqi.app.published import calendar_at_hand, calendar_names
from openqi.app.station import demo_work
from openqi.app.station.demo_draws import AUTUMN, WINTER, code, draw_example_firms
from openqi.kernel.identifier import check_usci, organisation_code_fits
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.records.inspections import publications_subject, rates_subject, visits_subject
from stage import Stage, party

CALENDAR = "https://association.example/calendar/cn"
DAYS = ("2024-03-05", "2025-02-10", "2026-01-02", "2026-11-25", "2027-03-01", "2028-02-29")


def founded(day: str) -> Stage:
    stage = Stage(
        empty=True, start=datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC), operator="https://association.example"
    )
    regulator = party("regulator", 40)
    stage.welcome(regulator)
    stage.ledger.state(PartyRegistered(party="https://maker.example", name=Names(en="Maker")), stage.operator)
    for one in (
        *(calendar_at_hand(name, CALENDAR) for name in calendar_names()), *demo_work._provisional(date.fromisoformat(day).year)
    ):  # fmt: skip
        stage.ledger.state(one, stage.operator)
    station: Any = SimpleNamespace(clock=stage.clock, ledger=stage.ledger, operator=stage.operator)
    draw_example_firms(station, regulator)
    return stage


def of(stage: Stage, subject: str, kind: str) -> list[dict[str, Any]]:
    return [dict(one.record.body) for one in stage.store.stream(subject) if one.record.kind == kind]


@pytest.mark.parametrize("day", DAYS)
def test_on_any_day_one_draw_is_carried_out_and_one_waits_for_a_round_to_come(day: str):
    stage = founded(day)
    (made,) = [one.record for one in stage.store.stream(AUTUMN) if one.record.kind == "surveillance.draw-made/1"]
    assert made.body["items"]["count"] == 13
    reported = of(stage, visits_subject(AUTUMN), "surveillance.visit-reported/1")
    assert Counter(one["outcome"] for one in reported) == {
        "conforming": 6, "nonconforming": 2, "corrected": 1, "not-found": 1, "refused": 1, "closed": 1,
    }  # fmt: skip
    (public,) = of(stage, publications_subject(AUTUMN), "surveillance.results-published/1")
    assert (public["items"]["count"], public["waiting"], public["late"]) == (8, 5, 0)
    (rate,) = of(stage, rates_subject(AUTUMN), "surveillance.rate-estimated/1")
    assert (rate["examined"], rate["unresolved"], rate["outside"], rate["waiting"]) == (9, 3, 1, 1)
    (waits,) = [one.record for one in stage.store.stream(WINTER)]
    assert waits.body["sources"][0]["notBefore"] > waits.valid_from
    assert waits.valid_from[:10] == day


def test_the_story_says_that_it_is_made_up_and_its_instants_are_in_order():
    stage = founded(DAYS[0])
    steps = [one.record for one in stage.store.stream(AUTUMN)]
    assert [one.valid_from for one in steps] == sorted(one.valid_from for one in steps)
    commitment, value, made = steps[:3]
    assert commitment.body["illustrative"] and made.body["illustrative"]
    assert commitment.valid_from < commitment.body["sources"][0]["notBefore"] <= value.body["publishedAt"] < made.valid_from
    assert "编造" in value.body["source"] and value.body["notChecked"] == ["that these numbers were drawn"]
    visits = [
        one.record for one in stage.store.stream(visits_subject(AUTUMN)) if one.record.kind == "surveillance.visit-reported/1"
    ]
    assert not any(one.public for one in visits)
    own = [one for one in visits if one.body["object"] == code(0)]
    assert [one.statement.visible_to for one in own] == [("https://maker.example",)]


def test_codes_of_invented_firms_are_built_as_real_ones_are():
    codes = [code(number) for number in range(40)]
    assert len({*codes}) == 40
    assert all(organisation_code_fits(check_usci(one)) and one[2:8] == "000000" for one in codes)
