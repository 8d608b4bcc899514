"""What a field of an act that asks for a record can be filled in with: the newest that fit and that the visitor may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from openqi.app.acts.acts import Act, acts
from openqi.app.acts.fields import walk
from openqi.app.reading.lists import Choice
from openqi.app.registers import What
from openqi.app.station.station import Station
from openqi.app.work.inbox import Which
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.station.act_words import act_label
from openqi.interfaces.web.station.frame import Visit
from openqi.interfaces.web.words import term
from openqi.pillars.conformity.verdicts import JUDGED
from openqi.records.accreditation import ScopeGranted
from openqi.records.complaints import ComplaintClosed, ComplaintReceived
from openqi.records.conformity import (
    CertificateIssued,
    LotDecided,
    LotFormed,
    MarksIssued,
    PlanPublished,
    ReadingsReported,
    ResultReported,
)
from openqi.records.disputes import DisputeAccepted, DisputeProposed
from openqi.records.draw_lists import FrameFrozen, ItemListPublished, OfficersFrozen, RecusalsFrozen
from openqi.records.draws import DrawCancelled, DrawCommitted, DrawMade, DrawShown, RandomnessPublished
from openqi.records.duties import SeparationPublished
from openqi.records.evaluations import UncertaintyEvaluated
from openqi.records.inspections import OfficersAssigned, VisitReported
from openqi.records.licences import LicensedMarksIssued, MarkLicensed, MarkRulePublished
from openqi.records.metrology import CERTIFICATES, ProcedurePublished
from openqi.records.pledges import BenchmarkProgrammePublished, PledgePublished, PledgeSigned
from openqi.records.procedures import MeasurementPublished
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished, ReadingsTaken
from openqi.records.process_evidence import BaselineFrozen, ChartEvaluated
from openqi.records.recalls import RecallPublished
from openqi.records.risk import IndicatorTreePublished, ModelRegistered, RiskSchemePublished
from openqi.records.risk_classes import ClassAppealed, FeaturesStated, ObjectsClassified
from openqi.records.standards import ClausePublished, CriterionPublished, RequirementPublished
from openqi.records.surveillance import CaseOpened
from openqi.records.tasks import LimitPublished

MOST: Final = 50
_CERTIFICATES: Final = tuple(CERTIFICATES)
FITTING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "certificate": (CertificateIssued.KIND,), "evaluations": (UncertaintyEvaluated.KIND,), "judged": tuple(JUDGED),
    "lot": (LotFormed.KIND,), "lots": (LotDecided.KIND,), "marks": (MarksIssued.KIND,), "plan": (PlanPublished.KIND,),
    "procedure": (ProcedurePublished.KIND, MeasurementPublished.KIND),
    "readings": (ReadingsReported.KIND,), "replaces": _CERTIFICATES,
    "requirement": (ClausePublished.KIND,),
    "conformity.judge-readings/2 requirement": (ClausePublished.KIND, CriterionPublished.KIND),
    "conformity.judge-result/1 requirement": (RequirementPublished.KIND,),
    "result": (ResultReported.KIND,), "scope": (ScopeGranted.KIND,), "separation": (SeparationPublished.KIND,),
    "metrology.evaluate-uncertainty/1 certificate": _CERTIFICATES,
    "metrology.evaluate-uncertainty/1 result": (UncertaintyEvaluated.KIND,), "standards": _CERTIFICATES,
    "typeTests": tuple(JUDGED), "published": (ControlPlanPublished.KIND,), "baseline": (BaselineFrozen.KIND,),
    "predecessor": (BaselineFrozen.KIND,), "follows": (ChartEvaluated.KIND,), "evaluation": (ChartEvaluated.KIND,),
    "of": (BaselineFrozen.KIND, ChartEvaluated.KIND), "leavesOut": (AlarmAssessed.KIND,),
    "committed": (DrawCommitted.KIND,), "frame": (FrameFrozen.KIND,), "itemList": (ItemListPublished.KIND,),
    "made": (DrawMade.KIND, DrawShown.KIND), "assigned": (OfficersAssigned.KIND,), "visit": (VisitReported.KIND,),
    "surveillance.show-draw/1 made": (DrawMade.KIND,), "officers": (OfficersFrozen.KIND,),
    "publicationLimit": (LimitPublished.KIND,),
    "randomness": (RandomnessPublished.KIND,), "recusals": (RecusalsFrozen.KIND,),
    "surveillance.commit-draw/1 replaces": (DrawCancelled.KIND,), "tree": (IndicatorTreePublished.KIND,),
    "under": (RiskSchemePublished.KIND,), "features": (FeaturesStated.KIND,), "challenger": (ModelRegistered.KIND,),
    "draws": (DrawMade.KIND, DrawShown.KIND), "learnedFrom": (DrawMade.KIND, DrawShown.KIND),
    "classified": (ObjectsClassified.KIND,), "appeal": (ClassAppealed.KIND,),
    "process-control.freeze-baseline/1 readings": (ReadingsTaken.KIND,),
    "process-control.evaluate-chart/1 readings": (ReadingsTaken.KIND,),
    "licence": (MarkLicensed.KIND,), "rule": (MarkRulePublished.KIND,),
    "conformity.state-marks/1 marks": (MarksIssued.KIND, LicensedMarksIssued.KIND),
    "conformity.state-marks/1 because": (RecallPublished.KIND,),
    "signed": (PledgeSigned.KIND,), "governance.sign-pledge/1 published": (PledgePublished.KIND,),
    "governance.review-benchmark/1 published": (BenchmarkProgrammePublished.KIND,),
    "received": (ComplaintReceived.KIND,), "sameAs": (ComplaintReceived.KIND,), "complaints": (ComplaintReceived.KIND,),
    "complaint": (ComplaintReceived.KIND,), "closed": (ComplaintClosed.KIND,), "case": (CaseOpened.KIND,),
    "proposed": (DisputeProposed.KIND,), "accepted": (DisputeAccepted.KIND,),
    "surveillance.propose-dispute/1 requirement": (ClausePublished.KIND, RequirementPublished.KIND),
    "noticeLimit": (LimitPublished.KIND,), "clueLimit": (LimitPublished.KIND,),
    "process-control.plan-published/1 requirement": (ClausePublished.KIND, CriterionPublished.KIND, RequirementPublished.KIND),
})  # fmt: skip
"""Field, or act and field → kinds of the records that it can name."""
UNNAMED: Final = frozenset({"because", "event", "evidence", "limit", "record", "task"})
"""Fields that any record fits, or that are filled in otherwise: limits by the form itself, tasks and what is withdrawn by links."""
_THINGS: Final[tuple[What, ...]] = ("product", "instrument", "lot")
_TASKS: Final[tuple[Which, ...]] = ("waits", "paused", "asked", "asked-paused")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Records to choose from, (id, label); `whole` where there are no others that fit."""

    records: tuple[tuple[str, str], ...]
    whole: bool


