"""Limits are in order: those of tolerance around those of acceptance, the lower below the upper."""

from collections.abc import Iterator
from functools import lru_cache

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.conformity import StatedConformity
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.formats.dcc.values.lists import NO_VALUE
from openqi.kernel.decimals import fraction

NAME, CLAUSE = "limits-in-order", "JCGM 106:2012 8.3"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find limits that are out of order, or lists of limits that do not match."""
    for stated in certificate.conformity:
        lists = [texts for texts in (stated.lower, stated.accept_lower, stated.accept_upper, stated.upper) if texts]
        count = max(map(len, lists), default=0)
        if any(len(texts) not in (1, count) for texts in lists):
            text = f"the lists of limits of {stated.place} have different lengths"
            yield Finding(rule=NAME, clause=CLAUSE, line=stated.line, text=text)
        elif (place := _disorder(lists, count)) is not None:
            yield Finding(rule=NAME, clause=CLAUSE, line=stated.line, text=_text(stated, lists, place))


def _disorder(lists: list[tuple[str, ...]], count: int) -> int | None:
    """The first place where limits are out of order."""
    for index in range(count):
        if not _in_order(tuple(texts[index if len(texts) > 1 else 0] for texts in lists)):
            return index
    return None


@lru_cache(maxsize=1024)  # thousands of values have the same limits
def _in_order(texts: tuple[str, ...]) -> bool:
    numbers = [fraction(text) for text in texts if text != NO_VALUE]
    return numbers == sorted(numbers)


def _text(stated: StatedConformity, lists: list[tuple[str, ...]], place: int) -> str:
    texts = ", ".join(texts[place if len(texts) > 1 else 0] for texts in lists)
    return f"the limits {texts} of {stated.place} are out of order: tolerance, acceptance, acceptance, tolerance"


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
