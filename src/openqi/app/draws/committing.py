"""Commits to a draw before its randomness exists: list, exclusions, rules, sources and program go into a new folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from openqi.app.draws.folder import COMMITMENT, Loaded, NewFolder, written
from openqi.app.draws.lists import ObjectList, read_list
from openqi.app.draws.terms import EXCLUSIONS, LIST, Terms, checked_text, commitment_document
from openqi.app.files import read_file, write_file
from openqi.engines.draws.reading import Naming
from openqi.formats.draw_plan import EVERY, StatedPlan
from openqi.formats.table import read_table
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.surveillance.draws.plans import VERSION
from openqi.science.draws.commitment import committed
from openqi.science.draws.drawing import planned
from openqi.science.draws.exclusions import PastVisit, frequency_exclusions
from openqi.science.draws.frame import Exclusion, Frame
from openqi.science.draws.listing import exclusion_listing
from openqi.science.draws.plan import Plan
from openqi.science.draws.rows import row_pieces

MAX_TABLE: Final = 128 * 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is committed to.

    Args:
        objects: file of the list.
        naming: its columns.
        stated: purpose, rules, sources and caps.
        exclusions: table `name`, `reason`, perhaps `detail`, of those who are left out; None for nobody.
        past: table `name`, `day` of past visits, for the caps; None for none.
        key: public key of unannounced visits, empty where they are announced.
        committed_at: instant that the commitment states.
    """

    objects: Path
    naming: Naming
    stated: StatedPlan
    exclusions: Path | None = None
    past: Path | None = None
    key: bytes = b""
    committed_at: str


def commit(target: Path, asked: Asked) -> Loaded:
    """Make the folder of a draw, whole or not at all; return what lies in it.

    Raises:
        RefusedError: the folder exists, randomness that could be known by then, an object twice, an empty stratum, a chance of
            zero, more to be drawn than there are, and whatever else no draw can be made of.
        FormatError, DomainError: a table or a plan that is not one; says where.
    """
    _check_sources(asked)
    read = read_list(asked.objects, asked.naming)
    frame = read.frame(_excluded(asked, read))
    terms = Terms(
        plan=_for_strata(asked.stated.plan, frame),
        sources=asked.stated.sources,
        version=VERSION,
        key=asked.key,
        committed_at=asked.committed_at,
    )
    strata = planned(frame, terms.plan)
    under = committed(frame)
    found = commitment_document(terms, under, strata)
    with NewFolder(target) as folder:
        _write_list(folder / LIST, frame)
        write_file(folder / EXCLUSIONS, exclusion_listing(frame.exclusions))
        write_file(folder / COMMITMENT, written(found))
    return Loaded(folder=target, terms=terms, under=under, strata=strata, commitment=bytes.fromhex(found["commitment"]))


def _check_sources(asked: Asked) -> None:
    """Refuse a purpose or source that is no line of text, and randomness that is not after the commitment."""
    checked_text(asked.stated.plan.purpose, "the purpose of a draw")
    if not asked.stated.sources:
        raise RefusedError("randomness-named", "no randomness is named; name at least one source, its event and its instant")
    for one in asked.stated.sources:
        checked_text(one.source, "a source of randomness")
        checked_text(one.event, f"the event of {one.source}")
        if one.not_before <= asked.committed_at:
            raise RefusedError(
                "randomness-to-come",
                f"{one.source}, {one.event} may be known from {one.not_before}, and the commitment is of {asked.committed_at}: "
                "name a later event",
            )


def _for_strata(plan: Plan, frame: Frame) -> Plan:
    """The plan with a rule for every stratum of the list, out of the one for all of them."""
    every = [rule for rule in plan.rules if rule.stratum == EVERY]
    if len(every) > 1:
        raise DomainError(f"the plan has {len(every)} rules without a stratum; give one, or name strata")
    own = [rule for rule in plan.rules if rule.stratum != EVERY]
    rest = [name for name in frame.strata if name not in {rule.stratum for rule in own}] if every else []
    return replace(plan, rules=(*own, *(replace(every[0], stratum=name) for name in rest)))


def _excluded(asked: Asked, read: ObjectList) -> list[Exclusion]:
    """Who is left out: those of the table, and those whom the caps leave out."""
    found = [] if asked.exclusions is None else exclusions_in(asked.exclusions)
    if asked.past is None:
        return found
    if asked.stated.day is None or not asked.stated.caps:
        raise DomainError("past visits are given, and the plan has no caps of frequency; give it the member frequency")
    visits = past_visits(asked.past)
    out = {one.name for one in found}
    candidates = [one for one in read.candidates({visit.name for visit in visits}) if one.name not in out]
    day = asked.stated.day.toordinal()
    return [*found, *frequency_exclusions(candidates, visits, day=day, caps=asked.stated.caps)]


def exclusions_in(path: Path) -> list[Exclusion]:
    """Return who is left out by a table `name`, `reason`, `detail`.

    Raises:
        FormatError: an empty name or a cell of more than one line; says where.
        RefusedError: no reason.
    """
    table = read_table(read_file(path, MAX_TABLE), name=path.name)
    details: Sequence[str] = table.column("detail") if "detail" in table.columns else [""] * len(table.lines)
    found = []
    for row, cells in enumerate(zip(table.column("name"), table.column("reason"), details, strict=True)):
        if not cells[0]:
            raise FormatError(f"{table.where(row)}: column name is empty")
        if any(sign in cell for cell in cells for sign in "\t\r\n"):
            raise FormatError(f"{table.where(row)}: name, reason and detail are one line each, without tabulators")
        if not cells[1].strip():
            raise RefusedError("exclusions-have-reasons", f"{table.where(row)}: {cells[0]} is excluded without a reason: say why")
        found.append(Exclusion(name=cells[0], reason=cells[1].strip(), detail=cells[2].strip()))
    return found


def past_visits(path: Path) -> list[PastVisit]:
    """Return the visits of a table `name`, `day`.

    Raises:
        FormatError: a cell is empty or no day; says where.
    """
    table = read_table(read_file(path, MAX_TABLE), name=path.name)
    found = []
    for row, (name, cell) in enumerate(zip(table.column("name"), table.column("day"), strict=True)):
        try:
            found.append(PastVisit(name=name, day=date.fromisoformat(cell.strip()).toordinal()))
        except ValueError:
            raise FormatError(f"{table.where(row)}: column day: {cell[:40]!r} is no day; write 2026-12-01") from None
    return found


def _write_list(path: Path, frame: Frame) -> None:
    """Write the list piece by piece; its folder is not seen before it is whole."""
    with path.open("wb") as file:
        for piece in row_pieces(frame):
            file.write(piece)
