"""What became of a mark after it was issued, as of one size of the log: the gravest state that stands, and which record says so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openqi.evidence.record import Logged
from openqi.kernel.errors import FormatError
from openqi.records import body
from openqi.records.licences import FINAL, MarkState, MarkStatesStated

_GRAVE: Final[Mapping[str, int]] = {name: len(FINAL) - place for place, name in enumerate(FINAL)}


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A state that stands: `place` is where its record stands in the log; `shown` is what anybody may see of it, as JSON."""

    state: MarkState
    place: int
    record: str
    shown: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Speakers:
    """Who may say what became of the marks of an issue, by capacity, and where that issue is at home."""

    origin: str
    bearers: tuple[str, ...]
    licensor: str


def state_of(
    logged: Logged, marks: str, speakers: Speakers, *, stands: Callable[[Logged], bool], recaller: Callable[[str], str | None]
) -> State | None:
    """Return the state that a record tells of the marks of an issue; None where it says nothing that counts.

    Args:
        logged: the record.
        marks: the issue.
        speakers: who may speak of it.
        stands: whether a record's key may sign for its issuer, and its issuer did not withdraw it.
        recaller: who published a recall that stands, by its record; None where there is none.
    """
    record = logged.record
    try:
        said = body(record, MarkStatesStated)
    except FormatError:
        return None
    allowed = {
        "bearer": speakers.bearers,
        "licensor": (speakers.licensor,),
        "recaller": () if said.because is None else (recaller(said.because),),
    }[said.by]
    if said.marks != marks or record.basis is None or record.issuer not in allowed or logged.origin != speakers.origin:
        return None
    if not stands(logged):
        return None
    shown: dict[str, Any] = {"state": said.state}
    if record.public:
        shown |= {"at": said.at, "record": record.id, "by": record.issuer}
        if said.reason is not None:
            shown["reason"] = {language: text for language, text in (("zh", said.reason.zh), ("en", said.reason.en)) if text}
        if said.because is not None:
            shown["because"] = said.because
    return State(state=said.state, place=logged.index, record=record.id, shown=shown)


def gravest(states: Iterable[State]) -> State | None:
    """Return the state to tell: the gravest of the final ones, the first of them to be told; else the last that was told.

    None where there is none: the mark was issued, and nobody said what became of it.
    """
    found = sorted(states, key=lambda one: one.place)
    final = [one for one in found if one.state in _GRAVE]
    if final:
        return max(final, key=lambda one: (_GRAVE[one.state], -one.place))
    return found[-1] if found else None
