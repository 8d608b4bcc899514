"""The compiled hash gives the bits of hashlib for texts of any length, and the tree is that of the log of records."""

from hashlib import sha256

import numpy as np
import pytest

from openqi.evidence.log import merkle
from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing import many
from openqi.science.draws.hashing.arrays import FEW, running_totals
from openqi.science.draws.hashing.names import names_from, names_of
from openqi.science.draws.hashing.plain import state_after
from openqi.science.draws.hashing.rounds import CONSTANTS, INITIAL
from openqi.science.draws.hashing.tree import tree_of

TEXTS = [f"{number}".encode().ljust(length, b"x") for number in range(40) for length in range(1, 140)]


def test_constants_are_those_of_the_standard():
    assert (INITIAL[0], INITIAL[7]) == (0x6A09E667, 0x5BE0CD19)
    assert (CONSTANTS[0], CONSTANTS[63]) == (0x428A2F98, 0xC67178F2)


def test_the_state_after_a_block_is_the_one_that_hashlib_goes_on_from():
    block = bytes(range(64))
    padded = b"\x80" + bytes(55) + (512).to_bytes(8, "big")
    words = state_after(padded, state_after(block))
    assert b"".join(word.to_bytes(4, "big") for word in words) == sha256(block).digest()


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("prefix", [b"", bytes(range(64))])
def test_first_words_are_those_of_hashlib_for_every_length(fast, prefix, monkeypatch):
    monkeypatch.setattr(many, "is_fast", lambda: fast)
    names = names_of([text.decode() for text in TEXTS])
    assert len(names) >= FEW, "enough for the compiled kernel"
    wanted = [int.from_bytes(sha256(prefix + text).digest()[:8], "big") for text in TEXTS]
    assert many.first_words(names, prefix).tolist() == wanted


@pytest.mark.parametrize("fast", [True, False])
def test_digests_are_those_of_hashlib_for_every_length(fast, monkeypatch):
    monkeypatch.setattr(many, "is_fast", lambda: fast)
    names = names_of([text.decode() for text in TEXTS])
    assert many.digests(names.text, names.offsets).tobytes() == b"".join(sha256(text).digest() for text in TEXTS)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 13, 100, 2 * FEW + 1])
def test_the_root_and_the_proofs_are_those_of_a_log(size):
    leaves = [merkle.leaf_hash(f"{number}".encode()) for number in range(size)]
    tree = tree_of(np.frombuffer(b"".join(leaves), dtype=np.uint8).reshape(-1, 32))
    assert tree.root == merkle.root_of(leaves)
    for place in {0, size // 3, size // 2, size - 1} if size else ():
        merkle.verify_inclusion(leaves[place], place, size, tree.proof(place), tree.root)
    for place in (-1, size):
        with pytest.raises(DomainError):
            tree.proof(place)


def test_names_come_back_and_know_their_places():
    texts = ["佛山市某某厂", "a", "91440600MA4UXXXX0B"]
    names = names_of(texts)
    assert [name.decode() for name in names] == texts
    assert [names.name(place) for place in range(3)] == texts
    joined = "".join(texts).encode()
    again = names_from(joined, names.offsets)
    assert list(again) == list(names)


@pytest.mark.parametrize(
    ("text", "offsets", "told"),
    [
        (b"ab", [0, 1], "end with the text"),
        (b"ab", [0, 2, 2], "empty"),
        (b"\xff", [0, 1], "UTF-8"),
        ("名".encode(), [0, 1, 3], "within a character"),
        (b"ab", [0, 3, 2], "empty"),
    ],
)
def test_columns_that_are_no_names_are_refused(text, offsets, told):
    with pytest.raises(DomainError, match=told):
        names_from(text, np.array(offsets))


def test_running_totals_are_exact_and_the_same_both_ways():
    values = np.arange(2 * FEW, dtype=np.int64) * 2**30
    out = np.zeros(len(values), dtype=np.int64)
    running_totals(values, out)
    assert int(out[-1]) == sum(values.tolist())
    few = np.zeros(5, dtype=np.int64)
    running_totals(values[:5], few)
    assert few.tolist() == out[:5].tolist()
    with pytest.raises(DomainError, match="half a character"):
        names_of(["\ud800"])
