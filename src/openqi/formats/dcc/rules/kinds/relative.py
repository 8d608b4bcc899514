"""A relative uncertainty is the expanded one divided by the value, to the digits that it states."""

from collections.abc import Iterator
from fractions import Fraction

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.quantities import quantity_values
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.formats.dcc.values import Point, Values
from openqi.formats.dcc.values.lists import NO_VALUE
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.quantity import Quantity

NAME, CLAUSE = "relative-uncertainty", "DCC relativeUncertainty"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find relative uncertainties without an expanded one, of another number, or of another size."""
    for node in certificate.root.below("dcc:relativeUncertainty"):
        stated, values = quantity_values(node), quantity_values(next(node.around()))
        if not stated or not values:
            continue
        text = _problem(stated[0], next((one for one in values if _certain(one)), None))
        if text:
            yield Finding(rule=NAME, clause=CLAUSE, line=node.line, text=text)


def _certain(values: Values) -> bool:
    return all(point.stated.kind == "expanded" and point.stated.uncertainty for point in values.points)


def _problem(stated: Values, values: Values | None) -> str | None:
    if values is None:
        return "a relative uncertainty is stated without the expanded one that it comes from"
    if len(stated.points) not in (1, len(values.points)):
        return f"{len(stated.points)} relative uncertainties for {len(values.points)} values; state one for all or one for each"
    points = stated.points if len(stated.points) == len(values.points) else stated.points * len(values.points)
    for relative, point in zip(points, values.points, strict=True):
        if _differs(relative.value, stated.unit, point):
            return f"{relative.value} {stated.unit} is not {point.stated.uncertainty} divided by {point.value}"
    return None


def _differs(relative: str, unit: str, point: Point) -> bool:
    """Whether a relative uncertainty cannot be that of a value, rounded to its digits."""
    if NO_VALUE in (relative, point.value, point.stated.uncertainty) or not fraction(point.value):
        return False
    try:
        scale = Quantity(value="1", unit=unit, difference=True).converted("1")
    except (FormatError, DomainError):
        return False  # `known-units` says so
    exact = fraction(str(point.stated.uncertainty)) / abs(fraction(point.value))
    step = scale * Fraction(1, 10 ** len(relative.partition(".")[2]))
    return abs(fraction(relative) * scale - exact) > step


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
