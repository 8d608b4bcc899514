"""Brings entries of a workspace into a prepared log: finds what is there, states or decides what is not, withdraws what went."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import msgspec

from openqi.app.ledger import Ledger, Signer
from openqi.app.requests import withdrawal as withdrawing
from openqi.app.staging import Staged
from openqi.app.workflow import check_statement, command_json, decide
from openqi.app.workspace.asked import asks_alike
from openqi.app.workspace.state import Made
from openqi.app.workspace.workspace import Workspace
from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import parse_basis, running_digest
from openqi.kernel.errors import ConflictError, DomainError, FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.records import Body, Command, statement
from openqi.records.governance import withdrawal

_PLACED: Final = re.compile(r"[^:\n]+\.[A-Za-z0-9]+:[0-9]+: ")


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One record that the build sealed: for which entry, of which kind, and what it is about."""

    slot: str
    kind: str
    record: str
    subject: str


class Skipped(Exception):  # noqa: N818 -- no error: the reason was told where it arose
    """An entry rests on one that has failed; only the first is told."""


@dataclass(kw_only=True)
class Builder:
    """The state of one build.

    Args:
        workspace: what is declared.
        staged, ledger: the prepared log, and the ledger over it.
        signer, uri: who signs as a party, and its URI, by its name in the workspace.
        secret: of an unannounced draw, by its URI.
        before: what the last build made.
        withdraw: whether to withdraw what no longer holds, instead of refusing to go on.
        progress: told what is being done.
    """

    workspace: Workspace
    staged: Staged
    ledger: Ledger
    signer: Callable[[str], Signer]
    uri: Callable[[str], str]
    secret: Callable[[str], bytes]
    before: Mapping[str, Made]
    withdraw: bool
    progress: Callable[[str], None]
    made: dict[str, Made] = field(default_factory=dict)
    sealed: list[Sealed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    withdrawn: dict[str, str] = field(default_factory=dict)
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    def entry(self, slot: str, bring: Callable[[], None]) -> None:
        """Bring one entry in; what is wrong with it is kept with its place, and the build goes on to find more."""
        self.progress(slot)
        try:
            bring()
        except Skipped:
            self._failed.add(slot)
        except (RefusedError, DomainError) as error:
            if isinstance(error, RefusedError) and error.rule == "wrong-passphrase":
                raise  # no entry can help it, and each further guess costs a third of a second
            if not self._let_go(slot, error):
                self._failed.add(slot)
        except (OpenQIError, ValueError) as error:  # a body refuses members that do not fit each other with a ValueError
            self._failed.add(slot)
            self.problems.append(self._placed(slot, str(error)))

    def _let_go(self, slot: str, error: RefusedError | DomainError) -> bool:
        """Withdraw what no longer holds, where that is wanted; else say what could be done.

        Only a decision whose own entry is as it was falls with the evidence below it; anything else is a mistake of the workspace.
        """
        known, before = self.standing(slot), self.before.get(slot)
        falls = before is not None and slot in self.workspace.nodes and before.own == self.digest(slot)
        if falls and known is None:
            self.withdrawn[slot] = str(error)  # by an earlier build, and the evidence is still the same
            return True
        if falls and known is not None and known.basis is not None:
            if self.withdraw:
                self._withdraw(slot, known, str(error))
                self.withdrawn[slot] = str(error)
                return True
            hint = f"; record {known.id} was issued before and no longer holds: `openqi build --withdraw` withdraws it"
            self.problems.append(self._placed(slot, f"{error}{hint}"))
            return False
        self.problems.append(self._placed(slot, str(error)))
        return False

    def _placed(self, slot: str, message: str) -> str:
        """The message with file and line; one that names its own place keeps it, an entry that is gone has none."""
        if _PLACED.match(message) or slot not in self.workspace.nodes:
            return message
        return str(self.workspace.where(slot).error(message))

    def failed(self, slot: str) -> bool:
        """Return whether an entry has failed in this build."""
        return slot in self._failed

    def record(self, slot: str) -> str:
        """Return the id of the record that an entry has become.

        Raises:
            Skipped: it has failed.
            RefusedError: it was withdrawn in this build.
            FormatError: it is declared further down.
        """
        if slot in self._failed:
            raise Skipped
        if slot in self.withdrawn:
            raise RefusedError("basis-stands", f"{slot} no longer holds: {self.withdrawn[slot]}")
        if slot not in self.made:
            raise FormatError(f"{slot} is declared further down; what rests on something stands below it")
        return self.made[slot].record

    def digest(self, slot: str, *parts: str | bytes) -> str:
        """Return the digest of an entry and of everything else that it is made from: contents of files, ids of records."""
        name, _, key = slot.partition("/")
        entries = self.workspace.clauses() if name == "clauses" else getattr(self.workspace.declared, name)
        told = [msgspec.json.encode(entries[key]), str(self.workspace.declared.illustrative).encode()]
        hashed = [sha256(part if isinstance(part, bytes) else part.encode()).digest() for part in (*told, *parts)]
        return sha256(b"".join(hashed)).hexdigest()

    def state(self, slot: str, party: str, digest: str, make: Callable[[], tuple[Body, tuple[bytes, ...]]]) -> None:
        """Bring in what a party states; an older record of the same entry is withdrawn by its issuer."""
        digest = self._of(digest, party)
        known = self.standing(slot)
        if known is not None and self.before[slot].digest == digest:
            self.made[slot] = self.before[slot]
            return
        body, contents = make()
        stated = statement(body)
        found = self._equal(stated, self.uri(party))
        if found is None:
            check_statement(self.ledger.view(), stated, self.uri(party))
        if known is not None and (found is None or known.id != found.id) and not self.in_use(known.id):
            self._withdraw(slot, known, f"{slot} was changed in the workspace")
        if found is None:
            for content in contents:
                self.staged.put_blob(content)
            found = self.ledger.state(body, self.signer(party))
            if not self.stands_still(found):  # the same text in the same second is the same record, which was withdrawn just now
                raise ConflictError(f"{slot} says again what was withdrawn within this second; build again")
            self.note(slot, found)
        self.made[slot] = Made(digest=digest, record=found.id, own=self._own(slot))

    def decide(self, slot: str, party: str, digest: str, command: Command, *, subject: str, once: bool = False) -> None:
        """Bring in what a command decides; where the evidence behind it has moved it is decided anew, and kept if it is the same.

        Args:
            slot: the entry.
            party: who asks, by name.
            digest: of what the command is made from.
            command: what is asked.
            subject: in whose stream an equal decision would lie.
            once: it cannot be decided again while it stands, so that it is kept where the same was asked.
        """
        digest = self._of(digest, party)
        known = self.standing(slot) or self.asked_before(command, subject, self.uri(party))
        before = self.before.get(slot)
        if known is not None and before is not None and before.digest == digest and before.heads == self.heads(known):
            self.made[slot] = before
            return
        same = _asks if once else self._same
        if known is not None and same(known, command, self.uri(party)):
            self.made[slot] = Made(digest=digest, record=known.id, own=self._own(slot))
            return
        if known is not None:
            self._withdraw(slot, known, f"{slot} is decided anew, on evidence that has changed")
        (record,) = self.ledger.perform(command, self.signer(party))
        self.note(slot, record)
        self.made[slot] = Made(digest=digest, record=record.id, own=self._own(slot))

    def perform(self, slot: str, party: str, digest: str, command: Command) -> Record:
        """Return the record of what a command decides now, as that of an entry which has none yet."""
        (record,) = self.ledger.perform(command, self.signer(party))
        self.note(slot, record)
        self.hold(slot, digest, party, record)
        return record

    def hold(self, slot: str, digest: str, party: str, record: Record) -> None:
        """Keep a record as that of an entry."""
        self.made[slot] = Made(digest=self._of(digest, party), record=record.id, own=self._own(slot))

    def kept(self, slot: str, digest: str, party: str) -> bool:
        """Return whether an entry is made from what it was made from at the last build; then it stays what it was."""
        before = self.before.get(slot)
        if before is None or before.digest != self._of(digest, party):
            return False
        self.made[slot] = before
        return True

    def _of(self, digest: str, party: str) -> str:
        """The digest with who speaks: a party under another URI says something else."""
        return sha256(f"{digest} {self.uri(party)}".encode()).hexdigest()

    def _own(self, slot: str) -> str:
        return self.digest(slot) if "#" not in slot else ""

    def _same(self, known: Record, command: Command, issuer: str) -> bool:
        view = self.ledger.view()
        (stated,) = decide(view, msgspec.structs.replace(command, now=view.valid_at), issuer)
        return stated.body == known.body and issuer == known.issuer

    def asked_before(self, command: Command, subject: str, issuer: str, *, free: bool = False) -> Record | None:
        """Return a decision that stands and was asked for by the same party about the same; with `free` one of no other entry."""
        alike = (one.record for one in self.staged.stream(subject) if asks_alike(one.record, command, issuer))
        return next((one for one in alike if self.stands_still(one) and not (free and self.in_use(one.id))), None)

    def standing(self, slot: str) -> Record | None:
        """Return the record that the last build made of an entry, if it is in the log and still stands."""
        if slot not in self.before:
            return None
        try:
            record = self.staged.logged(self.before[slot].record).record
        except NotFoundError:  # the state is of another log
            return None
        return record if self.stands_still(record) else None

    def stands_still(self, record: Record) -> bool:
        """Return whether a record was not withdrawn."""
        others = [logged.record for logged in self.staged.stream(record_subject(record.id))]
        return withdrawal(record, others, lambda name: self.staged.logged(name).origin) is None

    def _equal(self, stated: Statement, issuer: str) -> Record | None:
        """A record that says the same and stands: the state file was lost, or somebody stated it by hand."""
        for logged in self.staged.stream(stated.streams[0]):
            record = logged.record
            if (record.kind, record.issuer, record.body) == (stated.kind, issuer, stated.body) and self.stands_still(record):
                return record
        return None

    def kid_of(self, slot: str, party: str) -> str | None:
        """Return the id of the key that the last build granted to a party; None where it granted it none."""
        record = self.standing(slot)
        return None if record is None or record.body["party"] != party else str(record.body["key"]["kid"])

    def body_of(self, slot: str) -> Mapping[str, Any]:
        """Return what the last build stated or decided of an entry, if it still stands; else nothing."""
        record = self.standing(slot)
        return {} if record is None else record.body

    def stands(self, slot: str) -> bool:
        """Return whether what the last build made of an entry still stands."""
        return self.standing(slot) is not None

    def in_use(self, record: str) -> bool:
        """Return whether an entry of this build is a record: one that has another name now is still what it was."""
        return any(one.record == record for one in self.made.values())

    def drop(self, slot: str) -> None:
        """Withdraw what was made of an entry that is no longer declared, if it still stands."""
        known = self.standing(slot)
        if known is not None:
            self._withdraw(slot, known, f"{slot} is no longer declared in the workspace")

    def _withdraw(self, slot: str, record: Record, reason: str) -> None:
        party = next((name for name in self.workspace.declared.parties if self.uri(name) == record.issuer), None)
        if party is None:
            raise FormatError(f"record {record.id} was issued by {record.issuer}, which the workspace no longer declares")
        (made,) = self.ledger.perform(withdrawing(record.id, reason[:1900]), self.signer(party))
        self.note(slot, made)

    def note(self, slot: str, record: Record) -> None:
        """Keep that a record was sealed for an entry."""
        self.sealed.append(Sealed(slot=slot, kind=record.kind, record=record.id, subject=record.streams[0]))

    def heads(self, record: Record) -> str:
        """Return a digest over the ends of all streams that a decision read; it changes when one of them goes on."""
        if record.basis is None:
            return ""
        found = sha256()
        for read in parse_basis(record.basis).streams:
            found.update(read.subject.encode() + b"\n")
            found.update(running_digest(logged.record.id for logged in self.staged.stream(read.subject)))
        return found.hexdigest()


def _asks(known: Record, command: Command, issuer: str) -> bool:
    """Whether a decision was asked for by the same party in the same words."""
    told = command_json(msgspec.structs.replace(command, now=known.valid_from))
    return issuer == known.issuer and dict(known.command or {}) == told
