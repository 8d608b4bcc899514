"""Workspaces at the command line: built, explained, supposed otherwise, packed and verified, in two languages."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from openqi.app.workspace.start import unpack_example
from openqi.evidence import keyfile
from openqi.evidence.log.note import parse_checkpoint, parse_note
from unit.interfaces.cli_world import Answer, answer, openqi

CORRECTED = "certificates/cycler-corrected.xml"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of `openqi init`, built; read it only."""
    folder = tmp_path_factory.mktemp("small") / "works"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        answer("init", folder)
        answer("build", folder, "--no-pages")
    return folder


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of the storage battery, built; read it only."""
    folder = tmp_path_factory.mktemp("example") / "battery"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        unpack_example(folder)
        answer("build", folder, "--no-pages")
    return folder


@pytest.fixture
def works(small: Path, tmp_path: Path) -> Path:
    """A small workspace of one's own that was built."""
    return shutil.copytree(small, tmp_path / "works")


def marks(folder: Path) -> list[str]:
    with (folder / ".openqi/marks/packs.csv").open(encoding="utf-8") as file:
        return [row["mark"] for row in csv.DictReader(file)]


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


# init and build


def test_init_makes_a_workspace_only_where_nothing_is(tmp_path: Path):
    made = answer("init", tmp_path / "new")
    assert "openqi.yaml" in made["files"]
    again = openqi("init", tmp_path / "new", "--json")
    assert (again.status, again.data["kind"], again.data["rule"]) == (2, "refused", "empty-folder")


def test_a_build_says_what_it_sealed_and_where_the_log_stands(tmp_path: Path):
    unpack_example(tmp_path / "battery")
    found = answer("build", tmp_path / "battery", "--no-pages")
    checkpoint = parse_checkpoint(parse_note((tmp_path / "battery/.openqi/ledger/log/checkpoint").read_bytes()))
    assert (found["origin"], found["size"], found["root"]) == (checkpoint.origin, checkpoint.size, checkpoint.root.hex())
    assert found["marks"] == marks(tmp_path / "battery")
    assert len(found["marks"]) == 10
    assert len(found["sealed"]) == found["size"] - 1  # all but the genesis
    sealed = {one["entry"]: one for one in found["sealed"]}
    assert sealed["marks/packs"]["kind"] == "conformity.marks-issued/1"
    assert sealed["marks/packs"]["record"] == found["records"]["marks/packs"]
    assert (found["withdrawn"], found["no_longer_declared"]) == ({}, [])
    assert not (tmp_path / "battery/site").exists()
    codes = tmp_path / "battery/codes/packs"
    assert {path.suffix for path in codes.iterdir()} == {".csv", ".png", ".svg"}
    assert codes.joinpath("codes.csv").stat().st_mode & 0o077 == 0


def test_an_unchanged_workspace_seals_nothing_and_asks_for_no_passphrase(works: Path):
    again = openqi("build", works, "--no-pages", "--json", OPENQI_PASSPHRASE=None)
    assert (again.status, again.data["sealed"]) == (0, [])
    assert openqi("build", works, "--no-pages", "--lang", "en").out.startswith("nothing new\n")
    assert openqi("build", works, "--no-pages", "--lang", "zh").out.startswith("没有新内容\n")


def test_a_changed_reading_is_stated_and_judged_anew(works: Path):
    edit(works, "readings/shafts.csv", "19.98", "19.97")
    found = answer("build", works, "--no-pages")
    assert [one["entry"] for one in found["sealed"]] == ["readings/shafts"] * 2 + ["judgements/shafts"] * 2
    assert [one["kind"].partition(".")[2] for one in found["sealed"]] == ["withdrawn/1", "readings-reported/1", "withdrawn/1",
                                                                         "readings-judged/1"]  # fmt: skip


