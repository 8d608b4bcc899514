"""Signatures as of the time of signing: each state on real certificates and on those of a small world of issuers."""

from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.signature.verify import verify_signature
from openqi.kernel.errors import FormatError
from shared_data import shared
from unit.formats.dcc_good import good
from unit.formats.dcc_signing import BEGIN, SIGNED, XADES, World, party, revocation_list, signed

GOOD_PRACTICE = "data/dcc/examples/good_practice/dcc_gp_temperature_typical_v12_v3.2.0_"
SOON, LATER = "2024-07-01T00:00:00Z", "2026-11-30T12:00:00Z"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def real(name: str) -> bytes:
    """A real certificate, signed."""
    return shared(f"{GOOD_PRACTICE}{name}.xml").read_bytes()


def embedded(name: str) -> bytes:
    """A certificate that the long-term data of a real certificate carry."""
    for element in etree.fromstring(real("signed_lt")).iter(f"{{{XADES}}}EncapsulatedX509Certificate"):
        der = b64decode(element.text or "")
        if name in x509.load_der_x509_certificate(der).subject.rfc4514_string():
            return der
    raise LookupError(name)


ROOT, MIDDLE, STAMPS = "Calibration Community Root CA 01", "Calibration Community Sub CA 01", "T-TeleSec GlobalRoot Class 2,OU"


@pytest.mark.parametrize(
    ("file", "roots", "stamp_roots", "state", "signed_at", "source", "revocation"),
    [
        ("signed", (), (), "unknown-issuer", "2023-03-27T15:14:30Z", "claimed", "not checked"),
        ("signed", (ROOT,), (), "unknown-issuer", "2023-03-27T15:14:30Z", "claimed", "not checked"),
        ("signed", (ROOT, MIDDLE), (), "valid-then-expired-now", "2023-03-27T15:14:30Z", "claimed", "not checked"),
        ("signed_manipulated", (ROOT, MIDDLE), (), "changed", None, None, "not checked"),
        ("signed_lt", (ROOT,), (), "valid-then-expired-now", "2023-06-20T12:12:42Z", "claimed", "good"),
        ("signed_lt", (ROOT, STAMPS), (), "valid-then-expired-now", "2023-06-20T12:12:42Z", "claimed", "good"),
        ("signed_lt", (ROOT,), (STAMPS,), "valid-then-expired-now", "2023-06-20T12:12:37Z", "timestamp", "good"),
        ("signed_lt", (), (ROOT, STAMPS), "unknown-issuer", "2023-06-20T12:12:37Z", "timestamp", "not checked"),
        ("signed_lt_revoked", (ROOT,), (STAMPS,), "revoked", "2023-06-15T13:47:30Z", "timestamp", "revoked"),
    ],
)
def test_real_signatures_are_told_apart(
    file: str, roots: tuple[str, ...], stamp_roots: tuple[str, ...], state: str, signed_at: str | None, source: str | None,
    revocation: str,
):  # fmt: skip
    believed, stampers = ([embedded(name) for name in names] for names in (roots, stamp_roots))
    report = verify_signature(real(file), roots=believed, stamp_roots=stampers, now=LATER)
    assert (report.state, report.signed_at, report.time_source, report.revocation) == (state, signed_at, source, revocation)


def test_a_real_signature_was_valid_while_its_certificates_were():
    report = verify_signature(real("signed_lt"), roots=[embedded(ROOT)], stamp_roots=[embedded(STAMPS)], now="2023-07-30T00:00:00Z")
    assert report.state == "valid"
    assert [state for _, state, _ in report.steps] == ["passed"] * 8


def test_what_is_not_signed_is_said_to_be_not_signed():
    report = verify_signature(good(), roots=[], now=SOON)
    assert (report.state, report.signer, report.revocation) == ("not-signed", None, "not checked")


def test_a_signature_is_valid_then_expired_now(world: World):
    lists = (revocation_list(world.middle), revocation_list(world.root))
    data = signed(good(), world.lab, world.middle, stamper=world.stamper, lists=lists)
    stampers = [world.stamp_root.certificate.public_bytes(Encoding.PEM)]
    now, later = (verify_signature(data, roots=[world.root.der], stamp_roots=stampers, now=when) for when in (SOON, LATER))
    assert (now.state, now.time_source, now.revocation, now.signed_at) == ("valid", "timestamp", "good", "2024-06-01T08:00:00Z")
    assert later.state == "valid-then-expired-now"
    assert verify_signature(data, roots=[], stamp_roots=stampers, now=SOON).state == "unknown-issuer"


