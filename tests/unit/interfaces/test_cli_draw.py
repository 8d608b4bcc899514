"""`openqi draw` on plain files: what it writes is what science draws, verifies from nothing, and answers whoever asks."""

import csv
import json
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from draw_files import AFTER, BEACON, BEFORE, PLAN, ROWS, commit, csv_of, drawn, run, small, verified
from openqi.evidence.log import merkle
from openqi.science.draws.commitment import commitment_to, committed
from openqi.science.draws.drawing import answer as answered
from openqi.science.draws.drawing import drawn as draw_of
from openqi.science.draws.frame import Candidate, Exclusion, frame_of
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed, numbers_value
from unit.interfaces.cli_world import answer, openqi


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "drawn.csv").read_text(encoding="utf-8").splitlines()))


def by_science():
    """The same draw through the functions of science alone."""
    firms = [Candidate(name=name, risk_class=rank, size=int(size)) for name, rank, size in ROWS[1:]]
    out = [Exclusion(name="firm 5", reason="upper-level-covers-it", detail="provincial check of 2023-08")]
    frame = frame_of(firms, out)
    rule = StratumRule(design="pareto", size=8, floors=(("A", Fraction(1, 20)),), caps=(("D", Fraction(3, 5)),))
    plan = Plan(purpose="2023-9 spot check of toys", rules=(rule,))
    named = [NamedSource(source="drand quicknet", event="657413"), NamedSource(source="福彩双色球", event="2023107")]
    commitment = commitment_to(committed(frame), plan, named, version="openqi draws 1")
    values = [
        PublicValue(source="drand quicknet", event="657413", value=sha256(bytes.fromhex(BEACON["Sig"])).digest()),
        PublicValue(source="福彩双色球", event="2023107", value=numbers_value([3, 9, 17, 21, 30, 33], [16])),
    ]
    return commitment, draw_of(frame, plan, mixed_seed(commitment, named, values))


def test_the_files_hold_the_draw_that_science_makes(tmp_path):
    folder = drawn(tmp_path)
    commitment, draw = by_science()
    assert json.loads((folder / "commitment.json").read_text())["commitment"] == commitment.hex()
    rows = table(folder)
    assert tuple(row["name"] for row in rows) == draw.names()
    for row in rows:
        told = answered(draw, row["name"])
        assert (Fraction(row["target"]), float(row["chance"]), row["ticket"], row["why"]) == (
            told.target, float(told.chance.value), told.ticket, told.why,
        )  # fmt: skip
    found = verified(folder)
    assert (found["proved"], found["recomputed"], found["first_difference"]) == ("passed", "passed", None)
    assert any("BLS" in text for text in found["not_checked"])


def test_every_proof_leads_to_the_root_as_proofs_of_a_log_do(tmp_path):
    folder = drawn(tmp_path)
    root = json.loads((folder / "commitment.json").read_text())["list"]["root"]
    lines = (folder / "proofs.jsonl").read_text().splitlines()
    told = answer("draw", "explain", folder, "firm 7", "--proof", tmp_path / "proof.json")
    assert json.loads((tmp_path / "proof.json").read_text()) == told["proof"]
    for proof in [*map(json.loads, lines), told["proof"]]:
        hashes = [bytes.fromhex(one) for one in proof["hashes"]]
        leaf = merkle.leaf_hash(proof["row"].encode())
        merkle.verify_inclusion(leaf, proof["leaf"], proof["objects"], hashes, bytes.fromhex(root))
    assert len(lines) == 8


@pytest.mark.parametrize("kind", ["parquet", "dictionary", "shuffled"])
def test_a_list_in_parquet_or_in_another_order_is_the_same_list(tmp_path, kind):
    small(tmp_path)
    columns = [list(column) for column in zip(*ROWS[1:], strict=True)]
    ranks = pa.array(columns[1])
    data = {"name": columns[0], "class": ranks.dictionary_encode() if kind == "dictionary" else ranks, "size": map(int, columns[2])}
    whole = pa.table({name: pa.array(value) if not isinstance(value, pa.Array) else value for name, value in data.items()})
    parquet.write_table(
        whole.take(list(reversed(range(40)))) if kind == "shuffled" else whole, tmp_path / "firms.parquet", row_group_size=7
    )
    one = commit(tmp_path, to="csv").data
    other = commit(tmp_path, to="parquet", objects="firms.parquet").data
    assert one["commitment"] == other["commitment"]
    for name in ("csv", "parquet"):
        assert run(tmp_path, of=name).status == 0
    assert (tmp_path / "csv/drawn.csv").read_bytes() == (tmp_path / "parquet/drawn.csv").read_bytes()


