"""What an object is told that asks: was I on the list, what was my chance and why, which ticket did I have, was I drawn."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from openqi.app.draws.drawing import FORMAT, made_from, proof_data
from openqi.app.draws.folder import DRAW, HIDDEN, Loaded, document, loaded
from openqi.app.draws.randomness import file_of, published
from openqi.kernel.errors import DomainError, NotFoundError, VerificationError
from openqi.science.draws.designs.design import Chance
from openqi.science.draws.drawing import Draw, Planned, answer, drawn
from openqi.science.draws.frame import Exclusion
from openqi.science.draws.seed import mixed_seed
from openqi.science.draws.vrf.hidden import shown_seed


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """The answer to an object.

    Args:
        name: as it asked.
        excluded: why it was left out; then nothing else is there.
        stratum, risk_class, size, objects, expected, design, target, why, floor, cap, chance: as `Answer` has them.
        state: `drawn`, `not-drawn`, `before` (the draw is still to come) or `hidden`.
        ticket: hexadecimal digits, once it is drawn.
        statistic, facts: what was compared for it, and with what.
        proof: that its row is on the list.
    """

    name: str
    excluded: Exclusion | None = None
    stratum: str = ""
    risk_class: str = ""
    size: int = 0
    objects: int = 0
    expected: Fraction = Fraction(0)
    design: str = ""
    target: Fraction = Fraction(0)
    why: str = ""
    floor: Fraction = Fraction(0)
    cap: Fraction = Fraction(1)
    chance: Chance | None = None
    state: str = "before"
    ticket: str | None = None
    statistic: tuple[tuple[str, Fraction], ...] = ()
    facts: tuple[tuple[str, Fraction], ...] = ()
    proof: dict[str, Any] | None = None


def explain(folder: Path, name: str) -> Explained:
    """Return what an object of a folder is told; list and commitment are checked first.

    Raises:
        NotFoundError: it is neither on the list nor among those left out.
        VerificationError: the folder does not hold what was committed to, or its draw does not follow.
    """
    base = loaded(folder)
    for one in base.frame.exclusions:
        if one.name == name:
            return Explained(name=name, excluded=one)
    try:
        place = base.frame.place_of(name)
    except DomainError as error:
        raise NotFoundError(
            f"{name} is neither on the list of {len(base.frame)} objects nor among the {len(base.frame.exclusions)} left out; "
            "write the name as the list has it"
        ) from error
    proof = proof_data(base.under.proof(place), base)
    if (folder / DRAW).is_file():
        return _after(draw_of(base), name, proof)
    return _before(base, name, place, proof, "hidden" if (folder / HIDDEN).exists() else "before")


def draw_of(base: Loaded) -> Draw:
    """Return the draw of a folder, made again.

    Raises:
        VerificationError: another seed follows than the one that the folder states.
    """
    stated = document(base.folder / DRAW, FORMAT)
    values = published(base.terms, [(DRAW, file_of(one)) for one in stated.get("randomness") or []])
    if not base.terms.key:
        found = made_from(base, values).draw
    else:
        public = mixed_seed(base.commitment, base.terms.named, [one.public for one in values])
        seed = shown_seed(base.terms.key, public, base.terms.plan.purpose, bytes.fromhex(stated.get("proof") or ""))
        found = drawn(base.frame, base.terms.plan, seed)
    if stated.get("seed") != found.seed.hex():
        raise VerificationError("seed", f"{DRAW} was edited: another seed follows; `openqi draw verify` says more")
    return found


def _after(draw: Draw, name: str, proof: dict[str, Any]) -> Explained:
    told = answer(draw, name)
    return Explained(
        name=name, stratum=told.stratum, risk_class=told.risk_class, size=told.size, objects=told.objects, expected=told.expected,
        design=told.design, target=told.target, why=told.why, floor=told.floor, cap=told.cap, chance=told.chance,
        state="drawn" if told.drawn else "not-drawn", ticket=told.ticket, statistic=tuple(sorted(told.statistic.items())),
        facts=tuple(sorted(told.facts.items())), proof=proof,
    )  # fmt: skip


def _before(base: Loaded, name: str, place: int, proof: dict[str, Any], state: str) -> Explained:
    stratum = base.frame.strata[int(base.frame.stratum[place])]
    one: Planned = next(found for found in base.strata if found.rule.stratum == stratum)
    inside = place if one.members is None else int(one.members.searchsorted(place))
    target, why = one.targets.chance_and_why(inside)
    bound = one.targets.bounds[int(one.targets.rank[inside])]
    return Explained(
        name=name, stratum=stratum, risk_class=base.frame.classes[int(base.frame.risk_class[place])],
        size=int(base.frame.size[place]), objects=len(one.targets), expected=one.targets.expected, design=one.rule.design,
        target=target, why=why if one.design.sized or why == "certain" else "equal", floor=bound.floor, cap=bound.cap,
        chance=one.design.chances(one.targets, (inside,))[0], state=state, proof=proof,
    )  # fmt: skip
