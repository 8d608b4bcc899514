"""What a visit can end with, and what each ending says of the object: only who was examined counts as good or bad."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from openqi.kernel.errors import DomainError

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
