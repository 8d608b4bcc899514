"""Who is not drawn because of past visits: caps of frequency by class, each exclusion with its reason and its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.frame import Candidate, Exclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class FrequencyCap:
    """How often a class is visited at most.

    Args:
        at_most: visits within the period, >= 1.
        period: days before the draw that count, >= 1.
        apart: days that must lie between a visit and the draw, 0 for none.
    """

    at_most: int
    period: int
    apart: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PastVisit:
    """A visit of an object on a day, a number of days as all others here."""

    name: str
    day: int


def frequency_exclusions(
    candidates: Iterable[Candidate], past: Iterable[PastVisit], *, day: int, caps: Mapping[str, FrequencyCap]
) -> tuple[Exclusion, ...]:
    """Return who has been visited as often, or as lately, as the cap of its class allows; classes without a cap are left alone.

    Args:
        candidates: who stands on the list.
        past: visits, in any order.
        day: of the draw.
        caps: by class.

    Raises:
        DomainError: a cap or a period below 1, or a number of days below 0.
        RefusedError: a visit after the draw.
    """
    for name, cap in caps.items():
        if cap.at_most < 1 or cap.period < 1 or cap.apart < 0:
            raise DomainError(
                f"class {name!r}: a cap is at least one visit in at least one day; exclude a class that is not visited"
            )
    days: dict[str, list[int]] = {}
    for visit in past:
        if visit.day > day:
            raise RefusedError("visits-are-past", f"{visit.name} was visited on day {visit.day}, after the draw on day {day}")
        days.setdefault(visit.name, []).append(visit.day)
    found = []
    for one in candidates:
        if one.risk_class not in caps or one.name not in days:
            continue
        cap, last = caps[one.risk_class], max(days[one.name])
        counted = len([when for when in days[one.name] if when > day - cap.period])
        if day - last < cap.apart:
            found.append(Exclusion(name=one.name, reason="visited-lately", detail=f"{day - last} days ago, not within {cap.apart}"))
        elif counted >= cap.at_most:
            found.append(
                Exclusion(name=one.name, reason="frequency-cap", detail=f"{counted} of {cap.at_most} in {cap.period} days")
            )
    return tuple(found)
