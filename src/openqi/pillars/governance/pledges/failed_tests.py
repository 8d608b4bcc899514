"""Tests that goods of a pledge failed: verdicts on a product that it names, on lots of it, and lots that were rejected."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.pledges.facts import Contradicted, Span
from openqi.pillars.governance.pledges.standing import Signature, decided
from openqi.records import Body
from openqi.records.conformity import LotDecided, LotFormed, ReadingsJudged, ResultJudged
from openqi.records.judgements import MeasuredJudged

VERDICTS: tuple[type[Body], ...] = (ResultJudged, ReadingsJudged, MeasuredJudged, LotDecided)


@dataclass(frozen=True, kw_only=True)
class Test:
    """A verdict on a product or on a lot of it.

    Args:
        record, gone: the verdict, and its withdrawal.
        requirement: URI of what was required.
        passed: whether everything conforms, nothing does not, or neither can be said (None).
        judged: verdicts that a decision on a lot rests on.
    """

    record: Record
    gone: Record | None
    requirement: str
    passed: bool | None
    judged: str | None = None


def failed_tests(view: View, signature: Signature) -> Iterator[Contradicted]:
    """Yield the tests that named products failed. Verdicts on a lot that was accepted by them contradict nothing.

    A failed test is closed by a later one of the same product on the same requirement that was passed.
    """
    for product in signature.signed.products:
        passed = _Passed(signature, list(tests_of(view, product, signature.signed.firm)))
        yield from (_failed(signature, test, passed) for test in passed.tests if test.passed is False)


def tests_of(view: View, product: str, firm: str) -> Iterator[Test]:
    """Yield the verdicts on a product, and on the lots of it that its maker formed, each lot once.

    Also on lots whose forming was withdrawn: else a maker takes out those that failed.
    """
    yield from _verdicts(view, product)
    formed = decided(view, product, LotFormed)
    for lot in dict.fromkeys(said.lot for record, said, _ in formed if said.product == product and record.issuer == firm):
        yield from _verdicts(view, lot)


def passes(said: Body) -> bool | None:
    """Return whether what was judged conforms: False where anything does not, None where nothing was judged or is undecided."""
    if isinstance(said, ResultJudged):
        return said.verdict == "conforming"
    if isinstance(said, LotDecided):
        return said.verdict == "accepted"
    if isinstance(said, ReadingsJudged | MeasuredJudged):
        if said.nonconforming:
            return False
        undecided = said.undecided if isinstance(said, MeasuredJudged) else 0
        return True if said.items.count and not undecided else None
    return None


def _verdicts(view: View, subject: str) -> Iterator[Test]:
    for kind in VERDICTS:
        for record, said, gone in decided(view, subject, kind):
            if said.subjects()[0] == subject:
                judged = said.judged if isinstance(said, LotDecided) else None
                yield Test(
                    record=record,
                    gone=gone,
                    requirement=_requirement(view, judged or record.id),
                    passed=passes(said),
                    judged=judged,
                )


def _requirement(view: View, verdict: str) -> str:
    """The URI of the requirement of a verdict; where it cannot be read the verdict stands alone."""
    try:
        return str(view.record(str(view.record(verdict).body["requirement"])).body["requirement"])
    except (NotFoundError, KeyError):
        return verdict


def _span(signature: Signature, one: Test) -> Span:
    until = None if one.gone is None else signature.day(one.gone.valid_from).toordinal()
    return Span(since=signature.day(one.record.valid_from).toordinal(), until=until)


class _Passed:
    """The tests of a product, and of those that were passed which accept what was judged before, and which close a failed one."""

    def __init__(self, signature: Signature, tests: Sequence[Test]) -> None:
        self.tests = tests
        self.accepting: dict[str, list[Span]] = {}
        self._later: dict[str, list[tuple[str, Span]]] = {}
        for one in sorted((one for one in tests if one.passed), key=lambda one: one.record.valid_from):
            span = _span(signature, one)
            self._later.setdefault(one.requirement, []).append((one.record.valid_from, span))
            if one.judged is not None:
                self.accepting.setdefault(one.judged, []).append(span)

    def closing(self, test: Test) -> Iterator[Span]:
        """Yield when later tests on the same requirement close a failed one: after the first that stands no other closes more."""
        later = self._later.get(test.requirement, [])
        for _, span in later[bisect_right(later, test.record.valid_from, key=lambda one: one[0]) :]:
            yield span
            if span.until is None:
                return


def _failed(signature: Signature, test: Test, passed: _Passed) -> Contradicted:
    void = [*passed.accepting.get(test.record.id, ())]
    if test.gone is not None:
        void.append(Span(since=signature.day(test.gone.valid_from).toordinal()))
    at = test.record.valid_from
    return Contradicted(
        sort="failed-test", record=test.record.id, at=at, day=signature.day(at).toordinal(), void=tuple(void),
        closed=tuple(passed.closing(test)),
    )  # fmt: skip
