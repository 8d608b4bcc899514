"""Suggestions for complaints: what each seems to be about and whether somebody came to harm, the gravest first.

A suggestion decides nothing. Whoever takes a complaint in says its matter and hazard, and the record says that a program proposed
them (`suggested`). A hazard stands at the top whether the model knows the matter or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file
from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.triage.document import MOST_BYTES, read_model
from openqi.science.triage.hazards.finding import LEVELS, Hazard, hazard_in
from openqi.science.triage.model import Model, Suggestion

MOST_TEXTS: Final = 1_000_000
REASONS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Triaged:
    """One text: its place among those that were handed over, from 0; its hazard; what a model says, None without a model."""

    place: int
    hazard: Hazard
    suggestion: Suggestion | None


def model_at(path: Path) -> tuple[Model, dict[str, Any]]:
    """Return the model in a file, and what its document says of texts held out.

    Raises:
        FormatError: it is no such document.
    """
    return read_model(read_file(path, MOST_BYTES))


def triaged(texts: Sequence[str], model: Model | None = None, *, reasons: int = 0) -> tuple[Triaged, ...]:
    """Return every text, the gravest hazard first, and within a level in the order in which they were handed over.

    Args:
        texts: of complaints.
        model: of their matters; without one only hazards are told.
        reasons: how many runs of characters are told that speak for a matter.

    Raises:
        DomainError: a text is too long; says which.
        RefusedError: too many texts.
    """
    if len(texts) > MOST_TEXTS:
        raise RefusedError("texts", f"{len(texts):,} texts; at most {MOST_TEXTS:,} at once")
    hazards = [_hazard(place, text) for place, text in enumerate(texts)]
    said = [None] * len(texts) if model is None else list(model.suggestions(texts, reasons=reasons))
    found = [
        Triaged(place=place, hazard=hazard, suggestion=suggestion)
        for place, (hazard, suggestion) in enumerate(zip(hazards, said, strict=True))
    ]
    return tuple(sorted(found, key=lambda one: LEVELS.index(one.hazard.level)))


def _hazard(place: int, text: str) -> Hazard:
    try:
        return hazard_in(text)
    except DomainError as error:
        raise DomainError(f"text {place + 1}: {error}") from error


def as_data(found: Triaged) -> dict[str, Any]:
    """Return one text as JSON has it; `suggested` is always true, for a person decides."""
    hazard, said = found.hazard, found.suggestion
    told: dict[str, Any] = {
        "text": found.place + 1, "suggested": True,
        "hazard": {
            "level": hazard.level, "harm": list(hazard.harm), "feared": list(hazard.feared), "who": list(hazard.who),
            "part": list(hazard.part), "product": list(hazard.product), "months": hazard.months,
            "words": [
                {"word": one.word, "kind": one.kind, "code": one.code, "at": one.start, "state": one.state}
                for one in hazard.mentions
            ],
        },
    }  # fmt: skip
    if said is not None:
        told |= {
            "matter": said.label, "why": said.why or None, "known": round(said.known, 4),
            "likeliest": [{"matter": name, "probability": round(share, 4)} for name, share in said.likeliest],
            "speaks": [{"run": one.run, "adds": round(one.adds, 3)} for one in said.speaks],
        }  # fmt: skip
    return told
