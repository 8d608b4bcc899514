"""The Merkle tree against published vectors and against RFC 6962's own recursive definitions, written here word for word."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.log.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    Frontier,
    empty_frontier,
    leaf_hash,
    node_hash,
    range_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from openqi.evidence.log.prover import consistency_proof, inclusion_proof, subtree_of
from openqi.kernel.errors import DomainError, VerificationError
from vectors_of import PLACES, figures_of

LARGEST = 70
LEAVES = [leaf_hash(b"leaf %d" % i) for i in range(600)]


def split(n):
    """The largest power of two smaller than n."""
    return max(k for k in (2**i for i in range(n.bit_length())) if k < n)


def plain_root(leaves):
    """MTH of RFC 6962 section 2.1, over leaf hashes."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def plain_path(m, leaves):
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if m < k:
        return (*plain_path(m, leaves[:k]), plain_root(leaves[k:]))
    return (*plain_path(m - k, leaves[k:]), plain_root(leaves[:k]))


def plain_subproof(m, leaves, known):
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return () if known else (plain_root(leaves),)
    k = split(len(leaves))
    if m <= k:
        return (*plain_subproof(m, leaves[:k], known), plain_root(leaves[k:]))
    return (*plain_subproof(m - k, leaves[k:], False), plain_root(leaves[:k]))


def fails(function, *arguments) -> bool:
    try:
        function(*arguments)
    except VerificationError as error:
        assert error.step in ("inclusion", "consistency")
        return True
    return False


def bytes_of(case, *names):
    return [base64.b64decode(case[name]) for name in names]


def proof_of(case):
    return [base64.b64decode(node) for node in case["proof"] or []]


@pytest.mark.parametrize("place", PLACES)
def test_every_published_inclusion_proof_gets_its_published_verdict(place):
    cases = figures_of("trust/merkle_inclusion.json", place)
    wrong = [
        case["name"]
        for case in cases
        for leaf, root in [bytes_of(case, "leafHash", "root")]
        if fails(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof_of(case), root) != case["wantErr"]
    ]
    assert len(cases) == 55
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_every_published_consistency_proof_gets_its_published_verdict(place):
    cases = figures_of("trust/merkle_consistency.json", place)
    wrong = [
        case["name"]
        for case in cases
        for roots in [bytes_of(case, "root1", "root2")]
        if fails(verify_consistency, case["size1"], case["size2"], proof_of(case), *roots) != case["wantErr"]
    ]
    assert len(cases) == 52
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_every_published_subtree_inclusion_proof_gets_its_published_verdict(place):
    cases = figures_of("trust/merkle_subtree_inclusion.json", place)
    wrong = [
        case["name"]
        for case in cases
        for leaf, root in [bytes_of(case, "leafHash", "root")]
        for numbers in [(case["leafIdx"], case["start"], case["end"])]
        if fails(verify_subtree_inclusion, leaf, *numbers, proof_of(case), root) != case["wantErr"]
    ]
    assert len(cases) == 112
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_every_published_subtree_consistency_proof_gets_its_published_verdict(place):
    cases = figures_of("trust/merkle_subtree_consistency.json", place)
    wrong = [
        case["name"]
        for case in cases
        for roots in [bytes_of(case, "root1", "root2")]
        if fails(verify_subtree_consistency, case["start"], case["end"], case["size"], proof_of(case), *roots) != case["wantErr"]
    ]
    assert len(cases) == 59
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_the_reference_tree_has_its_published_roots_and_inner_hashes(place):
    figures = figures_of("trust/rfc6962_roots.json", place)
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in figures["leaf_inputs_hex"]]
    assert [root_of(leaves[:size]).hex() for size in range(9)] == figures["roots_hex_by_size"]
    subtree = subtree_of(leaves)
    for level, row in enumerate(figures["complete_subtree_hashes_hex_by_level"]):
        assert [subtree(i << level, i + 1 << level).hex() for i in range(len(row))] == row


def test_leaves_and_nodes_are_hashed_in_domains_of_their_own():
    left, right = LEAVES[:2]
    assert leaf_hash(b"a") == sha256(b"\0a").digest()
    assert node_hash(left, right) == sha256(b"\1" + left + right).digest()
    assert node_hash(left, right) != leaf_hash(left + right)


def test_roots_of_all_small_trees_are_those_of_the_recursive_definition():
    frontier = empty_frontier()
    for size in range(LARGEST + 1):
        assert frontier.root() == root_of(LEAVES[:size]) == plain_root(LEAVES[:size])
        assert frontier.size == size
        assert len(frontier.hashes) == size.bit_count()
        frontier.append(LEAVES[size])


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_a_copied_frontier_grows_by_itself():
    first = Frontier(0, [])
    first.append(LEAVES[0])
    second = first.copy()
    second.append(LEAVES[1])
    assert (first.size, first.root()) == (1, LEAVES[0])
    assert (second.size, second.root()) == (2, node_hash(*LEAVES[:2]))


