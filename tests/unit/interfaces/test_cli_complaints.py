"""`openqi complaint`: from the counter to the public figures on a ledger folder, and what is erased is nowhere any more."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openqi.app.cases import REPORTS
from openqi.app.folder import now
from openqi.evidence.commitment import commitment
from openqi.store.reports import Reports
from unit.interfaces.cli_world import LAB, World, answer, openqi

BUREAU, MAKER = "https://bureau.example", "https://maker.example"
CALENDAR = "https://operator.example/calendar/cn"
TEXT, PERSON = "买来第二天就鼓包了，还冒烟", "张三丰 13812345678"


@pytest.fixture
def desk(world: World) -> World:
    """A world with an authority, a firm, a calendar without holidays, and the limits of acceptance and mediation."""
    for name, role in (("bureau", "market-surveillance-authority"), ("maker", "manufacturer")):
        answer("key", "new", world / f"{name}.key")
        answer("key", "grant", world / "ledger", "--party", f"https://{name}.example", "--key", world / f"{name}.key")
        world.state(
            "governance.role-granted/1", {"party": f"https://{name}.example", "role": role, "validFrom": "2020-01-01T00:00:00Z"}
        )
    today = now().date()
    named = {"zh": "示例", "en": "example"}
    world.state(
        "governance.calendar-published/1",
        {
            "calendar": CALENDAR, "name": named, "source": named, "since": str(today - timedelta(days=60)),
            "until": str(today + timedelta(days=200)), "offset": "+08:00",
        },
    )  # fmt: skip
    for name, count, starts in (("acceptance", 7, "received"), ("mediation", 45, "decided"), ("notice", 7, "closed")):
        world.state(
            "governance.limit-published/1",
            {
                "limit": f"{CALENDAR}/{name}", "name": named, "source": named, "ground": "agreed", "count": count,
                "unit": "working-days", "ends": "next-working-day", "calendar": CALENDAR, "pausing": "nobody",
                "validFrom": "2020-01-01T00:00:00Z", "starts": f"surveillance.complaint-{starts}/1",
            },
        )  # fmt: skip
    return world


def bureau(world: World) -> tuple[object, ...]:
    return ("--as", BUREAU, "--key", world / "bureau.key")


def received(world: World, *more: object) -> dict[str, Any]:
    told = ("--text", TEXT, "--person", PERSON, "--matter", "defect", "--firm", MAKER)
    return answer("complaint", "receive", world / "ledger", *told, *more, *bureau(world))


def local(days: int) -> str:
    """The day so many days after today in China."""
    return str((now() + timedelta(hours=8, days=days)).date())


def test_a_complaint_goes_from_the_counter_to_its_end_and_into_the_lists(desk: World):
    ledger = desk / "ledger"
    found = received(desk, "--harmed", "--wish", "refund")
    number = found["number"]
    assert (found["public"], found["body"]["decideBy"], found["body"]["harmed"]) == (False, local(7), True)
    assert received(desk)["perhaps the same as"] == [number]
    assert received(desk, "--same-as", number)["body"]["sameAs"] == found["record"]
    decided = answer("complaint", "decide", ledger, number, "accepted", *bureau(desk))
    assert decided["body"]["mediateBy"] == local(45)
    refused = openqi("complaint", "answer", ledger, number, "--text", "同意", "--as", LAB, "--key", desk / "lab.key")
    assert (refused.status, "no party of complaint" in refused.err) == (2, True)
    replied = answer(
        "complaint", "answer", ledger, number, "--text", "同意退款", "--offer", "refund", "--as", MAKER, "--key", desk / "maker.key"
    )
    assert replied["body"]["offers"] == ["refund"]
    answer("complaint", "test", ledger, number, "begin", "--asks-zh", "是否鼓包", "--laboratory", LAB, *bureau(desk))
    paper = desk / "report.pdf"
    paper.write_bytes(b"%PDF-")
    ended = answer("complaint", "test", ledger, number, "end", "--document", paper, *bureau(desk))
    assert (ended["body"]["counted"], ended["body"]["mediateBy"]) == (
        True,
        local(45),
    )  # the day of acceptance is not counted anyway
    assert [one["number"] for one in listed(desk, "--due", local(45))] == [number]
    assert listed(desk, "--due", local(44)) == []
    closed = answer("complaint", "close", ledger, number, "upheld", "--reason-zh", "检验不合格", *bureau(desk))
    assert (closed["body"]["outcome"], closed["body"]["testDays"], closed["body"]["notifyBy"]) == ("upheld", 1, local(7))
    assert answer("complaint", "follow", ledger, number, "notice-given", *bureau(desk))["body"].get("late") is None
    public = answer("complaint", "publish", ledger, number, *bureau(desk))
    assert (public["public"], public["body"]["firm"]) == (True, MAKER)
    shown = answer("complaint", "show", ledger, number, "--words")
    assert (shown["state"], shown["outcome"], shown["words"]["text"], shown["words"]["person"]) == (
        "closed",
        "upheld",
        TEXT,
        PERSON,
    )
    assert number not in {one["number"] for one in listed(desk, "--state", "received")}
    assert len(answer("complaint", "list", ledger, "--firm", MAKER)["complaints"]) == 3
    chinese = openqi("complaint", "list", ledger, "--authority", BUREAU, "--lang", "zh")
    assert "成立" in chinese.out
    assert answer("log", "fsck", ledger)["findings"] == []


def listed(world: World, *more: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer("complaint", "list", world / "ledger", "--authority", BUREAU, *more)["complaints"]
    return found


def everything(folder: Path) -> bytes:
    """All bytes of all files of a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_is_forgotten_is_in_no_file_and_the_log_is_whole(desk: World):
    ledger = desk / "ledger"
    number = received(desk)["number"]
    other = received(desk, "--person", "李四")["number"]
    answer("complaint", "answer", ledger, number, "--text", "我方查无此事", "--as", MAKER, "--key", desk / "maker.key")
    words = (TEXT, PERSON, "我方查无此事")
    for one in words:
        assert one.encode() in everything(ledger)
    static = everything(ledger / "static") if (ledger / "static").exists() else b""
    assert PERSON.encode() not in static
    told = answer("complaint", "forget", ledger, number)
    assert told["erased"] == 3
    left = everything(ledger)
    for one in (PERSON, "我方查无此事"):
        assert one.encode() not in left, one
    assert "李四".encode() in left
    assert answer("complaint", "show", ledger, number, "--words")["words"] == {}
    assert "erased" in openqi("complaint", "show", ledger, number, "--words").out
    assert answer("complaint", "show", ledger, other, "--words")["words"]["text"] == TEXT
    assert answer("log", "fsck", ledger)["findings"] == []
    assert answer("complaint", "decide", ledger, number, "accepted", *bureau(desk))["body"]["decision"] == "accepted"


