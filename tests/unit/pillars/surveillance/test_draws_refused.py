"""What of a draw is refused before anything is sealed, with the rule and what to do."""

from typing import Any

import pytest

from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.records.draw_lists import InspectionItem
from openqi.records.draw_rows import OfficerRow, PermitCell, RecusalRow
from openqi.records.draws import ClassBound, Sending, SourceNamed, StratumStated
from openqi.records.tasks import LimitPublished
from surveillance_stage import DRAND, KEY, LOTTERY, NAMED, Surveillance, changed, firm, lines, officer_rows

WHOLE = lines()
EAST, WEST = StratumStated(design="equal", stratum="east", size=2), StratumStated(design="equal", stratum="west", size=2)
BYTES = SourceNamed(source="exchange", event="close", not_before="2023-09-15T15:00:00Z", form="bytes", taken=NAMED)


@pytest.fixture
def stage() -> Surveillance:
    return Surveillance()


def sealed(stage: Surveillance) -> int:
    return stage.ledger.store.size()


@pytest.mark.parametrize(
    ("data", "exclusions", "more", "told"),
    [
        (WHOLE + WHOLE.split(b"\n")[7] + b"\n", None, {}, r"stands on the list twice.*lines 8 and 41.*objects-once"),
        (WHOLE, f"{firm(3)}\tclosed\t\n".encode(), {}, "stands on the list, and is excluded.*excluded-or-listed"),
        (b"", None, {}, "is empty"),
        (b"a\tx\t\n", None, {}, "line 1"),
        (WHOLE, None, {"as_of": "2024-01-01T00:00:00Z"}, "list-of-today"),
        (WHOLE, None, {"visible_to": ()}, "step-for-all"),
        (b"".join(b"f%d\ts%d\t\t1\n" % (n, n) for n in range(500)), None, {}, "500 strata, and at most 100 fit.*labels-fit"),
        (b"f\t" + b"s" * 61 + b"\t\t1\n", None, {}, "more than 60 characters.*labels-fit"),
        (WHOLE, None, {"classified": "genesis"}, "classification-known"),
    ],
)  # fmt: skip
def test_a_list_that_is_none_is_not_frozen(stage, data, exclusions, more, told):
    if more.get("classified"):
        more = {"classified": stage.genesis.id}
    size = sealed(stage)
    with pytest.raises(OpenQIError, match=told):
        stage.frame(data, exclusions, **more)
    assert sealed(stage) == size


def test_a_list_whose_file_is_not_at_hand_or_of_another_type_is_not_frozen(stage):
    with pytest.raises(NotFoundError):
        stage.frame(document=changed(stage.kept(WHOLE), sha256="0" * 64))
    with pytest.raises(RefusedError, match="media-type"):
        stage.frame(document=stage.kept(WHOLE, "text/csv"))


def officer(**changes: Any) -> OfficerRow:
    return changed(officer_rows()[0], **changes)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([officer(), officer(officer="Ｅ000")], "lines 1 and 2 are of one officer.*officers-once"),
        ([officer(officer="")], "officers-named"),
        ([officer(officer=" E1")], "officers-named"),
        ([officer(), officer(officer="E000\u200b")], "officers-named"),
        ([officer(certificates=())], "no certificate.*certificates"),
        ([officer(certificates=(("2024-01-01", "2023-01-01"),))], "days-in-order"),
        ([officer(certificates=(("2024-01-01", "2024-02-30"),))], "'2024-02-30' is no day"),
        ([officer(certificates=(("20240101", "2024-02-03"),))], "is no day"),
        ([officer(permits=(PermitCell(item="toys", first="2024-01-01", last="2023-01-01"),))], "days-in-order"),
        ([officer(most=0)], "workload"),
        ([officer(east=2**31)], "places"),
    ],
)
def test_officers_that_are_none_are_not_frozen(stage, rows, told):
    with pytest.raises(OpenQIError, match=told):
        stage.officers(rows)


