"""What `openqi.yaml` can declare of pledges."""

from openqi.app.workspace.declaring import Declared
from openqi.records import Names
from openqi.records.pledges import Contradiction, ObligationSort


class ObligationDeclared(Declared, frozen=True, kw_only=True):
    """A promise; its name in the file is its code. `first_within`, `every` and `grace` are in days.

    `shown_by` are kinds of record, any of which shows it; none where a document is enough. Without `every` it is shown once.
    """

    sort: ObligationSort
    text: Names
    first_within: int
    shown_by: tuple[str, ...] = ()
    every: int | None = None
    grace: int = 0
    contradicted_by: tuple[Contradiction, ...] = ()


class PledgeDeclared(Declared, frozen=True, kw_only=True):
    """An edition of a pledge; once it was signed it is never changed, the next edition is an entry of its own."""

    uri: str
    edition: str
    name: Names
    obligations: dict[str, ObligationDeclared]
    offset: str
    valid_from: str
    published_by: str
    valid_until: str | None = None
    source: Names | None = None
    illustrative: bool | None = None


class PledgeSignatureDeclared(Declared, frozen=True, kw_only=True):
    """A firm signs an edition, for some of `products` or for all of its own."""

    pledge: str
    signed_by: str
    products: tuple[str, ...] = ()
    valid_until: str | None = None


class ShownObligationDeclared(Declared, frozen=True, kw_only=True):
    """What a firm hands in for a promise: `evidence` are entries such as `judgements/NAME`, `documents` are files."""

    signature: str
    obligation: str
    first_day: str
    last_day: str
    shown_by: str
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    remark: Names | None = None


class PledgeProofDeclared(Declared, frozen=True, kw_only=True):
    """The written proof of a signature."""

    uri: str
    number: str
    signature: str
    proved_by: str
    valid_until: str | None = None


class EndedPledgeDeclared(Declared, frozen=True, kw_only=True):
    """A signature that was ended, by the firm or the association, and why."""

    signature: str
    reason: Names
    ended_by: str


class BenchmarkProgrammeDeclared(Declared, frozen=True, kw_only=True):
    """A programme that follows up model firms: with more promises missed or contradicted the status is lost; in days the others."""

    uri: str
    name: Names
    pledge: str
    most_missed: int
    most_contradicted: int
    review_every: int
    repair_after: int
    valid_from: str
    published_by: str
    valid_until: str | None = None
    illustrative: bool | None = None


class BenchmarkReviewDeclared(Declared, frozen=True, kw_only=True):
    """A look at a model firm, as of the build that first finds the entry."""

    programme: str
    signature: str
    reviewed_by: str
