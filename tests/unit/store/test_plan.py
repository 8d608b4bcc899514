"""What an append adds, worked out without any store, against the plain definitions of tree and tiles."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from builders import ORIGIN, checkpointer, sealed_record
from openqi.evidence.log.merkle import empty_frontier, leaf_hash, root_of
from openqi.evidence.record import log_entry
from openqi.store.plan import Draft, requested
from openqi.store.store import Incoming

RECORDS = [sealed_record(n) for n in range(600)]


@given(cuts=st.lists(st.integers(0, 600), max_size=6))
def test_the_edge_and_the_rows_of_tiles_grow_as_if_built_at_once(cuts: list[int]) -> None:
    leaves = [leaf_hash(log_entry(record)) for record in RECORDS]
    edge, nodes = empty_frontier(), []
    bounds = [0, *sorted(cuts), 600]
    for start, stop in pairwise(bounds):
        draft = Draft(origin=ORIGIN, edge=edge.copy(), subjects=0, known={}, tails={})
        draft.add(requested([Incoming(record=record) for record in RECORDS[start:stop]], (), checkpointer(), ORIGIN))
        edge = draft.edge
        nodes += draft.nodes
        assert edge.root() == root_of(leaves[:stop])
    assert nodes == [(1, 0, root_of(leaves[:256])), (1, 1, root_of(leaves[256:512]))]
