"""Words of complaints: committed to with a fresh salt, kept beside the log, shown as they were committed to, and erased."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from openqi.app.cases import REPORTS
from openqi.evidence.commitment import commitment, verify_commitment
from openqi.kernel.errors import FormatError, VerificationError
from openqi.store.complaint_words import ComplaintWords, Words
from openqi.store.reports import Reports

WORDS: Final = "complaints.sqlite"
MOST_TEXT: Final = 20_000


def committed(words: ComplaintWords, complaint: str, what: str, text: str, *, chance: Callable[[int], bytes]) -> str:
    """Return the commitment to words, which are kept before anything is sealed.

    Args:
        words: keeps them.
        complaint: URI; the same words in another complaint have another commitment.
        what: text, person or answer.
        text: 1 to 20,000 characters.
        chance: as many random bytes as asked for.

    Raises:
        FormatError: there is no text, or too much.
    """
    salt = chance(16)
    found = committed_with(complaint, what, text, salt)
    words.keep(Words(commitment=found, complaint=complaint, what=what, salt=salt, text=text.strip()))
    return found


def committed_with(complaint: str, what: str, text: str, salt: bytes) -> str:
    """Return the commitment to words under a salt; nothing is kept.

    Raises:
        FormatError: there is no text, or too much.
    """
    said = text.strip()
    if not 0 < len(said) <= MOST_TEXT:
        raise FormatError(f"the {what} of a complaint has 1 to {MOST_TEXT} characters, not {len(said)}")
    return commitment(_opened(complaint, what, said), salt)


def shown(words: ComplaintWords, complaint: str, stated: str) -> str | None:
    """Return the words behind a commitment; None where they were erased, or are not kept here.

    Raises:
        VerificationError: what is kept is not what was committed to.
    """
    for one in words.of(complaint):
        if one.commitment == stated:
            try:
                verify_commitment(stated, _opened(complaint, one.what, one.text), one.salt)
            except VerificationError as error:
                raise VerificationError("commitment", f"what is kept of {complaint} is not what was committed to") from error
            return one.text
    return None


def forgotten(folder: Path, complaints: tuple[str, ...], reports: tuple[str, ...] = ()) -> int:
    """Return how many words of complaints were erased in a ledger folder: text, person, answers, and the reports they came by.

    Copies that were made before hold them still: erase them there too, or let the copies run out.

    Args:
        folder: of the ledger.
        complaints: their URIs, a person's all, say.
        reports: commitments of reports on marks' pages.

    Raises:
        StoreError: a file cannot be written.
    """
    told = 0
    if (folder / WORDS).exists():
        with closing(ComplaintWords(folder / WORDS)) as words:
            told += words.forget(*complaints)
    if reports and (folder / REPORTS).exists():
        with closing(Reports(folder / REPORTS)) as kept:
            for one in reports:
                kept.erase(one)
            told += len(reports)
    return told


def _opened(complaint: str, what: str, text: str) -> dict[str, str]:
    return {"complaint": complaint, "text": text, "what": what}
