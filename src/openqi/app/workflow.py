"""Look, permit, decide: one pure function for a first decision and for its replay, so that they cannot differ."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

import msgspec

from openqi import pillars
from openqi.evidence.keys import KEY_KINDS
from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import CatalogueError, FormatError, NotFoundError, RefusedError
from openqi.pillars.conformity.modelled import model_of
from openqi.pillars.governance.duties import Duties, check_duties
from openqi.pillars.governance.views import roles_held
from openqi.pillars.process_control.plans import check_plan
from openqi.records import Body, Command, Content, Items, RecordId, as_json, check_kind, kinds, of_json
from openqi.records.duties import SeparationEnded, SeparationPublished, duties_subject, is_reserved
from openqi.records.governance import Admitted, Countersigned, Delegated, RoleEnded, RoleGranted, operator
from openqi.records.metrology import CalibrationCertified
from openqi.records.procedures import MeasurementPublished
from openqi.records.process_control import ControlPlanPublished
from openqi.records.tasks import CalendarPublished, LimitPublished

REALISES = "national-metrology-institute"
_OWN_RULE = KEY_KINDS | {Delegated.KIND, Countersigned.KIND}
"""Kinds that no role allows to state, but a rule of their own."""
_OPERATORS = (RoleGranted, RoleEnded, SeparationPublished, SeparationEnded)
_NAMES_A_RECORD = (RecordId, RecordId | None)
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


def decide(view: View, command: Command, issuer: str, *, duties: Duties | None = None) -> tuple[Statement, ...]:
    """Return what the issuer's command states on this view.

    Args:
        view: what can be read.
        command: what is asked.
        issuer: who asks.
        duties: rules about who does not do it, where the log has any; None where it has none.

    Raises:
        RefusedError: the issuer may not ask it, or a rule of the pillar or of the log forbids it.
        OpenQIError: as the pillar's function says.
    """
    if command.ROLE is not None:
        check_role(view, issuer, command.ROLE)
    elif command.ANY_ROLE and not roles_held(view, issuer):
        raise RefusedError(
            "role-held", f"{issuer} holds no role at {view.valid_at}; {command.NAME} is for parties with a role, any"
        )
    stated = _workflows()[type(command)](view, command, issuer)
    if duties is not None:
        named = {*records_named(command), *(name for one in stated for name in records_named(of_json(one.body, kinds()[one.kind])))}
        named -= sealed_members(command)
        check_duties(view, duties, issuer=issuer, subjects=[one.streams[0] for one in stated], named=named)
    if command.visible_to is None:
        return stated
    return tuple(replace(one, visible_to=command.visible_to, salt=command.salt) for one in stated)


def acts_of(asked: Command | Body) -> frozenset[str]:
    """Return the names under which a log may have rules about who does not do this."""
    return frozenset({asked.NAME if isinstance(asked, Command) else asked.KIND})


def sealed_members(asked: Command | Body) -> frozenset[str]:
    """Return the records that a command names though its outcome may be public and they are sealed."""
    members = asked.SEALED if isinstance(asked, Command) else ()
    return frozenset(name for name in (getattr(asked, member) for member in members) if name is not None)


def records_named(value: msgspec.Struct) -> Iterator[str]:
    """Yield the records that a command or body names, those in a list or in a part of it too; contents are no records."""
    for member in msgspec.structs.fields(value):
        told = getattr(value, member.name)
        if member.type in _NAMES_A_RECORD and told is not None:
            yield told
        elif member.type == tuple[RecordId, ...]:
            yield from told
        else:
            for part in told if isinstance(told, tuple) else (told,):
                if isinstance(part, msgspec.Struct) and not isinstance(part, Content | Items):
                    yield from records_named(part)


def replay(record: Record, view: View | None, *, story: Callable[[str], Iterable[Record]] | None = None) -> tuple[Statement, ...]:
    """Return what the command of a decided record states on a view of its basis, and of a stated record what it states.

    Args:
        record: what was stated or decided.
        view: of its basis; None for a stated record.
        story: subject → its records as of the size that the decision knew, where the whole log is at hand. Then it is also
            asked whether who did one thing on a subject did another.

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
    return decide(view, command, record.issuer, duties=_duties_noted(record, view, command, story))


