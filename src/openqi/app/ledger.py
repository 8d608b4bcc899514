"""Look, permit, decide, seal, append: how evidence comes into a log. The only place that has clock, keys and chance."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from openqi.app.prepared import Prepared, Preparing
from openqi.app.signing_keys import judge, key_ring
from openqi.app.views import noting_view
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url
from openqi.evidence.keys import KeyRing, about_keys, kids_of, log_subject
from openqi.evidence.log.foreign import ADMITTED
from openqi.evidence.log.note import Checkpoint, NoteKey
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Logged, Record
from openqi.evidence.sealing import seal
from openqi.evidence.view import NotingView, StreamRead, parse_basis
from openqi.kernel.errors import ConflictError, NotFoundError, RefusedError, VerificationError
from openqi.kernel.instant import format_instant
from openqi.records import Body, Command, Names, check_kind, kinds, statement
from openqi.records.governance import Countersigned, Genesis, Key, KeyGranted, KeyRevoked
from openqi.store.store import Incoming, Store

ATTEMPTS = 20
"""How often a decision is made again when somebody was first, before the caller is told."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A party and one of its keys."""

    party: str
    key: SigningKey


class Ledger:
    """One log, with everything that is needed to write to it.

    Args:
        store: where it is kept.
        log_key: signs checkpoints under the store's origin; None where evidence is only prepared, which has none.
        clock, chance: the present instant with its time zone; as many random bytes as asked for.
    """

    def __init__(
        self, store: Store, *, log_key: SigningKey | None, clock: Callable[[], datetime], chance: Callable[[int], bytes]
    ) -> None:
        self.store, self._log_key, self._clock, self._chance = store, log_key, clock, chance

    def under(self, clock: Callable[[], datetime]) -> "Ledger":
        """Return the same log under another clock; an example states the instants of its story."""
        return Ledger(self.store, log_key=self._log_key, clock=clock, chance=self._chance)

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.store.origin

    @property
    def log_vkey(self) -> str:
        """The key that signs checkpoints, as trust policies write it."""
        return NoteKey(name=self.origin, type=1, public=self._signing().public_key.data).text

    def policy(self) -> bytes:
        """Return the trust policy of somebody who believes this log alone, without witnesses."""
        genesis = next(iter(self.store.scan(0, 1)), None)
        if genesis is None:
            raise NotFoundError(f"the log {self.origin} has no genesis yet; found it first")
        return f"log {self.log_vkey}\ngenesis {self.origin} {genesis.record.id}\nquorum none\n".encode()

    def now(self) -> str:
        """Return the present instant as evidence writes it."""
        return format_instant(self._clock())

    def view(self, *, valid_at: str | None = None, known_at: int | None = None) -> NotingView:
        """Return a view of the log that notes what is read, as of now unless told otherwise."""
        size = self.store.size() if known_at is None else known_at
        return noting_view(self.store, known_at=size, valid_at=valid_at or self.now())

    def found(self, signer: Signer, name: Names) -> Record:
        """Return the genesis record, entry 0 of the log, in which the operator names itself and its key.

        Raises:
            RefusedError: the log was founded before.
        """
        if self.store.size():
            raise RefusedError("founded-once", f"the log {self.origin} was founded before")
        genesis = Genesis(origin=self.origin, operator=signer.party, name=name, keys=(_key(signer.key),), log=self.log_vkey)
        record = seal(statement(genesis), issuer=signer.party, key=signer.key, now=self.now())
        KeyRing().apply(0, record)
        self._append([record], [StreamRead(subject=log_subject(self.origin), count=0, digest=bytes(32))])
        return record

    def state(self, body: Body, signer: Signer, *, visible_to: tuple[str, ...] | None = None) -> Record:
        """Return the sealed record of what a party states, once it is acknowledged.

        Args:
            body: what is stated.
            signer: who states it.
            visible_to: None for all, else the parties who may see it besides the signer.

        Raises:
            RefusedError, ConflictError: the party may not state this, or its key may not sign; others kept being first.
        """
        salt = None if visible_to is None else self._salt()

        def attempt() -> Record:
            prepared = self._preparing(signer.party, signer.key).statement(body, visible_to=visible_to, salt=salt)
            return self.append_prepared(prepared, prepared.sealed(signer.key))[0]

        return self._again(attempt)

    def grant_key(self, party: str, key: Key, signer: Signer, *, replaces: str | None = None) -> Record:
        """Return the record that grants a key to a party, or with `replaces` rotates an older one.

        Raises:
            RefusedError: the signer is neither the party nor the operator, or the key was granted before.
        """
        return self._about_keys(KeyGranted(origin=self.origin, party=party, key=key, replaces=replaces), signer)

    def revoke_key(self, party: str, kid: str, signer: Signer, *, since: int | None = None, reason: str) -> Record:
        """Return the record that revokes a key from log index `since` on (None: from now on).

        Raises:
            RefusedError: the signer is neither the party nor the operator, or there is no such key.
        """
        start = self.store.size() if since is None else since
        return self._about_keys(KeyRevoked(origin=self.origin, party=party, kid=kid, since=start, reason=reason), signer)

    def _about_keys(self, body: Body, signer: Signer) -> Record:
        def attempt() -> Record:
            record = seal(statement(body), issuer=signer.party, key=signer.key, now=self.now())
            self._append([record], self.check_key(record))
            return record

        return self._again(attempt)

    def perform(self, command: Command, signer: Signer) -> tuple[Record, ...]:
        """Return the sealed records of what a command decides, once they are acknowledged.

        The decision reads through a view that notes what it reads; if a stream that it read moves before the records are in,
        somebody was first, and it is made again.

        Raises:
            RefusedError: the party may not ask it, a rule forbids it, or the key may not sign.
            ConflictError: others kept being first.
            OpenQIError: as the pillar's function says.
        """
        salt = None if command.visible_to is None else self._salt()

        def attempt() -> tuple[Record, ...]:
            preparing = self._preparing(signer.party, signer.key)
            prepared = preparing.decision(command, salt=salt, new_salt=self._salt)
            return self.append_prepared(prepared, prepared.sealed(signer.key))

        return self._again(attempt)

    def prepared(
        self,
        asked: Body | Command,
        *,
        party: str,
        hand: str,
        visible_to: tuple[str, ...] | None = None,
        view: NotingView | None = None,
    ) -> Prepared:
        """Return what a party would seal, permitted and decided and not yet signed. Nothing comes into the log.

        Args:
            asked: what is to be stated, or decided.
            party: who asks.
            hand: kid of the key that is to sign.
            visible_to: None for all, else the parties who may see it besides the signer.
            view: what it is decided on; None for the log as it is now.

        Raises:
            OpenQIError: as `state` and `perform` say.
        """
        preparing = Preparing(self.store, view or self.view(), party=party, hand=hand)
        salt = None if visible_to is None else self._salt()
        if isinstance(asked, Body):
            return preparing.statement(asked, visible_to=visible_to, salt=salt)
        return preparing.decision(msgspec.structs.replace(asked, visible_to=visible_to), salt=salt, new_salt=self._salt)

    def append_prepared(self, prepared: Prepared, records: Sequence[Record], also: Iterable[StreamRead] = ()) -> tuple[Record, ...]:
        """Return the records of what was prepared, once they are acknowledged.

        Args:
            prepared: what was decided, on what.
            records: the same, signed.
            also: further streams that must not have moved.

        Raises:
            RefusedError: the key may not sign for the party.
            ConflictError: a stream that was read has moved; nothing was kept, decide again.
        """
        for content in (content for one in prepared.stated for content in one.contents):
            self.store.put_blob(content)
        self._append(records, [*prepared.reads, *also, *self.check_key(records[0])])
        return tuple(records)

    def _preparing(self, party: str, key: SigningKey) -> Preparing:
        return Preparing(self.store, self.view(), party=party, hand=key.public_key.kid)

    def _salt(self) -> str:
        return base64url(self._chance(16))

    def countersign(self, record_id: str, signer: Signer, second: SigningKey) -> Record:
        """Return the record of a second signature over the signed bytes of a record.

        Args:
            record_id: what is signed a second time.
            signer: who seals the new record.
            second: the key of the second signature, the same party's; any algorithm of the catalogue.

        Raises:
            RefusedError: the second key is not the signer's.
        """
        target = self.logged(record_id)
        signature = base64url(second.sign(target.record.jws.rpartition(b".")[0]))
        body = Countersigned(record=record_id, key=_key(second), signature=signature)
        return self.state(body, signer, visible_to=target.record.statement.visible_to)

    def append_signed(self, records: Sequence[Record]) -> tuple[int, ...]:
        """Return the indices of records that others sealed, after checking each signature against the log's keys.

        This is the bulk way in: one durable commit for all of them. Kinds and roles were checked where they were decided.

        Raises:
            VerificationError: a signature does not hold or its key may not sign; nothing is appended.
        """
        rings: dict[tuple[str, ...], KeyRing] = {}
        reads: list[StreamRead] = []
        size = self.store.size()
        for place, record in enumerate(records):
            if about_keys(record.kind):
                raise VerificationError("key", f"record {record.id} is about keys; it comes in by grant_key or revoke_key")
            if record.kind in kinds():
                check_kind(record.statement)
            if record.kind == ADMITTED:
                raise RefusedError("admitted-with-dossier", f"record {record.id} is an admission; it comes in with its dossier")
            if record.basis is not None and parse_basis(record.basis).known_at > size + place:
                raise VerificationError("basis", f"record {record.id} says that it knew more of the log than there is")
            kids = tuple(kids_of(record))
            if kids not in rings:
                rings[kids], noted = key_ring(self.store, record)
                reads += noted
            judge(self.store, rings[kids], size + place, record)
        return self._append(records, reads)

    def check_key(self, record: Record) -> tuple[StreamRead, ...]:
        """Return the reads under which a record may be appended: a revocation of its key in between is then a conflict.

        Raises:
            RefusedError: the record's key may not sign for its issuer now.
        """
        ring, reads = key_ring(self.store, record)
        try:
            judge(self.store, ring, self.store.size(), record)
        except VerificationError as error:
            raise RefusedError("key-valid", str(error)) from error
        return reads

    def _append(self, records: Sequence[Record], reads: Iterable[StreamRead]) -> tuple[int, ...]:
        incoming = [Incoming(record=record) for record in records]
        once: dict[str, StreamRead] = {}
        for read in reads:
            if once.setdefault(read.subject, read) != read:
                raise ConflictError(f"stream {read.subject} moved between two reads of one decision")
        return self.store.append(incoming, reads=tuple(once.values()), checkpoint=self.checkpoint).indices

    def checkpoint(self, size: int, root: bytes) -> bytes:
        """Return the signed checkpoint note for a size and root."""
        return signed(Checkpoint(origin=self.origin, size=size, root=root).note(), self._signing(), self.origin).encode()

    def _signing(self) -> SigningKey:
        if self._log_key is None:
            raise RefusedError("log-key", f"the key of the log {self.origin} is not at hand; open the ledger with its passphrase")
        return self._log_key

    def _again(self, attempt: Callable[[], T]) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return attempt()
            except ConflictError:
                continue
        return attempt()

    def logged(self, record_id: str) -> Logged:
        """Return a record with its place; raises NotFoundError."""
        return self.store.logged(record_id)


def _key(key: SigningKey) -> Key:
    return Key(**key.public_key.as_json())
