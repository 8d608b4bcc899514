"""Where things went and what they became part of: events, many as one."""

from typing import ClassVar

from openqi.records import Body, Content, Items, Uri


class EventsCaptured(Body, frozen=True):
    """A party reports what happened to items of some lots; `document` is the file as it was received.

    Each row is {action, at, type} and, where the event has them: children, inputs, location, outputs, parent, step, things.
    """

    KIND: ClassVar[str] = "traceability.events-captured/1"
    ROLE: ClassVar[str | None] = "traceability-party"

    lots: tuple[Uri, ...]
    items: Items
    document: Content

    def subjects(self) -> tuple[str, ...]:
        return self.lots
