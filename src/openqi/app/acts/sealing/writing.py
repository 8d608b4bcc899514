"""Writing: from what somebody filled in to what is sealed, the same way for form, REST, tables and command line."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, Protocol

from openqi.app.acts.acts import Act, acts
from openqi.app.acts.audience import Audience, check_asked, check_seen, visible_to
from openqi.app.acts.problems import FieldsError, built
from openqi.app.acts.sealing.once import Once, Request, check_token
from openqi.app.acts.sealing.outcomes import Change, Offered, OvertakenError, Preview, Refusal, Sealed, refusal_of
from openqi.app.ledger import ATTEMPTS, Ledger, Signer
from openqi.app.people.visitor import Hat, Visitor
from openqi.app.prepared import Prepared
from openqi.app.workflow import role_missing
from openqi.evidence.algorithms.algorithm import THUMBPRINT
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.keys import log_subject
from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import ConflictError, NotFoundError, OpenQIError, RefusedError
from openqi.pillars.governance.task_register import LIMITS
from openqi.pillars.governance.views import PARTIES, roles_held
from openqi.records import Body, Command, Names
from openqi.records.duties import MARK
from openqi.store.desk import writing as tables
from openqi.store.desk.desk import Desk

_OF_PERMITS: Final = ("#roles", "#admitted")
_NOBODY: Final = signing_key(bytes(32))


class Hands(Protocol):
    """Knows whose hand signs."""

    def signer(self, visitor: Visitor) -> Signer:
        """Return the party of the hat that is worn, with the key that the station keeps for this person.

        Raises:
            RefusedError: there is none, the person signs with a file of their own, or has to prove again who they are.
        """
        ...


class NoHands:
    """Keeps no key: where everybody signs with a file of their own."""

    def signer(self, visitor: Visitor) -> Signer:
        """Refuse: there is no key here.

        Raises:
            RefusedError: always; the message says how to sign.
        """
        party = hat_worn(visitor).party
        raise RefusedError("own-key", f"no key of {party} is kept here; prepare it and sign with your own file: openqi act sign")


class Writing:
    """Permits, decides, seals.

    Args:
        ledger: where evidence comes in.
        desk: keeps tokens, so that a form that is posted twice seals once.
        hands: knows whose hand signs.
    """

    def __init__(self, ledger: Ledger, desk: Desk, hands: Hands) -> None:
        self.ledger, self.desk, self._hands = ledger, desk, hands
        self.once = Once(ledger, desk, ledger.now)

    def offered(self, visitor: Visitor, view: View | None = None) -> tuple[Offered, ...]:
        """Return every act, and whether the party whose hat is worn may do it now.

        Args:
            visitor: who asks.
            view: where their roles are read; None for the ledger as it is now.
        """
        party, seen = hat_worn(visitor).party, view or self.ledger.view()
        held = roles_held(seen, party)

        def why(act: Act) -> Refusal | None:
            if act.role is None or act.role in held:
                return None
            return refusal_of(role_missing(party, act.role, held, seen.valid_at))

        told = [(act, why(act)) for act in acts().values()]
        return tuple(Offered(act=act, may=refusal is None, why=refusal) for act, refusal in told)

    def parties(self, most: int = 200) -> tuple[tuple[str, Names], ...]:
        """Return the parties of this log that were registered last, each with its URI and name."""
        page = self.ledger.store.page(PARTIES, order=("registered_at",), descending=True, limit=most)
        found = [row for row in page.rows if row["origin"] == self.ledger.origin]
        return tuple(
            (str(row["party"]), Names(zh=str(row["name_zh"] or ""), en=str(row["name_en"] or row["party"]))) for row in found
        )

    def limits(self, most: int = 200) -> tuple[tuple[str, Names], ...]:
        """Return the limits that the operator of this log has published and not withdrawn, each with its record and name."""
        page = self.ledger.store.page(LIMITS, where={"origin": self.ledger.origin}, order=("limit_uri",), limit=most)
        return tuple((str(row["record"]), Names(zh=str(row["name_zh"] or ""), en=str(row["name_en"] or ""))) for row in page.rows)

    def preview(self, act: Act, arguments: Mapping[str, Any], visitor: Visitor, audience: Audience) -> Preview:
        """Return what an act would state if it were sealed now, or why it would be refused. Nothing comes into the log.

        Raises:
            FieldsError: a field is wrong.
            RefusedError: no hat is worn.
        """
        hat, asked = hat_worn(visitor), built(act, arguments)
        told: dict[str, Any] = {"act": act, "arguments": act.arguments(asked), "audience": audience}
        size = self.ledger.store.size()
        readers: tuple[str, ...] | None = ()
        try:
            readers = self.readers(act, asked, hat.party, audience)
            prepared = self.ledger.prepared(asked, party=hat.party, hand=hat.kid or "", visible_to=readers)
            prepared.sealed(_NOBODY)  # what would be too large, or no evidence in its form, is told now
        except FieldsError:
            raise
        except OpenQIError as error:
            return Preview(**told, visible_to=readers, known_at=size, refusal=refusal_of(error))
        shown = prepared.stated[0].visible_to
        return Preview(**told, visible_to=shown, known_at=prepared.known_at, stated=prepared.stated)

    def seal(
        self, act: Act, arguments: Mapping[str, Any], visitor: Visitor, audience: Audience, *, token: str, seen: int | None = None
    ) -> Sealed:
        """Return what was sealed for a token: now, or when it was sent before.

        Args:
            act, arguments, visitor, audience: as for `preview`.
            token: new for every form; what is sent twice under one token is sealed once.
            seen: `known_at` of the preview that was agreed to; what came since is told instead of sealing over it.

        Raises:
            FieldsError: a field is wrong.
            RefusedError: the party may not, a rule forbids it, or the key may not sign; the same token may be sent again.
            OvertakenError: something came since the preview.
            ConflictError: others kept being first.
            OpenQIError: as `Ledger.perform` says.
        """
        hat, asked = hat_worn(visitor), built(act, arguments)
        request = request_of(act, asked, visitor, audience, token)
        before = self.once.before(request)
        if before is not None:
            return Sealed(records=before, again=True)
        try:
            signer = self._hands.signer(visitor)
            if signer.party != hat.party:
                raise RefusedError("hat-worn", f"the key at hand is of {signer.party}, the hat that is worn of {hat.party}")
            return Sealed(records=self._sealed(act, asked, signer, audience, request, seen))
        except ConflictError:
            raise
        except OpenQIError as error:
            why = refusal_of(error)
            self.once.refused(request, why.rule, why.told)
            raise

    def sealed_by(self, visitor: Visitor, token: str) -> tuple[Record, ...]:
        """Return the records that a token of the visitor has sealed.

        Raises:
            NotFoundError: it has sealed none.
        """
        with self.desk.reading() as connection:
            known = tables.noted(connection, visitor.account, token[:100])
        if known is None or known.state != "sealed":
            raise NotFoundError("nothing was sealed under this token")
        return tuple(self.ledger.logged(name).record for name in known.records)

    def readers(self, act: Act, asked: Command | Body, party: str, audience: Audience) -> tuple[str, ...] | None:
        """Return who may see the outcome besides the signer, after checking that the signer sees what it names; None for all."""
        return readers_of(self.ledger, act, asked, party, audience)

    def _sealed(
        self, act: Act, asked: Command | Body, signer: Signer, audience: Audience, request: Request, seen: int | None
    ) -> tuple[Record, ...]:
        last = ConflictError("others kept being first; send it again")
        for _ in range(ATTEMPTS):
            readers = self.readers(act, asked, signer.party, audience)
            hand = signer.key.public_key.kid
            try:
                prepared = self.ledger.prepared(asked, party=signer.party, hand=hand, visible_to=readers)
            except RefusedError:
                if seen is not None:
                    self._check_not_overtaken(asked, signer, readers, seen)
                raise
            if seen is not None:
                self.check_seen_still(prepared, seen)
            try:
                return self.once.commit(request, prepared, prepared.sealed(signer.key))
            except ConflictError as error:
                last = error
        raise last

    def _check_not_overtaken(
        self, asked: Command | Body, signer: Signer, readers: tuple[str, ...] | None, seen: int
    ) -> None:  # fmt: skip
        """Raise OvertakenError where what is refused now was not at a size of the log, because somebody was first since.

        Whoever had agreed to a preview is told who was first, and not only that a rule forbids it by now.
        """
        size = self.ledger.store.size()
        try:
            view, hand = self.ledger.view(known_at=seen), signer.key.public_key.kid
            then = self.ledger.prepared(asked, party=signer.party, hand=hand, visible_to=readers, view=view)
        except OpenQIError:
            return
        self.check_seen_still(then, seen, known_at=size)

    def check_seen_still(self, prepared: Prepared, seen: int, *, known_at: int | None = None) -> None:
        """Raise OvertakenError where something came that matters to what was previewed at a size of the log.

        That is whatever came into the streams that the decision reads, and what says the same about the same subject.
        """
        kinds = {one.kind for one in prepared.stated}
        own = {one.streams[0] for one in prepared.stated}
        read = {str(one["subject"]) for one in (prepared.basis or {}).get("streams", ())}
        changes: dict[str, Change] = {}
        for subject in sorted(subject for subject in read | own if not self._of_permits(subject)):
            for logged in self.ledger.store.stream(subject):
                if logged.index >= seen and (subject in read or logged.record.kind in kinds):
                    changes[logged.record.id] = _change(logged.record, prepared.party)
        if changes:
            raise OvertakenError(tuple(changes.values()), known_at or prepared.known_at)

    def _of_permits(self, subject: str) -> bool:
        """What changes there is told as a refusal, or is nothing to the one who asks."""
        log = log_subject(self.ledger.origin)
        return subject == log or subject.startswith(THUMBPRINT) or subject.endswith(_OF_PERMITS) or MARK in subject


def readers_of(ledger: Ledger, act: Act, asked: Command | Body, party: str, audience: Audience) -> tuple[str, ...] | None:
    """Return who may see an outcome besides the signer, after checking that the signer sees what it names; None for all."""
    check_asked(ledger, asked)
    check_seen(ledger, asked, party)
    return visible_to(ledger, act, asked, party, audience)


def hat_worn(visitor: Visitor) -> Hat:
    """Return the hat that is worn; raises RefusedError where there is none."""
    if visitor.hat is None:
        raise RefusedError("hat-worn", "choose for which organisation you act; if there is none, ask for an invitation")
    return visitor.hat


def request_of(act: Act, asked: Command | Body, visitor: Visitor, audience: Audience, token: str) -> Request:
    """Return what a token stands for; the same content gives the same digest.

    Raises:
        FormatError: no token.
    """
    party = hat_worn(visitor).party
    whole = {
        "act": act.name,
        "also": sorted(audience.also),
        "arguments": act.arguments(asked),
        "party": party,
        "to": audience.reach,
    }
    digest = sha256(canonical_bytes(whole, limit=1_000_000)).hexdigest()
    return Request(account=visitor.account, token=check_token(token), party=party, act=act.name, digest=digest)


def _change(record: Record, party: str) -> Change:
    if not record.public and party not in (record.issuer, *(record.statement.visible_to or ())):
        return Change(record=record.id)
    return Change(record=record.id, kind=record.kind, issuer=record.issuer, at=record.valid_from)
