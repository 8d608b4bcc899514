"""A ledger folder with pledges in every state, one ended with a complaint open, and with written proofs, one revoked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openqi.app.folder import FOLDS
from openqi.app.reading.reader import Reader
from openqi.evidence.record import Record
from openqi.records import Names
from openqi.records.governance import Identifier, PartyRegistered
from openqi.store.kinds.local import STOREKIND
from openqi.store.store import Incoming
from pledge_stage import PRODUCT, Pledges
from stage import party

CODE = "91330106MA27XL0D5R"
NOW = datetime(2026, 4, 20, 2, tzinfo=UTC)
FIRMS = {
    "kept": "宁波安邦电池有限公司",
    "due": "北京诚达电器有限公司",
    "missed": "上海博昌玩具有限公司",
    "ended": "青岛方丰食品有限公司",
}


class Register(Pledges):
    """Five firms that signed on 10 January 2026; it is 20 April."""

    def __init__(self) -> None:
        super().__init__()
        self.signed: dict[str, Record] = {}
        edition = self.edition = self.publish()
        self.signed["contradicted"] = self.sign(edition)
        self.firms = {name: party(name, 90 + place) for place, name in enumerate(FIRMS)}
        for place, (name, zh) in enumerate(FIRMS.items()):
            named = Names(zh=zh, en=f"Example {name} Co., Ltd.")
            code = Identifier(scheme="uscI", value=CODE if name == "kept" else f"CODE{place}")
            self.welcome(self.firms[name], "manufacturer")
            self.ledger.state(PartyRegistered(party=self.firms[name].party, name=named, identifiers=(code,)), self.operator)
            product = f"{self.firms[name].party}/product/1"
            self.ledger.state(_product(product), self.firms[name])
            self.signed[name] = self.sign(edition, by=self.firms[name], products=(product,))
        self._lived()

    def _lived(self) -> None:
        self.proof = self.prove(self.signed["contradicted"])
        self.revoked = self.prove(self.signed["kept"], proof="https://association.example/proof/2", number="2026-0002")
        self.rule = self.programme(most_missed=0)
        self.review(self.rule, self.signed["contradicted"])
        self.until("2026-02-01")
        for name in ("kept", "contradicted", "due"):
            self.handed_in(name)
        self.withdraw(self.revoked, self.association)
        self.complaint = self.complained(firm=self.firms["ended"].party)
        self.until("2026-03-01")
        self.end(self.signed["ended"], self.firms["ended"])
        self.upheld = self.closed(self.complained(complaint="https://bureau.example/complaint/2"))
        self.until("2026-04-15")
        self.handed_in("kept", first="2026-02-02", last="2026-04-15")
        self.review(self.rule, self.signed["contradicted"])

    def handed_in(self, name: str, *, first: str = "2026-01-10", last: str = "2026-02-01") -> None:
        """Let a firm hand in what its promises ask for, for some days."""
        signed = self.signed[name]
        by = self.maker if name == "contradicted" else self.firms[name]
        for code in ("system", "warranty"):
            self.show(signed, code, first, last, by=by)
        item = PRODUCT if name == "contradicted" else f"{by.party}/product/1"
        self.show(signed, "tests", first, last, by=by, evidence=(self.tested(item=item).id,))


def _product(uri: str) -> Any:
    from openqi.records.conformity import ProductRegistered

    return ProductRegistered(product=uri, name=Names(zh="示例产品", en="example product"))


def pledge_folder(folder: Path) -> Register:
    """Make a ledger folder with the register."""
    folder.mkdir(parents=True)
    made = Register()
    copied(made, folder)
    (folder / "policy.txt").write_bytes(made.ledger.policy())
    (folder / "ledger.json").write_text(f'{{"format":"openqi-ledger/1","origin":"{made.store.origin}","store":"local"}}')
    return made


def copied(made: Pledges, folder: Path, *, start: int = 0) -> None:
    """Bring the records of a stage from a place on, and the documents of it, into the store of a folder."""
    store = STOREKIND.open(folder, origin=made.store.origin, folds=FOLDS)
    try:
        store.put_blob(b"a document")
        store.append([Incoming(record=one.record) for one in made.store.scan(start)], checkpoint=made.ledger.checkpoint)
    finally:
        store.close()


@contextmanager
def pledge_reader(folder: Path, *, now: datetime = NOW) -> Iterator[Reader]:
    """Read it as on 20 April 2026."""
    with Reader(folder, clock=lambda: now) as reader:
        yield reader
