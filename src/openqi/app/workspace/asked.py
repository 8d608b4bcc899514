"""Whether an earlier decision was asked for about the same thing: so a build that remembers nothing finds it again in the log."""

from collections.abc import Mapping
from typing import Final

from openqi.app.workflow import command_json
from openqi.evidence.record import Record
from openqi.records import Command

IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {
    "conformity.judge-readings/1": ("readings",),
    "conformity.judge-readings/2": ("readings",),
    "conformity.decide-lot/1": ("lot",),
    "conformity.issue-certificate/1": ("certificate",),
    "conformity.issue-marks/1": ("items",),
    "metrology.evaluate-uncertainty/1": ("evaluation",),
    "process-control.freeze-baseline/1": ("published", "readings", "leavesOut"),
    "process-control.evaluate-chart/1": ("baseline", "readings", "follows"),
    "process-control.assess-alarm/1": ("evaluation", "point"),
    "process-control.evaluate-capability/1": ("of",),
    "surveillance.freeze-frame/1": ("frame", "asOf"),
    "surveillance.freeze-officers/1": ("roll", "asOf"),
    "surveillance.freeze-recusals/1": ("officers",),
    "surveillance.commit-draw/1": ("draw",),
    "surveillance.cancel-draw/1": ("committed",),
    "surveillance.publish-randomness/1": ("committed", "source", "event"),
    "surveillance.make-draw/1": ("committed",),
    "surveillance.show-draw/1": ("made",),
    "surveillance.assign-officers/1": ("made",),
    "surveillance.change-assignment/1": ("assigned", "object", "left", "day"),
    "surveillance.report-visit/1": ("made", "object"),
    "surveillance.publish-results/1": ("made", "limit"),
    "surveillance.report-follow-up/1": ("visit", "sort", "at"),
    "surveillance.receive-complaint/1": ("complaint",),
    "surveillance.decide-complaint/1": ("received",),
    "surveillance.begin-complaint-test/1": ("received", "asks"),
    "surveillance.end-complaint-test/1": ("received", "evidence", "documents"),
    "surveillance.answer-complaint/1": ("received", "offers"),
    "surveillance.close-complaint/1": ("received",),
    "surveillance.publish-upheld/1": ("closed",),
    "surveillance.propose-dispute/1": ("dispute",),
    "surveillance.accept-dispute/1": ("proposed",),
    "surveillance.settle-dispute/1": ("accepted",),
    "conformity.license-mark/1": ("licence",),
    "conformity.issue-marks/2": ("items",),
    "conformity.state-marks/1": ("marks", "state", "items"),
    "governance.sign-pledge/1": ("published",),
    "governance.show-obligation/1": ("signed", "obligation", "firstDay", "lastDay", "evidence"),
    "governance.prove-pledge/1": ("proof",),
    "governance.end-pledge/1": ("signed",),
    "governance.review-benchmark/1": ("published", "signed"),
    "surveillance.estimate-rate/1": ("made", "by", "confidence", "lonely"),
}
"""The arguments by which an earlier decision of the same entry is known, where nothing else remembers it."""


def asks_alike(known: Record, command: Command, issuer: str) -> bool:
    """Return whether a record was decided for the same party about the same thing."""
    asked, told = command_json(command), dict(known.command or {})
    given = told.get("arguments", {})
    same = all(given.get(one) == asked["arguments"].get(one) for one in IDENTITY.get(command.NAME, ("",)))
    return bool(told.get("name") == asked["name"] and same and known.issuer == issuer)
