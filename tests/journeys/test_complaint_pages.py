"""Complaints on the example station: who sees which, in which order, what is suggested, how a firm answers, what is public."""

import csv
import io
import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from sqlite3 import connect

import httpx
import pytest

from acts_web import form_of
from demo_stand import Stand, stand
from openqi.app.complaints.keeping import WORDS, forgotten
from openqi.app.reading.complaints.desk import desk, words_beside
from openqi.pillars.surveillance.complaints.register import COMPLAINTS
from openqi.records.complaints import ComplaintAnswered
from station_world import csrf_of

REGULATOR, MAKER = "https://regulator.example", "https://maker.example"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with stand(tmp_path_factory.mktemp("complaints")) as found:
        yield found


@pytest.fixture(scope="module")
def rows(place):
    with place.opened() as station:
        where = {"origin": station.reader.origin, "authority": REGULATOR}
        found = station.reader.store.page(COMPLAINTS, where=where, limit=50).rows
    return [{**row, "number": str(row["complaint"]).rpartition("/")[2]} for row in found]


def looks(place: Stand, role: str | None) -> httpx.Client:
    cookies = {}
    if role is not None:
        with place.opened() as station:
            cookies["openqi"] = station.people.sessions.open(place.accounts[role])
    return httpx.Client(base_url=place.address, cookies=cookies, headers={"accept-language": "en"}, timeout=60)


def of_matter(rows, **wanted):
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found["number"]


def test_the_gravest_stands_first_and_then_what_is_late(place):
    with place.opened() as station:
        reader = station.reader.as_party(REGULATOR)
        with words_beside(reader.ledger) as words:
            page = desk(reader.context(), words)
    assert [one.level for one in page.own][:2] == ["grave", "harm"]
    assert [one.late for one in page.own] == [False, True, False, False, False]
    assert (page.late, page.grave) == (1, 1)
    dues = [one.row["due"] for one in page.own[2:]]
    assert dues == sorted(dues)
    assert page.own[1].left == -9


def test_a_day_later_there_is_a_day_less(place):
    with place.opened() as station:
        reader = station.reader.as_party(REGULATOR)
        context = reader.context()
        later = replace(context, today=context.today + timedelta(days=1))
        before, after = (desk(one, None) for one in (context, later))
    left = {one.number: one.left for one in before.own}
    assert {one.number: one.left + 1 for one in after.own} == left
    assert [one.hazard for one in before.own] == [None] * 5  # no words are at hand: what was said when they came in counts
    assert [one.level for one in before.own] == ["grave", *["none"] * 4]


def test_the_authority_reads_the_words_and_what_they_suggest(place, rows):
    with looks(place, "regulator") as client:
        burnt = client.get(f"/complaints/one/{of_matter(rows, hazard='burn')}").text
        uniform = client.get(f"/complaints/one/{of_matter(rows, matter='clothing')}").text
    assert "三岁的孩子" in burnt
    assert "王女士" in burnt
    assert "fire, explosion, burn, medical treatment" in burnt
    assert "Does not know" in burnt
    assert re.search(r"<b>clothing</b> probability 9\d\.\d %", uniform)
    runs = re.findall(r"<q>([^<]+)</q>", uniform)
    assert len(runs) == 5
    assert all(one in "孩子的校服有刺鼻的气味,要求检验成分。" for one in runs)
    assert "/do/surveillance.decide-complaint.1?received=" in burnt


def test_the_firm_sees_what_is_about_it_but_neither_words_nor_person(place, rows):
    told = of_matter(rows, hazard="burn")
    other = of_matter(rows, matter="clothing")
    with looks(place, "quality-engineer") as client:
        page = client.get(f"/complaints/one/{told}")
        listed = client.get("/complaints/desk").text
        assert client.get(f"/complaints/one/{other}").status_code == 404
    assert page.status_code == 200
    assert "三岁" not in page.text
    assert "王女士" not in page.text
    assert "Answer the complaint" in page.text
    assert told in listed
    assert other not in listed
    assert "三岁" not in listed


