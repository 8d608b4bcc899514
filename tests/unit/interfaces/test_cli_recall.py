"""`openqi recall`: a recall from a file to its end, lists taken in and found, a notice checked, a curve; plain errors."""

import json
from pathlib import Path

import pytest

from shared_data import shared
from unit.interfaces.cli_world import OPERATOR, World, answer, openqi

FIRM, RECALL = "https://lab.example", "https://lab.example/recall/1"
PRODUCT, LOT = "https://lab.example/product/charger", "https://lab.example/lot/1"
FILE = f"""
recall: {RECALL}
number: R-1
firm: {FIRM}
name: {{zh: 充电器召回, en: Recall of chargers}}
risk: serious
defect: {{zh: 绝缘过薄, en: The insulation is too thin}}
consequence: {{zh: 有触电危险, en: Risk of electric shock}}
what_to_do: {{zh: 请立即停止使用, en: Stop using it at once}}
remedies: [refund]
contact: 400-123-4567
sold: {{zh: 福建, en: Sold in Fujian from March to May 2026}}
begins: 2025-11-20
pictures: [front.png]
complaints: 2
lines:
  - name: {{zh: 充电器, en: Charger}}
    product: {PRODUCT}
    lots: [{LOT}]
    models: [C-1]
    gtins: ["6901234567892"]
    recalled: 1000
"""


@pytest.fixture
def made(world: World) -> World:
    (world / "recall.yaml").write_text(FILE, encoding="utf-8")
    (world / "front.png").write_bytes(bytes.fromhex("89504e470d0a1a0a"))
    answer("recall", "publish", world / "ledger", world / "recall.yaml", *signed(world))
    return world


def signed(world: World) -> tuple[object, ...]:
    return ("--as", FIRM, "--key", world / "lab.key")


def test_a_recall_goes_from_its_file_to_its_end(made: World):
    ledger = made / "ledger"
    units = made / "units.csv"
    units.write_text("mark,state\n" + "".join(f"{number:064x},returned\n" for number in range(3)), encoding="utf-8")
    told = answer(
        "recall",
        "progress",
        ledger,
        RECALL,
        "--returned",
        400,
        "--told",
        900,
        "--units",
        units,
        "--at",
        "2026-01-01T00:00:00Z",
        *signed(made),
    )
    assert (told["line"], told["body"]["items"]["count"]) == ("1", 3)
    fallen = openqi("recall", "progress", ledger, RECALL, "--returned", 300, "--told", 900, *signed(made), "--json")
    assert (fallen.status, fallen.data["rule"]) == (2, "counts-never-fall")
    curve = answer("recall", "curve", ledger, RECALL, "--today", "2030-01-01", "--picture", made / "curve.svg")
    assert (curve["recalled"], curve["points"][0]["reached"], len(curve["periods"])) == (1000, 400, 11)
    assert (made / "curve.svg").read_text(encoding="utf-8").startswith("<svg")
    seen = made / "seen.csv"
    seen.write_text(f"mark,reached,seen\n{1:064x},2025-12-01,\n{2:064x},,2031-01-01\n{3:064x},,\n", encoding="utf-8")
    bounds = answer("recall", "curve", ledger, RECALL, "--today", "2030-01-01", "--seen", seen)["bounds"]
    assert bounds == {"day": "2030-01-01", "lower": 1, "upper": 999}
    refused = openqi("recall", "end", ledger, RECALL, "--summary-en", "done", *signed(made), "--json")
    assert refused.data["rule"] == "not-reached-told"
    ended = answer("recall", "end", ledger, RECALL, "--summary-en", "done", "--not-reached-zh", "地址不明", *signed(made))
    assert (ended["share"], ended["reached"], ended["recalled"]) == ("0.4000", 400, 1000)
    (own,) = answer("recall", "list", ledger)["own"]
    assert (own["recall"], own["ended"], own["edition"]) == (RECALL, ended["record"], 1)


def test_the_next_edition_of_a_file_names_the_one_before_and_says_why_it_is_narrower(made: World):
    narrower = FILE.replace("recalled: 1000", "recalled: 900").replace("recall/1", "recall/2")
    first = made / "first.yaml"
    first.write_text(FILE.replace("recall/1", "recall/2"), encoding="utf-8")
    before = answer("recall", "publish", made / "ledger", first, *signed(made))
    first.write_text(narrower, encoding="utf-8")
    assert openqi("recall", "publish", made / "ledger", first, *signed(made), "--json").data["rule"] == "not-narrower"
    first.write_text(narrower + "narrowed: 误录了一百件\n", encoding="utf-8")
    after = answer("recall", "publish", made / "ledger", first, *signed(made))
    assert (after["edition"], after["body"]["replaces"]) == (2, before["record"])


