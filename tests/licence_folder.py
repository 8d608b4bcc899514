"""A ledger folder on disk with a licence that holds now, its association, maker and issuer; for commands and killed processes."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from openqi.app.files import new_key, unlocked
from openqi.app.folder import found_folder, ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.kernel.instant import format_instant
from openqi.pillars.conformity.licensing.granting import LicenseMark
from openqi.pillars.governance.pledges.signing import SignPledge
from openqi.records import Names
from openqi.records.conformity import ProductRegistered
from openqi.records.governance import Key, PartyRegistered, RoleGranted
from openqi.records.licences import MarkRulePublished
from openqi.records.pledges import ASSOCIATION, Obligation, PledgePublished

PASSPHRASE = "correct horse battery"
NAMED = Names(zh="示例", en="example")
UNION, MAKER, ISSUER = (f"https://{name}.example" for name in ("union", "maker", "issuer"))
ROLES = {UNION: ASSOCIATION, MAKER: "manufacturer", ISSUER: "mark-issuer"}
PRODUCT = "https://maker.example/product/1"
BASE, GTIN = "https://id.maker.example", "09506000134352"
SINCE = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class LicenceFolder:
    """Where the ledger and the keys lie, and the licence."""

    root: Path
    licence: Record

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    def key(self, party: str) -> Path:
        """The key file of a party."""
        return key_file(self.root, party)

    def asked(self, party: str = ISSUER) -> tuple[object, ...]:
        """The options that say who signs."""
        return ("--as", party, "--key", self.key(party))


def key_file(root: Path, party: str) -> Path:
    """The key file of a party."""
    return root / f"{party.removeprefix('https://')}.key"


def licence_folder(root: Path, **more: Any) -> LicenceFolder:
    """A new ledger with a licence; `more` is told of the licence."""
    found_folder(
        root / "ledger", origin="example.org/log", signer="https://operator.example", name=NAMED, passphrase=PASSPHRASE,
        log_passphrase=PASSPHRASE,
    )  # fmt: skip
    folder = ledger_folder(root / "ledger")
    operator = Signer(party=folder.operator, key=unlocked(folder.operator_key, PASSPHRASE))
    with folder.writing(PASSPHRASE) as ledger:
        signers = {party: _welcome(ledger, operator, root, party) for party in ROLES}
        ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), signers[MAKER])
        licence = _licensed(ledger, signers, **more)
    return LicenceFolder(root, licence)


def _welcome(ledger: Ledger, operator: Signer, root: Path, party: str) -> Signer:
    key = new_key(key_file(root, party), PASSPHRASE)
    ledger.state(PartyRegistered(party=party, name=NAMED), operator)
    ledger.grant_key(party, Key(**key.public_key.as_json()), operator)
    ledger.state(RoleGranted(party=party, role=ROLES[party], valid_from=SINCE), operator)
    return Signer(party=party, key=key)


def _licensed(ledger: Ledger, signers: dict[str, Signer], **more: Any) -> Record:
    pledge = PledgePublished(
        pledge=f"{UNION}/pledge", edition="1", name=NAMED, valid_from=SINCE, offset="+08:00",
        obligations=(Obligation(code="law", sort="law-and-standards", text=NAMED, first_within=30),),
    )  # fmt: skip
    edition = ledger.state(pledge, signers[UNION])
    (signed,) = ledger.perform(SignPledge(published=edition.id), signers[MAKER])
    rule = MarkRulePublished(
        rule=f"{UNION}/rule", edition="1", name=NAMED, sort="integrity-verification", longest_days=500, valid_from=SINCE,
        pledge=f"{UNION}/pledge",
    )  # fmt: skip
    published = ledger.state(rule, signers[UNION])
    today = now()
    command = LicenseMark(
        licence=f"{UNION}/licence/1", number="L-2026-001", rule=published.id, holder=MAKER, product=PRODUCT,
        valid_from=f"{format_instant(today)[:10]}T00:00:00Z", valid_until=format_instant(today + timedelta(days=365)),
        issuers=(ISSUER,), signed=signed.id, **more,
    )  # fmt: skip
    return ledger.perform(command, signers[UNION])[0]