@pytest.mark.parametrize(
    ("row", "more", "told"),
    [
        (RecusalRow(officer="E001", object=firm(1), reason=""), {}, "recusals-have-reasons"),
        (RecusalRow(officer="E001", object="", reason="kin"), {}, "recusals-have-reasons"),
        (RecusalRow(officer="E999", object=firm(1), reason="kin"), {}, "recusals-known"),
        (RecusalRow(officer="E001", object=firm(1), reason="kin"), {"visible_to": None}, "recusals-sealed"),
        (RecusalRow(officer="E001", object=firm(1), other="E002", reason="kin"), {}, "recusals-have-reasons"),
        (RecusalRow(officer="E001", other="E999", reason="kin"), {}, "recusals-known"),
        (RecusalRow(officer="E001", other="E001", reason="kin"), {}, "recusals-known"),
    ],
)
def test_recusals_that_are_none_are_not_frozen(stage, row, more, told):
    roll = stage.officers()
    with pytest.raises(RefusedError, match=told):
        stage.recused(roll, [row], **more)


def test_a_recusal_stands_there_once_and_is_of_ones_own_officers(stage):
    roll, row = stage.officers(), RecusalRow(officer="E001", object=firm(1), reason="kin")
    with pytest.raises(RefusedError, match="recusals-once"):
        stage.recused(roll, [row, row])
    with pytest.raises(RefusedError, match="own-officers"):
        stage.recused(roll, [row], by=stage.stranger)
    pair = RecusalRow(officer="E001", other="E002", reason="past-pair")
    with pytest.raises(RefusedError, match="recusals-once"):
        stage.recused(roll, [pair, RecusalRow(officer="E002", other="E001", reason="kin")])
    assert not stage.recused(roll, [row, pair]).public


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # ratios over 100 %, nobody, everybody and more
        ({"strata": (changed(EAST, size=None, ratio="11/10"), WEST)}, "ratio-within-all"),
        ({"strata": (changed(EAST, size=None, ratio="0"), WEST)}, "ratio-within-all"),
        ({"strata": (changed(EAST, size=0), WEST)}, "enough-objects"),
        ({"strata": (changed(EAST, size=21), WEST)}, "enough-objects"),
        ({"strata": (changed(EAST, size=None, ratio="2/40"), WEST)}, "the ratio 2/40 is 1/20: write it so"),
        ({"strata": (changed(EAST, ratio="1/2"), WEST)}, "give a size or a ratio"),
        ({"strata": (changed(EAST, size=None), WEST)}, "give a size or a ratio"),
        # empty strata, strata without a rule, classes that nobody has, designs that there are not
        ({"strata": (EAST,)}, "strata-have-one-rule"),
        ({"strata": (EAST, EAST, WEST)}, "strata-have-one-rule"),
        ({"strata": (EAST, WEST, changed(WEST, stratum="north"))}, "strata-not-empty"),
        ({"strata": (changed(EAST, design="pareto", floors=(ClassBound(risk_class="E", chance="1/9"),)), WEST)}, "classes-known"),
        ({"strata": (changed(EAST, design="guess"), WEST)}, "there is no design 'guess'"),
        ({"strata": (changed(EAST, floors=(ClassBound(risk_class="A", chance="1/9"),)), WEST)}, "no floors and caps"),
        # a chance of zero, above one, floors above what is drawn
        ({"strata": (changed(EAST, design="pareto", caps=(ClassBound(risk_class="A", chance="0"),)), WEST)}, "everybody-reachable"),
        ({"strata": (changed(EAST, design="pareto", caps=(ClassBound(risk_class="A", chance="3/2"),)), WEST)}, "at most 100 %"),
        ({"strata": (changed(EAST, design="pareto", floors=(ClassBound(risk_class="A", chance="1"),)), WEST)}, "floors-fit"),
        # numbers of many digits, which take minutes to compute with
        ({"strata": (changed(EAST, size=None, ratio="1/9999999999"), WEST)}, "more than 9 digits"),
        ({"strata": (changed(EAST, design="pareto", floors=(ClassBound(risk_class="A", chance=f"1/{10**190}"),)), WEST)}, "digits"),
        # randomness that could be known, or leaves a choice
        ({"sources": ()}, "sources-named"),
        ({"sources": (DRAND, DRAND)}, "sources-once"),
        ({"sources": (DRAND, changed(DRAND, source="drand ＱＵＩＣＫＮＥＴ"))}, "sources-once"),
        ({"sources": (changed(DRAND, event="653000"),)}, "came at 2023-09-15T07:19:24Z.*randomness-to-come"),
        ({"sources": (changed(DRAND, not_before="2023-09-15T12:00:00Z"),)}, "comes at 2023-09-15T11:00:03Z.*instant-of-round"),
        ({"sources": (changed(DRAND, event="0657413"),)}, "no round of drand quicknet"),
        ({"sources": (changed(DRAND, event="latest"),)}, "no round of drand quicknet"),
        ({"sources": (changed(DRAND, event="8000000001"),)}, "no round of drand quicknet"),
        ({"sources": (changed(DRAND, source="drand mynet"),)}, "beacon-known"),
        ({"sources": (changed(BYTES, source="Drand quicknet"),)}, "beacon-known"),
        ({"sources": (changed(LOTTERY, not_before="2023-09-15T07:00:00Z"),)}, "randomness-to-come"),
        ({"sources": (changed(LOTTERY, numbers=(3,)),)}, "enough-randomness"),
        # days
        ({"visits_until": "2023-09-17"}, "days-in-order"),
        ({"visits_from": "2023-09-14"}, "visits-after-draw"),
        ({"visits_from": "2023-02-30"}, "is no day"),
        ({"key": KEY, "visits_until": "2025-09-17"}, "hidden-not-for-ever"),
        # the rest
        ({"key": "01" + "00" * 31}, "key-of-visits"),
        ({"purpose": "one\ntwo"}, "one line"),
        ({"items": ("toys",)}, "items-listed"),
        ({"sending": Sending()}, "officers-sent"),
        ({"parties": ("https://station.example", "https://station.example")}, "parties-once"),
        ({"parties": ("https://bureau.example",)}, "parties-once"),
        ({"visible_to": ()}, "step-for-all"),
    ],
)  # fmt: skip
def test_a_commitment_that_could_not_be_kept_is_refused_before_it_is_sealed(stage, changes, told):
    frame = stage.frame(WHOLE)
    size = sealed(stage)
    with pytest.raises(OpenQIError, match=told):
        stage.commit(frame, **changes)
    assert sealed(stage) == size


