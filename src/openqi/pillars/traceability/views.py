"""What events add up to: what an item is in, and where it was last seen, at an instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openqi.records.rows import EventRow


@dataclass(kw_only=True)
class Whereabouts:
    """The state that events lead to, taken in the order of their instants.

    Containment is an interval: what was added may be taken out again. What was transformed is in its outputs for ever.
    """

    parents: dict[str, str] = field(default_factory=dict)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    became: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, event: EventRow) -> None:
        """Go on by one event."""
        removed: tuple[str, ...] = ()
        if event.type == "ObjectEvent" and event.action == "DELETE":  # what is destroyed is in nothing any more
            for thing in event.things:
                self.parents.pop(thing, None)
        if event.type in ("AggregationEvent", "AssociationEvent") and event.parent:
            if event.action == "DELETE":
                removed = self._taken_out(event)
            elif event.action == "ADD":
                self.parents |= dict.fromkeys(event.children, event.parent)
        for thing in event.inputs:
            self.became[thing] = (*self.became.get(thing, ()), *event.outputs)
        if event.location:
            # What is put together is where its whole is; what is taken out is seen there by itself.
            whole = [event.parent] if event.parent and event.action != "DELETE" else removed or event.children
            for thing in (*event.things, *event.outputs, *whole):
                self.seen[thing] = (event.at, event.location)

    def _taken_out(self, event: EventRow) -> tuple[str, ...]:
        """Take children out of a parent, all of them where none is named; each was last seen where its whole was."""
        inside = [child for child, parent in self.parents.items() if parent == event.parent]
        named = dict.fromkeys(event.children or inside)
        gone = tuple(child for child in named if self.parents.get(child) == event.parent)
        for child in gone:
            place = self.place(child)
            if place is not None:
                self.seen[child] = place
            del self.parents[child]
        return gone

    def within(self, item: str) -> tuple[str, ...]:
        """Return what an item is in or became part of, the nearest first."""
        path: list[str] = []
        waiting = [item]
        while waiting:
            thing = waiting.pop(0)
            parent = self.parents.get(thing)
            for outer in (*([parent] if parent is not None else ()), *self.became.get(thing, ())):
                if outer not in path and outer != item:
                    path.append(outer)
                    waiting.append(outer)
        return tuple(path)

    def place(self, item: str) -> tuple[str, str] | None:
        """Return (instant, location) where an item, or something that it is in, was last seen; None where nobody saw it."""
        seen = [self.seen[thing] for thing in (item, *self.within(item)) if thing in self.seen]
        return max(seen, default=None)

    def contents(self, item: str) -> tuple[str, ...]:
        """Return the innermost things that are in an item now; the item itself where nothing is in it."""
        children: dict[str, list[str]] = {}
        for child, parent in self.parents.items():
            children.setdefault(parent, []).append(child)
        found: list[str] = []
        waiting, known = [item], {item}
        while waiting:
            thing = waiting.pop()
            # Events may say that two things are in each other: what was met before is not gone into again.
            inside = [one for one in children.get(thing, ()) if one not in known]
            known.update(inside)
            if inside:
                waiting += reversed(inside)
            else:
                found.append(thing)
        return tuple(found)


def whereabouts(batches: Iterable[Sequence[EventRow]], *, at: str | None = None) -> Whereabouts:
    """Return where things are after all events up to an instant (None: all of them), whatever the order of their files."""
    events = [event for batch in batches for event in batch if at is None or event.at <= at]
    found = Whereabouts()
    for event in sorted(events, key=lambda event: event.at):  # stable: events of one instant stay in the order of their file
        found.take(event)
    return found
