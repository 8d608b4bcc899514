"""Budgets in a certificate: page and PDF say the numbers of the record, and of what is withheld from a reader nothing is told."""

import io
import re
from hashlib import sha256
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from chain_stage import FULL_CALIBRATION
from evaluations_stage import STANDARD, Metrology, said, standard
from openqi.app.reading.certificates import CertificatePage, certificate_page
from openqi.interfaces.web.figures import magnitude, share
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.paper.blocks import Grid, Note
from openqi.interfaces.web.paper.budget import budget_blocks
from openqi.interfaces.web.paper.certificate import certificate_paper
from openqi.interfaces.web.paper.printing import pdf_of
from openqi.interfaces.web.words import LANGUAGES
from openqi.records import Content
from openqi.records.evaluations import InputStated, OutputStated
from unit.app.reading.test_evaluations import Nobody
from unit.formats.dcc_good import good
from unit.interfaces.test_paper import NOW, printing
from web_stage import context_of

VALUE = InputStated(name="q", unit="1", value="1.000002", standard_uncertainty="0.000001", source="JJG 166")


class World(Metrology):
    """A certificate that names one evaluation, which rests on a certificate itself."""

    def __init__(self, *, document: bytes | None = None, **more: object) -> None:
        super().__init__()
        outputs = (OutputStated(name="R", unit="Ohm"),)
        self.found = self.evaluated("R = S * q", standard(self.certified()), VALUE, outputs=outputs, **more)
        data = document or good()
        content = Content(media_type="application/xml", sha256=sha256(data).hexdigest(), size=len(data))
        self.store.put_blob(data)
        body = replace(FULL_CALIBRATION, instrument=STANDARD, document=content, realises=None, evaluations=(self.found.id,))
        self.stated = self.ledger.state(body, self.calibration)

    def page(self, reader: str | None = None) -> CertificatePage:
        return certificate_page(context_of(self.store, reader=reader), self.stated.id, now=NOW)


@pytest.fixture(scope="module")
def world() -> World:
    return World(trials=2000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_budget_in_a_certificate_has_the_numbers_of_the_record(world: World, language: str):
    (grid,) = (one for one in budget_blocks(world.page().evaluations, language) if isinstance(one, Grid))
    (result,) = said(world.found).measurands
    inputs = [[cell.text for cell in row] for row in grid.rows[: len(result.budget)]]
    assert [(row[0].split()[0], row[6], row[8]) for row in inputs] == [
        (line.input, magnitude(line.contribution), share(line.share)) for line in result.budget
    ]
    combined, expanded = grid.rows[-2:]
    assert (combined[6].text, expanded[6].text) == (result.standard_uncertainty, result.expanded_uncertainty)
    assert f"R = ({result.value} ± {result.expanded_uncertainty})\u00a0Ω" in grid.notes[0]
    assert "JJG 166" in " ".join(row[0] for row in inputs)
    assert {len(row) for row in grid.rows} == {len(grid.head)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_paper_have_the_same_budget(world: World, language: str):
    page = world.page()
    html = Pages(Nobody()).certificate(page, NoLinks(language=language))
    (result,) = said(world.found).measurands
    assert result.monte_carlo.shortest_lower in html
    assert world.found.id in html
    paper = certificate_paper(page.sheet, language, page.evaluations)
    for one in budget_blocks(page.evaluations, language):
        assert one in paper.blocks
        assert not isinstance(one, Grid) or all(cell.text in html for row in one.rows for cell in row)


@printing
def test_the_pdf_has_the_budget_too(world: World):
    page = world.page()
    made = pdf_of(certificate_paper(page.sheet, "zh", page.evaluations), good())
    text = re.sub(r"\s+", "", "".join(one.extract_text() for one in PdfReader(io.BytesIO(made)).pages))
    (result,) = said(world.found).measurands
    for told in (
        "R的不确定度分量表",
        "合成标准不确定度u",
        result.expanded_uncertainty,
        share(result.budget[0].share).replace("\u00a0", ""),
    ):
        assert told in text


def test_an_evaluation_that_is_withheld_is_said_to_be_and_nothing_of_it_is_told():
    world = World(visible_to=("https://customer.example",))
    page = world.page()
    (note,) = budget_blocks(page.evaluations, "zh")
    assert isinstance(note, Note)
    assert "未出示" in note.text
    (result,) = said(world.found).measurands
    for language in LANGUAGES:
        html = Pages(Nobody()).certificate(page, NoLinks(language=language))
        assert result.expanded_uncertainty not in html
        assert "JJG 166" not in html
    assert any(isinstance(one, Grid) for one in budget_blocks(world.page("https://customer.example").evaluations, "zh"))


def test_a_certificate_whose_document_cannot_be_read_has_its_budget_on_the_page():
    world = World(document=b"<torn")
    page = world.page()
    assert page.sheet is None
    assert page.why_not
    (result,) = said(world.found).measurands
    assert f"{result.value} ± {result.expanded_uncertainty}" in Pages(Nobody()).certificate(page, NoLinks(language="en"))


def test_an_evaluation_that_is_not_here_is_said_to_be_missing(world: World):
    (one,) = world.page().evaluations
    gone = SimpleNamespace(seen=context_of(world.store).seen("0" * 64), shown=None)
    assert one.shown is not None
    (note,) = budget_blocks([gone], "en")
    assert "Not here" in note.text
