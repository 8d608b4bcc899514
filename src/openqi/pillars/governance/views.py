"""What the evidence of governance adds up to: the roles of a party, whether a record still stands."""

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError
from openqi.records import body
from openqi.records.governance import Delegated, PartyRegistered, RoleEnded, RoleGranted, operator, roles_subject, withdrawal


def roles_held(view: View, party: str, *, delegated: bool = True) -> frozenset[str]:
    """Return the roles that a party holds at the view's instant: granted by the operator, or lent by who holds them itself.

    Args:
        view: what can be read; its `valid_at` is the instant.
        party: URI of the party.
        delegated: also count roles that were lent; a lent role cannot be lent on.
    """
    chief = operator(view)
    held: dict[str, None] = {"operator": None} if party == chief else {}
    # A record from another log may name our operator as its issuer, and mean somebody else.
    records = [record for record in view.stream(roles_subject(party)) if view.home(record.id) == view.origin]
    for record in records:
        if withdrawal(record, records, view.home):
            continue
        if record.issuer == chief and record.kind == RoleGranted.KIND:
            granted = body(record, RoleGranted)
            if _between(granted.valid_from, view.valid_at, granted.valid_until):
                held[granted.role] = None
        elif record.issuer == chief and record.kind == RoleEnded.KIND:
            ended = body(record, RoleEnded)
            if ended.ended_at <= view.valid_at:
                held.pop(ended.role, None)
        elif record.kind == Delegated.KIND and delegated:
            lent = body(record, Delegated)
            if _lends(view, record, party) and lent.role in roles_held(view, lent.party, delegated=False):
                held[lent.role] = None
    return frozenset(held)


def lent_by(view: View, party: str, role: str) -> Record | None:
    """Return the delegation by which a party holds a role at the view's instant: of several the first.

    Args:
        view: what can be read; its `valid_at` is the instant.
        party: URI of the party.
        role: which; None is returned where the party holds it itself, or not at all.
    """
    if role in roles_held(view, party, delegated=False):
        return None
    records = [record for record in view.stream(roles_subject(party)) if view.home(record.id) == view.origin]
    for record in records:
        if record.kind != Delegated.KIND or withdrawal(record, records, view.home) or not _lends(view, record, party):
            continue
        lent = body(record, Delegated)
        if lent.role == role and role in roles_held(view, lent.party, delegated=False):
            return record
    return None


def _lends(view: View, record: Record, party: str) -> bool:
    """Whether a delegation is its issuer's own, to this party, and in force at the view's instant."""
    lent = body(record, Delegated)
    return lent.to == party and lent.party == record.issuer and _between(lent.valid_from, view.valid_at, lent.valid_until)


def _between(start: str, instant: str, end: str | None) -> bool:
    return start <= instant and (end is None or instant < end)


def _registered(logged: Logged) -> PartyRegistered | None:
    """Whom a record registers; one of another form registers nobody."""
    if logged.record.kind != PartyRegistered.KIND:
        return None
    try:
        return body(logged.record, PartyRegistered)
    except FormatError:
        return None


def _party_keys(logged: Logged) -> tuple[str, ...]:
    found = _registered(logged)
    # Under its origin: what another log says of a party is another row.
    return (f"{logged.origin} {found.party}",) if found else ()


def _party_step(row: Row | None, logged: Logged) -> Row | None:
    found = _registered(logged)
    if found is None:
        return row
    since = row["registered_at"] if row else logged.record.valid_from
    return {
        "origin": logged.origin,
        "party": found.party,
        "name_zh": found.name.zh,
        "name_en": found.name.en,
        "registered_at": since,
    }


PARTIES = Fold(
    name="parties",
    version=1,
    columns={"origin": str, "party": str, "name_zh": str, "name_en": str, "registered_at": str},
    keys=_party_keys,
    step=_party_step,
    indexes=(("registered_at",), ("name_en",), ("name_zh",)),
)