def test_somebody_else_orders_a_recall_as_an_authority_or_not_at_all(made: World):
    found = openqi(
        "recall", "publish", made / "ledger", made / "recall.yaml", "--as", OPERATOR, "--key",
        made / "ledger/keys/operator.key", "--json",
    )  # fmt: skip
    assert (found.status, found.data["kind"]) == (2, "refused")
    assert "market-surveillance-authority" in found.data["error"]


def test_lists_are_taken_in_once_and_found_with_their_source(made: World):
    ledger = made / "ledger"
    file = shared("data/surveillance/eu_safety_gate_alerts_a.csv")
    told = answer("recall", "import", ledger, "safety-gate", file, *signed(made))
    assert (told["listed"], told["added"], told["refused"], told["faults"][0]["place"]) == (174, 174, 1, 176)
    again = answer("recall", "import", ledger, "safety-gate", file, *signed(made))
    assert (again["record"], again["same"], again["added"]) == (None, 174, 0)
    found = answer("recall", "search", ledger, "bentley", "--limit", 3)
    assert (found["count"] > 4, len(found["lines"])) == (True, 3)
    assert {(one["list"], one["verified"], one["record"]) for one in found["lines"]} == {("safety-gate", False, told["record"])}
    own = answer("recall", "search", ledger, "充电")["lines"]
    assert {(one["list"], one["verified"]) for one in own} == {("own", True)}
    assert answer("recall", "search", ledger, "--gtin", "06901234567892")["count"] >= 1
    text = openqi("recall", "search", ledger, "bentley", "--lang", "zh").out
    assert "外部数据，未在此核实" in text
    assert {one["list"] for one in answer("recall", "list", ledger)["lists"]} == {"safety-gate"}


def test_a_notice_is_checked_in_both_languages_and_a_finding_ends_with_one(made: World, tmp_path: Path):
    good = openqi("recall", "check", made / "recall.yaml", "--rules", "eu-gpsr-36", "--json")
    states = {one["element"]: one["state"] for one in good.data["checks"][0]["findings"]}
    assert (good.status, states["heading"], states["pictures"], states["no-softening"]) == (1, "missing", "there", "there")
    soft = tmp_path / "soft.json"
    soft.write_text(json.dumps({"heading": "Product safety recall", "defect": "a voluntary, precautionary step"}), encoding="utf-8")
    found = openqi("recall", "check", soft, "--lang", "zh")
    assert found.status == 1
    assert "措辞淡化风险" in found.out
    assert "voluntary, precautionary" in found.out
    assert "未与原文核对" in found.out
    whole = tmp_path / "whole.yaml"
    whole.write_text(FILE + "heading: Product safety recall\n", encoding="utf-8")
    assert openqi("recall", "check", whole, "--rules", "eu-gpsr-36").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("curve", "{ledger}", "https://nobody.example/recall"), "no edition"),
        (("search", "{ledger}"), "words to be found"),
        (("import", "{ledger}", "nhtsa", "{recall}"), "no line of it is one of a recall"),
        (("import", "{ledger}", "cpsc", "{recall}"), "no JSON"),
        (("import", "{ledger}", "cpsc", "{nothing}"), "no file"),
        (("publish", "{ledger}", "{empty}"), "does not say recall"),
        (("progress", "{ledger}", "https://nobody.example/recall"), "no edition"),
        (("end", "{ledger}", "https://nobody.example/recall"), "--summary"),
    ],
)
def test_bad_input_is_told_plainly(made: World, arguments: tuple[str, ...], says: str):
    (made / "empty.yaml").write_text("firm: https://lab.example\n", encoding="utf-8")
    places = {name: made / path for name, path in
              (("ledger", "ledger"), ("recall", "recall.yaml"), ("nothing", "nothing.json"), ("empty", "empty.yaml"))}  # fmt: skip
    named = [one.format(**places) for one in arguments]
    more = () if arguments[0] in ("curve", "search") else signed(made)
    found = openqi("recall", *named, *more)
    assert found.status == 2
    assert says in found.err
