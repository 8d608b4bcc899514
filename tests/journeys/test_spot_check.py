"""The spot check example, day by day: nothing earlier changes, anybody draws the same, and the whole of it verifies."""

import json
import re
from collections import Counter
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from tools.spot_check import DAYS, FOLDER, applied, firm, lists, rows_of, visit_days, visits

from openqi.app.checking import replayed
from openqi.app.examine import log_report
from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import ledger_path, policy_path
from openqi.interfaces.web.site import export_site
from openqi.kernel.errors import FormatError
from openqi.records.draw_rows import DrawnRow, ResultRow, TeamRow
from openqi.science.draws.rates.outcomes import outcome_of
from spot_check_stage import AT, add_day, built, change, fresh, made_by, record_of, until
from vectors_of import vectors_of

LAST = DAYS[-1][0]
LISTED = [firm(number)[0] for number in range(1, 61) if number not in (7, 31, 50)]


def rows(folder: Path, day: str, slot: str, kind: type) -> list:
    with ledger_folder(ledger_path(folder)).reading() as store:
        return rows_of(store, made_by(day).records[slot], kind)


def test_the_invented_lists_come_out_again_and_what_hangs_on_the_round_too(tmp_path: Path):
    assert {name: (FOLDER / name).read_bytes() for name in lists()} == lists()
    folder = until(LAST, tmp_path)
    assert (FOLDER / "days/visit-days.csv").read_bytes() == visit_days(rows(folder, LAST, "made_draws/autumn", DrawnRow))
    teams = rows(folder, LAST, "assignments/autumn", TeamRow)
    with ledger_folder(ledger_path(folder)).reading() as store:
        changed = record_of(store, made_by(LAST).records, "assignment_changes/ill").body
    assert (FOLDER / "days/visits.csv").read_bytes() == visits(applied(teams, changed))


def test_the_round_is_the_published_one_and_came_after_the_commitment(tmp_path: Path):
    (published,) = [one for one in vectors_of("surveillance/drand_beacons.json")["figures"] if one["Round"] == 657413]
    told = json.loads((FOLDER / "days/drand-657413.json").read_text(encoding="utf-8"))
    assert told == {"round": 657413, "randomness": published["Randomness"], "signature": published["Sig"]}
    records = made_by(LAST).records
    with ledger_folder(ledger_path(until(LAST, tmp_path))).reading() as store:
        commitment, value, drawn = (
            record_of(store, records, one) for one in ("draws/autumn", "randomness/beacon", "made_draws/autumn")
        )
        assert commitment.valid_from < value.body["publishedAt"] < value.valid_from <= drawn.valid_from
        assert value.body["value"] == published["Randomness"]
        assert store.logged(commitment.id).index < store.logged(value.id).index < store.logged(drawn.id).index


