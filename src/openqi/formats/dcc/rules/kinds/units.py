"""Every unit is one that means something: a unit of the D-SI, spelled as it is."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.kernel.errors import FormatError
from openqi.kernel.units import unit_of

NAME, CLAUSE = "known-units", "D-SI unit"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find units that are not known, each where it is used first."""
    seen: set[str] = set()
    for values in certificate.values:
        for unit in (values.unit, values.phase_unit):
            if unit is None or unit in seen or unit.startswith("|"):  # outside of the SI: `other-units-declared`
                continue
            seen.add(unit)
            try:
                unit_of(unit)
            except FormatError as error:
                yield Finding(rule=NAME, clause=CLAUSE, line=values.line, text=str(error))


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
