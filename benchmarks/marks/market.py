"""A market that is made up: who scans which label where and when, if it is honest, copied, or scanned to harm it.

Every assumption is a member of `Market`; nothing of it was measured. Towns are 38 large ones of China: middles to 0.01 degree
and inhabitants about 2020 in tens of thousands, not compared with a source: they make some towns larger and farther than others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openqi.science.signals.places import Place
from openqi.science.signals.scans import Scans, scans_of

DAY = 86_400
BEGIN = 1_767_225_600  # 2026-01-01
TOWNS = (
    ("Chongqing", 29.56, 106.55, 3205), ("Shanghai", 31.23, 121.47, 2487), ("Beijing", 39.90, 116.41, 2189),
    ("Chengdu", 30.57, 104.07, 2094), ("Guangzhou", 23.13, 113.26, 1868), ("Shenzhen", 22.54, 114.06, 1756),
    ("Tianjin", 39.08, 117.20, 1387), ("Xi'an", 34.34, 108.94, 1295), ("Suzhou", 31.30, 120.59, 1275),
    ("Zhengzhou", 34.75, 113.63, 1260), ("Wuhan", 30.59, 114.31, 1233), ("Hangzhou", 30.27, 120.16, 1194),
    ("Shijiazhuang", 38.04, 114.51, 1124), ("Linyi", 35.10, 118.36, 1102), ("Qingdao", 36.07, 120.38, 1007),
    ("Changsha", 28.23, 112.94, 1005), ("Harbin", 45.80, 126.53, 1001), ("Wenzhou", 27.99, 120.70, 957),
    ("Hefei", 31.82, 117.23, 937), ("Nanjing", 32.06, 118.80, 931), ("Jinan", 36.65, 117.12, 920),
    ("Shenyang", 41.80, 123.43, 907), ("Changchun", 43.82, 125.32, 907), ("Nanning", 22.82, 108.37, 874),
    ("Kunming", 24.88, 102.83, 846), ("Fuzhou", 26.07, 119.30, 829), ("Dalian", 38.91, 121.61, 745),
    ("Nanchang", 28.68, 115.86, 626), ("Guiyang", 26.65, 106.63, 599), ("Taiyuan", 37.87, 112.55, 530),
    ("Xiamen", 24.48, 118.09, 516), ("Lanzhou", 36.06, 103.83, 436), ("Urumqi", 43.83, 87.62, 405),
    ("Hohhot", 40.84, 111.75, 345), ("Haikou", 20.04, 110.20, 287), ("Yinchuan", 38.49, 106.23, 286),
    ("Xining", 36.62, 101.78, 247), ("Lhasa", 29.65, 91.14, 87),
)  # fmt: skip
PLACES = tuple(Place(name=name, latitude=up, longitude=around, reach=80.0) for name, up, around, _ in TOWNS)
SHARES = np.array([people for *_, people in TOWNS], dtype=np.float64) / sum(people for *_, people in TOWNS)


@dataclass(frozen=True, kw_only=True)
class Market:
    """What is assumed.

    Args:
        serials: honest ones; the first `copied` of them are copied, the next `harmed` are scanned by a rival.
        copied: serials that stand on forged labels too.
        labels: forged labels of each of them.
        harmed: honest serials that a rival scans from far away.
        rivals: devices of the rival; each scans each of those serials once, within a day.
        hired: devices a harmed serial that scan it alone, within a day: people who are paid.
        browsing, owner, others: scans of a label on average before it is sold, by its owner beyond the first, by others at home.
        travels: share of things that are scanned in another town by their owner, later.
        given_away: share of things that go to another town for good, where two others scan them.
        misplaced: share of scans whose place is told wrongly, at a town drawn by its inhabitants.
        pictures: share of labels whose picture is passed around: `viewers` others on average scan it, anywhere, within three days.
        viewers: see there.
        days: within which labels are sold; forged ones too.
    """

    serials: int
    copied: int = 0
    labels: int = 10
    harmed: int = 0
    rivals: int = 0
    hired: int = 0
    browsing: float = 0.5
    owner: float = 0.7
    others: float = 0.5
    travels: float = 0.05
    given_away: float = 0.02
    misplaced: float = 0.01
    pictures: float = 0.002
    viewers: float = 6.0
    days: int = 60


def scans_in(market: Market, seed: int) -> Scans:
    """Return the scans of a market, a function of its assumptions and a seed (for one version of NumPy's generator)."""
    chance = np.random.default_rng(seed)
    things = np.concatenate([np.arange(market.serials), np.repeat(np.arange(market.copied), market.labels)])
    home = _towns(chance, len(things))
    sold = BEGIN + chance.integers(5 * DAY, (5 + market.days) * DAY, len(things))
    devices = _Devices()
    parts: list[tuple[NDArray[Any], ...]] = [*_ordinary(market, chance, things, home, sold, devices)]
    told = np.flatnonzero(chance.random(market.serials) < market.pictures)
    passed = np.repeat(told, chance.poisson(market.viewers, len(told)))
    shown = sold[passed] + chance.integers(0, 3 * DAY, len(passed))
    parts.append((passed, shown, _towns(chance, len(passed)), devices.new(len(passed))))
    harmed = np.arange(market.copied, market.copied + market.harmed)
    if market.rivals and len(harmed):
        rivals = devices.new(market.rivals)
        serial = np.repeat(harmed, market.rivals)
        at = np.repeat(sold[harmed] + 3 * DAY, market.rivals) + chance.integers(0, DAY, len(serial))
        parts.append((serial, at, _towns(chance, len(serial)), np.tile(rivals, len(harmed))))
    if market.hired and len(harmed):
        serial = np.repeat(harmed, market.hired)
        at = np.repeat(sold[harmed] + 3 * DAY, market.hired) + chance.integers(0, DAY, len(serial))
        parts.append((serial, at, _towns(chance, len(serial)), devices.new(len(serial))))
    serial, at, place, device = (np.concatenate(column) for column in zip(*parts, strict=True))
    wrong = chance.random(len(place)) < market.misplaced
    place = np.where(wrong, _towns(chance, len(place)), place)
    return scans_of(serial, at, place, device, serials=market.serials)


class _Devices:
    """Numbers of devices that nobody had before."""

    def __init__(self) -> None:
        self._next = 0

    def new(self, count: int) -> NDArray[Any]:
        self._next += count
        return np.arange(self._next - count, self._next)


def _ordinary(
    market: Market, chance: np.random.Generator, things: NDArray[Any], home: NDArray[Any], sold: NDArray[Any], devices: _Devices
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Scans of labels, honest or forged, as people buy and own them."""
    owner = devices.new(len(things))
    browsing = np.repeat(np.arange(len(things)), chance.poisson(market.browsing, len(things)))
    yield things[browsing], sold[browsing] - chance.integers(0, 3 * DAY, len(browsing)), home[browsing], devices.new(len(browsing))
    own = np.repeat(np.arange(len(things)), 1 + chance.poisson(market.owner, len(things)))
    yield things[own], sold[own] + chance.integers(0, 20 * DAY, len(own)), home[own], owner[own]
    near = np.repeat(np.arange(len(things)), chance.poisson(market.others, len(things)))
    yield things[near], sold[near] + chance.integers(0, 20 * DAY, len(near)), home[near], devices.new(len(near))
    gone = np.flatnonzero(chance.random(len(things)) < market.travels)
    away = _towns(chance, len(gone))
    yield things[gone], sold[gone] + chance.integers(21 * DAY, 25 * DAY, len(gone)), away, owner[gone]
    given = np.repeat(np.flatnonzero(chance.random(len(things)) < market.given_away), 2)
    there = np.repeat(_towns(chance, len(given) // 2), 2)
    yield things[given], sold[given] + chance.integers(26 * DAY, 30 * DAY, len(given)), there, devices.new(len(given))


def _towns(chance: np.random.Generator, count: int) -> NDArray[Any]:
    return chance.choice(len(PLACES), count, p=SHARES)
