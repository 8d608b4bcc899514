"""What a replay of a draw is given: what the records state, and the files that they name, as they were frozen."""

from typing import Any, Final, Literal

from openqi.app.reading.context import Context
from openqi.app.reading.draws.steps import Steps, steps_of
from openqi.kernel.errors import NotFoundError
from openqi.records import Content, as_json
from openqi.records.draw_lists import FrameFrozen
from openqi.records.draws import DrawMade, DrawShown, RandomnessPublished

FileOf = Literal["objects", "exclusions", "rows"]
FILES: Final[dict[FileOf, str]] = {"objects": "objects.tsv", "exclusions": "exclusions.tsv", "rows": "rows.jsonl"}
MOST_BYTES: Final = 64 * 2**20
"""A file beyond this is had from the store or a mirror; a page would hold the whole of it in memory."""


def ingredients(context: Context, uri: str) -> dict[str, Any]:
    """Return all that decides a draw, as JSON has it; the files that it names are had by `draw_file`.

    Raises:
        NotFoundError: the log knows no such draw, or its list may not be seen.
    """
    return context.kept("draw ingredients", f"{uri}\n{context.reader or ''}", lambda: _made(context, steps_of(context, uri)))


def _made(context: Context, steps: Steps) -> dict[str, Any]:
    stated, frame = steps.stated, _frame(context, steps)
    result = result_of(context, steps)
    return {
        "frame": {
            "root": frame.root, "objects": frame.objects, "sha256": frame.document.sha256, "excluded": frame.excluded,
            "exclusions": None if frame.exclusions is None else {"sha256": frame.exclusions.sha256},
        },
        "plan": {"purpose": stated.purpose, "strata": [as_json(one) for one in stated.strata]},
        "sources": [as_json(one) for one in stated.sources], "version": stated.version, "key": stated.key or "",
        "commitment": stated.commitment, "values": [_value(one) for one in values_of(context, steps)],
        "made": None if result is None else {
            "seed": result.seed, "root": result.items.root, "count": result.items.count, "proof": result.proof,
        },
    }  # fmt: skip


def _frame(context: Context, steps: Steps) -> FrameFrozen:
    found = context.body(steps.stated.frame, FrameFrozen)
    if found is None:
        raise NotFoundError(f"the list of draw {steps.stated.draw[:200]} is not here, or may not be shown")
    return found


def _value(one: RandomnessPublished) -> dict[str, Any]:
    signed = one.signature if one.form == "drand" else None
    return {"source": one.source, "event": one.event, "value": one.value, "signature": signed}


def values_of(context: Context, steps: Steps) -> tuple[RandomnessPublished, ...]:
    """Return the values of sources that stand, those that the result rests on first where there is one."""
    result = result_of(context, steps)
    names = steps.values if result is None else dict.fromkeys((*result.randomness, *steps.values))
    found: dict[tuple[str, str], RandomnessPublished] = {}
    for name in names:
        one = context.body(name, RandomnessPublished)
        if one is not None:
            found.setdefault((one.source, one.event), one)
    return tuple(found.values())


def result_of(context: Context, steps: Steps) -> DrawMade | DrawShown | None:
    """Return who was drawn, as far as the reader may see it."""
    if steps.shown is not None:
        return context.body(steps.shown, DrawShown)
    return None if steps.made is None else context.body(steps.made, DrawMade)


def draw_file(context: Context, uri: str, of: FileOf) -> bytes:
    """Return a file of a draw as it was frozen: the list, who was left out, or the rows of the result.

    Raises:
        NotFoundError: there is none, it may not be seen, or it is too large for a page.
    """
    steps = steps_of(context, uri)
    content: Content | None
    if of == "rows":
        result = result_of(context, steps)
        name, size = ("", 0) if result is None else (result.items.rows.sha256, result.items.rows.size)
    else:
        frame = _frame(context, steps)
        content = frame.document if of == "objects" else frame.exclusions
        name, size = ("", 0) if content is None else (content.sha256, content.size)
    if not name:
        raise NotFoundError(f"draw {uri[:200]} has no {FILES[of]}")
    if size > MOST_BYTES:
        raise NotFoundError(
            f"{FILES[of]} has {size} bytes, more than a page hands out ({MOST_BYTES}): take blob {name} of a mirror"
        )
    return context.store.blob(name)
