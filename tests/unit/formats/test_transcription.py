"""A transcribed certificate is read row by row, and every slip of the pen is named with its line."""

import csv
from dataclasses import dataclass

import pytest
from tools.example_certificates import FOLDER

from openqi.formats.transcription import TranscribedCalibration, TranscribedVerification, read_transcription
from openqi.kernel.errors import FormatError

POINTS = """certificate,serial,calibrated_at,quantity,unit,indicated,reference,expanded_uncertainty,coverage_factor
K-7,S-1,2026-01-12,electric current,A,0.50,0.498,0.002,2
K-7,S-1,2026-01-12,electric current,A,1.00,0.996,0.004,2
K-7,S-1,2026-01-12,time,s,60.0,60.01,0.02,2
"""


@dataclass
class Cells:
    """What the reader of tables gives."""

    columns: dict
    lines: list
    name: str = "t.csv"


def cells(text):
    head, *rows = csv.reader(text.splitlines())
    return Cells(columns={name: [row[at] for row in rows] for at, name in enumerate(head)}, lines=list(range(2, len(rows) + 2)))


EXAMPLE = (FOLDER / "thermometer.csv").read_text(encoding="utf-8")


def test_the_verification_of_the_example_is_read():
    found = read_transcription(cells(EXAMPLE))
    assert isinstance(found, TranscribedVerification)
    assert (found.certificate, found.serial, found.verdict) == ("V-2026-088", "T-17", "pass")
    assert (found.verified_at, found.valid_until) == ("2026-01-20", "2027-01-19")
    assert (found.quantity, found.unit, found.lower, found.upper) == ("temperature", "Cel", "0", "100")
    assert found.maximum_permissible_error == "0.35"
    assert found.document == "thermometer.pdf"
    assert "illustrative" in found.note


def test_what_need_not_be_transcribed_may_be_missing():
    rows = [row for row in EXAMPLE.splitlines() if not row.startswith(("note", "document", "laboratory", "instrument"))]
    found = read_transcription(cells("\n".join(rows)))
    assert (found.note, found.document, found.laboratory, found.instrument) == (None, None, None, None)


def test_a_verdict_may_be_written_in_chinese():
    assert read_transcription(cells(EXAMPLE.replace("verdict,pass,", "verdict,不合格,"))).verdict == "fail"


def test_an_error_in_kelvin_stands_beside_a_range_in_degrees_celsius():
    assert read_transcription(cells(EXAMPLE.replace("0.35,Cel", "0.35,K"))).maximum_permissible_error == "0.35"


def test_a_calibration_has_a_table_for_each_quantity():
    found = read_transcription(cells(POINTS))
    assert isinstance(found, TranscribedCalibration)
    assert (found.certificate, found.serial, found.calibrated_at) == ("K-7", "S-1", "2026-01-12")
    current, time = found.tables
    assert (current.quantity, current.unit, current.coverage_factor) == ("electric current", "A", "2")
    assert (current.indicated, current.reference) == (("0.50", "1.00"), ("0.498", "0.996"))
    assert current.expanded_uncertainties == ("0.002", "0.004")
    assert (time.quantity, time.line) == ("time", 4)


@pytest.mark.parametrize(
    ("old", "new", "line", "error"),
    [
        ("serial,T-17,", "serial,,", 5, "field serial is empty"),
        ("serial,T-17,", "seriel,T-17,", 5, "field 'seriel' is not known"),
        ("serial,T-17,", "certificate,T-17,", 5, "field certificate stands twice"),
        ("serial,T-17,\n", "", 15, "no row for serial"),
        ("serial,T-17,", "serial,T-17,m", 5, "field serial takes no unit"),
        ("kind,verification,", "kind,calibration,", 3, "a table of fields transcribes a verification"),
        ("2026-01-20", "20.1.2026", 7, "is no date"),
        ("2026-01-20", "2026-02-30", 7, "is no date"),
        ("2027-01-19", "2025-01-19", 8, "before the day of verification"),
        ("lower,0,Cel", "lower,0,", 11, "field lower has no unit"),
        ("lower,0,Cel", "lower,0,Celsius", 11, "unit 'Celsius'"),
        ("lower,0,Cel", "lower,200,Cel", 12, "upper 100 is not above lower 200"),
        ("lower,0,Cel", "lower,273,K", 12, "write both in one unit"),
        ("0.35,Cel", "0.35,s", 13, "write it in their unit"),
        ("0.35,Cel", "±0.35,Cel", 13, "decimal '±0.35'"),
        ("0.35,Cel", "-0.35,Cel", 13, "write its magnitude"),
        ("verdict,pass,", "verdict,ok,", 14, "verdict 'ok'"),
        ("field,value,unit", "field,value,units", 1, "a verification has field, value, unit"),
    ],
)
def test_a_slip_in_a_verification_is_named_with_its_line(old, new, line, error):
    assert old in EXAMPLE
    with pytest.raises(FormatError) as caught:
        read_transcription(cells(EXAMPLE.replace(old, new)))
    assert str(caught.value).startswith(f"t.csv:{line}: ")
    assert error in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "error"),
    [
        ("0.004,2", "0,2", 3, "an expanded uncertainty is > 0"),
        ("0.004,2", "0.004,3", 3, "coverage_factor '3' beside '2'"),
        ("0.004,2", "0.004,", 3, "coverage_factor is empty"),
        ("A,1.00", "mA,1.00", 3, "unit 'mA' beside 'A'"),
        ("1.00,0.996", "1.00,about 1", 3, "decimal 'about 1'"),
        ("0.02,2", "0.02,0.5", 4, "a coverage factor is at least 1"),
        ("K-7,S-1,2026-01-12,time", "K-8,S-1,2026-01-12,time", 4, "certificate 'K-8' beside 'K-7'; one file, one certificate"),
        ("2026-01-12", "yesterday", 2, "is no date"),
        (",coverage_factor", ",k", 1, "a calibration certificate, serial"),
    ],
)
def test_a_slip_in_a_calibration_is_named_with_its_line(old, new, line, error):
    assert old in POINTS
    with pytest.raises(FormatError) as caught:
        read_transcription(cells(POINTS.replace(old, new)))
    assert str(caught.value).startswith(f"t.csv:{line}: ")
    assert error in str(caught.value)


def test_a_table_without_rows_transcribes_nothing():
    with pytest.raises(FormatError, match=r"t\.csv:1: has no rows"):
        read_transcription(cells("field,value,unit"))
