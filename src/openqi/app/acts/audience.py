"""Who may see the outcome of an act: all, the parties, or nobody else; with a default on the safe side for every act."""

from dataclasses import dataclass

import msgspec

from openqi.app.acts.acts import Act, Reach
from openqi.app.acts.fields import Field
from openqi.app.acts.problems import FieldsError, Problem
from openqi.app.ledger import Ledger
from openqi.app.workflow import records_named, sealed_members
from openqi.evidence.record import MAX_STREAMS
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.pillars.governance.tasks import AskTask
from openqi.pillars.governance.views import PARTIES
from openqi.records import Body, Command, as_json


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who may see it: `public`; `parties`, the one who signs, those who are named, those on whose records it rests, and `also`;
    or `private`, only who signs."""

    reach: Reach
    also: tuple[str, ...] = ()


def audience_of(act: Act, reach: str | None, also: tuple[str, ...] = ()) -> Audience:
    """Return the audience that was chosen, or the act's own where none was.

    Raises:
        FieldsError: no such audience, or parties are named for one that has none.
    """
    chosen = reach or act.audience
    if chosen not in ("public", "parties", "private"):
        told = {"given": chosen[:80], "options": "public, parties, private"}
        raise FieldsError((Problem(where="_audience", rule="choice", told=told, detail="public, parties or private"),))
    if also and chosen != "parties":
        raise FieldsError(
            (Problem(where="_with", rule="audience-parties", detail="name parties only where it is for the parties"),)
        )
    return Audience(reach=chosen, also=also)  # type: ignore[arg-type]


def visible_to(ledger: Ledger, act: Act, asked: Command | Body, party: str, audience: Audience) -> tuple[str, ...] | None:
    """Return the parties who may see the outcome besides the one who signs; None for all.

    Raises:
        FieldsError: somebody is named who is no party of this log.
        RefusedError: a public outcome would tell what records say that not all may see.
    """
    named = [ledger.logged(name) for name in _in_log(ledger, asked)]
    if audience.reach == "public":
        may_be = sealed_members(asked)
        if act.decides and not act.inherits and any(not one.record.public and one.record.id not in may_be for one in named):
            raise RefusedError(
                "rests-on-private", "what this rests on is not public, and a public outcome would tell of it; choose the parties"
            )
        return None
    if audience.reach == "private":
        return ()
    unknown = [uri for uri in audience.also if not is_party(ledger, uri)]
    if unknown:
        told = {"given": unknown[0][:200]}
        raise FieldsError((Problem(where="_with", rule="party", told=told, detail=f"{unknown[0][:200]} is no party of this log"),))
    found = {uri for uri in _uris(act.fields, as_json(asked)) if is_party(ledger, uri)} | set(audience.also)
    found |= {one.record.issuer for one in named if one.origin == ledger.origin}
    found |= _shared(ledger, asked)
    if len(found - {party}) > MAX_STREAMS:
        raise RefusedError(
            "many-parties", f"{len(found)} parties would see it; at most {MAX_STREAMS} can be named, or make it public"
        )
    return tuple(sorted(found - {party}))


def _shared(ledger: Ledger, asked: Command | Body) -> set[str]:
    """Who may see the records that a command shares its outcome with: an answer is for all who may see the task."""
    names = [getattr(asked, member) for member in asked.SHARES] if isinstance(asked, Command) else []
    found = []
    for name in names:
        try:
            found.append(ledger.logged(name).record)
        except NotFoundError:
            continue  # the decision says so
    return {uri for record in found for uri in (record.issuer, *(record.statement.visible_to or ()))}


def check_asked(ledger: Ledger, asked: Command | Body) -> None:
    """Raise FieldsError where somebody is asked who is no party of this log: nobody would ever see the task."""
    if isinstance(asked, AskTask) and not is_party(ledger, asked.party):
        told = {"given": asked.party[:200]}
        raise FieldsError((Problem(where="party", rule="party", told=told, detail=f"{asked.party[:200]} is no party of this log"),))


def is_party(ledger: Ledger, uri: str) -> bool:
    """Return whether a URI names a party that was registered here."""
    return ledger.store.row(PARTIES, f"{ledger.origin} {uri}") is not None


def check_seen(ledger: Ledger, asked: Command | Body, party: str) -> None:
    """Raise RefusedError where an act names a record that the party may not see: a decision on it would tell what it says."""
    for name in _in_log(ledger, asked):
        record = ledger.logged(name).record
        if not record.public and party not in (record.issuer, *(record.statement.visible_to or ())):
            raise RefusedError("may-see", f"record {name} is withheld from {party}; ask its issuer to let you see it")


def _in_log(ledger: Ledger, asked: msgspec.Struct) -> list[str]:
    found = []
    for name in records_named(asked):
        try:
            ledger.logged(name)
        except NotFoundError:
            continue  # whoever decides on it is told; who only states it may name what is elsewhere
        found.append(name)
    return found


def _uris(fields: tuple[Field, ...], value: object) -> set[str]:
    """All URIs in JSON arguments."""
    found: set[str] = set()
    told = value if isinstance(value, dict) else {}
    for field in fields:
        one = told.get(field.name)
        many = one if isinstance(one, list) else [one]
        inner = field.item or field
        if inner.form == "uri":
            found |= {uri for uri in many if isinstance(uri, str)}
        for part in many:
            found |= _uris(inner.fields, part)
    return found