def test_revocation_before_signing_counts_and_after_it_only_where_nobody_else_says_when(world: World):
    roots, stampers = [world.root.der], [world.stamp_root.der]
    for since, stamper, state in (
        (SIGNED - timedelta(hours=1), world.stamper, "revoked"),
        (SIGNED + timedelta(hours=1), world.stamper, "valid"),
        (SIGNED + timedelta(hours=1), None, "revoked"),
    ):
        lists = (revocation_list(world.middle, (world.lab, since)), revocation_list(world.root))
        data = signed(good(), world.lab, world.middle, stamper=stamper, lists=lists)
        assert verify_signature(data, roots=roots, stamp_roots=stampers, now=SOON).state == state, (since, stamper)


def test_a_key_that_was_in_other_hands_before_signing_is_revoked_though_that_was_found_out_later(world: World):
    later, earlier = SIGNED + timedelta(hours=1), SIGNED - timedelta(hours=1)
    lists = (revocation_list(world.middle, (world.lab, later), doubtful=earlier), revocation_list(world.root))
    data = signed(good(), world.lab, world.middle, stamper=world.stamper, lists=lists)
    assert verify_signature(data, roots=[world.root.der], stamp_roots=[world.stamp_root.der], now=SOON).state == "revoked"


def test_a_revoked_issuer_revokes_what_it_issued(world: World):
    lists = (revocation_list(world.middle), revocation_list(world.root, (world.middle, BEGIN)))
    data = signed(good(), world.lab, world.middle, lists=lists)
    assert verify_signature(data, roots=[world.root.der], now=SOON).state == "revoked"


@pytest.mark.parametrize("kind", ["out of date", "of another", "forged"])
def test_a_revocation_list_that_does_not_count_leaves_it_not_checked(world: World, kind: str):
    other = party("middle", issues=True)  # same name, another key
    held = {
        "out of date": revocation_list(world.middle, at=SIGNED - timedelta(days=60)),
        "of another": revocation_list(world.root),
        "forged": revocation_list(other, (world.lab, BEGIN)),
    }[kind]
    report = verify_signature(signed(good(), world.lab, world.middle, lists=(held,)), roots=[world.root.der], now=SOON)
    assert (report.state, report.revocation) == ("valid", "not checked")
    assert "not checked" in [state for name, state, _ in report.steps if name == "revocation"]


def test_an_issuer_that_may_not_issue_is_none(world: World):
    below = party("below", world.middle, issues=True)  # the middle may have no issuer below it
    assert (
        verify_signature(signed(good(), party("x", below), world.middle, below), roots=[world.root.der], now=SOON).state
        == "unknown-issuer"
    )
    by_lab = party("x", world.lab)
    assert (
        verify_signature(signed(good(), by_lab, world.lab, world.middle), roots=[world.root.der], now=SOON).state
        == "unknown-issuer"
    )


def test_a_certificate_that_was_not_in_force_when_it_was_signed_does_not_hold(world: World):
    data = signed(good(), world.lab, world.middle, at=BEGIN + timedelta(days=1000))
    report = verify_signature(data, roots=[world.root.der], now=LATER)
    assert (report.state, report.steps[-1][0]) == ("broken", "issuer")


def test_a_time_stamp_over_something_else_or_by_a_stranger_does_not_count(world: World):
    roots, stampers = [world.root.der], [world.stamp_root.der]
    data = signed(good(), world.lab, world.middle, stamper=world.stamper)
    other = signed(good(("GOOD-1", "GOOD-2")), world.lab, world.middle, stamper=world.stamper)
    stamp = data[data.index(b"<xades:SignatureTimeStamp") : data.index(b"</xades:SignatureTimeStamp>")]
    moved = other[: other.index(b"<xades:SignatureTimeStamp")] + stamp + other[other.index(b"</xades:SignatureTimeStamp>") :]
    assert verify_signature(moved, roots=roots, stamp_roots=stampers, now=SOON).time_source == "claimed"
    assert verify_signature(data, roots=[world.root.der], now=SOON).time_source == "claimed"
    for stamper in (party("stamper", world.stamp_root), party("stamper", stamps=True)):
        foreign = signed(good(), world.lab, world.middle, stamper=stamper)
        assert verify_signature(foreign, roots=roots, stamp_roots=stampers, now=SOON).time_source == "claimed"


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """A file with one text replaced, which must be there."""
    assert data.count(old) >= 1, old
    return data.replace(old, new, 1)


