"""Results of certificates as tables: nothing that is stated is left out, and what belongs together stands side by side."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from openqi.formats.dcc.dsi import plain_decimal
from openqi.formats.dcc.particulars import particulars_of
from openqi.formats.dcc.tables import ResultTable, result_tables
from openqi.formats.dcc.xml import parsed
from shared_data import shared
from unit.formats.dcc_good import good

EXAMPLES = "data/dcc/examples"
SPACES = {"dcc": "https://ptb.de/dcc", "si": "https://ptb.de/si"}
# By XPath over the file, not by our reader: every number of a result that is no limit, no condition and no uncertainty.
NUMBERS = (
    "//dcc:result/dcc:data//dcc:quantity[not(ancestor::dcc:measurementMetaData) and not(ancestor::dcc:influenceConditions)]"
    "//*[self::si:value or self::si:valueXMLList][not(ancestor::dcc:measurementMetaData) and not(ancestor::dcc:influenceConditions)"
    " and not(ancestor::dcc:relativeUncertainty) and not(ancestor::dcc:usedMethods)]/text()"
)
UNCERTAINTIES = NUMBERS.replace(
    "self::si:value or self::si:valueXMLList",
    "self::si:uncertainty or self::si:uncertaintyXMLList or self::si:valueExpandedMUXMLList",
)


def tables_of(path: Path) -> tuple[ResultTable, ...]:
    return result_tables(parsed(path.read_bytes(), file=path.name))


@pytest.mark.parametrize(
    "name",
    [
        "good_practice/dcc_gp_humidity_v1.0.xml", "good_practice/dcc_gp_temperatur_resistance_v12.xml",
        "good_practice/dcc_gp_temperature_extensive_v12.xml", "vacuum/dcc-vacuumlab-CDG.xml", "vacuum/dcc-vacuumlab-SRG.xml",
        "dcclib/valid.xml", "dcclib/valid_formula.xml",
    ],
)  # fmt: skip
def test_every_number_that_a_result_states_stands_in_a_table_once(name: str):
    path = shared(f"{EXAMPLES}/{name}")
    root = etree.fromstring(path.read_bytes())
    stated = Counter(plain_decimal(word) for text in root.xpath(NUMBERS, namespaces=SPACES) for word in str(text).split())
    points = [point for table in tables_of(path) for column in table.columns if column.values for point in column.values.points]
    assert Counter(point.value for point in points) == stated
    assert sum(stated.values()) > 1
    # One uncertainty may be stated for all values, so only the set of them is compared.
    certain = {plain_decimal(word) for text in root.xpath(UNCERTAINTIES, namespaces=SPACES) for word in str(text).split()}
    assert {point.stated.uncertainty for point in points if point.stated.kind == "expanded"} == certain


def test_lists_of_single_values_stand_side_by_side_as_columns():
    first, second = tables_of(shared(f"{EXAMPLES}/vacuum/dcc-vacuumlab-CDG.xml"))
    assert [dict(column.name)["en"] for column in first.columns] == [
        "calibration pressure", "offset corrected indicated pressure", "relative error of indication", "correction factor",
    ]  # fmt: skip
    assert ({column.rows for column in first.columns}, {column.rows for column in second.columns}) == ({2}, {12})


def test_a_formula_that_is_not_shown_is_named_with_its_line():
    tables = tables_of(shared(f"{EXAMPLES}/dcclib/valid_formula.xml"))
    assert [one for table in tables for one in table.unshown] == ["dcc:formula, line 451"]


def test_columns_of_different_length_stand_in_tables_of_their_own():
    longer = good(
        (
            "<si:valueXMLList>293.15 303.25</si:valueXMLList>",
            "<si:valueXMLList>293.15 303.25 313.00</si:valueXMLList>",
        ),
        (
            "<si:valueXMLList>20.0 30.1</si:valueXMLList>",
            "<si:valueXMLList>20.0 30.1 39.85</si:valueXMLList>",
        ),
    )  # fmt: skip
    tables = result_tables(parsed(longer, file="g.xml"))
    assert [[column.rows for column in table.columns] for table in tables] == [[3, 3], [2], [1]]


def test_words_in_the_place_of_numbers_are_a_column_of_words():
    words = good(
        (
            "<dcc:name><dcc:content>error</dcc:content></dcc:name>",
            (
                "<dcc:name><dcc:content>remark</dcc:content></dcc:name>"
                "<dcc:charsXMLList>seen unseen</dcc:charsXMLList></dcc:quantity>"
                '<dcc:quantity refType="basic_measurementError"><dcc:name><dcc:content>error</dcc:content></dcc:name>'
            ),
        )
    )
    tables = result_tables(parsed(words, file="g.xml"))
    assert [column.texts for table in tables for column in table.columns if column.values is None] == [
        ((("", "seen"),), (("", "unseen"),))
    ]


def test_what_stands_around_the_results_is_read():
    around = particulars_of(parsed(shared(f"{EXAMPLES}/good_practice/dcc_gp_humidity_v1.0.xml").read_bytes(), file="h.xml"))
    assert around.laboratory.address == ("Musterstraße 1", "00900 Musterstadt", "DE")
    assert [(dict(one.name)[""], one.main) for one in around.people] == [
        ("Michaela Musterfrau", True),
        ("Michael Mustermann", False),
    ]
    assert "DKD-R 5-8" in around.methods[2].norms
    (minimum, maximum) = around.conditions[0].quantities
    assert [[values.points[0].value for values in one[1]] for one in (minimum, maximum)] == [["295.15", "22"], ["297.15", "24"]]
