"""`openqi complaint triage`: a model out of a table, suggestions in both languages, and what is refused."""

import csv
import json

import pytest

from openqi.interfaces.cli.triage_words import WORDS
from openqi.science.triage.hazards import chinese, english
from openqi.science.triage.hazards.finding import LEVELS
from triage_texts import complaints
from unit.interfaces.cli_world import answer, openqi

TRIAGE = ("complaint", "triage")
FILED = (
    "孩子的校服有刺鼻的气味，怀疑是假货。",
    "充电宝插上电就冒烟，要求换货，孩子被烫伤。",
    "插座松动，担心漏电。",
    "The parcel is late.",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("triage")
    with (folder / "labelled.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *complaints()])
    told = answer(*TRIAGE, "fit", folder / "labelled.csv", "--out", folder / "model.json", "--right", "0.9")
    assert told["texts"] == 480
    assert told["held_out"]["right"] > 470
    assert told["threshold"]["right"] >= 0.9 * told["threshold"]["given"]
    return folder / "model.json"


def filed(tmp_path, texts=FILED):
    path = tmp_path / "filed.txt"
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_the_gravest_hazard_stands_first_even_where_nothing_is_suggested(model, tmp_path):
    told = answer(*TRIAGE, filed(tmp_path), "--model", model)
    found = told["suggestions"]
    assert [one["text"] for one in found] == [2, 3, 1, 4]
    assert [one["hazard"]["level"] for one in found] == ["grave", "danger", "none", "none"]
    assert found[0]["hazard"]["who"] == ["child"]
    assert {one["text"]: one["matter"] for one in found}[1] == "clothing"
    assert found[-1]["matter"] is None
    assert found[-1]["why"] == "unlike"
    assert all(one["suggested"] for one in found)
    assert [len(one["speaks"]) for one in found] == [3, 3, 3, 0]  # of the English one no run is known


def test_people_read_it_in_their_language(model, tmp_path):
    path = filed(tmp_path)
    chinese_lines = openqi(*TRIAGE, path, "--model", model, "--lang", "zh").out
    english_lines = openqi(*TRIAGE, "suggest", path, "--model", model, "--lang", "en").out
    assert "起火, 烧烫伤" in chinese_lines
    assert "触电?" in chinese_lines
    assert "不知道: 与所学文本不同" in chinese_lines
    assert "建议，由人决定" in chinese_lines
    assert "do not know: unlike" in english_lines
    assert "a person decides" in english_lines


def test_without_a_model_only_hazards_are_told(tmp_path):
    told = answer(*TRIAGE, filed(tmp_path))
    assert told["given"] is None
    assert "matter" not in told["suggestions"][0]


def test_a_table_is_read_by_its_column_and_every_answer_can_be_written(model, tmp_path):
    with (tmp_path / "filed.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("no", "诉求"), *enumerate(FILED)])
    told = answer(*TRIAGE, tmp_path / "filed.csv", "--text", "诉求", "--model", model, "--out", tmp_path / "all.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines == told["suggestions"]


def test_the_same_table_gives_the_same_bytes(model, tmp_path):
    answer(*TRIAGE, "fit", model.parent / "labelled.csv", "--out", tmp_path / "again.json", "--right", "0.9")
    assert (tmp_path / "again.json").read_bytes() == model.read_bytes()


def test_what_is_read_for_people_has_chinese():
    codes = {*chinese.HARM, *english.HARM, *chinese.WHO, *english.WHO, *chinese.PRODUCT, *english.PRODUCT, *LEVELS}
    assert codes <= {*WORDS}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("fit", "{table}", "--out", "{out}", "--right", "1.5"), "between 0 and 1"),
        (("fit", "{table}", "--out", "{out}", "--folds", "1"), "2 to 20 folds"),
        (("fit", "{table}", "--out", "{out}", "--label", "matter"), "matter"),
        (("fit", "{gap}", "--out", "{out}"), "column 'label' is empty"),
        (("{texts}", "--model", "{table}"), "no JSON"),
        (("{absent}",), "absent.txt"),
        (("{bytes}",), "not UTF-8 at byte 0"),
    ],
)  # fmt: skip
def test_bad_input_is_named_and_nothing_is_written(model, tmp_path, arguments, told):
    (tmp_path / "gap.csv").write_text("text,label\n甲,a\n乙,\n", encoding="utf-8")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    places = {
        "table": model.parent / "labelled.csv", "gap": tmp_path / "gap.csv", "texts": filed(tmp_path), "out": tmp_path / "out.json",
        "absent": tmp_path / "absent.txt", "bytes": tmp_path / "bytes.txt",
    }  # fmt: skip
    found = openqi(*TRIAGE, *(one.format(**places) for one in arguments))
    assert found.status == 2
    assert told in found.err
    assert not (tmp_path / "out.json").exists()
