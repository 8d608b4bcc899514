"""Certificates as documents: everything that a certificate states stands on the page and in the PDF, and nothing it does not."""

import io
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pypdf import PdfReader

from openqi.app.certificates.examination import Answer
from openqi.app.certificates.sheet import CertificateSheet, sheet_of
from openqi.formats.dcc.links import LinkState
from openqi.formats.dcc.rules.rule import FOLDER, ContentRule
from openqi.formats.dcc.signature.report import State
from openqi.interfaces.web.alone import paper_page
from openqi.interfaces.web.paper.blocks import Note, Paper, aligned
from openqi.interfaces.web.paper.certificate import _percent, certificate_paper
from openqi.interfaces.web.paper.fonts import font_folder
from openqi.interfaces.web.paper.printing import ATTACHED, pdf_of
from openqi.interfaces.web.paper.results import said
from openqi.interfaces.web.words import LANGUAGES, phrases
from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError, FormatError, NotFoundError
from openqi.science.decision.outcomes import Outcome
from shared_data import shared
from unit.formats.dcc_good import LINK, good, link
from unit.interfaces.cli_world import answer, openqi

GOOD_PRACTICE = "data/dcc/examples/good_practice"
SIGNED = f"{GOOD_PRACTICE}/dcc_gp_temperature_typical_v12_v3.2.0_signed"
NOW = "2026-01-31T08:00:00Z"
try:
    font_folder()
    FONT = ""
except NotFoundError as missing:
    FONT = str(missing)
printing = pytest.mark.skipif(bool(FONT), reason=FONT)


def sheet(data: bytes, name: str = "certificate.xml") -> CertificateSheet:
    return sheet_of(data, name=name, now=NOW)


def paper(data: bytes, language: str = "en") -> Paper:
    return certificate_paper(sheet(data), language)


@cache
def printed(language: str) -> bytes:
    return pdf_of(paper(good(), language), good())


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_every_state_answer_and_rule_has_words_in_both_languages():
    asked = {f"cert-sign:{state}" for state in get_args(State)} | {"cert-sign:unknown-issuer-no-roots"}
    asked |= {f"link:{state}" for state in get_args(LinkState)}
    asked |= {f"cert-answer:{one}" for one in get_args(Answer)} | {f"outcome:{one}" for one in get_args(Outcome)}
    asked |= {f"dcc-rule:{name}" for name in load(FOLDER, ContentRule)}
    asked |= {f"cert-time:{one}" for one in ("timestamp", "claimed")}
    asked |= {f"cert-revoked:{one}" for one in ("good", "revoked", "not checked")}
    asked |= {f"place:{one}" for one in ("laboratory", "customer", "laboratoryBranch", "customerBranch", "other")}
    assert asked <= set(phrases())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["good_practice/dcc_gp_humidity_v1.0.xml", "vacuum/dcc-vacuumlab-CDG.xml", "dcclib/valid.xml"])
def test_every_value_and_uncertainty_of_a_foreign_certificate_stands_on_its_page(name: str, language: str):
    found = sheet(shared(f"data/dcc/examples/{name}").read_bytes())
    cells = set(re.findall(r'<td class="num">([^<]*)<', paper_page(certificate_paper(found, language))))
    points = [point for table in found.tables for column in table.columns if column.values for point in column.values.points]
    stated = {point.value for point in points} | {point.stated.uncertainty for point in points if point.stated.kind == "expanded"}
    assert {str(text).replace("-", "−") for text in stated} - cells == set()


def test_a_manipulated_certificate_says_first_of_all_that_it_was_changed():
    first = paper(shared(f"{SIGNED}_manipulated.xml").read_bytes()).blocks[0]
    assert isinstance(first, Note)
    assert (first.tone, "not the file that was signed" in first.text) == ("bad", True)


def test_what_was_not_signed_or_not_checked_is_said_to_be_so():
    text = paper_page(paper(good()))
    assert "The file is not signed" in text
    assert re.search(r"Schema \(XSD\)</dt><dd>not checked", text)
    signed = paper(shared(f"{SIGNED}.xml").read_bytes()).blocks[0]
    assert isinstance(signed, Note)
    assert (signed.tone, "no root to believe was named" in signed.text) == ("warn", True)


def test_a_link_that_was_not_compared_and_one_with_a_wrong_hash_are_told_apart():
    wrong = paper_page(paper(good((LINK, link("BELOW", "SHA-256", "SHA256-value")))))
    assert "<b>the hash is another</b>" in wrong
    missing = paper_page(paper(good((LINK, link("BELOW", "SHA-256", "0" * 64)))))
    assert "not at hand, not checked" in missing


def test_a_verdict_that_comes_out_otherwise_is_set_apart():
    text = paper_page(paper(good((">pass pass<", ">pass fail<"))))
    assert "<b>pass (differs from what is stated)</b>" in text