def test_an_object_without_size_or_floor_could_never_be_drawn_and_is_named(stage):
    frame = stage.frame(WHOLE + b"firm nought\teast\tE\t0\n")
    with pytest.raises(RefusedError, match=r"firm nought.*everybody-reachable"):
        stage.commit(frame)


def test_a_design_that_cannot_draw_so_much_is_found_out_before_the_randomness(stage):
    data = b"".join(b"f%d\t\t\t%d\n" % (number, 1 + number % 7) for number in range(900))
    frame = stage.frame(data)
    with pytest.raises(RefusedError):
        stage.commit(frame, strata=(StratumStated(design="sampford", size=450),))


def primes(least: int, count: int) -> list[int]:
    return [one for one in range(least, least + 40 * count) if all(one % part for part in range(2, 1100))][:count]


def test_floors_without_a_common_measure_are_refused_before_anything_is_computed_with_them(stage):
    """Thirty of six digits made whole numbers for which one draw took two minutes."""
    frame = stage.frame(b"".join(b"f%d\t\tc%d\t%d\n" % (number, number % 30, 1 + number % 13) for number in range(400)))
    floors = tuple(ClassBound(risk_class=f"c{place}", chance=f"{one // 4}/{one}") for place, one in enumerate(primes(10**6, 30)))
    for design in ("pareto", "sampford", "poisson"):
        with pytest.raises(RefusedError, match="chances-fit"):
            stage.commit(frame, strata=(StratumStated(design=design, size=120, floors=floors),))
    with pytest.raises(RefusedError, match=r"rounder floors and caps.*small-enough"):
        stage.commit(frame, strata=(StratumStated(design="sampford", size=120, floors=floors[:6]),))
    assert stage.commit(frame, strata=(StratumStated(design="pareto", size=120, floors=floors[:6]),))


