"""Pages of draws: what they show before and after the randomness, in both languages, on a server, in a folder and to programs."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest

from asgi_client import Client
from draw_pages import CANCELLED, DRAW, HIDDEN, OVERDUE, RESULTS, draws_ledger
from draw_replays import SCRIPTS
from openqi.interfaces.web.draw_words import chance_told, part_told, rules_told
from openqi.interfaces.web.server import application
from openqi.interfaces.web.site import MAX_EMBEDDED, export_site
from openqi.interfaces.web.words import phrases
from openqi.records.draws import ClassBound, StratumExpected, StratumStated
from surveillance_stage import firm

PAGE = f"/draw?uri={DRAW}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("draws") / "ledger"
    draws_ledger(place, objects=300).store.close()
    return place


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with Client(application(folder)) as opened:
        yield opened


def read(client: Client, address: str, language: str) -> str:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
    assert answer.status_code == 200, answer.text[:500]
    assert " style=" not in re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S)
    assert all(" src=" in script for script in re.findall(r"<script[^>]*>", answer.text))
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", answer.text, flags=re.S))))


TOLD = {
    "zh": {
        "/draws": ("公开的抽取", "逾期", "已取消", "已抽取"),
        PAGE: (
            "抽取之前定下的",
            "150 个对象中抽 33 个；权重越大，机会越大。",
            "A 类机会的下限：每 20 个抽 1 个。",
            "上级已覆盖",
            "第 657413 轮",
            "签名确实出自该网络的密钥（BLS 配对）",
            "3 5 12 14 20 31 + 7",
            "自己重算",
            "名单是否齐全",
            "抽中的对象",
        ),
        f"/draw?uri={RESULTS}": (
            "100 个对象中抽 2 个，机会相同：每 50 个抽 1 个。",
            "8 个对象每一个都检查。",
            "先后由抽签决定",
            "无法联系",
            "都不算合格",
            "总体不合格率",
        ),
        f"/draw?uri={OVERDUE}": ("至今没有抽取结果，也没有取消", "谁都可以在上面填入数值自己抽"),
        f"/draw?uri={CANCELLED}": ("这次抽取已取消", "取消的时候还没有人能知道随机数"),
        f"/draw?uri={HIDDEN}": ("突击检查", "至今没有公布证明和结果"),
    },
    "en": {
        "/draws": ("Draws", "overdue", "cancelled", "drawn"),
        PAGE: (
            "Fixed before the draw",
            "33 of 150 objects; the larger the size, the greater the chance.",
            "a chance of at least 1 in 20",
            "covered by an upper level",
            "round 657413",
            "(a BLS pairing)",
            "3 5 12 14 20 31 + 7",
            "Whether the list is complete",
        ),
        f"/draw?uri={RESULTS}": (
            "all with the same chance: 1 in 50",
            "Every one of the 8 objects is visited.",
            "the draw says in which order",
            "not found",
            "are no pass",
            "population rate",
        ),
        f"/draw?uri={OVERDUE}": ("there is neither a result nor a cancellation", "Anybody can type the values above and draw"),
        f"/draw?uri={CANCELLED}": ("This draw was cancelled", "nobody could know its randomness yet"),
        f"/draw?uri={HIDDEN}": ("unannounced", "neither proof nor result is shown"),
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_draw_shows_what_was_fixed_before_and_what_came_of_it(client: Client, language: str) -> None:
    for address, told in TOLD[language].items():
        text = read(client, address, language)
        for one in told:
            assert one in text, (address, one)
        for word in ("genuine", "fair draw", "公平", "真实有效"):
            assert word not in text.lower()


def test_the_page_may_run_scripts_of_ours_alone_and_asks_nobody_else(client: Client) -> None:
    policy = client.get(PAGE).headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in client.get("/draws").headers["content-security-policy"]
    for name in ("draw-numbers.js", "draw-proof.js", "draw-designs.js", "draw-steps.js", "draw-replay.js"):
        answer = client.get(f"/static/{name}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/javascript")


def test_without_a_script_an_object_asks_for_its_chance_by_its_name(client: Client) -> None:
    for name, told in (
        (firm(7), "all with the same chance"),
        (firm(5), "left out this time: covered by an upper level"),
        ("nobody", "neither on the list"),
    ):
        assert told in read(client, f"{PAGE}&name={name}", "en")
    text = read(client, f"{PAGE}&name={firm(8)}", "en")
    assert "ticket (as a part of all)" in text
    assert "the root computed for this answer is the one in the record" in text
    assert read(client, f"/draw?uri={OVERDUE}&name={firm(7)}", "en").count("there is no public seed yet") == 1
    assert "<b>x" not in client.get(f"{PAGE}&name=<b>x").text


def test_files_are_those_that_were_frozen_and_drawn(client: Client) -> None:
    rows = client.get(f"/draw/objects.tsv?uri={DRAW}")
    assert rows.content.count(b"\n") == 299
    assert rows.headers["content-disposition"] == 'attachment; filename="objects.tsv"'
    assert client.get(f"/draw/exclusions.tsv?uri={DRAW}").text == f"{firm(5)}\tupper-level-covers-it\t\n"
    assert json.loads(client.get(f"/draw/rows.jsonl?uri={DRAW}").text.splitlines()[0])["place"] == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/draw", 400),
        ("/draw?uri=https://nobody.example", 404),
        (f"{PAGE}&page=0", 400),
        (f"{PAGE}&page=x", 400),
        (f"{PAGE}&page=99", 400),
        (f"{PAGE}&name={'x' * 1001}", 400),
        (f"/draw/other.tsv?uri={DRAW}", 404),
        (f"/draw/rows.jsonl?uri={OVERDUE}", 404),
        ("/draw/rows.jsonl", 400),
        ("/draws?state=lost", 400),
        ("/draws?after=x", 400),
        ("/api/draw?uri=x", 404),
        ("/api/draws?state=lost", 422),
        (f"/api/draw/chance?uri={DRAW}", 422),
    ],
)
def test_what_is_no_question_is_refused(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_programs_are_told_the_same(client: Client) -> None:
    found = client.get("/api/draws").json()["draws"]
    assert {one["draw"]["uri"]: one["state"] for one in found} == {
        RESULTS: "drawn",
        HIDDEN: "overdue",
        CANCELLED: "cancelled",
        OVERDUE: "overdue",
        DRAW: "drawn",
    }
    draw = client.get(f"/api/draw?uri={DRAW}").json()
    assert draw["ingredients"]["made"]["count"] == draw["draw"]["drawn"] == 63
    first = draw["drawn"][0]
    told = client.get(f"/api/draw/chance?uri={DRAW}&name={first['object']}").json()
    assert (told["state"], told["ticket"], told["target"]) == ("drawn", first["ticket"], first["target"])
    assert abs(told["chance"] - float(Fraction(told["target"]))) < 1e-3
    assert told["proof"]["agrees"]
    assert client.get(f"/api/draw/chance?uri={DRAW}&name={firm(5)}").json()["reason"] == "upper-level-covers-it"
    sent = client.get(f"/api/draw?uri={RESULTS}").json()["drawn"]
    assert {one["outcome"] for one in sent} >= {"conforming", "not-found", ""}
    assert all(len(one["officers"]) == 2 for one in sent)


def test_a_change_of_officers_stands_in_the_row(client: Client) -> None:
    draw = client.get(f"/api/draw?uri={RESULTS}").json()["drawn"][0]
    page = read(client, f"/draw?uri={RESULTS}", "en")
    left, joined = re.findall(r"(officer \d+) replaced by (officer \d+)", page)[0]
    assert joined in draw["officers"]
    assert left not in draw["officers"]


def test_a_folder_has_the_same_pages_with_the_files_in_them(folder: Path, tmp_path: Path) -> None:
    export_site(folder, tmp_path)
    (page,) = (tmp_path / "zh" / "draw").glob("1-*.html")
    text = page.read_text(encoding="utf-8")
    for name in ("list", "exclusions", "rows"):
        assert f"data-embedded-{name}=" in text
    assert (tmp_path / "static" / "draw-replay.js").is_file()
    assert next((tmp_path / "draw").glob("1-*.objects.tsv")).stat().st_size < MAX_EMBEDDED
    assert "/draw?" not in text
    assert "draw/1-" in (tmp_path / "en" / "draws.html").read_text(encoding="utf-8")


def test_rules_read_as_somebody_would_say_them() -> None:
    def told(**rule: object) -> str:
        stated = StratumStated(**rule)  # type: ignore[arg-type]
        return " ".join(rules_told(stated, StratumExpected(objects=200, drawn=str(rule.get("size", 200))), language="en"))

    assert told(design="order") == "All 200 objects are visited; the draw says in which order."
    assert told(design="equal", ratio="1") == "Every one of the 200 objects is visited."
    assert told(design="equal", size=4) == "4 of 200 objects, all with the same chance: 1 in 50."
    floors = (ClassBound(risk_class="D", chance="1"), ClassBound(risk_class="A", chance="1/50"))
    assert told(design="pareto", size=9, floors=floors).endswith(
        "Class D: every one is visited. Class A: a chance of at least 1 in 50."
    )
    assert part_told(Fraction(3, 7), language="zh") == "每 7 个抽 3 个"
    assert chance_told(Fraction(1027, 2780), language="en") == "1027/2780, 36.94 %, about 1 in 2.71"


def test_a_script_asks_for_no_phrase_that_is_not_there_and_none_is_there_for_nothing() -> None:
    scripts = "".join((SCRIPTS / f"draw-{name}.js").read_text(encoding="utf-8") for name in ("designs", "steps", "replay"))
    known = {name.removeprefix("draw-replay:") for name in phrases() if name.startswith("draw-replay:")}
    steps = {name for name in known if name.startswith("step-")}
    built = {f"{one.removeprefix('step-')}-{end}" for one in steps for end in ("agrees", "differs")}
    asked = {*re.findall(r'Refused\("([a-z-]+)"', scripts), *re.findall(r'(?:differs|open)\("[a-z]+", "([a-z-]+)"', scripts)}
    asked |= {
        *re.findall(r'told\("([a-z-]+)"', scripts),
        *re.findall(r'"(end-[a-z]+|row-[a-z]+|values-[a-z]+|list-[a-z]+)"', scripts),
    }
    assert asked <= known
    assert known <= asked | built | steps | {
        "value-missing",
        "draw-computed",
        "draw-no-rows",
        "seed-computed",
        "seed-hidden",
        "seed-proven",
        "unreadable",
    }
