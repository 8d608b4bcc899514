"""Who is who and who may do what: genesis, parties, keys, roles, delegation, second signatures, withdrawal, admission."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, ClassVar

import msgspec

from openqi.evidence.keys import COUNTERSIGNED, GENESIS, KEY_GRANTED, KEY_REVOKED, log_subject
from openqi.evidence.log.foreign import ADMITTED, admitted_subject
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import END, Body, Index, Instant, Names, RecordId, Text, Uri, body


def roles_subject(party: str) -> str:
    """Return the subject in whose stream everything about a party's roles lies, apart from its other business."""
    return f"{party}#roles"


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key as records state it; `kid` is its JWK thumbprint URI."""

    algorithm: Text
    kid: Uri
    public: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+" + END, max_length=4000)]


class Identifier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that others know a party by: `scheme` is uscI, gln, lei or a URI; for USCI the check character was checked."""

    scheme: Text
    value: Text


class Genesis(Body, frozen=True):
    """Entry 0 of a log: its origin, who operates it and with which keys. Trust policies pin its id."""

    KIND: ClassVar[str] = GENESIS

    origin: Text
    operator: Uri
    name: Names
    keys: tuple[Key, ...]
    log: Text

    def subjects(self) -> tuple[str, ...]:
        return (log_subject(self.origin), self.operator, *(key.kid for key in self.keys))


class PartyRegistered(Body, frozen=True):
    """A party is known under a URI, with its names and numbers."""

    KIND: ClassVar[str] = "governance.party-registered/1"
    ROLE: ClassVar[str | None] = "operator"

    party: Uri
    name: Names
    identifiers: tuple[Identifier, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.party,)


class KeyGranted(Body, frozen=True):
    """A key signs for a party from the next index on; with `replaces` an older key of the party ends here (rotation)."""

    KIND: ClassVar[str] = KEY_GRANTED

    origin: Text
    party: Uri
    key: Key
    replaces: Uri | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.party, self.key.kid, *([self.replaces] if self.replaces else []))


class KeyRevoked(Body, frozen=True):
    """A key does not count from log index `since` on, which may lie before this record: compromised since then."""

    KIND: ClassVar[str] = KEY_REVOKED

    origin: Text
    party: Uri
    kid: Uri
    since: Index
    reason: Text

    def subjects(self) -> tuple[str, ...]:
        return (self.party, self.kid)


class RoleGranted(Body, frozen=True):
    """A party may act in a role, between two instants (an open end is no end)."""

    KIND: ClassVar[str] = "governance.role-granted/1"
    ROLE: ClassVar[str | None] = "operator"

    party: Uri
    role: Text
    valid_from: Instant
    valid_until: Instant | None = None

    def subjects(self) -> tuple[str, ...]:
        return (roles_subject(self.party),)


class RoleEnded(Body, frozen=True):
    """A role that was granted ends at an instant."""

    KIND: ClassVar[str] = "governance.role-ended/1"
    ROLE: ClassVar[str | None] = "operator"

    party: Uri
    role: Text
    ended_at: Instant
    reason: Text

    def subjects(self) -> tuple[str, ...]:
        return (roles_subject(self.party),)


class Delegated(Body, frozen=True):
    """A party lets another act in a role that it holds, between two instants; what is delegated cannot be passed on."""

    KIND: ClassVar[str] = "governance.delegated/1"

    party: Uri
    to: Uri
    role: Text
    valid_from: Instant
    valid_until: Instant

    def subjects(self) -> tuple[str, ...]:
        return (roles_subject(self.to), self.party)


class Countersigned(Body, frozen=True):
    """A second signature over the signed bytes of a record: a second appraiser, or another algorithm such as SM2."""

    KIND: ClassVar[str] = COUNTERSIGNED

    record: RecordId
    key: Key
    signature: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+" + END, max_length=8000)]

    def subjects(self) -> tuple[str, ...]:
        return (record_subject(self.record),)


class Withdrawn(Body, frozen=True):
    """A record no longer stands. It lies in every stream of what it withdraws and in that of the record itself."""

    KIND: ClassVar[str] = "governance.withdrawn/1"

    record: RecordId
    streams: tuple[Uri, ...]
    reason: Text

    def subjects(self) -> tuple[str, ...]:
        return (*self.streams, record_subject(self.record))


def operator(view: View) -> str:
    """Return the party that operates the log.

    Raises:
        RefusedError: the log has no genesis yet.
    """
    for record in view.stream(log_subject(view.origin))[:1]:
        if record.kind == GENESIS:
            return body(record, Genesis).operator
    raise RefusedError("log-founded", f"the log {view.origin} has no genesis; found it first with `openqi log new`")


def withdrawal(record: Record, others: Iterable[Record], home: Callable[[str], str]) -> Record | None:
    """Return the withdrawal of a record among others: its issuer's, from the log where both are at home; None where there is none.

    Args:
        record: what may have been withdrawn.
        others: a stream in which it lies.
        home: origin of a record, see `View.home`; under another origin somebody else may bear the issuer's name.
    """
    for other in others:
        speaks = other.kind == Withdrawn.KIND and other.body.get("record") == record.id
        if speaks and other.issuer == record.issuer and home(other.id) == home(record.id):
            return other
    return None


def withdrawals(stream: Iterable[Record]) -> Mapping[str, tuple[Record, ...]]:
    """Return the withdrawals in a stream by the record that each names; whether one counts says `withdrawal`.

    To look through a whole stream again for each of its records takes minutes where it holds ten thousand.
    """
    found: dict[str, tuple[Record, ...]] = {}
    for other in stream:
        if other.kind == Withdrawn.KIND:
            name = str(other.body.get("record"))
            found[name] = (*found.get(name, ()), other)
    return found


def first_standing(records: Iterable[Record], kind: type[Body], home: Callable[[str], str], origin: str) -> Record | None:
    """Return the first record of a kind in a log that its issuer has not withdrawn, None where there is none.

    Who comes first speaks: of registrations of one product that of its maker, whoever else writes under the same name later.

    Args:
        records: a stream.
        kind: what is looked for.
        home: origin of a record, see `View.home`.
        origin: of the log whose records count.
    """
    own = [one for one in records if home(one.id) == origin]
    return next((one for one in own if one.kind == kind.KIND and withdrawal(one, own, home) is None), None)


class Admitted(Body, frozen=True):
    """A record of another log enters this one unchanged as the next entry; here is its home and its proof there."""

    KIND: ClassVar[str] = ADMITTED
    ROLE: ClassVar[str | None] = "operator"

    record: RecordId
    origin: Text
    index: Index
    path: tuple[str, ...]
    checkpoint: str

    def subjects(self) -> tuple[str, ...]:
        return (admitted_subject(self.origin),)
