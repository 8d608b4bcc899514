"""Records: what is sealed reads back, and whatever has another form, by one bit or one member, is refused."""

import base64
import copy
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.canonical import canonical_bytes, parse_canonical
from openqi.evidence.record import (
    CONTEXT,
    CONTEXT_DOCUMENT,
    MAX_RECORD,
    MAX_STREAMS,
    Statement,
    log_entry,
    parse_entry,
    parse_record,
    record_subject,
    sealed_entry,
    verify_signature,
)
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, OpenQIError, VerificationError
from shared_data import shared

KEY = signing_key(b"i" * 32)
ISSUER, NOW, SALT = "https://laboratory.example", "2026-11-20T08:00:00Z", "AAECAwQFBgcICQoLDA0ODw"
RESULT = Statement(
    kind="conformity.result-reported/1", streams=("urn:item:1", "urn:instrument:7"), body={"value": "2.0350", "unit": "mm"}
)
PRIVATE = Statement(kind="governance.complained/1", streams=("urn:firm:1",), body={}, visible_to=("urn:party:2",), salt=SALT)
DECIDED = {"command": {"name": "judge/1", "arguments": {"limit": "2.05"}}, "basis": {"size": 4, "reads": []}}


def sealed(statement=RESULT, **other):
    return seal(statement, **({"issuer": ISSUER, "key": KEY, "now": NOW} | other))


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def parts_of(record):
    header, payload, signature = record.jws.decode().split(".")
    return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (header, payload, signature)]


def signed(header: bytes, payload: bytes) -> bytes:
    """A JWS with a signature that holds, whatever stands in header and payload."""
    message = f"{text_of(header)}.{text_of(payload)}".encode()
    return message + b"." + text_of(KEY.sign(message)).encode()


