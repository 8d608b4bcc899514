"""Files and forms that mean harm, over the pages and over REST of a station that serves: refused with words, nothing kept."""

import base64
import io
import re
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from openqi.app.work.remarks.remarks import plain_name
from served import Served, fields, served, sign_in
from station_world import LABORATORY, csrf_of, world

SUBJECT = "https://maker.example/lot/7"
REPORT = "conformity.result-reported.1"
HEADER = "item,quantity,value,unit,expandedUncertainty,coverageFactor,method,measuredAt"
ROW = "https://maker.example/item/1,length,{value},mm,0.01,2,{method},2026-11-20T08:00:00Z"


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place: Path = tmp_path_factory.mktemp("hostile")
    made = world(place / "station")
    visitor = made.visitor(LABORATORY)
    token = made.station.people.members.new_token(visitor, "robot", 300)
    made.station.close()
    (place / "token").write_text(token)
    with served(place / "station", journal=place / "journal") as serving:
        yield serving
        assert not [line for line in serving.journal() if line["level"] == "error"], "no file was a fault of the program"


@pytest.fixture(scope="module")
def browser(station: Served) -> Iterator[httpx.Client]:
    with station.client() as client:
        sign_in(client)
        yield client


@pytest.fixture(scope="module")
def program(station: Served) -> Iterator[httpx.Client]:
    bearer = {"authorization": f"Bearer {(station.errors.parent / 'token').read_text()}"}
    with httpx.Client(base_url=station.address, headers=bearer, timeout=60) as client:
        yield client


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, content in parts.items():
            writing.writestr(name, content)
    return made.getvalue()


def workbook(sheet: bytes, **more: bytes) -> bytes:
    """A workbook whose one sheet is these bytes."""
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org"
    relations = f"{office}/package/2006/relationships"
    kind = f"{office}/officeDocument/2006/relationships"

    def related(name: str, target: str) -> bytes:
        return (
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{kind}/{name}" Target="{target}"/></Relationships>'
        ).encode()

    book = f'<workbook xmlns="{main}" xmlns:r="{kind}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    parts = {
        "[Content_Types].xml": b"<Types/>", "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": book.encode(), "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
    }  # fmt: skip
    return packed(parts | more)


ENTITIES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData>&x;</sheetData></worksheet>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
DEEP = b"<worksheet><sheetData>" + b"<row>" * 100_000


def open_table(program: httpx.Client, name: str, data: bytes, **more: str) -> httpx.Response:
    file = {"name": name, "base64": base64.b64encode(data).decode()}
    return program.post(f"/api/acts/{REPORT}/imports", json={"file": file, **more})


def csv_of(**cells: str) -> bytes:
    return f"{HEADER}\n{ROW.format(**({'value': '10.02', 'method': 'ISO 3611'} | cells))}\n".encode()


def test_a_plain_table_is_taken(program):
    answer = open_table(program, "a.csv", csv_of())
    assert (answer.status_code, answer.json()["rows"][0]["state"]) == (201, "seals"), answer.text


