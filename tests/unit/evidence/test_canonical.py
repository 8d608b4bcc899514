"""Canonical bytes, base64, hex and whole numbers: one spelling each, against RFC 8785 vectors and a second implementation."""

import json
import re
import unicodedata

import pytest
import rfc8785
from hypothesis import assume, example, given
from hypothesis import strategies as st

from openqi.evidence.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_PAYLOAD,
    base64_bytes,
    base64_text,
    base64url,
    base64url_bytes,
    canonical_bytes,
    decimal_index,
    hex_bytes,
    parse_canonical,
)
from openqi.kernel.errors import FormatError
from vectors_of import PLACES, figures_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# A combining mark that follows an escape in the bytes ("\n" and a tilde) is refused by design: see the test below.
texts = st.text(max_size=12).map(lambda text: unicodedata.normalize("NFC", text)).filter(lambda text: not starts_combining(text))
keys = st.text(alphabet=st.characters(max_codepoint=127), max_size=8)
numbers = st.integers(-MAX_INTEGER, MAX_INTEGER)
values = st.recursive(
    st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def starts_combining(text):
    """Whether a combining mark stands first or after a character that JSON escapes."""
    return any(
        unicodedata.normalize("NFC", "n" + after) != "n" + after or unicodedata.combining(after)
        for before, after in zip("\n" + text, text, strict=False)
        if before < " " or before in '"\\'
    )


@pytest.mark.parametrize("place", PLACES)
def test_published_documents_are_read_in_their_canonical_form_or_refused_for_a_stated_reason(place):
    refused = {
        "arrays.json": "NoneType has no place in evidence; leave the key out",
        "french.json": "keys are ASCII text",
        "structures.json": "float has no place in evidence; write a measured value as decimal text",
    }
    documents = figures_of("trust/jcs.json", place)
    assert documents.keys() <= refused.keys()
    for name, document in documents.items():
        with pytest.raises(FormatError, match=refused[name]):
            canonical_bytes(json.loads(document["input"]))
        with pytest.raises(FormatError, match=r"no place in evidence|ASCII|not canonical"):
            parse_canonical(document["input"].encode())


@pytest.mark.parametrize("place", PLACES)
def test_what_is_left_of_a_published_document_without_nulls_floats_and_foreign_keys_canonicalises_as_published(place):
    documents = figures_of("trust/jcs.json", place)
    structures = documents["structures.json"]
    assert canonical_bytes(json.loads(structures["input"].replace("56.0", "56"))) == structures["output"].encode()
    assert parse_canonical(structures["output"].encode()) == json.loads(structures["output"])
    arrays = documents["arrays.json"]
    without = json.loads(arrays["input"].replace("null", "false"))
    assert canonical_bytes(without) == arrays["output"].replace("null", "false").encode()
    french = documents["french.json"]
    plain = {"péché": "peche", "pêche": "peche2"}
    old, new = (french[half] for half in ("input", "output"))
    for foreign, ascii_key in plain.items():
        old, new = old.replace(f'"{foreign}"', f'"{ascii_key}"'), new.replace(f'"{foreign}"', f'"{ascii_key}"')
    assert json.loads(new) == json.loads(canonical_bytes(json.loads(old)))
    assert canonical_bytes(json.loads(old)) == rfc8785.dumps(json.loads(old))


@pytest.mark.parametrize("place", PLACES)
def test_of_all_published_numbers_only_whole_ones_within_the_bound_are_read(place):
    texts_of_numbers = [line.split(",")[1] for line in figures_of("trust/jcs_numbers.json", place).split()]
    assert len(texts_of_numbers) >= 200
    read = {text for text in texts_of_numbers if accepted(text.encode())}
    assert read == {text for text in texts_of_numbers if re.fullmatch(r"-?[0-9]+", text) and abs(int(text)) <= MAX_INTEGER}


def accepted(data: bytes) -> bool:
    try:
        parse_canonical(data)
    except FormatError:
        return False
    return True


@given(values)
def test_canonical_bytes_are_those_of_a_second_implementation_and_read_back_as_the_value(value):
    data = canonical_bytes(value)
    assert data == rfc8785.dumps(value)
    assert parse_canonical(data) == value
    assert canonical_bytes(parse_canonical(data)) == data


@given(st.dictionaries(keys, values, min_size=1, max_size=4), st.data())
def test_a_space_anywhere_between_tokens_is_refused(value, data):
    text = canonical_bytes(value).decode()
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[^"\[\]{},:]+|[\[\]{},:]', text)
    assert "".join(tokens) == text
    place = data.draw(st.integers(0, len(tokens)))
    space = data.draw(st.sampled_from([" ", "\n", "\t", "\r", "\r\n"]))
    respelled = "".join([*tokens[:place], space, *tokens[place:]])
    assert json.loads(respelled) == json.loads(text)
    with pytest.raises(FormatError):
        parse_canonical(respelled.encode())


@given(texts.filter(bool), st.data())
def test_a_needless_escape_is_refused(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    char = text[place]
    escape = json.dumps(char)[1:-1] if ord(char) > 126 else f"\\u{ord(char):04x}"
    if escape in canonical_bytes(char).decode():  # control characters must be escaped this way
        escape = escape.upper().replace("\\U", "\\u")
    assume(escape != canonical_bytes(char).decode()[1:-1])
    before, after = (canonical_bytes(part).decode()[1:-1] for part in (text[:place], text[place + 1 :]))
    respelled = f'"{before}{escape}{after}"'
    assert json.loads(respelled) == text
    with pytest.raises(FormatError):
        parse_canonical(respelled.encode())


@given(st.dictionaries(keys, numbers, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_keys_in_another_order_are_refused(value, chance):
    pairs = [f"{canonical_bytes(key).decode()}:{number}" for key, number in sorted(value.items())]
    shuffled = chance.sample(pairs, len(pairs))
    assume(shuffled != pairs)
    with pytest.raises(FormatError, match="not canonical"):
        parse_canonical(f"{{{','.join(shuffled)}}}".encode())


@given(st.dictionaries(keys, numbers, min_size=1, max_size=5), st.data())
def test_a_doubled_key_is_refused_even_with_the_same_value(value, data):
    pairs = [f"{canonical_bytes(key).decode()}:{number}" for key, number in sorted(value.items())]
    doubled = data.draw(st.integers(0, len(pairs) - 1))
    with pytest.raises(FormatError, match="not canonical"):
        parse_canonical(f"{{{','.join([*pairs[: doubled + 1], *pairs[doubled:]])}}}".encode())


@pytest.mark.parametrize(
    "text",
    ["1.0", "0.0", "1e2", "1E2", "-0", "-0.0", "1e400", "01", "+1", ".5", "1.", "0x10", "NaN", "Infinity", "-Infinity", "1_000"],
)
def test_a_number_that_is_no_plain_integer_is_refused(text):
    with pytest.raises(FormatError):
        parse_canonical(f'{{"a":{text}}}'.encode())


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**63, 2**64, 10**30, -(10**30), 10**4000])
def test_an_integer_beyond_two_to_the_53_minus_1_is_refused_both_ways(number):
    with pytest.raises(FormatError):
        canonical_bytes({"a": number})
    with pytest.raises(FormatError):
        parse_canonical(f'{{"a":1{"0" * 30}}}'.encode() if number > 10**300 else f'{{"a":{number}}}'.encode())


@pytest.mark.parametrize("number", [MAX_INTEGER, -MAX_INTEGER, 0])
def test_an_integer_at_the_bound_is_kept(number):
    assert parse_canonical(canonical_bytes([number])) == [number]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "leave the key out"),
        ({"a": None}, "leave the key out"),
        (1.0, "decimal text"),
        ([float("nan")], "decimal text"),
        ({"a": [float("inf")]}, "decimal text"),
        (b"bytes", "use text, integer or boolean"),
        ({1, 2}, "use text"),
        ({1: "a"}, "keys are ASCII"),
        ({True: "a"}, "keys are ASCII"),
        ({"ключ": 1}, "keys are ASCII"),
        (type("Text", (str,), {})("a"), "use text"),
        (type("Number", (int,), {})(1), "use text"),
    ],
)
def test_a_value_outside_of_restricted_json_is_refused_with_what_to_do(value, why):
    with pytest.raises(FormatError, match=why):
        canonical_bytes(value)


