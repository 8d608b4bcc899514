"""Every result that states values states how uncertain they are, and no uncertainty is zero."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.quantities import QUANTITIES, name_of, quantity_values
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "uncertainty-stated", "ISO/IEC 17025:2017 7.8.4.1 a"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find results without any uncertainty, and uncertainties of zero."""
    for result in certificate.root.below("dcc:result"):
        quantities = [node for tag in QUANTITIES for node in result.below(tag)]
        values = [one for node in quantities for one in quantity_values(node)]
        certain = [point for one in values for point in one.points if point.stated.kind != "none"]
        relative = result.below("dcc:relativeUncertainty")
        if values and not certain and not relative:
            text = f"the result {name_of(result)!r} states values without an uncertainty"
            yield Finding(rule=NAME, clause=CLAUSE, line=result.line, text=text)
    for one in certificate.values:
        if any(point.stated.uncertainty and not point.stated.uncertainty.strip("0.") for point in one.points):
            text = "an uncertainty of zero is stated; no measurement is exact"
            yield Finding(rule=NAME, clause=CLAUSE, line=one.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
