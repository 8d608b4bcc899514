"""Stating what became of marks that a user names by their addresses: a record for each issue that they are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.formats.digital_link import mark_hash, named_hash
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.pillars.conformity.licensing.stating import StateMarks
from openqi.records import Names
from openqi.records.licence_rows import mark_line
from openqi.records.licences import MarkState
from openqi.records.rows import committed
from openqi.store.marks import MarkIndex


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is to be said of marks."""

    state: MarkState
    at: str
    reason: Names | None = None
    because: str | None = None


def state_whole(ledger: Ledger, marks: str, said: Said, signer: Signer) -> Record:
    """Return the record that states what became of all marks of an issue; raises as the decision does."""
    command = StateMarks(marks=marks, whole=True, state=said.state, at=said.at, reason=said.reason, because=said.because)
    return ledger.perform(command, signer)[0]


def state_marks(ledger: Ledger, index: MarkIndex, marks: Sequence[str], said: Said, signer: Signer) -> list[Record]:
    """Return the records that state what became of marks, one for each issue; all marks are looked up before anything is said.

    Args:
        ledger: that issued them.
        index: of its marks, as far as the log goes.
        marks: their addresses; one that stands there twice is told once.
        said: of them.
        signer: who says it.

    Raises:
        NotFoundError: a mark was not issued here.
        RefusedError: none is named, or as the decision says; what was said of other issues before then stays said.
    """
    if not marks:
        raise RefusedError("some-marks", "name marks, or an issue as a whole")
    issues: dict[str, list[bytes]] = {}
    for mark in dict.fromkeys(marks):
        digest = mark_hash(mark)
        claims = index.claims(digest)
        if not claims:
            raise NotFoundError(f"{mark[:200]} was not issued here; nothing was stated of any")
        issues.setdefault(claims[0].record, []).append(mark_line(named_hash(digest)))
    records: list[Record] = []
    for name, lines in issues.items():
        items, content = committed(lines)
        ledger.store.put_blob(content)
        command = StateMarks(marks=name, items=items, state=said.state, at=said.at, reason=said.reason, because=said.because)
        records += ledger.perform(command, signer)
    return records