def resealed(change, record=None) -> bytes:
    """The record with its payload changed by `change`, correctly signed again."""
    header, payload, _ = parts_of(record or sealed())
    value = json.loads(payload)
    change(value)
    return signed(header, json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


RECORDS = {
    "public": sealed(),
    "decided": sealed(**DECIDED),
    "private": sealed(PRIVATE),
    "nobody's": sealed(Statement(kind="a.b/1", streams=("urn:x:1",), body={}, visible_to=(), salt=SALT)),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_sealed_record_reads_back_as_it_was_stated_and_its_signature_holds(record):
    again = parse_record(record.jws)
    assert again == record
    verify_signature(again, KEY.public_key)
    assert (record.issuer, record.valid_from, record.kid, record.algorithm) == (ISSUER, NOW, KEY.public_key.kid, "Ed25519")
    assert (record.kind, record.streams, record.body) == (record.statement.kind, record.statement.streams, record.statement.body)


def test_what_was_stated_is_what_is_read():
    assert sealed().statement == RESULT
    assert sealed(PRIVATE).statement == PRIVATE
    decided = sealed(**DECIDED)
    assert (decided.command, decided.basis) == (DECIDED["command"], DECIDED["basis"])
    assert (sealed().command, sealed().basis) == (None, None)


def test_the_id_of_a_record_is_the_sha_256_of_its_jws():
    record = sealed()
    assert record.id == sha256(record.jws).hexdigest()
    assert sealed().jws == record.jws
    assert sealed(now="2026-11-20T08:00:01Z").id != record.id


def test_the_parts_of_a_record_are_a_fixed_header_and_a_verifiable_credential():
    header, payload, signature = parts_of(sealed())
    assert header == b'{"alg":"Ed25519","kid":"' + KEY.public_key.kid.encode() + b'","typ":"vc+jwt"}'
    assert parse_canonical(payload) == {
        "@context": CONTEXT,
        "type": ["VerifiableCredential", "QualityEvidence"],
        "issuer": ISSUER,
        "validFrom": NOW,
        "credentialSubject": {
            "kind": "conformity.result-reported/1",
            "streams": ["urn:item:1", "urn:instrument:7"],
            "body": {"value": "2.0350", "unit": "mm"},
        },
    }
    assert len(signature) == 64


def test_a_record_prints_without_its_jws():
    assert "jws" not in repr(sealed())


@given(st.data())
def test_no_record_with_one_changed_bit_is_read_with_a_signature_that_holds(data):
    record = data.draw(st.sampled_from(list(RECORDS.values())))
    place = data.draw(st.integers(0, 8 * len(record.jws) - 1))
    changed = bytearray(record.jws)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(OpenQIError):
        verify_signature(parse_record(bytes(changed)), KEY.public_key)


def test_not_one_changed_bit_of_a_whole_record_is_accepted():
    jws = sealed().jws
    for place in range(8 * len(jws)):
        changed = bytearray(jws)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises((FormatError, VerificationError)):
            verify_signature(parse_record(bytes(changed)), KEY.public_key)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_other_tail_bits_padding_spaces_and_line_ends_are_refused_in_each_part(part):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for number in range(3):  # three lengths of body, so that each tail occurs in the payload
        parts = sealed(Statement(kind="a.b/1", streams=("urn:x:1",), body={"a": "x" * number})).jws.decode().split(".")
        respellings = {parts[part] + more for more in ("=", "==", "\n", "A")} | {" " + parts[part], parts[part][:-1], ""}
        if len(parts[part]) % 4:
            respellings |= {parts[part][:-1] + alphabet[alphabet.index(parts[part][-1]) ^ 1]}
        for respelled in respellings:
            with pytest.raises(FormatError):
                parse_record(".".join([*parts[:part], respelled, *parts[part + 1 :]]).encode())


@pytest.mark.parametrize(
    "respell",
    [
        lambda payload: payload.replace(b":", b": ", 1),
        lambda payload: payload + b"\n",
        lambda payload: payload.replace(b'"issuer"', b'"\\u0069ssuer"'),
        lambda payload: payload.replace(b'"body":', b'"body":{},"body":', 1),
        lambda payload: json.dumps(dict(reversed(json.loads(payload).items())), separators=(",", ":")).encode(),
        lambda payload: payload.replace(b'"2.0350"', b"2.0350"),
        lambda payload: payload.replace(b'"2.0350"', b"1e2"),
        lambda payload: payload.replace(b'"2.0350"', b"-0"),
        lambda payload: payload.replace(b'"2.0350"', b"9007199254740992"),
        lambda payload: payload.replace(b'"2.0350"', b"null"),
        lambda payload: payload.replace(b'"mm"', '"e\u0301"'.encode()),
        lambda payload: payload.replace(b'"mm"', b'"\\ud800"'),
        lambda payload: payload.replace(b'"mm"', b'"\xff"'),
        lambda payload: payload.replace(b'"mm"', b"[" * 40 + b"]" * 40),
        lambda payload: payload.replace(b'"mm"', b'"' + b"m" * 48_000 + b'"'),
    ],
)
def test_a_payload_in_another_spelling_is_refused_though_its_signature_holds(respell):
    header, payload, _ = parts_of(sealed())
    respelled = respell(payload)
    assert respelled != payload
    with pytest.raises(FormatError):
        parse_record(signed(header, respelled))


def header_with(**change):
    return canonical_bytes({"alg": "Ed25519", "kid": KEY.public_key.kid, "typ": "vc+jwt"} | change)


@pytest.mark.parametrize(
    "header",
    [
        header_with(alg="none"),
        header_with(alg="ES256"),
        header_with(alg=["Ed25519"]),
        header_with(alg={}),
        header_with(typ="JWT"),
        header_with(typ=1),
        header_with(kid=5),
        header_with(crit=["b64"]),
        header_with(b64=False),
        header_with(kid="k" * 500),
        b'{"alg":"Ed25519","kid":"k"}',
        b'{"kid":"k","alg":"Ed25519","typ":"vc+jwt"}',
        b"[]",
        b"5",
        b"",
    ],
)
def test_another_header_is_refused(header):
    with pytest.raises(FormatError):
        parse_record(signed(header, parts_of(sealed())[1]))


def test_the_old_name_of_the_algorithm_is_read_but_never_written():
    record = parse_record(signed(header_with(alg="EdDSA"), parts_of(sealed())[1]))
    assert record.algorithm == "EdDSA"
    verify_signature(record, KEY.public_key)
    assert sealed().algorithm == "Ed25519"


def subject(**change):
    def apply(payload):
        payload["credentialSubject"] |= change

    return apply


def without(*names):
    def apply(payload):
        for name in names:
            payload["credentialSubject"].pop(name)

    return apply


def top(**change):
    return lambda payload: payload.update(change)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (top(id="urn:x:1"), "payload must be an object"),
        (lambda payload: payload.pop("validFrom"), "payload must be an object"),
        (top(**{"@context": CONTEXT[:1]}), "@context must be exactly"),
        (top(**{"@context": CONTEXT[::-1]}), "@context must be exactly"),
        (top(**{"@context": [*CONTEXT, "https://other.example"]}), "@context must be exactly"),
        (top(type=["VerifiableCredential"]), "and type"),
        (top(issuer={"id": ISSUER}), "issuer must be text"),
        (top(issuer="laboratory"), "laboratory"),
        (top(issuer=""), "URI"),
        (top(validFrom="2026-11-20T08:00:00+00:00"), "write YYYY"),
        (top(validFrom="2026-11-20T08:00:00.5Z"), "write YYYY"),
        (top(validFrom="2026-02-30T08:00:00Z"), "no such day"),
        (top(validFrom=1), "validFrom must be text"),
        (top(credentialSubject=[]), "credentialSubject must be an object"),
        (subject(id="urn:x:1"), "credentialSubject must be an object"),
        (without("kind"), "credentialSubject must be an object"),
        (without("streams"), "credentialSubject must be an object"),
        (without("body"), "credentialSubject must be an object"),
        (subject(kind="conformity.result-reported"), "pillar.what-happened/version"),
        (subject(kind="conformity.result-reported/0"), "pillar.what-happened/version"),
        (subject(kind="conformity.result-reported/01"), "pillar.what-happened/version"),
        (subject(kind="Conformity.result/1"), "pillar.what-happened/version"),
        (subject(kind="result/1"), "pillar.what-happened/version"),
        (subject(kind="a..b/1"), "pillar.what-happened/version"),
        (subject(kind="a.b/1\n"), "pillar.what-happened/version"),
        (subject(kind="a.b/99999"), "pillar.what-happened/version"),
        (subject(kind=1), "kind must be text"),
        (subject(body=[]), "body is an object"),
        (subject(body="text"), "body is an object"),
        (subject(streams=[]), "streams is a list of 1 to 65"),
        (subject(streams="urn:item:1"), "streams is a list"),
        (subject(streams="u"), "streams is a list"),
        (subject(streams={"urn:item:1": 1}), "streams is a list"),
        (subject(streams=["urn:item:1", "urn:item:1"]), "different URIs"),
        (subject(streams=[f"urn:item:{i}" for i in range(MAX_STREAMS + 1)]), "1 to 65"),
        (subject(streams=["no uri"]), "no uri"),
        (subject(streams=[5]), "streams must be text"),
        (subject(streams=[["urn:item:1"]]), "streams must be text"),
        (subject(command={}), "both command and basis"),
        (subject(basis={}), "both command and basis"),
        (subject(command=[], basis={}), "command and basis are objects"),
        (subject(command={}, basis="x"), "command and basis are objects"),
        (subject(visibleTo=["urn:party:1"]), "both visibleTo and a salt"),
        (subject(salt=SALT), "both visibleTo and a salt"),
        (subject(visibleTo=["urn:party:1"], salt=SALT[:-1]), "base64url|16 bytes"),
        (subject(visibleTo=["urn:party:1"], salt="AAAA"), "salt is 16 bytes"),
        (subject(visibleTo=["urn:party:1"], salt=5), "salt must be text"),
        (subject(visibleTo="urn:party:1", salt=SALT), "visibleTo is a list of 0 to 65"),
        (subject(visibleTo=["urn:a:1", "urn:a:1"], salt=SALT), "visibleTo is a list"),
        (subject(visibleTo=[f"urn:a:{i}" for i in range(MAX_STREAMS + 1)], salt=SALT), "visibleTo is a list"),
    ],
)
def test_a_payload_of_another_form_is_refused_though_its_signature_holds(change, why):
    with pytest.raises(FormatError, match=why):
        parse_record(resealed(change))


