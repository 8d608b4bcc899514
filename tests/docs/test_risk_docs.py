"""The page on risk: its examples give what it says, within what another processor may change; its claims on real data hold."""

import csv
import re
import shlex

import pytest

from shared_data import ROOT, shared
from unit.interfaces.cli_world import openqi

PAGE = (ROOT / "docs" / "surveillance" / "risk.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "docs" / "surveillance" / "risk-model.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"[-+]?\d[\d,]*\.?\d*")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def parts(text: str) -> tuple[list[str], list[float]]:
    """The words of an answer without its numbers and spaces, and the numbers."""
    numbers = [float(one.replace(",", "")) for one in NUMBER.findall(text)]
    return NUMBER.sub("#", text).split(), numbers


def test_the_examples_of_the_page_answer_as_it_says(tmp_path, monkeypatch):
    pytest.importorskip("lightgbm")
    monkeypatch.chdir(tmp_path)
    maker, trees = blocks(PAGE, "python")
    for block in (maker, trees):
        exec(compile(block, "risk.md", "exec"), {})
    shown = blocks(PAGE, "console")
    assert len(shown) == 2
    for block in shown:
        asked, _, told = block.partition("\n")
        found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), "--lang", "en")
        assert found.status == 0, found.err
        words, numbers = parts(found.out)
        assert words == parts(told)[0]
        # The trees of another processor may differ in a leaf; on one machine all numbers are the same.
        near = [abs(one - other) <= 0.02 + 0.1 * abs(other) for one, other in zip(numbers, parts(told)[1], strict=True)]
        assert sum(near) > 0.9 * len(near)


def test_the_failures_of_the_real_file_are_counted_as_the_page_says_and_give_no_risk(tmp_path):
    with shared("data/surveillance/cn_food_failures_a.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = {name: sum(one["big_category"] == name for one in rows) for name in ("蔬菜", "水果类", "餐饮食品")}
    assert len(rows) == 694 and tuple(counts.values()) == (160, 79, 66)
    assert "the 694 of the real file (vegetables 160, fruit 79, catering 66)" in PAGE
    table = tmp_path / "failures.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["kind", "probability", "outcome"], *([one["big_category"], 1, "不合格"] for one in rows)])
    (tmp_path / "features.json").write_text('[{"name": "kind", "kind": "category"}]')
    found = openqi("risk", "fit", table, "--features", tmp_path / "features.json", "--out", tmp_path / "model.json")
    assert found.status == 2 and "a table of failures alone has no good ones" in found.err.lower()
    assert not (tmp_path / "model.json").exists()


def test_the_german_credit_data_are_held_out_with_the_figures_of_the_page(tmp_path):
    pytest.importorskip("lightgbm")
    with shared("data/surveillance/score_germancredit.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], rows[1:]
    ends = {"good": "conforming", "bad": "nonconforming"}
    table = tmp_path / "credit.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[*header[:-1], "probability", "outcome"], *([*one[:-1], 1, ends[one[-1]]] for one in rows)])
    kinds = ["number" if all(one[place].isdigit() for one in rows) else "category" for place in range(len(header) - 1)]
    features = [f'{{"name": "{name}", "kind": "{kind}"}}' for name, kind in zip(header, kinds, strict=False)]
    (tmp_path / "features.json").write_text(f"[{', '.join(features)}]", encoding="utf-8")
    held = tmp_path / "held.csv"
    options = ("--features", tmp_path / "features.json", "--out", tmp_path / "model.json", "--held-out", held)
    assert openqi("risk", "fit", table, *options).status == 0
    found = openqi("risk", "report", held, "--said", "said", "--json").data["judgements"][0]
    said = re.search(r"held out with AUC ([\d.]+) \(([\d.]+) … ([\d.]+)\)", PAGE)
    area = found["discrimination"]["area"]
    assert area["value"] == pytest.approx(float(said[1]), abs=0.01)
    assert area["interval"]["lower"] == pytest.approx(float(said[2]), abs=0.015)
    ends = found["reliability"]["large"]["interval"]
    assert ends["lower"] < 0.0 < ends["upper"]
    assert found["reliability"]["slope"]["interval"]["lower"] < 1.0 < found["reliability"]["slope"]["interval"]["upper"]


def test_the_document_of_the_format_page_is_one_and_scores_as_the_page_says():
    from openqi.science.risk.forest import probabilities_of, scores_of
    from openqi.science.risk.model import read_model

    (text,) = blocks(FORMAT, "json")
    model = read_model(text.encode())
    missing = float("nan")
    scores = scores_of(model, [[1.0, 0.0], [3.0, 0.0], [3.0, 1.0], [missing, missing], [3.0, missing]]).tolist()
    assert scores == [-2.5 - 0.1, -2.5 + 0.1, -2.5 + 0.4, -2.5 - 0.1, -2.5 + 0.4]
    assert probabilities_of(model, [-9.0, -2.5, 0.0]).tolist() == pytest.approx([0.04, 0.065, 0.2])
