"""Standards that firms declare themselves, on pages: editions, what is recommended, and what results say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.kernel.errors import NotFoundError
from openqi.records.own_standards import (
    BELOW,
    Indicator,
    IndicatorCompared,
    IndicatorMeasured,
    OwnStandardDeclared,
    OwnStandardMeasured,
    measured_subject,
)  # fmt: skip

MOST: Final = 500


@dataclass(frozen=True, kw_only=True)
class IndicatorLine:
    """An indicator with how it compares and what was measured; None where that is not known."""

    declared: Indicator
    compared: IndicatorCompared | None
    measured: IndicatorMeasured | None

    @property
    def below(self) -> bool:
        """Whether goods may meet it and not what is recommended."""
        return self.compared is not None and self.compared.against in BELOW


@dataclass(frozen=True, kw_only=True)
class OwnStandard:
    """The latest edition of a declared standard that stands, as of a day.

    Attributes:
        over: its term has ended.
        failing: how many results do not meet it; None where it was never held against any.
        check: the newest comparison with results of this edition.
        editions: this one and those before, the newest first.
    """

    seen: Seen
    stated: OwnStandardDeclared
    firm: Named
    product: Named
    lines: tuple[IndicatorLine, ...]
    over: bool
    begun: bool
    failing: int | None
    check: Seen | None
    checked: OwnStandardMeasured | None
    editions: tuple[Seen, ...]


@dataclass(frozen=True, kw_only=True)
class OwnStandardList:
    """Declared standards, the newest first; `more` says how many older ones are not shown."""

    standards: tuple[OwnStandard, ...]
    more: int


def own_standard_list(context: Context) -> OwnStandardList:
    """Return the declared standards of a log, one line for all editions of each, the newest first."""
    subjects = {
        stated.standard: None
        for one in reversed(context.listed(OwnStandardDeclared.KIND))
        if (stated := context.body(one.id, OwnStandardDeclared)) is not None
    }
    found = (own_standard(context, uri) for uri in list(subjects)[:MOST])
    return OwnStandardList(standards=tuple(one for one in found if one is not None), more=max(len(subjects) - MOST, 0))


def own_standard(context: Context, uri: str) -> OwnStandard | None:
    """Return a declared standard; None where nothing of it stands, or may be shown."""
    return context.kept("own standard", uri, lambda: _made(context, uri))


def own_standard_page(context: Context, uri: str) -> OwnStandard:
    """Return a declared standard.

    Raises:
        NotFoundError: nobody has declared it, or it was withdrawn.
    """
    found = own_standard(context, uri)
    if found is None:
        raise NotFoundError(f"no standard {uri[:200]} is declared here; look in the list of declared standards")
    return found


def _made(context: Context, uri: str) -> OwnStandard | None:
    editions = [
        (context.seen(one.record.id), stated)
        for one in context.stream(uri)
        if one.record.basis is not None and (stated := context.body(one.record.id, OwnStandardDeclared)) is not None
    ]
    standing = [(seen, stated) for seen, stated in editions if seen.state not in ("withdrawn", "failed")]
    if not standing:
        return None
    seen, stated = standing[-1]
    check, checked = _check(context, uri, seen.id)
    compared = {one.code: one for one in stated.compared}
    measured: Mapping[str, IndicatorMeasured] = {} if checked is None else {one.code: one for one in checked.measured}
    lines = tuple(
        IndicatorLine(declared=one, compared=compared.get(one.code), measured=measured.get(one.code)) for one in stated.indicators
    )
    day = context.today.isoformat()
    return OwnStandard(
        seen=seen, stated=stated, firm=context.named(stated.firm), product=context.named(stated.product), lines=lines,
        over=stated.valid_until is not None and stated.valid_until[:10] <= day, begun=stated.valid_from[:10] <= day,
        failing=None if checked is None else sum(one.fail for one in checked.measured), check=check, checked=checked,
        editions=tuple(one for one, _ in reversed(editions)),
    )  # fmt: skip


def _check(context: Context, uri: str, declared: str) -> tuple[Seen | None, OwnStandardMeasured | None]:
    """The newest comparison of an edition with results that stands."""
    for one in reversed(context.stream(measured_subject(uri))):
        stated = context.body(one.record.id, OwnStandardMeasured)
        if stated is None or stated.declared != declared or one.record.basis is None:
            continue
        seen = context.seen(one.record.id)
        if seen.state not in ("withdrawn", "failed"):
            return seen, stated
    return None, None
