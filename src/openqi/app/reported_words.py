"""What somebody reported, for whoever handles it: the words as they were committed to, whether a photo is there, what was added."""

from dataclasses import dataclass

from openqi.app.cases import committed_report, matter_code
from openqi.evidence.commitment import verify_commitment
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.records.surveillance import CaseOpened
from openqi.store.reports import Report, Reports


@dataclass(frozen=True, kw_only=True)
class ReportedWords:
    """A report as its handler reads it.

    Args:
        record: of the case.
        case: what the case states.
        text: None once it was erased, or where it is not kept here.
        photo: media type; "" where there is none.
        agrees: whether words and photo are what the record commits to; None where nothing is kept.
        added: what the same person sent later, which no record commits to.
    """

    record: str
    case: CaseOpened
    text: str | None
    photo: str
    agrees: bool | None
    added: tuple[Report, ...]


def words_of(reports: Reports, record: str, case: CaseOpened) -> ReportedWords:
    """Return what was reported in a case."""
    text, photo, agrees = None, "", None
    try:
        salt, text = reports.opening(case.report or "")
    except NotFoundError:
        salt = b""
    data: bytes | None = None
    if text is not None:
        try:
            photo, data = reports.photo(case.report or "")
        except NotFoundError:
            photo = ""
        agrees = _agrees(case, text, data, salt)
    try:
        added = reports.added(reports.sealed_as(record).number)
    except NotFoundError:
        added = ()
    return ReportedWords(record=record, case=case, text=text, photo=photo, agrees=agrees, added=added)


def _agrees(case: CaseOpened, text: str, photo: bytes | None, salt: bytes) -> bool:
    try:
        verify_commitment(case.report or "", committed_report(matter_code(case.matter), text, photo), salt)
    except VerificationError:
        return False
    return True
