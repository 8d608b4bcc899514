"""The golden records of separation of duties: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.records import Names
from openqi.records.duties import SeparationEnded, SeparationPublished

RULE = "https://operator.example/rule/sampling-apart"


def duties_records(ledger: Ledger, operator: Signer) -> list[Record]:
    """Publish one separation of duties and end it."""
    published = ledger.state(
        SeparationPublished(
            origin=ledger.origin, rule=RULE, name=Names(zh="抽检分离", en="Who samples does not test"),
            did=("conformity.lot-decided/1",), does=("conformity.result-reported/1", "conformity.judge-result/1"), level="key",
            reason=Names(zh="抽样人员不得参与检验", en="Whoever draws the sample has no hand in the test"),
            source=Names(zh="产品质量监督抽查管理暂行办法"), valid_from="2026-11-01T00:00:00Z", valid_until="2027-11-01T00:00:00Z",
        ),
        operator,
    )  # fmt: skip
    ended = ledger.state(
        SeparationEnded(
            origin=ledger.origin, rule=RULE, separation=published.id, does=("conformity.judge-result/1",),
            ended_at="2027-01-01T00:00:00Z", reason=Names(en="the laboratory has one judge only"),
        ),
        operator,
    )  # fmt: skip
    return [published, ended]
