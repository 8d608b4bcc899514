"""The quantities of a table have as many values each: the lines of the table can be told."""

from collections.abc import Iterator

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.quantities import name_of, quantity_values
from openqi.formats.dcc.rules.rule import ContentRule

NAME, CLAUSE = "columns-match", "DCC list"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find quantities that have another number of values than those beside them in the same list, and not one for all."""
    for table in certificate.root.below("dcc:list"):
        longest, name = 0, ""
        for column in table.all("dcc:quantity"):
            count = max((len(values.points) for values in quantity_values(column)), default=0)
            if count > 1 and longest > 1 and count != longest:
                text = f"{name_of(column)!r} has {count} values beside {longest} of {name!r}; every line of a table needs both"
                yield Finding(rule=NAME, clause=CLAUSE, line=column.line, text=text)
            elif count > longest:
                longest, name = count, name_of(column)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
