"""Whether duties are kept apart: who did one thing on a subject, by the log's own rules, does not do another."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from openqi.evidence.keys import KEY_GRANTED
from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import body
from openqi.records.duties import SeparationEnded, SeparationPublished, duties_subject
from openqi.records.governance import KeyGranted, operator, withdrawal

_MOST_KEYS = 1_000


def _nothing(subject: str) -> Sequence[Record]:  # noqa: ARG001 -- of a dossier only what it names is at hand
    return ()


@dataclass(frozen=True, kw_only=True)
class Duties:
    """For which acts a log has rules, whose hand signs, and how the story of a subject can be looked through.

    Args:
        acts: names of the kinds and commands whose rules are read.
        hand: kid of the key that signs.
        story: subject → its records as of the view's size. It is not noted: what comes later into a lot's story says nothing
            about who did what before, and must not make an old decision look incomplete. Where it is not at hand, only the
            records that the decision itself names are looked at.
    """

    acts: frozenset[str]
    hand: str
    story: Callable[[str], Sequence[Record]] = field(default=_nothing)


def separations(view: View, act: str) -> tuple[tuple[Record, SeparationPublished], ...]:
    """Return the separations of duties that hold for an act at the view's instant; the newest of one rule counts."""
    chief = operator(view)
    records = [
        record
        for record in view.stream(duties_subject(view.origin, act))
        if record.issuer == chief and view.home(record.id) == view.origin
    ]
    ended = {
        end.separation
        for record in records
        if record.kind == SeparationEnded.KIND and withdrawal(record, records, view.home) is None
        for end in [body(record, SeparationEnded)]
        if end.ended_at <= view.valid_at
    }
    newest: dict[str, tuple[Record, SeparationPublished]] = {}
    for record in records:
        if record.kind == SeparationPublished.KIND and withdrawal(record, records, view.home) is None:
            said = body(record, SeparationPublished)
            if said.valid_from <= view.valid_at:
                newest[said.rule] = (record, said)
    return tuple(
        (record, said)
        for record, said in newest.values()
        if record.id not in ended and (said.valid_until is None or view.valid_at < said.valid_until)
    )


def check_duties(view: View, duties: Duties, *, issuer: str, subjects: Iterable[str], named: Collection[str]) -> None:
    """Raise RefusedError where somebody does what, by a rule of the log, who did something else before does not do.

    Args:
        view: what can be read; its `valid_at` is the instant.
        duties: for which acts there are rules, and whose hand it is.
        issuer: who does it.
        subjects: of what is stated, each the first of its streams; what was done lies there too.
        named: records that it names, whatever their streams.

    What was done counts also where it was withdrawn: else whoever did it would withdraw it first.
    """
    rules = [found for act in sorted(duties.acts) for found in separations(view, act)]
    if not rules:
        return
    stories = [record for subject in dict.fromkeys(subjects) for record in duties.story(subject)]
    records = {record.id: record for record in (*(view.record(name) for name in sorted(named)), *stories)}
    hands: Collection[str] = ()
    for rule, said in rules:
        for record in records.values():
            if view.home(record.id) != view.origin or not _did(record, said):
                continue
            if said.level == "key":
                hands = hands or _hands(view, duties)
                same = record.kid in hands
            else:
                same = record.issuer == issuer
            if same:
                who = f"the same hand of {issuer}" if said.level == "key" else issuer
                raise RefusedError(
                    "duties-separated",
                    f"{said.name.en or said.name.zh}: {who} did {record.kind} on this (record {record.id}), so somebody else does "
                    f"{', '.join(said.does)}; separation of duties {said.rule} (record {rule.id})",
                )


def _did(record: Record, said: SeparationPublished) -> bool:
    told = record.command or {}
    return record.kind in said.did or told.get("name") in said.did


def _hands(view: View, duties: Duties) -> frozenset[str]:
    """A key and all that it replaced, one by one: a hand stays the same hand when its key is rotated."""
    hands, waiting = {duties.hand}, [duties.hand]
    while waiting and len(hands) < _MOST_KEYS:
        kid = waiting.pop()
        for record in duties.story(kid):
            if record.kind == KEY_GRANTED and view.home(record.id) == view.origin:
                granted = body(record, KeyGranted)
                if granted.key.kid == kid and granted.replaces is not None and granted.replaces not in hands:
                    hands.add(granted.replaces)
                    waiting.append(granted.replaces)
    return frozenset(hands)