def test_more_objects_than_a_record_has_rows_are_refused_before_the_randomness(stage, monkeypatch):
    monkeypatch.setattr("openqi.pillars.surveillance.draws.plans.MOST_DRAWN", 19)
    frame = stage.frame(WHOLE)
    with pytest.raises(RefusedError, match=r"20 objects are to be drawn.*rows-fit"):
        stage.commit(frame, strata=(changed(EAST, size=10), changed(WEST, size=10)))
    with pytest.raises(RefusedError, match="rows-fit"):  # as many on average, so perhaps more
        stage.commit(frame, strata=(changed(EAST, size=10), changed(WEST, design="poisson", size=9)))
    assert stage.commit(frame, strata=(changed(EAST, size=10), changed(WEST, size=9)))


def test_strata_that_make_too_long_a_record_are_refused_with_its_size(stage):
    county = "county of somewhere in the mountains of the south-west "
    data = b"".join(b"f%d\t%s%d\tA\t1\n" % (number, county.encode(), number) for number in range(100))
    bound = ClassBound(risk_class="A", chance="1/90000000")
    strata = tuple(
        StratumStated(design="pareto", stratum=f"{county}{number}", ratio="1/2", floors=(bound,), caps=()) for number in range(100)
    )
    with pytest.raises(RefusedError, match=r"100 strata make \d+ bytes.*commitment-fits"):
        stage.commit(stage.frame(data), strata=strata)


def test_items_are_those_of_the_list_in_force_and_general_ones_are_drawn_within_their_ratio(stage):
    frame = stage.frame(WHOLE)
    first = stage.item_list()
    with pytest.raises(RefusedError, match=r"'boats' is not on edition 2023.*items-listed"):
        stage.commit(frame, item_list=first.id, items=("boats",))
    with pytest.raises(RefusedError, match="items-listed"):
        stage.commit(frame, item_list=first.id, items=("toys", "toys"))
    many = (changed(EAST, size=8), changed(WEST, size=5))
    with pytest.raises(RefusedError, match=r"32.500% of the list are drawn, and item 'toys' allows 30.000%.*ratio-of-item"):
        stage.commit(frame, item_list=first.id, items=("toys", "lifts"), strata=many)
    order = (changed(EAST, design="order", size=None), WEST)
    with pytest.raises(RefusedError, match="order-of-key-items"):
        stage.commit(frame, item_list=first.id, items=("toys",), strata=order)
    stage.commit(frame, item_list=first.id, items=("lifts",), strata=order, draw="https://bureau.example/draw/lifts")
    stage.commit(frame, item_list=first.id, items=("toys",), strata=(changed(EAST, size=7), changed(WEST, size=5)))


def test_an_edition_that_was_replaced_ended_or_has_not_begun_is_not_in_force(stage):
    frame, first = stage.frame(WHOLE), stage.item_list()
    toys = InspectionItem(code="toys", name=NAMED, sort="general", basis=NAMED, most_ratio="1/20")
    later = stage.item_list(toys, edition="2024", valid_from="2024-01-01T00:00:00Z")
    stage.commit(frame, item_list=first.id, items=("toys",))
    with pytest.raises(RefusedError, match="in-force"):
        stage.commit(frame, item_list=later.id, items=("toys",), draw="https://bureau.example/draw/2")
    now = stage.item_list(toys, edition="2023-2", valid_from="2023-06-01T00:00:00Z")
    with pytest.raises(RefusedError, match=f"in force as record {now.id}"):
        stage.commit(frame, item_list=first.id, items=("toys",), draw="https://bureau.example/draw/3")
    stage.item_list(toys, edition="other", valid_from="2023-07-01T00:00:00Z", by=stage.stranger)
    with pytest.raises(RefusedError, match="ratio-of-item"):  # a stranger's edition of the same list steers nothing
        stage.commit(frame, item_list=now.id, items=("toys",), draw="https://bureau.example/draw/4")


