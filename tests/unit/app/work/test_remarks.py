"""Comments and attachments: who sees them, who is mentioned, what is taken, and what erasing leaves behind."""

import io
import zipfile
from threading import Thread

import pytest

from openqi.app.people.members import Newcomer
from openqi.app.work.remarks.contents import media_type
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records.governance import RoleGranted
from station_world import CERTIFIER, LABORATORY, OPERATOR, PASSWORD, World, world

SUBJECT = "https://maker.example/lot/7"
PDF = b"%PDF-1.7\nhello"


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> World:
    made = world(tmp_path_factory.mktemp("remarks") / "station")
    secret = made.station.people.members.invite(LABORATORY, manages=False, by="test")
    second = Newcomer(login="li.wei", name="Li Wei", password=PASSWORD, language="zh")
    made.station.people.members.accept(secret, second)
    yield made
    made.station.close()


@pytest.fixture(autouse=True)
def _later(own):
    """Each test is an hour later, so that its people may sign in as often as the first's."""
    own.clock.pass_(hours=2)


@pytest.fixture(scope="module")
def hidden(own) -> str:
    """A record that only the laboratory and the operator may see."""
    body = RoleGranted(party=LABORATORY, role="inspection-body", valid_from="2026-01-01T00:00:00Z")
    return own.station.ledger.state(body, own.station.operator, visible_to=(LABORATORY,)).id


def second(own: World):
    found = own.station.people.visitor(own.station.people.sessions.sign_in("li.wei", PASSWORD, "127.0.0.1"))
    assert found is not None
    return found


def texts(own: World, visitor, about: str) -> list[str]:
    return [one.text or one.name for one in own.station.remarks.of(visitor, about)]


def test_a_comment_on_a_subject_is_seen_by_the_own_organisation_alone(own):
    own.station.remarks.comment(own.visitor(LABORATORY), SUBJECT, "第七批外观正常", shared=True)
    assert texts(own, second(own), SUBJECT) == ["第七批外观正常"]
    assert texts(own, own.visitor(CERTIFIER), SUBJECT) == []
    assert [hit.source for hit in own.station.search.find(second(own), "外观正常").hits] == ["comment"]
    assert own.station.search.find(own.visitor(CERTIFIER), "外观正常").counts == ()


def test_a_shared_comment_is_seen_by_the_parties_of_the_record_and_nobody_learns_of_a_record_withheld(own, hidden):
    remarks = own.station.remarks
    remarks.comment(own.visitor(LABORATORY), hidden, "for us", shared=False)
    remarks.comment(own.visitor(LABORATORY), hidden, "for both", shared=True)
    assert texts(own, own.visitor(OPERATOR), hidden) == ["for both"]
    assert remarks.of(own.visitor(OPERATOR), hidden)[0].author == "", "a person's name stays in their organisation"
    for about in (hidden, "0" * 64):
        with pytest.raises(NotFoundError) as caught:
            remarks.of(own.visitor(CERTIFIER), about)
        assert "that you may see" in str(caught.value)


def test_who_is_mentioned_is_told_and_who_may_not_see_the_comment_is_not(own):
    own.station.remarks.comment(own.visitor(LABORATORY), SUBJECT, "@li.wei，请看；@certifier @nobody too", shared=False)
    [notice] = [one for one in own.station.notices.of(second(own)) if one.topic == "mention"]
    assert notice.ref.startswith("/talk?about=")
    assert not [one for one in own.station.notices.of(own.visitor(CERTIFIER)) if one.topic == "mention"]


def test_while_a_content_is_erased_others_write_at_the_desk(own, monkeypatch):
    remarks, visitor, store, written = own.station.remarks, own.visitor(LABORATORY), own.station.ledger.store, []
    name, erase = remarks.attach(visitor, SUBJECT, "a.pdf", PDF, shared=False), store.erase_blob

    def slowly(sha256: str) -> None:
        other = Thread(target=lambda: written.append(remarks.comment(visitor, SUBJECT, "meanwhile", shared=False)))
        other.start()
        other.join(20)
        written.append("erased")
        erase(sha256)

    monkeypatch.setattr(store, "erase_blob", slowly)
    remarks.erase(visitor, name)
    assert len(written) == 2
    assert written[1] == "erased"