def test_whatever_is_changed_is_found_out(world: World):
    data = signed(good(), world.lab, world.middle)
    report = lambda torn: verify_signature(torn, roots=[world.root.der], now=SOON)  # noqa: E731
    assert report(data).state == "valid"
    assert report(changed(data, b"0.011 -0.012", b"0.001 -0.002")).state == "changed"
    assert report(changed(data, b"</dcc:measurementResults>", b"</dcc:measurementResults> ")).state == "changed"
    assert report(changed(data, b"2024-06-01T08:00:00Z", b"2024-07-01T08:00:00Z")).state == "broken"
    start = data.index(b">", data.index(b"<ds:SignatureValue")) + 5
    assert report(data[:start] + (b"A" if data[start : start + 1] != b"A" else b"B") + data[start + 1 :]).state == "broken"


def test_a_comment_is_no_part_of_what_is_signed_and_of_what_is_read(world: World):
    data = signed(good(), world.lab, world.middle)
    torn = changed(data, b"<dcc:list>", b"<dcc:list><!-- a comment -->")
    torn = changed(torn, b"0.011 -0.012", b"0.0<!-- cut -->11 -0.012")
    assert verify_signature(torn, roots=[world.root.der], now=SOON).state == "valid"
    assert read_certificate(torn, name="x").values == read_certificate(data, name="x").values


def test_a_processing_instruction_is_signed_too(world: World):
    before = good(
        ("<dcc:digitalCalibrationCertificate xmlns", '<?xml-stylesheet href="a.xsl"?><dcc:digitalCalibrationCertificate xmlns')
    )
    data = signed(before, world.lab, world.middle)
    assert verify_signature(data, roots=[world.root.der], now=SOON).state == "valid"
    assert verify_signature(changed(data, b"a.xsl", b"b.xsl"), roots=[world.root.der], now=SOON).state == "changed"


def test_the_certificate_of_another_key_cannot_be_put_in_its_place(world: World):
    data, other = signed(good(), world.lab, world.middle), party("lab", world.middle)
    torn = changed(data, b64encode(world.lab.der), b64encode(other.der))
    assert verify_signature(torn, roots=[world.root.der], now=SOON).state == "broken"


def test_a_signed_document_cannot_be_wrapped_into_another(world: World):
    data = signed(good(), world.lab, world.middle)
    start, end = data.index(b"<ds:Signature "), data.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature = data[start:end]
    inner = changed(data[:start] + data[end:], b"<dcc:list>", b"<dcc:list>" + signature)
    assert verify_signature(inner, roots=[world.root.der], now=SOON).state == "broken"
    doubled = data[:end] + signature + data[end:]
    assert verify_signature(doubled, roots=[world.root.der], now=SOON).state == "broken"
    props = data[
        data.index(b"<xades:SignedProperties") : data.index(b"</xades:SignedProperties>") + len(b"</xades:SignedProperties>")
    ]
    twice = changed(data, b"<xades:UnsignedProperties>", props + b"<xades:UnsignedProperties>")
    assert verify_signature(twice, roots=[world.root.der], now=SOON).state == "broken"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2001/04/xmldsig-more#ecdsa-sha256", "2000/09/xmldsig#dsa-sha1"),
        ("2001/04/xmldsig-more#ecdsa-sha256", "2001/04/xmldsig-more#hmac-sha256"),
        ("2006/12/xml-c14n11", "2006/12/xml-c14n11#WithComments"),
        ("http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        ('<ds:Reference URI="">', '<ds:Reference URI="http://elsewhere.example/">'),
    ],
)
def test_what_is_not_on_the_list_is_not_checked_or_does_not_hold(world: World, old: str, new: str):
    torn = changed(signed(good(), world.lab, world.middle), old.encode(), new.encode())
    assert verify_signature(torn, roots=[world.root.der], now=SOON).state in ("not-checked", "broken")


def test_a_signature_that_does_not_cover_the_document_is_broken(world: World):
    data = signed(good(), world.lab, world.middle)
    start = data.index(b'<ds:Reference URI="">')
    torn = data[:start] + data[data.index(b"<ds:Reference Type") :]
    assert verify_signature(torn, roots=[world.root.der], now=SOON).state == "broken"


def test_bad_questions_are_errors(world: World):
    for now in ("tomorrow", "2026-01-12", "2026-01-12T08:00:00"):
        with pytest.raises(FormatError, match="now"):
            verify_signature(good(), roots=[], now=now)
    with pytest.raises(FormatError, match="root"):
        verify_signature(good(), roots=[b"no certificate"], now=SOON)
    with pytest.raises(FormatError, match=r"DOCTYPE|not well-formed"):
        verify_signature(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", roots=[], now=SOON)
