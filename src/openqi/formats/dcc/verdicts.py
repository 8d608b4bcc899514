"""Decides again what a certificate says of conformity, and reports verdicts that state no rule."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.conformity import StatedConformity
from openqi.formats.dcc.values import Point
from openqi.formats.dcc.values.lists import NO_VALUE
from openqi.kernel.decimals import fraction, rounded
from openqi.science.decision.outcomes import Outcome

_HUNDREDTH: Final = "0.01"
_OPEN: Final = frozenset({"noPass", "noFail"})


@dataclass(frozen=True, kw_only=True)
class VerdictCheck:
    """A stated verdict, and what it comes to.

    Args:
        place: as `StatedConformity`, with the number of the value where there are several.
        stated: as written.
        outcome: decided again; None where it cannot be, `why` says.
        rule: by which rule, as stated; None where none is.
        guard_in_U: the narrower of the two guard bands as a multiple of U, as decimal text.
        why: in a sentence.
        line: of the statement.
    """

    place: str
    stated: str
    outcome: Outcome | None
    rule: str | None
    guard_in_U: str | None  # noqa: N815 -- U is what everybody calls it
    why: str
    line: int


@dataclass(frozen=True, kw_only=True)
class _Limits:
    lower: Fraction | None
    upper: Fraction | None
    accept_lower: Fraction | None
    accept_upper: Fraction | None

    def inside(self, value: Fraction, by: Fraction = Fraction(0)) -> bool:
        """Whether a value lies within the tolerance, or within it by a margin."""
        above = self.lower is None or value >= self.lower + by
        return above and (self.upper is None or value <= self.upper - by)

    def near(self, value: Fraction) -> bool:
        """Whether a value lies no further beyond a limit of tolerance than that limit's own guard band is wide."""
        below = Fraction(0) if self.lower is None or self.accept_lower is None else self.accept_lower - self.lower
        above = Fraction(0) if self.upper is None or self.accept_upper is None else self.upper - self.accept_upper
        enough = self.lower is None or value >= self.lower - below
        return enough and (self.upper is None or value <= self.upper + above)

    @cached_property
    def accepts(self) -> "_Limits":
        """The limits of acceptance, those of tolerance where none are stated."""
        lower = self.lower if self.accept_lower is None else self.accept_lower
        upper = self.upper if self.accept_upper is None else self.accept_upper
        return _Limits(lower=lower, upper=upper, accept_lower=None, accept_upper=None)

    @cached_property
    def guard(self) -> Fraction | None:
        """The narrower guard band, None where no limit of acceptance stands beside one of tolerance."""
        pairs = ((self.accept_lower, self.lower), (self.upper, self.accept_upper))
        return min((one - other for one, other in pairs if one is not None and other is not None), default=None)


def recomputed_verdicts(certificate: DigitalCertificate) -> tuple[VerdictCheck, ...]:
    """Return a check of every stated verdict, value by value, in the order of the file.

    All is decided on the stated decimals. Within the limits of acceptance a value passes; where none are stated, those of
    tolerance are taken, which is simple acceptance. Between acceptance and tolerance it passes on condition, and outside of the
    tolerance it fails, on condition where no further than the guard band.

    Source: [DCC] conformity, [JCGM106] clause 8.
    """
    return tuple(check for stated in certificate.conformity for check in _checks(stated))


def _checks(stated: StatedConformity) -> list[VerdictCheck]:
    points = stated.values.points if stated.values else ()
    if not points:
        return [
            _undecided(stated, stated.place, one, "it names no values; its tables are decided one by one")
            for one in stated.outcomes
        ]
    if len(stated.outcomes) not in (1, len(points)):
        why = f"{len(stated.outcomes)} verdicts for {len(points)} values; which is which cannot be known"
        return [_undecided(stated, stated.place, " ".join(stated.outcomes), why)]
    outcomes = stated.outcomes * (1 if len(stated.outcomes) == len(points) else len(points))
    checks = []
    for index, (point, outcome) in enumerate(zip(points, outcomes, strict=True)):
        place = f"{stated.place} [{index + 1}]" if len(points) > 1 else stated.place
        checks.append(_check(stated, place, outcome, point, index))
    return checks


