"""What was tested behind a mark, requirement by requirement: between which values, how sure, by whom, when, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from openqi.app.reading.context import Context
from openqi.app.reading.judged import Judged, Requirement, judged, requirement
from openqi.app.reading.naming import Named
from openqi.app.reading.steps import weakest
from openqi.app.tree import State
from openqi.pillars.conformity.verdicts import JUDGED
from openqi.records.conformity import LotDecided, ResultJudged, ResultReported

Sort = Literal["item", "lot", "type-test"]

_MOST_OF_A_LOT: Final = 50
"""Most verdicts on one lot that a page tells, the newest of them."""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """Tests on one requirement. `sort` says on what: this item, a sample of its lot, or the type; `lot` names the lot.

    `low` and `high` are the smallest and largest value, `uncertainty` the largest expanded uncertainty, each as reported; all
    are empty where `withheld` tells that values may not be shown, or where their rows are not at hand.
    """

    sort: Sort
    requirement: Requirement | None
    low: str
    high: str
    uncertainty: str
    coverage_factor: str
    coverage_probability: str
    unit: str
    tests: int
    conforming: int
    nonconforming: int
    undecided: int
    by: tuple[Named, ...]
    first_day: str
    last_day: str
    state: State
    simulated: bool
    records: tuple[str, ...]
    lot: Named | None = None
    verdict: str = ""


@dataclass(frozen=True, kw_only=True)
class Tests:
    """All that was tested behind a mark; `withheld` counts verdicts that may not be shown."""

    found: tuple[Tested, ...]
    withheld: int


def tests_of(
    context: Context, *, type_tests: Sequence[str], lots: Sequence[str], item: Sequence[Judged] = (), lot: str | None = None
) -> Tests:
    """Return what was tested.

    Args:
        context: the log.
        type_tests: records of verdicts on the type.
        lots: records of decisions on lots.
        item: verdicts on the item that bears the mark.
        lot: URI of the lot that the mark was issued for: what its samples gave is told whoever asked for it, passed or failed.
    """
    found = list(_grouped("item", item))
    of_lot, withheld = _of_lot(context, lot) if lot else ([], 0)
    found += of_lot
    known = {name for one in of_lot for name in one.records}
    type_tests = [name for name in type_tests if name not in known]
    for name in lots:
        decided = context.body(name, LotDecided)
        one = None if decided is None else judged(context, decided.judged)
        if decided is None or one is None:
            withheld += 1
            continue
        (tested,) = _grouped("lot", [one], lot=context.named(decided.lot), verdict=decided.verdict)
        found.append(tested)
    several = [(name, judged(context, name)) for name in type_tests]
    found += _grouped("type-test", [one for _, one in several if one is not None])
    for name, one in several:
        if one is None and (single := _single(context, name)) is not None:
            found.append(single)
        elif one is None:
            withheld += 1
    return Tests(found=tuple(found), withheld=withheld)


def _of_lot(context: Context, lot: str) -> tuple[list[Tested], int]:
    """Verdicts on samples of a lot that stand, the newest of them, and how many may not be shown."""
    stream = [one.record for one in context.stream(lot) if one.record.kind in JUDGED]
    names = [one.id for one in stream[-_MOST_OF_A_LOT:] if context.withdrawn_by(one) is None]
    verdicts = [judged(context, name) for name in names]
    shown = [one for one in verdicts if one is not None and one.subject.uri == lot]
    return _grouped("lot", shown, lot=context.named(lot)), sum(one is None for one in verdicts)


def _grouped(sort: Sort, verdicts: Iterable[Judged], *, lot: Named | None = None, verdict: str = "") -> list[Tested]:
    groups: dict[tuple[str, str], list[Judged]] = {}
    for one in verdicts:
        groups.setdefault(("" if one.requirement is None else one.requirement.seen.id, one.unit), []).append(one)
    return [_tested(sort, group, lot, verdict) for group in groups.values()]


def _tested(sort: Sort, group: list[Judged], lot: Named | None, verdict: str) -> Tested:
    values = sorted((text for one in group for text in one.values if text), key=Decimal)
    widest = max((text for one in group for text in one.uncertainties if text), key=Decimal, default="")
    readings = [one.readings for one in group if one.readings is not None]
    by = {one.seen.issuer.uri: one.seen.issuer for one in readings if one.seen.issuer.uri}
    return Tested(
        sort=sort,
        requirement=group[0].requirement,
        low=values[0] if values else "",
        high=values[-1] if values else "",
        uncertainty=widest,
        coverage_factor=group[0].coverage_factor,
        coverage_probability=group[0].coverage_probability,
        unit=group[0].unit,
        tests=sum(one.count for one in group),
        conforming=sum(one.conforming for one in group),
        nonconforming=sum(one.nonconforming for one in group),
        undecided=sum(one.undecided for one in group),
        by=tuple(by.values()),
        first_day=min((one.measured_from[:10] for one in readings), default=""),
        last_day=max((one.measured_until[:10] for one in readings), default=""),
        state=weakest(one.seen.state for one in group),
        simulated=any(one.simulated for one in readings),
        records=tuple(one.seen.id for one in group),
        lot=lot,
        verdict=verdict,
    )


def _single(context: Context, record_id: str) -> Tested | None:
    """A verdict on one result; None where it is none or may not be shown."""
    stated = context.body(record_id, ResultJudged)
    result = None if stated is None else context.body(stated.result, ResultReported)
    if stated is None:
        return None
    conforms = stated.verdict == "conforming"
    return Tested(
        sort="type-test",
        requirement=requirement(context, stated.requirement),
        low=stated.value,
        high=stated.value,
        # The result may be in another unit than the verdict; its uncertainty then is not told beside the value.
        uncertainty=result.expanded_uncertainty if result is not None and result.unit == stated.unit else "",
        coverage_factor=result.coverage_factor if result is not None else "",
        coverage_probability="",
        unit=stated.unit,
        tests=1,
        conforming=int(conforms),
        nonconforming=int(not conforms),
        undecided=0,
        by=() if result is None else (context.seen(stated.result).issuer,),
        first_day="" if result is None else result.measured_at[:10],
        last_day="" if result is None else result.measured_at[:10],
        state=context.seen(record_id).state,
        simulated=False,
        records=(record_id,),
    )
