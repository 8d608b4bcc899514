"""The roles of a party in a workspace: granted where they are declared, ended where they no longer are."""

from difflib import get_close_matches
from functools import partial

from openqi.app.workflow import REALISES, commands
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.declared import PartyDeclared
from openqi.records import Body, body, kinds
from openqi.records.governance import RoleEnded, RoleGranted, roles_subject


def roles(builder: Builder, slot: str, declared: PartyDeclared) -> None:
    """Grant the roles of a party, and end those that the last build granted and that are no longer declared.

    Raises:
        FormatError: nothing asks for a role of that name.
    """
    operator = builder.workspace.declared.ledger.operator
    since = builder.workspace.instant(slot, "since", declared.since)
    asked = {kind.ROLE for kind in kinds().values()} | {command.ROLE for command in commands().values()}
    known = sorted({role for role in asked if role not in (None, "operator")} | {REALISES})
    for role in declared.roles:
        if role not in known:
            near = get_close_matches(role, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise builder.workspace.at(slot, "roles").error(f"{role!r} is no role; {hint}")
        ended = _ended(builder, declared.uri, role)
        # Granted again after its end, it begins there: what lies between stays without the role.
        granted = RoleGranted(party=declared.uri, role=role, valid_from=max(since, ended))
        builder.state(f"{slot}#{role}", operator, builder.digest(slot, ended), partial(_plain, granted))
    for place in builder.before:
        party, _, role = place.partition("#")
        if party == slot and role not in ("", "key", *declared.roles) and builder.stands(place):
            now = builder.ledger.now()
            reason = f"no longer declared for {slot}"
            record = builder.ledger.state(
                RoleEnded(party=declared.uri, role=role, ended_at=now, reason=reason), builder.signer(operator)
            )
            builder.note(slot, record)


def _plain(granted: RoleGranted) -> tuple[Body, tuple[bytes, ...]]:
    return granted, ()


def _ended(builder: Builder, party: str, role: str) -> str:
    """When a role was ended last; the empty text where it never was."""
    stream = (one.record for one in builder.staged.stream(roles_subject(party)))
    ends = [body(record, RoleEnded) for record in stream if record.kind == RoleEnded.KIND]
    return max((end.ended_at for end in ends if end.role == role), default="")
