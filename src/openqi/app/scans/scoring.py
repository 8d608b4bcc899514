"""Scans put beside what is known of serials: how many labels, how many moves, how unusual that is, and which scans show it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from openqi.app.scans.told import Asked, Known, Scan, Scored, Told, Usual
from openqi.formats.scan_files import ScanColumns
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.signals.alarms import false_alarms, p_values
from openqi.science.signals.copies import Labels, labels_of, wandering
from openqi.science.signals.places import Place, least_seconds
from openqi.science.signals.presence import NEVER, Presence, presence_of
from openqi.science.signals.scans import Scans, scans_of
from openqi.science.signals.stories import apart_of, moves_of

_SHOWN_MOVES: Final = 12


def scored(columns: ScanColumns, places: Sequence[Place], *, usual: Usual, known: Known, asked: Asked) -> Scored:
    """Return what scans show of serials.

    Args:
        columns: the scans; their places have the numbers of `places`.
        places: where they are.
        usual: what honest serials do; without it labels and facts are told, and nothing is named.
        known: of the serials.
        asked: how.

    Raises:
        DomainError: a number out of range, or a market that no place has.
    """
    scans = scans_of(columns.serial, columns.at, columns.place, columns.device, serials=len(columns.serials))
    least = (least_seconds(places) - asked.coarse).clip(min=0)
    out = wandering(scans, least, most_serials=asked.most_serials)
    found = labels_of(scans, least, left_out=out)
    presence = _presence(columns, scans, places, known, out)
    honest = _honest(columns, found, usual)
    others = _others(columns, usual)
    p, named = _named(found, honest, others, asked.fdr)
    teller = _Teller(columns, scans, least, out, found, presence, p, named)
    threshold = min((int(found.moves[one]) for one in named), default=None)
    return Scored(
        scans=len(scans), serials=scans.serials, places=len(places), left_out=int(out.sum()), unknown=int((scans.device < 0).sum()),
        two_labels=int((found.labels > 1).sum()), usual=len(honest), threshold=threshold,
        alarms=None if threshold is None else false_alarms(honest, threshold), named=len(named),
        told=tuple(map(teller.told, teller.order(asked.most))),
        facts=(int((presence.outside > 0).sum()), int((presence.early > 0).sum()), int((presence.late > 0).sum())),
    )  # fmt: skip


def _honest(columns: ScanColumns, found: Labels, usual: Usual) -> list[int]:
    scores = [moves for moves, count in sorted(usual.moves.items()) for _ in range(count)]
    numbers = _numbers(columns, usual.serials)
    # An honest serial that nobody scanned has no moves; that too says what is usual of those that were issued.
    return scores + [int(found.moves[one]) if one >= 0 else 0 for one in numbers]


def _numbers(columns: ScanColumns, names: Collection[str]) -> list[int]:
    wanted = sorted(names)
    numbers = getattr(columns.serials, "numbers", None)
    if numbers is not None:
        return list(numbers(wanted)) if wanted else []
    where = {name: place for place, name in enumerate(columns.serials)}
    return [where.get(one, -1) for one in wanted]


def _others(columns: ScanColumns, usual: Usual) -> frozenset[int]:
    return frozenset(_numbers(columns, usual.serials))


def _named(found: Labels, honest: list[int], known: frozenset[int], fdr: float) -> tuple[dict[int, float], frozenset[int]]:
    """The p-value of each serial that has moved, and which are named.

    Of those that have not moved the p-value is 1. They take part in how many there are and are never named, so that they
    need not be ranked: the level of those that have moved is what is left of it.
    """
    moved = [int(one) for one in found.moves.nonzero()[0] if int(one) not in known]
    if not honest or not moved:
        return {}, frozenset()
    p = p_values(found.moves[moved], honest).tolist()
    level = fdr * len(moved) / (len(found.moves) - len(known - {-1}))
    ranked = benjamini_hochberg(p, level)
    return dict(zip(moved, p, strict=True)), frozenset(one for one, yes in zip(moved, ranked, strict=True) if yes)


def _presence(columns: ScanColumns, scans: Scans, places: Sequence[Place], known: Known, out: Any) -> Presence:
    begins, ends = (_instants(columns, scans, told, unset) for told, unset in ((known.begins, 0), (known.ends, NEVER)))
    groups: dict[frozenset[str], list[str]] = {}
    for serial, markets in known.markets.items():
        groups.setdefault(markets, []).append(serial)
    whole = presence_of(scans, places, markets=known.everywhere, begins=begins, ends=ends, left_out=out)
    for markets, serials in groups.items():
        here = [one for one in _numbers(columns, serials) if one >= 0]
        if here:
            whole.outside[here] = presence_of(scans, places, markets=markets, left_out=out).outside[here]
    return whole


def _instants(columns: ScanColumns, scans: Scans, told: Mapping[str, int], unset: int) -> Any:
    if not told:
        return None
    column = scans.begins[:-1] * 0 + unset
    wanted = sorted(told)
    for name, number in zip(wanted, _numbers(columns, wanted), strict=True):
        if number >= 0:
            column[number] = told[name]
    return column


class _Teller:
    """Tells of a serial what was found of it, and which scans show it."""

    def __init__(
        self, columns: ScanColumns, scans: Scans, least: Any, out: Any, found: Labels, presence: Presence,
        p: Mapping[int, float], named: frozenset[int],
    ) -> None:  # fmt: skip
        self._columns, self._scans, self._least, self._out = columns, scans, least, out
        self._found, self._presence, self._p, self._named = found, presence, p, named
        self._devices: dict[int, int] = {}

    def order(self, most: int) -> list[int]:
        """Return the serials that are told, the least usual first: named ones, then those on two labels or with a fact."""
        found, facts = self._found, self._presence
        here = (found.labels > 1) | (facts.outside > 0) | (facts.early > 0) | (facts.late > 0)
        serials = self._named | {int(one) for one in here.nonzero()[0]}

        def rank(one: int) -> tuple[bool, float, int, int, int, int]:
            against = int(facts.outside[one] + facts.early[one] + facts.late[one])
            return (
                one not in self._named, self._p.get(one, 2.0), -int(found.moves[one]), -int(found.labels[one]), -against, one
            )  # fmt: skip

        return sorted(serials, key=rank)[:most]

    def told(self, serial: int) -> Told:
        """Return what is told of a serial."""
        found, facts, scans = self._found, self._presence, self._scans
        begin = int(found.begins[serial])
        labels = int(found.labels[serial])
        apart = apart_of(scans, self._least, begin, left_out=self._out) if labels > 1 else ()
        return Told(
            serial=self._columns.serials[serial], scans=int(scans.begins[serial + 1] - scans.begins[serial]),
            devices=int(found.devices[serial]), labels=labels, apart=tuple(map(self._scan, apart)),
            moves=int(found.moves[serial]), moved=self._moved(serial), p=self._p.get(serial), named=serial in self._named,
            outside=int(facts.outside[serial]), early=int(facts.early[serial]), late=int(facts.late[serial]),
        )  # fmt: skip

    def _moved(self, serial: int) -> tuple[tuple[Scan, Scan], ...]:
        if not self._found.moves[serial]:
            return ()
        pairs = moves_of(self._scans, serial, left_out=self._out)[:_SHOWN_MOVES]
        return tuple((self._scan(before), self._scan(after)) for before, after in pairs)

    def _scan(self, one: int) -> Scan:
        device = int(self._scans.device[one])
        number = -1 if device < 0 else self._devices.setdefault(device, len(self._devices) + 1)
        return Scan(int(self._scans.at[one]), self._columns.places[int(self._scans.place[one])], number)
