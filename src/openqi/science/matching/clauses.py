"""One need against one capability, clause by clause: yes, no, or not stated, each with what was compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from openqi.kernel.errors import DomainError
from openqi.science.matching.capability import Attested, Capability, Need
from openqi.science.matching.spans import Span, uncovered
from openqi.science.matching.uncertainties import Exceeded, exceeded
from openqi.science.signals.places import Place, kilometres

Name = Literal[
    "service", "quantity", "range", "uncertainty", "method", "condition", "accreditation", "language", "load", "distance"
]
Answer = Literal["yes", "no", "not stated"]
Told: TypeAlias = Span | Exceeded | frozenset[str] | str | float | int | tuple[Attested, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """One answer.

    Args:
        name: which clause.
        answer: yes, no, or not stated by the body.
        wanted: what the need asks for.
        offered: what the body states; for a range that is not covered the first stretch that is missing, for an uncertainty where
            it is worst.
        about: the condition that it is about.
    """

    name: Name
    answer: Answer
    wanted: Told = None
    offered: Told = None
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """All answers of one capability. `fits` where all are yes, `may fit` where some are not stated and none is no."""

    clauses: tuple[Clause, ...]

    @property
    def verdict(self) -> Literal["fits", "may fit", "does not fit"]:
        """What they come to."""
        answers = {one.answer for one in self.clauses}
        return "does not fit" if "no" in answers else "may fit" if "not stated" in answers else "fits"


def matched(need: Need, capability: Capability) -> Matched:
    """Return every clause of a need with its answer, in a fixed order; a clause that is not asked for is not told.

    Raises:
        DomainError: the need gives an uncertainty without a range with two ends, a distance without a place, or schemes without a
            day; or an equation gives no uncertainty.
    """
    check_need(need)
    return Matched(clauses=tuple(_clauses(need, capability)))


def check_need(need: Need) -> None:
    """Raise DomainError where a need asks for something without what it would be compared by."""
    if need.uncertainty is not None and (need.span is None or need.span.low is None or need.span.high is None):
        raise DomainError("an uncertainty is needed over a range with two ends; give the range")
    if (need.within is None) != (need.position is None):
        raise DomainError("a distance is counted from a place; give both or neither")
    if need.schemes and need.day is None:
        raise DomainError("an accreditation is valid on a day; give the day")


def _clauses(need: Need, one: Capability) -> Iterator[Clause]:
    yield Clause(name="service", answer=_yes(need.service == one.service), wanted=need.service, offered=one.service)
    same = need.quantity == one.quantity
    yield Clause(name="quantity", answer=_yes(same), wanted=need.quantity, offered=one.quantity)
    if need.span is not None:
        yield _range(need.span, one) if same else Clause(name="range", answer="no", wanted=need.span)
    if need.uncertainty is not None:
        yield _uncertainty(need, one) if same else Clause(name="uncertainty", answer="no")
    if need.methods:
        yield _any("method", need.methods, one.methods)
    for name, wanted in need.conditions.items():
        offered = one.conditions.get(name)
        answer: Answer = "not stated" if offered is None else _yes(offered.covers(wanted))
        yield Clause(name="condition", answer=answer, wanted=wanted, offered=offered, about=name)
    if need.schemes and need.day is not None:
        yield _accreditation(need.schemes, need.day, one)
    if need.languages:
        yield _any("language", need.languages, one.languages)
    if need.day is not None:
        free = one.free_from
        yield Clause(name="load", answer="not stated" if free is None else _yes(free <= need.day), wanted=need.day, offered=free)
    if need.within is not None and need.position is not None:
        yield _distance(need.within, need.position, one)


def _yes(holds: bool) -> Answer:
    return "yes" if holds else "no"


def _range(wanted: Span, one: Capability) -> Clause:
    if not one.stretches:
        return Clause(name="range", answer="not stated", wanted=wanted)
    missing = uncovered(wanted, (stretch.span for stretch in one.stretches))
    return Clause(name="range", answer=_yes(missing is None), wanted=wanted, offered=missing)


def _uncertainty(need: Need, one: Capability) -> Clause:
    """Where stretches overlap the body may work in either, so that it is enough if one of them is good enough at each value.

    It is looked at stretch by stretch: what one is too coarse for, another one has to cover.
    """
    assert need.span is not None and need.uncertainty is not None
    good: list[Span] = []
    worst: Exceeded | None = None
    stated = False
    for stretch in one.stretches:
        shared = common(stretch.span, need.span)
        if shared is None or stretch.uncertainty is None:
            continue
        stated = True
        found = exceeded(stretch.uncertainty, need.uncertainty, shared)
        if found is None:
            good.append(shared)
        elif worst is None or found.offered is None or (worst.offered or 0) * found.wanted < found.offered * worst.wanted:
            worst = found
    if stated and uncovered(need.span, good) is None:
        return Clause(name="uncertainty", answer="yes")
    if worst is not None:
        return Clause(name="uncertainty", answer="no", offered=worst)
    return Clause(name="uncertainty", answer="not stated")


def common(one: Span, other: Span) -> Span | None:
    """Return what lies in both; None where nothing does."""
    lows = [(end, is_open) for end, is_open in ((one.low, one.low_open), (other.low, other.low_open)) if end is not None]
    highs = [(end, not is_open) for end, is_open in ((one.high, one.high_open), (other.high, other.high_open)) if end is not None]
    low, low_open = max(lows, default=(None, False))
    high, closed = min(highs, default=(None, True))
    try:
        return Span(low=low, high=high, low_open=low_open, high_open=high is not None and not closed)
    except DomainError:
        return None


def _any(name: Literal["method", "language"], wanted: frozenset[str], offered: frozenset[str]) -> Clause:
    answer: Answer = _yes(bool(wanted & offered)) if offered else "not stated"
    return Clause(name=name, answer=answer, wanted=wanted, offered=offered)


def _accreditation(schemes: frozenset[str], day: int, one: Capability) -> Clause:
    """A scope that is not accredited says so by stating none: that is a no, for an accreditation that nobody shows is none."""
    held = tuple(attested for attested in one.attested if attested.scheme in schemes)
    valid = any(attested.first <= day and (attested.last is None or day <= attested.last) for attested in held)
    return Clause(name="accreditation", answer=_yes(valid), wanted=schemes, offered=held)


def _distance(within: float, place: Place, one: Capability) -> Clause:
    if one.position is None:
        return Clause(name="distance", answer="not stated", wanted=within)
    away = kilometres(place, one.position)
    return Clause(name="distance", answer=_yes(away <= within), wanted=within, offered=away)
