"""What users write as JSON, as bodies and commands; which kinds and commands there are, and how each is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from openqi.app.workflow import command_of, commands
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records import Body, Command, kinds, of_json
from openqi.records.governance import Admitted, Countersigned, Delegated, Genesis, KeyGranted, KeyRevoked

MAX_REQUEST: Final = 1_000_000
_OURS: Final = {"now", "salt"}
_ELSEWHERE: Final[Mapping[type[Body], str]] = {
    Admitted: "dossier admit", Genesis: "log new", KeyGranted: "key grant", KeyRevoked: "key revoke",
}  # fmt: skip


def stated_body(data: bytes) -> Body:
    """Return the body in `{"kind": …, "body": {…}}`.

    Raises:
        FormatError: not that, or not as the kind says.
        NotFoundError: no such kind.
        RefusedError: the kind has a command of its own.
    """
    whole = _object(data, {"kind", "body"}, 'write {"kind": "…", "body": {…}}')
    kind = kinds().get(whole["kind"])
    if kind is None:
        raise NotFoundError(f"kind {whole['kind'][:80]!r} is not known; see `openqi record kinds`")
    if kind in _ELSEWHERE:
        raise RefusedError("own-command", f"a {kind.KIND} is not stated as it is; use `openqi {_ELSEWHERE[kind]}`")
    return of_json(whole["body"], kind)


def asked_command(data: bytes, *, visible_to: tuple[str, ...] | None = None) -> Command:
    """Return the command in `{"name": …, "arguments": {…}}`.

    Args:
        data: JSON.
        visible_to: None for all, else the parties who may see what is decided besides the signer.

    Raises:
        FormatError: not that, or not as the command says, or it states what only the ledger does (its instant, a salt).
        NotFoundError: no such command.
    """
    whole = _object(data, {"name", "arguments"}, 'write {"name": "…", "arguments": {…}}')
    arguments: dict[str, Any] = whole["arguments"]
    if foreign := sorted(_OURS & set(arguments)):
        raise FormatError(f"{foreign[0]} is set by the ledger; leave it out of the arguments")
    if whole["name"] not in commands():
        raise NotFoundError(f"command {whole['name'][:80]!r} is not known; see `openqi record kinds`")
    return command_of(whole["name"], arguments | ({} if visible_to is None else {"visibleTo": list(visible_to)}))


def withdrawal(record_id: str, reason: str) -> Command:
    """Return the command that withdraws a record.

    Raises:
        FormatError: no id of a record, or no reason.
    """
    return command_of("governance.withdraw/1", {"record": record_id, "reason": reason})


def _object(data: bytes, members: set[str], form: str) -> dict[str, Any]:
    if len(data) > MAX_REQUEST:
        raise FormatError(f"the file is larger than the {MAX_REQUEST} bytes that are accepted; put large content in a blob")
    try:
        whole = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FormatError(f"not JSON ({error}); {form}") from error
    texts = members - {"body", "arguments"}
    if type(whole) is not dict or set(whole) != members or any(type(whole[name]) is not str for name in texts):
        raise FormatError(f"the file holds something else; {form}")
    if any(type(whole[name]) is not dict for name in members - texts):
        raise FormatError(f"{', '.join(members - texts)} is an object; {form}")
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return found


@dataclass(frozen=True, kw_only=True)
class Described:
    """A kind or command: how it comes about (which command line does it), which role it takes, and what it means."""

    name: str
    how: str
    role: str | None
    meaning: str


def described() -> tuple[Described, ...]:
    """Return every kind and command of this version."""
    stated = [Described(name=name, how=_how(kind), role=kind.ROLE, meaning=_meaning(kind)) for name, kind in kinds().items()]
    asked = [
        Described(name=name, how="record decide", role=command.ROLE, meaning=_meaning(command))
        for name, command in commands().items()
    ]
    return (*sorted(stated, key=lambda one: one.name), *sorted(asked, key=lambda one: one.name))


def schema(name: str) -> Mapping[str, Any]:
    """Return the JSON Schema of the body of a kind, or of the arguments of a command.

    Raises:
        NotFoundError: neither is called so.
    """
    kind: type[Body] | type[Command] | None = kinds().get(name) or commands().get(name)
    if kind is None:
        raise NotFoundError(f"neither a kind nor a command is called {name[:80]!r}; `openqi record kinds` lists them")
    return msgspec.json.schema(kind)


def _how(kind: type[Body]) -> str:
    stated = kind.ROLE is not None or kind in (Delegated, Countersigned)
    return _ELSEWHERE.get(kind, "record state" if stated else "decided only")


def _meaning(kind: type) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]