def test_a_payload_that_is_no_object_is_refused():
    for payload in (b"[]", b"1", b'"a"', b"true", b"{}"):
        with pytest.raises(FormatError, match="payload must be an object"):
            parse_record(signed(header_with(), payload))


def test_as_many_streams_as_allowed_are_kept_in_order():
    streams = tuple(f"urn:item:{i}" for i in range(MAX_STREAMS))
    assert sealed(Statement(kind="a.b/1", streams=streams[::-1], body={})).streams == streams[::-1]


@pytest.mark.parametrize(
    "jws", [b"", b".", b"..", b"a.b", b"a.b.c.d", b"\xff.\xff.\xff", b"e30.e30.", b"." * 70_000, b"a" * 65_001, "é.é.é".encode()]
)
def test_what_is_no_compact_jws_is_refused(jws):
    with pytest.raises(FormatError):
        parse_record(jws)


def test_a_text_larger_than_any_record_is_refused_unread():
    with pytest.raises(FormatError, match="65001 bytes; at most 65000 are accepted"):
        parse_record(b"a" * 65_001)
    with pytest.raises(FormatError, match="three base64url parts"):
        parse_record(b"a" * 65_000)


def test_a_signature_of_another_length_is_refused():
    header, payload, signature = parts_of(sealed())
    for changed in (signature[:-1], signature + b"\0", b"", signature * 2):
        with pytest.raises(FormatError, match="64 are expected"):
            parse_record(".".join(map(text_of, (header, payload, changed))).encode())


