"""Marks: one spelling, serials that nobody can guess, names that give nothing away."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.digital_link import digital_link, mark_hash, mark_name, named_hash, new_serial, parse_digital_link
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.identifier import gs1_check_digit

BASE, GTIN, SERIAL = "https://id.example.org", "09506000134352", "0CYZ4665ZSV42N58MM5E"
MARK = f"{BASE}/01/{GTIN}/21/{SERIAL}"

gtins = st.integers(0, 10**13 - 1).map(lambda number: f"{number:013d}").map(lambda digits: digits + gs1_check_digit(digits))
serials = st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True).filter(lambda text: text not in (".", ".."))
bases = st.sampled_from([BASE, "https://a.cn", "https://xn--fiqs8s.example:8443", "https://1.2.3.4:8000"])


@given(bases, gtins, serials)
def test_a_mark_is_read_as_it_was_written(base, gtin, serial):
    uri = digital_link(base, gtin, serial)
    link = parse_digital_link(uri)
    assert (link.base, link.gtin, link.serial, link.uri) == (base, gtin, serial, uri)


def test_shorter_numbers_are_written_with_fourteen_digits():
    for gtin in ("9506000134352", "09506000134352"):
        assert digital_link(BASE, gtin, SERIAL) == MARK
    assert digital_link(BASE, "96385074", "1") == f"{BASE}/01/00000096385074/21/1"


@pytest.mark.parametrize(
    "uri",
    [
        "", "https://", BASE, f"{BASE}/", f"{BASE}/01/{GTIN}", f"{BASE}/01/{GTIN}/21/", f"{BASE}/01/{GTIN}/10/{SERIAL}",
        f"{BASE}/gtin/{GTIN}/ser/{SERIAL}", f"{BASE}/01/9506000134352/21/{SERIAL}", f"{BASE}/01/09506000134353/21/{SERIAL}",
        f"{BASE}/01/{GTIN}/21/{SERIAL}X", f"{MARK}?", f"{MARK}?linkType=all", f"{MARK}#", f"{MARK}/", f"{MARK}\n", f" {MARK}",
        f"{BASE}/01/{GTIN}/21/%30", f"{BASE}/01/{GTIN}/21/.", f"{BASE}/01/{GTIN}/21/..", f"{BASE}/01/{GTIN}/21/a b",
        f"{BASE}/01/{GTIN}/21/a~b", f"{BASE}/01/{GTIN}/21/a+b", f"{BASE}/01/{GTIN}/21/二", f"http://id.example.org/01/{GTIN}/21/1",
        f"HTTPS://id.example.org/01/{GTIN}/21/1", f"https://ID.example.org/01/{GTIN}/21/1", f"{BASE}:443/01/{GTIN}/21/1",
        f"{BASE}:0/01/{GTIN}/21/1", f"https://a@id.example.org/01/{GTIN}/21/1", f"{BASE}/stem/01/{GTIN}/21/1",
        f"https://.example/01/{GTIN}/21/1", f"https://a..b/01/{GTIN}/21/1", f"https://-a.b/01/{GTIN}/21/1",
        f"{BASE}/01/０9506000134352/21/1", f"https://{'a' * 300}.example/01/{GTIN}/21/1",
    ],
)  # fmt: skip
def test_another_spelling_is_no_mark(uri):
    with pytest.raises(FormatError):
        parse_digital_link(uri)


@given(st.text(max_size=80) | st.text("https:/.0125a%?#", max_size=60).map(lambda text: MARK[:40] + text))
def test_any_text_is_a_mark_or_is_refused(text):
    try:
        link = parse_digital_link(text)
    except FormatError:
        return
    assert link.uri == text


@pytest.mark.parametrize(
    ("base", "gtin", "serial"),
    [
        ("http://id.example.org", GTIN, SERIAL), (BASE + "/", GTIN, SERIAL), (BASE + "/shop", GTIN, SERIAL), ("", GTIN, SERIAL),
        (BASE, "9506000134353", SERIAL), (BASE, "950600013435", SERIAL), (BASE, "", SERIAL), (BASE, "1" * 15, SERIAL),
        (BASE, GTIN, ""), (BASE, GTIN, "x" * 21), (BASE, GTIN, ".."), (BASE, GTIN, "a/b"), (BASE, GTIN, "a%62"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_a_mark_is_refused(base, gtin, serial):
    with pytest.raises(FormatError):
        digital_link(base, gtin, serial)


def number_of(serial: str) -> int:
    """What a serial says, read back by an alphabet of Crockford's that stands here a second time."""
    values = {sign: value for value, sign in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}
    return sum(values[sign] << 5 * place for place, sign in enumerate(serial))


@given(st.binary(min_size=13, max_size=13))
def test_a_serial_keeps_one_hundred_bits_of_the_chance(chance):
    serial = new_serial(chance)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{20}", serial)
    assert number_of(serial) == int.from_bytes(chance, "big") % 2**100


def test_every_bit_of_chance_below_one_hundred_moves_the_serial():
    zeros = new_serial(bytes(13))
    moved = [new_serial((1 << bit).to_bytes(13, "big")) for bit in range(104)]
    assert len(set(moved)) == 101
    assert [bit for bit in range(104) if moved[bit] == zeros] == [100, 101, 102, 103]


@pytest.mark.parametrize("size", [0, 10, 12, 14])
def test_a_serial_is_not_made_of_less_chance(size):
    with pytest.raises(DomainError):
        new_serial(bytes(size))


@given(st.binary(min_size=13, max_size=13))
def test_a_serial_fits_into_a_mark(chance):
    assert parse_digital_link(digital_link(BASE, GTIN, new_serial(chance))).gtin == GTIN


def test_the_name_of_a_mark_is_the_hash_of_its_uri():
    digest = hashlib.sha256(MARK.encode()).digest()
    assert mark_name(MARK) == "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert (mark_hash(MARK), named_hash(digest)) == (digest, mark_name(MARK))
