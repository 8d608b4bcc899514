"""Signing with a key elsewhere: the exact bytes go out as a small file, a signature comes back, and the decision is made again.

What was noted when it was prepared still has to hold when it comes in: it is decided a second time on exactly that view, which
has to give the same bytes, once on the log as it is now, which has to permit it still, and it is appended only if no noted
stream has moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from openqi.app.acts.acts import Act, act_of
from openqi.app.acts.audience import Audience
from openqi.app.acts.problems import built
from openqi.app.acts.sealing.outcomes import Sealed
from openqi.app.acts.sealing.papers import Papers
from openqi.app.acts.sealing.writing import Writing, hat_worn, request_of
from openqi.app.ledger import Ledger
from openqi.app.people.visitor import Hat, Visitor
from openqi.app.prepared import Prepared, Preparing
from openqi.evidence.algorithms.algorithm import PublicKey, public_key
from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.keys import GENESIS, KEY_GRANTED
from openqi.evidence.record import Record, Statement, verify_signature
from openqi.evidence.sealing import joined
from openqi.kernel.errors import ConflictError, FormatError, RefusedError, VerificationError
from openqi.kernel.instant import parse_instant
from openqi.records import Body, Command

FORMAT: Final = "openqi-request/1"
SIGNED: Final = "openqi-signatures/1"
LIFETIME: Final = timedelta(hours=24)
"""So long a signature may take; afterwards the decision is prepared anew."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What goes out to be signed.

    Args:
        id: names it when the signatures come back.
        party, kid: who is to sign, with which key.
        act: what is done.
        documents: the bytes to sign, `header.payload`, one for each record.
    """

    id: str
    party: str
    kid: str
    act: str
    documents: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the content of the file."""
        whole = {"format": FORMAT, "ticket": self.id, "party": self.party, "kid": self.kid, "act": self.act}
        return {**whole, "documents": list(self.documents)}


class Tickets:
    """Prepares and takes in what is signed elsewhere.

    Args:
        writing: permits and decides.
        papers: keeps tickets.
    """

    def __init__(self, writing: Writing, papers: Papers) -> None:
        self._writing, self._papers = writing, papers

    def prepare(self, act: Act, arguments: Mapping[str, Any], visitor: Visitor, audience: Audience) -> Ticket:
        """Return what has to be signed. Nothing comes into the log.

        Raises:
            FieldsError: a field is wrong.
            RefusedError: the party may not, a rule forbids it, or the person has no key of their own.
            OpenQIError: as `Writing.seal` says.
        """
        hat, asked, ledger = hat_worn(visitor), built(act, arguments), self._writing.ledger
        kid = _own_kid(hat)
        readers = self._writing.readers(act, asked, hat.party, audience)
        prepared = ledger.prepared(asked, party=hat.party, hand=kid, visible_to=readers)
        documents = [one.decode("ascii") for one in prepared.signed_bytes(_key_of(ledger, kid))]
        content = {
            "arguments": act.arguments(asked), "reach": audience.reach, "also": list(audience.also), "kid": kid,
            "readers": None if readers is None else list(readers), "salt": prepared.stated[0].salt, "now": prepared.now,
            "knownAt": prepared.known_at, "documents": documents,
        }  # fmt: skip
        paper = self._papers.put("ticket", visitor, act.name, content)
        return Ticket(id=paper.id, party=hat.party, kid=kid, act=act.name, documents=tuple(documents))

    def ticket(self, visitor: Visitor, name: str) -> Ticket:
        """Return a ticket again; raises NotFoundError."""
        paper = self._papers.get("ticket", visitor, name)
        kid, documents = str(paper.content["kid"]), tuple(map(str, paper.content["documents"]))
        return Ticket(id=paper.id, party=paper.party, kid=kid, act=paper.act, documents=documents)

    def submit(self, visitor: Visitor, name: str, signatures: Sequence[str]) -> Sealed:
        """Return what was sealed with signatures that were made elsewhere.

        Args:
            visitor: whose ticket it is.
            name: of the ticket.
            signatures: base64url, one for each document and in their order; or whole JWS.

        Raises:
            NotFoundError: no such ticket.
            FormatError: no signatures, or another number of them.
            RefusedError: a signature does not hold, the ticket is too old, or it is no longer permitted.
            ConflictError: something that it was decided on has moved; prepare it anew.
        """
        paper = self._papers.get("ticket", visitor, name)
        told, act, ledger = paper.content, act_of(paper.act), self._writing.ledger
        asked = built(act, told["arguments"])
        audience = Audience(reach=told["reach"], also=tuple(told["also"]))
        request = request_of(act, asked, visitor, audience, f"ticket-{paper.id}")
        before = self._writing.once.before(request)
        if before is not None:
            return Sealed(records=before, again=True)
        key = _key_of(ledger, told["kid"])
        records = [
            _signed(document, text, key) for document, text in zip(told["documents"], _counted(told, signatures), strict=True)
        ]
        if parse_instant(ledger.now()) - parse_instant(told["now"]) > LIFETIME:
            raise RefusedError(
                "ticket-age", f"this was prepared at {told['now']}, more than a day ago; prepare it anew and sign that"
            )
        # Permitted still, on the log as it is now: a role may have ended by the clock alone.
        readers = self._writing.readers(act, asked, paper.party, audience)
        ledger.prepared(asked, party=paper.party, hand=key.kid, visible_to=readers)
        prepared = _again(ledger, asked, paper.party, told)
        if [one.decode("ascii") for one in prepared.signed_bytes(key)] != told["documents"]:
            raise ConflictError("the same is no longer decided on what was noted; prepare it anew and sign that")
        return Sealed(records=self._writing.once.commit(request, prepared, records))


