"""Who may sign what when: keys are granted, replaced and revoked by records, and judged by their place in the log.

No clock and no certificate ever expires here: a signature counts if its record's index lies between the key's start and end.
The kinds below are the only ones that evidence itself reads, because without them nothing else can be believed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from openqi.evidence.algorithms.algorithm import THUMBPRINT, PublicKey, public_key
from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.record import Logged, Record, verify_signature
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError

GENESIS: Final = "governance.genesis/1"
KEY_GRANTED: Final = "governance.key-granted/1"
KEY_REVOKED: Final = "governance.key-revoked/1"
COUNTERSIGNED: Final = "governance.countersigned/1"
_STEMS: Final = ("governance.genesis/", "governance.key-granted/", "governance.key-revoked/")
KEY_KINDS: Final = frozenset({GENESIS, KEY_GRANTED, KEY_REVOKED})


def about_keys(kind: str) -> bool:
    """Return whether a kind speaks of keys, in this version or one to come: what is not understood must not be passed over."""
    return kind.startswith(_STEMS)


@dataclass(frozen=True, kw_only=True)
class KeySpan:
    """A key, whose it is, and the log indices for which it may sign: start <= index < end."""

    key: PublicKey
    party: str
    granted_by: str
    start: int
    end: int | None = None
    revoked: bool = False

    def covers(self, index: int) -> bool:
        """Return whether a record at `index` may be signed with the key."""
        return self.start <= index and (self.end is None or index < self.end)


class KeyRing:
    """The keys of one log, grown record by record in the order of the log.

    Rules: the genesis names the operator and its first keys and is signed by one of them. A key is granted to a party by the
    operator or by a key that the party holds then; with `replaces` it ends the older key. A key is revoked by its party or the
    operator, from the index `since` on, which may lie in the past; keys that it granted from there on go with it. What a
    stolen key revoked stays revoked, for that fails safe: the operator grants a new key.
    """

    def __init__(self) -> None:
        self.origin: str | None = None
        self.operator: str | None = None
        self.spans: dict[str, KeySpan] = {}
        self._granted: dict[str, list[str]] = {}

    def apply(self, index: int, record: Record) -> None:
        """Take in the record at `index` of the log, where it is one about keys; others change nothing.

        Raises:
            VerificationError: the record may not do what it states; the ring is as before.
        """
        if not about_keys(record.kind):
            return
        if record.kind not in KEY_KINDS:
            raise VerificationError("key", f"record {record.id} is a {record.kind}, unknown here; use a newer version")
        try:
            if record.kind == GENESIS:
                self._begin(index, record)
            else:
                self.judge(index, record)
                if record.body["origin"] != self.origin:  # else an operator could copy what a party said in another log
                    raise VerificationError("key", f"record {record.id} is about keys of {str(record.body['origin'])[:120]}")
                (self._grant if record.kind == KEY_GRANTED else self._revoke)(index, record)
        except (KeyError, TypeError, FormatError, NotFoundError) as error:
            raise VerificationError("key", f"record {record.id} at index {index} does not state a key well: {error}") from error

    def judge(self, index: int, record: Record) -> KeySpan:
        """Return the key that signed the record at `index`, after checking that it might and did.

        Raises:
            VerificationError: unknown key, another party's, not valid at that index, or a signature that does not hold.
        """
        span = self.spans.get(record.kid)
        if span is None:
            raise VerificationError("key", f"no record grants the key {record.kid[:120]} that signed record {record.id}")
        if span.party != record.issuer:
            raise VerificationError("key", f"record {record.id} is issued by {record.issuer} but signed with a key of {span.party}")
        if not span.covers(index):
            why = "revoked" if span.revoked else "replaced"
            until = "" if span.end is None else f" to {span.end - 1} ({why})"
            raise VerificationError("key", f"record {record.id} at index {index}: its key is valid from index {span.start}{until}")
        verify_signature(record, span.key)
        return span

    def judge_second(self, index: int, record: Record, target: Record) -> None:
        """Check the second signature that a `governance.countersigned/1` record carries over the signed bytes of its target.

        Raises:
            VerificationError: it names another record, its key is not the issuer's at that index, or it does not hold.
            NotFoundError: this installation does not know the algorithm.
        """
        try:
            key, signature = public_key(record.body["key"]), base64url_bytes(record.body["signature"])
        except (KeyError, TypeError, FormatError) as error:
            raise VerificationError("signature", f"record {record.id} does not state a second signature well: {error}") from error
        span = self.spans.get(key.kid)
        if record.body.get("record") != target.id or span is None or span.party != record.issuer or not span.covers(index):
            raise VerificationError("signature", f"record {record.id}: key {key.kid} was not {record.issuer}'s at index {index}")
        key.verify(target.jws.rpartition(b".")[0], signature)

    def _begin(self, index: int, record: Record) -> None:
        body = record.body
        keys = [public_key(stated) for stated in body["keys"]]
        if index != 0 or self.spans or record.issuer != body["operator"] or type(body["origin"]) is not str:
            raise VerificationError("genesis", "a genesis is entry 0 of its log and is issued by the operator that it names")
        signer = next((key for key in keys if key.kid == record.kid), None)
        if signer is None:
            raise VerificationError("genesis", "the genesis is not signed with one of the keys that it names")
        verify_signature(record, signer)
        _lies(record, log_subject(body["origin"]), *(key.kid for key in keys))
        self.origin, self.operator = body["origin"], record.issuer
        self.spans = {key.kid: KeySpan(key=key, party=record.issuer, granted_by=key.kid, start=0) for key in keys}

    def _grant(self, index: int, record: Record) -> None:
        body = record.body
        key, party, replaced = public_key(body["key"]), body["party"], body.get("replaces")
        self._may(record, party)
        _lies(record, key.kid, *([] if replaced is None else [replaced]))
        if key.kid in self.spans:
            raise VerificationError("key", f"key {key.kid} was granted before; a key is granted once")
        if replaced is not None:
            old = self.spans.get(replaced)
            if old is None or old.party != party or old.end is not None:
                raise VerificationError("key", f"key {str(replaced)[:120]} is not a valid key of {party}, so it cannot be replaced")
            self.spans[replaced] = replace(old, end=index + 1)
        self.spans[key.kid] = KeySpan(key=key, party=party, granted_by=record.kid, start=index + 1)
        self._granted.setdefault(record.kid, []).append(key.kid)

    def _revoke(self, index: int, record: Record) -> None:
        body = record.body
        span, since = self.spans.get(body["kid"]), body["since"]
        if span is None or type(since) is not int or not 0 <= since <= index:
            raise VerificationError("key", f"a revocation names a known key and an index from 0 to {index}")
        self._may(record, span.party)
        _lies(record, span.key.kid)
        self._end(span.key.kid, since)

    def _end(self, kid: str, since: int) -> None:
        waiting = [(kid, since)]
        while waiting:
            name, end = waiting.pop()
            span = self.spans[name]
            if span.revoked and span.end is not None and span.end <= end:
                continue
            self.spans[name] = replace(span, end=end if span.end is None else min(span.end, end), revoked=True)
            waiting += [(kid, self.spans[kid].start) for kid in self._granted.get(name, ()) if self.spans[kid].start > end]

    def _may(self, record: Record, party: Any) -> None:
        if record.issuer not in (party, self.operator):
            raise VerificationError("key", f"{record.issuer} may not decide on keys of {str(party)[:120]}")


def _lies(record: Record, *subjects: str) -> None:
    """Whoever judges a key looks in its stream: what is said elsewhere would be known to some readers and not to others."""
    for subject in subjects:
        if subject not in record.streams:
            raise VerificationError("key", f"record {record.id} does not lie in the stream {str(subject)[:120]} that it speaks of")


def log_subject(origin: str) -> str:
    """Return the subject in whose stream a log's genesis lies."""
    return f"https://{origin}"


