"""What a digital calibration certificate says comes out of its XML, line by line, and nothing else is taken for one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.dcc import read_dcc
from openqi.formats.dcc.document import text_in
from openqi.formats.dcc.dsi import plain_decimal
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from unit.formats.dcc_world import CORE, ITEM, certificate, expanded, listed, quantity, read, real, real_certificates, result, si

ONE = result(quantity("indicated", listed("1 2")))


def only(document):
    (found,) = document.results[0].quantities
    return found


# --- numbers


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("1.0e-3", "0.0010"),
        ("2.6650e+01", "26.650"),
        ("1.32616e+02", "132.616"),
        ("-6.469E-07", "-0.0000006469"),
        ("2.5e3", "2500"),
        ("+5.", "5"),
        (".50", "0.50"),
        ("007.10", "7.10"),
        ("-0.00", "0.00"),
        ("0e5", "0"),
        ("593.070", "593.070"),
    ],
)
def test_a_number_keeps_its_value_and_the_digits_that_were_stated(written, plain):
    assert plain_decimal(written) == plain


@given(st.from_regex(r"[-+]?((\d*\.\d+)|(\d+\.\d*)|(\d+\.?))([Ee][-+]?\d{1,2})?", fullmatch=True))
def test_every_number_that_the_schema_allows_comes_out_exactly_or_is_refused(written):
    try:
        plain = plain_decimal(written)
    except OpenQIError:
        assert len(written) > 25 or not written.isascii() or abs(Decimal(written).adjusted()) > 30
        return
    assert decimal(plain) == Decimal(written)


@pytest.mark.parametrize("written", ["1,5", "", "1e", "0x1", "1_0", "١", "1e99999", "inf", "--1", "1 2"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(FormatError):
        plain_decimal(written)


@pytest.mark.parametrize("written", ["NaN", "1e90", "1e-90"])
def test_a_number_that_decimal_text_cannot_hold_is_refused(written):
    with pytest.raises(DomainError):
        plain_decimal(written)


# --- D-SI forms


def stated(form: str, value: str, suffix: str = "") -> str:
    factor, probability = si(f"coverageFactor{suffix}", "2"), si(f"coverageProbability{suffix}", "0.95")
    return si(f"{form}{suffix}", si(f"{value}{suffix}", "0.2"), factor, probability)


def real_of(*uncertainty: str) -> str:
    return si("real", si("value", "1.0"), si("unit", r"\volt"), *uncertainty)


def list_of(*parts: str) -> str:
    return si("list", si("realList", *parts))


UNC, MU = stated("expandedUnc", "uncertainty"), stated("expandedMU", "valueExpandedMU")
UNIT, BARE = si("listUnit", r"\volt"), si("real", si("value", "1.0"))
MU_LIST = si("measurementUncertaintyUnivariateXMLList", stated("expandedMU", "valueExpandedMU", "XMLList"))
FORMS = {
    "real, D-SI 2.0": real_of(UNC),
    "real, D-SI 2.2": real_of(si("measurementUncertaintyUnivariate", MU)),
    "list, D-SI 2.1": listed("1.0", uncertainty=expanded("0.2")),
    "list, D-SI 2.2": listed("1.0", uncertainty=MU_LIST),
    "reals, each its own": list_of(real_of(UNC)),
    "reals, misspelt as in D-SI 2.2.1": list_of(real_of(si("measurementUncertaintyUnivaraite", MU))),
    "reals, the list's": list_of(UNIT, si("listUnivariateUnc", UNC), BARE),
    "reals, the list's in D-SI 2.2": list_of(UNIT, si("listMeasurementUncertaintyUnivariate", MU), BARE),
    "reals without their own list": si("list", real_of(UNC)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_way_to_state_an_expanded_uncertainty_says_the_same(form):
    found = only(read(result(quantity("indicated", FORMS[form]))))
    assert (found.values, found.unit) == (("1.0",), r"\volt")
    assert (found.expanded_uncertainties, found.coverage_factor, found.coverage_probabilities) == (("0.2",), "2", ("0.95",))


def test_one_uncertainty_stands_for_all_values_of_a_list():
    found = only(read(result(quantity("indicated", listed("1 2 3", uncertainty=expanded("0.1"))))))
    assert found.expanded_uncertainties == ("0.1", "0.1", "0.1")
    assert found.coverage_factors == ("2", "2", "2")


def test_several_coverage_factors_are_not_one():
    found = only(read(result(quantity("indicated", listed("1 2", uncertainty=expanded("0.1 0.2", "2 2.1"))))))
    assert found.coverage_factor is None
    assert found.coverage_factors == ("2", "2.1")


def test_an_uncertainty_for_some_other_number_of_values_is_an_error():
    with pytest.raises(FormatError, match=r"c\.xml:1: si:uncertaintyXMLList: 2 for 3 values"):
        read(result(quantity("indicated", listed("1 2 3", uncertainty=expanded("0.1 0.2")))))


def test_values_that_disagree_about_having_an_uncertainty_have_none_that_is_read():
    document = read(result(quantity("indicated", list_of(si("listUnivariateUnc", UNC), real_of(UNC), real_of()))))
    assert only(document).expanded_uncertainties is None
    assert any("1 of 2 values have an expanded uncertainty of their own" in entry for entry in document.unread)
    assert any(entry.startswith("si:listUnivariateUnc") for entry in document.unread)


def test_a_hybrid_keeps_all_its_units():
    hybrid = si("hybrid", listed("273.15", r"\kelvin"), listed("0.00", r"\degreecelsius"))
    found = only(read(result(quantity("indicated", hybrid))))
    assert (found.unit, found.values) == (r"\kelvin", ("273.15",))
    assert [(other.unit, other.values) for other in found.alternatives] == [(r"\degreecelsius", ("0.00",))]


@pytest.mark.parametrize(
    ("other", "unread"),
    [
        (si("coverageInterval", si("standardUnc", "0.1")), "si:coverageInterval, line 1: not read"),
        (
            si("measurementUncertaintyUnivariate", si("standardMU", si("valueStandardMU", "1"))),
            "si:standardMU, line 1: only expanded uncertainties are read",
        ),
    ],
)
def test_no_other_uncertainty_is_taken_for_an_expanded_one(other, unread):
    document = read(result(quantity("indicated", real_of(other))))
    assert only(document).expanded_uncertainties is None
    assert unread in document.unread


@pytest.mark.parametrize(
    ("numbers", "unread"),
    [
        ("<si:complex><si:valueReal>1</si:valueReal></si:complex>", "si:complex, line 1: not read"),
        ("<dcc:noQuantity/>", "dcc:noQuantity, line 1: not read"),
        (listed("1 NaN"), "si:valueXMLList, line 1: NaN is no number"),
        (listed("1 2", r"\volt \ampere"), "si:realListXMLList, line 1: the values of one list have different units"),
        (
            si("list", si("realList", real_of()), si("realList", real_of())),
            "si:list, line 1: several lists in one quantity are not read",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_left_out(numbers, unread):
    document = read(result(quantity("indicated", numbers)))
    assert document.results[0].quantities == ()
    assert unread in document.unread


def test_a_constant_is_read_without_its_standard_uncertainty():
    constant = si("constant", si("label", "x"), si("value", "2.5"), si("unit", r"\volt"), si("uncertainty", "0.1"))
    document = read(result(quantity("x", constant)))
    assert (only(document).label, only(document).values) == ("x", ("2.5",))
    assert "si:uncertainty, line 1: not read" in document.unread


# --- what every certificate has


def test_prefixes_are_the_writers_own_business():
    other = certificate(ONE).replace(b"dcc:", b"a:").replace(b":dcc=", b":a=").replace(b"si:", b"").replace(b"xmlns:si", b"xmlns")
    assert read_dcc(other, name="c.xml").results == read(ONE).results


def test_a_byte_order_mark_changes_nothing():
    assert read_dcc(b"\xef\xbb\xbf" + certificate(ONE), name="c.xml") == read(ONE)
    assert read_dcc(certificate(ONE).decode().encode("utf-16"), name="c.xml") == read(ONE)


def test_a_correction_names_what_it_replaces():
    link = (
        "<dcc:{0}><dcc:referral><dcc:content>old</dcc:content></dcc:referral><dcc:referralID>{1}</dcc:referralID>"
        "<dcc:procedure>SHA256</dcc:procedure><dcc:value>ab</dcc:value>{2}</dcc:{0}>"
    )
    core = CORE + (
        "<dcc:issueDate>2026-02-01</dcc:issueDate><dcc:reportAmendedSubstituted><dcc:typeOfChange>amended</dcc:typeOfChange>"
        "<dcc:replacedUniqueIdentifier>X-0</dcc:replacedUniqueIdentifier></dcc:reportAmendedSubstituted>"
    )
    core += link.format("previousReport", "X-0", "<dcc:traceable>1</dcc:traceable>" + link.format("linkedReport", "W-9", ""))
    document = read_dcc(certificate(ONE, core=core), name="c.xml")
    assert (document.replaces.change, document.replaces.identifier) == ("amended", "X-0")
    assert (document.previous.identifier, document.previous.value, document.previous.traceable) == ("X-0", "ab", True)
    assert document.previous.linked.identifier == "W-9"
    assert (document.begin_performance_date, document.end_performance_date, document.issue_date) == (
        "2026-01-12",
        "2026-01-13Z",
        "2026-02-01",
    )


def test_a_signature_is_seen_and_not_judged():
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">nonsense</Signature>'
    signed = read_dcc(certificate(ONE, end=signature), name="c.xml")
    assert signed.signed
    assert "ds:Signature, line 1: seen, not verified" in signed.unread
    assert not read(ONE).signed


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (certificate(ONE, version="3.4.0"), "3.0.0 to 3.3.x are read"),
        (certificate(ONE, version="2.4.0"), "3.0.0 to 3.3.x are read"),
        (certificate(ONE, core=CORE.replace("X-1", " ")), "dcc:uniqueIdentifier: is empty"),
        (certificate(ONE, core=CORE.replace("2026-01-12", "12.01.2026")), "'12.01.2026' is no date"),
        (certificate(ONE, core=CORE.replace("2026-01-12", "2026-02-30")), "'2026-02-30' is no date"),
        (certificate(ONE, core=""), "dcc:coreData: has no dcc:uniqueIdentifier"),
        (certificate(ONE, core=CORE + CORE), "stands twice in dcc:coreData"),
        (certificate(ONE, item=""), "names nothing that was calibrated"),
        (certificate(ONE, item=ITEM.replace("dcc:name", "dcc:label")), "dcc:item: has no dcc:name"),
        (certificate(), "has no dcc:result"),
        (certificate(ONE).replace(b">Lab<", b"> <"), "dcc:contact: has an empty name"),
        (certificate(result(quantity("indicated", listed("1,5")))), "'1,5' is no D-SI decimal"),
        (certificate(result(quantity("indicated", listed("1") + listed("2")))), "a quantity has one D-SI element"),
        (certificate(result(quantity("indicated", listed("1", uncertainty=expanded("-0.1"))))), "-0.1 is negative"),
        (certificate(result(quantity("indicated", listed("1", uncertainty=expanded("0.1") * 2)))), "a second expanded uncertainty"),
        (b'<other xmlns="https://ptb.de/dcc"/>', "is not the root of a calibration certificate"),
        (certificate(ONE).replace(b"ptb.de/dcc", b"ptb.example/dcc"), "is not the root"),
        (b"", "not well-formed"),
        (certificate(ONE)[:-20], "not well-formed"),
        (b"<a>" * 150 + b"</a>" * 150, "nested more than 100 deep"),
        (b"<a>" * 5000, "not well-formed"),
        (b" " * 10_000_001, "10000001 bytes"),
        (b"<!DOCTYPE a><a/>", "has a DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><a/>', "has a DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "has a DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + certificate(ONE), "has a DOCTYPE"),
    ],
)  # fmt: skip
def test_what_is_no_certificate_is_refused_with_file_and_line(data, error):
    with pytest.raises(FormatError, match=r"^c\.xml:[0-9]+: ") as caught:
        read_dcc(data, name="c.xml")
    assert error in str(caught.value)


def test_a_billion_laughs_are_not_laughed():
    entities = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
    for use in ("<a>&a9;</a>", '<a b="&a9;"/>'):
        with pytest.raises(FormatError, match=r"c\.xml:1: "):
            read_dcc(f'<!DOCTYPE a [<!ENTITY a0 "ha">{entities}]>{use}'.encode(), name="c.xml")


# --- real certificates


def test_every_collected_certificate_is_read():
    found = [read_dcc(path.read_bytes(), name=path.name) for path in real_certificates()]
    assert len(found) == 16
    assert {document.schema_version for document in found} == {"3.1.1", "3.1.2", "3.2.0", "3.2.1", "3.3.0"}
    assert all(document.results[0].quantities and document.items and text_in(document.laboratory) for document in found)


def test_no_expanded_uncertainty_of_a_result_is_lost():
    document = real("vacuum/dcc-vacuumlab-CDG.xml")
    read_of_them = [one for found in document.results for one in found.quantities if one.expanded_uncertainties]
    assert len(read_of_them) == 4 * 2 + 4 * 12  # two tables of four columns, with 2 and 12 points


def test_an_invalid_certificate_is_refused():
    with pytest.raises(FormatError, match=r"invalid_schema\.xml:17: dcc:uniqueIdentifier: is empty"):
        real("dcclib/invalid_schema.xml")


def test_a_manipulated_certificate_is_read_as_signed_and_not_as_verified():
    manipulated = real("good_practice/dcc_gp_temperature_typical_v12_v3.2.0_signed_manipulated.xml")
    good = real("good_practice/dcc_gp_temperature_typical_v12_v3.2.0_signed.xml")
    assert manipulated.signed and good.signed
    assert "not verified" in type(good).__doc__


def test_the_humidity_certificate_says_what_stands_in_it():
    document = real("good_practice/dcc_gp_humidity_v1.0.xml")
    assert document.equipment[0].certificate.identifier == "GP-mE-Certificate-x"
    assert (document.equipment[1].certificate.procedure, document.equipment[1].certificate.value) == ("SHA256", "SHA256-value")
    assert text_in(document.equipment[1].name, "de") == "Taupunktspiegel-Hygrometer"
    error = next(one for one in document.results[0].quantities if "basic_measurementError" in one.ref_types)
    assert error.values == ("-0.004", "-0.001", "0.003", "0.011", "0.012", "0.006", "-0.003")
    assert error.expanded_uncertainties == ("0.006", "0.008", "0.010", "0.011", "0.010", "0.008", "0.006")
    assert error.alternatives[0].unit == r"\percent"
    assert error.alternatives[0].expanded_uncertainties is None


def test_statements_keep_their_languages_and_verdicts():
    document = real("good_practice/dcc_gp_temperature_typical_v12.xml")
    conformity = next(one for one in document.statements if "basic_conformity" in one.ref_types)
    assert (conformity.conformity, conformity.traceable) == ("pass", None)
    assert text_in(conformity.text).startswith("The conformity statement is made on the basis")
    assert document.statements[0].norms == ("ISO/IEC 17025:2018-03",)
    assert next(one.date for one in document.statements if "basic_recalibration" in one.ref_types) == "1959-10-22"
    assert document.items[0].identifications[0].value == "string-manufacturer-item"


def test_numbers_before_an_adjustment_are_not_results():
    document = real("good_practice/dcc_gp_temperature_typical_adjustment_v12.xml")
    assert any(entry.startswith("dcc:influenceConditions") for entry in document.unread)
    assert len([one for one in document.results[0].quantities if "basic_measurementError" in one.ref_types]) == 1


def test_a_pressure_in_scientific_form_keeps_its_digits():
    document = real("vacuum/dcc-vacuumlab-CDG.xml")
    first, second = document.results[0].quantities[:2]
    assert (first.values, first.expanded_uncertainties) == (("26.650",), ("0.040",))
    assert (second.values, second.expanded_uncertainties) == (("132.616",), ("0.20",))
    assert text_in(first.within[0].name) == "calibration pressure"
