"""Every act: what somebody may state or ask to be decided, as one definition for form, REST, tables and command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from openqi.app.acts.fields import Field, fields_of
from openqi.app.workflow import commands
from openqi.kernel.errors import NotFoundError
from openqi.records import Body, Command, as_json, kinds, of_json
from openqi.records.draw_rows import VisitRow
from openqi.records.governance import Admitted, Delegated
from openqi.records.licence_rows import LicensedMarkRow, MarkStateRow
from openqi.records.risk_rows import FeatureRow, IndicatorRow
from openqi.records.rows import EventRow, ItemRow, MarkRow, ReadingRow, TakenRow

Reach = Literal["public", "parties", "private"]
_OWN_RULE: Final[tuple[type[Body], ...]] = (Delegated,)
"""Kinds that no role allows to state, but a rule of their own. Keys, second signatures and foreign records have other ways in."""
_ELSEWHERE: Final[tuple[type[Body], ...]] = (Admitted,)
_PUBLIC: Final = frozenset({
    # What others rely on without knowing whom it concerns, or what exists to be known.
    "accreditation.scope-granted/1", "conformity.issue-certificate/1", "conformity.issue-marks/1",
    "conformity.plan-published/1", "conformity.product-registered/1", "governance.calendar-published/1",
    "governance.delegated/1", "governance.limit-published/1", "governance.party-registered/1", "governance.role-ended/1",
    "governance.role-granted/1", "governance.separation-ended/1", "governance.separation-published/1", "governance.withdraw/1",
    "metrology.procedure-published/1", "metrology.procedure-published/2", "standards.requirement-published/1",
    "standards.requirement-published/2", "standards.requirement-published/3", "surveillance.assign-officers/1",
    "surveillance.cancel-draw/1", "surveillance.change-assignment/1", "surveillance.commit-draw/1", "surveillance.freeze-frame/1",
    "surveillance.freeze-officers/1", "surveillance.item-list-published/1", "surveillance.make-draw/1",
    "surveillance.publish-indicator-tree/1", "surveillance.publish-randomness/1", "surveillance.publish-results/1",
    "surveillance.risk-scheme-published/1", "surveillance.show-draw/1",
    "conformity.issue-marks/2", "conformity.license-mark/1", "conformity.mark-rule-published/1", "conformity.state-marks/1",
    "governance.benchmark-programme-published/1", "governance.end-pledge/1", "governance.pledge-published/1",
    "governance.prove-pledge/1", "governance.review-benchmark/1", "governance.show-obligation/1", "governance.sign-pledge/1",
    "surveillance.count-complaints/1", "surveillance.publish-upheld/1",
})  # fmt: skip
"""Acts whose outcome is public unless somebody chooses otherwise. All others are for the parties: the safe side."""
_ROWS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType({
    "conformity.issue-marks/2": LicensedMarkRow, "conformity.state-marks/1": MarkStateRow,
    "conformity.issue-marks/1": MarkRow, "conformity.lot-formed/1": ItemRow, "conformity.readings-reported/1": ReadingRow,
    "conformity.results-reported/1": ReadingRow, "process-control.readings-taken/1": TakenRow,
    "surveillance.assign-officers/1": VisitRow, "surveillance.features-stated/1": FeatureRow,
    "surveillance.publish-indicator-tree/1": IndicatorRow, "traceability.events-captured/1": EventRow,
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act.

    Args:
        name: of the command, or of the kind that is stated.
        kind: the command or body.
        role: what a party must hold to do it; None where another rule says who may.
        fields: what is to be filled in.
        audience: who may see the outcome unless somebody chooses otherwise.
        decides: whether a pillar decides it, or it is stated as it is.
        rows: what stands in a row of its table, where it has one.
    """

    name: str
    kind: type[Command] | type[Body]
    role: str | None
    fields: tuple[Field, ...]
    audience: Reach
    decides: bool
    rows: type[msgspec.Struct] | None = None

    @property
    def pillar(self) -> str:
        """The pillar that it belongs to."""
        return self.name.partition(".")[0]

    @property
    def slug(self) -> str:
        """The name as an address holds it, `conformity.judge-readings.1`."""
        return self.name.replace("/", ".")

    @property
    def meaning(self) -> str:
        """What it does, in a sentence."""
        return (self.kind.__doc__ or "").strip().partition("\n")[0]

    @property
    def inherits(self) -> bool:
        """Whether a public outcome is seen only by those who may see what it rests on."""
        return issubclass(self.kind, Command) and self.kind.INHERITS

    def built(self, arguments: Mapping[str, Any]) -> Command | Body:
        """Return the command or body that JSON arguments write.

        Raises:
            FormatError: a member is missing, foreign or of another form.
        """
        return of_json(arguments, self.kind)

    def arguments(self, built: Command | Body) -> dict[str, Any]:
        """Return the JSON arguments of a command or body; what has its default is left out."""
        return as_json(built)


@cache
def acts() -> Mapping[str, Act]:
    """Return every act by name, commands and what is stated freely."""
    free = [kind for kind in kinds().values() if (kind.ROLE is not None or kind in _OWN_RULE) and kind not in _ELSEWHERE]
    stated = [_act(kind.KIND, kind, kind.ROLE, decides=False) for kind in free]
    asked = [_act(command.NAME, command, command.ROLE, decides=True) for command in commands().values()]
    return MappingProxyType({act.name: act for act in sorted((*stated, *asked), key=lambda act: act.name)})


def act_of(name: str) -> Act:
    """Return the act of a name, or of the slug that an address holds.

    Raises:
        NotFoundError: there is none.
    """
    found = acts().get(name) or acts().get("/".join(name.rsplit(".", 1)))
    if found is None:
        raise NotFoundError(f"there is no act {name[:80]!r}; `openqi act list` and /api/acts list them")
    return found


def _act(name: str, kind: type[Command] | type[Body], role: str | None, *, decides: bool) -> Act:
    reach: Reach = "public" if name in _PUBLIC else "parties"
    return Act(name=name, kind=kind, role=role, fields=fields_of(kind), audience=reach, decides=decides, rows=_ROWS.get(name))
