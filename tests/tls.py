"""Certificates of the tests' own for servers on this machine."""

import datetime
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from openqi.app.folder import now


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate with its key in one file, and who vouches for it in another."""

    chain: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.load_cert_chain(self.chain)
        return made


def certificate(folder: Path, name: str, *, address: str = "127.0.0.1", days: int = 1, name_of_host: str = "") -> Certificate:
    """A certificate of its own for an address; one of less than no days has ended."""
    key, today = ec.generate_private_key(ec.SECP256R1()), now()
    named: list[x509.GeneralName] = [x509.IPAddress(ip_address(address))]
    named += [x509.DNSName(name_of_host)] if name_of_host else []
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today - datetime.timedelta(days=9))
        .not_valid_after(today + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain, authority = folder / f"{name}.chain.pem", folder / f"{name}.pem"
    chain.write_bytes(key.private_bytes(*plain) + pem)
    authority.write_bytes(pem)
    return Certificate(chain=chain, authority=authority)


def free() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
