"""Problems that people report about a marked product: kept once, and sealed as a case where the operator's keys are at hand."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from openqi.app.folder import ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.app.marks import INDEX
from openqi.app.same_sender import SameSender
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.commitment import commitment
from openqi.formats.digital_link import mark_hash, mark_name, parse_digital_link
from openqi.formats.photos.photo import Photo, bare_photo
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


def matter_code(matter: Names) -> str:
    """Return the code of a matter as a case states it; "" for one that is not of ours."""
    return next((code for code, names in MATTERS.items() if names == matter), "")


_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # what is told over the telephone has no 0, 1, I, L, O, U


class CaseDesk(Protocol):
    """Opens cases in a log."""

    def open_case(self, mark_uri: str, matter: str, text: str, photo: Photo | None = None) -> str | None:
        """Return the id of the sealed record of a case; None where it cannot be sealed now.

        Args:
            mark_uri: the mark, which the log has issued.
            matter: one of `MATTERS`.
            text: what was reported; it never enters the log.
            photo: what came with it; it never enters the log either.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What somebody who reported a problem is told: the number, the record of the case where it was sealed, when it came.

    `joined`: it was added to a report that the same person sent before, whose number this is. `photo`: one was kept with it.
    """

    number: str
    record: str
    received_at: str = ""
    matter: str = ""
    joined: bool = False
    photo: bool = False
    added: int = 0


def committed_report(matter: str, text: str, photo: bytes | None) -> dict[str, str]:
    """Return what a case commits to under one salt: what it is about, the words, and of a photo its digest."""
    told = {"matter": matter, "text": text}
    return told if photo is None else told | {"photo": sha256(photo).hexdigest()}


def case_number(chance: Callable[[int], bytes]) -> str:
    """Return a number that nobody guesses and that can be read out: ten signs, about 49 bits of chance."""
    drawn = int.from_bytes(chance(16), "big")
    signs = [_ALPHABET[drawn // len(_ALPHABET) ** place % len(_ALPHABET)] for place in range(10)]
    return "".join(signs[:5]) + "-" + "".join(signs[5:])


def number_typed(text: str) -> str:
    """Return a number as it was given out, from one that was typed in any case, with spaces, or without its hyphen."""
    signs = "".join(text.upper().replace("-", "").split())
    return f"{signs[:5]}-{signs[5:]}"


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

    def open_case(self, mark_uri: str, matter: str, text: str, photo: Photo | None = None) -> str | None:
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
        committed = commitment(committed_report(matter, text, None if photo is None else photo.data), salt)
        self._reports.commit(committed, salt, text, photo)
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
        self._reports.stated(committed, record.id)
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
    """Takes reports in: each form once, sealed where there is a desk; what the same person adds within a day is joined.

    Args:
        reports: keeps them.
        desk: seals them; None where no key is at hand.
        chance: as many random bytes as asked for.
        same: knows who reported what lately; None where nobody is told apart.
    """

    reports: Reports
    desk: CaseDesk | None = None
    chance: Callable[[int], bytes] = os.urandom
    same: SameSender | None = None
    _lock: Lock = field(default_factory=Lock)

    def token(self) -> str:
        """Return what makes a form one of its kind: sent twice, it opens one case."""
        return self.chance(16).hex()

    def receive(
        self, token: str, mark_uri: str, matter: str, text: str, photo: Photo | None = None, *, sender: str = ""
    ) -> Receipt:  # fmt: skip
        """Return the receipt of a report; the same one for the same token, whatever else is sent with it.

        Args:
            token: of the form.
            mark_uri: what it is about.
            matter: one of `MATTERS`.
            text: words, of which "something else" needs some.
            photo: stripped to its pixels.
            sender: what the sender is told apart by, in memory; "" where by nothing.

        Raises:
            FormatError: no token, no mark, a matter that is not known, too much text, or nothing said of something else.
            StoreError: it could not be kept; it is safe to send it again.
        """
        parse_digital_link(mark_uri)
        words, about = text.strip(), mark_name(mark_uri)
        _check(token, matter, words)
        report = Report(
            number=case_number(self.chance), mark=about, matter=matter, text=words, received_at=format_instant(now()), record=""
        )
        with self._lock:  # a form that was sent twice waits for the first, and finds its case
            before = self.same.first(sender, about) if self.same and sender else ""
            kept = self.reports.receive(token, replace(report, joined=before), photo)
            if kept.joined:
                return self._receipt(self.reports.by_number(kept.joined), joined=True, photo=bool(kept.photo))
            if self.same and sender:
                self.same.note(sender, about, kept.number)
            return self._receipt(self._sealed(kept, mark_uri), photo=bool(kept.photo))

    def _sealed(self, kept: Report, mark_uri: str) -> Report:
        """A report after it was sealed, where that can be done now and was not before."""
        if kept.record or self.desk is None or kept.text is None:
            return kept
        photo = None
        if kept.photo:
            photo = bare_photo(self.reports.photo(kept.number)[1])
        record = self.desk.open_case(mark_uri, kept.matter, kept.text, photo)
        if record is None:
            return kept
        self.reports.sealed(kept.number, record)
        return replace(kept, record=record)

    def receipt(self, number: str) -> Receipt:
        """Return the receipt of a number; raises NotFoundError."""
        return self._receipt(self.reports.by_number(number))

    def _receipt(self, kept: Report, *, joined: bool = False, photo: bool = False) -> Receipt:
        return Receipt(
            number=kept.number,
            record=kept.record,
            received_at=kept.received_at,
            matter=kept.matter,
            joined=joined,
            photo=photo,
            added=len(self.reports.added(kept.number)),
        )


def _check(token: str, matter: str, words: str) -> None:
    if len(token) != 32 or not (token.isascii() and token.isalnum()):
        raise FormatError("the form has no token; open the page of the mark again")
    if matter not in MATTERS:
        raise FormatError(f"matter {matter[:40]!r} is not known; known are {', '.join(MATTERS)}")
    if len(words) > MAX_TEXT or (matter == "other" and not words):
        raise FormatError(f"a report has at most {MAX_TEXT} characters, and of something else at least one")
