"""Pages of pledges: what was missed stands there, revoked is revoked, files say what pages say, and nothing private is shown."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import quote

import pytest

from asgi_client import Client
from openqi.interfaces.rest.app import rest_application
from openqi.interfaces.web.app import PageApp
from openqi.interfaces.web.paper.printing import printable
from openqi.interfaces.web.pledges.schema import schema
from openqi.interfaces.web.site import export_site
from openqi.pillars.governance.pledges.showing import ShowObligation
from pledge_pages import Register, copied, pledge_folder, pledge_reader
from shapes import checked

PROGRAMME = "https://association.example/models"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Path]:
    folder = tmp_path_factory.mktemp("pledges") / "ledger"
    return pledge_folder(folder), folder


@pytest.fixture(scope="module")
def client(world: tuple[Register, Path]) -> Iterator[Client]:
    with pledge_reader(world[1]) as reader, Client(PageApp(reader, None)) as found:
        yield found


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "address",
    ["/pledges", "/pledges?q=电池&state=kept", "/pledge?of=https://maker.example", "/pledge?of=https://ended.example",
     "/pledge-proof?of=2026-0001", "/pledge-proof?of=2026-0002", f"/pledge-programme?of={PROGRAMME}",
     "/file?of=https://maker.example", "/file"],
)  # fmt: skip
def test_a_page_is_whole_in_both_languages_without_script_or_style_of_its_own(client, address, language):
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert not re.search(r"genuine|正品|真品", answer.text, re.IGNORECASE)
    assert answer.text.count("<h1") == 1


def test_the_register_shows_misses_and_contradictions_with_what_they_are_parts_of(client):
    told = words(client.get("/pledges?lang=en").text)
    assert "5 signatures 1 Contradicted : 1 of 5 1 Missed : 1 of 5 0 Due : 0 of 5 2 Kept : 2 of 5 1 Ended : 1 of 5" in told
    assert "The figures add up to 5" in told
    assert "0 of 3 kept · 3 missed" in told
    assert "complaints open: 1" in told
    found = words(client.get(f"/pledges?lang=zh&q={quote('玩具')}").text)
    assert "上海博昌玩具有限公司" in found
    assert "宁波" not in found
    assert "没有这样的承诺" in words(client.get(f"/pledges?lang=zh&q={quote('玩具')}&state=kept").text)
    assert "没有可查找的字词" in words(client.get("/pledges?lang=zh&q=--").text)


def test_a_firm_is_told_as_of_a_day(client):
    address = "/pledge?of=https://missed.example&lang=en"
    assert "Not signed yet on that day" in words(client.get(f"{address}&on=2026-01-09").text)
    assert "0 of 3 kept · 3 due" in words(client.get(f"{address}&on=2026-02-09").text)
    assert "0 of 3 kept · 2 missed · 1 due" in words(client.get(f"{address}&on=2026-03-01").text)
    assert "0 of 3 kept · 3 missed" in words(client.get(address).text)


def test_what_contradicts_a_pledge_is_told_with_whether_it_was_repaired(client, world):
    told = words(client.get("/pledge?of=https://maker.example&lang=en").text)
    assert "What contradicts this pledge Upheld complaint 2026-03-01" in told
    assert "! Contradicted since 2026-03-01" in told
    assert "Lost · reviewed 2026-04-15" in told
    ended = words(client.get("/pledge?of=https://ended.example&lang=en").text)
    assert "The firm ended this pledge on 2026-03-01" in ended
    assert "Complaints open then, which remain to be answered: 1." in ended


def test_a_status_whose_next_review_is_overdue_says_so(world, client):
    for address in ("/pledge?of=https://maker.example&lang=en", f"/pledge-programme?of={PROGRAMME}&lang=en"):
        assert "The next review was due" not in client.get(address).text
        for now, told in ((datetime(2026, 7, 14, 20, tzinfo=UTC), False), (datetime(2026, 7, 15, 2, tzinfo=UTC), True)):
            with pledge_reader(world[1], now=now) as reader, Client(PageApp(reader, None)) as later:
                assert ("The next review was due by 2026-07-14 and is not there" in later.get(address).text) == told, now


def test_a_revoked_proof_says_so_first_and_one_that_holds_says_until_when_it_was_looked_up(client, world):
    revoked = client.get(f"/pledge-proof?of={world[0].revoked.id}&lang=en").text
    assert "This proof was revoked and no longer holds." in revoked
    assert "It holds" not in revoked
    holds = client.get("/pledge-proof?of=2026-0001&lang=en").text
    assert "It holds: at 2026-04-20 02:00 UTC the signature was checked" in holds
    assert "! Contradicted" in words(holds)  # a proof says that the firm signed, and the page says how it stands
    over = client.get(f"/pledge-proof?of={quote('https://association.example/proof/2', safe='')}&lang=en").text
    assert "This proof was revoked" in over


def test_what_was_shown_to_the_association_alone_counts_and_is_withheld(tmp_path):
    folder = tmp_path / "ledger"
    made = pledge_folder(folder)
    size, firm = made.store.size(), made.firms["missed"]
    made.until("2026-04-16")
    show = ShowObligation(
        signed=made.signed["missed"].id, obligation="system", first_day="2026-01-10", last_day="2026-04-16",
        documents=(made.document(),), visible_to=(made.association.party,),
    )  # fmt: skip
    hidden = made.do(show, firm)
    copied(made, folder, start=size)
    with pledge_reader(folder) as reader, Client(PageApp(reader, None)) as found:
        told = words(found.get("/pledge?of=https://missed.example&lang=en").text)
        assert "1 of 3 kept · 2 missed" in told
        assert "a record that is withheld Withheld" in told
        assert hidden.id not in found.get("/pledge?of=https://missed.example").text.replace(f"/record/{hidden.id}", "")


@pytest.mark.skipif(find_spec("typst") is None or not printable(), reason="PDF needs the extra `pdf` and the Chinese font")
def test_the_written_proof_is_a_pdf_a_with_its_record_and_the_same_bytes_again(client, world):
    import pypdf

    for language in ("zh", "en"):
        address = f"/pledge-proof.pdf?of=2026-0001&lang={language}"
        data = client.get(address).content
        assert client.get(address).content == data
        document = pypdf.PdfReader(BytesIO(data))
        assert document.attachments["proof.jws"] == [world[0].proof.jws]
        metadata = document.trailer["/Root"]["/Metadata"].get_data().decode()
        assert re.search(r"<pdfaid:part>3</pdfaid:part>", metadata)
        assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", metadata)
    revoked = pypdf.PdfReader(BytesIO(client.get("/pledge-proof.pdf?of=2026-0002&lang=en").content))
    assert "was revoked and no longer holds" in revoked.pages[0].extract_text().replace("\n", " ")


def test_the_record_alone_is_what_was_sealed(client, world):
    answer = client.get("/pledge-proof.jws?of=2026-0001")
    assert answer.content == world[0].proof.jws
    assert answer.headers["content-type"] == "application/vc+jwt"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_files_say_what_the_page_says_and_are_as_their_schema_says(client):
    told = client.get("/pledges/register.json").json()
    checked(told, schema())
    assert told["denominator"] == sum(told["standings"].values()) == len(told["signatures"]) == 5
    for row in told["signatures"]:
        assert row["promises"] == row["kept"] + row["due"] + row["missed"] + row["contradicted"]
    assert client.get("/pledges/register.schema.json").json() == schema()
    lines = list(csv.reader(StringIO(client.get("/pledges/register.csv?lang=en").content.decode("utf-8-sig"))))
    assert len(lines) == 6
    assert {len(line) for line in lines} == {20}
    assert {line[0] for line in lines[1:]} == {row["signed"] for row in told["signatures"]}
    assert len(client.get(f"/pledges/register.json?q={quote('玩具')}").json()["signatures"]) == 1


def test_programs_are_told_the_same(world, client):
    with pledge_reader(world[1]) as reader, Client(rest_application(reader)) as rest:
        told = rest.get("/api/pledges").json()
        assert told["signatures"] == client.get("/pledges/register.json").json()["signatures"]
        firm = rest.get("/api/pledges/firm?of=https://maker.example&on=2026-03-02").json()
        assert {one["obligation"]: one["state"] for one in firm["signatures"][0]["promises"]}["warranty"] == "contradicted"
        assert [one["sort"] for one in firm["signatures"][0]["contradictions"]] == ["upheld-complaint"]
        assert firm["programmes"][0]["status"] == "lost"
        assert rest.get("/api/pledges/firm?of=https://nobody.example").status_code == 404
        assert rest.get("/api/pledges/firm?of=https://maker.example&on=9999-01-01").status_code == 409
        assert rest.get("/api/pledges?state=splendid").status_code == 422


@pytest.mark.parametrize(
    ("address", "status", "say"),
    [
        ("/pledges?state=splendid", 400, "write one of contradicted"),
        ("/pledges?before=x", 400, "give back what the page before"),
        ("/pledges?pledge=" + "x" * 2200, 400, "a pledge is named by its URI"),
        ("/pledge", 400, "name a firm by its URI"),
        ("/pledge?of=https://nobody.example", 404, "look for it in the register"),
        ("/pledge?of=https://maker.example&on=2026-13-01", 400, "write 2026-12-01"),
        ("/pledge?of=https://maker.example&on=20260301", 400, "write 2026-12-01"),
        ("/pledge?of=https://maker.example&on=9999-01-01", 400, "between 2000 and 2199"),
        ("/pledge-proof?of=none", 404, "no written proof of this log"),
        ("/pledge-proof.doc?of=2026-0001", 404, "pdf or jws"),
        ("/pledge-programme?of=x", 404, "no programme"),
        ("/pledges/register.xlsx", 404, "csv or json"),
        ("/file?of=x", 404, "nothing that may be seen here"),
        ("/file?of=https://maker.example&pillar=nothing", 400, "the file has no pillar"),
        ("/file?of=https://maker.example&from=-1", 400, "write a whole number"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_how_to_ask(client, address, status, say):
    answer = client.get(address)
    assert answer.status_code == status
    assert say in words(answer.text)


def test_the_quality_file_says_what_speaks_against_and_what_is_withheld(client):
    told = words(client.get("/file?of=https://kept.example&lang=en").text)
    assert "What speaks against it Withdrawn" in told
    assert "What is withheld None of the records above names one that you may not see." in told
    assert "entries that are not public. Which of them concern this is said only to those who may see them." in told
    part = words(client.get("/file?of=https://kept.example&pillar=conformity&from=2&lang=en").text)
    assert "Conformity assessment" in part
    assert "Governance" not in part


def test_a_folder_of_files_has_the_register_firms_proofs_and_the_programme(world, tmp_path):
    with pledge_reader(world[1]):
        export_site(world[1], tmp_path / "site")
    for language in ("zh", "en"):
        page = (tmp_path / "site" / language / "pledges.html").read_text()
        assert "<form" not in page
        leads = [one for one in re.findall(r'href="([^"]+)"', page) if not one.startswith("#")]
        assert any("/pledge/maker-example" in one for one in leads)
        for lead in leads:
            assert (tmp_path / "site" / language / lead).resolve().is_file(), lead
        for folder in ("pledge", "pledge-proof", "pledge-programme"):
            for file in (tmp_path / "site" / language / folder).iterdir():
                for lead in re.findall(r'href="([^"#]+)"', file.read_text()):
                    assert lead.startswith("http") or (file.parent / lead).resolve().is_file(), (file.name, lead)
    told = json.loads((tmp_path / "site" / "pledges" / "register.json").read_text())
    checked(told, schema())


def test_a_term_that_is_over_ends_proof_and_pledge(tmp_path):
    folder = tmp_path / "ledger"
    made = pledge_folder(folder)
    size = made.store.size()
    edition = made.publish(edition="2028", valid_from="2026-01-03T00:00:00Z")
    firm = made.firms["due"]
    signed = made.sign(edition, by=firm, products=(f"{firm.party}/product/1",), valid_until="2026-05-01T00:00:00Z")
    made.prove(signed, proof="https://association.example/proof/9", number="2026-0009")
    copied(made, folder, start=size)
    for day, say in ((29, "It holds"), (30, "The pledge that this proves has ended")):
        now = datetime(2026, 4, day, 2, tzinfo=UTC) if day == 29 else datetime(2026, 5, 1, 2, tzinfo=UTC)
        with pledge_reader(folder, now=now) as reader, Client(PageApp(reader, None)) as found:
            assert say in words(found.get("/pledge-proof?of=2026-0009&lang=en").text)
