"""What `openqi.yaml` can declare of complaints and disputes."""

from typing import Literal

from openqi.app.workspace.declaring import Declared
from openqi.records import Names
from openqi.records.complaints import Channel, Outcome, Wish


class ComplaintDeclared(Declared, frozen=True, kw_only=True):
    """A complaint. `text` and `person` are files with the words; once it is in the log they can be deleted.

    `firm` is a party, `product` and `lot` are entries, `same_as` is another complaint, `limit` an entry of `limits`. With `told`
    the firm sees it.
    """

    uri: str
    received_by: str
    received_at: str
    channel: Channel
    matter: str
    text: str
    person: str | None = None
    firm: str | None = None
    product: str | None = None
    lot: str | None = None
    item: str | None = None
    hazard: str | None = None
    harmed: bool = False
    wishes: tuple[Wish, ...] = ()
    same_as: str | None = None
    limit: str | None = None
    told: bool = True
    illustrative: bool | None = None


class ComplaintDecisionDeclared(Declared, frozen=True, kw_only=True):
    """Whether a complaint is accepted, as of the build that first finds the entry; `to` is a party."""

    complaint: str
    decision: Literal["accepted", "not-accepted", "handed-over"]
    reason: Names | None = None
    to: str | None = None
    limit: str | None = None


class ComplaintTestDeclared(Declared, frozen=True, kw_only=True):
    """A test that a complaint waits for; it begins with the build that first finds the entry."""

    complaint: str
    asks: Names
    laboratory: str | None = None


class EndedComplaintTestDeclared(Declared, frozen=True, kw_only=True):
    """The end of a test: `evidence` are entries such as `judgements/NAME`, `documents` are files."""

    test: str
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class ComplaintAnswerDeclared(Declared, frozen=True, kw_only=True):
    """The firm's answer; `text` is a file with its words."""

    complaint: str
    text: str
    offers: tuple[Wish, ...] = ()
    evidence: tuple[str, ...] = ()


class ClosedComplaintDeclared(Declared, frozen=True, kw_only=True):
    """How a complaint ended."""

    complaint: str
    outcome: Outcome
    reason: Names | None = None
    product: str | None = None
    lot: str | None = None
    item: str | None = None
    notice_limit: str | None = None
    clue_limit: str | None = None
    evidence: tuple[str, ...] = ()


class UpheldComplaintDeclared(Declared, frozen=True, kw_only=True):
    """An upheld complaint that is made public: `closed` is an entry of `closed_complaints`."""

    closed: str
    reason: Names | None = None
    with_item: bool = False


class DisputeDeclared(Declared, frozen=True, kw_only=True):
    """How a dispute is settled: parties, an entry of `clauses`, the URIs of the sample."""

    uri: str
    claimant: str
    respondent: str
    laboratory: str
    requirement: str
    sample: tuple[str, ...]
    most_failing: int
    pays: Literal["who-loses", "claimant", "respondent", "halves"]
    text: Names
    accept_until: str
    proposed_by: str
    seals: tuple[str, ...] = ()
    complaint: str | None = None
    public: bool = False
    illustrative: bool | None = None


class AcceptedDisputeDeclared(Declared, frozen=True, kw_only=True):
    """The other side accepts how a dispute is settled."""

    dispute: str
    accepted_by: str


class SettledDisputeDeclared(Declared, frozen=True, kw_only=True):
    """What the accepted rule says of the verdicts: `accepted` is an entry of `accepted_disputes`."""

    accepted: str
    settled_by: str