TABLES = {
    "a bomb that unfolds": ("bomb.xlsx", lambda: workbook(b"<worksheet><sheetData>" + b"<row/>" * 60_000_000)),
    "a part that says it is huge": ("many.xlsx", lambda: workbook(b"<worksheet/>", **{"xl/x.bin": bytes(300_000_000)})),
    "an entity that reads a file": ("xxe.xlsx", lambda: workbook(ENTITIES)),
    "a billion laughs": ("laughs.xlsx", lambda: workbook(LAUGHS)),
    "deeply nested": ("deep.xlsx", lambda: workbook(DEEP)),
    "a program": ("a.xlsx", lambda: b"MZ\x90\x00" + bytes(1000)),
    "a picture called a table": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    "UTF-16": ("a.csv", lambda: csv_of().decode().encode("utf-16")),
    "no encoding at all": ("a.csv", lambda: csv_of().replace(b"ISO", b"\xff\xff\x80")),
    "no kind of table": ("a.html", lambda: b"<html><script>alert(1)</script>"),
    "a cell without an end": ("a.csv", lambda: csv_of(method='"' + "x" * 200_000)),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_table_that_means_harm_is_refused_with_words_and_in_time(browser, program, what):
    name, make = TABLES[what]
    data, began = make(), time.monotonic()
    answer = open_table(program, name, data)
    assert answer.status_code in (400, 422), answer.text[:500]
    assert answer.json()["detail"]
    assert "root:" not in answer.text
    page = browser.get(f"/import/{REPORT}").text
    told = {"csrf": csrf_of(page), "_zone": "Z", "_audience": "public", "_with": ""}
    sent = browser.post(f"/import/{REPORT}", data=told, files={"file": (name, data, "text/csv")})
    assert sent.status_code in (400, 422), sent.text[:2000]
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("value", ["9" * 5000, "1e999999999", "-1e-999999999", "NaN", "Infinity", "0x10", "１０"])
def test_a_number_that_is_none_or_has_no_end_is_told_in_its_row(program, value):
    answer = open_table(program, "a.csv", csv_of(value=value))
    assert answer.status_code == 201, answer.text[:500]
    assert answer.json()["rows"][0]["state"] == "wrong"


@pytest.mark.parametrize("number", ["1e400", "9" * 5000, "-0.0", "1e-400"])
def test_a_number_in_json_where_a_text_is_wanted_is_refused(program, number):
    body = f'{{"arguments": {{"item": "https://maker.example/item/1", "value": {number}}}}}'
    answer = program.post(
        f"/api/acts/{REPORT}", content=body, headers={"content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
    )
    assert answer.status_code in (400, 422), answer.text[:300]


def attach(browser: httpx.Client, name: str, content: bytes, media: str = "application/octet-stream") -> httpx.Response:
    told = {"what": "attach", "about": SUBJECT, "csrf": csrf_of(browser.get(f"/talk?about={SUBJECT}").text)}
    return browser.post("/talk", data=told, files={"file": (name, content, media)})


REFUSED = {
    "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.html": b"<script>alert(1)</script>",
    "a.xml": b"<a/>", "a.pdf": b"<html>", "b.pdf": b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>> >>",
    "c.pdf": b"%PDF-1.7\n1 0 obj <</S /J#61vaScr#69pt>>", "a.png": b"GIF89a<script>", "a.txt": b"\n <svg onload=alert(1)>",
    "a.pdf.exe": b"MZ", "a.csv": b"\xff\xfea\x00", "a.xlsx": packed({"[Content_Types].xml": b"", "xl/vbaProject.bin": b""}),
    "b.xlsx": lambda: packed({"[Content_Types].xml": b"", "xl/a.xml": bytes(300_000_000)}), "a.js": b"alert(1)",
    "a": b"x", "": b"x", "a.docx": packed({"[Content_Types].xml": b"", "word/document.xml": b"", "word/embeddings/a.bin": b""}),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_could_run_or_is_something_else_is_not_taken(browser, name):
    before = browser.get(f"/talk?about={SUBJECT}").text.count("/attachment/")
    content = REFUSED[name]
    answer = attach(browser, name, content() if callable(content) else content, "application/pdf")
    assert answer.status_code == 400, answer.text[:300]
    assert browser.get(f"/talk?about={SUBJECT}").text.count("/attachment/") == before


NAMES = [
    "../../../etc/passwd.txt",
    "C:\\Windows\\system32\\a.txt",
    "ecila\u202etxt.fdp.txt",
    "x" * 400 + ".txt",
    "a\u0000b\r\nc.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_tricks_is_made_plain_and_never_reaches_a_header_or_a_path(browser, name):
    about = f"https://maker.example/lot/{NAMES.index(name)}"
    csrf = csrf_of(browser.get(f"/talk?about={about}").text)
    told = {"what": "attach", "about": about, "csrf": csrf}
    boundary = "b" * 20
    lines = [
        f'--{boundary}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'.encode() for key, text in told.items()
    ]
    written = name.replace("\\", "\\\\").replace("\r\n", "%0D%0A").replace("\0", "%00").encode()
    lines.append(
        b'--%b\r\ncontent-disposition: form-data; name="file"; filename="%b"\r\n\r\nplain\r\n' % (boundary.encode(), written)
    )
    body = b"".join(lines) + f"--{boundary}--\r\n".encode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
    assert browser.post("/talk", content=body, headers=kind).status_code == 200
    link = re.search(r"/attachment/[A-Za-z0-9_-]+", browser.get(f"/talk?about={about}").text)
    assert link is not None
    served_file = browser.get(link[0])
    disposition = served_file.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert len(disposition) < 600
    assert not re.search(r"[/\\\r\n]|%2F|%5C|%E2%80%AE", disposition.partition("''")[2])
    assert served_file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert served_file.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("../../a.txt", "a.txt"), ("a\u202efdp.txt", "afdp.txt"), ("..", "-"), ("", "-"), ("\u200f\u061c.pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"), ("报告.pdf", "报告.pdf"),
    ],
)  # fmt: skip
def test_a_plain_name_has_no_path_and_nothing_that_turns_the_direction_of_writing(written, plain):
    assert plain_name(written) == plain


def multipart(parts: int, *, files: bool = False) -> tuple[bytes, dict[str, str]]:
    name = '; filename="a.txt"' if files else ""
    one = '--b\r\ncontent-disposition: form-data; name="x{n}"{name}\r\n\r\ny\r\n'
    body = "".join(one.format(n=n, name=name) for n in range(parts)) + "--b--\r\n"
    return body.encode(), {"content-type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(("path", "files"), [("/sign-in", False), ("/sign-in", True), ("/talk", True), (f"/do/{REPORT}", False)])
def test_a_form_of_thousands_of_parts_is_refused(browser, path, files):
    body, kind = multipart(5000, files=files)
    began = time.monotonic()
    answer = browser.post(path, content=body, headers=kind)
    assert answer.status_code == 400
    assert "Too many" in answer.text
    assert time.monotonic() - began < 30


def test_a_form_of_a_hundred_thousand_fields_is_refused(browser):
    answer = browser.post("/sign-in", content=b"a=1&" * 100_000, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400
    assert "Too many fields" in answer.text


def test_a_form_that_is_not_in_utf_8_is_refused_and_nothing_is_guessed(browser):
    form = fields(browser, "https://maker.example/item/9")
    wrong = "&".join(f"{name}={text}" for name, text in form.items() if name != "method").encode() + b"&method=%B9%FA%B1%EA"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = browser.post(f"/do/{REPORT}", content=wrong.replace(b"://", b"%3A%2F%2F"), headers=kind)
    assert answer.status_code == 400
    assert "not UTF-8" in answer.text
    lines = b"".join(
        b'--b\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), text.encode())
        for name, text in form.items()
    )
    lines += b'--b\r\ncontent-disposition: form-data; name="remark"\r\n\r\n\xb9\xfa\xb1\xea\r\n--b--\r\n'
    answer = browser.post(f"/do/{REPORT}", content=lines, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 400
    assert "not UTF-8" in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"--b", b"--b\r\n\r\n", b"\x00" * 1000, b"--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--"]
)
def test_what_is_no_form_is_refused(browser, body):
    answer = browser.post("/sign-in", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code in (400, 403)


def test_a_text_like_a_formula_is_text_in_every_list_that_is_taken_away(browser):
    csrf = csrf_of(browser.get(f"/talk?about={SUBJECT}").text)
    for start in ("=", "+", "-", "@", "＝"):
        text = f"{start}HYPERLINK(1) formula"
        assert browser.post("/talk", data={"what": "comment", "about": SUBJECT, "text": text, "csrf": csrf}).status_code == 200
    listed = browser.get("/export/search.csv?q=formula").text
    assert listed.count("formula") >= 5
    for line in listed.splitlines()[1:]:
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "-", "@", "＝")), cell


def test_the_station_still_serves(station, browser):
    assert browser.get("/-/ready").status_code == 200
    assert browser.get("/home").status_code == 200
