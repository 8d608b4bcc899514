"""Many complaints as evidence: joined where they are one matter, and counted for the public with every denominator."""

from typing import ClassVar, Final

from openqi.records import Body, Day, DecimalText, Index, Names, Part, RecordId, Reference, Text, Uri

MOST_JOINED: Final = 100
"""As many have room in one record, with what is read of each."""


def figures_subject(authority: str) -> str:
    """Return the subject in whose stream lie the published figures of an authority."""
    return f"{authority}#complaint-figures"


class ComplaintsJoined(Body, frozen=True):
    """Many complaints are one matter (群体投诉): each keeps its clock and its answer, and the matter is looked into once."""

    KIND: ClassVar[str] = "surveillance.complaints-joined/1"

    matter: Uri
    name: Names
    complaints: tuple[RecordId, ...]
    firm: Uri | None = None
    product: Uri | None = None

    def __post_init__(self) -> None:
        if not 2 <= len(self.complaints) <= MOST_JOINED or len({*self.complaints}) != len(self.complaints):
            raise ValueError("2 to 100 complaints are joined, each once; join more in a further record")

    def subjects(self) -> tuple[str, ...]:
        return (self.matter,)

    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference("complaint", one) for one in self.complaints)


class CountStated(Part, frozen=True, kw_only=True):
    """A count, and of how many: `name` says of what, `of` what the denominator counts."""

    name: Text
    count: Index
    of: Text
    total: Index


class ComplaintsCounted(Body, frozen=True):
    """Figures of complaints for the public (投诉信息公示), each with its denominator, from the evidence and from nothing else.

    `least` is the smallest count that is shown; smaller ones stand together as `others`, so that nobody is found by them, nor by
    subtracting what is shown. What cannot be shown so stands in `withheld`. `repeats` of the received are by somebody who had
    complained of the same before. Days are those of the time zone of `calendar`.
    """

    KIND: ClassVar[str] = "surveillance.complaints-counted/1"

    authority: Uri
    first_day: Day
    last_day: Day
    calendar: Uri
    received: Index
    figures: tuple[CountStated, ...]
    least: Index
    withheld: tuple[Text, ...] = ()
    share_in_time: DecimalText | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (figures_subject(self.authority),)