def test_an_attachment_comes_back_byte_for_byte_and_erasing_it_leaves_no_content(own):
    remarks, visitor = own.station.remarks, own.visitor(LABORATORY)
    content = PDF + bytes(range(256))
    name = remarks.attach(visitor, SUBJECT, "../检测报告.pdf", content, shared=False)
    assert remarks.content(second(own), name) == ("检测报告.pdf", "application/pdf", content)
    assert own.station.search.find(visitor, "检测报告", kind="attachment").hits
    for other in (own.visitor(CERTIFIER), own.visitor(OPERATOR)):
        with pytest.raises(NotFoundError):
            remarks.content(other, name)
        with pytest.raises(NotFoundError):
            remarks.erase(other, name)
    with pytest.raises(NotFoundError):
        remarks.erase(second(own), name)
    assert remarks.erase(visitor, name) == SUBJECT
    with pytest.raises(NotFoundError):
        remarks.content(visitor, name)
    assert not own.station.search.find(visitor, "检测报告").hits
    blobs = own.station.ledger_path.rglob("*")
    assert not [path for path in blobs if path.is_file() and content in path.read_bytes()]


def test_a_file_that_evidence_names_is_not_erased_with_an_attachment_of_the_same_content(own):
    evidence = own.station.ledger.store.put_blob(PDF)
    visitor = own.visitor(LABORATORY)
    own.station.remarks.erase(visitor, own.station.remarks.attach(visitor, SUBJECT, "a.pdf", PDF, shared=False))
    assert own.station.ledger.store.blob(evidence) == PDF


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writing:
        for name in names:
            writing.writestr(name, "x")
    return made.getvalue()


GOOD = {
    "a.pdf": PDF, "b.PNG": b"\x89PNG\r\n\x1a\nrest", "c.jpeg": b"\xff\xd8\xff\xe0", "d.txt": "值，1\n".encode(),
    "e.csv": b"a,b\r\n",
    "f.xlsx": packed("[Content_Types].xml", "xl/workbook.xml"), "g.docx": packed("[Content_Types].xml", "word/document.xml"),
}  # fmt: skip
BAD = {
    "a.zip": packed("a"), "b.svg": b"<svg/>", "c.html": b"<html>", "d.txt": b"  <script>", "e.png": PDF,
    "f.pdf": b"\x89PNG\r\n\x1a\n",
    "g.pdf": PDF + b"/JavaScript (app.alert)", "h.xlsx": packed("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
    "i.xlsm": packed("[Content_Types].xml", "xl/workbook.xml"), "j.docx": packed("[Content_Types].xml", "word/embeddings/o.xlsx"),
    "k.xlsx": packed("a"), "l.txt": b"\x00", "m": PDF, "n.pdf.exe": b"MZ", "o.csv": b"\xff\xfe", "p.xlsx": b"PK\x03\x04broken",
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_what_its_name_says_is_taken(name):
    assert media_type(name, GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_something_else_or_holds_programs_is_refused(name):
    with pytest.raises(RefusedError) as caught:
        media_type(name, BAD[name])
    assert caught.value.rule == "attachment-type"


def test_too_much_or_nothing_is_refused(own):
    remarks, visitor = own.station.remarks, own.visitor(LABORATORY)
    with pytest.raises(RefusedError):
        remarks.attach(visitor, SUBJECT, "a.txt", b"", shared=False)
    with pytest.raises(RefusedError):
        remarks.attach(visitor, SUBJECT, "a.txt", b"a" * (own.station.settings.limits.upload + 1), shared=False)
    for text in ("", "  ", "a" * 4001, "a\x00"):
        with pytest.raises(FormatError):
            remarks.comment(visitor, SUBJECT, text, shared=False)
    with pytest.raises(FormatError):
        remarks.comment(visitor, "no subject", "a", shared=False)


def test_an_organisation_lays_only_so_many_files_to_one_thing(own):
    remarks, visitor = own.station.remarks, own.visitor(LABORATORY)
    for number in range(20):
        remarks.attach(visitor, "https://maker.example/lot/8", f"{number}.txt", b"a", shared=False)
    with pytest.raises(RefusedError) as caught:
        remarks.attach(visitor, "https://maker.example/lot/8", "one more.txt", b"a", shared=False)
    assert caught.value.rule == "attachments-few"
