"""Problems that people report about a marked product: kept once, and sealed as a case where the operator's keys are at hand."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from openqi.app.folder import ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.app.marks import INDEX
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.commitment import commitment
from openqi.formats.digital_link import mark_hash, mark_name, parse_digital_link
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant
from openqi.records import Names
from openqi.records.surveillance import CaseOpened
from openqi.store.marks import MarkIndex
from openqi.store.reports import Report, Reports

REPORTS: Final = "reports.sqlite"
MAX_TEXT: Final = 2000
MATTERS: Final[Mapping[str, Names]] = {
    "defect": Names(zh="质量问题或故障", en="fault or failure"),
    "safety": Names(zh="安全隐患", en="possible danger"),
    "appearance": Names(zh="外观或包装与说明不符", en="looks or package differ from what is described"),
    "copied": Names(zh="怀疑标识被复制或重复使用", en="mark possibly copied or used again"),
    "other": Names(zh="其他", en="something else"),
}
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # what is told over the telephone has no 0, 1, I, L, O, U


class CaseDesk(Protocol):
    """Opens cases in a log."""

    def open_case(self, mark_uri: str, matter: str, text: str) -> str | None:
        """Return the id of the sealed record of a case; None where it cannot be sealed now.

        Args:
            mark_uri: the mark, which the log has issued.
            matter: one of `MATTERS`.
            text: what was reported; it never enters the log.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What somebody who reported a problem is told: the number, and the record of the case where it was sealed."""

    number: str
    record: str


def case_number(chance: Callable[[int], bytes]) -> str:
    """Return a number that nobody guesses and that can be read out: ten signs, about 49 bits of chance."""
    drawn = int.from_bytes(chance(16), "big")
    signs = [_ALPHABET[drawn // len(_ALPHABET) ** place % len(_ALPHABET)] for place in range(10)]
    return "".join(signs[:5]) + "-" + "".join(signs[5:])


class LedgerDesk:
    """Seals cases as the operator of a ledger.

    Args:
        ledger: to write to.
        signer: the operator.
        index: the marks of the log.
        reports: keeps what commitments stand for.
        chance: as many random bytes as asked for.
    """

    def __init__(
        self, ledger: Ledger, signer: Signer, index: MarkIndex, reports: Reports, *, chance: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._ledger, self._signer, self._index, self._reports, self._chance = ledger, signer, index, reports, chance

    def open_case(self, mark_uri: str, matter: str, text: str) -> str | None:
        """See `CaseDesk.open_case`.

        Raises:
            FormatError: no mark, or a matter that is not known.
            NotFoundError: the log has not issued the mark.
            RefusedError: the operator's key may not sign.
        """
        if matter not in MATTERS:
            raise FormatError(f"matter {matter[:40]!r} is not known; known are {', '.join(MATTERS)}")
        if self._index.size() < self._ledger.store.size():
            self._index.update(self._ledger.store)
        claims = self._index.claims(mark_hash(mark_uri))
        if not claims:
            raise NotFoundError("the log has not issued this mark, so no case can be opened about it")
        salt = self._chance(16)
        committed = commitment({"matter": matter, "text": text}, salt)
        self._reports.commit(committed, salt, text)
        body = CaseOpened(
            case=f"https://{self._ledger.origin}/case/{case_number(self._chance)}",
            mark=mark_name(mark_uri),
            marks=claims[0].record,
            received_by=self._signer.party,
            channel="mark-page",
            matter=MATTERS[matter],
            report=committed,
        )
        record = self._ledger.state(body, self._signer)
        self._ledger.store.publish()
        return record.id


@contextmanager
def ledger_desk(path: Path, *, operator_key: SigningKey, passphrase: str) -> Iterator[LedgerDesk]:
    """Open the desk of a ledger folder.

    Args:
        path: of the ledger folder.
        operator_key: signs for the operator.
        passphrase: of the log's key file.

    Raises:
        NotFoundError, FormatError: there is no ledger folder.
        RefusedError: the passphrase is wrong.
    """
    folder = ledger_folder(path)
    signer = Signer(party=folder.operator, key=operator_key)
    with folder.writing(passphrase) as ledger:
        index = MarkIndex(path / INDEX, origin=ledger.origin)
        reports = Reports(path / REPORTS)
        try:
            index.update(ledger.store)
            yield LedgerDesk(ledger, signer, index, reports)
        finally:
            reports.close()
            index.close()


@dataclass(kw_only=True)
class Intake:
    """Takes reports in: each form once, sealed where there is a desk.

    Args:
        reports: keeps them.
        desk: seals them; None where no key is at hand.
        chance: as many random bytes as asked for.
    """

    reports: Reports
    desk: CaseDesk | None = None
    chance: Callable[[int], bytes] = os.urandom
    _lock: Lock = field(default_factory=Lock)

    def token(self) -> str:
        """Return what makes a form one of its kind: sent twice, it opens one case."""
        return self.chance(16).hex()

    def receive(self, token: str, mark_uri: str, matter: str, text: str) -> Receipt:
        """Return the receipt of a report; the same one for the same token, whatever else is sent with it.

        Raises:
            FormatError: no token, no mark, a matter that is not known, no text or too much of it.
            StoreError: it could not be kept; it is safe to send it again.
        """
        parse_digital_link(mark_uri)
        words = text.strip()
        if len(token) != 32 or not token.isalnum():
            raise FormatError("the form has no token; open the page of the mark again")
        if matter not in MATTERS:
            raise FormatError(f"matter {matter[:40]!r} is not known; known are {', '.join(MATTERS)}")
        if not 0 < len(words) <= MAX_TEXT:
            raise FormatError(f"a report has 1 to {MAX_TEXT} characters")
        report = Report(
            number=case_number(self.chance),
            mark=mark_name(mark_uri),
            matter=matter,
            text=words,
            received_at=format_instant(now()),
            record="",
        )
        with self._lock:  # a form that was sent twice waits for the first, and finds its case
            kept = self.reports.receive(token, report)
            if kept.record or self.desk is None or kept.text is None:
                return Receipt(number=kept.number, record=kept.record)
            record = self.desk.open_case(mark_uri, kept.matter, kept.text)
            if record is None:
                return Receipt(number=kept.number, record="")
            self.reports.sealed(kept.number, record)
            return Receipt(number=kept.number, record=record)

    def receipt(self, number: str) -> Receipt:
        """Return the receipt of a number; raises NotFoundError."""
        kept = self.reports.by_number(number)
        return Receipt(number=kept.number, record=kept.record)
