"""The structural rules and the schema agree: what one refuses, the other refuses, whatever is torn out of a certificate."""

from copy import deepcopy
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from openqi.formats.dcc.schema import validate_xsd
from openqi.formats.dcc.structure import check_structure
from openqi.formats.dcc.structure.table import VERSIONS, elements_of
from openqi.kernel.errors import FormatError, NotFoundError
from shared_data import shared
from unit.formats.dcc_good import good
from unit.formats.dcc_world import real_certificates

BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "x">]><a>&b;</a>'
TEXTS = (
    "",
    " ",
    "x",
    " x",
    "1",
    "-1",
    "0.5",
    "1.5",
    "2026-02-01",
    "true",
    "en",
    "CN",
    "NaN",
    "pass",
    "1 2",
    "2026-01-12T08:00:00Z",
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def schemas() -> dict[str, bytes]:
    """The XSD files of the shared data."""
    folder = shared("data/dcc/schema")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.xsd")}


def test_a_good_certificate_has_nothing_wrong_by_our_rules_and_by_the_schema():
    assert check_structure(good(), name="good.xml") == ()
    assert validate_xsd(good(), schemas(), name="good.xml") == ()


def test_all_collected_certificates_are_accepted_also_the_one_with_a_formula():
    for path in real_certificates():
        assert check_structure(path.read_bytes(), name=path.name) == (), path.name
        assert validate_xsd(path.read_bytes(), schemas(), name=path.name) == (), path.name


def test_the_invalid_one_is_refused_in_the_lines_where_the_schema_refuses_it():
    data = shared("data/dcc/examples/dcclib/invalid_schema.xml").read_bytes()
    ours, theirs = check_structure(data, name="x"), validate_xsd(data, schemas(), name="x")
    assert [finding.line for finding in ours] == [finding.line for finding in theirs] == [17, 35]


def test_every_element_that_is_named_in_the_table_stands_in_it():
    for version in VERSIONS:
        elements = elements_of(version)
        lost = {key for element in elements.values() for key in element.keys.values() if key not in elements}
        assert {key for key in lost if "xmldsig" not in key} == set(), version


def torn(root: etree._Element, chance: Random) -> etree._Element:
    """A certificate in which one thing was taken out, doubled, moved, renamed or given another text or attribute."""
    root = deepcopy(root)
    # What stands in the signature is judged elsewhere, and what is of other namespaces by nobody.
    places = [one for one in root.iter("*") if one is not root and "ptb.de" in one.tag]
    node, other = chance.choice(places), chance.choice(places)
    match chance.randrange(7):
        case 0:
            node.getparent().remove(node)
        case 1:
            node.addnext(deepcopy(node))
        case 2:
            node.append(deepcopy(other))
        case 3:
            node.tag = other.tag
        case 4:
            node.text = chance.choice(TEXTS)
        case 5:
            name = chance.choice(("id", "refId", "refType", "lang", "colour"))
            # libxml2 takes an empty refId, which XML Schema does not.
            node.set(name, chance.choice(("a1", "en", "1a", "a b", "zz z", *(("",) if name != "refId" else ()))))
        case _:
            node.addprevious(node.getnext()) if node.getnext() is not None else node.set("x", "y")
    return root


@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_is_torn_the_rules_find_something_where_the_schema_does(version: str):
    supplied, chance = schemas(), Random(version)
    names = ("dcclib/valid.xml", "good_practice/dcc_gp_temperature_typical_v12_QoX.xml", "good_practice/dcc_gp_humidity_v1.0.xml")
    roots = [etree.fromstring(good())] + [etree.parse(shared(f"data/dcc/examples/{name}")).getroot() for name in names]
    refused = 0
    for _ in range(120):
        root = torn(chance.choice(roots), chance)
        root.set("schemaVersion", version)
        data = etree.tostring(root)
        # libxml2 does not follow references.
        ours = [one for one in check_structure(data, name="x") if "leads to no element" not in one.text]
        theirs = validate_xsd(data, supplied, name="x")
        assert bool(ours) == bool(theirs), (ours, theirs, data.decode())
        refused += bool(ours)
    assert refused > 25


@pytest.mark.parametrize("version", ["3.3.0", "3.2.1"])
def test_a_torn_certificate_of_its_own_version_is_often_still_good(version: str):
    root, chance = etree.fromstring(good()), Random(version)
    root.set("schemaVersion", version)
    assert 10 < sum(not check_structure(etree.tostring(torn(root, chance)), name="x") for _ in range(200)) < 190


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ((("<dcc:uniqueIdentifier>GOOD-1</dcc:uniqueIdentifier>", ""),), 10, "or dcc:uniqueIdentifier"),
        ((("GOOD-1", " GOOD-1"),), 9, "without spaces"),
        ((("<dcc:issuer>manufacturer", "<dcc:issuer>maker"),), 17, "'maker'"),
        ((("2026-01-14", "2026-13-14"),), 13, "a date like"),
        ((("<dcc:mainSigner>true", "<dcc:mainSigner>yes"),), 23, "true or false"),
        ((("<dcc:city>Beijing</dcc:city></dcc:location></dcc:customer>", "</dcc:location></dcc:customer>"),), 25, "dcc:city"),
        ((("<dcc:statement refType", "<dcc:statement colour"),), 26, "colour"),
        ((('schemaVersion="3.3.0"', 'schemaVersion="3.3.7"'),), 2, "3.3.7"),
        ((("<dcc:list>", "<dcc:list refId='nowhere'>"),), 35, "leads to no element"),
    ],
)
def test_a_finding_says_where_and_what(changes: tuple[tuple[str, str], ...], line: int, words: str):
    finding = check_structure(good(*changes), name="x")[0]
    assert (finding.line, words in finding.text) == (line, True), finding


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, b"", b"<a", b"\xff\xfe"])
def test_bombs_entities_and_what_is_no_xml_are_refused(data: bytes):
    with pytest.raises(FormatError, match=r"x\.xml"):
        check_structure(data, name="x.xml")