def test_the_largest_payload_still_makes_a_record_that_fits_a_log_entry():
    low, high = 0, 50_000
    while low < high:  # the largest text that seals
        middle = (low + high + 1) // 2
        try:
            sealed(Statement(kind="a.b/1", streams=("urn:x:1",), body={"a": "x" * middle}))
            low = middle
        except FormatError:
            high = middle - 1
    record = sealed(Statement(kind="a.b/1", streams=("urn:x:1",), body={"a": "x" * low}))
    assert len(parts_of(record)[1]) == 48_000
    assert len(record.jws) <= MAX_RECORD < 65_535


@pytest.mark.parametrize(
    "statement",
    [
        Statement(kind="x", streams=("urn:x:1",), body={}),
        Statement(kind="a.b/1", streams=(), body={}),
        Statement(kind="a.b/1", streams=("urn:x:1",), body={"value": 2.035}),
        Statement(kind="a.b/1", streams=("urn:x:1",), body={"value": None}),
        Statement(kind="a.b/1", streams=("urn:x:1",), body={}, visible_to=()),
        Statement(kind="a.b/1", streams=("urn:x:1",), body={}, salt=SALT),
        Statement(kind="a.b/1", streams=(5,), body={}),
    ],
)
def test_a_statement_of_another_form_is_never_sealed(statement):
    with pytest.raises(FormatError):
        sealed(statement)


@pytest.mark.parametrize(
    "change", [{"issuer": "x"}, {"now": "2026-11-20"}, {"command": {}}, {"basis": {}}, {"command": {"a": 1.5}, "basis": {}}]
)
def test_nothing_is_sealed_with_a_part_of_another_form(change):
    with pytest.raises(FormatError):
        sealed(**change)


def test_a_record_is_never_sealed_with_a_key_of_another_algorithm():
    pytest.importorskip("tongsuopy", reason="tongsuopy is not installed here: SM2 is an extra")
    with pytest.raises(FormatError, match="the header of a record"):
        sealed(key=signing_key(b"1" * 32, "SM2-SM3"))


def test_a_signature_is_judged_only_by_the_key_that_the_header_names():
    record, other = sealed(), signing_key(b"o" * 32)
    with pytest.raises(VerificationError, match="the header names key") as caught:
        verify_signature(record, other.public_key)
    assert caught.value.step == "signature"
    claimed = parse_record(signed(header_with(kid=other.public_key.kid), parts_of(record)[1]))
    with pytest.raises(VerificationError, match="does not fit"):
        verify_signature(claimed, other.public_key)


def test_a_key_of_another_algorithm_verifies_no_record():
    key = copy.copy(KEY.public_key)
    object.__setattr__(key, "algorithm", "SM2-SM3")
    object.__setattr__(key, "data", b"\x04" + b"\x01" * 64)
    record = parse_record(signed(header_with(kid=key.kid), parts_of(sealed())[1]))
    with pytest.raises(VerificationError, match="records are signed with Ed25519, not SM2-SM3"):
        verify_signature(record, key)


def test_the_log_entry_of_a_public_record_is_its_jws_and_of_any_other_its_id():
    public, private = RECORDS["public"], RECORDS["private"]
    assert log_entry(public) == public.jws
    assert parse_entry(log_entry(public)) == (public.id, public)
    assert log_entry(private) == b"sealed\n" + private.id.encode() + b"\n"
    assert parse_entry(log_entry(private)) == (private.id, None)
    assert not RECORDS["nobody's"].public
    with pytest.raises(FormatError, match="must stand in the log as a sealed entry"):
        parse_entry(private.jws)


