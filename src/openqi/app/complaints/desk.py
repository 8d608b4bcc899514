"""The desk of an authority or a firm: takes complaints in and takes their steps, each for the right eyes, words kept beside."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openqi.app.cases import REPORTS, case_number
from openqi.app.complaints.keeping import WORDS, committed
from openqi.app.complaints.listing import by_number
from openqi.app.folder import ledger_folder
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.fold import Row
from openqi.evidence.record import Record
from openqi.kernel.errors import NotFoundError, OpenQIError, RefusedError
from openqi.pillars.governance.task_register import LIMITS
from openqi.pillars.surveillance.complaints.closing import CloseComplaint
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld
from openqi.pillars.surveillance.complaints.joining import JoinComplaints
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint
from openqi.pillars.surveillance.complaints.register import COMPLAINTS
from openqi.pillars.surveillance.complaints.testing import AnswerComplaint, BeginComplaintTest, EndComplaintTest
from openqi.records import Command, body, of_json
from openqi.records.complaints import ComplaintClosed, ComplaintDecided, ComplaintReceived
from openqi.records.surveillance import CaseOpened
from openqi.records.tasks import LimitPublished
from openqi.store.complaint_words import ComplaintWords
from openqi.store.reports import Reports

AUTOMATIC: Final = "automatic"
"""Instead of a record of a limit: the one that the operator has published for what begins, where there is exactly one."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A complaint that was taken in: its number, its record, and earlier ones by the same person about the same firm or product."""

    number: str
    record: Record
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ComplaintDesk:
    """Takes complaints in and takes their steps.

    Args:
        ledger: to write to.
        signer: an authority, or the firm that answers.
        words: keeps what people wrote.
        reports: file of the reports on marks' pages; None where there are none.
        chance: as many random bytes as asked for.
    """

    ledger: Ledger
    signer: Signer
    words: ComplaintWords
    reports: Path | None = None
    chance: Callable[[int], bytes] = field(default=os.urandom)

    def receive(self, said: Mapping[str, Any], *, text: str | None, person: str | None, limit: str | None, tell: bool) -> Received:
        """Return a complaint that was taken in.

        Args:
            said: members of the command, as JSON; `complaint` and the commitments are set here. With `case` the report of a mark's
                page is taken over: its words, its mark and its instant.
            text: what they wrote; None for the words of the report on a mark's page, where `case` names one.
            person: who they are and how they are reached; None for nobody.
            limit: record of the limit, AUTOMATIC, or None for none.
            tell: whether the firm sees the complaint (never who complained, nor their words).

        Raises:
            FormatError, NotFoundError, RefusedError: as the command says.
        """
        told: dict[str, Any] = dict(said)
        if "case" in told:
            record = self.ledger.logged(str(told["case"])).record
            case = body(record, CaseOpened)
            told = {"channel": "mark-page", "mark": case.mark, "receivedAt": record.valid_from, **told, "complaint": case.case}
        told.setdefault("complaint", f"https://{self.ledger.origin}/complaint/{case_number(self.chance)}")
        told.setdefault("receivedAt", self.ledger.now())
        told.setdefault("channel", "counter")
        if text is None:
            text = self._reported(str(told["case"])) if "case" in told else ""
        alike = () if person is None else self._alike(person.strip(), told)
        told |= self._limit(limit, "limit", ComplaintReceived.KIND, str(told["receivedAt"]))
        told["visibleTo"] = [told["firm"]] if tell and "firm" in told else []
        with self._committing() as commit:
            told["text"] = commit(told["complaint"], "text", text)
            told |= {} if person is None else {"person": commit(told["complaint"], "person", person)}
            record = self._perform(ReceiveComplaint, told)
        return Received(number=str(told["complaint"]).rpartition("/")[2], record=record, alike=alike)

    def decide(self, number: str, said: Mapping[str, Any], *, limit: str | None, tell: bool = True) -> Record:
        """Return whether a complaint is accepted; a firm that was found out is told where `tell` says so."""
        row = self.row(number)
        told = dict(said)
        if told.get("decision") == "accepted":
            told |= self._limit(limit, "limit", ComplaintDecided.KIND, self.ledger.now())
        also = (str(told["firm"]),) if tell and "firm" in told else ()
        return self._step(DecideComplaint, row, told, also=also)

    def begin_test(self, number: str, said: Mapping[str, Any]) -> Record:
        """Return that a test begins."""
        return self._step(BeginComplaintTest, self.row(number), said)

    def end_test(self, number: str, said: Mapping[str, Any]) -> Record:
        """Return that the test ends."""
        return self._step(EndComplaintTest, self.row(number), said)

    def answer(self, number: str, said: Mapping[str, Any], *, text: str) -> Record:
        """Return the answer of the firm."""
        row = self.row(number)
        with self._committing() as commit:
            return self._step(AnswerComplaint, row, {**said, "text": commit(str(row["complaint"]), "answer", text)})

    def close(self, number: str, said: Mapping[str, Any], *, notice: str | None, clue: str | None) -> Record:
        """Return how a complaint ended; the limit of the notice is named where it did not settle, that of a clue where asked."""
        told, now = dict(said), self.ledger.now()
        if told.get("outcome") != "settled":
            told |= self._limit(notice, "noticeLimit", ComplaintClosed.KIND, now)
        told |= {} if clue is None else {"clueLimit": clue}
        return self._step(CloseComplaint, self.row(number), told)

    def follow(self, number: str, said: Mapping[str, Any]) -> Record:
        """Return what came after the end of a complaint."""
        row = self.row(number)
        return self._step(FollowComplaint, row, {**said, "closed": self._closed(row)}, named="closed")

    def publish(self, number: str, said: Mapping[str, Any]) -> Record:
        """Return the public part of an upheld complaint."""
        return self._perform(PublishUpheld, {**said, "closed": self._closed(self.row(number))})

    def join(self, numbers: tuple[str, ...], said: Mapping[str, Any]) -> Record:
        """Return that complaints are one matter; it is for those who may see every one of them."""
        rows = [self.row(one) for one in numbers]
        seen = frozenset.intersection(*(self._audience(row) for row in rows)) if rows else frozenset()
        told = {
            "matter": f"https://{self.ledger.origin}/matter/{case_number(self.chance)}", **said,
            "complaints": [str(row["received"]) for row in rows], "visibleTo": sorted(seen - {self.signer.party}),
        }  # fmt: skip
        return self._perform(JoinComplaints, told)

    def perform(self, command: Command) -> Record:
        """Return the one record of a command that stands for itself: figures, disputes."""
        (record,) = self.ledger.perform(command, self.signer)
        self.ledger.store.publish()
        return record

    def row(self, number: str) -> Row:
        """Return a complaint that the signer may see, as the register has it.

        Raises:
            NotFoundError: there is none.
            RefusedError: it is not for them.
        """
        row = by_number(self.ledger.store, number)
        if self.signer.party not in self._audience(row):
            raise RefusedError("complaint-sealed", f"{self.signer.party} is no party of complaint {number[:60]}")
        return row

    def _audience(self, row: Row) -> frozenset[str]:
        return frozenset(str(row[name]) for name in ("authority", "told") if row[name])

    def _closed(self, row: Row) -> str:
        if not row["closed"]:
            raise RefusedError("complaint-closed", f"complaint {row['complaint']} is not closed yet")
        return str(row["closed"])

    def _step(
        self, kind: type[Command], row: Row, said: Mapping[str, Any], *, also: tuple[str, ...] = (), named: str = "received"
    ) -> Record:
        seen = (self._audience(row) | {*also}) - {self.signer.party}
        own = {"received": str(row["received"])} if named == "received" else {}
        return self._perform(kind, {**own, **said, "visibleTo": sorted(seen)})

    @contextmanager
    def _committing(self) -> Iterator[Callable[[str, str, str], str]]:
        """Commit to words; they are let go of again where nothing is sealed in the end."""
        made: list[str] = []

        def commit(complaint: str, what: str, text: str) -> str:
            made.append(committed(self.words, complaint, what, text, chance=self.chance))
            return made[-1]

        try:
            yield commit
        except OpenQIError:
            for one in made:
                self.words.drop(one)
            raise

    def _perform(self, kind: type[Command], said: Mapping[str, Any]) -> Record:
        return self.perform(of_json(dict(said), kind))

    def _reported(self, case: str) -> str:
        """The words of the report that a case was opened on, of one without words its matter; kept until they are forgotten."""
        opened = body(self.ledger.logged(case).record, CaseOpened)
        stated = opened.report
        if stated is None or self.reports is None or not self.reports.exists():
            raise NotFoundError(f"the words of case {case} are not kept here; give them by --text")
        with closing(Reports(self.reports)) as kept:
            return kept.opening(stated)[1].strip() or " / ".join(filter(None, (opened.matter.zh, opened.matter.en)))

    def _alike(self, person: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        """Earlier complaints of a person of the same name about the same: whoever takes it in says whether it is the same."""
        found = []
        for uri in self.words.by_person(person):
            where = {"origin": self.ledger.origin, "complaint": uri}
            for row in self.ledger.store.page(COMPLAINTS, where=where, limit=1).rows:
                same = any(told.get(name) and told.get(name) == row[name] for name in ("firm", "product", "item"))
                found += [str(row["complaint"]).rpartition("/")[2]] if same and row["authority"] == self.signer.party else []
        return tuple(found)

    def _limit(self, named: str | None, member: str, starts: str, at: str) -> dict[str, str]:
        if named is None:
            return {}
        if named != AUTOMATIC:
            return {member: named}
        found = [
            record.id
            for row in self.ledger.store.page(LIMITS, where={"origin": self.ledger.origin}, order=("limit_uri",), limit=500).rows
            for record in [self.ledger.logged(str(row["record"])).record]
            if _holds(body(record, LimitPublished), starts, at)
        ]
        if len(found) > 1:
            raise RefusedError("one-limit", f"{len(found)} limits are counted from a {starts}; name the one that holds here")
        return {member: found[0]} if found else {}


def _holds(limit: LimitPublished, starts: str, at: str) -> bool:
    return limit.starts == starts and limit.valid_from <= at and (limit.valid_until is None or at < limit.valid_until)


@contextmanager
def complaint_desk(path: Path, signer: Signer, *, passphrase: str) -> Iterator[ComplaintDesk]:
    """Open the desk of a ledger folder.

    Args:
        path: of the ledger folder.
        signer: an authority, or the firm that answers.
        passphrase: of the log's key file.

    Raises:
        NotFoundError, FormatError: there is no ledger folder.
        RefusedError: the passphrase is wrong.
    """
    with ledger_folder(path).writing(passphrase) as ledger, closing(ComplaintWords(path / WORDS)) as words:
        yield ComplaintDesk(ledger=ledger, signer=signer, words=words, reports=path / REPORTS)
