"""Tickets by their three-line definition; order does not matter, and nobody's ticket depends on who else is there."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draws_world import seed
from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing.names import names_of
from openqi.science.draws.tickets import _runs, first_bits, order_of, ordered_places, prefix_of, ticket

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


@given(number=st.integers(0, 2**256 - 1), purpose=words, name=words)
def test_a_ticket_is_three_lines_in_any_language(number, purpose, name):
    key = number.to_bytes(32, "big")
    again = sha256(key + sha256(purpose.encode()).digest() + name.encode()).hexdigest()
    assert ticket(key, purpose, name) == int(again, 16)


@given(names=st.lists(words, min_size=1, max_size=20, unique=True), data=st.data())
def test_the_order_of_the_list_does_not_matter_and_one_more_moves_no_other(names, data):
    mixed = data.draw(st.permutations(names))
    found = [names[place] for place in order_of(names, seed(1), "p")]
    assert found == [mixed[place] for place in order_of(mixed, seed(1), "p")]
    assert found == sorted(names, key=lambda name: ticket(seed(1), "p", name))
    fewer = [name for name in names if name != names[0]]
    assert [name for name in found if name != names[0]] == [fewer[place] for place in order_of(fewer, seed(1), "p")]


def test_first_bits_are_those_of_the_ticket():
    names = [f"firm {number}" for number in range(50)]
    assert first_bits(names_of(names), seed(3), "p").tolist() == [ticket(seed(3), "p", name) >> 192 for name in names]


def test_equal_first_bits_are_told_apart_by_the_others(monkeypatch):
    import numpy as np

    from openqi.science.draws import tickets

    monkeypatch.setattr(tickets, "first_words", lambda names, _: np.array([7, 7, 3, 7, 9, 9][: len(names)], dtype=np.uint64))
    names = [f"firm {number}" for number in range(6)]
    prefix = prefix_of(seed(3), "p")
    alone = {name: ticket(seed(3), "p", name) for name in names}
    wanted = [2, *sorted([0, 1, 3], key=lambda place: alone[names[place]]), *sorted([4, 5], key=lambda place: alone[names[place]])]
    assert ordered_places(names_of(names), prefix).tolist() == wanted
    assert _runs([0, 1, 5]) == [(0, 3), (5, 7)]


def test_what_is_no_seed_purpose_or_name_is_refused():
    for key, purpose in ((b"short", "p"), (seed(1), "")):
        with pytest.raises(DomainError):
            prefix_of(key, purpose)
    with pytest.raises(DomainError, match="twice"):
        order_of(["a", "a"], seed(1), "p")
    with pytest.raises(DomainError, match="empty"):
        order_of(["a", ""], seed(1), "p")
