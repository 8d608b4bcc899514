"""What the log says to somebody who fills in a form: limits, parties, records to choose from, the delegation that they act by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openqi.app.acts.acts import Act
from openqi.app.acts.sealing.writing import Writing
from openqi.app.people.delegations import Delegation, acting
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.pillars.governance.tasks import AskTask
from openqi.pillars.governance.views import roles_held
from openqi.records import Names
from openqi.records.governance import PartyRegistered, Withdrawn
from openqi.records.tasks import LimitPublished


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the log says to somebody who fills in a form.

    Args:
        limits: that a task can be asked under, (record, name).
        offers: path of a field → what it can be filled in with.
        parties: of the log, (URI, name).
        lent: the delegation by which the act would be done; None where the role is the party's own.
        missing: the role that the act takes and the party does not hold; None where it may do it.
    """

    limits: tuple[tuple[str, Names], ...]
    offers: Mapping[str, Any]
    parties: tuple[tuple[str, Names], ...]
    lent: Delegation | None
    missing: str | None


def around(frame: Frame, writing: Writing, visit: Visit, act: Act) -> Around:
    """Return what the log says about the form of an act; what did not move since it was last asked is not read again."""
    view, party = frame.roles_seen() or writing.ledger.view(), visit.hat_worn().party
    limits = frame.kept("limits", writing.limits, (LimitPublished.KIND, Withdrawn.KIND)) if act.name == AskTask.NAME else ()
    return Around(
        limits=limits,
        offers=frame.offers(visit, act),
        parties=frame.kept("parties", writing.parties, (PartyRegistered.KIND,)),
        lent=acting(view, party, act.role),
        missing=act.role if act.role is not None and act.role not in roles_held(view, party) else None,
    )
