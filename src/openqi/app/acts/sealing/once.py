"""One token, one seal: however often a form is posted, at once or after a crash, it comes into the log at most once.

Desk and ledger cannot commit together, so the order of steps carries the promise. An attempt

1. decides on a view of the log at some size,
2. writes the ids of its signed records to the desk,
3. looks whether the records of any attempt for this token are in the log; then that is the outcome,
4. appends, on condition that the story of the subject is still as long as in its view.

Of two attempts that both came into the log, call the earlier A and the later B. B's append went through, so A's records, which
lie in the same story, were there before B's view; A's step 2 came before A's append, so B's step 3 saw A and stopped. A crash
between any two steps leaves an attempt that is either in the log, and found by step 3 of the next, or never will be.

A token belongs to one request: other arguments under it are refused as soon as an attempt was made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from openqi.app.ledger import Ledger
from openqi.app.prepared import Prepared
from openqi.evidence.record import Record
from openqi.evidence.view import StreamRead, running_digest
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.store.desk import writing as tables
from openqi.store.desk.desk import Desk

_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a token stands for."""

    account: str
    token: str
    party: str
    act: str
    digest: str


def check_token(token: str) -> str:
    """Return the token if it is one: 16 to 100 letters, digits, `-`, `_`, `.`; raises FormatError."""
    if not 16 <= len(token) <= 100 or not {*token} <= _LETTERS:
        raise FormatError("a token has 16 to 100 letters, digits, - _ . and is new for every form; a random UUID is one")
    return token


class Once:
    """Keeps the promise.

    Args:
        ledger: where records come in.
        desk: keeps tokens and attempts.
        now: the present instant as text.
    """

    def __init__(self, ledger: Ledger, desk: Desk, now: Callable[[], str]) -> None:
        self._ledger, self._desk, self._now = ledger, desk, now

    def before(self, request: Request) -> tuple[Record, ...] | None:
        """Return the records that a token has sealed before; None where it has not, and then it stands for this request.

        Raises:
            RefusedError: the token stands for another request.
        """
        with self._desk.writing() as connection:
            known = tables.noted(connection, request.account, request.token)
            tried = tables.attempts(connection, request.account, request.token)
            if known is not None and known.digest != request.digest and (tried or known.state == "sealed"):
                raise RefusedError("token-once", "this form was sent before with other content; open a new one and send that")
            if known is None or known.digest != request.digest:
                tables.note(connection, request.account, request.token, _opened(request, self._now()))
        return self._sealed(request, tried)

    def commit(self, request: Request, prepared: Prepared, records: Sequence[Record]) -> tuple[Record, ...]:
        """Return the records that came into the log for a token: these, or those of another attempt.

        Raises:
            ConflictError: something that was read, or the story of the subject, has moved; decide again and come back.
            RefusedError: the key may not sign, or the token stands for another request by now.
        """
        story = self._story(prepared)
        with self._desk.writing() as connection:
            known = tables.noted(connection, request.account, request.token)
            if known is None or known.digest != request.digest:
                raise RefusedError("token-once", "this form was sent before with other content; open a new one and send that")
            tables.attempt(connection, request.account, request.token, [record.id for record in records])
            tried = tables.attempts(connection, request.account, request.token)
        before = self._sealed(request, tried)
        if before is not None:
            return before
        self._ledger.append_prepared(prepared, records, story)
        self._note(request, records)
        return tuple(records)

    def refused(self, request: Request, rule: str, told: str) -> None:
        """Keep why nothing came of a token; it may be sent again when things have changed."""
        outcome = replace(_opened(request, self._now()), state="refused", rule=rule, told=told[:2000])
        with self._desk.writing() as connection:
            known = tables.noted(connection, request.account, request.token)
            if known is not None and known.state != "sealed" and known.digest == request.digest:
                tables.note(connection, request.account, request.token, outcome)

    def _sealed(self, request: Request, tried: Sequence[Sequence[str]]) -> tuple[Record, ...] | None:
        for names in reversed(tried):
            try:
                records = tuple(self._ledger.logged(name).record for name in names)
            except NotFoundError:
                continue
            self._note(request, records)
            return records
        return None

    def _note(self, request: Request, records: Sequence[Record]) -> None:
        outcome = replace(_opened(request, self._now()), state="sealed", records=tuple(record.id for record in records))
        with self._desk.writing() as connection:
            tables.note(connection, request.account, request.token, outcome)

    def _story(self, prepared: Prepared) -> list[StreamRead]:
        """How long the story of each subject is in the view, where the decision has not noted it anyway."""
        noted, reads = {read.subject for read in prepared.reads}, []
        for subject in {one.streams[0] for one in prepared.stated} - noted:
            ids = [one.record.id for one in self._ledger.store.stream(subject, known_at=prepared.known_at)]
            reads.append(StreamRead(subject=subject, count=len(ids), digest=running_digest(ids)))
        return reads


def _opened(request: Request, at: str) -> tables.Noted:
    return tables.Noted(party=request.party, act=request.act, digest=request.digest, state="open", at=at)