def _again(ledger: Ledger, asked: Command | Body, party: str, told: Mapping[str, Any]) -> Prepared:
    """What is decided on exactly the view that was noted, with the same salt."""
    view = ledger.view(valid_at=told["now"], known_at=told["knownAt"])
    preparing = Preparing(ledger.store, view, party=party, hand=told["kid"])
    readers = None if told["readers"] is None else tuple(told["readers"])
    if isinstance(asked, Body):
        return preparing.statement(asked, visible_to=readers, salt=told["salt"])
    from msgspec.structs import replace

    salt = None if readers is None else told["salt"]
    return preparing.decision(replace(asked, visible_to=readers), salt=salt, new_salt=lambda: str(told["salt"]))


def _own_kid(hat: Hat) -> str:
    if hat.kid is None:
        raise RefusedError("own-key", f"you have no key yet with which you sign for {hat.party}; ask for one first")
    if hat.kept:
        raise RefusedError("own-key", "the station keeps your key and signs with it; there is nothing to sign elsewhere")
    return hat.kid


def _key_of(ledger: Ledger, kid: str) -> PublicKey:
    """The public half of a key, out of the record that granted it."""
    for logged in ledger.store.stream(kid):
        stated = [logged.record.body.get("key")] if logged.record.kind == KEY_GRANTED else []
        stated += logged.record.body["keys"] if logged.record.kind == GENESIS else []
        for one in stated:
            if isinstance(one, Mapping) and one.get("kid") == kid:
                return public_key(dict(one))
    raise RefusedError("key-valid", f"no record of this log grants the key {kid[:120]}")


def _counted(told: Mapping[str, Any], signatures: Sequence[str]) -> Sequence[str]:
    if len(signatures) != len(told["documents"]):
        raise FormatError(f"{len(told['documents'])} signatures are wanted, {len(signatures)} came")
    return signatures


def _signed(document: str, text: str, key: PublicKey) -> Record:
    signed, _, signature = text.strip().rpartition(".")
    if signed and signed != document:
        raise RefusedError("as-prepared", "this signs something else than what was prepared; sign the file of this ticket")
    try:
        record = joined(document.encode("ascii"), base64url_bytes(signature))
        verify_signature(record, key)
    except VerificationError as error:
        raise RefusedError("signature", f"the signature does not hold with your key {key.kid}: {error}") from error
    return record


def statement_of(document: str) -> tuple[Record, Statement]:
    """Return what a document says to whoever is asked to sign it: it is read as the record that it will be.

    Raises:
        FormatError: it is no record.
    """
    record = joined(document.encode("ascii"), bytes(64))
    return record, record.statement
