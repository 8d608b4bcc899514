"""What is known of a mark: who issued it under what, whether both stand, what became of it, what was checked, its scans.

It never says what a thing in somebody's hand is. It says what the log holds, and what of that was checked for this answer.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from openqi.app.folder import ledger_folder, now
from openqi.app.issues import Issue, Judging, issue_of
from openqi.app.mark_signatures import Verdicts
from openqi.app.mark_states import State, gravest
from openqi.formats.digital_link import check_mark, mark_hash, named_hash
from openqi.store.marks import Found, MarkIndex, States
from openqi.store.scans import ScanCounter, Scans
from openqi.store.store import Store

INDEX, SCANS = "marks.sqlite", "scans.sqlite"
ROW_CHECK: Final = "all rows of the marks record were added up to the root that it states when they were indexed"
_CHECKS: Final = {state: {"signature": state, "row": "passed", "rowHow": ROW_CHECK} for state in ("passed", "failed")}
_MOST_ISSUES: Final = 4096
Standing = Literal["issued", "withdrawn", "not proved"]


class MarkAnswer(msgspec.Struct, frozen=True, kw_only=True):  # made for each scan, in a third of a dataclass's time
    """What is known of a mark that the log has issued.

    `standing` is `issued` only where the signature of the marks record held within this second and neither it nor its certificate
    or licence was withdrawn. `state` is what became of the mark since, None where nobody said so; `over` says that its licence
    is. `claims` counts the records that claim the mark; more than one is worth a look. `scans` are those before this.
    """

    mark: str
    name: str
    standing: Standing
    signature: Literal["passed", "failed"]
    detail: str
    found: Found
    issue: Issue
    claims: int
    scans: Scans
    origin: str
    size: int
    state: State | None = None
    over: bool = False

    @property
    def cases(self) -> int:
        """How many public cases were opened about the mark and not withdrawn."""
        return self.found.cases

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON; where the text of a record is not public, what it says is left out."""
        scans: dict[str, Any] = {"total": self.scans.total}
        if self.scans.first_day and self.scans.last_day:
            scans |= {"firstDay": self.scans.first_day.isoformat(), "lastDay": self.scans.last_day.isoformat()}
        answer = {
            "mark": self.mark,
            "name": self.name,
            "standing": self.standing,
            "record": self.found.record,
            "leaf": self.found.leaf,
            "checks": _CHECKS[self.signature],
            "claims": self.claims,
            "cases": self.found.cases,
            "scans": scans,
            "log": {"origin": self.origin, "size": self.size},
            **self.issue.shown,
        }
        if self.issue.public:
            answer["item"] = self.found.item
        if self.state is not None:
            answer["state"] = self.state.shown
        if "licence" in answer:
            answer["licence"] = {**answer["licence"], "ended": self.over}
        if self.detail:
            answer["detail"] = self.detail
        return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class NotIssuedHere:
    """The log, up to that size, has issued no such mark. Another log may have."""

    mark: str
    name: str
    origin: str
    size: int

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            "mark": self.mark,
            "name": self.name,
            "standing": "not issued here",
            "log": {"origin": self.origin, "size": self.size},
        }


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found out at one size of the log; all of it is forgotten together when the log has grown."""

    size: int
    indexed: int
    issues: dict[str, Issue]
    states: dict[str, States]
    said: dict[str, State | None]


class MarkReader:
    """Answers about the marks of one log.

    What is judged once (keys, withdrawals, names) is kept for the size of the log at which it was judged; `refresh` looks
    whether the log has grown. The signature of the marks record is verified again for each answer; while one state is held, which
    is for a second, once for each record: the same bytes under the same key hold or do not.

    Args:
        store: the log.
        index: its marks.
        counter: counts what is asked.
        today: the present day.
    """

    def __init__(self, store: Store, index: MarkIndex, counter: ScanCounter, *, today: Callable[[], date]) -> None:
        self._store, self.index, self.counter, self._today = store, index, counter, today
        self._known = _Known(-1, -1, {}, {}, {})
        self._verdicts = Verdicts()

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._store.origin

    def refresh(self) -> int:
        """Return the size of the log, after forgetting what was judged at a smaller one and indexing new marks; any thread may.

        Raises:
            StoreError: the store or the index failed; answers go on as of the size before.
        """
        size = self._store.size()
        if size != self._known.size or self._known.indexed < size:
            indexed = self.index.size() if self.index.read_only else self.index.update(self._store).size
            self._known = _Known(size, indexed, {}, {}, {})
        return size

    def ask(self, uri: str, *, scanned: bool) -> MarkAnswer | NotIssuedHere:
        """Return what is known of a mark; see `mark_answer`."""
        check_mark(uri)
        known = self._looked()
        digest = mark_hash(uri)
        # Another process may have indexed more than this one has looked at; that is for the next refresh.
        claims = [found for found in self.index.claims(digest) if found.place < known.size]
        if not claims:
            return NotIssuedHere(mark=uri, name=named_hash(digest), origin=self.origin, size=known.indexed)
        found, issue = self._standing(known, claims)
        signature, detail = self._verdicts.on(issue)
        state = gravest(self._states(known, digest, issue))
        answer = MarkAnswer(
            mark=uri,
            name=named_hash(digest),
            standing="withdrawn" if issue.withdrawn else "issued" if signature == "passed" and not detail else "not proved",
            signature=signature,
            detail=detail,
            found=found,
            issue=issue,
            claims=len(claims),
            scans=self.counter.scans(digest),
            origin=self.origin,
            size=known.size,
            state=state,
            over=bool(issue.last_day) and self._today().isoformat() > issue.last_day,
        )
        if scanned:
            self.counter.note(digest, self._today())
        return answer

    def _looked(self) -> _Known:
        if self._known.size < 0:
            self.refresh()
        return self._known

    def _standing(self, known: _Known, claims: Sequence[Found]) -> tuple[Found, Issue]:
        """The claim to answer with: the first that stands of those by the issuer who came first.

        The hash of a mark can be read in the rows of its issue by anybody, so a later record of somebody else, who copied it,
        must not speak for the mark. The issuer itself may withdraw an issue and issue the same marks again.
        """
        if len(claims) == 1:
            return claims[0], self._issue(known, claims[0].record)
        issues = [self._issue(known, found.record) for found in claims]
        first = issues[0]
        for found, issue in zip(claims, issues, strict=True):
            if issue.logged.record.issuer == first.logged.record.issuer and not issue.withdrawn and issue.key:
                return found, issue
        return claims[0], first

    def _states(self, known: _Known, digest: bytes, issue: Issue) -> tuple[State, ...]:
        """All that counts of what was said to have become of a mark. Most issues have no states, and then nothing is looked up."""
        name = issue.logged.record.id
        states = known.states.get(name)
        if states is None:
            states = known.states[name] = self.index.states(name)
        if not states.whole and not states.single:
            return ()
        places = [*states.whole, *(self.index.states_of(digest, name) if states.single else ())]
        found = (self._said(known, record, issue) for at, record in places if at < known.size)
        return tuple(one for one in found if one is not None)

    def known_of(self, digest: bytes) -> tuple[Issue, tuple[State, ...]] | None:
        """Return the issue of a mark by its hash, and what was said to have become of it; None where it was not issued here."""
        known = self._looked()
        claims = [found for found in self.index.claims(digest) if found.place < known.size]
        if not claims:
            return None
        issue = self._standing(known, claims)[1]
        return issue, self._states(known, digest, issue)

    def _said(self, known: _Known, record: str, issue: Issue) -> State | None:
        if record not in known.said:
            if len(known.said) >= _MOST_ISSUES:
                known.said.pop(next(iter(known.said)))
            judging = Judging(self._store, known.size)
            known.said[record] = judging.state(self._store.logged(record), issue.logged.record.id, issue.speakers)
        return known.said[record]

    def _issue(self, known: _Known, record_id: str) -> Issue:
        issue = known.issues.get(record_id)
        if issue is None:
            if len(known.issues) >= _MOST_ISSUES:
                known.issues.pop(next(iter(known.issues)))
            issue = known.issues[record_id] = issue_of(self._store, record_id, size=known.size)
        return issue

    def hold(self) -> None:
        """Read index and counts in one state until `let_go`; for a second, by a server that answers many. Its thread only.

        What was verified is remembered until then, and no longer.
        """
        self._verdicts.hold()
        self.index.hold()
        self.counter.hold()

    def let_go(self) -> None:
        """Read the newest state of index and counts again, and forget what was verified."""
        self._verdicts.let_go()
        self.index.let_go()
        self.counter.let_go()

    def close(self) -> None:
        """Write what was counted, and let go of index and counts; the store stays open."""
        try:
            self.counter.close()
        finally:
            self.index.close()


def mark_answer(reader: MarkReader, uri: str, *, scanned: bool = True) -> MarkAnswer | NotIssuedHere:
    """Return what is known of a mark.

    Args:
        reader: of the log that is asked.
        uri: the mark as it stands on the product.
        scanned: whether this counts as a scan; a mark that was not issued here is never counted.

    Raises:
        FormatError: no mark in its one spelling.
        StoreError: store or index failed.
    """
    return reader.ask(uri, scanned=scanned)


@contextmanager
def reading_marks(path: Path) -> Iterator[MarkReader]:
    """Open the marks of a ledger folder, with index and scan counts beside its store; new marks are indexed first.

    Raises:
        NotFoundError, FormatError: there is no ledger folder.
        StoreError: store, index or counts cannot be opened.
    """
    folder = ledger_folder(path)
    with folder.reading() as store, ExitStack() as stack:
        index = MarkIndex(path / INDEX, origin=store.origin)
        stack.callback(index.close)
        reader = MarkReader(store, index, ScanCounter(path / SCANS), today=lambda: now().date())
        stack.callback(reader.close)
        reader.refresh()
        yield reader
