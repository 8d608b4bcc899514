"""What the evidence of governance adds up to: the operator of a log, the roles of a party, whether a record still stands."""

from collections.abc import Mapping

from openqi.evidence.fold import Fold, Row
from openqi.evidence.keys import GENESIS, log_subject
from openqi.evidence.record import Logged
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import body
from openqi.records.governance import Delegated, Genesis, RoleEnded, RoleGranted, roles_subject, withdrawal


def operator(view: View) -> str:
    """Return the party that operates the log.

    Raises:
        RefusedError: the log has no genesis yet.
    """
    for record in view.stream(log_subject(view.origin))[:1]:
        if record.kind == GENESIS:
            return body(record, Genesis).operator
    raise RefusedError("log-founded", f"the log {view.origin} has no genesis; found it first with `openqi log new`")


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
            now = lent.to == party and lent.party == record.issuer and _between(lent.valid_from, view.valid_at, lent.valid_until)
            if now and lent.role in roles_held(view, lent.party, delegated=False):
                held[lent.role] = None
    return frozenset(held)


def _between(start: str, instant: str, end: str | None) -> bool:
    return start <= instant and (end is None or instant < end)


def _party_keys(logged: Logged) -> tuple[str, ...]:
    return (str(logged.record.body["party"]),) if logged.record.kind == "governance.party-registered/1" else ()


def _party_step(row: Row | None, logged: Logged) -> Row:
    name = logged.record.body["name"]
    assert isinstance(name, Mapping)
    registered = row["registered_at"] if row else logged.record.valid_from
    return {"name_zh": name.get("zh", ""), "name_en": name.get("en", ""), "registered_at": registered}


PARTIES = Fold(
    name="parties",
    version=1,
    columns={"name_zh": str, "name_en": str, "registered_at": str},
    keys=_party_keys,
    step=_party_step,
    indexes=(("registered_at",), ("name_en",), ("name_zh",)),
)
