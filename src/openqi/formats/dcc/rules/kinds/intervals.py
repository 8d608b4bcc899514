"""A coverage interval has its ends in order and its value inside; a probability lies between 0 and 1, a factor is at least 1."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.formats.dcc.values import Point
from openqi.formats.dcc.values.lists import NO_VALUE
from openqi.kernel.decimals import fraction

NAME, CLAUSE = "coverage", "D-SI coverageInterval, coverageFactor, coverageProbability"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find intervals, probabilities and factors that cannot be."""
    for values in certificate.values:
        found = next((told for point in values.points if (told := _problem(point))), None)
        if found:
            yield Finding(rule=NAME, clause=CLAUSE, line=values.line, text=found)


def _problem(point: Point) -> str | None:
    stated = point.stated
    if stated.kind == "none":
        return None
    probability, factor = _number(stated.coverage_probability), _number(stated.coverage_factor)
    if probability is not None and not 0 < probability <= 1:
        return f"the coverage probability {stated.coverage_probability} does not lie between 0 and 1"
    if factor is not None and factor < 1:
        return f"the coverage factor {stated.coverage_factor} is less than 1"
    low, high, value = _number(stated.low), _number(stated.high), _number(point.value)
    if low is not None and high is not None and not low < high:
        return f"the interval from {stated.low} to {stated.high} is empty"
    if low is not None and high is not None and value is not None and not low <= value <= high:
        return f"the value {point.value} lies outside of its interval from {stated.low} to {stated.high}"
    return None


@lru_cache(maxsize=1024)  # factors and probabilities are the same for thousands of values
def _number(text: str | None) -> Fraction | None:
    return None if text in (None, NO_VALUE) else fraction(str(text))


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
