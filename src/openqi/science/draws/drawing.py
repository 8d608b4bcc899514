"""A whole draw: the frozen list, the plan and the seed go in; who was drawn, and what everybody's chance was, comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.designs.design import Chance, Design, Pool, Selection, design, pool_of
from openqi.science.draws.frame import Frame
from openqi.science.draws.hashing.many import first_words
from openqi.science.draws.plan import Plan, StratumRule, expected_of
from openqi.science.draws.targets import Targets, UnreachableError, Why, bounds_of, equal_targets, targets_of
from openqi.science.draws.tickets import prefix_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Planned:
    """A stratum before the draw: its rule and the chance of everybody, without any seed."""

    rule: StratumRule
    members: "NDArray[Any] | None"
    targets: Targets

    @property
    def design(self) -> Design:
        """How it is drawn."""
        return design(self.rule.design)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class StratumDraw:
    """A stratum after the draw."""

    planned: Planned
    pool: Pool
    selection: Selection


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Draw:
    """What was drawn, stratum by stratum."""

    frame: Frame
    plan: Plan
    seed: bytes
    strata: tuple[StratumDraw, ...]

    def names(self, stratum: str | None = None) -> tuple[str, ...]:
        """Return who was drawn, in drawn order, of one stratum or of all of them one after the other."""
        found = []
        for one in self.strata:
            if stratum is None or one.planned.rule.stratum == stratum:
                found += [one.pool.name(place).decode() for place in one.selection.places]
        return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an object is told that asks for its chance.

    Args:
        name: the object.
        stratum: where it was drawn.
        risk_class: its class.
        size: its size.
        objects: how many the stratum has.
        expected: how many of them were to be drawn.
        design: how.
        target: the chance that the plan asked for, exactly.
        why: what made it so: `size`, or a bound of its class (`floor`, `cap`), `certain`, or `equal`.
        floor: of its class.
        cap: of its class.
        chance: what it really was, and how far that is known.
        ticket: the ticket, in hexadecimal digits.
        statistic: what was compared for it.
        facts: with what.
        drawn: whether it was drawn.
    """

    name: str
    stratum: str
    risk_class: str
    size: int
    objects: int
    expected: Fraction
    design: str
    target: Fraction
    why: Why
    floor: Fraction
    cap: Fraction
    chance: Chance
    ticket: str
    statistic: Mapping[str, Fraction]
    facts: Mapping[str, Fraction]
    drawn: bool


def planned(frame: Frame, plan: Plan) -> tuple[Planned, ...]:
    """Return every stratum with the chance of everybody, as the plan has it; needs no seed, so it can be seen before the draw.

    Raises:
        DomainError: numbers of the plan that are not exact, or a purpose of more than one line.
        RefusedError: a stratum without a rule or a rule without a stratum, an object that could never be drawn, more to be drawn
            than there are or than the bounds allow.
    """
    import numpy as np

    if "\n" in plan.purpose:
        raise DomainError("the purpose of a plan is one line")
    for rule in plan.rules:
        if rule.stratum not in frame.strata:
            raise RefusedError("strata-not-empty", f"the plan has a rule for {rule.stratum!r}, and nobody on the list is in it")
    found = []
    for code, stratum in enumerate(frame.strata):
        rule = plan.rule_of(stratum)
        members = None if len(frame.strata) == 1 else np.flatnonzero(frame.stratum == code)
        found.append(Planned(rule=rule, members=members, targets=_targets(frame, rule, members)))
    return tuple(found)


def drawn(frame: Frame, plan: Plan, seed: bytes) -> Draw:
    """Return the draw: a function of the list, the plan and the seed, and of nothing else; the order of the list does not matter.

    Args:
        frame: who can be drawn.
        plan: how.
        seed: 32 bytes, `mixed_seed` of a commitment and of public randomness.

    Raises:
        RefusedError: as `planned`.
    """
    strata = planned(frame, plan)
    prefix = prefix_of(seed, plan.purpose)
    first = first_words(frame.names, prefix)
    found = []
    for one in strata:
        pool = pool_of(frame.names, one.members, prefix, first, one.rule.stratum)
        found.append(StratumDraw(planned=one, pool=pool, selection=one.design.draw(pool, one.targets)))
    return Draw(frame=frame, plan=plan, seed=seed, strata=tuple(found))


def answer(draw: Draw, name: str) -> Answer:
    """Return what the chance of an object was, why, and what was compared.

    Raises:
        DomainError: it is not on the list; told with the reason where it was left out.
    """
    place = draw.frame.place_of(name)
    (one,) = (found for found in draw.strata if found.planned.rule.stratum == draw.frame.strata[int(draw.frame.stratum[place])])
    inside = place if one.planned.members is None else int(one.planned.members.searchsorted(place))
    targets = one.planned.targets
    target, why = targets.chance_and_why(inside)
    bound = targets.bounds[int(targets.rank[inside])]
    (chance,) = one.planned.design.chances(targets, (inside,))
    return Answer(
        name=name,
        stratum=one.planned.rule.stratum,
        risk_class=draw.frame.classes[int(draw.frame.risk_class[place])],
        size=int(draw.frame.size[place]),
        objects=len(one.pool),
        expected=targets.expected,
        design=one.planned.rule.design,
        target=target,
        why=why if one.planned.design.sized or why == "certain" else "equal",
        floor=bound.floor,
        cap=bound.cap,
        chance=chance,
        ticket=f"{one.pool.ticket(inside):064x}",
        statistic=one.planned.design.statistic(one.pool, targets, inside),
        facts=one.selection.facts,
        drawn=inside in set(one.selection.places),
    )


def stratum_targets(size: "NDArray[Any]", rank: "NDArray[Any]", classes: tuple[str, ...], rule: StratumRule) -> Targets:
    """Return the chances of the objects of a stratum.

    Args:
        size: of every object.
        rank: the class of every object, a place among the classes.
        classes: of the whole list.
        rule: how it is drawn.

    Raises:
        RefusedError: as `planned`; `UnreachableError` names the place of an object.
    """
    expected = expected_of(rule, len(size))
    if not design(rule.design).sized:
        return equal_targets(len(size), expected)
    known = set(classes)
    if unknown := {name for name, _ in (*rule.floors, *rule.caps)} - known:
        raise RefusedError("classes-known", f"stratum {rule.stratum!r}: nobody on the list has the class {min(unknown)!r}")
    return targets_of(size, rank, bounds_of(classes, dict(rule.floors), dict(rule.caps)), expected)


def _targets(frame: Frame, rule: StratumRule, members: "NDArray[Any] | None") -> Targets:
    size = frame.size if members is None else frame.size[members]
    rank = frame.risk_class if members is None else frame.risk_class[members]
    try:
        return stratum_targets(size, rank, frame.classes, rule)
    except UnreachableError as error:
        place = error.place if members is None else int(members[error.place])
        message = f"{frame.names.name(place)}: {error} Give its class a floor or exclude it, with the reason"
        raise UnreachableError(place, message) from error
