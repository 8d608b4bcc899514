"""Brings complaints of a workspace into the log: each step is taken once, for the authority and the firm alone."""

from hashlib import sha256
from typing import Any, Final

from openqi.app.complaints.keeping import committed_with
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.certificates import content_of
from openqi.app.workspace.complaints.declared import (
    ClosedComplaintDeclared,
    ComplaintAnswerDeclared,
    ComplaintDecisionDeclared,
    ComplaintDeclared,
    ComplaintTestDeclared,
    EndedComplaintTestDeclared,
    UpheldComplaintDeclared,
)
from openqi.app.workspace.draws.keeping import keep
from openqi.evidence.record import record_subject
from openqi.pillars.surveillance.complaints.closing import CloseComplaint
from openqi.pillars.surveillance.complaints.following import PublishUpheld
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint
from openqi.pillars.surveillance.complaints.testing import AnswerComplaint, BeginComplaintTest, EndComplaintTest

_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def complaint(builder: Builder, slot: str, declared: ComplaintDeclared) -> None:
    """Take a complaint in."""
    workspace = builder.workspace
    workspace.party(slot, declared.received_by, "received_by")
    firm = None if declared.firm is None else workspace.party(slot, declared.firm, "firm").uri
    same = None if declared.same_as is None else builder.record(workspace.known(slot, "same_as", "complaints", declared.same_as))
    limit = _limit(builder, slot, "limit", declared.limit)
    about = _about(builder, slot, declared)

    def make() -> ReceiveComplaint:
        return ReceiveComplaint(
            complaint=declared.uri, received_at=workspace.instant(slot, "received_at", declared.received_at),
            channel=declared.channel, text=_words(builder, slot, declared.uri, "text", declared.text),
            person=None if declared.person is None else _words(builder, slot, declared.uri, "person", declared.person),
            matter=declared.matter, firm=firm, item=declared.item, hazard=declared.hazard, harmed=declared.harmed,
            wishes=declared.wishes, same_as=same, limit=limit, illustrative=workspace.illustrative(declared.illustrative),
            visible_to=(firm,) if firm is not None and declared.told else (), **about,
        )  # fmt: skip

    digest = builder.digest(slot, str(firm), str(same), str(limit), *map(str, about.values()))
    keep(builder, slot, declared.received_by, digest, make, subject=declared.uri, advice=_SAID)


def decision(builder: Builder, slot: str, declared: ComplaintDecisionDeclared) -> None:
    """Decide whether a complaint is accepted."""
    workspace, (received, told) = builder.workspace, _complaint(builder, slot, declared.complaint)
    to = None if declared.to is None else workspace.party(slot, declared.to, "to").uri
    limit = _limit(builder, slot, "limit", declared.limit)
    command = DecideComplaint(received=received, decision=declared.decision, reason=declared.reason, to=to, limit=limit)
    digest = builder.digest(slot, received, str(to), str(limit))
    keep(builder, slot, told.received_by, digest, lambda: command, subject=told.uri, advice=_SAID)


def test(builder: Builder, slot: str, declared: ComplaintTestDeclared) -> None:
    """Begin a test."""
    received, told = _complaint(builder, slot, declared.complaint)
    asked = declared.laboratory
    laboratory = None if asked is None else builder.workspace.party(slot, asked, "laboratory").uri
    command = BeginComplaintTest(received=received, asks=declared.asks, laboratory=laboratory)
    digest = builder.digest(slot, received, str(laboratory))
    keep(builder, slot, told.received_by, digest, lambda: command, subject=told.uri, advice=_SAID)


def ended_test(builder: Builder, slot: str, declared: EndedComplaintTestDeclared) -> None:
    """End a test with what it gave."""
    workspace = builder.workspace
    begun = builder.record(workspace.known(slot, "test", "complaint_tests", declared.test))
    name = workspace.declared.complaint_tests[declared.test].complaint
    received, told = _complaint(builder, slot, name)
    evidence = tuple(builder.record(entry_of(builder, slot, one)) for one in declared.evidence)
    files = [(one, workspace.file(slot, "documents", one)) for one in declared.documents]

    def make() -> EndComplaintTest:
        for _, data in files:
            builder.staged.put_blob(data)
        return EndComplaintTest(received=received, evidence=evidence, documents=tuple(content_of(one, data) for one, data in files))

    digest = builder.digest(slot, begun, *evidence, *(data for _, data in files))
    keep(builder, slot, told.received_by, digest, make, subject=told.uri, advice=_SAID)