def test_inclusion_proofs_of_all_small_trees_are_those_of_the_definition_and_hold():
    subtree = subtree_of(LEAVES)
    for size in range(1, LARGEST + 1):
        leaves = LEAVES[:size]
        root = plain_root(leaves)
        for index in range(size):
            proof = inclusion_proof(index, size, subtree)
            assert proof == plain_path(index, leaves)
            verify_inclusion(LEAVES[index], index, size, proof, root)


def test_consistency_proofs_of_all_small_trees_are_those_of_the_definition_and_hold():
    subtree = subtree_of(LEAVES)
    roots = [plain_root(LEAVES[:size]) for size in range(LARGEST + 1)]
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, subtree)
            assert proof == (plain_subproof(old, LEAVES[:new], True) if old else ())
            verify_consistency(old, new, proof, roots[old], roots[new])


@given(st.integers(1, len(LEAVES)), st.data())
def test_proofs_of_larger_trees_are_those_of_the_definition_and_hold(new, data):
    index, old = data.draw(st.integers(0, new - 1)), data.draw(st.integers(1, new))
    subtree, root = subtree_of(LEAVES), plain_root(LEAVES[:new])
    path = inclusion_proof(index, new, subtree)
    assert path == plain_path(index, LEAVES[:new])
    verify_inclusion(LEAVES[index], index, new, path, root)
    proof = consistency_proof(old, new, subtree)
    assert proof == plain_subproof(old, LEAVES[:new], True)
    verify_consistency(old, new, proof, plain_root(LEAVES[:old]), root)


def counted(lo, hi):
    """A tree too large to build: each hash names its range. Two verifiers walk it, one from each end."""
    return sha256(f"{lo} {hi}".encode()).digest()