class Choosing:
    """Finds what can be chosen.

    Args:
        station: knows records and tasks.
    """

    def __init__(self, station: Station) -> None:
        self._station = station

    def offers(self, visit: Visit, act: Act) -> dict[str, Offer]:
        """Return path of a field of an act → what it can be filled in with; lists are named without their places."""
        fields = [path for path, field in walk(act.fields) if "record" in (field.form, field.item.form if field.item else "")]
        found = {path: self._offer(visit, act.name, path.rpartition(".")[2]) for path in fields}
        found |= {path: self._things(visit, act, path) for path, field in walk(act.fields) if field.form == "uri"}
        found |= {path: _words(path, visit.language) for path, _ in walk(act.fields) if path in ("did", "does", "role")}
        return {path: offer for path, offer in found.items() if offer is not None and offer.records}

    def _things(self, visit: Visit, act: Act, path: str) -> Offer | None:
        """Things that are registered, for a field that names one by its URI; not where the act itself is what registers it."""
        what = next((one for one in _THINGS if one == path and f".{one}-" not in act.name), None)
        if what is None:
            return None
        found = self._station.reader.steady().as_party(visit.party).things(what, most=MOST).things
        return Offer(records=tuple((named.uri, name_of(named, visit.language)) for named, _ in found), whole=False)

    def _offer(self, visit: Visit, act: str, name: str) -> Offer | None:
        if name == "task":
            return self._tasks(visit)
        kinds = FITTING.get(f"{act} {name}") or FITTING.get(name)
        if kinds is None:
            return None
        found = self._station.reader.steady().as_party(visit.party).choices(kinds, most=MOST)
        return Offer(records=tuple((one.record, label(one, visit.language)) for one in found.records), whole=found.complete)

    def _tasks(self, visit: Visit) -> Offer:
        """Open tasks of the party whose hat is worn, and those that it asked."""
        party = visit.hat_worn().party
        pages = [self._station.inbox.page(party, which, limit=MOST) for which in _TASKS]
        tasks = {task.task: task for page in pages for task in page.tasks}
        named, language = self._station.reader.steady().named, visit.language
        told = [
            (task.task, f"{name_of(task.asks, language)} · {name_of(named(task.subject), language)}")
            for task in tasks.values()
            if task.asks is not None
        ]
        return Offer(records=tuple(told[:MOST]), whole=len(told) <= MOST and all(page.next is None for page in pages))


def _words(path: str, language: str) -> Offer:
    """Acts that duties are about, or roles that some act asks for."""
    if path == "role":
        roles = sorted({act.role for act in acts().values() if act.role is not None})
        return Offer(records=tuple((role, term("role", role, language)) for role in roles), whole=False)
    return Offer(records=tuple((act, act_label(act, language)) for act in acts()), whole=False)


def label(one: Choice, language: str) -> str:
    """Return a record as a line to choose it by."""
    parts = [name_of(one.about, language), *([name_of(one.under, language)] if one.under else []), name_of(one.issuer, language)]
    return f"{' · '.join(parts)} · {one.sealed_at[:10]} · {one.record[:6]}"
