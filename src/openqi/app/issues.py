"""One issue of marks as of one size of the log: whose key signed it, under which certificate or licence, whether both stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from openqi.app.mark_states import Speakers, State, state_of
from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.keys import GENESIS, key_records, key_rings
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError
from openqi.pillars.conformity.licensing.standing import last_day
from openqi.records import Names, body
from openqi.records.conformity import CertificateIssued, MarksIssued
from openqi.records.governance import Genesis, PartyRegistered, withdrawal
from openqi.records.licences import LicensedMarksIssued, MarkLicensed, MarkRulePublished
from openqi.records.recalls import RecallPublished
from openqi.store.store import Store

_What: TypeAlias = Literal["certificate", "licence"]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What holds for all marks of one record.

    `key` is the key that may sign for the issuer at the record's place in its log, None where there is none; `signed` are
    the bytes that it signed. `detail` says what keeps the marks from being proved, and is empty where nothing does. `shown`
    is what anybody may see of it, as JSON. `speakers` are who may say what became of its marks; `last_day` is the last day of the
    licence, "" under a certificate or where it cannot be read.
    """

    logged: Logged
    key: PublicKey | None
    signed: bytes
    detail: str
    withdrawn: bool
    public: bool
    shown: Mapping[str, Any]
    speakers: Speakers
    last_day: str = ""


def issue_of(store: Store, record_id: str, *, size: int) -> Issue:
    """Return what is known of an issue of marks.

    Args:
        store: the log.
        record_id: the marks record.
        size: of the log, as of which keys and withdrawals are judged.

    Raises:
        NotFoundError: the log does not hold the record.
    """
    return Judging(store, size).issue(store.logged(record_id))


def _withdrawn(what: "_What | Literal['marks']", record: Record) -> dict[str, Any]:
    return {"what": what, "by": record.id} if record.public else {"what": what}


def _stated(record: Record) -> MarksIssued | LicensedMarksIssued:
    return body(record, MarksIssued) if record.kind == MarksIssued.KIND else body(record, LicensedMarksIssued)


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The certificate or licence under which marks were issued."""

    shown: Mapping[str, Any] = field(default_factory=dict)
    ended: Record | None = None
    why: str = ""
    holders: tuple[str, ...] = ()
    licensor: str = ""
    last_day: str = ""


class Judging:
    """Reads of one log at one size."""

    def __init__(self, store: Store, size: int) -> None:
        self._store, self._size = store, size

    def issue(self, logged: Logged) -> Issue:
        record, stated = logged.record, _stated(logged.record)
        under: _What = "certificate" if isinstance(stated, MarksIssued) else "licence"
        key, detail = self._key(logged)
        ended = self._withdrawal(record)
        withdrawn = ended is not None
        shown: dict[str, Any] = {}
        if ended is not None:
            shown["withdrawn"] = _withdrawn("marks", ended)
        if record.public:
            shown |= {"issuer": self._party(logged), "issuedAt": record.valid_from, "product": stated.product}
        else:
            shown["withheld"] = True
        try:
            ground = self._ground(stated)
        except (NotFoundError, FormatError) as error:
            ground = _Ground(why=f"the {under} cannot be read: {error}")
        if ground.ended is not None:
            withdrawn = True
            shown.setdefault("withdrawn", _withdrawn(under, ground.ended))
        if record.public:
            uri, name = (
                (stated.certificate, stated.issued) if isinstance(stated, MarksIssued) else (stated.licence, stated.licensed)
            )
            shown[under] = {"uri": uri, "record": name, **ground.shown}
            if isinstance(stated, LicensedMarksIssued):
                shown["useUntil"] = stated.use_until
        return Issue(
            logged=logged, key=key, signed=record.jws.rpartition(b".")[0], detail=detail or ground.why, withdrawn=withdrawn,
            public=record.public, shown=shown,
            speakers=Speakers(origin=logged.origin, bearers=(record.issuer, *ground.holders), licensor=ground.licensor),
            last_day=ground.last_day,
        )  # fmt: skip

    def state(self, logged: Logged, marks: str, speakers: Speakers) -> State | None:
        """What a record tells of the marks of an issue, if it counts."""
        return state_of(logged, marks, speakers, stands=self._stands, recaller=self._recaller)

    def _stands(self, logged: Logged) -> bool:
        """Whether a key of its issuer signed a record, and its issuer did not withdraw it."""
        key, _ = self._key(logged)
        if key is None or self._withdrawal(logged.record) is not None:
            return False
        try:
            key.verify(logged.record.jws.rpartition(b".")[0], logged.record.signature)
        except VerificationError:
            return False
        return True

    def _recaller(self, name: str) -> str | None:
        try:
            logged = self._store.logged(name)
        except NotFoundError:
            return None
        return logged.record.issuer if logged.record.kind == RecallPublished.KIND and self._stands(logged) else None

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

    def _ground(self, stated: MarksIssued | LicensedMarksIssued) -> _Ground:
        """What the certificate or licence says, its withdrawal, and what keeps it from being proved."""
        logged = self._store.logged(stated.issued if isinstance(stated, MarksIssued) else stated.licensed)
        what = "certificate" if isinstance(stated, MarksIssued) else "licence"
        kind: type[CertificateIssued] | type[MarkLicensed] = CertificateIssued if what == "certificate" else MarkLicensed
        said = body(logged.record, kind)
        key, why = self._key(logged)
        shown: dict[str, Any] = {"signature": "passed" if key else "failed"}
        if logged.record.public:
            shown |= {"number": said.number, "holder": said.holder, "issuer": self._party(logged)}
            if isinstance(said, MarkLicensed):
                shown |= {"rule": self._rule(said), "validFrom": said.valid_from, "validUntil": said.valid_until}
        return _Ground(
            shown=shown, ended=self._withdrawal(logged.record), why=f"the {what}: {why}" if why else "", holders=(said.holder,),
            licensor=logged.record.issuer, last_day=last_day(said.valid_until) if isinstance(said, MarkLicensed) else "",
        )  # fmt: skip

    def _rule(self, licence: MarkLicensed) -> dict[str, Any]:
        """Which mark it is, by the rule that the licence names."""
        rule = body(self._store.logged(licence.published).record, MarkRulePublished)
        name = {language: text for language, text in (("zh", rule.name.zh), ("en", rule.name.en)) if text}
        return {"uri": rule.rule, "record": licence.published, "sort": rule.sort, "name": name}

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
