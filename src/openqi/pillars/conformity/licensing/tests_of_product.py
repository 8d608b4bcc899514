"""All tests of a product that the log holds: on the product itself and on its lots, with how each ended and whose they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.ruling import Clause, clause_of
from openqi.pillars.conformity.verdicts import JUDGED, Verdicts, verdicts_of
from openqi.records import body
from openqi.records.conformity import LotDecided, LotFormed, ReadingsReported
from openqi.records.governance import withdrawal, withdrawals
from openqi.records.judgements import MeasuredJudged

MOST_LOTS: Final = 100
"""Newest lots that are read: each is a stream in the basis of a licence, and a record has an end."""


@dataclass(frozen=True, kw_only=True)
class Test:
    """Readings on a product or a lot, held against one requirement.

    `passed` is None where nobody judged them. `at` is when they were taken, but never after they were reported.
    """

    at: str
    readings: str
    laboratory: str
    requirement: str
    passed: bool | None
    verdicts: tuple[str, ...]
    simulated: bool


class Tests(NamedTuple):
    """The tests of a product in the order of time, and since when all lots that were formed had theirs read."""

    found: Sequence[Test]
    complete_since: str


class _Judged(NamedTuple):
    record: Record
    verdicts: Verdicts
    clause: Clause


class _Subject(NamedTuple):
    """What stands in the stream of a product or lot; `decided` leads from verdicts to whether the lot was accepted on them."""

    readings: Sequence[tuple[Record, ReadingsReported]]
    judged: Sequence[_Judged]
    decided: Mapping[str, bool]


def tests_of_product(view: View, product: str, maker: str) -> Tests:
    """Return the tests of a product: nobody chooses which, so that none that failed is left out.

    They lie in the stream of the product and in those of the newest 100 lots of it that its maker formed. Also of lots whose
    forming was withdrawn: else a maker takes out those that failed. Readings that their laboratory withdrew are no test, unless the
    maker is the laboratory; those that nobody judged are one without an end. What a sampling plan decided about a lot counts
    instead of its single items.
    """
    stream = [one for one in view.stream(product) if view.home(one.id) == view.origin]
    formed = [
        (one, body(one, LotFormed).lot) for one in stream
        if one.kind == LotFormed.KIND and one.issuer == maker and body(one, LotFormed).product == product
    ]  # fmt: skip
    lots = list(dict.fromkeys(lot for _, lot in reversed(formed)))
    left_out = {*lots[MOST_LOTS:]}
    since = max((record.valid_from for record, lot in formed if lot in left_out), default="")
    requirement = cache(lambda name: clause_of(view.record(name)))
    read = [_read(view, subject, maker, requirement) for subject in (product, *lots[:MOST_LOTS])]
    clauses = {one.clause.requirement: one.clause for subject in read for one in subject.judged}
    found = [test for subject in read for test in _tests(subject, [*clauses.values()])]
    return Tests(sorted(found, key=lambda test: test.at), since)


def _read(view: View, subject: str, maker: str, requirement: Callable[[str], Clause]) -> _Subject:
    """What stands in one stream: what is withdrawn lies there with its withdrawal."""
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    gone = withdrawals(stream)
    standing = [one for one in stream if withdrawal(one, gone.get(one.id, ()), view.home) is None]
    kept = {one.id for one in standing}
    told = [one for one in stream if one.kind == ReadingsReported.KIND and (one.id in kept or one.issuer == maker)]
    readings = [(one, body(one, ReadingsReported)) for one in told]
    judged = [
        _Judged(one, verdicts, requirement(verdicts.requirement))
        for one in standing if one.kind in JUDGED and one.basis is not None
        for verdicts in [verdicts_of(one)]
    ]  # fmt: skip
    decided: dict[str, bool] = {}
    for one in standing:
        if one.kind == LotDecided.KIND and one.basis is not None:
            lot = body(one, LotDecided)
            decided[lot.judged] = decided.get(lot.judged, True) and lot.verdict == "accepted"
    # In the stream of an instrument lie the readings that were taken with it; those are of other subjects.
    return _Subject([one for one in readings if one[1].subject == subject], judged, decided)


def _tests(subject: _Subject, clauses: Sequence[Clause]) -> Iterator[Test]:
    """A test a requirement for readings that were judged by it, or could be and were not."""
    for record, readings in subject.readings:
        for clause in clauses:
            own = [
                one for one in subject.judged
                if one.verdicts.readings == record.id and one.clause.requirement == clause.requirement
            ]  # fmt: skip
            if own or (readings.quantity, readings.condition) == (clause.quantity, clause.condition):
                yield _test(record, readings, clause.requirement, own, subject.decided)


def _test(
    record: Record, readings: ReadingsReported, requirement: str, judged: Sequence[_Judged], decided: Mapping[str, bool]
) -> Test:
    passed = [decided.get(one.record.id, _all_conform(one.verdicts)) for one in judged]
    return Test(
        at=min(readings.measured_until, record.valid_from), readings=record.id, laboratory=record.issuer, requirement=requirement,
        passed=all(passed) if passed else None, verdicts=tuple(one.record.id for one in judged),
        simulated=readings.simulated is not None,
    )  # fmt: skip


def _all_conform(verdicts: Verdicts) -> bool:
    undecided = verdicts.undecided if isinstance(verdicts, MeasuredJudged) else 0
    return bool(verdicts.items.count) and not verdicts.nonconforming and not undecided


class Run(NamedTuple):
    """The newest tests on a requirement without a failure between them, the oldest first; `broken_by` came before them."""

    tests: list[Test]
    broken_by: Test | None


def run_of(tests: Tests, requirement: str) -> Run:
    """Return the newest tests on a requirement of which none failed and none was left without a verdict.

    Raises:
        RefusedError: lots that were formed meanwhile are too many to be read.
    """
    run: list[Test] = []
    broken_by = None
    for test in reversed(tests.found):
        if test.requirement != requirement:
            continue
        if not test.passed:
            broken_by = test
            break
        run.append(test)
    if run and tests.complete_since >= run[-1].at:
        why = f"more than {MOST_LOTS} lots were formed since {run[-1].at}"
        raise RefusedError("lots-readable", f"{why}: a licence reads the tests of so many lots, and leaves none out in silence")
    return Run(run[::-1], broken_by)
