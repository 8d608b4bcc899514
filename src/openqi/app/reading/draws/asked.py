"""What an object is told that asks: what was my chance, and why? Computed again from the frozen list, and never looked up."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from openqi.app.reading.context import Context
from openqi.app.reading.draws.ingredients import draw_file, result_of
from openqi.app.reading.draws.steps import Steps, steps_of
from openqi.kernel.errors import DomainError
from openqi.pillars.surveillance.draws.plans import plan_of
from openqi.records.draw_lists import FrameFrozen
from openqi.science.draws.commitment import CommittedFrame, FrameProof, committed
from openqi.science.draws.designs.design import Chance
from openqi.science.draws.designs.pareto_chances import WORK
from openqi.science.draws.drawing import Answer, Draw, answer, drawn, planned
from openqi.science.draws.frame import Exclusion, Frame
from openqi.science.draws.listing import frame_of_listing
from openqi.science.numbers.compiled import is_fast

ToldState = Literal["drawn", "not-drawn", "listed", "excluded", "not-listed", "too-long"]
ANSWERABLE: Final = 200_000
"""Objects of a list up to which a page computes an answer while somebody waits; beyond it a command does."""
INTEGRATED: Final = 200_000
"""Objects times draws of a stratum up to which a page integrates true chances; beyond it, it tells the target alone."""
LONGEST: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an object is told.

    Args:
        name: as it was asked for.
        state: `drawn`, `not-drawn`, `excluded`, `not-listed`, before the draw `listed`, and `too-long` where no page answers.
        answer: chance and ticket, once there is a seed.
        integrated: whether the true chance was computed for this answer.
        target: the chance that the plan gives it, exactly; None where it is not on the list.
        proof: that it is on the list.
        exclusion: why it is not.
        root: over the list, as it was computed for this answer.
        agrees: whether that is the one in the record.
    """

    name: str
    state: ToldState
    answer: Answer | None = None
    integrated: bool = False
    target: Fraction | None = None
    proof: FrameProof | None = None
    exclusion: Exclusion | None = None
    root: str = ""
    agrees: bool = False


def told_to(context: Context, uri: str, name: str) -> Told:
    """Return what an object is told of a draw.

    Raises:
        NotFoundError: the log knows no such draw, or its list may not be seen.
        DomainError: a name that is longer than any.
    """
    if len(name) > LONGEST:
        raise DomainError(f"a name has at most {LONGEST} characters")
    steps = steps_of(context, uri)
    frozen = context.body(steps.stated.frame, FrameFrozen)
    if frozen is not None and frozen.objects > ANSWERABLE:
        return Told(name=name, state="too-long")
    under, draw = _again(context, steps)
    frame = under.frame
    try:
        place = frame.place_of(name)
    except DomainError:
        out = next((one for one in frame.exclusions if one.name == name), None)
        return Told(name=name, state="not-listed" if out is None else "excluded", exclusion=out, root=under.root.hex())
    agrees = frozen is not None and under.root.hex() == frozen.root
    found, integrated = (None, False) if draw is None else _answered(draw, place, name)
    return Told(
        name=name, state="listed" if found is None else "drawn" if found.drawn else "not-drawn", answer=found,
        integrated=integrated, target=_target(steps, frame, place) if found is None else found.target, proof=under.proof(place),
        root=under.root.hex(), agrees=agrees,
    )  # fmt: skip


def _again(context: Context, steps: Steps) -> tuple[CommittedFrame, Draw | None]:
    """The list under its root and, where there is a public seed, the draw; computed once and kept for the next who asks."""

    def made() -> tuple[CommittedFrame, Draw | None]:
        uri = steps.stated.draw
        frozen = context.body(steps.stated.frame, FrameFrozen)
        left = b"" if frozen is None or frozen.exclusions is None else draw_file(context, uri, "exclusions")
        frame, result = frame_of_listing(draw_file(context, uri, "objects"), left), result_of(context, steps)
        if result is None:
            return committed(frame), None
        return committed(frame), drawn(frame, plan_of(steps.stated.purpose, steps.stated.strata), bytes.fromhex(result.seed))

    return context.kept("draw again", f"{steps.stated.draw}\n{context.reader or ''}", made, heavy=True, tags=(steps.stated.draw,))


def _target(steps: Steps, frame: Frame, place: int) -> Fraction:
    """The chance that the plan gives an object, which needs no seed."""
    stratum = frame.strata[int(frame.stratum[place])]
    for one in planned(frame, plan_of(steps.stated.purpose, steps.stated.strata)):
        if one.rule.stratum == stratum:
            return one.targets.chance(place if one.members is None else int(one.members.searchsorted(place)))
    raise DomainError(f"the plan has no rule for the stratum {stratum!r}")


def _answered(draw: Draw, place: int, name: str) -> tuple[Answer, bool]:
    """The answer, and whether the true chance was computed: without a compiler that takes half a minute for some lists."""
    code = int(draw.frame.stratum[place])
    one = next(found for found in draw.strata if found.planned.rule.stratum == draw.frame.strata[code])
    work = len(one.pool) * len(one.selection.places)
    if one.planned.rule.design != "pareto" or is_fast() or not INTEGRATED < work <= WORK:
        return answer(draw, name), True
    inside = place if one.planned.members is None else int(one.planned.members.searchsorted(place))
    targets = one.planned.targets
    target, why = targets.chance_and_why(inside)
    bound = targets.bounds[int(targets.rank[inside])]
    told = Answer(
        name=name, stratum=one.planned.rule.stratum, risk_class=draw.frame.classes[int(draw.frame.risk_class[place])],
        size=int(draw.frame.size[place]), objects=len(one.pool), expected=targets.expected, design=one.planned.rule.design,
        target=target, why=why, floor=bound.floor, cap=bound.cap, chance=Chance(value=target, error=1.0, method="target"),
        ticket=f"{one.pool.ticket(inside):064x}", statistic=one.planned.design.statistic(one.pool, targets, inside),
        facts=one.selection.facts, drawn=inside in {*one.selection.places},
    )  # fmt: skip
    return told, False
