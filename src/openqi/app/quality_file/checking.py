"""What of a sealed quality file is proved, record by record: signed and in the log, decided again, only stated, withheld."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from openqi.app.quality_file.gathering import MOST, gathered
from openqi.app.quality_file.sealing import FORMAT, MAX_INDEX, index_of
from openqi.app.quality_file.sources import DossierSource
from openqi.app.workflow import replay
from openqi.evidence.canonical import canonical_bytes, parse_canonical
from openqi.evidence.dossiers.contents import Contents
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.record import Record, Statement
from openqi.evidence.view import BasisView, noting
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, WithheldError

Outcome = Literal["replayed", "stated", "withheld", "unknown", "failed"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("replayed", "stated", "withheld", "unknown", "failed")


@dataclass(frozen=True, kw_only=True)
class FileChecked:
    """What a sealed quality file came to; signatures and places in the log are what the steps of its dossier say.

    Args:
        subject: what it is about.
        index: whether its index comes out again; else `why` says how it does not.
        records: how many the file has.
        outcomes: how many were decided again with the same result, stated and not decided, cannot be decided again since something
            is withheld or by a command that is not known here, or come out otherwise.
        failed: records that come out otherwise, with the reason.
        withheld: how many records are named and not shown.
        against: how many records speak against the subject or another record.
        size: of the log.
    """

    subject: str
    index: Literal["passed", "failed"]
    why: str
    records: int
    outcomes: dict[Outcome, int]
    failed: tuple[tuple[str, str], ...]
    withheld: int
    against: int
    size: int

    @property
    def holds(self) -> bool:
        """Whether nothing comes out otherwise."""
        return self.index == "passed" and not self.failed


def checked_file(data: bytes) -> FileChecked | None:
    """Return what a sealed quality file came to; None for a dossier that is none.

    Args:
        data: the dossier, whose steps are verified apart.

    Raises:
        FormatError: no dossier.
    """
    dossier = parse_dossier(data)
    index = next((blob for blob in dossier.blobs.values() if _is_index(blob)), None)
    if index is None:
        return None
    told, contents = parse_canonical(index, limit=MAX_INDEX), Contents(dossier)
    subject, origin = str(told.get("subject")), str((told.get("log") or {}).get("origin"))
    size = parse_checkpoint(parse_note(dossier.checkpoints[origin])).size if origin in dossier.checkpoints else 0
    again, why = None, ""
    try:
        again = gathered(DossierSource(contents, origin), subject, most=MOST)
        if index_of(again, origin=origin, size=size) != index:
            why = _difference(told, again.records, again.withheld, size)
    except OpenQIError as error:
        why = str(error)
    outcomes, failed = Counter[Outcome](), []
    for one in () if again is None else again.records:
        outcome, reason = _again(one.record, contents)
        outcomes[outcome] += 1
        if outcome == "failed":
            failed.append((one.record.id, reason))
    return FileChecked(
        subject=subject, index="failed" if why else "passed", why=why, records=0 if again is None else len(again.records),
        outcomes={name: outcomes[name] for name in OUTCOMES}, failed=tuple(failed),
        withheld=0 if again is None else len(again.withheld), against=0 if again is None else len(again.against), size=size,
    )  # fmt: skip


def _is_index(blob: bytes) -> bool:
    if not blob.startswith(b'{"against":') or len(blob) > MAX_INDEX:
        return False
    try:
        return bool(parse_canonical(blob, limit=MAX_INDEX).get("format") == FORMAT)
    except (FormatError, AttributeError):
        return False


def _difference(told: Any, records: Any, withheld: tuple[str, ...], size: int) -> str:
    """Where the index and what was gathered again part, in one sentence."""
    pillars = told.get("pillars")
    listed = {name for names in pillars.values() for name in names} if isinstance(pillars, dict) else set()
    have = {one.record.id for one in records}
    if listed - have:
        return f"the index lists record {min(listed - have)}, which cannot be gathered from the records enclosed"
    if have - listed:
        return f"the index leaves out record {min(have - listed)}, which is enclosed and belongs to the file"
    if told.get("withheld") != list(withheld):
        return "the index says otherwise which records are withheld"
    if (told.get("log") or {}).get("size") != size:
        return "the index speaks of another size of the log than the checkpoint"
    return "the index puts the records otherwise than they are put when it is made again"


def _again(record: Record, contents: Contents) -> tuple[Outcome, str]:
    """Run a decision again on its basis, as step 10 of a dossier does for one."""
    try:
        basis = contents.bases.get(record.id)
        if basis is None:
            replay(record, None)
            return "stated", ""
        read = partial(contents.read, basis)
        view = noting(BasisView(basis, record=contents.record, stream=read, blob=contents.blob, home=contents.home))
        stated = replay(record, view)
    except WithheldError as error:
        return "withheld", str(error)
    except NotFoundError as error:
        return "unknown", str(error)
    except OpenQIError as error:
        return "failed", str(error)
    if _spelled(record.statement) not in map(_spelled, stated):
        return "failed", "the same command on the same basis states something else"
    return ("replayed", "") if view.basis() == basis else ("failed", "its basis is not what the command reads")


def _spelled(statement: Statement) -> tuple[object, ...]:
    return statement.kind, statement.streams, canonical_bytes(statement.body), statement.visible_to, statement.salt
