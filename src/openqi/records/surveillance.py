"""What came to the notice of those who watch the market: cases."""

from typing import ClassVar, Literal

from openqi.records import Body, Names, RecordId, Reference, Text, Uri


class CaseOpened(Body, frozen=True):
    """Somebody reported a problem with a marked product. What they wrote lies beside, salted and erasable, never in the log."""

    KIND: ClassVar[str] = "surveillance.case-opened/1"
    ROLE: ClassVar[str | None] = "operator"

    case: Uri
    mark: Uri
    marks: RecordId
    received_by: Uri
    channel: Literal["mark-page", "counter", "letter", "telephone"]
    matter: Names
    report: Text | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.case, self.mark)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("marks", self.marks),)