def test_options_state_the_plan_that_a_file_states(tmp_path):
    small(tmp_path, plan=PLAN.replace("size: 8", "ratio: 1/5"))
    by_file = commit(tmp_path, to="file").data
    asked = (
        "--purpose", "2023-9 spot check of toys", "--ratio", "20%", "--floor", "A=1/20", "--cap", "D=60 %",
        "--source", "drand quicknet", "657413", "-", "--source", "福彩双色球", "2023107", "2023-09-15T13:15:00Z",
    )  # fmt: skip
    assert commit(tmp_path, *asked, to="options").data["commitment"] == by_file["commitment"]
    assert by_file["strata"][0]["expected"] == "8"


def test_one_rule_holds_for_every_stratum_that_has_none_of_its_own(tmp_path):
    rows = [("firm", "city", "staff"), *((f"f{n}", "南海" if n % 3 else "顺德", str(n + 1)) for n in range(30))]
    plan = PLAN.replace("    floors: {A: 5 %}\n    caps: {D: 3/5}\n", "").replace("size: 8", "size: 4")
    plan = plan.replace("strata:\n", "strata:\n  - {stratum: 顺德, design: equal, ratio: 10 %}\n")
    small(tmp_path, firms=csv_of(rows), plan=plan)
    found = commit(tmp_path, "--name", "firm", "--stratum", "city", "--size-by", "staff").data
    assert [(one["stratum"], one["design"], one["expected"]) for one in found["strata"]] == [
        ("南海", "pareto", "4"), ("顺德", "equal", "1"),
    ]  # fmt: skip
    assert run(tmp_path).status == 0
    assert verified(tmp_path / "toys")["recomputed"] == "passed"
    staff = {name: size for name, _, size in rows[1:]}
    assert all(row["size"] == staff[row["name"]] for row in table(tmp_path / "toys"))  # also where the design looks at none


def test_who_was_visited_as_often_as_a_cap_allows_is_left_out_and_told_so(tmp_path):
    caps = "frequency:\n  day: 2023-09-16\n  caps:\n    D: {at_most: 1, period: 365}\n"
    small(tmp_path, plan=PLAN + caps)
    (tmp_path / "past.csv").write_text("name,day\nfirm 7,2023-03-01\nfirm 8,2023-03-01\nfirm 11,2021-03-01\nelse,2023-01-01\n")
    found = commit(tmp_path, "--past", tmp_path / "past.csv").data
    assert (found["objects"], found["excluded"]) == (39, 1)
    told = answer("draw", "explain", tmp_path / "toys", "firm 7")
    assert (told["state"], told["reason"], told["detail"]) == ("excluded", "frequency-cap", "1 of 1 in 365 days")


def test_an_answer_says_chance_reason_ticket_and_result_in_both_languages(tmp_path):
    folder = drawn(tmp_path)
    first = table(folder)[0]["name"]
    english = openqi("draw", "explain", folder, first, "--lang", "en").out
    chinese = openqi("draw", "explain", folder, first, "--lang", "zh").out
    assert "in proportion to its size" in english
    assert "it was drawn" in english
    assert "结果：被抽中" in chinese
    assert "末位抽中者" in chinese
    assert "provincial check" in openqi("draw", "explain", folder, "firm 5", "--lang", "zh").out
    told = answer("draw", "explain", folder, first)
    assert Fraction(told["statistic"]["rank"]) <= Fraction(told["facts"]["last drawn"])
    unknown = openqi("draw", "explain", folder, "firm")
    assert unknown.status == 2
    assert "neither on the list" in unknown.err


def test_before_the_draw_everybody_can_see_their_chance(tmp_path):
    small(tmp_path)
    assert commit(tmp_path).status == 0
    told = answer("draw", "explain", tmp_path / "toys", "firm 7")
    assert (told["state"], told["ticket"], told["why"]) == ("before", None, "size")
    found = verified(tmp_path / "toys")
    assert (found["proved"], found["recomputed"]) == ("not checked", "not checked")
    assert found["steps"][2]["state"] == "passed"


def test_unannounced_visits_stay_hidden_until_they_are_shown(tmp_path):
    small(tmp_path)
    key = tmp_path / "visits.key"
    assert openqi("key", "new", key).status == 0
    assert commit(tmp_path, "--key", key).status == 0
    assert "give the key" in run(tmp_path).err
    assert openqi("key", "new", tmp_path / "other.key").status == 0
    assert "not the key" in run(tmp_path, "--key", tmp_path / "other.key").err
    assert run(tmp_path, "--key", key).data["hidden"]
    folder = tmp_path / "toys"
    assert (folder / "hidden").stat().st_mode & 0o077 == 0
    assert not (folder / "draw.json").exists()
    assert answer("draw", "explain", folder, "firm 7")["state"] == "hidden"
    assert verified(folder)["steps"][4]["detail"] == "hidden until it is shown"
    assert run(tmp_path, "--key", key).status == 2  # it is drawn once
    assert openqi("draw", "show", folder).status == 0
    assert not (folder / "hidden").exists()
    assert verified(folder)["recomputed"] == "passed"
    assert answer("draw", "explain", folder, "firm 7")["state"] in ("drawn", "not-drawn")
    stated = json.loads((folder / "draw.json").read_text())
    flipped = stated["proof"][:-2] + ("00" if stated["proof"][-2:] != "00" else "01")
    (folder / "draw.json").write_text(json.dumps(stated | {"proof": flipped}))
    assert openqi("draw", "verify", folder, "--json").data["first_difference"]["name"] == "seed"
    assert openqi("draw", "show", folder).status == 2


