"""The pledge of the example station: an association publishes it, a maker signs, keeps most of it, misses some; all of it made up.

The story took place in the months before the station was founded, so its records state instants of those months.
"""

from typing import Final

from openqi.app.ledger import Signer
from openqi.app.station.demo_past import Past
from openqi.app.station.station import Station
from openqi.evidence.record import Record
from openqi.pillars.governance.pledges.proving import ProvePledge
from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.pillars.governance.pledges.signing import SignPledge
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Content, Names
from openqi.records.conformity import ProductRegistered
from openqi.records.governance import RoleGranted
from openqi.records.pledges import ASSOCIATION, BenchmarkProgrammePublished, Obligation, PledgePublished

_ASSOCIATION: Final = "https://association.example"
PLEDGE, PROGRAMME = f"{_ASSOCIATION}/pledge/quality", f"{_ASSOCIATION}/programme/models"
_NAME: Final = Names(zh="电池企业质量诚信承诺", en="Quality pledge of battery firms")
_SYSTEM, _TESTS, _RECALL, _WARRANTY, _FILE, _TRACE = "system", "tests", "recall", "warranty", "file", "trace"
_OBLIGATIONS: Final = (
    Obligation(
        code=_SYSTEM, sort="quality-system", first_within=30, every=180, grace=30,
        text=Names(zh="质量管理体系持续有效，每半年提交内审报告", en="The quality system stays in force; audited every half year"),
    ),
    Obligation(
        code=_TESTS, sort="inspection-and-metrology", first_within=30, every=90, grace=10, contradicted_by=("failed-test",),
        text=Names(zh="每季度提交出厂检验汇总", en="A summary of release tests is handed in every quarter"),
    ),
    Obligation(
        code=_TRACE, sort="traceability", first_within=60, every=120, grace=15,
        text=Names(zh="每批电池可追溯到原料批次", en="Every lot of cells is traced back to its materials"),
    ),
    Obligation(
        code=_WARRANTY, sort="warranty", first_within=30, every=90, grace=10, contradicted_by=("upheld-complaint", "late-answer"),
        text=Names(zh="三包期内七日答复，每季度报告", en="Claims are answered in seven days; reported every quarter"),
    ),
    Obligation(
        code=_RECALL, sort="recall", first_within=60, contradicted_by=("recall",),
        text=Names(zh="发现缺陷主动召回；提交召回预案", en="Defective goods are recalled; a plan for it is handed in"),
    ),
    Obligation(
        code=_FILE, sort="quality-file", first_within=240,
        text=Names(zh="建立质量档案并保存三年", en="A quality file is kept for three years"),
    ),
)  # fmt: skip


def pledge_example(station: Station, maker: Signer) -> None:
    """Publish a pledge and a programme, and let the example maker sign, hand in what it promised, and miss some of it.

    Args:
        station: of the example; its operator is the association.
        maker: who signs.
    """
    association, firm = Past(station, station.operator), Past(station, maker)
    granted = RoleGranted(party=station.operator.party, role=ASSOCIATION, valid_from="2024-01-01T00:00:00Z")
    station.ledger.state(granted, station.operator)
    earlier = association.state(_edition(association, "1", since=500, until=210), days=480)
    edition = association.state(_edition(association, "2", since=230), days=225)
    product = _product(station, maker.party)
    _ended(station, association, firm, earlier, product)
    signed = firm.do(SignPledge(published=edition.id, products=(product,)), days=205)
    proof = ProvePledge(proof=f"{PLEDGE}/proof/2", number="EX-2026-0002", signed=signed.id)
    association.do(proof, days=204)
    days = ((_SYSTEM, 190), (_TESTS, 180), (_WARRANTY, 178), (_TRACE, 150), (_RECALL, 148), (_TESTS, 92), (_SYSTEM, 20))
    for code, ago in days:
        _shown(station, firm, signed, code, first=205 if ago > 140 else 179, ago=ago)
    programme = association.state(_programme(association), days=200)
    for ago in (176, 60):
        association.do(ReviewBenchmark(published=programme.id, signed=signed.id), days=ago)


def _edition(past: Past, edition: str, *, since: int, until: int | None = None) -> PledgePublished:
    return PledgePublished(
        pledge=PLEDGE, edition=edition, name=_NAME, obligations=_OBLIGATIONS, offset="+08:00", valid_from=past.ago(days=since),
        valid_until=None if until is None else past.ago(days=until), illustrative=True,
        source=Names(zh="为示例编造", en="made up for this example"),
    )  # fmt: skip


def _programme(past: Past) -> BenchmarkProgrammePublished:
    return BenchmarkProgrammePublished(
        programme=PROGRAMME, name=Names(zh="示例标杆企业跟踪", en="Follow-up of model firms (example)"), pledge=PLEDGE,
        most_missed=0, most_contradicted=0, review_every=90, repair_after=30, valid_from=past.ago(days=200), illustrative=True,
    )  # fmt: skip


def _product(station: Station, maker: str) -> str:
    """A product that the maker registered first."""
    for one in station.ledger.store.scan():
        if one.record.kind == ProductRegistered.KIND and one.record.issuer == maker:
            return str(one.record.body["product"])
    raise AssertionError("the maker of the example registers a product")


def _ended(station: Station, association: Past, firm: Past, edition: Record, product: str) -> None:
    """The edition before: its term is over, and its written proof was revoked for a wrong name."""
    signed = firm.do(SignPledge(published=edition.id, products=(product,)), days=470)
    proof = association.do(ProvePledge(proof=f"{PLEDGE}/proof/1", number="EX-2025-0001", signed=signed.id), days=468)
    association.do(Withdraw(record=proof.id, reason="企业名称有误，已重新出具 the name was wrong"), days=460)
    for one in _OBLIGATIONS:
        _shown(station, firm, signed, one.code, first=470, ago=212)


def _shown(station: Station, firm: Past, signed: Record, code: str, *, first: int, ago: int) -> None:
    text = f"示例文件，内容系编造 an example, made up: {code}\n".encode()
    document = Content(media_type="text/plain", sha256=station.ledger.store.put_blob(text), size=len(text))
    command = ShowObligation(
        signed=signed.id, obligation=code, first_day=firm.day(first), last_day=firm.day(ago), documents=(document,)
    )
    firm.do(command, days=ago)
