"""The golden records of pledges: a log of its own, so that no other golden bytes move."""

from hashlib import sha256

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.governance.pledges.proving import ProvePledge
from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.pillars.governance.pledges.signing import EndPledge, SignPledge
from openqi.records import Content, Names
from openqi.records.governance import RoleGranted
from openqi.records.pledges import ASSOCIATION, BenchmarkProgrammePublished, Obligation, PledgePublished

NAMED = Names(zh="示例", en="example")
PLEDGE = "https://association.example/pledge"
OBLIGATIONS = (
    Obligation(code="system", sort="quality-system", text=NAMED, first_within=30),
    Obligation(
        code="recall", sort="recall", text=NAMED, first_within=30, every=90, grace=10,
        contradicted_by=("recall", "upheld-complaint", "late-answer"),
    ),
)  # fmt: skip


def pledges_records(ledger: Ledger, operator: Signer, association: Signer, firm: Signer) -> list[Record]:
    """Publish a pledge and a programme, sign, hand in, prove, review, end, review again."""
    ledger.state(RoleGranted(party=association.party, role=ASSOCIATION, valid_from="2026-01-01T00:00:00Z"), operator)
    published = ledger.state(
        PledgePublished(
            pledge=PLEDGE, edition="2026", name=NAMED, obligations=OBLIGATIONS, offset="+08:00", valid_from="2026-01-01T00:00:00Z",
            valid_until="2028-01-01T00:00:00Z", source=NAMED, illustrative=True,
        ),
        association,
    )  # fmt: skip
    programme = ledger.state(
        BenchmarkProgrammePublished(
            programme="https://association.example/models", name=NAMED, pledge=PLEDGE, most_missed=0, most_contradicted=0,
            review_every=90, repair_after=30, valid_from="2026-01-01T00:00:00Z", illustrative=True,
        ),
        association,
    )  # fmt: skip
    (signed,) = ledger.perform(SignPledge(published=published.id), firm)
    handbook = b"quality handbook"
    ledger.store.put_blob(handbook)
    document = Content(media_type="text/plain", sha256=sha256(handbook).hexdigest(), size=len(handbook))
    show = ShowObligation(
        signed=signed.id, obligation="system", first_day="2026-11-01", last_day="2026-11-20", documents=(document,),
        evidence=(signed.id,), remark=NAMED,
    )  # fmt: skip
    (shown,) = ledger.perform(show, firm)
    prove = ProvePledge(proof=f"{PLEDGE}/proof/1", number="2026-0001", signed=signed.id, valid_until="2027-01-01T00:00:00Z")
    (proved,) = ledger.perform(prove, association)
    review = ReviewBenchmark(published=programme.id, signed=signed.id)
    ledger.perform(review, association)
    (ended,) = ledger.perform(EndPledge(signed=signed.id, reason=NAMED), firm)
    (lost,) = ledger.perform(review, association)
    return [published, programme, signed, shown, proved, ended, lost]