@pytest.mark.parametrize("role", [None, "laboratory", "operator"])
def test_nobody_else_sees_a_complaint(place, rows, role):
    with looks(place, role) as client:
        for row in rows:
            page = client.get(f"/complaints/one/{row['number']}")
            assert page.status_code == 404
            assert "三岁" not in page.text
        assert client.get("/complaints/one/AAAAA-AAAAA").status_code == 404
        if role is None:
            assert client.get("/complaints/desk").status_code == 404
        else:
            assert "三岁" not in client.get("/complaints/desk").text


def test_a_firm_answers_in_its_words_and_the_log_holds_a_commitment(place, rows):
    row = next(one for one in rows if one["hazard"] == "burn")
    number, said = row["number"], "我们已封存同批产品。\r\n愿意赔偿。"
    with looks(place, "quality-engineer") as client:
        client.headers["origin"] = place.address
        csrf = csrf_of(client.get(f"/complaints/answer?number={number}").text)
        sent = client.post("/complaints/answer", data={"csrf": csrf, "number": number, "text": said})
        assert sent.status_code == 303
        form = client.get(sent.headers["location"]).text
        filled = form_of(form) | {"csrf": csrf, "offers.0": "compensation", "_step": "seal"}
        assert len(filled["text"]) == 43
        sealed = client.post("/do/surveillance.answer-complaint.1", data=filled)
        assert sealed.status_code == 303, re.sub(r"<[^>]+>", " ", sealed.text)[-1500:]
        for wrong, status in (
            ({"text": "  "}, 400), ({"number": of_matter(rows, matter="clothing")}, 404), ({"csrf": "x"}, 403),
        ):  # fmt: skip
            refused = client.post("/complaints/answer", data={"csrf": csrf, "number": number, "text": "x", **wrong})
            assert refused.status_code == status
    with place.opened() as station, words_beside(station.reader.ledger) as words:
        stream = station.reader.store.stream(str(row["complaint"]))
        (answer,) = [one.record for one in stream if one.record.kind == ComplaintAnswered.KIND]
        assert words is not None
        kept = {one.commitment: one.text for one in words.of(str(row["complaint"]))}
    assert answer.issuer == MAKER
    assert answer.body["offers"] == ["compensation"]
    assert kept[answer.body["text"]] == said.replace("\r\n", "\n")
    with looks(place, "regulator") as client:
        assert "我们已封存同批产品。<br>愿意赔偿。" in client.get(f"/complaints/one/{number}").text


def test_the_public_has_counts_with_denominators_and_upheld_ones(place):
    with looks(place, None) as client:
        page = client.get("/complaints").text
        sheet = client.get("/complaints/figures.csv")
        told = client.get("/complaints/figures.json").json()
        schema = client.get("/complaints/figures.schema.json").json()
        firm = client.get("/complaints/firm", params={"of": MAKER}).text
        assert client.get("/complaints/figures.xml").status_code == 404
        assert client.get("/complaints/firm").status_code == 400
    checks = pytest.importorskip("jsonschema_rs", reason="no validator of JSON schemas is installed").validator_for(schema)
    assert [error.message for error in checks.iter_errors(told)] == []
    assert not checks.is_valid({**told, "periods": [{}]})
    (period,) = told["periods"]
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == 2 + len(period["figures"])
    assert all(one["count"] <= one["total"] for one in period["figures"])
    assert all(one["count"] == 0 or one["count"] >= period["least"] for one in period["figures"])
    for text in (page, firm):
        assert "somebody was harmed" in text
        assert "电池包鼓包" not in text
        assert "示例用户" not in text


def test_words_that_were_erased_are_said_to_be_gone(place, rows):
    row = next(one for one in rows if one["matter"] == "delivery")
    with place.opened() as station:
        ledger = station.ledger_path
    assert forgotten(ledger, (str(row["complaint"]),)) == 2
    with looks(place, "regulator") as client:
        page = client.get(f"/complaints/one/{row['number']}").text
    assert "Parcel opened" not in page
    assert "The words were erased" in page
    with closing(connect(ledger / WORDS)) as kept:
        assert "Parcel" not in json.dumps(kept.execute("SELECT text FROM word").fetchall())
