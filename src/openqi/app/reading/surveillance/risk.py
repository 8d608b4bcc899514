"""The risk class of an object for whom it is about: by which scheme, with which reasons, what changed it since, and how to appeal.

Rows of classes are private. They are shown here to the party whose code the object bears, and to who acts under the scheme.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from openqi.app.reading import steadily
from openqi.app.reading.context import Context, Seen
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items as items_of
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.pillars.surveillance.risk.changing import shown
from openqi.pillars.surveillance.risk.standing_classes import Classification, changes_of_object, class_at, the_classification
from openqi.records import Names
from openqi.records.risk import ModelRegistered
from openqi.records.risk_classes import ClassAppealed, ObjectsClassified, object_subject
from openqi.records.risk_rows import ClassRow


@dataclass(frozen=True, kw_only=True)
class ClassTold:
    """The class of an object under a scheme.

    Args:
        seen: the classification.
        found: it, with its scheme.
        row: the object's own row, with probability and reasons.
        risk_class: as appeals and repairs have it today.
        holds: whether the classification holds today.
        after: appeals, decisions on them and repairs, as they came.
        names: what features are called, as the model has it.
        proof: what an appeal has to show: `leaf`, `row`, `path`.
    """

    seen: Seen
    found: Classification
    row: ClassRow
    risk_class: str
    holds: bool
    after: tuple[Seen, ...]
    names: Mapping[str, Names]
    proof: Mapping[str, object]

    @property
    def appealed(self) -> bool:
        """Whether an appeal against it stands, decided or not: there is no second one."""
        return any(one.kind == ClassAppealed.KIND and one.state != "withdrawn" for one in self.after)


def classes_told(context: Context, name: str, *, own: bool) -> tuple[ClassTold, ...]:
    """Return the classes of an object under each scheme, by the newest classification that stands.

    Args:
        context: the log, as one reader may see it.
        name: of the object.
        own: whether the reader is the object itself; nobody else sees a class but who acts under the scheme.
    """
    if context.reader is None:
        return ()
    return tuple(one for found in _newest(context) if (one := _told(context, found, name, own=own)) is not None)


def _newest(context: Context) -> Iterator[Classification]:
    view = steadily.view(context, _instant(context))
    met: set[str] = set()
    for placed in reversed(context.listed(ObjectsClassified.KIND)):
        try:
            found = the_classification(view, placed.id)
        except (NotFoundError, RefusedError):  # withdrawn since, or by a stranger to the scheme
            continue
        if found.scheme.risk_scheme not in met:
            met.add(found.scheme.risk_scheme)
            yield found


def _instant(context: Context) -> str:
    return format_instant(datetime.combine(context.today, time(23, 59, 59), UTC))


def _told(context: Context, found: Classification, name: str, *, own: bool) -> ClassTold | None:
    if not own and context.reader not in found.own:
        return None
    try:
        leaf, row = _rows(context, found)[name]
    except (KeyError, NotFoundError):
        return None
    instant, view = _instant(context), steadily.view(context, _instant(context))
    changes = changes_of_object(view, found, name)
    subject = object_subject(found.scheme.risk_scheme, found.record.id, name)
    batch = parse_batch(found.record.body["items"])
    (item,) = items_of(found.record.id, batch, context.store.blob(batch.blob), [leaf])
    return ClassTold(
        seen=context.seen(found.record.id), found=found, row=row, risk_class=class_at(row.risk_class, changes, instant),
        holds=found.holds(instant), after=context.all_seen([one.record.id for one in context.stream(subject)]),
        proof=shown(item), names=_names(context, found),
    )  # fmt: skip


def _names(context: Context, found: Classification) -> Mapping[str, Names]:
    model = context.body(found.stated.model, ModelRegistered)
    return {} if model is None else {one.feature: one.name for one in model.features if one.name is not None}


def _rows(context: Context, found: Classification) -> Mapping[str, tuple[int, ClassRow]]:
    def made() -> Mapping[str, tuple[int, ClassRow]]:
        return {row.object: (leaf, row) for leaf, row in enumerate(context.rows(found.stated.items, ClassRow))}

    return context.kept("class rows", found.record.id, made, heavy=True)
