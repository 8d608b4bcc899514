"""Signing at home: what a request says before anybody signs it, and the signatures on it. No ledger and no network is needed."""

import json
from dataclasses import dataclass
from typing import Any, Final

from openqi.app.acts.sealing.tickets import FORMAT, SIGNED, Ticket, statement_of
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, RefusedError

MAX_FILE: Final = 5_000_000
_MEMBERS: Final = {"format", "ticket", "party", "kid", "act", "documents"}


@dataclass(frozen=True, kw_only=True)
class ToSign:
    """A request and what each of its documents says."""

    ticket: Ticket
    records: tuple[Record, ...]


def read_request(data: bytes) -> ToSign:
    """Return what a request asks to be signed, read out of the very bytes that will be.

    Raises:
        FormatError: no request, or its documents are no records of the party and key that it names.
    """
    try:
        told: Any = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the request is no JSON: {error}; download it again") from error
    if type(told) is not dict or set(told) != _MEMBERS or told["format"] != FORMAT:
        raise FormatError(f"the file is no {FORMAT}; download the request again")
    documents = told["documents"]
    texts = [told[name] for name in ("ticket", "party", "kid", "act")]
    if type(documents) is not list or not documents or any(type(one) is not str for one in (*texts, *documents)):
        raise FormatError("a request names ticket, party, kid and act, and has documents")
    try:
        records = tuple(statement_of(one)[0] for one in documents)
    except UnicodeEncodeError as error:
        raise FormatError("a document of the request is no ASCII; download it again") from error
    for record in records:
        # What is signed is what is shown, and for whom the request says.
        if (record.issuer, record.kid) != (told["party"], told["kid"]):
            raise FormatError(f"a document speaks for {record.issuer} with the key {record.kid}, the request says otherwise")
    ticket = Ticket(id=told["ticket"], party=told["party"], kid=told["kid"], act=told["act"], documents=tuple(documents))
    return ToSign(ticket=ticket, records=records)


def signatures_on(asked: ToSign, key: SigningKey) -> bytes:
    """Return the content of the file with the signatures.

    Raises:
        RefusedError: the request asks for another key.
    """
    kid = key.public_key.kid
    if kid != asked.ticket.kid:
        raise RefusedError("own-key", f"the request is for the key {asked.ticket.kid}, this is {kid}; use that key file")
    signatures = [base64url(key.sign(one.encode("ascii"))) for one in asked.ticket.documents]
    return json.dumps({"format": SIGNED, "ticket": asked.ticket.id, "signatures": signatures}, indent=1).encode() + b"\n"