def test_decimal_points_stand_below_each_other():
    cells = aligned(("1.25", "-10", "0.5"))
    assert [cell.text + cell.room for cell in cells] == ["1.25", "−10.00", "0.50"]
    assert [cell.room for cell in aligned(("1", "20"))] == ["", ""]


def test_a_probability_is_told_in_per_cent_by_moving_its_point():
    assert [_percent(text) for text in ("0.95", "0.9545", "0.9", "1", None)] == ["95 %", "95.45 %", "90 %", "1", None]


def test_a_text_is_said_in_the_language_else_in_english_else_as_it_is():
    assert said((("de", "Zahl"), ("en", "number"), ("zh", "数")), "zh") == "数"
    assert said((("de", "Zahl"), ("en", "number")), "zh") == "number"
    assert said((("de", "Zahl"),), "zh") == "Zahl"
    assert said((), "zh") == ""


HOSTILE = '#read("/etc/passwd") &lt;script&gt;alert(1)&lt;/script&gt; $x^2$ *b* @ref \\'


def test_what_a_stranger_wrote_is_text_on_the_page_and_is_never_run():
    text = paper_page(paper(good((">Lab<", f">{HOSTILE}<"))))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_certificate_that_cannot_be_read_is_not_shown():
    with pytest.raises(FormatError, match=r"certificate\.xml:\d+: it cannot be shown"):
        sheet(good((">GOOD-1<", "><")))


@printing
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_pdf_a_3b_and_carries_the_certificate_unchanged(language: str):
    reader = PdfReader(io.BytesIO(printed(language)))
    assert reader.attachments == {ATTACHED: [good()]}
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    for page in reader.pages:  # a PDF/A has all of its fonts in it
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert any(name.startswith("/FontFile") for name in descriptor)


@printing
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_the_pdf_can_be_read_out_again(language: str):
    text = text_of(printed(language))
    for stated in ("GOOD-1", "293.15", "30.1", "0.011", "−0.012"):
        assert stated in text
    assert ("温度计" if language == "zh" else "thermometer") in text


@printing
def test_the_same_certificate_gives_the_same_bytes_in_another_process(tmp_path: Path):
    (tmp_path / "c.xml").write_bytes(good())
    script = "from openqi.interfaces.cli.main import main; main()"
    made = tmp_path / "c.pdf"
    words = [sys.executable, "-c", script, "dcc", "pdf", "c.xml", "--out", "c.pdf", "--at", NOW, "--lang", "zh"]
    subprocess.run(words, check=True, cwd=tmp_path, capture_output=True)
    assert made.read_bytes() == printed("zh")


@printing
def test_what_a_stranger_wrote_is_text_in_the_pdf_and_is_never_run():
    data = good((">Lab<", f">{HOSTILE}<"))
    assert '#read("/etc/passwd") <script>alert(1)</script> $x^2$ *b* @ref' in text_of(pdf_of(paper(data), data))


@printing
def test_a_character_that_no_font_has_is_an_error_that_names_it_and_nothing_is_written(tmp_path: Path):
    (tmp_path / "c.xml").write_bytes(good((">Lab<", ">Lab \U0001f9ea \U00013000<")))
    found = openqi("dcc", "pdf", tmp_path / "c.xml", "--out", tmp_path / "c.pdf")
    assert (found.status, "could not be displayed" in found.err, "--fonts" in found.err) == (2, True, True)
    assert not (tmp_path / "c.pdf").exists()
    with pytest.raises(DomainError, match="GOOD-1: no PDF/A can be made"):
        pdf_of(paper((tmp_path / "c.xml").read_bytes()), b"")


def test_a_font_that_is_not_there_is_named_with_what_to_install(tmp_path: Path):
    with pytest.raises(NotFoundError, match=r"no Noto Sans .* fonts-noto-cjk.*--fonts"):
        font_folder(tmp_path)
    with pytest.raises(NotFoundError, match="fonts-noto-cjk"):
        font_folder(environment={"OPENQI_FONTS": str(tmp_path)})
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "NotoSansCJK-Regular.ttc").touch()
    assert font_folder(tmp_path) == tmp_path / "deep"


def test_the_command_writes_a_page_that_needs_no_other_file(tmp_path: Path):
    (tmp_path / "c.xml").write_bytes(good())
    told = answer("dcc", "page", tmp_path / "c.xml", "--out", tmp_path / "c.html", "--at", NOW)
    assert (told["identifier"], told["signature"], told["judgedAt"], told["language"]) == ("GOOD-1", "not-signed", NOW, "en")
    text = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert told["bytes"] == len(text.encode())
    assert not re.search(r'(src|href)="', text)


def test_the_command_says_by_its_status_that_a_signature_does_not_hold(tmp_path: Path):
    found = openqi("dcc", "page", shared(f"{SIGNED}_manipulated.xml"), "-o", tmp_path / "c.html", "--lang", "zh")
    assert (found.status, "签名后被改动" in found.out) == (1, True)
    assert "不得使用" in (tmp_path / "c.html").read_text(encoding="utf-8")
