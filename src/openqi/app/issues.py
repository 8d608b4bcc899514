"""One issue of marks as of one size of the log: whose key signed it, under which certificate, whether both still stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.keys import GENESIS, key_records, key_rings
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError
from openqi.records import Names, body
from openqi.records.conformity import CertificateIssued, MarksIssued
from openqi.records.governance import Genesis, PartyRegistered, withdrawal
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What holds for all marks of one record.

    `key` is the key that may sign for the issuer at the record's place in its log, None where there is none; `signed` are
    the bytes that it signed. `detail` says what keeps the marks from being proved, and is empty where nothing does. `shown`
    is what anybody may see of it, as JSON.
    """

    logged: Logged
    key: PublicKey | None
    signed: bytes
    detail: str
    withdrawn: bool
    public: bool
    shown: Mapping[str, Any]


def issue_of(store: Store, record_id: str, *, size: int) -> Issue:
    """Return what is known of an issue of marks.

    Args:
        store: the log.
        record_id: the marks record.
        size: of the log, as of which keys and withdrawals are judged.

    Raises:
        NotFoundError: the log does not hold the record.
    """
    return _Judging(store, size).issue(store.logged(record_id))


class _Judging:
    """Reads of one log at one size."""

    def __init__(self, store: Store, size: int) -> None:
        self._store, self._size = store, size

    def issue(self, logged: Logged) -> Issue:
        record, stated = logged.record, body(logged.record, MarksIssued)
        key, detail = self._key(logged)
        ended = self._withdrawal(record)
        withdrawn = ended is not None
        shown: dict[str, Any] = {}
        if ended is not None:
            shown["withdrawn"] = {"what": "marks", "by": ended.id} if ended.public else {"what": "marks"}
        if record.public:
            shown |= {"issuer": self._party(logged), "issuedAt": record.valid_from, "product": stated.product}
        else:
            shown["withheld"] = True
        try:
            certificate, ended, why = self._certificate(stated)
        except (NotFoundError, FormatError) as error:
            certificate, ended, why = {}, None, f"the certificate cannot be read: {error}"
        if ended is not None:
            withdrawn = True
            shown.setdefault("withdrawn", {"what": "certificate", "by": ended.id} if ended.public else {"what": "certificate"})
        if record.public:
            shown["certificate"] = {"uri": stated.certificate, "record": stated.issued, **certificate}
        return Issue(
            logged=logged,
            key=key,
            signed=record.jws.rpartition(b".")[0],
            detail=detail or why,
            withdrawn=withdrawn,
            public=record.public,
            shown=shown,
        )

    def _stream(self, subject: str) -> tuple[Logged, ...]:
        return self._store.stream(subject, known_at=self._size)

    def _key(self, logged: Logged) -> tuple[PublicKey | None, str]:
        """The key of the kid that the record names, if it may sign for the issuer at this place of its log; else why not."""
        rings, _ = key_rings(key_records(logged.record, logged.origin, self._stream))
        if logged.origin not in rings:
            return None, f"no record grants the key {logged.record.kid[:120]}"
        try:
            return rings[logged.origin].judge(logged.origin_index, logged.record).key, ""
        except VerificationError as error:
            return None, str(error)

    def _withdrawal(self, record: Record) -> Record | None:
        # A withdrawal lies in every stream of what it withdraws, so the first of them is enough.
        others = {one.record.id: one for one in self._stream(record.streams[0])}
        return withdrawal(record, (one.record for one in others.values()), lambda name: others[name].origin)

    def _certificate(self, stated: MarksIssued) -> tuple[dict[str, Any], Record | None, str]:
        """What the certificate says, its withdrawal, and what keeps it from being proved."""
        logged = self._store.logged(stated.issued)
        certificate = body(logged.record, CertificateIssued)
        key, why = self._key(logged)
        shown: dict[str, Any] = {"signature": "passed" if key else "failed"}
        if logged.record.public:
            shown |= {"number": certificate.number, "holder": certificate.holder, "issuer": self._party(logged)}
        return shown, self._withdrawal(logged.record), f"the certificate: {why}" if why else ""

    def _party(self, logged: Logged) -> dict[str, Any]:
        """The issuer of a record, and what its log calls it, where it was registered there."""
        party = logged.record.issuer
        names: list[Names] = []
        for one in self._stream(party):
            if one.origin != logged.origin:  # another log may know somebody else by that URI
                continue
            if one.record.kind == PartyRegistered.KIND:
                registered = body(one.record, PartyRegistered)
                names += [registered.name] if registered.party == party else []
            elif one.record.kind == GENESIS:
                names.append(body(one.record, Genesis).name)
        name = {language: text for language, text in (("zh", names[-1].zh), ("en", names[-1].en)) if text} if names else {}
        return {"party": party, "name": name} if name else {"party": party}
