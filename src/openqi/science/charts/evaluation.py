"""Rules over the points of a panel: which apply, which points complete a pattern, and which points belong to it."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan, nan

from openqi.science.charts.kernel.history import pattern, remember
from openqi.science.charts.panel import DEPENDENT, INDEPENDENT, Row, Track
from openqi.science.charts.rules.rule import STEPS, Rule, RuleSet
from openqi.science.charts.rules.table import rule_table
from openqi.science.charts.streams import watch
from openqi.science.numbers.sums import plain_sum

_BEFORE = {"trend": 1, "rising": 1, "falling": 1, "alternation": 2, "opposite": 1}
"""So many points before the comparisons of a pattern belong to it too."""


def limit_rule(rules: RuleSet) -> Rule | None:
    """Return the rule of a set that is about the control limit: one point beyond the farthest line; None where there is none."""
    alone = [
        rule for rule in rules.rules if rule.is_limit and rule.asks in {"same-side", "outside", "above", "below"} and rule.sigma > 0
    ]
    return max(alone, key=lambda rule: rule.sigma, default=None)


def applicable(rules: RuleSet, nature: str) -> RuleSet | None:
    """Return the rules of a set that have a meaning for a statistic, None where none has.

    Args:
        rules: a set.
        nature: of the statistic, as `panel` names them.

    Source: [MONTGOMERY] section 6.2.4; moving ranges share a value with their neighbours, so patterns in them say nothing.
    """
    if nature == INDEPENDENT:
        return rules
    limit = limit_rule(rules)
    kept = [rule for rule in rules.rules if rule is limit or (nature != DEPENDENT and (rule.asks in STEPS or _is_side(rule)))]
    return rules.only(*(rule.number for rule in kept)) if kept else None


def _is_side(rule: Rule) -> bool:
    return rule.sigma == 0.0 and rule.asks in {"same-side", "above", "below"}


def flags_of(track: Track, rules: RuleSet, *, whole: bool = False) -> tuple[int, ...]:
    """Return of each point which rules of the set it breaks, bit k for the k-th rule of the set.

    Args:
        track: a panel, of one stage.
        rules: the whole set; those that do not apply stay silent.
        whole: mark all points of a pattern, not only the one that completes it.
    """
    kept = applicable(rules, track.nature)
    if kept is None or not track.values:
        return (0,) * len(track.values)
    places = [rules.rules.index(rule) for rule in kept.rules]
    found = _slowly(track, kept, whole) if whole or not _is_plain(track, kept) else _quickly(track, kept)
    if places == list(range(len(places))):
        return tuple(found)
    return tuple(plain_sum(1 << place for bit, place in enumerate(places) if bits >> bit & 1) for bits in found)


def _is_plain(track: Track, rules: RuleSet) -> bool:
    """Whether the lines are the same at all points, and where centre and sigma put them."""
    centre, sigma, limit = track.centre[0], track.sigma[0], limit_rule(rules)
    if isnan(centre) or isnan(sigma) or any(len(set(row)) > 1 for row in (track.centre, track.sigma, track.lower, track.upper)):
        return False
    return limit is None or (track.upper[0] == centre + limit.sigma * sigma and track.lower[0] == centre - limit.sigma * sigma)


def _quickly(track: Track, rules: RuleSet) -> list[int]:
    found: list[int] = watch(track.values, rules=rules, centres=track.centre[0], sigmas=track.sigma[0]).flags(0).tolist()
    return found


def _slowly(track: Track, rules: RuleSet, whole: bool) -> list[int]:
    """Point after point, with the lines of each point."""
    table, limit = rule_table(rules), limit_rule(rules)
    history = [0] * (2 * len(table.lines) + 3)
    last = nan
    found = [0] * len(track.values)
    for point, value in enumerate(track.values):
        high, low = _lines(track, point, table.lines, limit)
        seen = value if not isnan(track.centre[point]) or limit is not None else nan
        remember(seen, last, high, low, history)
        last = seen
        for bit, (rule, row) in enumerate(zip(rules.rules, table.rows, strict=True)):
            if points := pattern(history, row):
                found[point] |= 1 << bit
                if whole:
                    _mark(found, point, points, _BEFORE.get(rule.asks, 0), 1 << bit)
    return found


def _lines(track: Track, point: int, lines: Sequence[float], limit: Rule | None) -> tuple[list[float], list[float]]:
    """The lines at a point: the limits as they are drawn, the centre, and the zones between."""
    centre, sigma = track.centre[point], track.sigma[point]
    high = [centre if line == 0.0 else centre + line * sigma for line in lines]
    low = [centre if line == 0.0 else centre - line * sigma for line in lines]
    if limit is not None:
        place = lines.index(limit.sigma)
        high[place], low[place] = track.upper[point], track.lower[point]
    return high, low


def _mark(found: list[int], point: int, points: int, before: int, bit: int) -> None:
    """Mark the points of a pattern that ends at `point`: those whose comparisons are set, and those that these compare with."""
    for back in range(points.bit_length()):
        if points >> back & 1:
            for further in range(before + 1):
                found[point - back - further] |= bit


def joined(tracks: Sequence[Track]) -> Track:
    """Return the tracks of successive stages as one."""

    def row(name: str) -> Row:
        return tuple(value for track in tracks for value in getattr(track, name))

    return replace(
        tracks[0], values=row("values"), centre=row("centre"), sigma=row("sigma"), lower=row("lower"), upper=row("upper")
    )
