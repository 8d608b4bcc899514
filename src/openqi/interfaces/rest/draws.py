"""What programs are told of draws: the list, all that decides one, who was drawn, and what the chance of an object was."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query

from openqi.app.reading.draws.asked import Told, told_to
from openqi.app.reading.draws.ingredients import ingredients
from openqi.app.reading.draws.lines import DrawLine, DrawState, draw_line, draw_list
from openqi.app.reading.draws.page import DrawnLine, draw_page
from openqi.app.reading.reader import Reader
from openqi.interfaces.rest.models import Model, RecordLine, Subject, line, subject

Uri = Annotated[str, Query(min_length=1, max_length=2000, description="URI of the draw")]
Name = Annotated[str, Query(min_length=1, max_length=1000, description="Name of the object, exactly as it stands on the list")]
Organiser = Annotated[str, Query(max_length=2000, description="Only draws of this organiser")]
State = Annotated[DrawState | None, Query(description="Only draws that stand so")]
After = Annotated[str, Query(pattern=r"^([0-9]{1,15} [!-~]{1,2000})?$", description="`after` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many")]
Page = Annotated[int, Query(ge=1, le=10**8, description="Which page of those who were drawn")]


class DrawLineModel(Model):
    """A draw; `objects` and `drawn` are None where they are not public or not known yet."""

    draw: Subject
    organiser: Subject
    purpose: str
    committed: RecordLine
    commitment: str
    known_at: str
    objects: int | None
    made: RecordLine | None
    drawn: int | None
    cancelled: RecordLine | None
    state: DrawState


class DrawLines(Model):
    """Some draws; `after` is where to go on, empty at the end."""

    draws: list[DrawLineModel]
    after: str


class DrawnObject(Model):
    """An object that was drawn, with officers and published outcome; empty where there are none."""

    object: str
    place: int
    stratum: str
    risk_class: str
    size: int
    target: str
    ticket: str
    why: str
    officers: list[str]
    day: str
    outcome: str
    late: bool


class DrawModel(Model):
    """A draw with all that decides it, as the replay takes it, and a page of those who were drawn."""

    draw: DrawLineModel
    ingredients: dict[str, Any] | None
    drawn: list[DrawnObject]
    page: int
    pages: int


class ProofModel(Model):
    """That an object is on the list: its row, its leaf among `size`, and the hashes that lead to the root, after RFC 6962."""

    row: str
    leaf: int
    size: int
    hashes: list[str]
    root: str
    agrees: bool


class ChanceModel(Model):
    """What an object is told. `target` is the chance by the rules, exactly; `chance` the true one where it was computed."""

    name: str
    state: Literal["drawn", "not-drawn", "listed", "excluded", "not-listed", "too-long"]
    target: str | None
    chance: float | None
    error: float | None
    why: str
    ticket: str
    statistic: dict[str, str]
    limits: dict[str, str]
    reason: str
    detail: str
    proof: ProofModel | None


class DrawAnswers:
    """What each route of draws answers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def draws(self, organiser: Organiser = "", state: State = None, after: After = "", limit: Limit = 50) -> DrawLines:
        """Return draws, those that were committed to last first."""
        found = draw_list(self._reader.context(), organiser=organiser, state=state, after=after, most=limit)
        return DrawLines(draws=list(map(_line, found.draws)), after=found.after)

    def draw(self, uri: Uri, page: Page = 1) -> DrawModel:
        """Return a draw: what was committed to, and a page of those who were drawn."""
        context = self._reader.context()
        found = draw_page(context, uri, number=page)
        result = found.result
        return DrawModel(
            draw=_line(draw_line(context, uri)), ingredients=None if found.listed is None else ingredients(context, uri),
            drawn=[] if result is None else list(map(_drawn, result.rows)), page=page, pages=0 if result is None else result.pages,
        )  # fmt: skip

    def draw_chance(self, uri: Uri, name: Name) -> ChanceModel:
        """Return what the chance of an object was, and why; computed again from the frozen list."""
        return _chance(told_to(self._reader.context(), uri, name))

    def routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        """Return each route with what it is about and what answers it."""
        return (
            ("/api/draws", "draws", self.draws), ("/api/draw", "draws", self.draw), ("/api/draw/chance", "draws", self.draw_chance),
        )  # fmt: skip


def _line(one: DrawLine) -> DrawLineModel:
    return DrawLineModel(
        draw=subject(one.draw), organiser=subject(one.organiser), purpose=one.stated.purpose, committed=line(one.committed),
        commitment=one.stated.commitment, known_at=one.known_at, objects=one.objects,
        made=None if one.made is None else line(one.made), drawn=one.drawn,
        cancelled=None if one.cancelled is None else line(one.cancelled), state=one.state,
    )  # fmt: skip


def _drawn(one: DrawnLine) -> DrawnObject:
    row, team, result = one.row, one.team, one.result
    return DrawnObject(
        object=row.object, place=row.place, stratum=row.stratum, risk_class=row.risk_class, size=row.size, target=row.target,
        ticket=row.ticket, why=row.why, officers=[] if team is None else list(team.officers), day="" if team is None else team.day,
        outcome="" if result is None else result.outcome or "", late=result is not None and result.late,
    )  # fmt: skip


def _chance(told: Told) -> ChanceModel:
    found, out, proof = told.answer, told.exclusion, told.proof
    computed = found is not None and told.integrated
    return ChanceModel(
        name=told.name, state=told.state, target=None if told.target is None else str(told.target),
        chance=float(found.chance.value) if found is not None and computed else None,
        error=found.chance.error if found is not None and computed else None, why="" if found is None else found.why,
        ticket="" if found is None else found.ticket,
        statistic={} if found is None else {name: str(value) for name, value in found.statistic.items()},
        limits={} if found is None else {name: str(value) for name, value in found.facts.items()},
        reason="" if out is None else out.reason, detail="" if out is None else out.detail,
        proof=None if proof is None else ProofModel(
            row=proof.row.decode(), leaf=proof.leaf, size=proof.size, hashes=[one.hex() for one in proof.hashes], root=told.root,
            agrees=told.agrees,
        ),
    )  # fmt: skip
