"""The points of a calibration are the digits of the certificate, or there are none and it is said why."""

import re

import pytest

from openqi.formats.dcc import calibration_points
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError
from openqi.kernel.units import unit_of
from unit.formats.dcc_world import expanded, listed, quantity, read, real, real_certificates, result, si

SHOWN = quantity("indicated", listed("1.00 2.00"))
TRUE = quantity("reference", listed("0.998 1.997"))
WRONG = quantity("error", listed("0.002 0.003", uncertainty=expanded("0.0010 0.0012")))


def points(*quantities, **asked):
    return calibration_points(read(result(*quantities)), **asked)


def test_the_digits_of_the_certificate_come_out():
    table = points(SHOWN, TRUE, WRONG)
    assert (table.indicated, table.reference) == (("1.00", "2.00"), ("0.998", "1.997"))
    assert (table.expanded_uncertainties, table.coverage_factor, table.coverage_probability) == (("0.0010", "0.0012"), "2", "0.95")
    assert (table.unit, table.quantity) == (r"\volt", "voltage")


def test_a_missing_reference_value_is_the_indication_minus_its_error_exactly():
    table = points(SHOWN, WRONG)
    assert table.reference == ("0.998", "1.997")
    assert points(
        quantity("indicated", listed("3")), quantity("error", listed("-0.10", uncertainty=expanded("0.1")))
    ).reference == ("3.10",)


def test_the_uncertainty_of_the_error_comes_before_that_of_the_reference():
    both = quantity("reference", listed("0.998 1.997", uncertainty=expanded("9 9")))
    assert points(SHOWN, both, WRONG).expanded_uncertainties == ("0.0010", "0.0012")
    assert points(SHOWN, both).expanded_uncertainties == ("9", "9")


def test_other_units_of_one_dimension_are_converted_exactly():
    error = quantity("error", listed("2 3", r"\milli\volt", expanded("1.0 1.2")))
    table = points(SHOWN, TRUE, error)
    assert table.expanded_uncertainties == ("0.001", "0.0012")
    assert points(SHOWN, error).reference == ("0.998", "1.997")


def test_an_error_in_kelvin_stands_beside_degrees_celsius():
    shown = quantity("indicated", listed("20.00", r"\degreecelsius"))
    error = quantity("error", listed("0.05", r"\kelvin", expanded("0.020")))
    table = points(shown, error)
    assert (table.reference, table.expanded_uncertainties, table.unit) == (("19.95",), ("0.020",), r"\degreecelsius")


def test_an_uncertainty_of_a_temperature_is_a_difference():
    shown = quantity("indicated", listed("20.00", r"\degreecelsius"))
    true = quantity("reference", listed("293.10", r"\kelvin", expanded("0.50")))
    table = points(shown, true)
    assert (table.reference, table.expanded_uncertainties) == (("19.95",), ("0.50",))


def test_a_hybrid_gives_the_unit_that_is_asked_for_and_else_the_first():
    shown = quantity("indicated", si("hybrid", listed("293.15", r"\kelvin"), listed("20.00", r"\degreecelsius")))
    true = quantity("reference", si("hybrid", listed("293.10", r"\kelvin", expanded("0.50")), listed("19.95", r"\degreecelsius")))
    assert (points(shown, true).unit, points(shown, true).indicated, points(shown, true).reference) == (
        r"\kelvin",
        ("293.15",),
        ("293.10",),
    )
    table = points(shown, true, unit="Cel")
    assert (table.unit, table.indicated, table.reference, table.expanded_uncertainties) == (
        r"\degreecelsius",
        ("20.00",),
        ("19.95",),
        ("0.50",),
    )
    with pytest.raises(FormatError, match=r"c\.xml:1: the indication is not stated in 'V' but in "):
        points(shown, true, unit="V")


def test_factors_that_only_look_different_are_the_same():
    assert points(SHOWN, quantity("error", listed("0 0", uncertainty=expanded("1 1", "2 2.00")))).coverage_factor == "2"


def test_a_result_is_found_by_its_type_name_or_number():
    second = result(
        quantity("indicated", listed("5")), quantity("reference", listed("5", uncertainty=expanded("1"))), name="two", ref_type="s"
    )
    document = read(result(SHOWN, TRUE, WRONG), second)
    for asked in ({"result": "s"}, {"result": "two"}, {"result": 2}, {"quantity": "two"}, {"quantity": "s"}):
        assert calibration_points(document, **asked).indicated == ("5",)
    with pytest.raises(FormatError, match=r"several tables: 'voltage' .*, 'two' .*; name the one to take"):
        calibration_points(document)
    for asked in ({"result": "three"}, {"result": 3}, {"result": "r", "quantity": "two"}):
        with pytest.raises(FormatError, match="no table named"):
            calibration_points(document, **asked)


def test_a_reference_value_that_has_no_text_is_refused():
    shown, error = "9" * 59, "0." + "0" * 50 + "1"
    with pytest.raises(FormatError, match=r"^c\.xml:1: .* minus "):
        points(quantity("indicated", listed(shown)), quantity("error", listed(error, uncertainty=expanded("1"))))


