"""Verifies the folder of a draw from nothing: what is proved by hashes, what comes out again, and what was not checked."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from openqi.app.draws.drawing import FORMAT, HEADER, Made, draw_document, drawn_table, proof_lines
from openqi.app.draws.folder import (
    ASSIGNMENT,
    COMMITMENT,
    DRAW,
    DRAWN,
    HIDDEN,
    MAX_LIST,
    PROOFS,
    Loaded,
    checked_commitment,
    checked_list,
    commitment_of_folder,
    document,
    first_difference,
)
from openqi.app.draws.randomness import Published, file_of, published
from openqi.app.draws.sending import checked_assignment
from openqi.app.draws.terms import Terms, terms_of
from openqi.app.files import read_file
from openqi.kernel.errors import NotFoundError, OpenQIError, VerificationError
from openqi.pillars.surveillance.draws.plans import VERSION
from openqi.science.draws.drawing import drawn, planned
from openqi.science.draws.seed import mixed_seed
from openqi.science.draws.told import drawn_objects
from openqi.science.draws.vrf.hidden import shown_seed

State = Literal["passed", "failed", "not checked"]
STEPS: Final = {
    "form": "proved", "list": "proved", "commitment": "proved", "program": "recomputed", "randomness": "proved",
    "seed": "recomputed", "draw": "recomputed", "assignment": "recomputed",
}  # fmt: skip
"""Every step, and which of the sums it belongs to."""
ALWAYS: Final = (
    "that the commitment was published before the randomness: compare when its hash became public with the instants it names",
    "that everybody stands on the list who should: the root shows what was frozen, not what was left off",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a verification."""

    name: str
    state: State
    detail: str = ""


@dataclass(kw_only=True, slots=True)
class Report:
    """What a verification came to."""

    steps: list[Step] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=lambda: [*ALWAYS])
    commitment: str | None = None
    drawn: int | None = None

    @property
    def first_difference(self) -> Step | None:
        """The first step that failed; else the program, where another version was committed to."""
        failed = [one for one in self.steps if one.state == "failed"]
        other = [one for one in self.steps if one.name == "program" and one.state == "not checked" and one.detail]
        return next(iter(failed or other), None)

    @property
    def failed(self) -> bool:
        """Whether something does not hold."""
        return any(one.state == "failed" for one in self.steps)

    def sum_of(self, what: str) -> State:
        """Return what the steps of `proved` or `recomputed` add up to; the version of the program and officers who were not sent do
        not count."""
        states = {one.name: one.state for one in self.steps if STEPS[one.name] == what and one.name != "program"}
        if states.get("assignment") == "not checked":
            del states["assignment"]
        found = set(states.values())
        if "failed" in found:
            return "failed"
        return "not checked" if not found or "not checked" in found else "passed"