def kids_of(record: Record) -> list[str]:
    """Return the keys that a record is judged by: who signed it, those that it speaks of, the one of a second signature."""
    named = [subject for subject in record.streams if subject.startswith(THUMBPRINT)] if about_keys(record.kind) else []
    second = record.body.get("key") if record.kind == COUNTERSIGNED else None
    return [record.kid, *named, *([str(second.get("kid"))] if isinstance(second, Mapping) else [])]


def key_records(record: Record, origin: str, stream: Callable[[str], Iterable[Logged]]) -> list[Logged]:
    """Return every record that says something about the key of `record` or about the keys that those records were signed with.

    Each record about a key lies in the stream of the key's kid, so this needs no list of all keys; it ends at the genesis.

    Args:
        record: any record of the log.
        origin: the log in which its keys are judged.
        stream: gives the records of a subject.
    """
    found: dict[str, Logged] = {}
    waiting, asked = kids_of(record), set[str]()
    while waiting:
        kid = waiting.pop()
        if kid in asked:
            continue
        asked.add(kid)
        for logged in stream(kid):
            if about_keys(logged.record.kind) and logged.origin == origin and logged.record.id not in found:
                found[logged.record.id] = logged
                waiting += kids_of(logged.record)
    return list(found.values())


def key_rings(logged: Iterable[Logged]) -> tuple[Mapping[str, KeyRing], tuple[VerificationError, ...]]:
    """Return the key ring of each origin, and the records about keys that were refused because they may not do what they state.

    Args:
        logged: records of any kinds and origins, in any order; each is taken at its place in its own log.
    """
    rings: dict[str, KeyRing] = {}
    refused = []
    for entry in sorted((entry for entry in logged if about_keys(entry.record.kind)), key=lambda entry: entry.origin_index):
        try:
            rings.setdefault(entry.origin, KeyRing()).apply(entry.origin_index, entry.record)
        except VerificationError as error:
            refused.append(error)
    return rings, tuple(refused)
