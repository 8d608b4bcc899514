"""The golden records of licensed marks: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.formats.digital_link import digital_link, mark_name
from openqi.pillars.conformity.licensing.granting import LicenseMark
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks
from openqi.pillars.conformity.licensing.stating import StateMarks
from openqi.pillars.governance.pledges.signing import SignPledge
from openqi.pillars.surveillance.recalls.publishing import PublishRecall
from openqi.records import Items, Names
from openqi.records.governance import RoleGranted
from openqi.records.licence_rows import LicensedMarkRow, mark_line
from openqi.records.licences import MarkRulePublished
from openqi.records.pledges import ASSOCIATION, Obligation, PledgePublished
from openqi.records.recalls import RecallLine
from openqi.records.rows import committed, row_line
from tools.golden_chain import CLAUSE, LOT, PRODUCT, GoldenChain

NAMED = Names(zh="示例", en="example")
PLEDGE, RULE, LICENCE = (f"https://association.example/{name}/1" for name in ("pledge", "rule", "licence"))
FROM = "2026-01-01T00:00:00Z"


def licences_records(ledger: Ledger, operator: Signer, checker: Signer, association: Signer) -> list[Record]:
    """Play the chain with one party in all its roles, license a mark on its tests and its pledge, issue, activate, recall."""
    GoldenChain(ledger, operator, checker).play()
    ledger.state(RoleGranted(party=association.party, role=ASSOCIATION, valid_from=FROM), operator)
    rule = _rule(ledger, association)
    license_ = LicenseMark(
        licence=LICENCE, number="L-2026-001", rule=rule.id, holder=operator.party, product=PRODUCT,
        valid_from="2026-11-20T00:00:00Z", valid_until="2027-11-19T16:00:00Z", most=10, markets=("CN",),
        issuers=(checker.party,), signed=_signed(ledger, operator, association).id, confidence="0.90", illustrative=True,
    )  # fmt: skip
    (licensed,) = ledger.perform(license_, association)
    marks = [digital_link("https://mark.example", "09521234543213", f"{number:020d}") for number in range(3)]
    lines = [mark_line(mark_name(mark)) for mark in marks[1:]]
    first = row_line(LicensedMarkRow(item="https://maker.example/cell/1", mark=mark_name(marks[0])))
    issue = IssueLicensedMarks(licence=licensed.id, items=_kept(ledger, first, *lines), use_until="2027-11-19", lot=LOT)
    (issued,) = ledger.perform(issue, operator)
    activate = StateMarks(marks=issued.id, state="activated", at=ledger.now(), items=_kept(ledger, *lines))
    (activated,) = ledger.perform(activate, operator)
    recall = PublishRecall(
        recall="https://maker.example/recall/1", number="R-1", firm=operator.party, name=NAMED, defect=NAMED, consequence=NAMED,
        lines=(RecallLine(number="1", name=NAMED, product=PRODUCT, lots=(LOT,)),), risk="high", remedies=("refund",),
        what_to_do=NAMED, contact=NAMED, sold=NAMED, begins="2026-11-20",
    )  # fmt: skip
    (published,) = ledger.perform(recall, operator)
    state = StateMarks(marks=issued.id, state="recalled", at=ledger.now(), reason=NAMED, whole=True, because=published.id)
    (recalled,) = ledger.perform(state, operator)
    return [rule, licensed, issued, activated, recalled]


def _rule(ledger: Ledger, association: Signer) -> Record:
    stated = MarkRulePublished(
        rule=RULE, edition="1", name=NAMED, sort="consistently-passing", longest_days=366, valid_from=FROM, pledge=PLEDGE,
        requirements=(CLAUSE,), tests=1, newest_within=366, laboratories=1, valid_until="2030-01-01T00:00:00Z", illustrative=True,
    )  # fmt: skip
    return ledger.state(stated, association)


def _signed(ledger: Ledger, holder: Signer, association: Signer) -> Record:
    pledge = PledgePublished(
        pledge=PLEDGE, edition="1", name=NAMED, offset="+08:00", valid_from=FROM,
        obligations=(Obligation(code="law", sort="law-and-standards", text=NAMED, first_within=30),),
    )  # fmt: skip
    edition = ledger.state(pledge, association)
    return ledger.perform(SignPledge(published=edition.id), holder)[0]


def _kept(ledger: Ledger, *lines: bytes) -> Items:
    items, content = committed(lines)
    ledger.store.put_blob(content)
    return items
