"""Look, permit, decide: one pure function for a first decision and for its replay, so that they cannot differ."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from openqi import pillars
from openqi.evidence.algorithms.algorithm import THUMBPRINT
from openqi.evidence.keys import KEY_KINDS, log_subject
from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import CatalogueError, FormatError, NotFoundError, RefusedError
from openqi.pillars.governance.views import operator, roles_held
from openqi.records import Body, Command, as_json, check_kind, of_json
from openqi.records.governance import Admitted, Countersigned, Delegated, RoleEnded, RoleGranted
from openqi.records.metrology import CalibrationCertified

REALISES = "national-metrology-institute"
_RESERVED = ("#roles", "#admitted")
_OWN_RULE = KEY_KINDS | {Delegated.KIND, Countersigned.KIND}
"""Kinds that no role allows to state, but a rule of their own."""
Decide = Callable[[View, Any, str], tuple[Statement, ...]]


@cache
def commands() -> Mapping[str, type[Command]]:
    """Return every command of every pillar by name."""
    return MappingProxyType({command.NAME: command for command in _workflows()})


@cache
def _workflows() -> Mapping[type[Command], Decide]:
    found: dict[type[Command], Decide] = {}
    for module in iter_modules(pillars.__path__):
        for command, decide in import_module(f"{pillars.__name__}.{module.name}.workflow").WORKFLOW.items():
            if any(command.NAME == other.NAME for other in found):
                raise CatalogueError(f"two commands are called {command.NAME}")
            found[command] = decide
    return MappingProxyType(found)


def command_of(name: str, arguments: Mapping[str, Any]) -> Command:
    """Return the command of that name with these arguments.

    Raises:
        NotFoundError: no such command.
        FormatError: an argument is missing, foreign or of another form.
    """
    kind = commands().get(name)
    if kind is None:
        raise NotFoundError(f"command {name[:80]!r} is not known; known are {', '.join(commands())}")
    return of_json(arguments, kind)


def command_json(command: Command) -> dict[str, Any]:
    """Return a command as records hold it."""
    return {"arguments": as_json(command), "name": command.NAME}


def decide(view: View, command: Command, issuer: str) -> tuple[Statement, ...]:
    """Return what the issuer's command states on this view.

    Raises:
        RefusedError: the issuer may not ask it, or a rule of the pillar forbids it.
        OpenQIError: as the pillar's function says.
    """
    if command.ROLE is not None:
        check_role(view, issuer, command.ROLE)
    stated = _workflows()[type(command)](view, command, issuer)
    if command.visible_to is None:
        return stated
    return tuple(replace(one, visible_to=command.visible_to, salt=command.salt) for one in stated)


def replay(record: Record, view: View | None) -> tuple[Statement, ...]:
    """Return what the command of a decided record states on a view of its basis, and of a stated record what it states.

    Raises:
        RefusedError: the record was stated, and its kind can only be decided: it rests on nothing.
        NotFoundError: this version does not know the command, or the kind.
        FormatError: the record's command is not one, or speaks of another instant than the record.
        BasisError: the decision asks for something that the basis does not name.
    """
    if view is None:
        kind = type(check_kind(record.statement))
        if kind.ROLE is None and record.kind not in _OWN_RULE:
            raise RefusedError(
                "decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command"
            )
        return (record.statement,)
    stated = record.command or {}
    if set(stated) != {"arguments", "name"} or type(stated["name"]) is not str:
        raise FormatError(f"record {record.id}: a command is {{arguments, name}}")
    command = command_of(stated["name"], stated["arguments"])
    if command.now != record.valid_from:
        raise FormatError(f"record {record.id}: its command speaks of {command.now}, it was sealed at {record.valid_from}")
    return decide(view, command, record.issuer)


def check_role(view: View, party: str, role: str) -> None:
    """Raise RefusedError unless the party holds the role at the view's instant."""
    held = roles_held(view, party)
    if role not in held:
        has = f"it holds {', '.join(sorted(held))}" if held else "it holds no role"
        raise RefusedError("role-held", f"{party} does not hold the role {role} at {view.valid_at}; {has}")


def check_statement(view: View, stated: Statement, issuer: str) -> Body:
    """Return the typed body of what a party wants to state, after checking that it may.

    Raises:
        RefusedError: its role does not allow it, or the kind can only be decided.
        FormatError, NotFoundError: the statement is not of a known kind and form.
    """
    typed = check_kind(stated)
    if isinstance(typed, Admitted):
        raise RefusedError("admitted-with-dossier", "a foreign record is admitted with its dossier: `openqi dossier admit`")
    if not stated.kind.startswith("governance."):
        for subject in stated.streams:  # else anybody could put words into the streams that decisions about others read
            if subject == log_subject(view.origin) or subject.startswith(THUMBPRINT) or subject.endswith(_RESERVED):
                raise RefusedError("reserved-stream", f"{subject} is a stream of governance; a {stated.kind} names its own subject")
    if typed.ROLE is not None:
        check_role(view, issuer, typed.ROLE)
        if isinstance(typed, CalibrationCertified) and typed.realises is not None:
            check_role(view, issuer, REALISES)
        if isinstance(typed, RoleGranted | RoleEnded) and issuer != operator(view):
            raise RefusedError(
                "operator-grants", "roles are granted and ended by the operator itself; it may rotate or add keys for that"
            )
    elif isinstance(typed, Delegated):
        if typed.party != issuer:
            raise RefusedError("own-role", f"{issuer} cannot delegate what {typed.party} holds")
        if typed.role not in roles_held(view, issuer, delegated=False):
            raise RefusedError("role-held", f"{issuer} does not hold the role {typed.role}, so it cannot delegate it")
    elif not isinstance(typed, Countersigned):
        raise RefusedError("decided-only", f"{stated.kind} is not stated freely; ask for it with its command")
    return typed
