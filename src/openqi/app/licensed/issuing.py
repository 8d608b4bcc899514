"""Issuing marks by the million: addresses into a private file first, then one record; a killed process leaves nothing half.

The file is written whole before anything enters the log, because an issue whose addresses are lost could never be printed. So there
may be a file whose marks were never issued, and never an issue without its file; issuing from that file again ends it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from openqi.app.files import read_file, write_file
from openqi.app.ledger import Ledger, Signer
from openqi.app.licensed.named import licence_named
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.formats.digital_link import SERIAL_LENGTH, check_mark, digital_link, new_serials
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks
from openqi.pillars.conformity.licensing.standing import last_day
from openqi.records import Items, body
from openqi.records.governance import withdrawal
from openqi.records.licences import LicensedMarksIssued, MarkLicensed, issues_subject
from openqi.records.rows import committed

MOST: Final = 1_000_000
_AT_ONCE: Final = 50_000
_MOST_BYTES: Final = 400 * MOST
_ROW: Final = b'{"mark":"ni:///sha-256;%b"}'


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What was issued: the record, how many marks, and whether they had been issued from the same file before."""

    record: Record
    count: int
    before: bool


def new_marks(count: int, *, base: str, gtin: str, chance: Callable[[int], bytes]) -> Iterator[str]:
    """Yield so many new marks; each has a serial of 100 bits of chance.

    Args:
        count: how many, 1 to a million.
        base: under which they are, `https://` and a host.
        gtin: of the product.
        chance: so many bytes that nobody can predict.

    Raises:
        DomainError: another count.
        FormatError: the base or the GTIN is none.
    """
    if not 1 <= count <= MOST:
        raise DomainError(f"{count} marks: 1 to {MOST:,} are issued at once")
    start = digital_link(base, gtin, "0")[:-1]
    for place in range(0, count, _AT_ONCE):
        yield from (start + serial for serial in new_serials(chance(SERIAL_LENGTH * min(_AT_ONCE, count - place))))


def write_marks(path: Path, marks: Iterator[str]) -> None:
    """Write marks to a new file that only its owner may read, one a line; it is there whole or not at all.

    Raises:
        RefusedError: something is there already.
        NotFoundError: there is no such folder.
    """
    if path.exists():
        why = f"{path} exists and is not overwritten; if its marks were never issued, issue them with --from {path}"
        raise RefusedError("file-exists", why)
    data = bytearray()
    for mark in marks:
        data += mark.encode()
        data += b"\n"
    write_file(path, bytes(data), secret=True, replace=False)


def rows_of_file(path: Path) -> tuple[Items, bytes]:
    """Return the rows of the marks in a file: one mark a line.

    Raises:
        NotFoundError: there is no such file.
        FormatError: a line is no mark in its one spelling, or there are none or too many.
    """
    lines = read_file(path, _MOST_BYTES).split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    if not 1 <= len(lines) <= MOST:
        raise FormatError(f"{path}: {len(lines)} marks; 1 to {MOST:,} are issued at once")
    return committed(_rows(path, lines))


def _rows(path: Path, lines: Sequence[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines, start=1):
        try:
            check_mark(line.decode("ascii"))
        except (FormatError, UnicodeDecodeError) as error:
            raise FormatError(f"{path}:{number}: {error}") from error
        yield _ROW % base64url(sha256(line).digest()).encode()


def issue_from(
    ledger: Ledger, path: Path, *, licence: str, signer: Signer, use_until: str | None = None, lot: str | None = None
) -> Issued:
    """Return the issue of the marks in a file, once it is acknowledged. Where they are issued already, that issue.

    Args:
        ledger: into which they are issued.
        path: of the file.
        licence: record, URI or number of the licence.
        signer: who issues.
        use_until: last day on which they may be put on goods; by default the last of the licence.
        lot: of the goods, where it is known.

    Raises:
        NotFoundError: no such licence or file.
        RefusedError, FormatError: as the decision says.
    """
    logged = licence_named(ledger.store, licence)
    given = body(logged.record, MarkLicensed)
    items, content = rows_of_file(path)
    before = _issued(ledger, given.licence, items)
    if before is not None:
        return Issued(record=before, count=items.count, before=True)
    ledger.store.put_blob(content)
    del content
    command = IssueLicensedMarks(
        licence=logged.record.id, items=items, use_until=use_until or last_day(given.valid_until), lot=lot,
        illustrative=given.illustrative,
    )  # fmt: skip
    (record,) = ledger.perform(command, signer)
    return Issued(record=record, count=items.count, before=False)


def _issued(ledger: Ledger, licence: str, items: Items) -> Record | None:
    """An issue of exactly these rows under a licence that stands."""
    stream = [one.record for one in ledger.store.stream(issues_subject(licence)) if one.origin == ledger.origin]
    for record in stream:
        same = record.kind == LicensedMarksIssued.KIND and body(record, LicensedMarksIssued).items == items
        if same and withdrawal(record, stream, lambda _: ledger.origin) is None:
            return record
    return None
