"""On how many labels a serial stands: against every subset of few scans, against plain Python, and against ill will."""

from itertools import combinations

import numpy as np
import pytest
from benchmarks.marks.market import PLACES, Market, scans_in
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.signals import copies
from openqi.science.signals.copies import labels_of, wandering, witnesses
from openqi.science.signals.places import least_seconds
from openqi.science.signals.scans import scans_of

LEAST = np.array([[0, 3000, 7000], [3000, 0, 4500], [7000, 4500, 0]], dtype=np.int64)
ROWS = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 2), st.integers(-1, 6)), min_size=1, max_size=9)


def scans(*rows):
    """Scans of one serial: (time, place, device)."""
    at, place, device = zip(*rows, strict=True)
    return scans_of([0] * len(rows), at, place, device)


def apart(one, other):
    """Whether two scans cannot be of one thing, by the definition."""
    (at, place, device), (when, where, by) = one, other
    same = device >= 0 and device == by
    return not same and abs(at - when) < LEAST[place, where]


def most_apart(rows):
    """The largest set of scans that are all apart, looked for among all sets."""
    for size in range(len(rows), 0, -1):
        if any(all(apart(a, b) for a, b in combinations(chosen, 2)) for chosen in combinations(rows, size)):
            return size
    return 0


@given(rows=ROWS)
def test_no_more_labels_are_told_than_scans_that_are_all_apart(rows):
    told = scans(*rows)
    found = labels_of(told, LEAST)
    shown = witnesses(told, LEAST, int(found.begins[0]))
    assert len(shown) == found.labels[0] <= most_apart(rows)
    as_rows = [(int(told.at[one]), int(told.place[one]), int(told.device[one])) for one in shown]
    assert all(apart(a, b) for a, b in combinations(as_rows, 2))


@given(rows=ROWS)
def test_two_labels_are_found_wherever_there_are_two(rows):
    assert (labels_of(scans(*rows), LEAST).labels[0] >= 2) == (most_apart(rows) >= 2)


@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_a_file_changes_nothing(rows, order):
    shuffled = order.sample(rows, len(rows))
    one, other = (labels_of(scans(*some), LEAST) for some in (rows, shuffled))
    for name in ("labels", "supported", "moves", "devices"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_a_second_on_either_side_of_the_least_time_decides():
    assert labels_of(scans((0, 0, 1), (2999, 1, 2)), LEAST).labels.tolist() == [2]
    assert labels_of(scans((0, 0, 1), (3000, 1, 2)), LEAST).labels.tolist() == [1]
    assert labels_of(scans((0, 0, 1), (10, 1, 1)), LEAST).labels.tolist() == [1]  # one device tells a wrong place
    assert labels_of(scans((0, 0, -1), (10, 1, -1)), LEAST).labels.tolist() == [2]


def test_a_place_is_supported_by_different_known_devices_and_only_moves_between_such_count():
    twice = [(0, 0, 1), (50, 0, 2), (100, 1, 3), (150, 1, 4), (9000, 0, 5), (86_499, 1, 7), (86_500, 0, 5), (300_000, 2, 6)]
    found = labels_of(scans(*twice), LEAST)  # of the moves at 100, 9000, 86,499 and 86,500 s the first and the last are counted
    assert (found.labels[0], found.supported[0], found.moves[0], found.devices[0]) == (2, 2, 2, 7)
    alone = [(0, 0, 1), (50, 0, 1), (100, 1, 3), (150, 1, -1)]
    found = labels_of(scans(*alone), LEAST)
    assert (found.labels[0], found.supported[0], found.moves[0], found.devices[0]) == (2, 0, 0, 2)


def test_a_device_in_two_places_at_once_counts_for_nothing_and_neither_does_one_that_walks_through_serials():
    told = scans_of([0, 0, 1, 2], [0, 100, 50, 80], [0, 1, 0, 1], [7, 8, 7, 7], serials=4)
    out = wandering(told, LEAST)
    assert [bool(out[np.flatnonzero(told.given == one)[0]]) for one in range(4)] == [True, False, True, True]
    assert labels_of(told, LEAST, left_out=out).labels.tolist() == [1, 0, 0, 0]
    many = scans_of(list(range(10)), list(range(10)), [0] * 10, [1] * 10)
    assert wandering(many, LEAST, most_serials=9).all() and not wandering(many, LEAST, most_serials=10).any()


def test_compiled_and_plain_give_the_same(monkeypatch):
    told = scans_in(Market(serials=1500, copied=40, labels=8), 5)
    least = least_seconds(PLACES)
    found = []
    for few in (0, 10**9):
        monkeypatch.setattr(copies, "FEW", few)
        out = wandering(told, least, most_serials=50)
        labels = labels_of(told, least, left_out=out)
        found.append([out.tolist(), *(getattr(labels, name).tolist() for name in labels.__slots__)])
    assert found[0] == found[1]


def test_a_flood_of_scans_is_counted_and_does_not_stand_still():
    flood = scans_of([0] * 60_000, np.arange(60_000) // 60, [0] * 60_000, np.arange(60_000))
    found = labels_of(flood, LEAST)
    assert (found.labels[0], found.devices[0]) == (1, 60_000)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: labels_of(scans((0, 3, 1)), LEAST), "place 3"),
        (lambda: labels_of(scans((0, 0, 1)), LEAST, support=1), "two devices"),
        (lambda: scans_of([], [], [], []), "at least one"),
        (lambda: scans_of([0], [0, 1], [0], [0]), "each"),
        (lambda: scans_of([0.5], [0], [0], [0]), "whole numbers"),
        (lambda: scans_of([-1], [0], [0], [0]), "numbered from 0"),
        (lambda: scans_of([0], [2**34], [0], [0]), "seconds since 1970"),
        (lambda: scans_of([3], [0], [0], [0], serials=3), "numbered"),
    ],
)  # fmt: skip
def test_what_is_no_scan_is_refused(ask, said):
    with pytest.raises(DomainError, match=said):
        ask()
