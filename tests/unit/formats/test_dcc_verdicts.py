"""Verdicts decided again on the stated digits: those of public certificates as recomputed by hand, and invented ones."""

from pathlib import Path

import pytest

from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.verdicts import VerdictCheck, recomputed_verdicts
from shared_data import shared
from unit.formats.dcc_good import good

EXAMPLES = Path("data/dcc/examples/good_practice")


def checks(data: bytes) -> list[VerdictCheck]:
    """The verdicts of a certificate that are decided again."""
    return list(recomputed_verdicts(read_certificate(data, name="c.xml")))


def decided(name: str) -> list[VerdictCheck]:
    """Those of a public certificate that could be."""
    return [check for check in checks(shared(EXAMPLES / name).read_bytes()) if check.outcome]


def test_the_guard_bands_of_the_public_humidity_certificate_and_its_two_points_on_the_limit():
    found = decided("dcc_gp_humidity_v1.0.xml")
    # w = 0.002 with U = 0.006, 0.008, 0.010, 0.011, 0.010, 0.008, 0.006 (metrology.md, section 4, point 3).
    assert [check.guard_in_U for check in found] == ["0.33", "0.25", "0.20", "0.18", "0.20", "0.25", "0.33"]
    assert {(check.stated, check.outcome, check.rule) for check in found} == {("pass", "pass", None)}
    # 0.011 + 0.011 and 0.012 + 0.010 are 0.022: on the limit, and within it, where floats say 0.022 - 0.012 - 0.010 < 0.
    assert 0.022 - 0.012 - 0.010 < 0
    assert all("with a guard band of U it passes" in check.why for check in found)


def test_the_guard_bands_of_the_public_temperature_certificate():
    found = decided("dcc_gp_temperature_extensive_v12.xml")
    assert [check.guard_in_U for check in found] == ["0.90"] * 3 + ["1.29"] * 2 + ["5.74"] * 3 + ["7.87"] * 2
    assert {check.outcome for check in found} == {"pass"}
    assert {check.place.split(" / ")[0] for check in found} == {"Adjustment", "Measuring results"}


@pytest.mark.parametrize(
    ("value", "outcome", "strict"),
    [
        ("0.011", "pass", True), ("0.0110", "pass", True), ("0.012", "pass", False), ("0.020", "pass", False),
        ("0.0201", "conditionalPass", False), ("0.022", "conditionalPass", False), ("0.0221", "conditionalFail", False),
        ("0.024", "conditionalFail", False), ("0.0241", "fail", False),
        ("-0.020", "pass", False), ("-0.0205", "conditionalPass", False),
        ("-0.0241", "fail", False),
    ],
)  # fmt: skip
def test_a_value_is_decided_by_acceptance_tolerance_and_guard_band(value: str, outcome: str, strict: bool):
    check = checks(good(("0.011 -0.012", f"{value} -0.012")))[0]
    assert (check.outcome, "it passes" in check.why) == (outcome, strict)
    assert (check.guard_in_U, check.rule) == ("0.18", "ILAC-G8:09/2019 4.2.1")
    assert ("pass is stated" in check.why) == (outcome != "pass")


def test_without_limits_of_acceptance_it_is_simple_acceptance_and_said_so():
    data = good(
        ("basic_acceptanceLimitLower", "basic_x"), ("basic_acceptanceLimitUpper", "basic_y"), ("0.011 -0.012", "0.022 0.023")
    )
    found = checks(data)
    assert [check.outcome for check in found] == ["pass", "fail"]
    assert all("simple acceptance" in check.why and check.guard_in_U is None for check in found)


