"""The frozen list: what stands on it is known by one root, whoever was left out is told why, and bad lists are refused."""

from hashlib import sha256
from time import thread_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocked import fair
from draws_world import FIRMS
from openqi.evidence.log import merkle
from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws import commitment as module
from openqi.science.draws import tickets
from openqi.science.draws.commitment import commitment_of, committed, row_of
from openqi.science.draws.frame import Candidate, Exclusion, checked_frame, frame_of
from openqi.science.draws.hashing.alike import folded
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.hashing.names import names_of

line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=6)
name = st.text(st.characters(categories=["L", "Nd", "P", "S"]), min_size=1, max_size=6)
objects = st.lists(
    st.builds(Candidate, name=name, stratum=line, risk_class=line, size=st.integers(0, 2**40)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: folded(one.name),
)


@given(found=objects, data=st.data())
def test_the_root_does_not_depend_on_the_order_of_the_list_and_proves_every_row(found, data):
    one = committed(frame_of(found))
    other = committed(frame_of(data.draw(st.permutations(found))))
    assert one.root == other.root
    for place, candidate in enumerate(found):
        proof = one.proof(place)
        assert proof.row == f"{candidate.name}\n{candidate.stratum}\n{candidate.risk_class}\n{candidate.size}".encode()
        merkle.verify_inclusion(merkle.leaf_hash(proof.row), proof.leaf, proof.size, proof.hashes, one.root)
    leaves = sorted(found, key=lambda candidate: sha256(candidate.name.encode()).digest())
    rows = [row_of(one.frame, one.frame.place_of(candidate.name)) for candidate in leaves]
    assert one.root == merkle.root_of(merkle.leaf_hash(row) for row in rows)


def test_an_edited_list_has_another_root():
    changed = [*FIRMS[:-1], Candidate(name=FIRMS[-1].name, size=FIRMS[-1].size + 1)]
    roots = {committed(frame_of(some)).root for some in (FIRMS, changed, FIRMS[:-1])}
    assert len(roots) == 3


def test_rows_written_by_the_kernel_are_those_of_plain_python(monkeypatch):
    many = [
        Candidate(name=f"厂{number}", stratum=f"s{number % 3}", risk_class="ABCD"[number % 4], size=7**(number % 15))
        for number in range(FEW + 5)
    ]  # fmt: skip
    fast = committed(frame_of(many)).root
    monkeypatch.setattr(module, "is_fast", lambda: False)
    assert committed(frame_of(many)).root == fast


def test_a_commitment_changes_with_everything_that_it_is_to():
    whole = {"root": sha256(b"root").digest(), "size": 7, "rules": b"rules", "sources": b"drand", "version": "1"}
    other = [
        {"root": sha256(b"other").digest()}, {"size": 8}, {"rules": b"rule"}, {"sources": b"lottery"}, {"version": "2"},
        {"exclusions": b"closed"}, {"key": b"closed"}, {"rules": b"rulesclosed"}, {"sources": b"drand1", "version": "1"},
        {"sources": b"drand", "version": "11"},
    ]  # fmt: skip
    found = {commitment_of(**(whole | one)) for one in ({}, *other)}
    assert len(found) == len(other) + 1
    for bad in ({"root": b"short"}, {"rules": b""}, {"sources": b""}, {"version": ""}):
        with pytest.raises(DomainError):
            commitment_of(**(whole | bad))


def test_who_was_left_out_is_told_why():
    found = frame_of(FIRMS, [Exclusion(name="firm 2", reason="visited-lately", detail="2026-08-01")])
    assert len(found) == 6
    with pytest.raises(DomainError, match="firm 2 was left out of the list: visited-lately \\(2026-08-01\\)"):
        found.place_of("firm 2")
    with pytest.raises(DomainError, match="not on the list"):
        found.place_of("firm 9")
    assert [found.names.name(found.place_of(f"firm {number}")) for number in (0, 1, 3)] == ["firm 0", "firm 1", "firm 3"]


def test_a_name_within_another_is_not_taken_for_it():
    found = frame_of([Candidate(name="ab"), Candidate(name="b"), Candidate(name="xab")])
    assert [found.place_of(name) for name in ("b", "ab", "xab")] == [1, 0, 2]


@pytest.mark.parametrize(
    ("candidates", "exclusions", "rule"),
    [
        ([*FIRMS, Candidate(name="firm 3")], [], "objects-once"),
        ([], [], "frame-not-empty"),
        (FIRMS[:1], [Exclusion(name="firm 0", reason="closed")], "frame-not-empty"),
        (FIRMS, [Exclusion(name="firm 0", reason="")], "exclusions-have-reasons"),
        (FIRMS, [Exclusion(name="firm 0", reason="a"), Exclusion(name="firm 0", reason="b")], "one-exclusion-an-object"),
        (FIRMS, [Exclusion(name="firm 9", reason="a")], "exclusions-are-on-the-list"),
    ],
)
def test_a_list_with_somebody_twice_or_nobody_is_refused(candidates, exclusions, rule):
    with pytest.raises(RefusedError) as refused:
        frame_of(candidates, exclusions)
    assert refused.value.rule == rule


@pytest.mark.parametrize("size", [-1, 2**40 + 1, True, 1.5])
def test_a_size_is_a_whole_number(size):
    with pytest.raises(DomainError, match="firm x"):
        frame_of([Candidate(name="firm x", size=size)])
    with pytest.raises(DomainError, match="one line"):
        frame_of([Candidate(name="two\nlines")])


def columns(**other):
    one = np.zeros(2, dtype=np.int64)
    return {"strata": ("a",), "stratum": one, "classes": ("",), "risk_class": one, "size": one + 1} | other


@pytest.mark.parametrize(
    "other",
    [
        {"stratum": np.array([0, 1])},
        {"risk_class": np.array([0])},
        {"strata": ("b", "a")},
        {"classes": ("a\nb",)},
        {"size": np.array([1, -1])},
    ],
)
def test_columns_that_do_not_fit_are_refused(other):
    with pytest.raises(DomainError):
        checked_frame(names_of(["x", "y"]), **columns(**other))


def test_an_empty_stratum_is_refused_by_name():
    with pytest.raises(RefusedError, match="'b'"):
        checked_frame(names_of(["x", "y"]), **columns(strata=("a", "b")))


def test_names_whose_digests_begin_alike_are_not_taken_for_one(monkeypatch):
    monkeypatch.setattr(tickets, "first_words", lambda names, _: np.zeros(len(names), dtype=np.uint64))
    assert len(frame_of(FIRMS)) == 7
    with pytest.raises(RefusedError, match="firm 3"):
        frame_of([*FIRMS, Candidate(name="firm 3")])


def test_an_object_is_found_among_names_that_hold_its_name():
    """A name is looked up by its digest: no name that contains it is taken for it, and none costs a look."""
    names = [f"1{'1' * number}" for number in range(300)] + [f"a{number}a" for number in range(300)] + ["厂", "厂厂", "分厂"]
    found = frame_of([Candidate(name=name) for name in names])
    assert [found.place_of(name) for name in names] == list(range(len(names)))
    for absent in ("", "a", "a1", "1a", "1" * 301, "a0a\na1a", "分", "\ud800"):
        with pytest.raises(DomainError, match="not on the list"):
            found.place_of(absent)


def test_a_look_up_does_not_read_the_list():
    many = frame_of([Candidate(name="1" * (1 + place % 40) + f"-{place}") for place in range(30_000)])
    names = [many.names.name(place) for place in range(0, 30_000, 300)]

    def looked_up():
        assert [many.place_of(name) for name in names] == list(range(0, 30_000, 300))

    start = thread_time()
    looked_up()
    assert fair(thread_time() - start, 0.1, looked_up) < 0.1  # 3 ms where the machine is calm; 20 s where text is searched
