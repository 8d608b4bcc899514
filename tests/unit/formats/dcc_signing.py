"""A small world of issuers that signs certificates as laboratories do (XAdES), with time-stamps and revocation lists."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree

DS, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256, SHA512 = "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"
ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
SIGNED = datetime(2024, 6, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Party:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)


def party(
    name: str, issuer: Party | None = None, *, years: int = 2, issues: bool = False, stamps: bool = False, path: int | None = None
) -> Party:
    """A party with a certificate of an issuer, or of itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=issues, path_length=path), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not issues, key_cert_sign=issues, crl_sign=issues, **usage), critical=True)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Party(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


@dataclass(frozen=True)
class World:
    """Two issuers that are believed, a laboratory, and somebody who stamps time."""

    root: Party = field(default_factory=lambda: party("root", years=20, issues=True))
    stamp_root: Party = field(default_factory=lambda: party("stamp root", years=20, issues=True))

    def __post_init__(self) -> None:
        object.__setattr__(self, "middle", party("middle", self.root, years=10, issues=True, path=0))
        object.__setattr__(self, "lab", party("lab", self.middle))
        object.__setattr__(self, "stamper", party("stamper", self.stamp_root, years=3, stamps=True))

    middle: Party = field(init=False)
    lab: Party = field(init=False)
    stamper: Party = field(init=False)


def revocation_list(
    issuer: Party, *revoked: tuple[Party, datetime], at: datetime = SIGNED, days: int = 30, doubtful: datetime | None = None
) -> bytes:
    """A revocation list that was issued a day before; `doubtful` is since when the keys are said to be in other hands."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at - timedelta(days=1))
        .next_update(at + timedelta(days=days))
    )
    for one, since in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(since)
        if doubtful:
            entry = entry.add_extension(x509.InvalidityDate(doubtful), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def stamp(stamper: Party, data: bytes, at: datetime) -> bytes:
    """A time-stamp token (RFC 3161) over data."""
    info = tsp.TSTInfo({
        "version": "v1", "policy": "1.2.3", "serial_number": 1, "gen_time": at,
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(data).digest()},
    })  # fmt: skip
    content = info.dump()
    certificate = asn1_x509.Certificate.load(stamper.der)
    attributes = cms.CMSAttributes([
        {"type": "content_type", "values": ["tst_info"]},
        {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
        {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [
            {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": hashlib.sha256(stamper.der).digest()}]})]},
    ])  # fmt: skip
    signature = stamper.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
    signer = cms.SignerInfo({
        "version": "v1", "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "signed_attrs": attributes,
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number})),
        "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature": signature,
    })  # fmt: skip
    message = cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}], "signer_infos": [signer], "certificates": [certificate],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": message}).dump()


def signed(
    data: bytes, signer: Party, *others: Party, at: datetime = SIGNED, stamper: Party | None = None, lists: tuple[bytes, ...] = (),
    answers: tuple[bytes, ...] = (), beside: tuple[Party, ...] | None = None, named: bool = True,
) -> bytes:  # fmt: skip
    """A certificate with an XML signature, as XAdES has it, and the long-term data that are given.

    `beside` are those whose certificates stand with the key, by default the signer's alone; `named`: the properties name it.
    """
    root = etree.fromstring(data)
    document = b64encode(hashlib.sha256(etree.tostring(root.getroottree(), method="c14n", with_comments=False)).digest()).decode()
    properties = (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="props"><xades:SignedSignatureProperties><xades:SigningTime>'
        f"{at:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>{_naming(signer) if named else ''}"
        "</xades:SignedSignatureProperties></xades:SignedProperties>"
    )
    digest = b64encode(hashlib.sha256(_canonical(properties)).digest()).decode()
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{ECDSA}"/>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/>'
        f'<ds:Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11"/></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/>'
        f"<ds:DigestValue>{document}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#props"><ds:Transforms>'
        f'<ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    r, s = utils.decode_dss_signature(signer.key.sign(_canonical(info), ec.ECDSA(hashes.SHA256())))
    value = f'<ds:SignatureValue xmlns:ds="{DS}">{b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()}</ds:SignatureValue>'
    unsigned = "".join(
        f"<xades:EncapsulatedX509Certificate>{b64encode(one.der).decode()}</xades:EncapsulatedX509Certificate>" for one in others
    )
    unsigned += "".join(f"<xades:EncapsulatedCRLValue>{b64encode(one).decode()}</xades:EncapsulatedCRLValue>" for one in lists)
    unsigned += "".join(f"<xades:EncapsulatedOCSPValue>{b64encode(one).decode()}</xades:EncapsulatedOCSPValue>" for one in answers)
    if stamper:
        token = b64encode(stamp(stamper, _canonical(value), at)).decode()
        held = f"<xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp>"
        unsigned += f"<xades:SignatureTimeStamp>{held}</xades:SignatureTimeStamp>"
    keys = "".join(
        f"<ds:X509Certificate>{b64encode(one.der).decode()}</ds:X509Certificate>"
        for one in ((signer,) if beside is None else beside)
    )
    signature = (
        f'<ds:Signature xmlns:ds="{DS}" Id="sig">{info}{value}<ds:KeyInfo><ds:X509Data>{keys}</ds:X509Data></ds:KeyInfo><ds:Object>'
        f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig">{properties}<xades:UnsignedProperties>'
        f"<xades:UnsignedSignatureProperties>{unsigned}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
        "</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )
    root.append(etree.fromstring(signature))
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _naming(signer: Party) -> str:
    return (
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA512}"/><ds:DigestValue xmlns:ds="{DS}">'
        f"{b64encode(hashlib.sha512(signer.der).digest()).decode()}</ds:DigestValue></xades:CertDigest></xades:Cert>"
        "</xades:SigningCertificateV2>"
    )


def _canonical(text: str) -> bytes:
    return etree.tostring(etree.fromstring(text), method="c14n", exclusive=True)
