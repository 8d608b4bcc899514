"""Draws in a workspace: every mistake is told with its line, nothing is decided twice, and time goes one way."""

import shutil
from pathlib import Path

import pytest
from tools.spot_check import DAYS, rows_of

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import ledger_path
from openqi.kernel.errors import FormatError, RefusedError
from openqi.records.draw_rows import DrawnRow, TeamRow
from spot_check_stage import AT, add_day, built, change, fresh, made_by, record_of, until

VISITS, PUBLICATION = "4-visits", "5-publication"


def size(folder: Path) -> int:
    with ledger_folder(ledger_path(folder)).reading() as store:
        return store.size()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("lists/firms.csv", "EX-002,", "EX-001,", r"lists/firms.csv:3: EX-001 stands in line 2 already; one object has one ticket"),
        ("lists/firms.csv", "编号,", "号,", r"lists/firms.csv:1: no column '编号'"),
        ("lists/firms.csv", ",流通,", ",,", r"lists/firms.csv:2: column '行业' is empty; every row has one"),
        ("lists/firms.csv", "EX-003,", "EX-003 ,", r"lists/firms.csv:4: .* take out spaces at the ends"),
        ("lists/visited-lately.csv", "EX-007", "EX-777", r"visited-lately.csv:2: EX-777 is left out and was not on the list"),
        ("lists/visited-lately.csv", "EX-031", "EX-007", r"visited-lately.csv:3: EX-007 is left out twice"),
        ("lists/visited-lately.csv", "EX-031", "EX-050", r"exclusions: EX-050 is left out twice: visited-lately, upper"),
        ("lists/covered-above.csv", ",upper-level-covers-it", ", ", r"covered-above.csv:2: .*nobody is left out without a reason"),
        ("openqi.yaml", "because: visited-lately, ", "", r"frames.firms.exclusions.lately: say why"),
        ("lists/officers.csv", "E02,", "E01,", r"lists/officers.csv:3: E01 has another unit, workload or place"),
        ("lists/officers.csv", "2024-12-31", "2021-12-31", r"officers.csv:2: the certificate ends on 2021-12-31, before it begins"),
        ("lists/officers.csv", ",6\n", ",\n", r"officers.csv:2: column '最多' is empty; a missing number is not zero"),
        ("lists/officers.csv", ",6\n", ",0\n", r"officers.csv:2: .*at least one visit"),
        ("openqi.yaml", "draw: 25 %", "draw: 125 %", r"draws.autumn.strata.流通.draw: '125 %' is not between 0 and 100 %"),
        ("openqi.yaml", "{A: 5 %}", "{A: five}", r"draws.autumn.strata.生产.floors.A: 'five' is no part of a whole"),
        ("openqi.yaml", "draw: 25 %", "draw: 50 %", r"draws.autumn: .*item 'hygiene' allows 30.000%"),
        ("openqi.yaml", "餐饮: {", "餐馆: {", r"draws.autumn: .*strata"),
        ("openqi.yaml", "frame: firms", "frame: firm", r"frame: 'firm' is not declared under frames; did you mean 'firms'"),
        ("openqi.yaml", 'event: "657413"', 'event: "657414"', r"draws.autumn: round 657414 .* comes at 2023-09-15T11:00:06Z"),
        ("openqi.yaml", 'visits_from: "2023-09-18"', 'visits_from: "2023-09-31"', r"visits_from: '2023-09-31' is no day"),
        ("openqi.yaml", "most_ratio: 30 %", "most_ratio: most", r"item_lists.2023.items.hygiene.most_ratio: 'most' is no part"),
        ("openqi.yaml", '    offset: "+08:00"\n', "", r"calendars.2023: 'offset' is missing; tell the whole calendar, or name one"),
        ("openqi.yaml", "[saturday, sunday]", "[sunday, saturday]", r"calendars.2023: .*stand in order"),
        ("openqi.yaml", "at_hand: publication, ", "", r"limits.publication: 'name' is missing; tell the whole limit, or name one"),
        ("openqi.yaml", "at_hand: publication", "at_hand: publicity", r"at_hand: 'publicity' does not come with the package"),
        ("lists/recusals.csv", "E06,", "E66,", r"recusals.csv:2: E66 is no officer of lists/officers.csv"),
        ("lists/recusals.csv", ",kin", ",", r"recusals.csv:2: .*nobody is recused without a reason"),
        ("openqi.yaml", "calendar: \"2023\"", "calendar: \"2024\"", r"limits.publication.calendar: '2024' is not declared"),
        ("openqi.yaml", "[market-surveillance-authority]", "[market-surveillance]", r"'market-surveillance' is no role"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_first_day_is_told_with_its_line_and_nothing_is_made(
    tmp_path: Path, file: str, old: str, new: str, told: str
):
    folder = fresh(tmp_path / "spot")
    change(folder / file, old, new)
    with pytest.raises(FormatError, match=told):
        built(folder, AT[""])
    assert not ledger_path(folder).exists()


@pytest.mark.parametrize(
    ("day", "file", "old", "new", "told"),
    [
        ("2-draw", "days/drand-657413.json", '"round":657413', '"round":657414', r"this is round 657414, and round 657413"),
        ("2-draw", "days/drand-657413.json", '"fc1873', '"fc1874', r"the randomness is not SHA-256 of the signature"),
        ("2-draw", "days/drand-657413.json", "{", "[", r"drand-657413.json:1: this is no answer of a drand relay"),
        ("2-draw", "days/drand-657413.json", "b713718a", "xx13718a", r"signature is not written in hexadecimal digits"),
        ("2-draw", "days/2-draw.yaml", "source: beacon", "source: lottery", r"'lottery' is no source of draw autumn; it"),
        ("3-sending", "days/visit-days.csv", "EX-022,", "EX-013,", r"visit-days.csv:3: EX-013 has a day already"),
        ("3-sending", "days/visit-days.csv", "EX-022,", "EX-023,", r"assignments.autumn: .*EX-02"),
        ("3-sending", "days/visit-days.csv", "2023-09-19", "2023-09-39", r"visit-days.csv:6: .*'2023-09-39' is no day"),
        ("3-sending", "days/3-sending.yaml", "left: E07", "left: E01", r"assignment_changes.ill: E01 does not go to EX-041"),
        (VISITS, "days/visits.csv", ",未发现问题,", ",,", r"visits.csv:2: column '结果' is empty; .*an empty one is never a pass"),
        (VISITS, "days/visits.csv", ",未发现问题,", ",正常,", r"visits.csv:2: .*outcome '正常': no such ending of a visit"),
        (VISITS, "days/visits.csv", "EX-022,", "EX-013,", r"visits.csv:3: EX-013 has a result in days/visits.csv:2 already"),
        (VISITS, "days/visits.csv", "EX-013,", "EX-060,", r"visits.csv:2: EX-060 is none of the 17 objects that were drawn"),
        (VISITS, "days/visits.csv", "E04;E08", "E04;E05", r"visits.csv:2: E04, E05 went to EX-013, and E04, E08 were sent"),
        (VISITS, "days/visits.csv", "2023-09-18 13:30", "2023-09-18 1:30 pm", r"visits.csv:2: .* is no time"),
        (VISITS, "days/visits.csv", ",2023-10-13", ",soon", r"visits.csv:4: .*'soon' is no day"),
        (VISITS, "days/4-visits.yaml", 'offset: "+08:00"', 'offset: "8"', r"visit_results.autumn.offset: '8' is no offset"),
        (PUBLICATION, "days/5-publication.yaml", "object: EX-037", "object: EX-060", r"object: autumn has no row of 'EX-060'"),
        (PUBLICATION, "days/5-publication.yaml", "outcome: 未发现问题", "outcome: 正常", r"outcome: outcome '正常': no such"),
        (PUBLICATION, "days/5-publication.yaml", "2023-10-16", "2023-09-16", r"follow_ups.*the result was there at"),
    ],
)  # fmt: skip
def test_a_mistake_of_a_later_day_is_told_with_its_line_and_nothing_is_sealed(
    tmp_path: Path, day: str, file: str, old: str, new: str, told: str
):
    names = [name for name, _ in DAYS]
    folder = until(names[names.index(day) - 1], tmp_path)
    before = size(folder)
    change(folder / file, old, new)
    add_day(folder, day)
    with pytest.raises(FormatError, match=told):
        built(folder, AT[day])
    assert size(folder) == before


def test_all_mistakes_of_a_table_are_told_at_once(tmp_path: Path):
    folder = until("3-sending", tmp_path)
    for old in ("E04;E08", "E05;E04", "E02;E03"):
        change(folder / "days/visits.csv", old, old[:3])
    add_day(folder, VISITS)
    with pytest.raises(FormatError) as caught:
        built(folder, AT[VISITS])
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [f"days/visits.csv:{line}" for line in (2, 3, 4)]


@pytest.mark.parametrize("gone", [False, True])
def test_a_row_that_was_reported_is_withdrawn_only_where_that_is_asked_for(tmp_path: Path, gone: bool):
    folder = until(VISITS, tmp_path)
    table = folder / "days/visits.csv"
    (row,) = [line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("EX-022,")]
    change(table, row + "\n", "" if gone else row.replace("未发现问题", "发现问题经责令已改正") + "\n")
    later = "2023-09-29T00:00:00Z"
    with pytest.raises(FormatError, match="openqi build --withdraw"):
        built(folder, later)
    assert size(folder) == made_by(VISITS).size
    made = built(folder, later, withdraw=True)
    kinds = [one.kind for one in made.sealed]
    assert kinds == ["governance.withdrawn/1"] + ([] if gone else ["surveillance.visit-reported/1"])
    assert ("visit_results/autumn#EX-022" in made.records) is not gone
    assert built(folder, later).sealed == ()


def test_a_later_publication_is_an_entry_of_its_own_and_the_first_stays(tmp_path: Path):
    folder = until(VISITS, tmp_path)
    table = folder / "days/visits.csv"
    whole = table.read_text(encoding="utf-8")
    shutil.copytree(until("3-sending", tmp_path / "other"), tmp_path / "again")
    folder = tmp_path / "again"
    table = folder / "days/visits.csv"
    lines = whole.splitlines(keepends=True)
    table.write_text("".join(lines[:6]), encoding="utf-8")
    add_day(folder, VISITS)
    with (folder / "openqi.yaml").open("a", encoding="utf-8") as file:
        file.write("publications:\n  first: {made: autumn, published_by: bureau}\n")
    first = built(folder, AT[VISITS])
    table.write_text(whole, encoding="utf-8")
    with (folder / "openqi.yaml").open("a", encoding="utf-8") as file:
        file.write("  second: {made: autumn, published_by: bureau}\n")
    second = built(folder, "2023-10-09T08:00:00Z")
    assert second.records["publications/first"] == first.records["publications/first"]
    with ledger_folder(ledger_path(folder)).reading() as store:
        bodies = [record_of(store, second.records, f"publications/{one}").body for one in ("first", "second")]
    assert [(body["items"]["count"], body["waiting"]) for body in bodies] == [(5, 12), (12, 0)]
    (folder / ".openqi" / "state.json").unlink()
    again = built(folder, "2023-10-10T08:00:00Z")
    assert (again.sealed, again.records) == ((), second.records)


def test_a_draw_that_is_cancelled_in_public_is_replaced_by_another(tmp_path: Path):
    folder = until("", tmp_path)
    text = (folder / "openqi.yaml").read_text(encoding="utf-8")
    own = text[text.index("  autumn:\n") :]
    other = (
        own.replace("  autumn:", "  again:").replace("/2023-autumn", "/2023-again").replace("2023 autumn spot", "2023 second spot")
    )
    reason = "{zh: 名录有误, en: the list was wrong}"
    cancelled = f"cancelled_draws:\n  autumn: {{draw: autumn, reason: {reason}, cancelled_by: bureau}}\n"
    (folder / "openqi.yaml").write_text(text + other + "    replaces: autumn\n" + cancelled, encoding="utf-8")
    made = built(folder, "2023-09-14T09:00:00Z")
    assert [one.slot for one in made.sealed] == ["cancelled_draws/autumn", "draws/again"]
    with ledger_folder(ledger_path(folder)).reading() as store:
        again = record_of(store, made.records, "draws/again").body
        assert again["replaces"] == made.records["cancelled_draws/autumn"]
        assert record_of(store, made.records, "cancelled_draws/autumn").body["randomnessKnown"] is False
    assert built(folder, "2023-09-14T10:00:00Z").sealed == ()
    add_day(folder, "2-draw")
    with pytest.raises(FormatError, match=r"randomness.beacon: draw .* was cancelled by record"):
        built(folder, AT["2-draw"])


def hidden(folder: Path) -> Path:
    """The first day with unannounced visits and nobody sent, and the days until the results with them."""
    change(folder / "openqi.yaml", "    committed_by: bureau\n", "    committed_by: bureau\n    hidden: true\n")
    change(folder / "openqi.yaml", "    officers: roll\n    sending: {each: 2, different_units: true, substitutes: 2}\n", "")
    return folder


def test_unannounced_visits_stay_hidden_until_they_are_over_and_the_secret_is_that_of_the_vault(tmp_path: Path):
    folder = hidden(fresh(tmp_path / "spot"))
    built(folder, AT[""])
    add_day(folder, "2-draw")
    made = built(folder, AT["2-draw"])
    with ledger_folder(ledger_path(folder)).reading() as store:
        drawn = record_of(store, made.records, "made_draws/autumn")
        rows = rows_of(store, drawn.id, DrawnRow)
        committed = record_of(store, made.records, "draws/autumn")
    assert (drawn.body["hidden"], drawn.public, committed.public) == (True, False, True)
    assert committed.body["key"] != (folder / ".openqi/vault.key").read_text(encoding="utf-8")
    table = "编号,日,时,结果,人员\n" + "".join(f"{row.object},2023-09-20,2023-09-20 16:00,未发现问题,E01;E02\n" for row in rows)
    (folder / "days/visits.csv").write_text(table, encoding="utf-8")
    with (folder / "openqi.yaml").open("a", encoding="utf-8") as file:
        file.write(RESULTS)
    with pytest.raises(FormatError, match=r"shown_draws.autumn: visits go on until 2023-09-28.*\n?.*"):
        built(folder, AT[VISITS])
    made = built(folder, "2023-09-29T08:00:00Z")
    with ledger_folder(ledger_path(folder)).reading() as store:
        shown, published, visit = (
            record_of(store, made.records, one)
            for one in ("shown_draws/autumn", "publications/autumn", f"visit_results/autumn#{rows[0].object}")
        )
    assert shown.public and shown.body["items"] == drawn.body["items"]
    assert published.body["made"] == shown.id
    assert visit.statement.visible_to == ()
    assert built(folder, "2023-09-30T08:00:00Z").sealed == ()


RESULTS = """
visit_results:
  autumn: {made: autumn, file: days/visits.csv, object: 编号, day: 日, at: 时, offset: "+08:00", outcome: 结果, officers: 人员,
    seen_by: [], reported_by: bureau}
shown_draws:
  autumn: {made: autumn, shown_by: bureau}
publications:
  autumn: {made: autumn, published_by: bureau}
rates:
  autumn: {made: autumn, estimated_by: bureau}
"""


def test_officers_with_recusals_are_sealed_and_nobody_goes_where_they_may_not(tmp_path: Path):
    folder = fresh(tmp_path / "spot")
    names = [f"EX-{number:03}" for number in range(1, 61)]
    (folder / "lists/recusals.csv").write_text("工号,编号,理由\n" + "".join(f"E07,{one},kin\n" for one in names), encoding="utf-8")
    built(folder, AT[""])
    add_day(folder, "2-draw")
    built(folder, AT["2-draw"])
    text = (folder / "days/3-sending.yaml").read_text(encoding="utf-8")
    (folder / "days/3-sending.yaml").write_text(text.partition("assignment_changes")[0], encoding="utf-8")
    add_day(folder, "3-sending")
    made = built(folder, AT["3-sending"])
    with ledger_folder(ledger_path(folder)).reading() as store:
        named = ("officers/roll", "officers/roll#recusals", "draws/autumn", "assignments/autumn")
        roll, kept, committed, sent = (record_of(store, made.records, one) for one in named)
        teams = rows_of(store, sent.id, TeamRow)
    assert (roll.public, kept.public, committed.public, sent.public) == (True, False, True, True)
    assert (kept.statement.visible_to, committed.body["recusals"]) == ((), kept.id)
    assert all("E07" not in (*team.officers, *team.substitutes) for team in teams)


@pytest.mark.parametrize(
    ("at", "rule", "told"),
    [
        (
            "2023-09-13T08:00:00Z",
            "instants-in-order",
            "the log has a record of 2023-09-14T08:00:00Z, and this build is of 2023-09-13",
        ),
        ("2999-01-01T00:00:00Z", "present-instant", "2999-01-01T00:00:00Z has not come"),
    ],
)
def test_an_instant_that_is_stated_has_come_and_does_not_go_back(tmp_path: Path, at: str, rule: str, told: str):
    folder = until("", tmp_path)
    with pytest.raises(RefusedError, match=told) as caught:
        built(folder, at)
    assert caught.value.rule == rule


def test_only_an_illustrative_workspace_states_its_instants(tmp_path: Path):
    folder = fresh(tmp_path / "spot")
    change(folder / "openqi.yaml", "illustrative: true\n", "")
    with pytest.raises(RefusedError, match="may state its instants; leave --at out"):
        built(folder, AT[""])
    with pytest.raises(FormatError, match=r"draws.autumn: round 657413 of drand quicknet came at 2023-09-15T11:00:03Z"):
        built(folder, None)
