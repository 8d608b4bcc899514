"""Freezing the list of objects that can be drawn: read, checked, and put under its root."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.standing import content_of, public_basis, public_step, standing_record
from openqi.records import Command, Content, Instant, Names, RecordId, Uri, statement
from openqi.records.draw_lists import Counted, FrameFrozen
from openqi.records.draws import AUTHORITY
from openqi.science.draws.commitment import committed
from openqi.science.draws.frame import Frame
from openqi.science.draws.listing import MEDIA_TYPE, frame_of_listing

CLASSIFIED: Final = "surveillance.objects-classified/1"
LONGEST: Final = 60
MOST_LABELS: Final = 100
"""Strata, classes and reasons of a list: each stands in the records of list, commitment and draw, which have an end."""


class FreezeFrame(Command, frozen=True):
    """Freeze who can be drawn: a file with a line an object, and one of those who were left out, each with the reason.

    `classified` is the record that gave the objects their classes, where there is one.
    """

    NAME: ClassVar[str] = "surveillance.freeze-frame/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    frame: Uri
    name: Names
    as_of: Instant
    source: Names
    document: Content
    exclusions: Content | None = None
    classified: RecordId | None = None
    illustrative: bool = False


def freeze_frame(view: View, command: FreezeFrame, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- whoever has the role
    """Return the frozen list.

    Raises:
        NotFoundError: a file is not at hand.
        FormatError: a file is none of lines with such columns; the message says which line.
        RefusedError: an object stands there twice or is excluded without a reason, the list is empty or of the future.
    """
    public_step(command.visible_to)
    parse_instant(command.as_of)
    if command.as_of > command.now:
        raise RefusedError("list-of-today", f"the list is as of {command.as_of}, which is to come")
    if command.classified is not None:
        _check_classified(public_basis(standing_record(view, command.classified)))
    frame = listed(view, command.document, command.exclusions)
    counts = [Counter(codes.tolist()) for codes in (frame.stratum, frame.risk_class)]
    reasons = Counter(one.reason for one in frame.exclusions)
    for what, found in (("strata", frame.strata), ("classes", frame.classes), ("reasons of exclusion", [*reasons])):
        if len(found) > MOST_LABELS:
            raise RefusedError(
                "labels-fit", f"the list has {len(found)} {what}, and at most {MOST_LABELS} fit: draw in several lists"
            )
        if longest := [label for label in found if len(label) > LONGEST]:
            raise RefusedError("labels-fit", f"{longest[0][:40]!r} has more than {LONGEST} characters: shorten it")
    frozen = FrameFrozen(
        frame=command.frame, name=command.name, as_of=command.as_of, source=command.source, root=committed(frame).root.hex(),
        objects=len(frame), document=command.document,
        strata=_counted((label, counts[0][code]) for code, label in enumerate(frame.strata)),
        classes=_counted((label, counts[1][code]) for code, label in enumerate(frame.classes)),
        excluded=len(frame.exclusions), exclusions=command.exclusions, reasons=_counted(sorted(reasons.items())),
        classified=command.classified, illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(frozen),)


def _check_classified(record: Record) -> None:
    if record.kind != CLASSIFIED:
        raise RefusedError("classification-known", f"record {record.id} is a {record.kind}; classes come of {CLASSIFIED}")


def listed(view: View, document: Content, exclusions: Content | None) -> Frame:
    """Return the list that two files hold.

    Raises:
        OpenQIError: as `freeze_frame` says.
    """
    data = content_of(view, document, media_type=MEDIA_TYPE, what="the list")
    if exclusions is None:
        return frame_of_listing(data)
    return frame_of_listing(data, content_of(view, exclusions, media_type=MEDIA_TYPE, what="the list of exclusions"))


def _counted(found: Iterable[tuple[str, int]]) -> tuple[Counted, ...]:
    return tuple(Counted(label=label, objects=count) for label, count in found)
