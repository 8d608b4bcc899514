"""A certificate names who authorised it."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "main-signer-named", "ISO/IEC 17025:2017 7.8.2.1 o"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find a certificate in which no responsible person is the main signer."""
    if certificate.metadata["main signers"] == "0":
        held = certificate.root.one("dcc:administrativeData").maybe("dcc:respPersons")
        line = held.line if held else certificate.root.line
        yield Finding(rule=NAME, clause=CLAUSE, line=line, text="no responsible person is the main signer")


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
