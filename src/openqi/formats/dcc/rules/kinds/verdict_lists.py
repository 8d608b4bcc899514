"""There is a verdict for each value, so that it is clear which values pass."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "verdict-for-each-value", "ISO/IEC 17025:2017 7.8.6.2 a"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find lists of verdicts that are shorter or longer than those of the values."""
    for stated in certificate.conformity:
        count = len(stated.values.points) if stated.values else len(stated.outcomes)
        if len(stated.outcomes) != count:
            text = f"{len(stated.outcomes)} verdict for the {count} values of {stated.place}; state one for each"
            yield Finding(rule=NAME, clause=CLAUSE, line=stated.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