def _duties_noted(record: Record, view: View, command: Command, story: Callable[[str], Iterable[Record]] | None) -> Duties | None:
    """The rules that a decision read: those of the acts whose streams its basis names, and no others."""
    noted = {str(read["subject"]) for read in (record.basis or {}).get("streams", ())}
    acts = acts_of(command)
    ruled = frozenset(act for act in acts if duties_subject(view.origin, act) in noted)
    if story is None:
        return Duties(acts=ruled, hand=record.kid) if ruled else None
    left_out = [act for act in acts - ruled if [*story(duties_subject(view.origin, act))]]
    if left_out:
        raise FormatError(f"record {record.id}: its basis leaves out the separation of duties of {left_out[0]}")
    return Duties(acts=ruled, hand=record.kid, story=lambda subject: [*story(subject)]) if ruled else None


def check_role(view: View, party: str, role: str) -> None:
    """Raise RefusedError unless the party holds the role at the view's instant."""
    held = roles_held(view, party)
    if role not in held:
        raise role_missing(party, role, held, view.valid_at)


def role_missing(party: str, role: str, held: Collection[str], valid_at: str) -> RefusedError:
    """Return why a party may not do what takes a role that it does not hold."""
    has = f"it holds {', '.join(sorted(held))}" if held else "it holds no role"
    return RefusedError("role-held", f"{party} does not hold the role {role} at {valid_at}; {has}")


def check_statement(view: View, stated: Statement, issuer: str, *, duties: Duties | None = None) -> Body:
    """Return the typed body of what a party wants to state, after checking that it may.

    Raises:
        RefusedError: its role or the log's separation of duties do not allow it, or the kind can only be decided.
        FormatError, NotFoundError: the statement is not of a known kind and form.
    """
    typed = check_kind(stated)
    if isinstance(typed, Admitted):
        raise RefusedError("admitted-with-dossier", "a foreign record is admitted with its dossier: `openqi dossier admit`")
    if not stated.kind.startswith("governance."):
        for subject in stated.streams:  # else anybody could put words into the streams that decisions about others read
            if is_reserved(view.origin, subject):
                raise RefusedError("reserved-stream", f"{subject} is a stream of governance; a {stated.kind} names its own subject")
    if typed.ROLE is not None:
        check_role(view, issuer, typed.ROLE)
        if isinstance(typed, CalibrationCertified) and typed.realises is not None:
            check_role(view, issuer, REALISES)
        _check_sense(typed)
        _check_operators(view, typed, issuer)
    elif isinstance(typed, Delegated):
        if typed.party != issuer:
            raise RefusedError("own-role", f"{issuer} cannot delegate what {typed.party} holds")
        if typed.role not in roles_held(view, issuer, delegated=False):
            raise RefusedError("role-held", f"{issuer} does not hold the role {typed.role}, so it cannot delegate it")
    elif not isinstance(typed, Countersigned):
        raise RefusedError("decided-only", f"{stated.kind} is not stated freely; ask for it with its command")
    if duties is not None:
        check_duties(view, duties, issuer=issuer, subjects=stated.streams[:1], named={*records_named(typed)})
    return typed


def _check_sense(typed: Body) -> None:
    """What is no model never enters, nor a control plan that no chart could follow."""
    if isinstance(typed, MeasurementPublished):
        model_of(typed)
    if isinstance(typed, ControlPlanPublished):
        check_plan(typed)


def _check_operators(view: View, typed: Body, issuer: str) -> None:
    """Some things are the operator's own: whoever acts for it in its role may not say them."""
    if isinstance(typed, CalendarPublished | LimitPublished) and issuer != operator(view):
        raise RefusedError("operator-publishes", "calendars and limits are published by the operator of the log itself")
    if not isinstance(typed, _OPERATORS) or issuer == operator(view):
        if isinstance(typed, SeparationPublished | SeparationEnded) and typed.origin != view.origin:
            raise RefusedError("own-log", f"this log is {view.origin}; duties of {typed.origin[:120]} are kept apart there")
        return
    raise RefusedError(
        "operator-grants", "roles are granted and ended, and duties kept apart, by the operator itself; it may rotate or add keys"
    )
