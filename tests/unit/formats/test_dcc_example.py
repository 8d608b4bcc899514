"""The certificates of the storage battery example are valid, invented, and can be reckoned with by hand."""

from fractions import Fraction
from hashlib import sha256

import pytest
from lxml import etree
from tools.example_certificates import FOLDER, INVENTED, certificates

from openqi.formats.dcc import calibration_points, read_dcc
from openqi.formats.dcc.document import text_in
from shared_data import shared

OLD, NEW = "cycler.xml", "cycler-corrected.xml"


def document(name):
    return read_dcc((FOLDER / name).read_bytes(), name=name)


@pytest.mark.parametrize("name", certificates())
def test_the_committed_files_are_what_the_generator_writes(name):
    assert (FOLDER / name).read_bytes() == certificates()[name]


@pytest.mark.parametrize("name", [OLD, NEW])
def test_they_are_valid_by_the_schema_of_dcc_3_3_0(name):
    schema = etree.XMLSchema(etree.parse(shared("data/dcc/schema/v3.3.0/dcc.xsd")))
    schema.assertValid(etree.parse(FOLDER / name))


@pytest.mark.parametrize("name", [OLD, NEW])
def test_they_say_that_they_are_invented(name):
    (statement,) = [one for one in document(name).statements if "example_illustrative" in one.ref_types]
    assert dict(statement.text) == INVENTED
    assert statement.traceable is False


def test_the_first_certificate_says_whose_cycler_was_calibrated_when_and_by_whom():
    found = document(OLD)
    assert (found.schema_version, found.unique_identifier, found.signed) == ("3.3.0", "CAL-2026-0117", False)
    assert dict(found.laboratory) == {"zh": "示例校准实验室", "en": "Example calibration laboratory"}
    assert (found.begin_performance_date, found.end_performance_date, found.issue_date) == (
        "2026-01-12",
        "2026-01-12",
        "2026-01-13",
    )
    assert [(one.value, one.issuer) for one in found.items[0].identifications] == [("C3-2041", "manufacturer")]
    assert [one.certificate.identifier for one in found.equipment] == ["SHUNT-2025-0412", "DMM-2025-1190", "CNT-2025-0077"]
    assert found.replaces is None


def test_the_correction_replaces_the_first_and_names_its_bytes():
    found = document(NEW)
    assert (found.unique_identifier, found.replaces.identifier, found.replaces.change) == (
        "CAL-2026-0117-R1",
        "CAL-2026-0117",
        "substituted",
    )
    assert (found.previous.identifier, found.previous.value) == ("CAL-2026-0117", sha256((FOLDER / OLD).read_bytes()).hexdigest())
    assert "shunt" in text_in(found.statements[1].text)


@pytest.mark.parametrize(("name", "factor"), [(OLD, Fraction(1)), (NEW, Fraction(996, 1000))])
@pytest.mark.parametrize("asked", ["electric current", "电流", "example_electricCurrent"])
def test_the_true_current_is_the_indicated_one_times_one_factor(name, factor, asked):
    table = calibration_points(document(name), quantity=asked)
    assert (table.unit, table.quantity, table.coverage_factor) == (r"\ampere", "electric current", "2")
    assert table.indicated == ("0.5000", "1.0000", "2.0000", "4.0000")
    assert [Fraction(true) / Fraction(shown) for shown, true in zip(table.indicated, table.reference, strict=True)] == [factor] * 4
    assert table.expanded_uncertainties == ("0.00040", "0.00070", "0.00120", "0.00240")


def test_the_correction_leaves_the_time_as_it_was():
    old, new = (calibration_points(document(name), quantity="time") for name in (OLD, NEW))
    assert (old.unit, old.indicated, old.reference) == (
        r"\second",
        ("60.0", "3600.0", "36000.0"),
        ("60.0000", "3600.0000", "36000.0000"),
    )
    assert (new.reference, new.expanded_uncertainties) == (old.reference, ("0.0010", "0.0020", "0.0100"))


def test_nothing_of_a_result_is_left_unread():
    assert {entry.partition(",")[0] for entry in document(OLD).unread} == {
        "dcc:dccSoftware", "dcc:respPersons", "dcc:performanceLocation", "dcc:location", "dcc:influenceConditions",
    }  # fmt: skip


def test_the_paper_certificate_is_a_small_pdf_of_one_page():
    data = (FOLDER / "thermometer.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(data) < 100_000
    assert data.count(b"/Type /Page\n") == 1
