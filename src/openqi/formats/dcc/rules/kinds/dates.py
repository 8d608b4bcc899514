"""The days of a certificate are in order: calibration begins, ends, and is reported."""

from collections.abc import Iterator
from itertools import pairwise

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "dates-in-order", "ISO/IEC 17025:2017 7.8.2.1 h, i and j"
_ORDER = ("dcc:receiptDate", "dcc:beginPerformanceDate", "dcc:endPerformanceDate", "dcc:issueDate")


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find a day that lies before the one that comes before it."""
    core = certificate.root.one("dcc:administrativeData").one("dcc:coreData")
    days = core.all(*_ORDER)
    for earlier, later in pairwise(days):
        if later.words[:10] < earlier.words[:10]:
            text = f"{later.name} {later.words} lies before {earlier.name} {earlier.words}"
            yield Finding(rule=NAME, clause=CLAUSE, line=later.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
