"""Brings disputes of a workspace into the log: proposed, accepted by the other side, settled by the rule."""

from typing import Final

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.complaints.declared import AcceptedDisputeDeclared, DisputeDeclared, SettledDisputeDeclared
from openqi.app.workspace.draws.keeping import keep
from openqi.pillars.surveillance.disputes.proposing import AcceptDispute, ProposeDispute
from openqi.pillars.surveillance.disputes.settling import SettleDispute

_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def dispute(builder: Builder, slot: str, declared: DisputeDeclared) -> None:
    """Propose how a dispute is settled."""
    workspace = builder.workspace
    sides = [workspace.party(slot, getattr(declared, one), one).uri for one in ("claimant", "respondent", "laboratory")]
    workspace.party(slot, declared.proposed_by, "proposed_by")
    requirement = builder.record(workspace.known(slot, "requirement", "clauses", declared.requirement))
    named = declared.complaint
    complaint = None if named is None else builder.record(workspace.known(slot, "complaint", "complaints", named))
    command = ProposeDispute(
        dispute=declared.uri, claimant=sides[0], respondent=sides[1], laboratory=sides[2], requirement=requirement,
        sample=declared.sample, most_failing=declared.most_failing, pays=declared.pays, text=declared.text,
        accept_until=workspace.ending(slot, "accept_until", declared.accept_until), seals=declared.seals, complaint=complaint,
        illustrative=workspace.illustrative(declared.illustrative),
        visible_to=None if declared.public else _others(builder, declared, declared.proposed_by),
    )  # fmt: skip
    digest = builder.digest(slot, requirement, str(complaint), *sides)
    keep(builder, slot, declared.proposed_by, digest, lambda: command, subject=declared.uri, advice=_SAID)


def accepted(builder: Builder, slot: str, declared: AcceptedDisputeDeclared) -> None:
    """Accept as the other side."""
    workspace = builder.workspace
    workspace.party(slot, declared.accepted_by, "accepted_by")
    proposed = builder.record(workspace.known(slot, "dispute", "disputes", declared.dispute))
    told = workspace.declared.disputes[declared.dispute]
    seen = None if told.public else _others(builder, told, declared.accepted_by)
    command = AcceptDispute(proposed=proposed, visible_to=seen)
    digest = builder.digest(slot, proposed)
    keep(builder, slot, declared.accepted_by, digest, lambda: command, subject=told.uri, advice=_SAID)


def settled(builder: Builder, slot: str, declared: SettledDisputeDeclared) -> None:
    """Say what the accepted rule says of the verdicts."""
    workspace = builder.workspace
    workspace.party(slot, declared.settled_by, "settled_by")
    agreed = builder.record(workspace.known(slot, "accepted", "accepted_disputes", declared.accepted))
    told = workspace.declared.disputes[workspace.declared.accepted_disputes[declared.accepted].dispute]
    seen = None if told.public else _others(builder, told, declared.settled_by)
    command = SettleDispute(accepted=agreed, visible_to=seen)
    digest = builder.digest(slot, agreed)
    keep(builder, slot, declared.settled_by, digest, lambda: command, subject=told.uri, advice=_SAID)


def _others(builder: Builder, declared: DisputeDeclared, signs: str) -> tuple[str, ...]:
    sides = {builder.uri(declared.claimant), builder.uri(declared.respondent)}
    return tuple(sorted(sides - {builder.uri(signs)}))
