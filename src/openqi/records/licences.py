"""Marks under a licence: the rule of a mark, who may use it until when and on what tests, issues, and what became of marks."""

from typing import ClassVar, Final, Literal

from openqi.records import Body, Day, DecimalText, Index, Instant, Items, Names, Part, RecordId, Reference, Small, Text, Uri

ASSOCIATION: Final = "association"
MarkState = Literal["activated", "sold", "returned", "recalled", "destroyed", "revoked", "ended"]
"""What became of a mark after it was issued. A page tells the gravest that stands, and which record says so."""
FINAL: Final[tuple[MarkState, ...]] = ("revoked", "recalled", "destroyed", "ended")
"""States that nothing sold or returned afterwards undoes, the gravest first; only withdrawing their record does."""
MOST_TESTS: Final = 200
MOST_REQUIREMENTS: Final = 10


OF_LICENCES: Final = "#licences"
OF_ISSUES: Final = "#issues"


def licences_subject(firm: str) -> str:
    """Return the subject in whose stream lie the licences that a firm holds."""
    return firm + OF_LICENCES


def states_subject(marks: str) -> str:
    """Return the subject in whose stream lies what became of the marks of one issue."""
    return f"urn:openqi:marks:{marks}"


def issues_subject(licence: str) -> str:
    """Return the subject in whose stream lie the issues under a licence; the licence itself stays complete."""
    return licence + OF_ISSUES


class MarkRulePublished(Body, frozen=True):
    """The rule of a mark (标识规则): for whom, for how long at most, and for "consistently passing" which series of tests.

    `tests` in a row, none of which may fail, from at least `laboratories` laboratories, on each of `requirements`. The newest lies
    `over_days` or more after the oldest, and at most `newest_within` days back when the licence is given (0: however far back).
    Without `tests` a signed pledge is enough.
    """

    KIND: ClassVar[str] = "conformity.mark-rule-published/1"
    ROLE: ClassVar[str | None] = ASSOCIATION

    rule: Uri
    edition: Text
    name: Names
    sort: Literal["integrity-verification", "consistently-passing"]
    longest_days: Index
    valid_from: Instant
    pledge: Uri | None = None
    requirements: tuple[Uri, ...] = ()
    tests: Index = 0
    over_days: Index = 0
    newest_within: Index = 0
    laboratories: Small = 0
    valid_until: Instant | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if self.sort == "consistently-passing" and not (self.tests and self.requirements):
            raise ValueError("a mark of consistently passing goods says how many tests in a row, on which requirements")
        if self.sort == "integrity-verification" and self.pledge is None:
            raise ValueError("a mark of integrity names the pledge that its bearer has signed")
        if not 1 <= self.longest_days <= 3660:
            raise ValueError("a licence ends after at most 1 to 3660 days")
        if not self.tests and (self.requirements or self.over_days or self.newest_within or self.laboratories):
            raise ValueError("a rule that asks for a series of tests says how many in `tests`; else leave out what is about them")
        if self.tests > MOST_TESTS or len(self.requirements) > MOST_REQUIREMENTS or self.over_days > 3660:
            raise ValueError(f"a rule asks for at most {MOST_TESTS} tests over 3660 days, on {MOST_REQUIREMENTS} requirements")
        if len({*self.requirements}) != len(self.requirements):
            raise ValueError("a rule names each requirement once")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a rule ends to hold after it begins to")

    def subjects(self) -> tuple[str, ...]:
        return (self.rule,)


class SeriesStated(Part, frozen=True, kw_only=True):
    """A series of tests on one requirement: how many, none failed, and what that is worth.

    `first_day` and `last_day` are those of its oldest and newest test, in UTC. `least_share` is the lower bound, at `confidence`,
    of the share of such tests that pass, were the tested goods drawn at random and independently (n-th root of
    1 - confidence, cut after four places); a rule alone says nothing of it.
    """

    requirement: Uri
    tests: Index
    first_day: Day
    last_day: Day
    laboratories: Small
    least_share: DecimalText
    confidence: DecimalText


class MarkLicensed(Body, frozen=True):
    """A firm may put a mark on a product (标识使用许可), between two instants, in some markets, on at most so many units.

    `issuers` may issue the marks, besides the holder. `evidence` are the tests of its `series`, `signed` the signature under the
    pledge that the rule names.
    """

    KIND: ClassVar[str] = "conformity.mark-licensed/1"

    licence: Uri
    number: Text
    rule: Uri
    published: RecordId
    holder: Uri
    product: Uri
    valid_from: Instant
    valid_until: Instant
    most: Index | None = None
    markets: tuple[Text, ...] = ()
    issuers: tuple[Uri, ...] = ()
    signed: RecordId | None = None
    evidence: tuple[RecordId, ...] = ()
    series: tuple[SeriesStated, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.licence, self.product, licences_subject(self.holder))

    def references(self) -> tuple[Reference, ...]:
        signed = () if self.signed is None else (Reference("signature", self.signed),)
        return (Reference("rule of the mark", self.published), *signed, *(Reference("test", one) for one in self.evidence))


class LicensedMarksIssued(Body, frozen=True):
    """Marks were issued under a licence. Each row is {mark} and {item} where it is known: a mark stands there as a hash only.

    `use_until` is the last day on which they may be put on goods, never after the end of the licence.
    """

    KIND: ClassVar[str] = "conformity.marks-issued/2"

    licence: Uri
    licensed: RecordId
    product: Uri
    items: Items
    use_until: Day
    lot: Uri | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (issues_subject(self.licence), self.product, *([self.lot] if self.lot else []))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("licence", self.licensed),)


class MarkStatesStated(Body, frozen=True):
    """What became of marks of one issue: each row is {mark}, or all of them where there are no rows (`whole`).

    `by` says in which capacity who stated it may: who put the marks on (holder or issuer), who recalls, who gave the licence.
    """

    KIND: ClassVar[str] = "conformity.mark-states-stated/1"

    marks: RecordId
    product: Uri
    state: MarkState
    at: Instant
    by: Literal["bearer", "recaller", "licensor"]
    reason: Names | None = None
    whole: bool = False
    items: Items | None = None
    because: RecordId | None = None

    def __post_init__(self) -> None:
        if self.whole == (self.items is not None):
            raise ValueError("name the marks in rows, or say `whole`, not both and not neither")
        if self.state == "recalled" and self.because is None:
            raise ValueError("what is recalled names the recall in `because`")
        if self.state in ("revoked", "recalled") and self.reason is None:
            raise ValueError("what is revoked or recalled says why")

    def subjects(self) -> tuple[str, ...]:
        return (states_subject(self.marks),)

    def references(self) -> tuple[Reference, ...]:
        because = () if self.because is None else (Reference("because of", self.because),)
        return (Reference("marks", self.marks), *because)