def answer(builder: Builder, slot: str, declared: ComplaintAnswerDeclared) -> None:
    """Answer as the firm."""
    received, told = _complaint(builder, slot, declared.complaint)
    if told.firm is None:
        raise builder.workspace.at(slot, "complaint").error("the complaint names no firm that could answer")
    evidence = tuple(builder.record(entry_of(builder, slot, one)) for one in declared.evidence)

    def make() -> AnswerComplaint:
        return AnswerComplaint(
            received=received, text=_words(builder, slot, told.uri, "answer", declared.text), offers=declared.offers,
            evidence=evidence, visible_to=(builder.uri(told.received_by),),
        )  # fmt: skip

    keep(builder, slot, told.firm, builder.digest(slot, received, *evidence), make, subject=told.uri, advice=_SAID)


def closed(builder: Builder, slot: str, declared: ClosedComplaintDeclared) -> None:
    """Say how a complaint ended."""
    received, told = _complaint(builder, slot, declared.complaint)
    about = _about(builder, slot, declared)
    notice = _limit(builder, slot, "notice_limit", declared.notice_limit)
    clue = _limit(builder, slot, "clue_limit", declared.clue_limit)
    evidence = tuple(builder.record(entry_of(builder, slot, one)) for one in declared.evidence)
    command = CloseComplaint(
        received=received, outcome=declared.outcome, reason=declared.reason, item=declared.item, notice_limit=notice,
        clue_limit=clue, evidence=evidence, **about,
    )  # fmt: skip
    digest = builder.digest(slot, received, str(notice), str(clue), *evidence, *map(str, about.values()))
    keep(builder, slot, told.received_by, digest, lambda: command, subject=told.uri, advice=_SAID)


def upheld(builder: Builder, slot: str, declared: UpheldComplaintDeclared) -> None:
    """Make an upheld complaint public."""
    workspace = builder.workspace
    record = builder.record(workspace.known(slot, "closed", "closed_complaints", declared.closed))
    told = workspace.declared.complaints[workspace.declared.closed_complaints[declared.closed].complaint]
    command = PublishUpheld(closed=record, reason=declared.reason, with_item=declared.with_item)
    digest = builder.digest(slot, record)
    keep(builder, slot, told.received_by, digest, lambda: command, subject=record_subject(record), advice=_SAID)


def entry_of(builder: Builder, slot: str, name: str) -> str:
    """Return the slot of an entry of any section that a member names as `section/name`."""
    section, _, key = name.partition("/")
    if not key or not isinstance(getattr(builder.workspace.declared, section, None), dict):
        raise builder.workspace.at(slot, "evidence").error(f"{name!r} is no entry; write it as judgements/NAME")
    return builder.workspace.known(slot, "evidence", section, key)


def _complaint(builder: Builder, slot: str, name: str) -> tuple[str, ComplaintDeclared]:
    record = builder.record(builder.workspace.known(slot, "complaint", "complaints", name))
    return record, builder.workspace.declared.complaints[name]


def _limit(builder: Builder, slot: str, member: str, name: str | None) -> str | None:
    return None if name is None else builder.record(builder.workspace.known(slot, member, "limits", name))


def _about(builder: Builder, slot: str, declared: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member, section in (("product", "products"), ("lot", "lots")):
        name = getattr(declared, member)
        if name is not None:
            builder.record(builder.workspace.known(slot, member, section, name))
            found[member] = getattr(builder.workspace.declared, section)[name].uri
    return found


def _words(builder: Builder, slot: str, uri: str, what: str, file: str) -> str:
    """The commitment to the words of a file; the salt comes out of a key of the workspace, so that a build finds it again."""
    data = builder.workspace.file(slot, what if what != "answer" else "text", file)
    try:
        said = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise builder.workspace.where(slot).error(f"{file} is not UTF-8; save it as UTF-8 and build again") from error
    salt = sha256(b"openqi words of a complaint/1\0" + builder.secret(uri) + what.encode()).digest()[:16]
    return committed_with(uri, what, said, salt)