def test_what_is_no_longer_declared_is_named(works: Path):
    text = (works / "openqi.yaml").read_text(encoding="utf-8")
    (works / "openqi.yaml").write_text(text[: text.index("\njudgements:")], encoding="utf-8")
    assert answer("build", works, "--no-pages")["no_longer_declared"] == ["judgements/shafts"]


def test_a_build_that_finds_a_mistake_ends_with_2_and_names_file_and_line(works: Path):
    edit(works, "readings/shafts.csv", "20.04", "NaN")
    found = openqi("build", works, "--no-pages", "--json")
    assert (found.status, found.data["kind"]) == (2, "format")
    assert found.data["error"].startswith("readings/shafts.csv:4: ")
    assert "readings/shafts.csv:4: " in found.err


def test_each_mistake_has_a_line_of_its_own(works: Path):
    edit(works, "readings/shafts.csv", "20.04", "NaN")
    edit(works, "certificates/caliper.csv", "10.003,", ",")
    lines = openqi("build", works, "--no-pages").err.splitlines()
    assert len(lines) == 2
    assert "\\n" not in "".join(lines)


def test_what_no_longer_holds_is_withdrawn_only_when_asked(example: Path, tmp_path: Path):
    folder = shutil.copytree(example, tmp_path / "battery")
    declared = (
        "  cycler-2026-r1:\n    uri: https://calibration.example/certificate/CAL-2026-0117-R1\n    kind: calibration\n"
        f"    file: {CORRECTED}\n    instrument: cycler\n    issued_by: calibration-laboratory\n    replaces: cycler-2026\n"
        "    quantities: {electric current: electric current, time: time}\n"
    )
    edit(folder, "openqi.yaml", "  thermometer-2026:\n", f"{declared}  thermometer-2026:\n")
    stopped = openqi("build", folder, "--no-pages", "--json")
    assert (stopped.status, stopped.data["kind"]) == (2, "format")
    assert "openqi build --withdraw" in stopped.data["error"]
    found = openqi("build", folder, "--no-pages", "--withdraw", "--json")
    assert (found.status, set(found.data["withdrawn"])) == (1, {"certifications/cell-2026", "marks/packs"})
    shown = openqi("explain", marks(folder)[0], "--in", folder, "--json")
    assert (shown.status, shown.data["tree"]["state"]) == (1, "withdrawn")
    assert openqi("verify", marks(folder)[0], "--log", folder, "--json").data["complete"] == "failed"


# explain


def explained(example: Path, target: str, *more: str) -> Answer:
    return openqi("explain", target, "--in", example, *more, "--lang", "en")


STEPS = (
    "certificate of conformity [replayed]  EX-2026-001",
    "scope of accreditation [illustrative]  C-031",
    "type test [replayed]  B0005, 1/1 conforming, guarded-acceptance/1",
    "requirement [illustrative]  5.2 a), Initial capacity to 2.7 V, ≥ 1.850 A.h",
    "readings [signature checked]  B0005, 1 × discharge capacity, 2026-02-03",
    "procedure [signature checked]  Discharge capacity: current integrated over time, scaled/1",
    "instrument [illustrative]  Battery cycler 3, C3-2041",
    "certificate of the instrument [illustrative]  CAL-2026-0117, 2026-01-12",
    "certificate of the instrument [illustrative]  V-2026-088, 2026-01-20, transcribed, checked by https://certifier.example",
    "end of the chain [illustrative]  written for an example; not the SI",
    "lot decision [replayed]  2026-03-A, accepted, 0/50 nonconforming",
    "verdicts [replayed]  2026-03-A, 650/650 conforming",
    "sampling plan [signature checked]  n = 50, Ac = 1",
)


def test_a_mark_is_explained_down_to_where_the_chain_ends(example: Path):
    text = explained(example, marks(example)[0]).out
    assert text.startswith("mark [replayed]  https://integrator.example/pack/P-2026-001, ")
    for step in STEPS:
        assert f"─ {step}" in text, step
    assert text.splitlines()[-1] == "branches end  illustrative"
    assert "SI\n" not in text.replace("not the SI\n", "")