@pytest.mark.parametrize("rest", [b"", b"A" * 64 + b"\n", b"a" * 64, b"a" * 65 + b"\n", b"a" * 64 + b"\n\n"])
def test_a_sealed_entry_of_another_form_is_refused(rest):
    with pytest.raises(FormatError):
        parse_entry(b"sealed\n" + rest)


def test_only_an_id_makes_a_sealed_entry_or_a_subject():
    for record_id in ("", "a" * 63, "A" * 64, "g" * 64):
        for make in (sealed_entry, record_subject):
            with pytest.raises(FormatError):
                make(record_id)


def test_the_subject_of_a_record_is_a_uri_that_carries_its_id():
    record = sealed()
    assert record_subject(record.id) == f"ni:///sha-256;{text_of(bytes.fromhex(record.id))}"
    assert sealed(Statement(kind="a.b/1", streams=(record_subject(record.id),), body={})).streams == (record_subject(record.id),)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_our_own_error(data):
    for read in (parse_record, parse_entry):
        for candidate in (data, b"sealed\n" + data):
            try:
                read(candidate)
            except OpenQIError:
                continue
            assert read is parse_entry


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CHANGED = ["@context", "type", "issuer", "validFrom", "credentialSubject"]
INNER = ["kind", "streams", "body", "command", "basis", "visibleTo", "salt"]


def some(names):
    return st.dictionaries(st.sampled_from(names), values, max_size=4)


@given(some(CHANGED), some(INNER), values)
def test_any_json_in_any_member_is_a_record_or_our_own_error(changed, inner, kid):
    header, payload, _ = parts_of(sealed())
    value = json.loads(payload)
    value["credentialSubject"] |= inner
    value |= changed
    for head in (header, json.dumps({"alg": "Ed25519", "kid": kid, "typ": "vc+jwt"}, separators=(",", ":")).encode()):
        try:
            record = parse_record(signed(head, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
            verify_signature(record, KEY.public_key)
        except OpenQIError:
            continue
        assert parse_record(record.jws) == record


def test_the_second_context_is_named_by_the_hash_of_its_document():
    name = sha256(json.dumps(CONTEXT_DOCUMENT, sort_keys=True, separators=(",", ":")).encode()).digest()
    assert tuple(CONTEXT) == ("https://www.w3.org/ns/credentials/v2", f"ni:///sha-256;{text_of(name)}")


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_json_ld_gives_every_term_of_a_record_a_meaning_and_drops_none(record):
    w3c = json.loads(shared("data/trace/untp/w3c/credentials-v2.jsonld").read_text("utf-8"))
    documents = {CONTEXT[0]: w3c, CONTEXT[1]: CONTEXT_DOCUMENT}

    def load(url, options):
        return {"contextUrl": None, "documentUrl": url, "document": documents[url], "contentType": "application/ld+json"}

    dropped = []
    payload = json.loads(parts_of(record)[1])
    [expanded] = jsonld.expand(payload, {"documentLoader": load}, on_property_dropped=dropped.append)
    assert dropped == []
    terms = CONTEXT_DOCUMENT["@context"]
    stated = payload["credentialSubject"]
    [subject_node] = expanded["https://www.w3.org/2018/credentials#credentialSubject"]
    meanings = {name: subject_node[term if type(term) is str else term["@id"]] for name, term in terms.items() if name in stated}
    assert meanings.keys() == stated.keys()
    assert len(subject_node) == len(stated)
    assert meanings["body"] == [{"@type": "@json", "@value": stated["body"]}]
    assert [node["@id"] for node in meanings["streams"]] == stated["streams"]
    assert [node["@id"] for node in meanings.get("visibleTo", [])] == stated.get("visibleTo", [])
    assert expanded["@type"] == ["https://www.w3.org/2018/credentials#VerifiableCredential", terms["QualityEvidence"]]
    assert expanded["https://www.w3.org/2018/credentials#issuer"] == [{"@id": ISSUER}]


def test_json_ld_would_tell_of_a_term_that_has_no_meaning():
    documents = {CONTEXT[1]: CONTEXT_DOCUMENT}

    def load(url, options):
        return {"contextUrl": None, "documentUrl": url, "document": documents[url], "contentType": "application/ld+json"}

    dropped = []
    document = {"@context": CONTEXT[1:], "kind": "a.b/1", "foreign": "x"}
    jsonld.expand(document, {"documentLoader": load}, on_property_dropped=dropped.append)
    assert dropped == ["foreign"]