REFUSED = {
    "3 values beside 2 indications": (SHOWN, quantity("reference", listed("1 2 3", uncertainty=expanded("1")))),
    "1 values beside 2 indications": (SHOWN, TRUE, quantity("error", listed("0.1", uncertainty=expanded("1")))),
    "differ in dimension": (SHOWN, quantity("reference", listed("1 2", r"\ampere", expanded("1")))),
    "no expanded uncertainty": (SHOWN, TRUE),
    "coverage factors 2, 3: one for all points": (SHOWN, quantity("error", listed("0 0", uncertainty=expanded("1 1", "2 3")))),
    "coverage factor 0.5: is at least 1": (SHOWN, quantity("error", listed("0 0", uncertainty=expanded("1", "0.5")))),
    "every point needs an expanded uncertainty > 0": (SHOWN, quantity("error", listed("0 0", uncertainty=expanded("1 0")))),
    "which quantity is basic_referenceValue?": (SHOWN, TRUE, TRUE, WRONG),
    "which quantity is basic_measuredValue?": (quantity("basic_measuredValue basic_referenceValue", listed("1")),),
    "has neither basic_referenceValue nor basic_measurementError": (SHOWN,),
    "with a quantity of refType basic_measuredValue": (TRUE, WRONG),
    "point 2: the error 0.003 is not 2.00 - 2.997": (SHOWN, quantity("reference", listed("0.998 2.997")), WRONG),
    "none at the error; ask which one to use": (
        quantity("indicated", listed("1 2", uncertainty=expanded("1"))),
        quantity("reference", listed("1 2", uncertainty=expanded("1"))),
    ),
    "no unit is written": (quantity("indicated", listed("1 2", r"\vult")), WRONG),
    "the factor holds pi": (
        quantity("indicated", listed("1", r"\degree")),
        quantity("error", listed("1", r"\radian", expanded("1"))),
    ),
    "no finite decimal text": (
        quantity("indicated", listed("1", r"\hour")),
        quantity("error", listed("1", r"\second", expanded("1"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_points_that_would_have_to_be_guessed_are_refused_with_file_and_line(why):
    with pytest.raises(FormatError, match=r"^c\.xml:1: .*" + re.escape(why)):
        points(*REFUSED[why])


def test_rounding_explains_a_difference_of_half_a_digit_of_each():
    shown, true = quantity("indicated", listed("1.0")), quantity("reference", listed("0.96"))
    assert points(shown, true, quantity("error", listed("0.0", uncertainty=expanded("1")))).reference == ("0.96",)
    with pytest.raises(FormatError, match="point 1"):
        points(shown, true, quantity("error", listed("-0.1", uncertainty=expanded("1"))))


# --- real certificates, the numbers read by hand in the XML

TEMPERATURE = {
    "unit": r"\kelvin",
    "indicated": ("306.32", "373.21", "448.36", "523.31", "593.07"),
    "reference": ("306.248", "373.121", "448.253", "523.319", "593.154"),
    "expanded_uncertainties": ("0.061",) * 5,
    "coverage_factor": "2",
    "coverage_probability": "0.95",
}


@pytest.mark.parametrize(
    "path",
    [
        "good_practice/dcc_gp_temperature_typical_v12.xml",
        "good_practice/dcc_gp_temperature_extensive_v12.xml",
        "good_practice/dcc_gp_temperature_simplified_v12.xml",
        "good_practice/dcc_gp_temperature_typical_adjustment_v12.xml",
        "good_practice/dcc_gp_temperature_typical_v12_QoX.xml",
        "dcclib/valid.xml",
        "dcclib/valid_bom.xml",
    ],
)
def test_the_thermometer_of_the_good_practice_examples(path):
    table = calibration_points(real(path))
    assert {name: getattr(table, name) for name in TEMPERATURE} == TEMPERATURE


def test_the_same_thermometer_in_degrees_celsius():
    table = calibration_points(real("good_practice/dcc_gp_temperature_typical_v12.xml"), unit=r"\degreecelsius")
    assert table.indicated == ("33.17", "100.06", "175.21", "250.16", "319.92")
    assert table.reference == ("33.098", "99.971", "175.103", "250.169", "320.004")
    assert table.expanded_uncertainties == ("0.061",) * 5  # stated in kelvin, at the error


@pytest.mark.parametrize(("unit", "shift"), [(r"\one", 1), (r"\percent", 100), ("%", 100)])
def test_the_hygrometer_in_both_of_its_units(unit, shift):
    table = calibration_points(real("good_practice/dcc_gp_humidity_v1.0.xml"), unit=unit)
    expected = ("0.006", "0.008", "0.010", "0.011", "0.010", "0.008", "0.006")
    assert [fraction(text) for text in table.expanded_uncertainties] == [fraction(text) * shift for text in expected]
    assert unit_of(table.unit) == unit_of(unit)
    assert [fraction(table.indicated[3]), fraction(table.reference[3])] == [fraction("0.912") * shift, fraction("0.901") * shift]


def test_a_resistance_beside_a_temperature_gives_no_points():
    with pytest.raises(FormatError, match=r"resistance_v12\.xml:394: .* differ in dimension"):
        calibration_points(real("good_practice/dcc_gp_temperatur_resistance_v12.xml"))


def test_columns_that_are_told_apart_by_names_only_give_no_points():
    with pytest.raises(FormatError, match=r"'calibration pressure' .* transcribe the points into a table"):
        calibration_points(real("vacuum/dcc-vacuumlab-CDG.xml"))


def test_in_every_collected_certificate_reference_and_error_agree():
    given = [
        calibration_points(real(f"{path.parent.name}/{path.name}")) for path in real_certificates() if "temperature" in path.name
    ]
    assert len(given) == 9
    assert {table.expanded_uncertainties for table in given} == {("0.061",) * 5}


def test_lists_that_stand_in_one_line_are_not_one_table():
    with pytest.raises(FormatError, match="neither"):
        points(SHOWN, "</dcc:list><dcc:list>", WRONG)
