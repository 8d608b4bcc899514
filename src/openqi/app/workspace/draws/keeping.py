"""What is decided once and stays: a commitment, randomness, a draw. A build finds it again, and refuses what was changed since."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import msgspec

from openqi.app.workflow import command_json
from openqi.app.workspace.builder import Builder
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Command, Content

_OF_THE_BUILD: Final = frozenset({"now", "salt", "version", "visibleTo"})
"""Arguments that the program gives, not the workspace: a newer program finds what an older one has decided."""


def keep(builder: Builder, slot: str, party: str, digest: str, make: Callable[[], Command], *, subject: str, advice: str) -> Record:
    """Return the record of what a command decides, asked for once; an entry that says something else now is refused.

    Args:
        slot: the entry.
        party: who asks, by name.
        digest: of all that the command is made from.
        make: gives the command; not called where nothing has changed.
        subject: in whose stream an equal decision would lie.
        advice: what can be done where something else is wanted.

    Raises:
        FormatError: the entry, or a file of it, was changed after it was decided; or somebody withdrew it.
        OpenQIError: as the command says.
    """
    known, remembered = builder.standing(slot), builder.before.get(slot)
    if known is not None and builder.kept(slot, digest, party):
        return known
    if known is None and remembered is not None and _is_here(builder, remembered.record):
        raise FormatError(f"record {remembered.record} of it was withdrawn, and is not made a second time; {advice}")
    command = make()
    if known is None:
        known = builder.asked_before(command, subject, builder.uri(party), free=True)
    if known is None:
        return builder.perform(slot, party, digest, command)
    if changed := _changed(builder, known, command, builder.uri(party)):
        told = f"record {known.id} was decided at {known.valid_from}, and this says something else now ({', '.join(changed)})"
        raise FormatError(f"{told}; {advice}")
    builder.hold(slot, digest, party, known)
    return known


def _is_here(builder: Builder, record: str) -> bool:
    """Whether the log has a record; it has not where the memory of builds is of another log."""
    try:
        builder.staged.logged(record)
    except NotFoundError:
        return False
    return True


def _changed(builder: Builder, known: Record, command: Command, issuer: str) -> list[str]:
    """The members that say something else now; of a content also the first line that is gone, and the first that is new."""
    told, asked = dict(known.command or {}).get("arguments", {}), command_json(command)["arguments"]
    names = {name for name in {*told, *asked} - _OF_THE_BUILD if told.get(name) != asked.get(name)}
    names |= {"issuer"} if known.issuer != issuer else set()
    return [f"{name}{_lines(builder, told.get(name), asked.get(name))}" for name in sorted(names)]


def _lines(builder: Builder, before: Any, now: Any) -> str:
    try:
        old, new = (builder.staged.blob(one["sha256"]).decode().splitlines() for one in (before, now))
    except (KeyError, TypeError, NotFoundError, UnicodeDecodeError):  # no contents, or none that are text
        return ""
    gone, added = {*old} - {*new}, {*new} - {*old}
    said = [f"{what} {_first(lines, own)!r}" for what, lines, own in (("without", old, gone), ("with", new, added)) if own]
    return f" {', '.join(said)}" if said else " in another order"


def _first(lines: list[str], own: set[str]) -> str:
    return next(one for one in lines if one in own).replace("\t", " ")


def row_digest(command: Command) -> str:
    """Return the digest of a command that stands for one row of a table."""
    asked = command_json(command)["arguments"]
    return sha256(msgspec.json.encode({name: asked[name] for name in sorted(asked) if name not in _OF_THE_BUILD})).hexdigest()


def content(builder: Builder, data: bytes, media_type: str) -> Content:
    """Return how a command names a content, which comes into the log with what is decided on it."""
    return Content(media_type=media_type, sha256=builder.staged.put_blob(data), size=len(data))
