"""What a rule of content is: from a certificate to findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.kernel.catalogue import load

FOLDER = "openqi.formats.dcc.rules.kinds"


@dataclass(frozen=True, kw_only=True)
class ContentRule:
    """One rule: its name, the clause that it rests on, and the check, which finds nothing in a good certificate."""

    name: str
    clause: str
    check: Callable[[DigitalCertificate], Iterable[Finding]]


def content_findings(certificate: DigitalCertificate) -> tuple[Finding, ...]:
    """Return what all rules of the catalogue find, in the order of the file.

    Raises:
        FormatError: values that cannot be read, as `read_certificate`.
    """
    found = [finding for rule in load(FOLDER, ContentRule).values() for finding in rule.check(certificate)]
    return tuple(sorted(found, key=lambda finding: finding.line))
