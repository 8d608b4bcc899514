"""Registers of pledges: editions, signatures with what became of them, proofs, and model firms with their status.

Nothing expires in them: until when something holds is a column, and whether it is over is asked with a date. How a promise stands
is in none of them, because it changes with the day: see `states`. Rows of records that are not public say so; whoever reads them
asks who may.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError
from openqi.records import Body, body
from openqi.records.governance import Withdrawn
from openqi.records.pledges import (
    OF_SIGNATURE,
    BenchmarkReviewed,
    ObligationShown,
    PledgeEnded,
    PledgeProved,
    PledgePublished,
    PledgeSigned,
)

B = TypeVar("B", bound=Body)
_OF_SIGNATURE: Final = (ObligationShown.KIND, PledgeProved.KIND, PledgeEnded.KIND)


def _said(record: Record, kind: type[B]) -> B | None:
    """The body of a record of a kind; None where it is another, is not decided, or was written elsewhere in another form."""
    if record.kind != kind.KIND or (kind.ROLE is None and kind is not Withdrawn and record.basis is None):
        return None
    try:
        return body(record, kind)
    except FormatError:
        return None


def signature_key(signed: str, origin: str) -> str:
    """Return the key of a signature in `PLEDGE_SIGNATURES`."""
    return f"{signed} {origin}"


def model_key(programme: str, firm: str, origin: str) -> str:
    """Return the key of a model firm in `MODEL_FIRMS`."""
    return f"{programme} {firm} {origin}"


def _edition_keys(logged: Logged) -> Iterable[str]:
    if logged.record.kind == PledgePublished.KIND:
        return (logged.record.id,)
    gone = _said(logged.record, Withdrawn)
    return () if gone is None else (gone.record,)


def _edition(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if row is not None:
        gone = record.kind == Withdrawn.KIND and (record.issuer, logged.origin) == (row["issuer"], row["origin"])
        return {**row, "withdrawn": record.id} if gone else row
    said = _said(record, PledgePublished)
    if said is None:
        return None
    return {
        "origin": logged.origin, "public": int(record.public), "published": record.id, "issuer": record.issuer,
        "pledge": said.pledge, "edition": said.edition,
        "name_zh": said.name.zh, "name_en": said.name.en, "obligations": len(said.obligations),
        "since": said.valid_from, "until": said.valid_until, "illustrative": int(said.illustrative), "withdrawn": None,
    }  # fmt: skip


PLEDGE_EDITIONS = Fold(
    name="pledge_editions",
    version=1,
    columns={
        "origin": str, "public": int, "published": str, "issuer": str, "pledge": str, "edition": str, "name_zh": str,
        "name_en": str, "obligations": int, "since": str, "until": str, "illustrative": int, "withdrawn": str,
    },
    keys=_edition_keys,
    step=_edition,
    indexes=(("origin", "public", "since"), ("origin", "pledge", "since")),
)  # fmt: skip
"""A row an edition of a pledge, with its withdrawal where there is one."""


def _signatures(record: Record) -> Iterable[str]:
    if record.kind == PledgeSigned.KIND:
        yield record.id
    elif record.kind in _OF_SIGNATURE:
        yield str(record.body.get("signed"))
    elif record.kind == Withdrawn.KIND:  # of the signature itself, or of what lies in its stream
        yield str(record.body.get("record"))
        yield from (one.removeprefix(OF_SIGNATURE) for one in record.streams if one.startswith(OF_SIGNATURE))


def _signature_keys(logged: Logged) -> Iterable[str]:
    return dict.fromkeys(signature_key(one, logged.origin) for one in _signatures(logged.record))


def _signature(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if row is not None:
        # What only some may see of a public signature moves no row that all see.
        return {**row, **_after(row, record)} if record.public >= bool(row["public"]) else row
    said = _said(record, PledgeSigned)
    if said is None:
        return None
    never: dict[str, Cell] = dict.fromkeys(_UNKNOWN)
    return never | {
        "origin": logged.origin, "public": int(record.public), "signed": record.id, "firm": said.firm, "pledge": said.pledge,
        "published": said.published, "since": said.signed_at, "until": said.valid_until, "products": len(said.products),
        "illustrative": int(said.illustrative), "shown": 0, "proofs": 0,
    }  # fmt: skip


def _after(row: Row, record: Record) -> Row:
    if (shown := _said(record, ObligationShown)) is not None and shown.firm == row["firm"] == record.issuer:
        return {"shown": int(row["shown"] or 0) + 1, "shown_at": record.valid_from}
    if (proved := _said(record, PledgeProved)) is not None:
        told: Row = {"proof": record.id, "proof_uri": proved.proof, "proof_until": proved.valid_until}
        return {**told, "proof_issuer": record.issuer, "proof_number": proved.number, "proofs": int(row["proofs"] or 0) + 1}
    if (ended := _said(record, PledgeEnded)) is not None:
        told = {"ended": record.id, "ended_at": ended.ended_at, "ended_by": ended.by, "open_complaints": ended.open_complaints}
        return {**told, "ended_issuer": record.issuer}
    if (gone := _said(record, Withdrawn)) is not None:
        return _without(row, record, gone.record)
    return {}


def _without(row: Row, record: Record, gone: str) -> Row:
    if gone == row["signed"] and record.issuer == row["firm"]:
        return {"withdrawn": record.id, "withdrawn_at": record.valid_from}
    if gone == row["ended"] and record.issuer == row["ended_issuer"]:
        return dict.fromkeys(("ended", "ended_at", "ended_by", "ended_issuer", "open_complaints"))
    if gone == row["proof"] and record.issuer == row["proof_issuer"]:
        return dict.fromkeys(("proof", "proof_uri", "proof_until", "proof_issuer", "proof_number"))
    return {}


_UNKNOWN: Final = (
    "shown_at", "proof", "proof_uri", "proof_until", "proof_issuer", "proof_number", "ended", "ended_at", "ended_by",
    "ended_issuer", "open_complaints", "withdrawn", "withdrawn_at",
)  # fmt: skip
PLEDGE_SIGNATURES = Fold(
    name="pledge_signatures",
    version=1,
    columns={
        "origin": str, "public": int, "signed": str, "firm": str, "pledge": str, "published": str, "since": str, "until": str,
        "products": int, "illustrative": int, "shown": int, "shown_at": str, "proofs": int, "proof": str, "proof_uri": str,
        "proof_until": str, "proof_issuer": str, "proof_number": str, "ended": str, "ended_at": str, "ended_by": str,
        "ended_issuer": str, "open_complaints": int, "withdrawn": str, "withdrawn_at": str,
    },
    keys=_signature_keys,
    step=_signature,
    indexes=(
        ("origin", "public", "since"), ("origin", "firm", "since"), ("origin", "pledge", "since"), ("origin", "published", "since"),
    ),
)  # fmt: skip
"""A row a signature: until when it holds, how it ended and how many complaints were open then, its newest proof that stands.