def test_no_record_and_no_answer_for_programs_of_a_step_holds_words_or_person(desk: World):
    number = received(desk)["number"]
    raw = json.dumps(answer("complaint", "list", desk / "ledger", "--authority", BUREAU), ensure_ascii=False)
    record = answer("record", "show", desk / "ledger", answer("complaint", "show", desk / "ledger", number)["received"])
    for text in (TEXT, PERSON, "13812345678"):
        assert text not in raw
        assert text not in json.dumps(record, ensure_ascii=False)


def test_words_that_were_not_sealed_are_not_kept(desk: World):
    refused = openqi(
        "complaint", "receive", desk / "ledger", "--text", "不应留下的话", "--matter", "defect", "--firm", BUREAU, *bureau(desk)
    )
    assert (refused.status, "about itself" in refused.err) == (2, True)
    assert "不应留下的话".encode() not in everything(desk / "ledger").replace(b"\x00", b"")


def test_figures_are_public_and_say_what_they_are_of(desk: World):
    ledger = desk / "ledger"
    yesterday = (now() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    numbers = [received(desk, "--received-at", yesterday)["number"] for _ in range(4)]
    for one in numbers:
        answer("complaint", "decide", ledger, one, "accepted", *bureau(desk))
    span = (local(-9), local(-1), "--calendar", CALENDAR, "--least", "3")
    found = answer("complaint", "count", ledger, *span, *bureau(desk))["body"]
    assert {(one["name"], one["count"], one["of"], one["total"]) for one in found["figures"]} >= {("accepted", 4, "decided", 4)}
    again = openqi("complaint", "count", ledger, *span, *bureau(desk))
    assert (again.status, "counted-once" in again.err) == (2, True)
    joined = answer("complaint", "join", ledger, *numbers, "--name-zh", "鼓包", "--firm", MAKER, *bureau(desk))
    assert {one["joined"] for one in listed(desk)} == {joined["matter"]}


def test_a_dispute_is_proposed_accepted_and_open_until_the_sample_is_judged(desk: World):
    ledger = desk / "ledger"
    maker = ("--as", MAKER, "--key", desk / "maker.key")
    proposed = answer(
        "complaint", "dispute", "propose", ledger, "--claimant", BUREAU, "--respondent", MAKER, "--laboratory", LAB,
        "--requirement", desk.ids["requirement"], "--item", "https://maker.example/cell/99", "--most-failing", 0,
        "--pays", "who-loses", "--text-zh", "容量不足", "--accept-until", "2099-01-01T00:00:00Z", *bureau(desk),
    )  # fmt: skip
    accepted = answer("complaint", "dispute", "accept", ledger, proposed["record"], *maker)
    still = openqi("complaint", "dispute", "settle", ledger, accepted["record"], *maker, "--json")
    assert (still.status, still.data["body"]["missing"]) == (1, ["https://maker.example/cell/99"])
    at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    result = desk.result(item="https://maker.example/cell/99", value="1900.0", measuredAt=at)
    desk.judge(result["record"])
    settled = answer("complaint", "dispute", "settle", ledger, accepted["record"], *maker)
    assert (settled["body"]["outcome"], settled["body"]["pays"]) == ("upheld", "respondent")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "XXXXX-XXXXX"), "there is no complaint"),
        (("list",), "one of the two"),
        (("list", "--authority", BUREAU, "--state", "lost"), "is not known"),
        (("list", "--firm", MAKER, "--state", "closed"), "listed whole"),
        (("forget", "XXXXX-XXXXX"), "there is no complaint"),
    ],
)
def test_what_cannot_be_answered_says_why(desk: World, arguments: tuple[str, ...], told: str):
    found = openqi("complaint", arguments[0], desk / "ledger", *arguments[1:])
    assert (found.status, told in found.err) == (2, True), found


