"""Any bytes into the readers of certificates give a value or our own error, in little time: torn bytes and torn trees."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from random import Random
from time import thread_time

import pytest
from lxml import etree
from tools.example_certificates import certificates

from clocked import fair
from fuzz.mutate import inputs
from openqi.app.certificates.examination import examined
from openqi.formats.dcc import calibration_points, read_dcc
from openqi.formats.dcc.links import follow
from openqi.formats.dcc.signature.verify import verify_signature
from openqi.formats.transcription import CALIBRATION_COLUMNS, VERIFICATION_COLUMNS, read_transcription
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import OpenQIError
from unit.formats.dcc_good import LINK, good, link
from unit.formats.dcc_signing import World, revocation_list, signed
from unit.formats.dcc_world import certificate, expanded, listed, quantity, result, si

WORLD = World()
REALS = si("list", si("realList", si("listUnit", r"\volt"), si("real", si("value", "1.5e0"))))
SMALL = certificate(
    result(quantity("indicated", listed("1 2")), quantity("error", listed("0.1 0.2", uncertainty=expanded("0.1")))),
    result(quantity("x", REALS), quantity("y", si("hybrid", listed("1", r"\kelvin"), listed("1", r"\degreecelsius")))),
)
FILES = (SMALL, *(data for name, data in certificates().items() if name.endswith(".xml")))
WORDS = (
    b"<!DOCTYPE a []>",
    b"&x;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<?",
    b"xmlns=",
    b"NaN",
    b"1e99",
    b"\\metre",
    b"<si:hybrid>",
    b"/>",
)
TEXTS = (
    "",
    " ",
    "NaN",
    "1e9",
    "1e99999",
    "-1",
    "1 2 3",
    "0",
    "true",
    "2026-13-01",
    r"\degreecelsius",
    r"\kelvin",
    "%",
    "x" * 300,
    "合格",
)

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3)))
"""Where chance begins: in short once."""


def answered(data):
    """Whether reader and table give a value; else they raise an error of ours that names the place. Numbers are decimal text."""
    start = thread_time()
    try:
        document = read_dcc(data, name="c.xml")
        table = calibration_points(document, result=1)
    except OpenQIError as error:
        assert str(error).startswith("c.xml:"), str(error)
        table = None
    if table:
        assert len(table.indicated) == len(table.reference) == len(table.expanded_uncertainties) > 0
        for text in (*table.indicated, *table.reference, *table.expanded_uncertainties, table.coverage_factor):
            decimal(text)
    assert fair(thread_time() - start, 1.0, lambda: calibration_points(read_dcc(data, name="c.xml"), result=1)) < 1.0
    return table is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_torn_bytes_give_a_value_or_our_own_error(seed):
    assert sum(answered(data) for data in inputs(f"dcc {seed}", FILES, WORDS, 800)) > 20


def torn(data, chance):
    """A tree that is still well-formed XML, with elements lost, doubled, moved, renamed or given other text."""
    root = etree.fromstring(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        places = [node for node in root.iter("*") if node is not root]
        if not places:
            break
        node, other = chance.choice(places), chance.choice(places)
        copy = etree.fromstring(etree.tostring(other))
        match chance.randrange(6):
            case 0:
                node.getparent().remove(node)
            case 1:
                node.addnext(copy)
            case 2:
                node.append(copy)
            case 3:
                node.tag = other.tag
            case 4:
                node.text = chance.choice(TEXTS)
            case _:
                node.set("refType", chance.choice(("basic_measuredValue", "basic_referenceValue", "basic_measurementError", "")))
    return etree.tostring(root)


@pytest.mark.parametrize("seed", SEEDS)
def test_torn_trees_give_a_value_or_our_own_error(seed):
    chance = Random(seed)
    assert 200 < sum(answered(torn(chance.choice(FILES), chance)) for _ in range(800)) < 700


def test_large_and_deep_files_are_answered_at_once():
    before = thread_time()
    start, end = SMALL[: SMALL.index(b"1 2<")], SMALL[SMALL.index(b"1 2<") :]
    answered(start + b"1 " * 200_000 + end)
    answered(start + b"9" * 500_000 + end)
    answered(start + b"<a>" * 50_000 + b"</a>" * 50_000 + end)
    answered(start + b"<a/>" * 20_000 + end)
    lists = b"<dcc:list>" * 60
    answered(SMALL.replace(b"<dcc:list>", lists, 1).replace(b"</dcc:list>", lists.replace(b"<", b"</"), 1))
    assert thread_time() - before < 10.0  # seconds of the processor, for all five


@dataclass
class Cells:
    """A table of text cells."""

    columns: dict
    lines: list
    name: str = "c.xml"


@pytest.mark.parametrize("columns", [VERIFICATION_COLUMNS, CALIBRATION_COLUMNS])
def test_any_cells_give_a_transcription_or_our_own_error(columns):
    head, *rows = [line.split(",") for line in certificates()["thermometer.csv"].decode().splitlines()]
    if columns == CALIBRATION_COLUMNS:
        head, rows = list(columns), [["K", "S", "2026-01-12", "current", "A", "1.0", "0.9", "0.1", "2"] for _ in range(3)]
    chance, values = Random(7), 0
    for _ in range(2000):
        changed = json.loads(json.dumps(rows))
        for _ in range(chance.randrange(3)):
            chance.choice(changed)[chance.randrange(len(head))] = chance.choice(TEXTS)
        table = Cells(
            columns={name: [row[at] for row in changed] for at, name in enumerate(head)}, lines=list(range(2, len(rows) + 2))
        )
        try:
            read_transcription(table)
            values += 1
        except OpenQIError as error:
            assert str(error).startswith("c.xml:")
    assert values > 100


def examined_or_refused(data):
    """Whether a check answers; else it raises an error of ours. A verified signature is never one of a torn file."""
    start = thread_time()
    try:
        found = examined(data, name="c.xml")
        report = verify_signature(data, roots=[], now="2026-11-30T00:00:00Z")
        if found.certificate:
            follow(found.certificate, lambda reference: data, at="2026-11-30")
    except OpenQIError:
        return False
    finally:
        assert fair(thread_time() - start, 2.0, lambda: examined(data, name="c.xml")) < 2.0
    assert report.state in {"not-signed", "not-checked", "broken", "changed", "unknown-issuer"}
    return True


SIGNED = signed(good(), WORLD.lab, WORLD.middle, stamper=WORLD.stamper, lists=(revocation_list(WORLD.middle),))
CHECKED = (good(), SIGNED, good((LINK, link("B", "sha256", "0" * 64))), SMALL)


@pytest.mark.parametrize("seed", range(3))
def test_torn_certificates_are_checked_or_refused(seed):
    assert sum(examined_or_refused(data) for data in inputs(f"check {seed}", CHECKED, WORDS, 250)) > 10


@pytest.mark.parametrize("seed", range(3))
def test_torn_trees_are_checked_or_refused(seed):
    chance = Random(seed)
    assert sum(examined_or_refused(torn(chance.choice(CHECKED), chance)) for _ in range(200)) > 100


def test_torn_tokens_of_time_and_torn_lists_are_only_not_counted():
    chance, data = Random(1), SIGNED
    for name in (b"EncapsulatedTimeStamp", b"EncapsulatedCRLValue", b"EncapsulatedX509Certificate"):
        begin = data.index(b"<xades:" + name + b">") + len(name) + 8
        end = data.index(b"</xades:" + name)
        token = bytearray(b64decode(data[begin:end]))
        for _ in range(150):
            changed = bytearray(token)
            for _ in range(chance.choice((1, 2, 5))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            if chance.random() < 0.2:
                del changed[chance.randrange(len(changed)) :]
            assert examined_or_refused(data[:begin] + b64encode(bytes(changed)) + data[end:])


def test_many_of_anything_are_checked_in_time_or_refused():
    whole, results = good(), b"<dcc:result><dcc:name/><dcc:data/></dcc:result>" * 2000
    attributes = b" ".join(b'a%d="1"' % number for number in range(20_000))
    for old, more in ((b"</dcc:results>", results), (b"<dcc:list>", b"<dcc:list " + attributes + b"></dcc:list>")):
        assert old in whole
        examined_or_refused(whole.replace(old, more + old, 1))


def test_large_tokens_of_time_are_only_not_counted():
    def der(tag, content):
        return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content

    kind, inner = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060b2a864886f70d0109100104")
    content = der(0x30, inner + der(0xA0, der(4, b"")))
    message = der(0x30, b"\x02\x01\x03" + der(0x31, b"") + content + der(0x31, b"\x30\x00" * 300_000))
    begin = SIGNED.index(b"<xades:SignatureTimeStamp>")
    end = SIGNED.index(b"</xades:SignatureTimeStamp>") + len(b"</xades:SignatureTimeStamp>")
    for token in (der(0x30, kind + der(0xA0, message)), b"\x30\x80" * 80_000, der(0x30, kind + b"\xa0\x80" + b"\x24\x80" * 80_000)):
        held = b"<xades:EncapsulatedTimeStamp>" + b64encode(token) + b"</xades:EncapsulatedTimeStamp>"
        many = (b"<xades:SignatureTimeStamp>" + held + b"</xades:SignatureTimeStamp>") * 10
        assert examined_or_refused(SIGNED[:begin] + many + SIGNED[end:])