`shown` counts what was ever handed in, withdrawn or not. A withdrawn newest proof leaves none, though an earlier one may stand.
"""


def _proof_keys(logged: Logged) -> Iterable[str]:
    if logged.record.kind == PledgeProved.KIND:
        return (logged.record.id,)
    gone = _said(logged.record, Withdrawn)
    return () if gone is None else (gone.record,)


def _proof(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if row is not None:
        gone = record.kind == Withdrawn.KIND and (record.issuer, logged.origin) == (row["issuer"], row["origin"])
        return {**row, "withdrawn": record.id, "withdrawn_at": record.valid_from} if gone else row
    said = _said(record, PledgeProved)
    if said is None:
        return None
    return {
        "origin": logged.origin, "public": int(record.public), "proof": record.id, "issuer": record.issuer, "proof_uri": said.proof,
        "number": said.number, "firm": said.firm, "pledge": said.pledge, "signed": said.signed, "since": said.valid_from,
        "until": said.valid_until, "withdrawn": None, "withdrawn_at": None,
    }  # fmt: skip


PLEDGE_PROOFS = Fold(
    name="pledge_proofs",
    version=1,
    columns={
        "origin": str, "public": int, "proof": str, "issuer": str, "proof_uri": str, "number": str, "firm": str, "pledge": str,
        "signed": str, "since": str, "until": str, "withdrawn": str, "withdrawn_at": str,
    },
    keys=_proof_keys,
    step=_proof,
    indexes=(("origin", "proof_uri"), ("origin", "signed", "since"), ("origin", "number")),
)  # fmt: skip
"""A row a written proof, revoked or not."""


def _model_keys(logged: Logged) -> Iterable[str]:
    said = _said(logged.record, BenchmarkReviewed)
    return () if said is None else (model_key(said.programme, said.firm, logged.origin),)


def _model(row: Row | None, logged: Logged) -> Row | None:
    record, said = logged.record, _said(logged.record, BenchmarkReviewed)
    if said is None or (row is not None and (row["issuer"] != record.issuer or record.public < bool(row["public"]))):
        return row
    return {
        "origin": logged.origin, "public": int(record.public), "programme": said.programme, "issuer": record.issuer,
        "firm": said.firm, "signed": said.signed,
        "review": record.id, "reviewed_at": said.at, "status": said.status, "missed": said.missed,
        "contradicted": said.contradicted, "over": int(said.over), "reviews": 1 + int((row or {}).get("reviews") or 0),
        "illustrative": int(said.illustrative),
    }  # fmt: skip


MODEL_FIRMS = Fold(
    name="model_firms",
    version=1,
    columns={
        "origin": str, "public": int, "programme": str, "issuer": str, "firm": str, "signed": str, "review": str,
        "reviewed_at": str, "status": str, "missed": int, "contradicted": int, "over": int, "reviews": int, "illustrative": int,
    },
    keys=_model_keys,
    step=_model,
    indexes=(("origin", "programme", "status", "firm"), ("origin", "firm", "reviewed_at")),
)  # fmt: skip
"""A row a firm in a programme: the status by its newest review. A review is corrected by the next one, never by withdrawing it."""
