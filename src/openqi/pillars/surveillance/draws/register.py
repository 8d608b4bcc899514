"""Registers of draws: each draw in one line for lists, and its steps in the order of the log, its visits left out."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, Literal

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.records.draws import DrawCancelled, DrawCommitted, DrawMade, DrawShown, RandomnessPublished
from openqi.records.governance import Withdrawn
from openqi.records.inspections import AssignmentChanged, OfficersAssigned, RateEstimated, ResultsPublished

Sort = Literal["c", "x", "v", "m", "s", "o", "h", "p", "e", "w"]
"""Of steps: commitment, cancelled, value of a source, made, shown, officers, change of them, publication, estimate, withdrawal."""
_SORTS: Final[dict[str, Sort]] = {
    DrawCommitted.KIND: "c", DrawCancelled.KIND: "x", RandomnessPublished.KIND: "v", DrawMade.KIND: "m", DrawShown.KIND: "s",
    OfficersAssigned.KIND: "o", AssignmentChanged.KIND: "h", ResultsPublished.KIND: "p", RateEstimated.KIND: "e",
}  # fmt: skip
_TEXTS: Final = (
    "organiser",
    "issuer",
    "acting",
    "committed",
    "known_at",
    "visits_from",
    "visits_until",
    "cancelled",
    "made",
    "shown",
)


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def start_of(draw: str, sort: Sort, party: str | None = None) -> str:
    """Return how the keys of the steps of a sort of a draw begin.

    Args:
        draw: its URI.
        sort: of the steps.
        party: of what is not public, the party that may see it; None for what is public.
    """
    return f"{_key(draw)}{'' if party is None else f'={_key(party)}'}.{sort}."


def _text(body: Any, name: str) -> str:
    """A member that is a text; a foreign record of one of our kinds may have anything there."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _step_keys(logged: Logged) -> Iterable[str]:
    record, place = logged.record, f"{logged.index:012x}"
    seen_by = (None,) if record.public else tuple(dict.fromkeys((record.issuer, *(record.statement.visible_to or ()))))
    for draw, sort in _abouts(record):
        yield from (start_of(draw, sort, party) + place for party in seen_by)


def _abouts(record: Record) -> Iterator[tuple[str, Sort]]:
    if record.kind == Withdrawn.KIND:
        streams = record.body.get("streams")
        # What a part of a draw has for a stream (`…#officers`) is the draw's too.
        named = (one.partition("#")[0] for one in (streams if isinstance(streams, list) else ()) if isinstance(one, str))
        yield from ((one, "w") for one in dict.fromkeys(named))
    elif record.kind in _SORTS and (draw := _text(record.body, "draw")):
        yield draw, _SORTS[record.kind]


def _step(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    record = logged.record
    of = "record" if record.kind == Withdrawn.KIND else "committed"
    return {"id": record.id, "issuer": record.issuer, "origin": logged.origin, "of": _text(record.body, of)}


def _draw_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    kinds = (DrawCommitted.KIND, DrawCancelled.KIND, RandomnessPublished.KIND, DrawMade.KIND, DrawShown.KIND)
    return (draw,) if record.public and record.kind in kinds and (draw := _text(record.body, "draw")) else ()


def _draw(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if record.kind == DrawCommitted.KIND:
        # Of one URI the first commitment counts: whoever commits again cannot choose between two of them.
        return row if row is not None else _new(record, logged.index)
    if row is None or _text(record.body, "committed") != row["committed"]:
        return row
    if record.issuer not in str(row["acting"]).split("\n"):
        return row
    if record.kind == RandomnessPublished.KIND:
        return {**row, "values": int(row["values"] or 0) + 1}
    member = {DrawCancelled.KIND: "cancelled", DrawMade.KIND: "made", DrawShown.KIND: "shown"}[record.kind]
    return {**row, member: record.id}


def _new(record: Record, index: int) -> Row:
    body = record.body
    sources = body.get("sources")
    instants = [_text(one, "notBefore") for one in (sources if isinstance(sources, list) else ()) if isinstance(one, dict)]
    parties = body.get("parties")
    acting = [record.issuer, *(one for one in (parties if isinstance(parties, list) else ()) if isinstance(one, str))]
    told: dict[str, Cell] = {
        "organiser": _text(body, "organiser"), "issuer": record.issuer, "committed": record.id, "acting": "\n".join(acting),
        "known_at": max(instants, default=""),
        "visits_from": _text(body, "visitsFrom"), "visits_until": _text(body, "visitsUntil"),
    }  # fmt: skip
    empty: dict[str, Cell] = dict.fromkeys(("cancelled", "made", "shown"), "")
    return {**told, **empty, "hidden": int(bool(body.get("key"))), "values": 0, "place": index}


DRAWS: Final = Fold(
    name="draws",
    version=1,
    columns={**dict.fromkeys(_TEXTS, str), "hidden": int, "values": int, "place": int},
    keys=_draw_keys,
    step=_draw,
    indexes=(("place",), ("organiser", "place")),
)
"""A row for each draw that was publicly committed to, under its URI; `known_at` is when the last of its sources can be known.

`acting` are the parties, a line each, whose records count; of several results and cancellations the last one stands there.

Withdrawals do not stand there: whoever shows a row looks at the records that it names.
"""

DRAW_STEPS: Final = Fold(
    name="draw_steps", version=1, columns={"id": str, "issuer": str, "origin": str, "of": str}, keys=_step_keys, step=_step
)
"""A row for each step of a draw but its visits; `start_of` says its keys. `of` is the commitment, or what is withdrawn."""
