"""What an organisation has delegated and what is delegated to it, as the evidence says; granting and ending are ordinary acts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.folder import readable_by
from openqi.app.ledger import Ledger
from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.pillars.governance.views import lent_by, roles_held
from openqi.records import body
from openqi.records.governance import Delegated, roles_subject, withdrawal

GRANT: Final = Delegated.KIND
"""The act that delegates; a delegation ends by withdrawing its record."""
END: Final = "governance.withdraw/1"
State = Literal["now", "later", "over", "withdrawn", "not-held"]


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """One delegation.

    Args:
        record: id of the record that states it.
        party, to: who delegates, and to whom.
        role: which.
        valid_from, valid_until: between which instants.
        state: `now`, `later` (not yet begun), `over`, `withdrawn`, or `not-held`: whoever delegates holds the role no longer.
    """

    record: str
    party: str
    to: str
    role: str
    valid_from: str
    valid_until: str
    state: State


def given(ledger: Ledger, party: str) -> tuple[Delegation, ...]:
    """Return what a party has delegated, the newest first."""
    return _found(ledger, party, lambda lent: lent.party == party)


def taken(ledger: Ledger, party: str) -> tuple[Delegation, ...]:
    """Return what is delegated to a party as far as it may see it, the newest first."""
    return _found(ledger, roles_subject(party), lambda lent: lent.to == party, reader=party)


def acting(view: View, party: str, role: str | None) -> Delegation | None:
    """Return the delegation by which a party would act in a role now; None where it holds the role itself, or not at all."""
    if role is None:
        return None
    record = lent_by(view, party, role)
    shown = record is not None and readable_by(party)(record)
    return _delegation(record, "now") if record is not None and shown else None


def _found(
    ledger: Ledger, subject: str, wanted: Callable[[Delegated], bool], *, reader: str | None = None
) -> tuple[Delegation, ...]:
    view, store = ledger.view(), ledger.store
    logged = [one for one in store.stream(subject, known_at=view.known_at) if one.origin == ledger.origin]
    records = [one.record for one in logged]
    found = []
    for record in reversed(records):
        if record.kind != Delegated.KIND or (reader is not None and not readable_by(reader)(record)):
            continue
        lent = body(record, Delegated)
        if record.issuer != lent.party or not wanted(lent):
            continue
        state: State = "now"
        if withdrawal(record, records, view.home) is not None:
            state = "withdrawn"
        elif view.valid_at < lent.valid_from:
            state = "later"
        elif view.valid_at >= lent.valid_until:
            state = "over"
        elif lent.role not in roles_held(view, lent.party, delegated=False):
            state = "not-held"
        found.append(_delegation(record, state))
    return tuple(found)


def _delegation(record: Record, state: State) -> Delegation:
    lent = body(record, Delegated)
    told = {name: getattr(lent, name) for name in ("party", "to", "role", "valid_from", "valid_until")}
    return Delegation(record=record.id, state=state, **told)