def test_another_root_is_a_finding():
    assert [finding.rule for finding in check_structure(b"<a/>", name="x")] == ["root"]


def test_both_spellings_of_the_misspelt_element_are_accepted():
    standard = "<si:standardMU><si:valueStandardMU>0.1</si:valueStandardMU></si:standardMU>"
    real = f"<si:value>1</si:value><si:unit>m</si:unit><si:{{0}}>{standard}</si:{{0}}>"
    for name in ("measurementUncertaintyUnivaraite", "measurementUncertaintyUnivariate"):
        inner = f"<si:list><si:realList><si:real>{real.format(name)}</si:real></si:realList></si:list>"
        start = good().decode().index("<si:real><si:value>0.5")
        end = good().decode().index("</si:real>", start) + len("</si:real>")
        data = (good().decode()[:start] + inner + good().decode()[end:]).encode()
        assert check_structure(data, name="x") == (), name


def test_a_schema_that_is_not_supplied_is_named():
    supplied = schemas()
    with pytest.raises(FormatError, match=r"dsi/v2\.2\.1\.xsd"):
        validate_xsd(good(), {name: data for name, data in supplied.items() if "dsi" not in name}, name="x")
    with pytest.raises(NotFoundError, match=r"3\.3\.0"):
        validate_xsd(good(), {name: data for name, data in supplied.items() if "v3.3.0" not in name}, name="x")
    with pytest.raises(FormatError, match="cannot be read"):
        validate_xsd(good(), {"dcc.xsd": b"<a"}, name="x")


def test_a_schema_cannot_reach_out():
    reaching = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="https://ptb.de/dcc" version="3.3.0">
    <xs:include schemaLocation="/etc/hostname"/></xs:schema>"""
    with pytest.raises(FormatError, match="etc/hostname"):
        validate_xsd(good(), {"dcc.xsd": reaching}, name="x")


def test_the_table_is_part_of_the_package():
    assert (Path(check_structure.__code__.co_filename).parent / "elements.tsv").is_file()