@pytest.mark.parametrize(
    ("rows", "sending", "told"),
    [
        (officer_rows(1), Sending(), "enough-officers"),
        (officer_rows(3), Sending(), "16 officers are to go, and 3 who .* may go 12 times.*enough-officers"),
        (tuple(changed(one, unit="one") for one in officer_rows()), Sending(different_units=True), "not so many units"),
        (tuple(changed(one, certificates=(("2020-01-01", "2023-09-17"),)) for one in officer_rows()), Sending(), "enough-officers"),
        (tuple(changed(one, permits=()) for one in officer_rows()), Sending(), "enough-officers"),
        (officer_rows(), Sending(each=1), "two-officers"),
    ],
)
def test_fewer_eligible_officers_than_visits_are_refused_before_the_draw(stage, rows, sending, told):
    frame = stage.frame()
    with pytest.raises(RefusedError, match=told):
        stage.commit(frame, **stage.sent(officers=stage.officers(rows).id, sending=sending))


def test_who_commits_sends_its_own_officers_within_a_limit_that_is_in_force(stage):
    frame = stage.frame()
    with pytest.raises(RefusedError, match="own-officers"):
        stage.commit(frame, **stage.sent(officers=stage.officers(by=stage.stranger).id))
    with pytest.raises(RefusedError, match="items-of-officers"):
        stage.commit(frame, officers=stage.officers().id, sending=Sending())
    with pytest.raises(FormatError):
        stage.commit(frame, publication_limit=frame.id)
    limit = LimitPublished(
        limit="https://operator.example/limit", name=NAMED, source=NAMED, ground="legal", count=20, unit="working-days",
        ends="next-working-day", calendar="https://operator.example/calendar", pausing="nobody", valid_from="2024-01-01T00:00:00Z",
    )  # fmt: skip
    with pytest.raises(RefusedError, match="in-force"):
        stage.commit(frame, publication_limit=stage.ledger.state(limit, stage.operator).id)
    held = stage.ledger.state(changed(limit, valid_from="2023-01-01T00:00:00Z"), stage.operator)
    assert stage.commit(frame, publication_limit=held.id).body["publicationLimit"] == held.id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"event": "657414"}, "657414 was not named.*only-named-randomness"),
        ({"source": "drand default"}, "only-named-randomness"),
        ({"signature": "00" * 47}, "beacon-fits"),
        ({"signature": None, "value": "00" * 32}, "form-as-named"),
        ({"signature": None, "numbers": "1 2 3"}, "form-as-named"),
        ({"numbers": "1 2 3"}, "form-as-named"),
        ({"published_at": "2023-09-15T12:00:00Z"}, "instant-of-round"),
        ({"visible_to": ()}, "step-for-all"),
    ],
)
def test_randomness_that_was_not_named_or_is_none_is_refused(stage, changes, told):
    commitment = stage.commit(stage.frame())
    with pytest.raises(RefusedError, match=told):
        stage.beacon(commitment, **changes)


def test_drawn_numbers_are_as_many_as_were_named_and_their_order_counts_only_where_it_was_said(stage):
    commitment = stage.commit(stage.frame(), sources=(DRAND, LOTTERY), visits_from="2023-09-18")
    told = {"source": LOTTERY.source, "event": LOTTERY.event, "signature": None, "read_at": None}
    said = told | {"numbers": "21 3 17 9 30 1 + 16", "published_at": "2023-09-15T13:20:00Z"}
    with pytest.raises(RefusedError, match="randomness-there"):
        stage.beacon(commitment, **said)
    stage.clock.wait(hours=5)
    for numbers, rule in (("1 2 3 + 4", "numbers-fit"), ("1 2 3 4 5 6 7", "numbers-fit"), ("1 2 3 4 5 x + 7", "no drawn numbers")):
        with pytest.raises(OpenQIError, match=rule):
            stage.beacon(commitment, **said | {"numbers": numbers})
    with pytest.raises(RefusedError, match="instant-said"):
        stage.beacon(commitment, **said | {"published_at": None})
    for published_at in ("2023-09-15T13:00:00Z", "2023-09-20T13:00:00Z"):
        with pytest.raises(RefusedError, match="randomness-there"):
            stage.beacon(commitment, **said | {"published_at": published_at})
    published = stage.beacon(commitment, **said)
    assert published.body["numbers"] == "1 3 9 17 21 30 + 16"
    assert bytes.fromhex(published.body["value"]) == b"1.3.9.17.21.30./16./"
    assert published.body["notChecked"] == ["that these numbers were drawn"]