def test_a_tuple_is_written_as_a_list_and_judged_as_one():
    assert canonical_bytes({"a": ("b", (1, True))}) == canonical_bytes({"a": ["b", [1, True]]}) == b'{"a":["b",[1,true]]}'
    with pytest.raises(FormatError, match="decimal text"):
        canonical_bytes(({"a": 1.5},))


@pytest.mark.parametrize("text", [b"null", b'{"a":null}', b"[null]"])
def test_null_is_refused_when_read(text):
    with pytest.raises(FormatError, match="leave the key out"):
        parse_canonical(text)


def test_lone_surrogates_are_refused_both_ways():
    for text in ("\ud800", "a\udfff", "\udc00\ud800"):
        with pytest.raises(FormatError):
            canonical_bytes([text])
        with pytest.raises(FormatError):
            parse_canonical(json.dumps([text]).encode())
        with pytest.raises(FormatError):
            parse_canonical(f'["{text}"]'.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("data", [b"\xff", b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'\xef\xbb\xbf"a"', b'"a"'.decode().encode("utf-16")])
def test_bytes_that_are_not_plain_utf_8_are_refused(data):
    with pytest.raises(FormatError):
        parse_canonical(data)


@given(st.text(min_size=1, max_size=12))
def test_text_is_accepted_only_in_normal_form_c(text):
    if unicodedata.normalize("NFC", text) != text:
        with pytest.raises(FormatError, match="normal form C"):
            canonical_bytes({"a": text})
        with pytest.raises(FormatError, match="normal form C"):
            parse_canonical(rfc8785.dumps({"a": text}))


def test_the_whole_text_is_in_normal_form_c_so_a_mark_may_not_combine_with_an_escape():
    # A newline and a combining tilde are NFC apart, but their bytes read \n~, and that n and the tilde are one letter in NFC.
    for text in ("\n\u0303", "\x1f\u0307", "\b\u0307"):
        assert unicodedata.is_normalized("NFC", text)
        with pytest.raises(FormatError, match="normal form C"):
            canonical_bytes(text)


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_the_depth_is_bounded_both_ways():
    deepest = nested(MAX_DEPTH)
    assert parse_canonical(canonical_bytes(deepest)) == deepest
    for depth in (MAX_DEPTH + 1, 500):
        with pytest.raises(FormatError, match="nested deeper"):
            canonical_bytes(nested(depth))
    for depth in (MAX_DEPTH + 1, 1000, 20_000):
        with pytest.raises(FormatError):
            parse_canonical(b"[" * depth + b"]" * depth)
    circle: list = []
    circle.append(circle)
    with pytest.raises(FormatError, match="nested deeper"):
        canonical_bytes(circle)


def test_the_size_is_bounded_both_ways():
    largest = "a" * (MAX_PAYLOAD - 2)
    assert parse_canonical(canonical_bytes(largest)) == largest
    for function, value in ((canonical_bytes, largest + "a"), (parse_canonical, f'"{largest}a"'.encode())):
        with pytest.raises(FormatError, match="put large content in a blob"):
            function(value)
    assert canonical_bytes("abc", limit=5) == b'"abc"'
    with pytest.raises(FormatError, match="at most 4"):
        canonical_bytes("abc", limit=4)


@pytest.mark.parametrize(
    "data", [b"", b" ", b"{", b"[1,]", b'{"a":1,}', b"'a'", b"[1] ", b"[1][2]", b"tru", b"/**/1", b'"\x01"', b'"\\x"']
)
def test_what_is_not_json_is_refused(data):
    with pytest.raises(FormatError):
        parse_canonical(data)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:0123456789.eE+-truefalsn\\u \n', max_size=40).map(str.encode))
@example(b'{"a":1,"a":1}')
def test_any_bytes_are_a_value_that_writes_them_or_refused(data):
    if accepted(data):
        assert canonical_bytes(parse_canonical(data)) == data


@given(st.binary(max_size=80))
def test_base64_and_base64url_give_the_bytes_back(data):
    assert base64url_bytes(base64url(data)) == data
    assert base64_bytes(base64_text(data)) == data


@given(st.binary(min_size=1, max_size=80).filter(lambda data: len(data) % 3), st.data())
def test_other_tail_bits_are_refused(data, chance):
    text = base64url(data)
    free = {1: 4, 2: 2}[len(data) % 3]
    other = ALPHABET.index(text[-1]) ^ chance.draw(st.integers(1, 2**free - 1))
    with pytest.raises(FormatError, match="tail bits"):
        base64url_bytes(text[:-1] + ALPHABET[other])
    padded = text[:-1] + ALPHABET[other] + "=" * (-len(text) % 4)
    with pytest.raises(FormatError, match="does not encode to itself"):
        base64_bytes(padded.replace("-", "+").replace("_", "/"))


@pytest.mark.parametrize("text", ["QQ==", "QQ=", "Q", "Q Q", "QQ\n", "Q+==", "Q/", "-+", "é", "QQ==QQ", "=", "A===", "\ud800"])
def test_text_that_is_no_unpadded_base64url_is_refused(text):
    with pytest.raises(FormatError):
        base64url_bytes(text)


@pytest.mark.parametrize("text", ["QQ", "QQ=", "Q-==", "QQ==\n", " QQ==", "QQ===", "=QQ=", "é===", "QR==", "\ud800"])
def test_text_that_is_no_padded_base64_is_refused(text):
    with pytest.raises(FormatError):
        base64_bytes(text)


@given(st.text(max_size=20) | st.text(alphabet=ALPHABET + "+/=\n", max_size=20))
def test_any_text_is_base64_that_encodes_to_itself_or_refused(text):
    for read, write in ((base64url_bytes, base64url), (base64_bytes, base64_text)):
        try:
            data = read(text)
        except FormatError:
            continue
        assert write(data) == text


@given(st.binary(max_size=40))
def test_hex_is_lower_case_and_of_the_size_asked_for(data):
    text = data.hex()
    assert hex_bytes(text, len(data)) == data
    with pytest.raises(FormatError):
        hex_bytes(text, len(data) + 1)
    if text.upper() != text:
        with pytest.raises(FormatError, match="lower-case"):
            hex_bytes(text.upper(), len(data))


@pytest.mark.parametrize("text", ["0", "0g", " 0", "0x", "\uff10\uff10", "00\n", None, 5, b"00", ["00"]])
def test_what_is_not_hex_text_is_refused(text):
    with pytest.raises(FormatError):
        hex_bytes(text, 1)


@given(st.integers(0, MAX_INTEGER))
def test_a_whole_number_has_one_text(number):
    assert decimal_index(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "00", " 1", "1 ", "1\n", "1.0", "1_0", "²", "\u0661", str(2**53), "9" * 17, "9" * 5000, "\ud800"]
)
def test_any_other_text_is_no_whole_number(text):
    with pytest.raises(FormatError):
        decimal_index(text)