class _Verifier:
    """Goes through the steps; the first that fails ends those that rest on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.report = folder, Report()
        self.data: dict[str, Any] = {}
        self.stated: dict[str, Any] = {}

    def step(self, name: str, work: Callable[[], tuple[Any, str]]) -> Any:
        """Return what a step gives; None where it failed."""
        try:
            found, detail = work()
        except OpenQIError as error:
            told = str(error).removeprefix(f"{getattr(error, 'step', '')}: ")
            self.report.steps.append(Step(name=name, state="failed", detail=told))
            return None
        self.report.steps.append(Step(name=name, state="passed", detail=detail))
        return found

    def leave(self, *names: str, why: str = "") -> Report:
        """Note steps that were not made, and end."""
        self.report.steps += [Step(name=name, state="not checked", detail=why) for name in names]
        return self.report


def verify(folder: Path) -> Report:
    """Return what the folder of a draw proves, with everything computed again from the list and the published values.

    Raises:
        NotFoundError: it is no folder of a draw.
    """
    run = _Verifier(folder)
    if not (folder / COMMITMENT).is_file():
        commitment_of_folder(folder)
    terms: Terms | None = run.step("form", lambda: _form(run))
    if terms is None:
        return run.leave(*[*STEPS][1:])
    under = run.step("list", lambda: _list(run))
    if under is None:
        return run.leave(*[*STEPS][2:])
    base: Loaded | None = run.step("commitment", lambda: _commitment(run, terms, under))
    if base is None:
        return run.leave(*[*STEPS][3:])
    run.report.commitment = base.commitment.hex()
    _program(run, terms)
    if not run.stated:
        why = "hidden until it is shown" if (folder / HIDDEN).exists() else "not drawn yet"
        return run.leave(*[*STEPS][4:], why=why)
    values: tuple[Published, ...] | None = run.step("randomness", lambda: _randomness(run, terms))
    if values is None:
        return run.leave(*[*STEPS][5:])
    run.report.not_checked += [f"{one.stated.source}: {text}" for one in values for text in one.not_checked]
    made: Made | None = run.step("seed", lambda: _seed(run, base, values))
    if made is None:
        return run.leave(*[*STEPS][6:])
    if run.step("draw", lambda: _draw(run, made)) is None or not (folder / ASSIGNMENT).is_file():
        return run.leave("assignment", why="" if run.report.failed else "nobody was sent yet")
    run.report.not_checked.append("that the officers and recusals were fixed before the randomness: they are not in the commitment")
    run.step("assignment", lambda: checked_assignment(made))
    return run.report


def _form(run: _Verifier) -> tuple[Terms, str]:
    run.data = commitment_of_folder(run.folder)
    if (run.folder / DRAW).is_file():
        run.stated = document(run.folder / DRAW, FORMAT)
    return terms_of(run.data, run.folder / COMMITMENT), ""


def _list(run: _Verifier) -> tuple[Any, str]:
    under = checked_list(run.folder, run.data)
    return under, f"{len(under.frame)} objects under {under.root.hex()}"


def _commitment(run: _Verifier, terms: Terms, under: Any) -> tuple[Loaded, str]:
    strata = planned(under.frame, terms.plan)
    checked_commitment(run.data, terms, under, strata)
    found = Loaded(folder=run.folder, terms=terms, under=under, strata=strata, commitment=bytes.fromhex(run.data["commitment"]))
    return found, found.commitment.hex()


def _program(run: _Verifier, terms: Terms) -> None:
    if terms.version == VERSION:
        run.report.steps.append(Step(name="program", state="passed", detail=VERSION))
        return
    told = f"{terms.version!r} was committed to, and this program draws by {VERSION!r}"
    run.report.steps.append(Step(name="program", state="not checked", detail=told))


def _randomness(run: _Verifier, terms: Terms) -> tuple[tuple[Published, ...], str]:
    stated = run.stated.get("randomness")
    if not isinstance(stated, list):
        raise VerificationError("randomness", f"{DRAW} names no randomness")
    values = published(terms, [(DRAW, file_of(one)) for one in stated])
    found = first_difference(stated, [one.data() for one in values], "randomness")
    if found is not None:
        raise VerificationError("randomness", f"{DRAW}: {found[0]} is {found[1]}, and {found[2]} follows")
    return values, ", ".join(f"{one.stated.source} {one.stated.event}" for one in values)


def _seed(run: _Verifier, base: Loaded, values: tuple[Published, ...]) -> tuple[Made, str]:
    public = mixed_seed(base.commitment, base.terms.named, [one.public for one in values])
    seed, proof = public, b""
    if base.terms.key:
        try:
            proof = bytes.fromhex(run.stated["proof"])
        except (KeyError, TypeError, ValueError) as error:
            raise VerificationError("seed", f"{DRAW} has no proof of its hidden seed") from error
        seed = shown_seed(base.terms.key, public, base.terms.plan.purpose, proof)
    for member, computed in (("commitment", base.commitment), ("publicSeed", public), ("seed", seed)):
        if run.stated.get(member) != computed.hex():
            raise VerificationError("seed", f"{DRAW}: {member} is {run.stated.get(member)}, and {computed.hex()} follows")
    made = Made(loaded=base, randomness=values, draw=drawn(base.frame, base.terms.plan, seed), public_seed=public, proof=proof)
    return made, seed.hex()


def _draw(run: _Verifier, made: Made) -> tuple[Made, str]:
    table = drawn_table(drawn_objects(made.draw))
    _same_lines(run.folder / DRAWN, table)
    if (found := first_difference(run.stated, draw_document(made, table))) is not None:
        raise VerificationError("draw", f"{DRAW}: {found[0]} is {found[1]}, and {found[2]} comes out")
    if (run.folder / PROOFS).is_file():
        _same_lines(run.folder / PROOFS, b"".join(proof_lines(made)))
    run.report.drawn = len(made.draw.names())
    return made, f"{run.report.drawn} drawn, line by line"


def _same_lines(path: Path, computed: bytes) -> None:
    """Raise where a file is not what comes out, naming the first line that differs."""
    try:
        stated = read_file(path, MAX_LIST)
    except NotFoundError as error:
        raise VerificationError("draw", f"{path.name} is not there") from error
    if stated == computed:
        return
    one, other = stated.split(b"\n"), computed.split(b"\n")
    place = next(place for place in range(max(len(one), len(other))) if one[place : place + 1] != other[place : place + 1])
    rows = [some[place].decode(errors="replace") if place < len(some) else "nothing" for some in (one, other)]
    where, stated_cell, cell = _cell(rows[0], rows[1]) if path.name == DRAWN else ("", *rows)
    raise VerificationError("draw", f"{path.name}:{place + 1}{where} is {stated_cell[:120]!r}, and {cell[:120]!r} comes out")


def _cell(stated: str, computed: str) -> tuple[str, str, str]:
    """The first cell in which two rows differ, where they have as many; else the rows."""
    try:
        cells = [next(csv.reader([row]), []) for row in (stated, computed)]
    except csv.Error:
        return "", stated, computed
    if len(cells[0]) == len(cells[1]) == len(HEADER):
        for name, one, other in zip(HEADER, *cells, strict=True):
            if one != other:
                return f": {name}", one, other
    return "", stated, computed
