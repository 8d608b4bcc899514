"""Disputes about quality (第三方质量争议仲裁): a joint sample and a rule that both sides accept before anybody knows a result."""

from typing import ClassVar, Literal

from openqi.records import Body, Index, Instant, Names, RecordId, Reference, Text, Uri


class DisputeProposed(Body, frozen=True):
    """One side proposes how a dispute is settled: which items, sealed how, tested where, by which requirement and rule.

    `most_failing` of the sample may fail; with more of them the claim is upheld. An item without a result leaves it open.
    """

    KIND: ClassVar[str] = "surveillance.dispute-proposed/1"

    dispute: Uri
    claimant: Uri
    respondent: Uri
    laboratory: Uri
    requirement: RecordId
    sample: tuple[Uri, ...]
    most_failing: Index
    pays: Literal["who-loses", "claimant", "respondent", "halves"]
    text: Names
    accept_until: Instant
    seals: tuple[Text, ...] = ()
    complaint: RecordId | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.sample) <= 100 or len({*self.sample}) != len(self.sample):
            raise ValueError("a sample has 1 to 100 items, each once")
        if self.most_failing >= len(self.sample):
            raise ValueError("fewer items may fail than there are, else the rule decides nothing")

    def subjects(self) -> tuple[str, ...]:
        return (self.dispute,)

    def references(self) -> tuple[Reference, ...]:
        complaint = () if self.complaint is None else (Reference("complaint", self.complaint),)
        return (Reference("requirement", self.requirement), *complaint)


class DisputeAccepted(Body, frozen=True):
    """The other side accepts sample, laboratory and rule as proposed, before anything was tested."""

    KIND: ClassVar[str] = "surveillance.dispute-accepted/1"

    dispute: Uri
    proposed: RecordId
    party: Uri

    def subjects(self) -> tuple[str, ...]:
        return (self.dispute,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("proposal", self.proposed),)


class DisputeSettled(Body, frozen=True):
    """What the rule that both accepted says of the verdicts: upheld, not upheld, or open with the items that are `missing`."""

    KIND: ClassVar[str] = "surveillance.dispute-settled/1"

    dispute: Uri
    proposed: RecordId
    accepted: RecordId
    judged: tuple[RecordId, ...]
    tested: Index
    failing: Index
    outcome: Literal["upheld", "not-upheld", "open"]
    pays: Literal["claimant", "respondent", "halves", "open"]
    missing: tuple[Uri, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.dispute,)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("proposal", self.proposed), Reference("acceptance", self.accepted),
            *(Reference("verdict", one) for one in self.judged),
        )  # fmt: skip
