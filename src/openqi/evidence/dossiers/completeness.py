"""Was anything left out? Streams that decisions read, and keys that signed, against all that the log says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openqi.evidence.dossiers.contents import Contents
from openqi.evidence.dossiers.report import State
from openqi.evidence.keys import KEY_KINDS, about_keys, key_rings
from openqi.evidence.log.merkle import empty_frontier, leaf_hash
from openqi.evidence.log.note import Checkpoint, parse_note
from openqi.evidence.log.policy import Policy, trusted
from openqi.evidence.record import Logged, Record, parse_entry
from openqi.evidence.view import StreamRead, running_digest
from openqi.kernel.errors import VerificationError

Placed = tuple[int, Record]
"""A record and its index in the log."""


@dataclass(frozen=True, kw_only=True)
class WholeLog:
    """A whole log to check completeness against: its checkpoint note, all its entries in order, and texts of sealed records."""

    checkpoint: bytes
    entries: Iterable[bytes]
    opened: Mapping[str, Record]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one pass over a whole log gathers."""

    streams: Mapping[str, list[Placed]]
    keys: Sequence[Logged]
    sealed: int


class Completeness:
    """Step 11 for one dossier: the streams that the decisions in the target's chain read."""

    def __init__(self, contents: Contents, checkpoints: Mapping[str, Checkpoint], policy: Policy) -> None:
        self._contents, self._policy = contents, policy
        self._origin = contents.entries[contents.dossier.target].origin
        self._point = checkpoints[self._origin]
        self._reads = [(read, decision) for decision, basis in contents.decisions for read in basis.streams]
        chain = [name for name in contents.chain if name in contents.entries]
        # Of a foreign record only its home can say that it was withdrawn, or its key revoked.
        self._homes = {contents.home(name) for name in chain} - {self._origin}
        target = contents.shown.get(contents.dossier.target)
        self._story = target.streams[0] if target else ""

    def by_itself(self) -> None:
        """Raise VerificationError where the dossier itself holds something later in a stream that was read, or of the target."""
        self._told(self._contents.stream(self._story, self._origin))
        for read, decision in self._reads:
            origin = self._contents.bases[decision.id].origin
            self._compare(read, decision, self._contents.stream(read.subject, origin), whole=not self._contents.withheld)

    def against(self, log: WholeLog) -> tuple[State, str]:
        """Return what the whole log says.

        Raises:
            VerificationError: the log is another one, something later stands in a stream, or a key was revoked in hindsight.
        """
        stated = trusted(parse_note(log.checkpoint), self._policy).checkpoint
        if stated.origin != self._origin or self._homes:
            others = ", ".join(sorted(self._homes)) or "no other"
            return ("not checked", f"the log given is {stated.origin}; the target rests on {self._origin}, {others}")
        if stated.size < self._point.size:
            return "not checked", f"the log given ends at size {stated.size}, the dossier speaks of size {self._point.size}"
        seen = self._pass_over(log, stated)
        self._judge_again(seen.keys)
        for read, decision in self._reads:
            self._compare(read, decision, seen.streams[read.subject], whole=not seen.sealed)
        self._told(seen.streams[self._story])
        if not self._story:
            return "not checked", "the target is withheld, so its streams are not known"
        if seen.sealed:
            return "not checked", f"nothing later among public records, but {seen.sealed} sealed entries could not be opened"
        return "passed", f"{len(seen.streams)} streams against the whole log at size {stated.size}"

    def _told(self, story: Sequence[Placed]) -> None:
        """Raise where something speaks of the target later in its own story: of what was only stated, nothing else tells."""
        target = self._contents.dossier.target
        for _, later in story:
            if later.body.get("record") == target and later.id not in self._contents.chain:
                raise VerificationError("complete", f"record {later.id}, {later.kind}, speaks of the target")

    def _pass_over(self, log: WholeLog, stated: Checkpoint) -> _Seen:
        streams: dict[str, list[Placed]] = {subject: [] for subject in (self._story, *(read.subject for read, _ in self._reads))}
        keys: list[Logged] = []
        frontier, sealed, continues = empty_frontier(), 0, self._point.size == 0
        for index, entry in enumerate(log.entries):
            frontier.append(leaf_hash(entry))
            continues = continues or (frontier.size == self._point.size and frontier.root() == self._point.root)
            record_id, shown = parse_entry(entry)
            record = shown or log.opened.get(record_id)
            if record is None or record.id != record_id:
                sealed += 1
                continue
            if about_keys(record.kind):
                keys.append(Logged(index=index, record=record, origin=stated.origin, origin_index=index))
            for subject in record.streams:
                if subject in streams:
                    streams[subject].append((index, record))
        if not continues or (stated.size, stated.root) != (frontier.size, frontier.root()):
            raise VerificationError("complete", "the whole log does not continue the log that the dossier describes")
        return _Seen(streams=streams, keys=keys, sealed=sealed)

    def _judge_again(self, keys: Sequence[Logged]) -> None:
        """With all that the log says about keys: was one that signed here revoked from an index before its signature?"""
        rings, _ = key_rings(keys)
        for logged in keys:
            if logged.record.kind not in KEY_KINDS:
                raise VerificationError("complete", f"record {logged.record.id} is a {logged.record.kind}, unknown here")
        try:
            for logged in self._contents.logged:
                if logged.origin == self._origin and logged.origin in rings:
                    rings[logged.origin].judge(logged.origin_index, logged.record)
        except VerificationError as error:
            raise VerificationError("complete", f"by what the log said later, {error}") from error

    def _compare(self, read: StreamRead, decision: Record, placed: Sequence[Placed], *, whole: bool) -> None:
        """Raise where a stream is not the one that was read, or goes on with what nobody read on the way."""
        known_at = self._contents.bases[decision.id].known_at
        before = [record.id for place, record in placed if place < known_at]
        # What was read is counted by the size that the decision knew, so that nobody reads half a stream and names the rest.
        if len(before) > read.count or (whole and (len(before), running_digest(before)) != (read.count, read.digest)):
            raise VerificationError("complete", f"stream {read.subject} up to index {known_at} is not the one that was read")
        for place, later in placed:
            if place >= known_at and later.id not in self._contents.chain and not self._outcome(later, decision):
                raise VerificationError("complete", f"stream {read.subject} goes on with record {later.id}, {later.kind}")

    def _outcome(self, later: Record, decision: Record) -> bool:
        """Whether a record was decided together with another, and was replayed with it."""
        together = (later.issuer, later.command, later.basis) == (decision.issuer, decision.command, decision.basis)
        return together and later.id in self._contents.bases