def test_who_was_drawn_of_a_stratum_of_equal_chances_are_those_with_the_smallest_hashes(tmp_path: Path):
    """The draw of one stratum once more, with nothing but SHA-256 and the words of the documentation."""
    folder = until(LAST, tmp_path)
    with ledger_folder(ledger_path(folder)).reading() as store:
        commitment = record_of(store, made_by(LAST).records, "draws/autumn").body
        made = record_of(store, made_by(LAST).records, "made_draws/autumn").body
        value = record_of(store, made_by(LAST).records, "randomness/beacon").body["value"]

    def measured(part: bytes) -> bytes:
        return len(part).to_bytes(4, "big") + part

    parts = (b"drand quicknet", b"657413", bytes.fromhex(value))
    mixed = (
        b"openqi draw seed 1\n" + bytes.fromhex(commitment["commitment"]) + (1).to_bytes(4, "big") + b"".join(map(measured, parts))
    )
    seed = sha256(mixed).digest()
    assert seed.hex() == made["seed"]
    shops = [name for name in LISTED if firm(int(name[-3:]))[2] == "流通"]
    begin = seed + sha256(commitment["purpose"].encode()).digest()
    smallest = sorted(shops, key=lambda name: sha256(begin + name.encode()).digest())[: -(-len(shops) // 4)]
    drawn = [row.object for row in rows(folder, LAST, "made_draws/autumn", DrawnRow) if row.stratum == "流通"]
    assert sorted(drawn) == sorted(smallest)


def test_each_day_adds_records_and_changes_none_of_an_earlier_one(tmp_path: Path):
    before: dict[str, str] = {}
    for name, _ in DAYS:
        made = made_by(name)
        assert {slot: made.records[slot] for slot in before} == before
        assert {one.slot.partition("/")[0] for one in made.sealed}.isdisjoint({slot.partition("/")[0] for slot in before})
        assert not made.withdrawn
        before = dict(made.records)
    folder = until(LAST, tmp_path)
    assert built(folder, AT[LAST]).sealed == ()
    assert built(folder, None).sealed == ()  # and today, years later


def test_everything_is_found_again_where_what_was_built_is_forgotten(tmp_path: Path):
    folder = until(LAST, tmp_path)
    (folder / ".openqi" / "state.json").unlink()
    again = built(folder, "2023-11-01T00:00:00Z")
    assert again.sealed == ()
    assert again.records == made_by(LAST).records


def test_the_whole_log_verifies_and_every_decision_replays(tmp_path: Path):
    folder = until(LAST, tmp_path)
    report = log_report(ledger_path(folder), policy=policy_path(folder).read_bytes())
    again = replayed(ledger_path(folder))
    assert (report.findings, report.policy_checked, again.findings) == ((), True, ())
    assert again.decisions == 28  # ten of the draw itself, seventeen visits, one that came after
    export_site(folder, folder / "site")
    with ledger_folder(ledger_path(folder)).reading() as store:
        rate = record_of(store, made_by(LAST).records, "rates/autumn")
    assert any(rate.id in str(path) for path in (folder / "site").rglob("*"))


def test_what_was_published_is_what_the_table_says_and_who_was_not_examined_is_no_pass(tmp_path: Path):
    folder = until(LAST, tmp_path)
    table = (FOLDER / "days/visits.csv").read_text(encoding="utf-8").splitlines()[1:]
    told = {line.split(",")[0]: outcome_of(line.split(",")[3]).code for line in table}
    public = {row.object: row.outcome for row in rows(folder, LAST, "publications/autumn", ResultRow)}
    assert public == told
    with ledger_folder(ledger_path(folder)).reading() as store:
        rate = record_of(store, made_by(LAST).records, "rates/autumn").body
        published = record_of(store, made_by(LAST).records, "publications/autumn").body
    counts = Counter(told.values())
    good, bad = counts["conforming"], counts["nonconforming"] + counts["corrected"]
    assert {one["outcome"]: one["visits"] for one in rate["outcomes"]} == counts
    assert (rate["drawn"], rate["examined"], rate["outside"]) == (len(told), good + bad, counts["closed"])
    assert rate["unresolved"] == counts["not-found"] + counts["not-visited"] > 0
    (hit,) = [one for one in rate["rates"] if one["rate"] == "hit"]
    assert float(hit["value"]) == pytest.approx(bad / (good + bad), abs=5e-6)
    assert (published["waiting"], published["late"]) == (0, 0)


@pytest.mark.parametrize(
    ("file", "old", "new", "entry"),
    [
        ("lists/firms.csv", "EX-001,", "EX-901,", "frames.firms"),
        ("lists/visited-lately.csv", "EX-007", "EX-008", "frames.firms"),
        ("lists/officers.csv", ",6\n", ",7\n", "officers.roll"),
        ("lists/recusals.csv", "EX-020", "EX-021", "officers.roll"),
        ("openqi.yaml", "draw: 25 %", "draw: 30 %", "draws.autumn"),
        ("openqi.yaml", 'visits_until: "2023-09-28"', 'visits_until: "2023-09-27"', "draws.autumn"),
        ("openqi.yaml", "most_ratio: 30 %", "most_ratio: 60 %", "item_lists.2023"),
    ],
)
def test_what_was_edited_after_its_commitment_is_refused_and_nothing_is_sealed(
    tmp_path: Path, file: str, old: str, new: str, entry: str
):
    folder = until("", tmp_path)
    add_day(folder, "2-draw")
    whole = (folder / file).read_text(encoding="utf-8")
    change(folder / file, old, new)
    with pytest.raises(FormatError) as caught:
        built(folder, AT["2-draw"])
    assert re.search(rf"openqi.yaml:\d+: {re.escape(entry)}: record [0-9a-f]{{64}} ", str(caught.value))
    assert "cancelled_draws" in str(caught.value)
    if file == "lists/firms.csv":
        assert "(document without 'EX-001 流通 B 28', with 'EX-901 流通 B 28')" in str(caught.value)
    assert "back as" in str(caught.value)
    with ledger_folder(ledger_path(folder)).reading() as store:
        assert store.size() == made_by("").size
    (folder / file).write_text(whole, encoding="utf-8")
    assert {one.slot for one in built(folder, AT["2-draw"]).sealed} == {"randomness/beacon", "made_draws/autumn"}


def test_a_list_may_change_as_long_as_no_draw_was_committed_to_it(tmp_path: Path):
    folder = fresh(tmp_path / "spot")
    text = (folder / "openqi.yaml").read_text(encoding="utf-8")
    (folder / "openqi.yaml").write_text(text[: text.index("\ndraws:")], encoding="utf-8")
    first = built(folder, AT[""])
    change(folder / "lists/firms.csv", "EX-001,", "EX-901,")
    again = built(folder, "2023-09-14T08:00:01Z")
    assert {one.slot for one in again.sealed} == {"frames/firms"}
    assert again.records["frames/firms"] != first.records["frames/firms"]
    assert again.records["officers/roll"] == first.records["officers/roll"]


def test_nothing_is_committed_to_once_the_round_is_out(tmp_path: Path):
    folder = fresh(tmp_path / "spot")
    with pytest.raises(FormatError, match=r"draws\.autumn: round 657413 .* came at 2023-09-15T11:00:03Z.*name a round that nobody"):
        built(folder, "2023-09-15T11:00:03Z")
    assert not ledger_path(folder).exists()


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_walks_the_days_as_they_are_and_counts_what_came_out(tmp_path: Path, page: str):
    text = (FOLDER / page).read_text(encoding="utf-8")
    shell, looked = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    added = [found[1] for line in shell.splitlines() if (found := re.match(r"cat days/(\S+)\.yaml >> openqi\.yaml", line))]
    stated = [found[1] for line in shell.splitlines() if (found := re.match(r"openqi build --at (\S+)", line))]
    assert list(zip(["", *added], stated, strict=True)) == list(DAYS)
    told = Counter(row.outcome for row in rows(until(LAST, tmp_path), LAST, "publications/autumn", ResultRow))
    bad, silent = told["nonconforming"] + told["corrected"], told["not-found"] + told["not-visited"]
    figures = [int(one) for one in re.findall(r"^\|[^|]+\| (\d+)", text, re.MULTILINE)]
    assert figures == [60, sum(told.values()), told["conforming"], bad, silent, told["closed"]]
    assert f"{bad / (bad + told['conforming']):.1%}".replace("%", " %") in text
    assert [line.split("#")[0].strip() for line in looked.splitlines()] == ["openqi serve .", "openqi explain rates/autumn"]
    with ledger_folder(ledger_path(until(LAST, tmp_path / "rates"))).reading() as store:
        rates = {one["rate"]: one for one in record_of(store, made_by(LAST).records, "rates/autumn").body["rates"]}
    for one in (rates["hit"], rates["population"]):
        value, lower, upper = (f"{100 * Decimal(one[member]):.1f} %" for member in ("value", "lower", "upper"))
        assert re.search(rf"{value}\s*（?\(?{lower} … {upper}", text), (value, lower, upper)
