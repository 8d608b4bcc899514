"""Every form in which D-SI states values: each is read, and lists that do not match are refused with both lines."""

from collections import Counter

import pytest
from lxml import etree

from openqi.formats.dcc.values import ELEMENTS, Stated, Values, values_of
from openqi.formats.dcc.xml import Node, parsed
from openqi.kernel.errors import FormatError
from shared_data import shared
from unit.formats.dcc_world import si

REAL = (si("value", "1.50"), si("unit", r"\metre"))


def read(text: str) -> tuple[Values, ...]:
    """The values of a D-SI element."""
    root = parsed(f'<a xmlns:si="https://ptb.de/si" xmlns:dcc="https://ptb.de/dcc">\n{text}\n</a>'.encode(), file="a.xml")
    return values_of(next(iter(root)))


def one(text: str) -> Values:
    """The only values of an element."""
    (found,) = read(text)
    return found


STANDARD = Stated(kind="standard", uncertainty="0.1", distribution="normal")
EXPANDED = Stated(kind="expanded", uncertainty="0.2", coverage_factor="2", coverage_probability="0.95")
INTERVAL = Stated(kind="interval", uncertainty="0.1", coverage_probability="0.95", low="1.3", high="1.7")
FORMS = {
    "none": ("", Stated(kind="none")),
    "standard": (si("standardMU", si("valueStandardMU", "0.1"), si("distribution", "normal")), STANDARD),
    "expanded": (
        si("expandedMU", si("valueExpandedMU", "0.2"), si("coverageFactor", "2"), si("coverageProbability", "0.95")), EXPANDED,
    ),
    "interval": (
        si("coverageIntervalMU", si("valueStandardMU", "0.1"), si("intervalMin", "1.3"), si("intervalMax", "1.7"),
           si("coverageProbability", "0.95")), INTERVAL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_real_states_its_uncertainty_in_each_form(form: str):
    text, stated = FORMS[form]
    wrapped = si("measurementUncertaintyUnivariate", text) if text else ""
    values = one(si("real", si("label", "x"), *REAL, wrapped))
    assert (values.form, values.label, values.unit, values.line) == ("real", "x", r"\metre", 2)
    assert [(point.value, point.stated) for point in values.points] == [("1.50", stated)]


def test_both_spellings_and_the_older_names_say_the_same():
    new = one(si("realList", si("real", *REAL, si("measurementUncertaintyUnivaraite", FORMS["expanded"][0]))))
    right = one(si("realList", si("real", *REAL, si("measurementUncertaintyUnivariate", FORMS["expanded"][0]))))
    old = one(
        si("real", *REAL, si("expandedUnc", si("uncertainty", "0.2"), si("coverageFactor", "2"), si("coverageProbability", "0.95")))
    )
    interval = si(
        "coverageInterval",
        si("standardUnc", "0.1"),
        si("intervalMin", "1.3"),
        si("intervalMax", "1.7"),
        si("coverageProbability", "0.95"),
    )
    assert new.points == right.points == old.points
    assert one(si("real", *REAL, interval)).points[0].stated == INTERVAL


def listed(values: str, units: str, *more: str) -> str:
    """A list whose values stand in one text."""
    return si("realListXMLList", si("valueXMLList", values), si("unitXMLList", units), *more)


def expanded(sizes: str, factors: str) -> str:
    """Expanded uncertainties of a list."""
    return "\n" + si(
        "expandedUncXMLList",
        si("uncertaintyXMLList", sizes),
        si("coverageFactorXMLList", factors),
        si("coverageProbabilityXMLList", "0.95"),
    )


def test_a_list_of_one_goes_with_all_values_and_one_of_as_many_with_each():
    values = one(listed("1 2 3", "m", expanded("0.1 0.2 0.3", "2")))
    assert [point.stated.uncertainty for point in values.points] == ["0.1", "0.2", "0.3"]
    assert {point.stated.coverage_factor for point in values.points} == {"2"}


@pytest.mark.parametrize(("sizes", "factors"), [("0.1 0.2", "2"), ("0.1", "2 2"), ("0.1 0.1 0.1 0.1", "2")])
def test_any_other_length_is_refused_with_both_lines(sizes: str, factors: str):
    with pytest.raises(FormatError, match=r"a\.xml:3: .*for the 3 values of line 2; state one for all or one for each"):
        read(listed("1 2 3", "m", expanded(sizes, factors)))


def test_a_list_with_units_of_its_own_gives_one_for_each():
    assert [(one.unit, one.points[0].value) for one in read(listed("1 2", "m s"))] == [("m", "1"), ("s", "2")]


def test_a_hybrid_gives_one_for_each_unit():
    assert [one.unit for one in read(si("hybrid", si("real", si("value", "20"), si("unit", "a")), si("real", *REAL)))] == [
        "a",
        r"\metre",
    ]


def column(*texts: str) -> str:
    """A column of a covariance matrix."""
    return si("column", *(si("covariance", si("value", text), si("unit", "m")) for text in texts))


COVARIANCE = si(
    "ellipsoidalRegion",
    si("covarianceMatrix", column("1", "2"), column("2", "4")),
    si("coverageFactor", "2.45"),
    si("coverageProbability", "0.95"),
)


def test_a_complex_value_is_cartesian_or_polar_with_its_covariance():
    values = one(si("complex", si("valueReal", "1"), si("valueImag", "-2"), si("unit", "m"), COVARIANCE))
    assert values.form == "complex-cartesian"
    point = values.points[0]
    assert (point.value, point.imaginary, point.covariance) == ("1", "-2", (("1", "2"), ("2", "4")))
    assert point.stated == Stated(kind="expanded", coverage_factor="2.45", coverage_probability="0.95")
    polar = one(si("complex", si("valueMagnitude", "1"), si("valuePhase", "45"), si("unit", "V"), si("unitPhase", "deg")))
    assert (polar.form, polar.unit, polar.phase_unit) == ("complex-polar", "V", "deg")


def test_a_list_of_complex_values_has_one_covariance_for_each():
    def cells(*texts: str) -> str:
        held = (si("covarianceXMLList", si("valueXMLList", text), si("unitXMLList", "m")) for text in texts)
        return si("columnXMLList", *held)

    region = si(
        "ellipsoidalRegionMUXMLList",
        si("covarianceMatrixXMLList", cells("1 5", "2 6"), cells("2 6", "4 8")),
        si("coverageFactorXMLList", "2.45"),
        si("coverageProbabilityXMLList", "0.95"),
    )
    values = one(
        si(
            "complexListXMLList",
            si("valueRealXMLList", "1 3"),
            si("valueImagXMLList", "2 4"),
            si("unitXMLList", "m"),
            si("measurementUncertaintyBivariateXMLList", region),
        )
    )
    assert [point.imaginary for point in values.points] == ["2", "4"]
    assert [point.covariance for point in values.points] == [(("1", "2"), ("2", "4")), (("5", "6"), ("6", "8"))]


def test_the_covariance_of_a_whole_list_is_kept():
    reals = si("real", *REAL) * 2
    values = one(si("realList", reals, COVARIANCE))
    assert values.covariance == (("1", "2"), ("2", "4"))
    with pytest.raises(FormatError, match="3 values"):
        read(si("realList", reals, si("real", *REAL), COVARIANCE))


def test_a_constant_has_a_standard_uncertainty_and_no_value_is_said_to_be_none():
    assert one(si("constant", *REAL, si("valueStandardMU", "0.1"))).points[0].stated == Stated(kind="standard", uncertainty="0.1")
    assert one(si("real", si("value", "NaN"), si("unit", "m"))).points[0].value == "NaN"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            si(
                "real",
                si("value", "1"),
                si("unit", "m"),
                si("expandedUnc", si("uncertainty", "-1"), si("coverageFactor", "2"), si("coverageProbability", "0.9")),
            ),
            "negative",
        ),
        (si("real", si("value", "1,5"), si("unit", "m")), "no D-SI decimal"),
        (si("real", si("value", "1"), si("unit", "")), "is empty"),
        (si("realList", si("real", si("value", "1"))), "no unit"),
        (si("realList"), "1 to 100000 values"),
        (si("hybrid"), "states no values"),
        ("<dcc:text/>", "no D-SI element"),
        (si("real", *REAL, si("standardMU", si("valueStandardMU", "1")), si("expandedMU")), "a second uncertainty"),
    ],
)
def test_what_is_no_value_is_refused(text: str, words: str):
    with pytest.raises(FormatError, match=words):
        read(text)


