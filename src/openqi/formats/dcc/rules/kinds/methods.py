"""Every result says by which method it was measured: for the measurement, for its table, or for each quantity."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.quantities import name_of, without
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "method-stated", "ISO/IEC 17025:2017 7.8.2.1 f"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find results with a quantity for which no method is stated anywhere."""
    for result in without("dcc:usedMethods", certificate.root):
        text = f"the result {name_of(result)!r} has values for which no method is stated"
        yield Finding(rule=NAME, clause=CLAUSE, line=result.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
