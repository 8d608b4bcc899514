"""A verdict says by which rule it was decided."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "decision-rule-stated", "ISO/IEC 17025:2017 7.8.6.2 c"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find verdicts without a norm or convention; a sentence such as "by the customer's specification" is no rule."""
    for stated in certificate.conformity:
        if stated.rule is None:
            text = f"{' '.join(dict.fromkeys(stated.outcomes))} is stated for {stated.place} without a decision rule"
            yield Finding(rule=NAME, clause=CLAUSE, line=stated.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