QUALITY = {"GOLD": 57, "BRONZE": 19, "SILVER": 13, "PLATINUM": 60, "UM-GOLD": 25, "PLATINUM-examples-xmllists": 10}


def test_the_examples_of_the_d_si_are_read_all_but_one_number_that_no_text_can_hold():
    found, refused = Counter[str](), []
    for path in sorted(shared("data/dcc/dsi_examples").glob("*.xml")):
        if "IMPROVABLE" in path.name:
            continue  # made to be wrong, see below
        for element in elements(parsed(path.read_bytes(), file=path.name)):
            try:
                found[path.name] += bool(values_of(element))
            except FormatError as error:
                refused.append(str(error))
    assert sorted(found.values()) == sorted(QUALITY.values())
    assert len(refused) == 1
    assert "1.000E+500" in refused[0]


def test_what_the_d_si_calls_improvable_is_read_or_refused_in_our_own_words():
    path = shared("data/dcc/dsi_examples/PTB-IMPROVABLE-examples.xml")
    refused = 0
    for element in elements(parsed(path.read_bytes(), file=path.name)):
        try:
            values_of(element)
        except FormatError as error:
            assert str(error).startswith(path.name)
            refused += 1
    assert refused > 30


def elements(root: Node) -> list[Node]:
    """The D-SI elements of a file of examples."""
    return [element for test in root for element in test if element.name in ELEMENTS]


def test_the_same_numbers_come_out_as_lxml_reads_them():
    """A second way through the file: the texts themselves."""
    path = shared("data/dcc/examples/good_practice/dcc_gp_humidity_v1.0.xml")
    texts = [one.text.split() for one in etree.parse(path).iter("{https://ptb.de/si}valueXMLList") if one.text]
    root = parsed(path.read_bytes(), file="h.xml")
    found = [[point.value for point in values.points] for list_ in root.below("si:realListXMLList") for values in values_of(list_)]
    assert found == texts