def _undecided(stated: StatedConformity, place: str, outcome: str, why: str) -> VerdictCheck:
    return VerdictCheck(place=place, stated=outcome, outcome=None, rule=stated.rule, guard_in_U=None, why=why, line=stated.line)


def _check(stated: StatedConformity, place: str, outcome: str, point: Point, index: int) -> VerdictCheck:
    count = len(stated.values.points) if stated.values else 0
    if outcome in _OPEN:
        return _undecided(stated, place, outcome, "its rule leaves a zone of doubt open, of which the limits do not tell")
    limits = {role: _at(getattr(stated, role), index, count) for role in ("lower", "upper", "accept_lower", "accept_upper")}
    texts = [text for text in limits.values() if text is not None]
    if not texts:
        return _undecided(stated, place, outcome, "no limits are stated in the unit of the values")
    if stated.otherwise:  # one limit is not left out in silence: the value may lie beyond it
        return _undecided(stated, place, outcome, "a limit is stated in another unit than the values, or not as a number")
    if "" in texts:
        return _undecided(stated, place, outcome, "its limits are neither one for all values nor one for each")
    if point.imaginary is not None or NO_VALUE in (point.value, *texts):
        return _undecided(stated, place, outcome, "only a real value within real limits can be decided on")
    expanded = point.stated.uncertainty if point.stated.kind == "expanded" else None
    if expanded in (None, NO_VALUE) or not fraction(str(expanded)):
        return _undecided(stated, place, outcome, "no expanded uncertainty is stated with the value")
    numbers, problem = _limits(**limits)
    if problem:
        return _undecided(stated, place, outcome, problem)
    return _decided(stated, place, outcome, fraction(point.value), fraction(str(expanded)), numbers)


@lru_cache(maxsize=1024)  # thousands of values have the same limits
def _limits(lower: str | None, upper: str | None, accept_lower: str | None, accept_upper: str | None) -> tuple[_Limits, str | None]:
    low, high, accept_low, accept_high = (
        None if text is None else fraction(text) for text in (lower, upper, accept_lower, accept_upper)
    )
    found = _Limits(lower=low, upper=high, accept_lower=accept_low, accept_upper=accept_high)
    return found, _disorder(found)


def _at(texts: tuple[str, ...], index: int, count: int) -> str | None:
    """The text of a value: None where there is none at all, "" where the list is neither one nor one for each."""
    if not texts:
        return None
    if len(texts) == count:
        return texts[index]
    return texts[0] if len(texts) == 1 else ""


def _disorder(limits: _Limits) -> str | None:
    order = [one for one in (limits.lower, limits.accept_lower, limits.accept_upper, limits.upper) if one is not None]
    return None if order == sorted(order) else "its limits are not in order: tolerance, acceptance, acceptance, tolerance"


def _decided(
    stated: StatedConformity, place: str, outcome: str, value: Fraction, expanded: Fraction, limits: _Limits
) -> VerdictCheck:
    guard = limits.guard
    if limits.accepts.inside(value):
        found: Outcome = "pass"
    elif limits.inside(value):
        found = "conditionalPass"
    else:
        found = "conditionalFail" if limits.near(value) else "fail"
    multiple = None if guard is None else rounded(guard / expanded, _HUNDREDTH)
    against = "" if found == outcome else f"; {outcome} is stated"
    if guard is None:
        by = "within the limits of tolerance" if found == "pass" else "outside of the limits of tolerance"
        by += ", by simple acceptance, for no limits of acceptance are stated"
    else:
        by = {"pass": "within the limits of acceptance", "conditionalPass": "in the guard band"}.get(
            found, "outside of the tolerance"
        )
        by += f"; the limits of acceptance lie {multiple} U inside of those of tolerance"
    strict = "passes" if limits.inside(value, expanded) else "does not pass"
    rule = "" if stated.rule else "; no rule is stated"
    why = f"{by}; with a guard band of U it {strict}{against}{rule}"
    return VerdictCheck(
        place=place, stated=outcome, outcome=found, rule=stated.rule, guard_in_U=multiple, why=why, line=stated.line
    )  # fmt: skip
