"""Randomness, the draw that is made out of it, and the showing of a hidden one, in a workspace."""

import re
from hashlib import sha256
from typing import Any, Final

import msgspec

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.drawing import DrawDeclared, MadeDrawDeclared, RandomnessDeclared, ShownDrawDeclared
from openqi.app.workspace.draws.keeping import content, keep
from openqi.formats.document import Node
from openqi.pillars.surveillance.draws.drawing import MakeDraw, ShowDraw
from openqi.pillars.surveillance.draws.randomness import PublishRandomness
from openqi.records import body
from openqi.records.draws import DrawCommitted, RandomnessPublished, made_subject, randomness_subject, shown_subject
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.hidden import hidden_seed

_VALUE: Final = "a value is published once: put the entry and its file back as they were; one that was copied wrongly is withdrawn"
_MADE: Final = "who was drawn stays so; put the entry back as it was"
_HEX: Final = re.compile(r"([0-9a-fA-F]{2})+", re.ASCII)
_MOST: Final = 100_000


def randomness(builder: Builder, slot: str, declared: RandomnessDeclared) -> None:
    """Publish the value of a source that the commitment had named."""
    workspace = builder.workspace
    workspace.party(slot, declared.published_by, "published_by")
    committed = builder.record(workspace.known(slot, "draw", "draws", declared.draw))
    draw = workspace.declared.draws[declared.draw]
    if declared.source not in draw.sources:
        raise workspace.at(slot, "source").error(
            f"{declared.source!r} is no source of draw {declared.draw}; it names {', '.join(draw.sources)}"
        )
    named = draw.sources[declared.source]
    data = None if declared.beacon is None else workspace.file(slot, "beacon", declared.beacon)

    def make() -> PublishRandomness:
        told = {} if data is None else _beacon(workspace.at(slot, "beacon"), str(declared.beacon), data, named.event)
        at = declared.published_at
        return PublishRandomness(
            committed=committed, source=named.source, event=named.event, signature=told.get("signature"),
            previous=told.get("previous_signature"), numbers=declared.numbers, value=_hex(workspace.at(slot, "hex"), declared.hex),
            published_at=None if at is None else workspace.instant(slot, "published_at", at), read_at=declared.read_at,
            document=None if data is None else content(builder, data, "application/json"),
        )  # fmt: skip

    digest = builder.digest(slot, committed, b"" if data is None else data)
    subject = randomness_subject(draw.uri, committed, named.source, named.event)
    keep(builder, slot, declared.published_by, digest, make, subject=subject, advice=_VALUE)


def _beacon(place: Node, name: str, data: bytes, event: str) -> dict[str, str]:
    """What a relay answered, as lower hexadecimal digits, after checking that it is of the round, and agrees with itself."""
    try:
        told: Any = msgspec.json.decode(data) if len(data) <= _MOST else None
    except msgspec.DecodeError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("signature"), str):
        raise place.error(f"{name}:1: this is no answer of a drand relay; save what /public/{event} answers, as it is")
    if str(told.get("round")) != event:
        raise place.error(f"{name}:1: this is round {told.get('round')}, and round {event} was named")
    found = {key: told[key] for key in ("signature", "previous_signature", "randomness") if told.get(key)}
    for key, text in found.items():
        if not isinstance(text, str) or not _HEX.fullmatch(text):
            raise place.error(f"{name}:1: {key} is not written in hexadecimal digits")
    if "randomness" in found and sha256(bytes.fromhex(found["signature"])).hexdigest() != found["randomness"].lower():
        raise place.error(f"{name}:1: the randomness is not SHA-256 of the signature; one of them was changed")
    return {key: text.lower() for key, text in found.items()}


def _hex(place: Node, text: str | None) -> str | None:
    if text is not None and not _HEX.fullmatch(text):
        raise place.error(f"{text[:40]!r} is not written in hexadecimal digits, two a byte")
    return None if text is None else text.lower()


def made_draw(builder: Builder, slot: str, declared: MadeDrawDeclared) -> None:
    """Draw, out of the commitment and the randomness that it named."""
    workspace = builder.workspace
    workspace.party(slot, declared.made_by, "made_by")
    committed = builder.record(workspace.known(slot, "draw", "draws", declared.draw))
    values = tuple(builder.record(workspace.known(slot, "randomness", "randomness", name)) for name in declared.randomness)
    draw = workspace.declared.draws[declared.draw]

    def make() -> MakeDraw:
        if not draw.hidden:
            return MakeDraw(committed=committed, randomness=values)
        # Whoever makes it sees it by itself; an organiser who left that to another party is named with the others.
        others = {builder.uri(name) for name in (draw.committed_by, *draw.parties)} - {builder.uri(declared.made_by)}
        return MakeDraw(
            committed=committed, randomness=values, proof=_proof(builder, draw, committed, values), visible_to=tuple(sorted(others))
        )

    subject = made_subject(draw.uri, committed)
    keep(builder, slot, declared.made_by, builder.digest(slot, committed, *values), make, subject=subject, advice=_MADE)


def _proof(builder: Builder, draw: DrawDeclared, committed: str, values: tuple[str, ...]) -> str:
    """The proof of the seed of a hidden draw, with the secret that is kept in the workspace."""
    commitment = body(builder.staged.logged(committed).record, DrawCommitted)
    published = [body(builder.staged.logged(one).record, RandomnessPublished) for one in values]
    seed = mixed_seed(
        bytes.fromhex(commitment.commitment),
        [NamedSource(source=one.source, event=one.event) for one in commitment.sources],
        [PublicValue(source=one.source, event=one.event, value=bytes.fromhex(one.value)) for one in published],
    )
    return hidden_seed(builder.secret(draw.uri), seed, draw.purpose)[1].hex()


def shown_draw(builder: Builder, slot: str, declared: ShownDrawDeclared) -> None:
    """Show a hidden draw to all, once its visits are over."""
    workspace = builder.workspace
    workspace.party(slot, declared.shown_by, "shown_by")
    made = builder.record(workspace.known(slot, "made", "made_draws", declared.made))
    name = workspace.declared.made_draws[declared.made].draw
    subject = shown_subject(workspace.declared.draws[name].uri, builder.record(f"draws/{name}"))
    keep(builder, slot, declared.shown_by, builder.digest(slot, made), lambda: ShowDraw(made=made), subject=subject, advice=_MADE)
