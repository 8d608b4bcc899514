"""What a visit can end with, and what each ending says of the object: only who was examined counts as good or bad."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.sample import Coded, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFORMING: Final = "conforming"
NONCONFORMING: Final = "nonconforming"
UNRESOLVED: Final = "unresolved"
OUTSIDE: Final = "outside"
GROUPS: Final = (CONFORMING, NONCONFORMING, UNRESOLVED, OUTSIDE)
"""Examined and good, examined and bad, not examined, and no longer one of the objects that the rate is about."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One ending of a visit.

    Args:
        code: as tables and records have it.
        group: one of GROUPS.
        names: the texts of public platforms that mean it.
    """

    code: str
    group: str
    names: tuple[str, ...] = ()


_ALL: Final = (
    Outcome(code="conforming", group=CONFORMING, names=("未发现问题", "合格")),
    Outcome(
        code="nonconforming",
        group=NONCONFORMING,
        names=("不合格", "违反规定", "未按规定公示应当公示的信息", "公示信息隐瞒真实情况弄虚作假"),
    ),
    Outcome(code="corrected", group=NONCONFORMING, names=("发现问题经责令已改正",)),
    Outcome(code="not-found", group=UNRESOLVED, names=("通过登记的住所无法联系", "无法联系")),
    Outcome(code="refused", group=UNRESOLVED, names=("不配合检查情节严重", "不配合检查", "拒绝检查")),
    Outcome(code="not-visited", group=UNRESOLVED, names=("未检查", "未录入")),
    Outcome(code="closed", group=OUTSIDE, names=("已关闭停业或正在清算", "停业")),
    Outcome(code="not-operating", group=OUTSIDE, names=("未发现开展本次抽查涉及的经营活动",)),
    Outcome(code="deregistered", group=OUTSIDE, names=("注销", "被吊销", "被撤销", "迁出")),
)
OUTCOMES: Final[Mapping[str, Outcome]] = MappingProxyType({one.code: one for one in _ALL})
_BY_TEXT: Final = {text: one for one in _ALL for text in (one.code, *one.names)}


def outcome_of(text: str) -> Outcome:
    """Return the outcome that a code, or a text of the public platforms, means.

    What was found and corrected on the spot was nonconforming. Not found, refused and not visited are not examined; closed,
    not operating and deregistered say that there is nothing to examine.

    Raises:
        DomainError: it is none of them; an empty text is none, and never a pass.
    """
    found = _BY_TEXT.get(text.strip())
    if found is None:
        known = ", ".join(OUTCOMES)
        raise DomainError(f"outcome {text!r}: no such ending of a visit; one of {known}")
    return found


@dataclass(frozen=True, kw_only=True)
class Response:
    """How many of the objects in scope were examined: counted, and weighted to the population."""

    examined: int
    unresolved: int
    outside: int
    share: float | None
    weighted: float | None


class Seen:
    """The outcomes of a sample as columns of 0 and 1."""

    def __init__(self, sample: Sample, outcome: Coded) -> None:
        import numpy as np

        self.sample = sample
        known = [outcome_of(name) for name in outcome.names]
        groups = {
            name: np.asarray([float(one.group == name) for one in known])[outcome.codes]
            for name in (CONFORMING, NONCONFORMING, UNRESOLVED, OUTSIDE)
        }
        counted = np.bincount(outcome.codes, minlength=len(known)).tolist()
        self.counts = dict.fromkeys(OUTCOMES, 0)
        for one, count in zip(known, counted, strict=True):
            self.counts[one.code] += count
        self.bad = groups[NONCONFORMING]
        self.unresolved, self.outside = groups[UNRESOLVED], groups[OUTSIDE]
        self.examined = groups[CONFORMING] + self.bad
        self.scope = self.examined + self.unresolved

    def silent(self) -> tuple[str, ...]:
        """Strata whose examined were all good or all bad, where that does not hold of the whole sample."""
        strata = self.sample.stratum
        bad, seen = (totals_by(one, strata.codes, len(strata.names)).tolist() for one in (self.bad, self.examined))
        if total_of(self.bad) in {0.0, total_of(self.examined)}:
            return ()
        return tuple(name for name, y, m in zip(strata.names, bad, seen, strict=True) if m and y in {0.0, m})

    def rows(self, members: "NDArray[Any] | None") -> "NDArray[Any]":
        """The rows of the examined."""
        import numpy as np

        rows: NDArray[Any] = np.flatnonzero(self.examined) if members is None else members[self.examined[members] > 0.0]
        return rows

    def response(self, members: "NDArray[Any] | None") -> Response:
        """How many in scope were examined."""
        own = slice(None) if members is None else members
        examined, scope, outside = (int(total_of(one[own])) for one in (self.examined, self.scope, self.outside))
        weight = 1.0 / self.sample.probability[own]
        return Response(
            examined=examined,
            unresolved=scope - examined,
            outside=outside,
            share=examined / scope if scope else None,
            weighted=total_of(self.examined[own] * weight) / total_of(self.scope[own] * weight) if scope else None,
        )