def test_a_record_is_found_by_its_id_its_beginning_its_entry_and_its_number(example: Path):
    record = answer("explain", "certifications/cell-2026", "--in", example)["record"]
    for name in (record, record[:8], "EX-2026-001", "https://certifier.example/certificate/EX-2026-001"):
        found = answer("explain", name, "--in", example)
        assert (found["target"], found["record"], found["tree"]["kind"]) == (name, record, "conformity.certificate-issued/1")


def test_the_tree_in_json_has_the_row_of_the_mark_and_hashes_only(example: Path):
    found = answer("explain", marks(example)[3], "--in", example)
    assert (found["leaf"], found["ends"]) == (3, ["illustrative"])
    assert found["tree"]["told"]["item"] == "https://integrator.example/pack/P-2026-004"
    assert marks(example)[3] not in json.dumps(found["tree"])
    kinds = {child["kind"] for child in found["tree"]["children"]}
    assert kinds == {"conformity.certificate-issued/1"}


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_depth_says_how_many_steps_are_shown(depth: int, example: Path):
    lines = explained(example, marks(example)[0], "--depth", str(depth)).out.split("\n\n")[0].splitlines()
    deepest = max(len(re.match("[│├└─ ]*", line)[0]) // 3 for line in lines)  # type: ignore[index]
    assert deepest == depth


def test_a_depth_of_none_is_no_question(example: Path):
    assert explained(example, marks(example)[0], "--depth", "0").status == 2


# impact


def test_a_correction_flips_falls_and_says_where_the_items_are(example: Path, tmp_path: Path):
    table = tmp_path / "flips.csv"
    asked = ("impact", "CAL-2026-0117", "--in", example, "--correction", example / CORRECTED)
    found = openqi(*asked, "-o", table, "--json")
    assert found.status == 1
    assert {one["outcome"] for one in found.data["effects"]} == {"same", "values", "flips", "falls"}
    assert sum(found.data["places"].values()) == len(found.data["flips"]) == sum(one["flips"] for one in found.data["effects"])
    assert len(found.data["marks"]) == 10
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == [flip["item"] for flip in found.data["flips"]]
    assert {row["verdict_after"] for row in rows} == {"nonconforming"}
    text = openqi(*asked, "--lang", "en").out
    assert f"with another verdict {len(rows)}\n" in text
    assert "(all of them: -o FILE.csv)" in text
    assert "(all of them" not in openqi(*asked, "-o", table, "--lang", "en").out


def test_without_a_correction_the_certificate_is_supposed_to_be_withdrawn(example: Path):
    found = openqi("impact", "certificates/cycler-2026", "--in", example, "--json")
    assert (found.status, found.data["correction"]) == (1, None)
    assert {one["outcome"] for one in found.data["effects"]} == {"falls"}
    assert {flip["after"] for flip in found.data["flips"]} == {None}
    judged = {one["record"]: one["before"] for one in found.data["effects"] if one["kind"].endswith("readings-judged/1")}
    assert len(found.data["flips"]) == sum(one["conforming"] + one["nonconforming"] for one in judged.values()) > 0
    assert {flip["judged"] for flip in found.data["flips"]} == set(judged)


def test_a_correction_that_changes_nothing_ends_with_0(example: Path):
    asked = ("impact", "CAL-2026-0117", "--in", example, "--correction", example / "certificates/cycler.xml")
    found = openqi(*asked, "--json")
    assert (found.status, {one["outcome"] for one in found.data["effects"]}) == (0, {"same"})


def test_nothing_rests_on_the_marks_themselves_and_nothing_was_sealed(example: Path):
    before = answer("log", "head", example / ".openqi/ledger")
    assert openqi("impact", "marks/packs", "--in", example, "--lang", "en").out.endswith("nothing rests on it\n")
    assert answer("log", "head", example / ".openqi/ledger") == before


@pytest.mark.parametrize(
    ("target", "file", "kind", "words"),
    [
        ("certificates/cycler-2026", "openqi.yaml", "format", ""),
        ("certificates/cycler-2026", "certificates/none.xml", "not-found", "none.xml"),
        ("certificates/thermometer-2026", CORRECTED, "refused", "a DCC corrects a calibration certificate"),
    ],
)
def test_a_correction_that_is_none_is_no_question(target: str, file: str, kind: str, words: str, example: Path):
    found = openqi("impact", target, "--in", example, "--correction", example / file, "--json")
    assert (found.status, found.data["kind"]) == (2, kind)
    assert words in found.data["error"]


# in Chinese


ENGLISH = re.compile(r"(?<![A-Za-z0-9/:._#;-])[a-z]{3,}(?: [a-z]+)*(?![A-Za-z0-9/:._-])")
# What its issuer wrote, in the language that it was written in, is not ours to translate.
WRITTEN = re.compile(r"× [a-z ]+|模拟: .*")


def english(text: str) -> set[str]:
    """Return the English words that are no part of URIs, ids and units, nor what an issuer wrote."""
    return set(ENGLISH.findall(WRITTEN.sub("", text)))


def test_in_chinese_every_step_and_every_state_of_a_tree_has_its_word(example: Path):
    text = openqi("explain", marks(example)[0], "--in", example, "--lang", "zh").out
    lines = [line for line in text.splitlines() if "] " in line and "证据链终点" not in line]
    assert len(lines) > 60
    assert not english("\n".join(lines))
    assert text.splitlines()[-1] == "分支终止于  示例"


def test_in_chinese_outcomes_kinds_and_headings_of_an_impact_have_their_words(example: Path):
    text = openqi("impact", "CAL-2026-0117", "--in", example, "--correction", example / CORRECTED, "--lang", "zh").out
    _, effects, *rest = text.split("\n\n")
    rows = [line.split() for line in effects.splitlines() if not line.startswith("  ")]
    assert {row[0] for row in rows} == {"不变", "数值变", "翻转", "不成立"}
    assert {row[1] for row in rows} == {"读数判定", "批判定", "证书签发", "标识签发"}
    assert not english("\n".join(rest).replace("FILE.csv", ""))


def test_in_chinese_nothing_is_left_in_english(example: Path):
    asked = ("--in", example, "--lang", "zh")
    tree = openqi("explain", marks(example)[0], *asked).out
    effect = openqi("impact", "CAL-2026-0117", "--correction", example / CORRECTED, *asked).out
    why = re.compile(r"^  https://\S+: .*$", re.MULTILINE)  # the reason of a refusal is a detail, and those are in English
    assert not english(tree) | english(why.sub("", effect.replace("FILE.csv", "")))


def test_in_chinese_a_step_that_was_replayed_is_said_to_have_been(example: Path):
    assert openqi("explain", marks(example)[0], "--in", example, "--lang", "zh").out.startswith("标识 [已复算]")


def test_in_chinese_a_build_has_the_words_of_its_sections(works: Path):
    edit(works, "readings/shafts.csv", "19.98", "19.97")
    text = openqi("build", works, "--no-pages", "--lang", "zh").out
    assert re.match("读数 +2\n符合性判定 +2\n", text)


# dossier and verify


def test_a_mark_is_packed_and_its_dossier_proved_and_replayed_anywhere(example: Path, tmp_path: Path):
    mark, file = marks(example)[2], tmp_path / "mark.dossier"
    made = answer("dossier", mark, "-o", file, "--in", example)
    assert (made["leaf"], made["size"]) == (2, file.stat().st_size)
    found = openqi("verify", file, "--policy", example / ".openqi/ledger/policy.txt", "--json").data
    assert (found["form"], found["record"], found["proved"], found["replayed"]) == ("dossier", made["record"], "passed", "passed")
    assert made["record"] == answer("dossier", example, "marks/packs", "-o", tmp_path / "same.dossier")["record"]


def test_a_mark_is_verified_against_the_log_of_its_workspace(example: Path):
    found = openqi("verify", marks(example)[0], "--log", example, "--json").data
    assert (found["form"], found["proved"], found["replayed"]) == ("mark", "passed", "passed")


def test_a_mark_of_a_sound_workspace_is_complete(example: Path):
    found = openqi("verify", marks(example)[0], "--log", example, "--json")
    assert (found.status, found.data["complete"]) == (0, "passed")


def test_a_workspace_is_verified_as_its_ledger_is(small: Path):
    found = answer("verify", small)
    assert (found["form"], found["proved"], found["replayed"], found["findings"]) == ("log", "passed", "passed", [])
    assert (found["decisions"], found["not_replayed"]) == (1, [])
    assert found["size"] == answer("log", "fsck", small / ".openqi/ledger")["size"]


# no answer


OTHER_MARK = "https://x.example/01/09521234543213/21/A"
NO_ANSWER = {
    "a target that is not known": (("explain", "nothing", "--in", "{}"), "not-found", "certificates/NAME"),
    "a beginning that nothing has": (("explain", "00000000", "--in", "{}"), "not-found", "begins with"),
    "an id that is not here": (("explain", "0" * 64, "--in", "{}"), "not-found", "0" * 64),
    "a mark that was not issued here": (("verify", OTHER_MARK, "--log", "{}"), "not-found", "no mark"),
    "an impact of nothing": (("impact", "certificates/none", "--in", "{}"), "not-found", "certificates/NAME"),
    "a dossier of nothing": (("dossier", "certificates/none", "--in", "{}", "-o", "{}/x"), "not-found", "certificates/NAME"),
    "a folder that is no workspace": (("explain", "x", "--in", "{}/readings"), "not-found", "neither a workspace nor a ledger"),
    "a folder without a workspace": (("build", "{}/readings"), "not-found", "openqi init"),
    "a folder that is not there": (("build", "{}/nowhere"), "not-found", "openqi init"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_cannot_be_answered_ends_with_2_and_says_what_to_do(name: str, small: Path):
    arguments, kind, words = NO_ANSWER[name]
    asked = [one.replace("{}", str(small)) for one in arguments]
    found = openqi(*asked, "--json")
    assert (found.status, found.data["kind"]) == (2, kind), found
    assert words in found.data["error"]
    assert openqi(*asked).err.startswith("openqi: ")


def test_a_workspace_that_was_not_built_is_told_how(tmp_path: Path):
    answer("init", tmp_path / "new")
    found = openqi("explain", "readings/shafts", "--in", tmp_path / "new", "--json")
    assert (found.status, found.data["kind"]) == (2, "not-found")
    assert "openqi build" in found.data["error"]


def test_a_wrong_passphrase_seals_nothing_and_ends_with_2(works: Path):
    edit(works, "readings/shafts.csv", "19.98", "19.97")
    before = answer("log", "head", works / ".openqi/ledger")
    found = openqi("build", works, "--no-pages", "--json", OPENQI_PASSPHRASE="wrong")
    assert found.status == 2
    assert "the passphrase is wrong" in found.data["error"]
    assert answer("log", "head", works / ".openqi/ledger") == before


def test_without_a_passphrase_a_build_that_needs_one_says_where_to_give_it(works: Path):
    edit(works, "readings/shafts.csv", "19.98", "19.97")
    found = openqi("build", works, "--no-pages", "--json", OPENQI_PASSPHRASE=None)
    assert (found.status, found.data["kind"]) == (2, "usage")
    assert "--passphrase-file" in found.data["error"]


def test_a_dossier_is_of_one_target(small: Path, tmp_path: Path):
    found = openqi("dossier", "make", small, "readings/shafts", "judgements/shafts", "-o", tmp_path / "x", "--json")
    assert (found.status, found.data["kind"]) == (2, "usage")