EDITS = {
    "list": ("list.tsv", b"\tD\t8\n", b"\tD\t9\n", "list", "root"),
    "list cut": ("list.tsv", b"firm 39\t\tD\t1\n", b"", "list", "38 objects, and 39"),
    "exclusion": ("exclusions.tsv", b"provincial", b"municipal", "commitment", "exclusionsSha256"),
    "plan": ("commitment.json", b'"size": 8', b'"size": 7', "commitment", "expected"),
    "purpose": ("commitment.json", b'"purpose": "2023-9', b'"purpose": "2023-8', "commitment", "ingredients.plan"),
    "instant": ("commitment.json", b"2023-09-15T11:00:03Z", b"2023-09-15T11:00:06Z", "form", "comes at"),
    "number of ingredients": ("commitment.json", b'"objects": 39,\n    "plan"', b'"objects": 38,\n    "plan"', "commitment", "38"),
    "lottery": ("draw.json", b"          33\n", b"          32\n", "randomness", "value"),
    "lottery and value": ("draw.json", b"332e392e31372e32312e33302e33332e2f31362e2f", b"00", "randomness", "value"),
    "seed": ("draw.json", b'"seed": "', b'"seed": "00', "seed", "follows"),
    "result": ("drawn.csv", b"\n1,firm ", b"\n1,form ", "draw", "drawn.csv:2"),
    "result cut": ("drawn.csv", b",size\n", b",size", "draw", "drawn.csv:2"),
    "facts": ("draw.json", b'"last drawn": "', b'"last drawn": "1', "draw", "last drawn"),
    "proof": ("proofs.jsonl", b'"leaf": ', b'"leaf": 1', "draw", "proofs.jsonl:1"),
}


@pytest.mark.parametrize("what", EDITS)
def test_the_first_thing_that_was_edited_is_named(tmp_path, what):
    folder = drawn(tmp_path)
    name, old, new, step, told = EDITS[what]
    whole = (folder / name).read_bytes()
    assert old in whole
    (folder / name).write_bytes(whole.replace(old, new, 1))
    found = openqi("draw", "verify", folder, "--json")
    assert found.status == 1
    first = found.data["first_difference"]
    assert first["name"] == step, first
    assert told in first["detail"], first
    assert "failed" in (found.data["proved"], found.data["recomputed"])


def test_another_program_version_is_named_and_is_no_failure(tmp_path, monkeypatch):
    folder = drawn(tmp_path)
    monkeypatch.setattr("openqi.app.draws.verifying.VERSION", "openqi draws 2")
    found = verified(folder)
    assert found["first_difference"]["name"] == "program"
    assert "openqi draws 1" in found["first_difference"]["detail"]
    assert found["recomputed"] == "passed"


def test_people_read_a_verification_in_their_language(tmp_path):
    folder = drawn(tmp_path)
    assert "验真  通过" in openqi("draw", "verify", folder, "--lang", "zh").out
    (folder / "drawn.csv").write_bytes(b"")
    assert "first difference  draw: drawn.csv:1" in openqi("draw", "verify", folder, "--lang", "en").out


def test_what_was_drawn_can_be_estimated_from(tmp_path):
    folder = drawn(tmp_path)
    rows = [(row["name"], row["chance"], "conforming" if n % 3 else "nonconforming") for n, row in enumerate(table(folder))]
    (tmp_path / "results.csv").write_text(csv_of([("id", "probability", "outcome"), *rows]))
    found = answer("estimate", "rates", tmp_path / "results.csv")
    assert 0 < found["population"]["value"] < 1


def test_the_clock_is_that_of_now_where_no_instant_is_given(tmp_path):
    small(tmp_path)
    late = openqi("draw", "commit", tmp_path / "firms.csv", "-o", tmp_path / "toys", "--plan", tmp_path / "plan.yaml")
    assert late.status == 2
    assert "may be known from" in late.err
    assert commit(tmp_path).status == 0
    assert run(tmp_path, at=BEFORE).status == 2
    assert run(tmp_path, at=AFTER).status == 0