def test_one_limit_is_enough():
    data = good(("basic_toleranceLimitLower", "basic_x"), ("basic_acceptanceLimitLower", "basic_y"), ("0.011 -0.012", "-9 0.021"))
    assert [check.outcome for check in checks(data)] == ["pass", "conditionalPass"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((("<si:uncertaintyXMLList>0.011 0.010", "<si:uncertaintyXMLList>0 0"),), "no expanded uncertainty"),
        ((("pass pass", "pass pass pass"),), "3 verdicts for 2 values"),
        ((("0.011 -0.012", "NaN NaN"),), "only a real value"),
        ((("<si:value>-0.022</si:value>", "<si:value>0.5</si:value>"),), "not in order"),
    ],
)
def test_what_cannot_be_decided_again_says_why(changes: tuple[tuple[str, str], ...], words: str):
    check = checks(good(*changes))[0]
    assert (check.outcome, words in check.why) == (None, True), check


def test_limits_in_another_unit_are_no_limits():
    text = good().decode()
    start = text.index("basic_toleranceLimitLower")
    data = (text[:start] + text[start:].replace("</si:value><si:unit>\\kelvin", "</si:value><si:unit>\\metre", 4)).encode()
    assert {check.why for check in checks(data)} == {"no limits are stated in the unit of the values"}


def test_one_verdict_for_several_values_is_taken_for_each():
    found = checks(good(("pass pass", "pass")))
    assert [(check.place[-3:], check.stated, check.outcome) for check in found] == [
        ("[1]", "pass", "pass"),
        ("[2]", "pass", "pass"),
    ]


def test_every_certificate_that_states_a_verdict_without_a_rule_is_told():
    """Nearly all do: of the collected ones only those by DIN IEC 751 name one."""
    ruled = set()
    for path in sorted(shared("data/dcc/examples").rglob("*.xml")):
        if path.name != "invalid_schema.xml":
            certificate = read_certificate(path.read_bytes(), name=path.name)
            ruled |= {(path.name, stated.rule) for stated in certificate.conformity if stated.rule}
    assert ruled == {("dcc_gp_temperatur_resistance_v12.xml", "DIN IEC 751"), ("valid_formula.xml", "DIN IEC 751")}


@pytest.mark.parametrize(
    "lower",
    [
        r"<si:real><si:value>-22</si:value><si:unit>\milli\kelvin</si:unit></si:real>",
        "<dcc:noQuantity><dcc:content>minus 22 mK</dcc:content></dcc:noQuantity>",
    ],
)
def test_a_limit_that_cannot_be_compared_is_not_left_out_in_silence(lower: str):
    stated = r"<si:real><si:value>-0.022</si:value><si:unit>\kelvin</si:unit></si:real>"
    found = checks(good(("0.011 -0.012", "0.011 -0.030"), (stated, lower)))
    assert [(check.outcome, "limit" in check.why) for check in found] == [(None, True)] * 2


def test_outcomes_of_rules_with_a_zone_of_doubt_are_not_decided_by_limits_alone():
    found = checks(good(("pass pass", "noPass noFail")))
    assert [check.outcome for check in found] == [None, None]
    assert all("zone of doubt" in check.why for check in found)


def test_a_certificate_in_one_line_states_the_same_verdicts():
    more = "<dcc:measurementMetaData><dcc:metaData><dcc:norm>n</dcc:norm><dcc:conformity>fail</dcc:conformity></dcc:metaData>"
    data = good(("</dcc:measurementResult>", f"{more}</dcc:measurementMetaData></dcc:measurementResult>"))
    told = [(check.place, check.stated, check.outcome, check.why) for check in checks(data)]
    assert len(told) == 3
    assert [(one.place, one.stated, one.outcome, one.why) for one in checks(b" ".join(data.splitlines()))] == told


@pytest.mark.parametrize(
    ("value", "outcome"), [("0.023", "fail"), ("-0.023", "conditionalFail"), ("-0.0241", "fail"), ("0.022", "pass")]
)
def test_a_guard_band_at_one_limit_is_none_at_the_other(value: str, outcome: str):
    upper = (
        '       <dcc:quantity refType="basic_acceptanceLimitUpper"><si:real><si:value>0.020</si:value>'
        r"<si:unit>\kelvin</si:unit></si:real></dcc:quantity>"
    )
    assert checks(good((upper, ""), ("0.011 -0.012", f"{value} -0.012")))[0].outcome == outcome
