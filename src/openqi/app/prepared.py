"""What is decided and not yet signed: statements with their command and basis, and what must not move until they are in the log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from openqi.app.workflow import acts_of, check_statement, command_json, decide
from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.record import Record, Statement
from openqi.evidence.sealing import seal, signed_bytes
from openqi.evidence.view import EMPTY_DIGEST, NotingView, StreamRead, running_digest
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.duties import Duties
from openqi.records import Body, Command, kinds, of_json, statement
from openqi.records.duties import duties_subject
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a party may seal, as of one size of the log.

    Args:
        party: who states or decides it.
        now: the instant that it is decided for, and sealed at.
        stated: what is stated.
        command, basis: for a decision, as records hold them.
        reads: streams that must not have moved when it comes into the log.
        known_at: size of the log.
    """

    party: str
    now: str
    stated: tuple[Statement, ...]
    reads: tuple[StreamRead, ...]
    known_at: int
    command: Mapping[str, Any] | None = None
    basis: Mapping[str, Any] | None = None

    def sealed(self, key: SigningKey) -> tuple[Record, ...]:
        """Return the records, signed."""
        return tuple(
            seal(one, issuer=self.party, key=key, now=self.now, command=self.command, basis=self.basis) for one in self.stated
        )

    def signed_bytes(self, key: PublicKey) -> tuple[bytes, ...]:
        """Return the bytes that a key elsewhere is to sign, one for each record."""
        return tuple(
            signed_bytes(one, issuer=self.party, key=key, now=self.now, command=self.command, basis=self.basis)
            for one in self.stated
        )


class Preparing:
    """Permits and decides on one view of a store.

    Args:
        store: keeps the log.
        view: notes what is read.
        party: who asks.
        hand: kid of the key that is to sign.
    """

    def __init__(self, store: Store, view: NotingView, *, party: str, hand: str) -> None:
        self._store, self._view, self._party, self._hand = store, view, party, hand
        self._looked: dict[str, StreamRead] = {}

    def statement(self, body: Body, *, visible_to: tuple[str, ...] | None, salt: str | None) -> Prepared:
        """Return what a party states.

        Raises:
            RefusedError: it may not.
        """
        stated = statement(body, visible_to=visible_to, salt=salt)
        check_statement(self._view, stated, self._party, duties=self._duties(body))
        return self._prepared((stated,), self._view.valid_at)

    def decision(self, command: Command, *, salt: str | None, new_salt: Callable[[], str]) -> Prepared:
        """Return what a command decides; where it inherits, those who may see what it rests on may see it.

        Args:
            command: what is asked; its instant and salt are set here.
            salt: where it is not public.
            new_salt: gives one where the outcome turns out not to be public.

        Raises:
            OpenQIError: as `decide` says.
        """
        view, duties = self._view, self._duties(command)
        asked = msgspec.structs.replace(command, now=view.valid_at, salt=salt)
        stated = decide(view, asked, self._party, duties=duties)
        basis = view.basis()
        if command.INHERITS and command.visible_to is None:
            narrow = self._hidden({*basis.records, *_named(stated)})
            if narrow is not None:
                asked = msgspec.structs.replace(asked, visible_to=narrow, salt=new_salt())
                stated = decide(view, asked, self._party, duties=duties)
        return self._prepared(stated, asked.now, command=command_json(asked), basis=basis.as_json())

    def _prepared(self, stated: tuple[Statement, ...], now: str, **decided: Any) -> Prepared:
        noted = {read.subject: read for read in self._view.basis().streams}
        reads = (*noted.values(), *(read for subject, read in self._looked.items() if subject not in noted))
        return Prepared(party=self._party, now=now, stated=stated, reads=reads, known_at=self._view.known_at, **decided)

    def _duties(self, asked: Command | Body) -> Duties | None:
        """The log's rules about who does not do this; where it has none nothing is noted, but none may come meanwhile."""
        ruled = []
        for act in sorted(acts_of(asked)):
            subject = duties_subject(self._view.origin, act)
            if self._store.stream(subject, known_at=self._view.known_at):
                ruled.append(act)
            else:
                self._looked[subject] = StreamRead(subject=subject, count=0, digest=EMPTY_DIGEST)
        return Duties(acts=frozenset(ruled), hand=self._hand, story=self._story) if ruled else None

    def _story(self, subject: str) -> list[Record]:
        records = [logged.record for logged in self._store.stream(subject, known_at=self._view.known_at)]
        digest = running_digest(record.id for record in records)
        self._looked[subject] = StreamRead(subject=subject, count=len(records), digest=digest)
        return records

    def _hidden(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """Who may see what rests on records that not all may see; None where all of them are public."""
        seen = [self._store.logged(name).record.statement.visible_to for name in names]
        narrow = {visible_to for visible_to in seen if visible_to is not None}
        if len(narrow) > 1:
            raise RefusedError("one-audience", "what this rests on is visible to different parties; say who may see the outcome")
        return next(iter(narrow), None)


def _named(stated: Iterable[Statement]) -> set[str]:
    """The records that statements name, also those that a decision found in a stream."""
    return {one.record for statement in stated for one in of_json(statement.body, kinds()[statement.kind]).references()}
