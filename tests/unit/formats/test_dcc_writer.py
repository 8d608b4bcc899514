"""What is written is valid by our rules and by the schema of each version, breaks no rule, and is read as it was meant."""

from dataclasses import replace

import pytest

from openqi.formats.dcc import calibration_points
from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.document import CertificateReference, Equipment, Identification, Item
from openqi.formats.dcc.rules.rule import content_findings
from openqi.formats.dcc.schema import validate_xsd
from openqi.formats.dcc.structure import check_structure
from openqi.formats.dcc.verdicts import recomputed_verdicts
from openqi.formats.dcc.writer import WRITTEN, write_dcc
from openqi.formats.dcc.writer.content import CertificateContent, Column, Condition, Contact, Method, TableContent, Verdicts
from openqi.kernel.errors import DomainError
from unit.formats.test_dcc_structure import schemas

BELOW = CertificateReference(
    referral=(("", "https://nmi.example"),), identifier="NMI-7", procedure="sha256", value="0" * 64, traceable=True,
    in_validity_range=None, linked=None, line=0,
)  # fmt: skip
ERROR = Column(
    name=(("zh", "示值误差"), ("en", "error")), ref_types=("basic_measurementError",), unit=r"\kelvin", values=("0.011", "-0.012"),
    expanded=("0.011", "0.010"),
    verdicts=Verdicts(outcomes=("pass", "pass"), rule="ILAC-G8:09/2019 4.2.1", lower=("-0.022",), accept_lower=("-0.020", "-0.020"),
                      accept_upper=("0.020",), upper=("0.022",)),
)  # fmt: skip
SHOWN = Column(name=(("", "shown"),), ref_types=("basic_measuredValue",), unit=r"\kelvin", values=("293.15", "303.250"))
CONTENT = CertificateContent(
    identifier="W-1", languages=("zh", "en"), country="CN", begin="2026-01-12", end="2026-01-13", issued="2026-01-14",
    due="2027-01-13", laboratory=Contact(name=(("", "Lab"),), city="Beijing", country="CN", email="lab@example.org"),
    customer=Contact(name=(("", "Us"),), city="Beijing", email="us@example.org"), signers=("Li", "Wang"), laboratory_code="L0001",
    items=(Item(name=(("zh", "温度计"), ("en", "thermometer")), manufacturer=(("", "Maker"),), model="T",
                identifications=(Identification(value="T-1", name=(), issuer="manufacturer"),), line=0),),
    equipment=(Equipment(name=(("", "standard"),), ref_types=("basic_standardUsed",), manufacturer=(), model=None,
                         identifications=(), certificate=BELOW, line=0),),
    methods=(Method(name=(("", "comparison"),), norm="JJF 1007"),),
    conditions=(Condition(name=(("", "air"),), value="20.0", unit=r"\degreecelsius"),),
    tables=(TableContent(name=(("", "table"),), columns=(SHOWN, ERROR), ref_types=("my_table",)),),
)  # fmt: skip


def content(version: str = "3.3.0") -> CertificateContent:
    """The content, without what an older version has no place for."""
    if version >= "3.2.0":
        return CONTENT
    (one,) = CONTENT.equipment
    return replace(CONTENT, issued=None, equipment=(replace(one, certificate=replace(BELOW, traceable=None)),))


def with_columns(*columns: Column) -> CertificateContent:
    """The content with one table of these columns."""
    return replace(CONTENT, tables=(TableContent(name=(("", "t"),), columns=columns),))


@pytest.mark.parametrize("version", WRITTEN)
def test_what_is_written_is_valid_and_breaks_no_rule(version: str):
    data = write_dcc(content(version), version=version)
    assert check_structure(data, name="w") == ()
    assert validate_xsd(data, schemas(), name="w") == ()
    assert content_findings(read_certificate(data, name="w")) == ()


@pytest.mark.parametrize("version", WRITTEN)
def test_what_is_written_is_read_as_it_was_meant(version: str):
    certificate = read_certificate(write_dcc(content(version), version=version), name="w")
    document = certificate.document
    assert (document.unique_identifier, document.schema_version, document.laboratory) == ("W-1", version, CONTENT.laboratory.name)
    assert [replace(item, line=0) for item in document.items] == list(CONTENT.items)
    assert [replace(link, line=0) for link in certificate.links] == [content(version).equipment[0].certificate]
    assert [point.value for point in certificate.values[1].points] == list(SHOWN.values)
    assert [point.stated.uncertainty for point in certificate.values[2].points] == list(ERROR.expanded)
    assert [(check.stated, check.outcome, check.guard_in_U) for check in recomputed_verdicts(certificate)] == [
        ("pass", "pass", "0.18"),
        ("pass", "pass", "0.20"),
    ]
    table = calibration_points(document, quantity="table")
    assert (table.indicated, table.reference) == (("293.15", "303.250"), ("293.139", "303.262"))
    assert (table.expanded_uncertainties, table.coverage_factor) == (("0.011", "0.010"), "2")


def test_the_same_content_gives_the_same_bytes():
    assert write_dcc(CONTENT) == write_dcc(CONTENT)


@pytest.mark.parametrize(
    ("changed", "version", "words"),
    [
        (CONTENT, "3.0.0", "not written"),
        (CONTENT, "3.1.2", "date of issue"),
        (replace(CONTENT, identifier=" W"), "3.3.0", "uniqueIdentifier"),
        (replace(CONTENT, identifier="\x00"), "3.3.0", "characters"),
        (replace(CONTENT, begin="2026-13-01"), "3.3.0", "2026-13-01"),
        (replace(CONTENT, items=()), "3.3.0", "item"),
        (replace(CONTENT, signers=()), "3.3.0", "respPerson"),
        (replace(CONTENT, tables=()), "3.3.0", "result"),
        (replace(CONTENT, customer=replace(CONTENT.customer, email=None), issued=None), "3.0.0", "not written"),
        (with_columns(SHOWN, replace(ERROR, values=("1",))), "3.3.0", "values"),
        (with_columns(replace(ERROR, expanded=("1", "2", "3"))), "3.3.0", "3 uncertainties"),
        (with_columns(replace(ERROR, expanded=("-1",))), "3.3.0", "minus"),
        (with_columns(replace(ERROR, values=("1,5", "2"))), "3.3.0", "decimal"),
    ],
)  # fmt: skip
def test_content_that_makes_no_certificate_is_refused(changed: CertificateContent, version: str, words: str):
    with pytest.raises(DomainError, match=words):
        write_dcc(changed, version=version)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (Verdicts(outcomes=("pass",), rule="x"), "1 verdicts"),
        (Verdicts(outcomes=("pass", "pass"), rule=" "), "no decision rule"),
        (Verdicts(outcomes=("pass", "good"), rule="x"), "good"),
    ],
)
def test_a_verdict_has_a_rule_and_stands_for_each_value(verdicts: Verdicts, words: str):
    with pytest.raises(DomainError, match=words):
        write_dcc(with_columns(replace(ERROR, verdicts=verdicts)))
