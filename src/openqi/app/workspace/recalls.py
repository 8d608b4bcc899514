"""Brings recalls of a workspace into the log: editions, reports on how far they came, and ends are decided once and stay."""

from typing import Any, Final

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.draws.keeping import keep
from openqi.app.workspace.recalling import EndedRecallDeclared, RecallDeclared, RecallLineDeclared, RecallProgressDeclared
from openqi.pillars.surveillance.recalls.ending import EndRecall
from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress
from openqi.pillars.surveillance.recalls.publishing import OrderRecall, PublishRecall
from openqi.records.recalls import RecallLine, progress_subject

_PUBLISHED: Final = "put the entry back as it was, and add the next edition as an entry of its own that `replaces` it"
_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def recall(builder: Builder, slot: str, declared: RecallDeclared) -> None:
    """Publish an edition of a recall, or order it where somebody else than the firm publishes it."""
    workspace = builder.workspace
    firm = workspace.party(slot, declared.firm, "firm").uri
    issuer = workspace.party(slot, declared.published_by, "published_by").uri
    before = None
    if declared.replaces is not None:
        before = builder.record(workspace.known(slot, "replaces", "recalls", declared.replaces))
    lines = tuple(_line(builder, slot, number, one) for number, one in declared.lines.items())
    told: dict[str, Any] = {
        name: getattr(declared, name)
        for name in (
            "number", "name", "defect", "consequence", "risk", "remedies", "what_to_do", "contact", "sold", "begins", "ends",
            "learned", "complaints", "injuries", "narrowed",
        )
    }  # fmt: skip
    told |= {"recall": declared.uri, "firm": firm, "lines": lines, "replaces": before}
    kind = PublishRecall if issuer == firm else OrderRecall
    command = kind(**told, illustrative=workspace.illustrative(declared.illustrative))
    digest = builder.digest(slot, before or "", *(lot for line in lines for lot in line.lots))
    keep(builder, slot, declared.published_by, digest, lambda: command, subject=declared.uri, advice=_PUBLISHED)


def _line(builder: Builder, slot: str, number: str, line: RecallLineDeclared) -> RecallLine:
    workspace, product = builder.workspace, None
    if line.product is not None:
        workspace.known(slot, "lines", "products", line.product)
        product = workspace.declared.products[line.product].uri
    for lot in line.lots:
        builder.record(workspace.known(slot, "lines", "lots", lot))
    return RecallLine(
        number=number, name=line.name, product=product, lots=tuple(workspace.declared.lots[lot].uri for lot in line.lots),
        models=line.models, batches=line.batches, gtins=line.gtins, made_from=line.made_from, made_until=line.made_until,
        made=line.made, recalled=line.recalled,
    )  # fmt: skip


def _published(builder: Builder, slot: str, name: str) -> tuple[str, str]:
    """The URI of the recall of an entry, and the record of that edition."""
    record = builder.record(builder.workspace.known(slot, "recall", "recalls", name))
    return builder.workspace.declared.recalls[name].uri, record


def progress(builder: Builder, slot: str, declared: RecallProgressDeclared) -> None:
    """Report how far a line of a recall has come."""
    workspace = builder.workspace
    workspace.party(slot, declared.reported_by, "reported_by")
    uri, published = _published(builder, slot, declared.recall)
    command = ReportRecallProgress(
        published=published, line=declared.line, at=workspace.instant(slot, "at", declared.at), returned=declared.returned,
        repaired=declared.repaired, destroyed=declared.destroyed, told=declared.told,
    )  # fmt: skip
    digest = builder.digest(slot, published)
    keep(builder, slot, declared.reported_by, digest, lambda: command, subject=progress_subject(uri), advice=_SAID)


def ended(builder: Builder, slot: str, declared: EndedRecallDeclared) -> None:
    """End a recall, after all reports of the workspace."""
    workspace = builder.workspace
    workspace.party(slot, declared.ended_by, "ended_by")
    uri, published = _published(builder, slot, declared.recall)
    command = EndRecall(
        published=published,
        at=workspace.instant(slot, "at", declared.at),
        summary=declared.summary,
        not_reached=declared.not_reached,
    )
    keep(builder, slot, declared.ended_by, builder.digest(slot, published), lambda: command, subject=uri, advice=_SAID)