def path_upwards(index, size, leaf, proof):
    """The root that an audit path leads to, by RFC 9162 section 2.1.3.2 word for word."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        assert sn != 0
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


@given(st.integers(1, MAX_SIZE), st.data())
def test_inclusion_in_a_huge_tree_is_judged_as_rfc_9162_words_it(size, data):
    index = data.draw(st.integers(0, size - 1) | st.sampled_from([0, size - 1, size // 2]))
    proof, leaf = inclusion_proof(index, size, counted), counted(index, index + 1)
    root = path_upwards(index, size, leaf, proof)
    verify_inclusion(leaf, index, size, proof, root)
    assert len(proof) <= 53
    for wrong in ((index + 1, size), (index - 1, size), (index, size + 1), (index, size - 1), (-1, size), (size, size)):
        if wrong[0] != index or len(inclusion_proof(index, size, counted)) != len(safe_path(*wrong)):
            assert fails(verify_inclusion, leaf, *wrong, proof, root)


def safe_path(index, size):
    return inclusion_proof(index, size, counted) if 0 <= index < size <= MAX_SIZE else (None,) * 99


@given(st.integers(1, 200), st.data())
def test_no_changed_inclusion_proof_holds(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof, root = list(inclusion_proof(index, size, subtree_of(LEAVES[:size]))), root_of(LEAVES[:size])
    assert fails(verify_inclusion, LEAVES[index], index, size, [*proof, LEAVES[0]], root)
    assert fails(verify_inclusion, LEAVES[index], index, size, [LEAVES[0], *proof], root)
    assert fails(verify_inclusion, LEAVES[599], index, size, proof, root)
    assert fails(verify_inclusion, LEAVES[index], index, size, proof, LEAVES[599])
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        changed = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
        assert fails(verify_inclusion, LEAVES[index], index, size, [*proof[:place], changed, *proof[place + 1 :]], root)
        assert fails(verify_inclusion, LEAVES[index], index, size, proof[:-1], root)
        assert fails(verify_inclusion, LEAVES[index], index, size, [*proof[:-1], proof[-1] + b"\0"], root)
        assert fails(verify_inclusion, LEAVES[index], (index + 1) % size, size, proof, root)


@given(st.integers(1, 200), st.data())
def test_no_changed_consistency_proof_holds(new, data):
    old = data.draw(st.integers(1, new))
    proof = list(consistency_proof(old, new, subtree_of(LEAVES[:new])))
    roots = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    assert fails(verify_consistency, old, new, [*proof, LEAVES[0]], *roots)
    assert fails(verify_consistency, old, new, proof, LEAVES[599], roots[1])
    assert fails(verify_consistency, old, new, proof, roots[0], LEAVES[599])
    assert fails(verify_consistency, old, old - 1, proof, *roots)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        changed = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
        assert fails(verify_consistency, old, new, [*proof[:place], changed, *proof[place + 1 :]], *roots)
        assert fails(verify_consistency, old, new, proof[:-1], *roots)
        assert fails(verify_consistency, old, new, proof[1:], *roots)
        assert fails(verify_consistency, old, new, [*proof[:-1], b""], *roots)


@given(st.integers(0, 7), st.integers(1, 300), st.data())
def test_the_subtree_of_any_aligned_range_is_proved_by_its_own_leaves_and_within_the_whole(level, size, data):
    width = 1 << level
    start = data.draw(st.integers(0, (size - 1) // width)) * width
    end = data.draw(st.integers(start + width // 2 + 1, start + width))
    if end > size:
        return
    leaves, part = LEAVES[:size], LEAVES[start:end]
    index = data.draw(st.integers(start, end - 1))
    verify_subtree_inclusion(LEAVES[index], index, start, end, plain_path(index - start, part), plain_root(part))
    assert subtree_of(leaves)(start, end) == plain_root(part)
    proof = plain_subtree_proof(start, end, leaves, True)
    verify_subtree_consistency(start, end, size, proof, plain_root(part), plain_root(leaves))
    assert fails(verify_subtree_consistency, start, end, size, [*proof, EMPTY_ROOT], plain_root(part), plain_root(leaves))
    assert fails(verify_subtree_consistency, start, end, size, proof, EMPTY_ROOT, plain_root(leaves))
    assert fails(verify_subtree_consistency, start, end, size, proof, plain_root(part), EMPTY_ROOT)


def plain_subtree_proof(start, end, leaves, known):
    """SUBTREE_SUBPROOF of the Merkle Tree Certificates draft, section 4.4: SUBPROOF for a range that starts anywhere."""
    n = len(leaves)
    if (start, end) == (0, n):
        return () if known else (plain_root(leaves),)
    k = split(n)
    if end <= k:
        return (*plain_subtree_proof(start, end, leaves[:k], known), plain_root(leaves[k:]))
    if k <= start:
        return (*plain_subtree_proof(start - k, end - k, leaves[k:], known), plain_root(leaves[:k]))
    assert start == 0
    return (*plain_subtree_proof(0, end - k, leaves[k:], False), plain_root(leaves[:k]))


@pytest.mark.parametrize("bounds", [(1, 3), (2, 5), (3, 3 + 2), (5, 4), (-2, 0), (0, MAX_SIZE + 1), (4, 12), (-4, -2)])
def test_a_range_that_no_subtree_covers_is_refused(bounds):
    start, end = bounds
    assert fails(verify_subtree_inclusion, LEAVES[0], max(start, 0), start, end, (), LEAVES[0])
    assert fails(verify_subtree_consistency, start, end, MAX_SIZE, (), LEAVES[0], LEAVES[0])


def test_a_range_that_is_no_subtree_is_refused_though_its_hashes_add_up():
    for start, end in ((1, 3), (2, 5), (3, 5), (4, 9), (6, 10)):
        part = LEAVES[start:end]
        for index in range(start, end):
            assert fails(
                verify_subtree_inclusion, LEAVES[index], index, start, end, plain_path(index - start, part), plain_root(part)
            )
        for size in range(end, 12):
            assert fails(verify_subtree_consistency, start, end, size, (), plain_root(part), plain_root(part))


def test_an_empty_range_lies_within_the_tree():
    verify_subtree_consistency(3, 3, 3, (), EMPTY_ROOT, LEAVES[0])
    for start, size in ((4, 3), (-1, 3)):
        assert fails(verify_subtree_consistency, start, start, size, (), EMPTY_ROOT, LEAVES[0])


def test_a_proof_that_is_too_long_is_refused_though_its_hashes_add_up():
    two = node_hash(*LEAVES[:2])
    assert fails(verify_consistency, 1, 2, [LEAVES[1], LEAVES[2]], LEAVES[0], node_hash(LEAVES[2], two))
    assert fails(verify_consistency, 2, 2, [LEAVES[2]], two, node_hash(LEAVES[2], two))
    assert fails(verify_inclusion, LEAVES[0], 0, 2, [LEAVES[1], LEAVES[2]], node_hash(LEAVES[2], two))


def test_hashes_of_another_length_are_refused_though_they_add_up():
    for odd in (b"", bytes(31), bytes(33)):
        assert fails(verify_inclusion, LEAVES[0], 0, 2, [odd], node_hash(LEAVES[0], odd))
        assert fails(verify_inclusion, odd, 0, 2, [LEAVES[0]], node_hash(odd, LEAVES[0]))
        assert fails(verify_inclusion, odd, 0, 1, [], odd)
        assert fails(verify_consistency, 1, 2, [odd], LEAVES[0], node_hash(LEAVES[0], odd))
        assert fails(verify_consistency, 1, 1, [], odd, odd)


def test_the_largest_tree_is_proved_and_one_leaf_more_is_refused():
    nodes = [leaf_hash(b"%d" % level) for level in range(53)]
    root = LEAVES[0]
    for node in nodes:
        root = node_hash(root, node)
    # Leaf 0 has as many siblings in 2^53-1 leaves as in 2^53, so only the bound tells the two trees apart.
    verify_inclusion(LEAVES[0], 0, MAX_SIZE, nodes, root)
    verify_consistency(1, MAX_SIZE, nodes, LEAVES[0], root)
    verify_consistency(MAX_SIZE, MAX_SIZE, [], root, root)
    assert len(inclusion_proof(0, MAX_SIZE, counted)) == len(consistency_proof(1, MAX_SIZE, counted)) == 53
    assert fails(verify_inclusion, LEAVES[0], 0, MAX_SIZE + 1, nodes, root)
    assert fails(verify_consistency, 1, MAX_SIZE + 1, nodes, LEAVES[0], root)
    assert fails(verify_consistency, MAX_SIZE + 1, MAX_SIZE + 1, [], root, root)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0), (5, 3), (0, -1), (0, MAX_SIZE + 1), (2**60, 2**63 - 1)])
def test_a_leaf_outside_of_the_tree_is_neither_proved_nor_verified(index, size):
    with pytest.raises(DomainError, match=f"leaf {index} is not in a tree of {size} leaves"):
        inclusion_proof(index, size, counted)
    assert fails(verify_inclusion, LEAVES[0], index, size, (), LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(-1, 1), (2, 1), (0, MAX_SIZE + 1), (2**60, 2**63 - 1), (1, 0)])
def test_a_tree_is_no_beginning_of_a_smaller_one(old, new):
    with pytest.raises(DomainError, match="no consistency proof"):
        consistency_proof(old, new, counted)
    assert fails(verify_consistency, old, new, (), LEAVES[0], LEAVES[0])


def test_the_empty_tree_is_the_beginning_of_every_tree_without_proof():
    verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    verify_consistency(0, 5, (), EMPTY_ROOT, LEAVES[0])
    assert fails(verify_consistency, 0, 0, (), EMPTY_ROOT, LEAVES[0])
    assert fails(verify_consistency, 0, 0, (), LEAVES[0], LEAVES[0])
    assert fails(verify_consistency, 0, 5, (), LEAVES[0], LEAVES[0])
    assert fails(verify_consistency, 0, 5, (LEAVES[0],), EMPTY_ROOT, LEAVES[0])


def test_a_node_is_never_taken_for_a_leaf():
    inner = node_hash(*LEAVES[:2])
    root = root_of(LEAVES[:4])
    assert inner == subtree_of(LEAVES[:4])(0, 2)
    assert fails(verify_inclusion, leaf_hash(LEAVES[0] + LEAVES[1]), 0, 2, [node_hash(*LEAVES[2:4])], root)
    verify_inclusion(inner, 0, 2, [node_hash(*LEAVES[2:4])], root)  # the size, which the checkpoint signs, tells them apart
    assert fails(verify_inclusion, inner, 0, 4, [node_hash(*LEAVES[2:4])], root)


def test_a_range_is_hashed_out_of_complete_subtrees_only():
    asked = []

    def node(level, index):
        asked.append((level, index))
        return plain_root(LEAVES[index << level : index + 1 << level])

    assert range_hash(0, 7, node) == plain_root(LEAVES[:7])
    assert asked == [(2, 0), (1, 2), (0, 6)]
    assert range_hash(8, 11, node) == plain_root(LEAVES[8:11])


integers = st.integers(-(2**64), 2**64)


@given(integers, integers, integers, st.lists(st.binary(max_size=33), max_size=70))
def test_any_numbers_and_hashes_are_verified_or_refused_quickly(a, b, c, proof):
    assert fails(verify_inclusion, LEAVES[0], a, b, proof, LEAVES[1])
    assert fails(verify_subtree_inclusion, LEAVES[0], c, a, b, proof, LEAVES[1])
    if a:
        assert fails(verify_consistency, a, b, proof, LEAVES[0], LEAVES[1])
    if a != b:
        assert fails(verify_subtree_consistency, a, b, c, proof, LEAVES[0], LEAVES[1])
