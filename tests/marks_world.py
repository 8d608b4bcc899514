"""A ledger with marks for tests: a certificate on a chain as small as can be, and marks issued under it by the command."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from chain_stage import ChainStage
from openqi.app.ledger import Signer
from openqi.app.marks import MarkReader
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record, parse_record
from openqi.evidence.sealing import seal
from openqi.formats.digital_link import SERIAL_CHANCE, digital_link, mark_name, new_serial
from openqi.pillars.conformity.certification import IssueMarks
from openqi.records import Items, Names, statement
from openqi.records.conformity import MarksIssued
from openqi.records.rows import committed
from openqi.records.surveillance import CaseOpened
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from openqi.store.store import Incoming
from stage import party

BASE, GTIN = "https://id.maker.example", "09506000134352"
TODAY = date(2026, 11, 20)


def serial(number: int) -> str:
    """The serial of mark `number`."""
    return new_serial(sha256(f"mark {number}".encode()).digest()[:SERIAL_CHANCE])


def uri(number: int) -> str:
    """Mark `number` as it stands on the product."""
    return digital_link(BASE, GTIN, serial(number))


def item(number: int) -> str:
    """The item that mark `number` stands on."""
    return f"https://maker.example/cell/{number}"


def rows(numbers: Iterable[int]) -> tuple[Items, bytes]:
    """The rows of marks as they are issued."""
    return committed(f'{{"item":"{item(number)}","mark":"{mark_name(uri(number))}"}}'.encode() for number in numbers)


class MarkStage(ChainStage):
    """A stage with a mark issuer and a certificate that names it; `issue` puts marks on items."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.issuer = party("issuer", 40)
        self.welcome(self.issuer, "mark-issuer")
        self.test, self.granted = self.judged_readings(), self.scope()
        self.certificate = self.certified()

    def certified(self, number: str = "CN-1", *, to: Signer | None = None, visible_to: tuple[str, ...] | None = None) -> Record:
        """A certificate of the assessor; `to` may issue its marks, the usual issuer unless told otherwise."""
        return self.certify(
            self.granted,
            [self.test],
            certificate=f"https://assessor.example/certificate/{number}",
            number=number,
            mark_issuers=((to or self.issuer).party,),
            visible_to=visible_to,
        )

    def issue(
        self,
        numbers: Iterable[int],
        *,
        signer: Signer | None = None,
        certificate: Record | None = None,
        keep: bool = True,
        **more: Any,
    ) -> Record:
        """Issue marks; with `keep=False` the blob of their rows is forgotten afterwards."""
        items, content = rows(numbers)
        self.store.put_blob(content)
        asked = IssueMarks(certificate=(certificate or self.certificate).id, items=items, **more)
        (record,) = self.ledger.perform(asked, signer or self.issuer)
        if not keep:
            self.store.erase_blob(items.rows.sha256)
        return record

    def forge(self, numbers: Iterable[int], *, issuer: str | None = None) -> Record:
        """Marks whose record has a signature that was made over something else, put into the log past all checks."""
        items, content = rows(numbers)
        self.store.put_blob(content)
        body = MarksIssued(
            certificate=self.certificate.streams[0], issued=self.certificate.id, product=self.certificate.streams[1], items=items
        )
        record = seal(statement(body), issuer=issuer or self.issuer.party, key=self.issuer.key, now=self.ledger.now())
        other = self.issuer.key.sign(b"something else")
        forged = parse_record(record.jws.rpartition(b".")[0] + b"." + base64url(other).encode())
        self.store.append([Incoming(record=forged)], checkpoint=self.ledger.checkpoint)
        return forged

    def case(self, number: int, marks: Record, *, name: int = 1, visible_to: tuple[str, ...] | None = None) -> Record:
        """Open a case about mark `number`."""
        body = CaseOpened(
            case=f"https://operator.example/case/{name}", mark=mark_name(uri(number)), marks=marks.id,
            received_by="https://operator.example", channel="mark-page", matter=Names(en="the box was open"),
        )  # fmt: skip
        return self.ledger.state(body, self.operator, visible_to=visible_to)

    def reader(self, folder: Path) -> MarkReader:
        """A reader of the marks, with its index and counts in a folder."""
        index = MarkIndex(folder / "marks.sqlite", origin=self.store.origin)
        reader = MarkReader(self.store, index, ScanCounter(folder / "scans.sqlite"), today=lambda: TODAY)
        reader.refresh()
        return reader
