"""Draws that anyone can repeat: by a second method, from any order, and with no item preferred."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.sampling.draw import drawn, ticket

ITEMS = [f"https://maker.example/cell/{number}" for number in range(40)]


def drawn_again(items, size, seed):
    """The definition for anybody with a shell: hash "seed, newline, item", sort, take the first."""
    tickets = {}
    for item in items:
        tickets[sha256(seed.encode() + b"\n" + item.encode()).hexdigest()] = item
    return tuple(tickets[key] for key in sorted(tickets)[:size])


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
seeds = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=20)


@given(items=st.lists(names, min_size=1, max_size=30, unique=True), seed=seeds, data=st.data())
def test_a_second_method_draws_the_same(items, seed, data):
    size = data.draw(st.integers(1, len(items)))
    assert drawn(items, size, seed) == drawn_again(items, size, seed)


def test_a_ticket_is_the_hash_of_seed_newline_and_item():
    """The SHA-256 of b"seed\\nitem", as `printf 'seed\\nitem' | sha256sum` prints it."""
    assert ticket("seed", "item") == sha256(b"seed\nitem").digest()
    assert ticket("种子", "https://a.example") == sha256("种子\nhttps://a.example".encode()).digest()


def test_the_order_of_the_pool_is_nothing():
    shuffled = ITEMS[:]
    expected = drawn(ITEMS, 7, "seed")
    for turn in range(5):
        Random(turn).shuffle(shuffled)
        assert drawn(shuffled, 7, "seed") == expected
    assert drawn(iter(ITEMS), 7, "seed") == expected


def test_leaving_out_an_item_that_was_not_drawn_changes_nothing():
    sample = drawn(ITEMS, 7, "seed")
    for item in set(ITEMS) - set(sample):
        assert drawn([one for one in ITEMS if one != item], 7, "seed") == sample


def test_leaving_out_a_drawn_item_moves_up_the_next_and_no_other():
    eight = drawn(ITEMS, 8, "seed")
    for item in eight[:7]:
        rest = drawn([one for one in ITEMS if one != item], 7, "seed")
        assert rest == tuple(one for one in eight if one != item)


def test_a_larger_sample_begins_with_the_smaller():
    whole = drawn(ITEMS, len(ITEMS), "seed")
    assert sorted(whole) == sorted(ITEMS)
    assert all(drawn(ITEMS, size, "seed") == whole[:size] for size in range(1, len(ITEMS) + 1))


def chi_square(counts, expected):
    return sum((count - expected) ** 2 / expected for count in counts)


def test_over_many_seeds_every_item_is_drawn_equally_often():
    """3 of 8 with 4,000 seeds: 1,500 each. Drawn without replacement the statistic is (1 - 3/8)·8/7 of a chi-square with 7 degrees
    of freedom, whose 0.999 quantile is 24.3."""
    pool, counts = ITEMS[:8], dict.fromkeys(ITEMS[:8], 0)
    for number in range(4_000):
        for item in drawn(pool, 3, f"seed {number}"):
            counts[item] += 1
    assert sum(counts.values()) == 12_000
    assert chi_square(counts.values(), 1_500) / ((1 - 3 / 8) * 8 / 7) < 24.3


def test_over_many_seeds_every_pair_in_order_is_drawn_equally_often():
    """20 ordered pairs of 5 items: chi-square with 19 degrees of freedom, 0.999 quantile 43.8."""
    pool, counts = ITEMS[:5], {}
    for number in range(4_000):
        pair = drawn(pool, 2, f"{number}")
        counts[pair] = counts.get(pair, 0) + 1
    assert len(counts) == 20
    assert chi_square(counts.values(), 200) < 43.8


def test_another_seed_draws_another_sample():
    assert len({drawn(ITEMS, 5, f"seed {number}") for number in range(50)}) == 50


@pytest.mark.parametrize("size", [0, -1, 41])
def test_what_cannot_be_drawn_is_refused(size):
    with pytest.raises(DomainError, match=f"{size} of 40 items cannot be drawn"):
        drawn(ITEMS, size, "seed")


def test_a_pool_with_an_item_twice_has_two_tickets_for_it_and_is_refused():
    with pytest.raises(DomainError, match="twice"):
        drawn([*ITEMS, ITEMS[0]], 3, "seed")


@pytest.mark.parametrize("seed", ["", "\n", "a\n", "\na", "a\nb"])
def test_a_seed_is_one_line(seed):
    with pytest.raises(DomainError, match="one line"):
        drawn(ITEMS, 3, seed)
