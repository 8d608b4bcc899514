"""What is known against a mark, in one list, the gravest first: a page says "nothing known against it" where the list is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.mark_states import State
from openqi.app.reading.buyer.ground import Ground
from openqi.app.reading.buyer.promised import Promised
from openqi.app.reading.buyer.recalled import Recalled
from openqi.app.reading.buyer.tested import Tests
from openqi.records import Names

Sort = Literal[
    "mark-withdrawn", "certificate-withdrawn", "licence-withdrawn", "not-proved", "troubles", "recalled", "revoked", "destroyed",
    "returned", "ended", "licence-over", "perhaps-recalled", "lot-failed", "contradicted", "missed", "pledge-ended", "claims",
    "cases",
]  # fmt: skip


_AGAINST: Final[Mapping[str, Sort]] = {
    "revoked": "revoked", "recalled": "recalled", "destroyed": "destroyed", "returned": "returned", "ended": "ended",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Against:
    """One thing that is known. `record` says so, where one does; `why` is as it was stated, in words or in both languages."""

    sort: Sort
    grave: bool = False
    count: int = 0
    record: str = ""
    why: str | Names = ""
    day: str = ""


def of_standing(standing: str, withdrawn: str, why: str, troubles: int) -> list[Against]:
    """Return what the mark itself and what it rests on say against it."""
    if standing == "withdrawn":
        sorts: dict[str, Sort] = {"certificate": "certificate-withdrawn", "licence": "licence-withdrawn"}
        return [Against(sort=sorts.get(withdrawn, "mark-withdrawn"), grave=True, why=why)]
    if standing == "not proved":
        return [Against(sort="not-proved", grave=True, why=why)]
    return [Against(sort="troubles", grave=True, count=troubles)] if troubles else []


def of_state(state: State | None, over: Ground | None, recalls: Sequence[Recalled] = ()) -> list[Against]:
    """Return what became of the mark, where that speaks against it, and that its licence is over.

    That it is recalled is left to the recall, where one of those that are told says so: one fact is told once.
    """
    found: list[Against] = []
    named = [one.seen.id for one in recalls if one.concern == "concerned"]
    told_there = state is not None and state.state == "recalled" and state.shown.get("because") in named
    if state is not None and state.state in _AGAINST and not told_there:
        told = state.shown
        reason = told.get("reason")
        found.append(
            Against(
                sort=_AGAINST[state.state],
                grave=state.state not in ("ended", "returned"),
                record=str(told.get("record", "")),
                why=Names(zh=str(reason.get("zh", "")), en=str(reason.get("en", ""))) if reason else "",
                day=str(told.get("at", ""))[:10],
            )
        )
    if over is not None:
        found.append(Against(sort="licence-over", record=over.seen.id, day=over.until))
    return found


def of_recalls(recalls: Sequence[Recalled]) -> list[Against]:
    """Return the recalls of goods like these; one that is over still speaks against goods that it did not reach."""
    return [
        Against(
            sort="recalled" if one.concern == "concerned" else "perhaps-recalled",
            grave=one.concern == "concerned",
            record=one.seen.id,
            why=one.recall.defect,
            day=one.recall.begins,
        )
        for one in recalls
    ]


def of_lot(tests: Tests) -> list[Against]:
    """Return what did not conform of the samples of its lot."""
    failed = [one for one in tests.found if one.sort == "lot" and one.nonconforming]
    return [
        Against(
            sort="lot-failed",
            count=one.nonconforming,
            record=one.records[-1],
            why="" if one.requirement is None else one.requirement.name,
            day=one.last_day,
        )
        for one in failed
    ]


def of_promises(promises: Sequence[Promised]) -> list[Against]:
    """Return promises of the firm that were missed or are contradicted, and pledges that ended and were not just signed anew."""
    found: list[Against] = []
    for one in promises:
        if one.ended_on and not one.only_renewed:
            found.append(Against(sort="pledge-ended", record=one.seen.id, why=one.name, day=one.ended_on))
        for state in one.broken:
            sort: Sort = "contradicted" if state.state == "contradicted" else "missed"
            found.append(Against(sort=sort, record=one.seen.id, why=state.obligation.text))
    return found


def of_counts(claims: int, cases: int) -> list[Against]:
    """Return that several records claim the mark, and problems that people reported about it."""
    found = [Against(sort="claims", count=claims)] if claims > 1 else []
    return [*found, Against(sort="cases", count=cases)] if cases else found
