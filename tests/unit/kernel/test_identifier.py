"""URIs, GS1 keys and unified social credit codes, against published codes and slow definitions written beside."""

import ipaddress
import json
import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import (
    check_gs1_key,
    check_uri,
    check_usci,
    gs1_check_digit,
    organisation_code_fits,
    usci_check_character,
)
from shared_data import ROOT, shared

VECTORS = ROOT / "vectors/kernel"
GS1 = json.loads((VECTORS / "gs1_keys.json").read_text("utf-8"))["cases"]
USCI = json.loads((VECTORS / "usci.json").read_text("utf-8"))["cases"]
URIS = json.loads((VECTORS / "uri.json").read_text("utf-8"))["cases"]
KEYS = ["GTIN", "GLN", "SSCC", "GSIN", "GSRN", "GRAI", "GDTI", "GCN", "GIAI"]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def fits_modulo_ten(digits: str) -> bool:
    """A GS1 number is whole when three times every second digit from the right, plus the others, ends in zero."""
    others, thirds = digits[::-1][0::2], digits[::-1][1::2]
    return (sum(map(int, others)) + 3 * sum(map(int, thirds))) % 10 == 0


def fits_modulo_31(code: str) -> bool:
    """With the weights as the standard lists them, the check character counted with weight 1, the sum is a multiple."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1]
    values = dict(zip("0123456789ABCDEFGHJKLMNPQRTUWXY", range(31), strict=True))
    return sum(values[c] * w for c, w in zip(code, weights, strict=True)) % 31 == 0


def fits_modulo_11(code: str) -> bool:
    """An organisation code: letters from A = 10, and 11 - sum mod 11 with 10 written X and 11 written 0."""
    values = [ord(c) - ord("0") if c.isdigit() else ord(c) - ord("A") + 10 for c in code[:8]]
    rest = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return code[8] == {10: "X", 11: "0"}.get(rest, str(rest))


@pytest.mark.parametrize("case", GS1, ids=lambda case: case["text"])
def test_published_gs1_keys_are_accepted_and_any_one_wrong_digit_is_not(case):
    assert check_gs1_key(case["key"], case["text"]) == case["text"]
    if case["key"] == "GIAI":
        return
    checked = len(case["text"]) if case["key"] in {"GTIN", "SSCC", "GSIN", "GSRN"} else 13
    for index in range(checked):
        for digit in set("0123456789") - {case["text"][index]}:
            with pytest.raises(FormatError, match="check digit"):
                check_gs1_key(case["key"], case["text"][:index] + digit + case["text"][index + 1 :])


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_the_gs1_check_digit_makes_the_weighted_sum_end_in_zero(digits):
    assert [d for d in "0123456789" if fits_modulo_ten(digits + d)] == [gs1_check_digit(digits)]


def test_the_check_digits_agree_with_the_linter_vectors_of_gs1():
    cases = [c for c in json.loads(shared("data/trace/gs1-syntax/lint.json").read_text("utf-8")) if c["lint"] == "csum"]
    assert len(cases) >= 8
    for case in cases:
        digits = case["in"]
        ours = re.fullmatch("[0-9]+", digits) is not None and gs1_check_digit(digits[:-1]) == digits[-1]
        assert ours == case["ok"], case


@pytest.mark.parametrize(
    ("key", "text"),
    [("GTIN", ""), ("GTIN", "629104150021"), ("GTIN", "62910415002130"), ("GTIN", "６291041500213"), ("GTIN", "6291041500213\n"),
     ("GTIN", "6291 041500213"), ("SSCC", "6291041500213"), ("GRAI", "0614141123452#"), ("GRAI", "0614141123452" + "1" * 17),
     ("GIAI", "0614"), ("GIAI", "0614" + "1" * 27), ("GIAI", "06a41"), ("GCN", "4012345678901A"), ("EAN", "6291041500213")],
)  # fmt: skip
def test_what_is_not_a_gs1_key_of_that_kind_is_refused(key, text):
    with pytest.raises(FormatError):
        check_gs1_key(key, text)


@pytest.mark.parametrize("digits", ["", "1" * 31, "12a", "１２"])
def test_a_check_digit_needs_digits(digits):
    with pytest.raises(FormatError):
        gs1_check_digit(digits)


@pytest.mark.parametrize("case", USCI, ids=lambda case: ascii(case["text"]))
def test_unified_social_credit_codes_are_judged_as_published(case):
    if case["valid"]:
        assert check_usci(case["text"]) == case["text"]
        assert organisation_code_fits(case["text"]) is case["organisation_code_fits"]
    else:
        with pytest.raises(FormatError, match="USCI"):
            check_usci(case["text"])


codes = st.from_regex(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{9}}", fullmatch=True)


@given(codes)
def test_exactly_one_character_completes_a_social_credit_code_by_the_second_method(first):
    assert [c for c in ALPHABET if fits_modulo_31(first + c)] == [usci_check_character(first)]


@given(codes)
def test_the_organisation_code_inside_is_judged_by_its_own_check_character(first):
    code = first + usci_check_character(first)
    assert organisation_code_fits(code) == fits_modulo_11(code[8:17])


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_social_credit_code_with_one_wrong_character_is_refused(first, index, other):
    code = first + usci_check_character(first)
    assume(code[index] != other)
    with pytest.raises(FormatError):
        check_usci(code[:index] + other + code[index + 1 :])


def test_a_code_with_a_broken_organisation_code_is_valid_but_found_out():
    first = "91350100M000100Y5"
    assert not organisation_code_fits(first + usci_check_character(first))


@pytest.mark.parametrize("first", ["", "91350100M000100Y", "91350100I000100Y4", "９1350100M000100Y4"])
def test_a_check_character_needs_seventeen_characters_of_the_alphabet(first):
    with pytest.raises(FormatError):
        usci_check_character(first)


@pytest.mark.parametrize("case", URIS, ids=lambda case: ascii(case["text"]))
def test_uris_are_judged_as_rfc3986_says(case):
    if case["valid"]:
        assert check_uri(case["text"]) == case["text"]
    else:
        with pytest.raises(FormatError, match="URI"):
            check_uri(case["text"])


def plainly_a_uri(text: str) -> bool:
    """Appendix A of RFC 3986 (without IP literals) taken apart by hand instead of by one pattern."""
    unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    allowed = unreserved + "!$&'()*+,;="

    def made_of(part: str, extra: str) -> bool:
        bare = re.sub("%[0-9A-Fa-f][0-9A-Fa-f]", "", part)
        return all(c in allowed + extra for c in bare)

    scheme, colon, rest = text.partition(":")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    if not colon or not scheme or scheme[0] not in unreserved[:52] or not all(c in unreserved[:62] + "+-." for c in scheme):
        return False
    path = rest
    if rest.startswith("//"):
        authority, slash, tail = rest[2:].partition("/")
        path = slash + tail
        user, _, host = authority.rpartition("@")
        host, _, port = host.partition(":")
        if not (made_of(user, ":") and made_of(host, "") and all(c in "0123456789" for c in port)):
            return False
    return made_of(path, ":@/") and made_of(query, ":@/?") and made_of(fragment, ":@/?")


@given(st.text(alphabet="ab1:/?#@%4Fg[]-.~!= \n中", max_size=24) | st.text(alphabet="ab1:/?#@%4F.", max_size=24).map("s:".__add__))
def test_the_uri_pattern_agrees_with_the_grammar_taken_apart_by_hand(text):
    try:
        accepted = check_uri(text) == text
    except FormatError:
        accepted = False
    assert accepted == plainly_a_uri(text)


def test_a_uri_is_at_most_two_thousand_characters_long():
    assert check_uri("urn:" + "a" * 1996)
    with pytest.raises(FormatError, match="2000"):
        check_uri("urn:" + "a" * 1997)


@pytest.mark.parametrize(
    "text", ["http://" + "a%41" * 480 + "%", "a" * 2000, "http://" + "a@" * 900, "s:" + "%" * 1900, "s://" + ":" * 1900]
)
def test_no_text_makes_the_uri_check_slow(text):
    start = time.perf_counter()
    for _ in range(20):
        with pytest.raises(FormatError):
            check_uri(text)
    assert time.perf_counter() - start < 2  # linear: about a millisecond; a pattern that backtracks would not return


@given(st.ip_addresses(v=6))
def test_an_address_in_brackets_is_no_name(address: ipaddress.IPv6Address):
    with pytest.raises(FormatError):
        check_uri(f"http://[{address}]/")


@given(st.text(max_size=40) | st.text(alphabet=ALPHABET, max_size=20), st.sampled_from([*KEYS, "", "中"]))
def test_any_text_is_an_identifier_or_our_own_error(text, key):
    for call in (
        check_uri,
        check_usci,
        organisation_code_fits,
        usci_check_character,
        gs1_check_digit,
        lambda t: check_gs1_key(key, t),
    ):
        try:
            call(text)
        except FormatError as error:
            assert len(str(error)) < 500
