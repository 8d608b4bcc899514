"""A unit that is no unit of the SI (written with a bar) is declared and defined in a statement."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "other-units-declared", "DCC nonSIUnit, nonSIDefinition"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find units with a bar that no statement declares, and declarations without a definition or the reverse."""
    statements = (*certificate.root.below("dcc:statement"), *certificate.root.below("dcc:metaData"))
    declared = set()
    for statement in statements:
        unit, meaning = statement.maybe("dcc:nonSIUnit"), statement.maybe("dcc:nonSIDefinition")
        if unit:
            declared.add(unit.words)
        if (unit is None) != (meaning is None):
            text = "a unit outside of the SI is declared without its definition" if unit else "a definition of no unit is stated"
            yield Finding(rule=NAME, clause=CLAUSE, line=statement.line, text=text)
    for values in certificate.values:
        if values.unit.startswith("|") and values.unit not in declared:
            text = f"the unit {values.unit} is outside of the SI, and no statement declares it"
            yield Finding(rule=NAME, clause=CLAUSE, line=values.line, text=text)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
