"""Signatures made to deceive: what they do not cover, times that they make up, certificates for other purposes, endless paths."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from time import thread_time

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.oid import NameOID
from lxml import etree

from openqi.app.certificates.examination import examined
from openqi.formats.dcc.certificate import read_certificate
from openqi.formats.dcc.signature.report import SignatureReport
from openqi.formats.dcc.signature.verify import verify_signature
from unit.formats import dcc_signing
from unit.formats.dcc_good import good
from unit.formats.dcc_signing import BEGIN, DS, ECDSA, EXCLUSIVE, SHA256, SIGNED, XADES, Party, World, revocation_list, signed

SOON = "2024-07-01T00:00:00Z"
DECOY = (
    f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}"><xades:SignedProperties Id="other">'
    "<xades:SignedSignatureProperties><xades:SigningTime>2024-02-01T08:00:00Z</xades:SigningTime>"
    "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>"
).encode()


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def report(data: bytes, world: World, now: str = SOON) -> SignatureReport:
    """What a signature comes to for one who believes both issuers."""
    return verify_signature(data, roots=[world.root.der], stamp_roots=[world.stamp_root.der], now=now)


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """A file with one text replaced, which must be there."""
    assert old in data, old
    return data.replace(old, new, 1)


def certified(
    name: str, issuer: str, by: object, *, key: object = None, ca: bool = False, lists: bool = True, purposes: tuple = ()
) -> Party:
    """A party whose certificate says what a test wants it to say."""
    named = lambda words: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])  # noqa: E731
    key = key or ec.generate_private_key(ec.SECP256R1())
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    usage |= {"digital_signature": True, "content_commitment": False, "key_cert_sign": ca, "crl_sign": ca and lists}
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=700))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
    return Party(key, builder.sign(by or key, hashes.SHA256()))


def signing_only_a_part(data: bytes, signer: Party, name: str, *others: Party) -> bytes:
    """A file with a signature that holds, and covers nothing but an object of its own."""
    canonical = lambda text: etree.tostring(etree.fromstring(text), method="c14n", exclusive=True)  # noqa: E731
    part = f'<ds:Object xmlns:ds="{DS}" Id="{name}">nothing</ds:Object>'
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{ECDSA}"/><ds:Reference URI="#{name}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>'
        f"{b64encode(hashlib.sha256(canonical(part)).digest()).decode()}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    r, s = utils.decode_dss_signature(signer.key.sign(canonical(info), ec.ECDSA(hashes.SHA256())))
    held = "".join(f"<ds:X509Certificate>{b64encode(one.der).decode()}</ds:X509Certificate>" for one in (signer, *others))
    root = etree.fromstring(data)
    root.append(etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()}'
        f"</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{held}</ds:X509Data></ds:KeyInfo>{part}</ds:Signature>"
    ))  # fmt: skip
    return etree.tostring(root)


@pytest.mark.parametrize("name", ["document", "properties", "x"])
def test_a_part_of_any_name_does_not_stand_for_the_document(world: World, name: str):
    data = signing_only_a_part(good(), world.lab, name, world.middle)
    assert report(data, world).state == "broken"


def test_properties_that_nobody_signed_do_not_say_when_it_was_signed(world: World):
    data = signed(good(), world.lab, world.middle)
    for torn in (
        changed(data, b"<ds:Object>", DECOY + b"<ds:Object>"),
        changed(data, b"</ds:Signature>", DECOY + b"</ds:Signature>"),
    ):
        assert (report(torn, world).state, report(torn, world).signed_at) == ("broken", None)


def test_what_stands_in_the_signature_is_no_part_of_the_certificate(world: World):
    data = signed(good(), world.lab, world.middle)
    start, end = data.index(b"<dcc:measurementResults"), data.index(b"</dcc:measurementResults>") + 25
    link = (
        b"<dcc:certificate><dcc:referral><dcc:content>x</dcc:content></dcc:referral><dcc:referralID>B</dcc:referralID>"
        b"<dcc:procedure>sha256</dcc:procedure><dcc:value>00</dcc:value></dcc:certificate>"
    )
    for more in (data[start:end], link, b"<dcc:mainSigner>true</dcc:mainSigner>"):
        torn = changed(data, b"</ds:Signature>", b"<ds:Object>" + more + b"</ds:Object></ds:Signature>")
        assert report(torn, world).state == "valid"
        assert read_certificate(torn, name="x") == read_certificate(data, name="x")
        assert examined(torn, name="x").verdicts == examined(data, name="x").verdicts


@pytest.mark.parametrize("old", [b"<ds:SignedInfo", b"<dcc:digitalCalibrationCertificate", b"<xades:SignedProperties"])
def test_what_has_no_canonical_form_is_broken(world: World, old: bytes):
    data = signed(good(), world.lab, world.middle)
    assert report(changed(data, old, old + b' xmlns:q="relative" q:a="1"'), world).state == "broken"


@pytest.mark.parametrize("now", ["2020-01-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-06-01T07:54:59Z"])
def test_nobody_has_signed_later_than_now(world: World, now: str):
    for stamper in (None, world.stamper):
        found = report(signed(good(), world.lab, world.middle, stamper=stamper), world, now)
        assert (found.state, found.steps[-1][:2]) == ("broken", ("time", "failed"))


def test_clocks_may_be_a_little_apart(world: World):
    assert report(signed(good(), world.lab, world.middle), world, "2024-06-01T07:56:00Z").state == "valid"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-06-01T08:00:00", "now"])
def test_a_time_of_signing_that_is_no_instant_is_broken(world: World, text: str):
    class When(str):
        """A text that stands where a time is asked for."""

        def __format__(self, form: str) -> str:
            return str(self)

    assert report(signed(good(), world.lab, world.middle, at=When(text)), world).state == "broken"


@pytest.mark.parametrize("text", ["00000601080000Z", "20240601080000", "20240601100000+0200"])
def test_a_time_stamp_of_a_strange_time_is_not_counted_or_told_in_utc(world: World, text: str, monkeypatch: pytest.MonkeyPatch):
    whole = tsp.TSTInfo.dump

    def strange(self: tsp.TSTInfo, force: bool = False) -> bytes:
        data, old = whole(self, force), b"\x18\x0f20240601080000Z"
        assert data.count(old) == 1
        new = b"\x18" + bytes([len(text)]) + text.encode()
        return data[:1] + bytes([data[1] + len(new) - len(old)]) + data[2:].replace(old, new)

    monkeypatch.setattr(dcc_signing.tsp.TSTInfo, "dump", strange)
    data = signed(good(), world.lab, world.middle, stamper=world.stamper)
    monkeypatch.undo()
    found = report(data, world)
    assert (found.state, found.signed_at) == ("valid", "2024-06-01T08:00:00Z")
    assert found.time_source == ("timestamp" if "+" in text else "claimed")


@pytest.mark.parametrize(
    "purposes",
    [(Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH), (Purpose.CODE_SIGNING,), (Purpose.TIME_STAMPING,), (Purpose.OCSP_SIGNING,)],
)
def test_a_certificate_for_another_purpose_signs_no_document(world: World, purposes: tuple):
    lab = certified("lab", "root", world.root.key, purposes=purposes)
    found = report(signed(good(), lab), world)
    assert (found.state, found.steps[-1][:2]) == ("broken", ("signature", "failed"))
    for more in (Purpose.EMAIL_PROTECTION, Purpose.ANY_EXTENDED_KEY_USAGE):
        lab = certified("lab", "root", world.root.key, purposes=(*purposes, more))
        assert report(signed(good(), lab), world).state == "valid"


def test_an_issuer_with_a_weak_key_is_none(world: World):
    for bits, state in ((1024, "unknown-issuer"), (2048, "valid")):
        key = rsa.generate_private_key(65537, bits)
        issuer = certified("below", "root", world.root.key, key=key, ca=True)
        assert report(signed(good(), certified("lab", "below", key), issuer), world).state == state


def test_certificates_that_issue_each_other_are_given_up_in_time(world: World):
    key = ec.generate_private_key(ec.SECP256R1())
    parties = [certified("x", "x", None, key=key, ca=True) for _ in range(30)]
    data, start = signed(good(), parties[0], *parties[1:]), thread_time()
    assert report(data, world).state == "not-checked"
    assert thread_time() - start < 5.0


def test_a_revocation_list_of_later_tells_of_a_revocation_before(world: World):
    hour, day = timedelta(hours=1), timedelta(days=1)
    for since, stamper, state in (
        (SIGNED - hour, None, "revoked"),
        (SIGNED - hour, world.stamper, "revoked"),
        (SIGNED + hour, None, "revoked"),
        (SIGNED + hour, world.stamper, "valid"),
    ):
        for at in (SIGNED + 10 * day, SIGNED + 100 * day):
            lists = (revocation_list(world.middle, (world.lab, since), at=at),)
            data = signed(good(), world.lab, world.middle, stamper=stamper, lists=lists)
            assert report(data, world, "2025-07-01T00:00:00Z").state == state, (since, at)


def test_a_revocation_list_of_long_ago_tells_of_a_revocation_too_but_not_of_one_on_hold(world: World):
    since, before = SIGNED - timedelta(days=70), SIGNED - timedelta(days=60)
    lists = (revocation_list(world.middle, (world.lab, since), at=before),)
    assert report(signed(good(), world.lab, world.middle, lists=lists), world).state == "revoked"
    entry = x509.RevokedCertificateBuilder().serial_number(world.lab.certificate.serial_number).revocation_date(since)
    held = entry.add_extension(x509.CRLReason(x509.ReasonFlags.certificate_hold), critical=False).build()
    for at, state in ((before, "valid"), (SIGNED, "revoked"), (SIGNED + timedelta(days=60), "revoked")):
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(world.middle.certificate.subject)
            .last_update(at - timedelta(days=1))
            .next_update(at + timedelta(days=30))
            .add_revoked_certificate(held)
            .sign(world.middle.key, hashes.SHA256())
        )
        data = signed(good(), world.lab, world.middle, lists=(made.public_bytes(dcc_signing.Encoding.DER),))
        assert report(data, world).state == state, at


def test_a_list_by_an_issuer_that_may_sign_none_does_not_count(world: World):
    for lists, told in ((False, "not checked"), (True, "good")):
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = certified("below", "root", world.root.key, key=key, ca=True, lists=lists)
        held = (revocation_list(issuer), revocation_list(world.root))
        assert report(signed(good(), certified("lab", "below", key), issuer, lists=held), world).revocation == told


@pytest.mark.parametrize(("days", "status", "told"), [(0, "GOOD", "good"), (10, "GOOD", "not checked"), (10, "REVOKED", "revoked")])
def test_an_answer_of_later_tells_of_a_revocation_and_of_nothing_else(world: World, days: int, status: str, told: str):
    at = SIGNED + timedelta(days=days) - timedelta(hours=1)
    revoked = status == "REVOKED"
    answer = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=world.lab.certificate, issuer=world.middle.certificate, algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus[status], this_update=at, next_update=at + timedelta(days=3),
            revocation_time=SIGNED - timedelta(hours=2) if revoked else None, revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, world.middle.certificate)
        .sign(world.middle.key, hashes.SHA256())
    )  # fmt: skip
    held = b64encode(answer.public_bytes(dcc_signing.Encoding.DER))
    data = signed(good(), world.lab, world.middle, lists=(revocation_list(world.root),))
    held = b"<xades:EncapsulatedOCSPValue>" + held + b"</xades:EncapsulatedOCSPValue>"
    data = changed(data, b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties>" + held)
    assert report(data, world).revocation == told
