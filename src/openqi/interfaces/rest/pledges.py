"""What programs are told of pledges: the register as it is searched, and how every promise of a firm stands on a day."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import Query

from openqi.app.reading.pledges.firms import firm_page
from openqi.app.reading.pledges.listing import register_page, row_of
from openqi.app.reading.pledges.search import Asked, PledgeSearch
from openqi.app.reading.pledges.signatures import Contradicting, Promise, SignatureTold, Standing
from openqi.app.reading.reader import Reader
from openqi.interfaces.rest.models import Model, RecordId
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.records.pledges import Contradiction, ModelStatus, ObligationSort, PromiseCode

PER_ANSWER: Final = 100
_LONGEST: Final = 2_100
Words = Annotated[str, Query(max_length=200)]


class PledgeRow(Model):
    """A signature: kept, due, missed and contradicted add up to its promises."""

    signed: RecordId
    firm: str
    firm_zh: str
    firm_en: str
    codes: list[str]
    pledge: str
    edition: str
    signed_at: str
    valid_until: str | None
    as_of: str
    standing: Standing
    promises: int
    kept: int
    due: int
    missed: int
    contradicted: int
    ended_at: str | None
    open_complaints: int | None
    proof: str | None
    proof_revoked: bool | None


class PledgeRegister(Model):
    """Signatures that were asked for, the newest first; `standings` add up to `denominator`; ask with `before=next` for more."""

    origin: str
    size: int
    denominator: int
    standings: dict[Standing, int]
    signatures: list[PledgeRow]
    next: int | None


class PromiseTold(Model):
    """A promise on a day; `unshown` periods were never shown; `evidence` is what its state rests on."""

    obligation: str
    sort: ObligationSort
    zh: str
    en: str
    state: PromiseCode
    since: str
    due: str | None
    unshown: int
    evidence: list[str]


class ContradictionTold(Model):
    """What contradicts a pledge: since a day, and whether it still does."""

    sort: Contradiction
    record: str
    day: str
    now: Literal["open", "waits", "closed", "void"]


class SignatureModel(Model):
    """A signature with every promise as it stood on the day `as_of`."""

    row: PledgeRow
    promises: list[PromiseTold]
    contradictions: list[ContradictionTold]


class ModelFirm(Model):
    """A programme that follows the firm up, and its status there."""

    programme: str
    status: ModelStatus
    missed: int
    contradicted: int
    reviewed_at: str
    review: RecordId


class FirmPledges(Model):
    """The pledges of a firm."""

    firm: str
    zh: str
    en: str
    codes: list[str]
    signatures: list[SignatureModel]
    programmes: list[ModelFirm]


class PledgeAnswers:
    """What the routes of pledges answer: what the public may see."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._search: PledgeSearch | None = None

    def pledges(
        self, q: Words = "", pledge: Annotated[str, Query(max_length=_LONGEST)] = "", state: Standing | None = None,
        before: Annotated[int, Query(ge=0, lt=2**53)] | None = None,
    ) -> PledgeRegister:  # fmt: skip
        """Return a page of the register of pledges: all words of `q`, of one pledge, in one state."""
        self._search = self._search or PledgeSearch(self._reader.ledger, self._reader.origin)
        asked = Asked(query=q, pledge=pledge, standing=state, before=before)
        page = register_page(self._reader, self._search, asked, limit=PER_ANSWER)
        return PledgeRegister(
            origin=self._reader.origin, size=page.hits.size, denominator=page.hits.count, standings=page.hits.standings,
            signatures=list(map(self._row, page.lines)), next=page.hits.next,
        )  # fmt: skip

    def pledges_of(self, of: Annotated[str, Query(min_length=1, max_length=_LONGEST)], on: date | None = None) -> FirmPledges:
        """Return the pledges of a firm, as of a day (2000 to 2199) or of the present one."""
        if on is not None and not 2000 <= on.year <= 2199:
            raise RefusedError("day-asked", f"{on} is no day between 2000 and 2199")
        page = firm_page(self._reader.as_party(None).context(), of, now=format_instant(self._reader.now()), on=on)
        models = [
            ModelFirm(
                programme=one.reviewed.programme, status=one.reviewed.status, missed=one.reviewed.missed,
                contradicted=one.reviewed.contradicted, reviewed_at=one.reviewed.at, review=one.review.id,
            )
            for one in page.models
        ]  # fmt: skip
        return FirmPledges(
            firm=page.firm.uri, zh=page.firm.zh, en=page.firm.en, codes=list(page.codes), programmes=models,
            signatures=[self._signature(one.signature) for one in page.signatures],
        )  # fmt: skip

    def _row(self, one: SignatureTold) -> PledgeRow:
        return PledgeRow(**row_of(self._reader.as_party(None).context(), one))

    def _signature(self, one: SignatureTold) -> SignatureModel:
        return SignatureModel(
            row=self._row(one), promises=list(map(_promise, one.promises)), contradictions=list(map(_against, one.contradicting))
        )

    def routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        """Return each route with what it is about and what answers it."""
        return (("/api/pledges", "pledges", self.pledges), ("/api/pledges/firm", "pledges", self.pledges_of))


def _promise(one: Promise) -> PromiseTold:
    state = one.state
    return PromiseTold(
        obligation=state.obligation.code, sort=state.obligation.sort, zh=state.obligation.text.zh, en=state.obligation.text.en,
        state=state.state, since=state.since.isoformat(), due=None if state.due is None else state.due.isoformat(),
        unshown=state.unshown, evidence=list(state.evidence),
    )  # fmt: skip


def _against(one: Contradicting) -> ContradictionTold:
    return ContradictionTold(sort=one.fact.sort, record=one.fact.record, day=one.day.isoformat(), now=one.now)