def test_words_come_from_one_place(desk: World):
    rest = ("--matter", "defect", *bureau(desk))
    assert openqi("complaint", "receive", desk / "ledger", *rest).status == 2
    bad = desk / "latin.txt"
    bad.write_bytes(b"\xe9t\xe9")
    found = openqi("complaint", "receive", desk / "ledger", "--text-file", bad, *rest)
    assert (found.status, "UTF-8" in found.err) == (2, True)
    good = desk / "words.txt"
    good.write_text(TEXT, encoding="utf-8")
    assert answer("complaint", "receive", desk / "ledger", "--text-file", good, *rest)["public"] is False


def test_a_report_on_a_marks_page_becomes_a_complaint_with_its_words_and_both_are_forgotten(desk: World):
    ledger, salt, words = desk / "ledger", bytes(range(16)), "扫码页面上写的话"
    stated = commitment({"matter": "defect", "text": words}, salt)
    with closing(Reports(ledger / REPORTS)) as reports:
        reports.commit(stated, salt, words)
    case = {
        "case": "https://example.org/log/case/ABCDE-FGHJK", "mark": "ni:///sha-256;" + "A" * 43, "marks": desk.ids["result"],
        "receivedBy": BUREAU, "channel": "mark-page", "matter": {"zh": "质量问题"}, "report": stated,
    }  # fmt: skip
    opened = desk.state("surveillance.case-opened/1", case)["record"]
    found = answer("complaint", "receive", ledger, "--case", opened, "--matter", "defect", "--limit", "none", *bureau(desk))
    assert (found["number"], found["body"]["channel"], found["body"]["mark"]) == ("ABCDE-FGHJK", "mark-page", case["mark"])
    assert found["body"]["receivedAt"] == answer("record", "show", ledger, opened)["valid_from"]
    assert answer("complaint", "show", ledger, "ABCDE-FGHJK", "--words")["words"]["text"] == words
    again = openqi("complaint", "receive", ledger, "--case", opened, "--matter", "defect", "--limit", "none", *bureau(desk))
    assert (again.status, "received-once" in again.err) == (2, True)
    assert answer("complaint", "show", ledger, "ABCDE-FGHJK", "--words")["words"]["text"] == words
    assert answer("complaint", "forget", ledger, "ABCDE-FGHJK")["erased"] == 2
    assert words.encode() not in everything(ledger)


def test_a_report_without_words_is_taken_in_under_the_name_of_its_matter(desk: World):
    ledger, salt = desk / "ledger", bytes(range(16))
    stated = commitment({"matter": "defect", "text": ""}, salt)
    with closing(Reports(ledger / REPORTS)) as reports:
        reports.commit(stated, salt, "")
    case = {
        "case": "https://example.org/log/case/BCDEF-GHJKM", "mark": "ni:///sha-256;" + "A" * 43, "marks": desk.ids["result"],
        "receivedBy": BUREAU, "channel": "mark-page", "matter": {"zh": "质量问题"}, "report": stated,
    }  # fmt: skip
    opened = desk.state("surveillance.case-opened/1", case)["record"]
    answer("complaint", "receive", ledger, "--case", opened, "--matter", "defect", "--limit", "none", *bureau(desk))
    assert answer("complaint", "show", ledger, "BCDEF-GHJKM", "--words")["words"]["text"] == "质量问题"
