"""Loads golden numbers and other people's vectors from `vectors/` by name, and the whole sets that they were cut from."""

import json
from pathlib import Path
from typing import Any

from shared_data import ROOT, shared

PLACES = ("vectors", "shared")
"""Where a set of vectors can lie: in this repository (perhaps a part of it), and whole in the data shared between checkouts."""


def vectors_of(name: str) -> Any:
    """Return the JSON of `vectors/<name>`, for example `trust/jcs.json`."""
    return json.loads((ROOT / "vectors" / name).read_text("utf-8"))


def figures_of(name: str, place: str) -> Any:
    """Return the figures of `vectors/<name>`, or of the shared file that it names as its origin.

    Args:
        name: a file of `vectors/` with the members `source`, `licence`, `shared` and `figures`.
        place: one of `PLACES`; the calling test is skipped where the shared data are absent.
    """
    kept = vectors_of(name)
    return kept["figures"] if place == "vectors" else _read(shared(kept["shared"]))


def _read(path: Path) -> Any:
    if path.is_dir():  # documents in `input/` beside what they should become in `output/`
        return {
            found.name: {half: (path / half / found.name).read_text("utf-8") for half in ("input", "output")}
            for found in sorted((path / "input").iterdir())
        }
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else text
