"""Batches made of lines: the fast root and the fast check against the plain definitions of the kit that proves."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.batch import Batch, batch_rows, verify_item
from openqi.evidence.batching import batch_of, batch_of_lines, items, rows_of_batch
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.kernel.errors import DomainError, VerificationError

lines = st.lists(st.binary(max_size=8).map(lambda data: data.replace(b"\n", b"n")), max_size=40)


def rows(count):
    return [canonical_bytes({"item": f"a:{number}"}) for number in range(count)]


@pytest.mark.parametrize("count", [*range(34), 63, 64, 65, 255, 256, 257, 1000])
def test_the_root_is_that_of_the_plain_definition_at_every_size(count):
    batch, content = batch_of_lines(rows(count))
    assert batch.root == root_of(map(leaf_hash, rows(count)))
    assert (batch.count, batch.size, batch.blob) == (count, len(content), sha256(content).hexdigest())
    assert content == b"".join(row + b"\n" for row in rows(count))


@given(lines)
def test_what_was_committed_is_read_back_by_both_readers(given_lines):
    batch, content = batch_of_lines(iter(given_lines))
    assert rows_of_batch(batch, content) == batch_rows(batch, content) == given_lines


@given(lines, st.binary(max_size=60), st.integers(0, 5))
def test_both_readers_refuse_the_same(given_lines, content, more):
    batch, right = batch_of_lines(given_lines)
    for wrong in (content, right + b"\n", right[:-1], right[1:], right.replace(b"n", b"\n"), right + content):
        assert outcome(rows_of_batch, batch, wrong) == outcome(batch_rows, batch, wrong)
    miscounted = Batch(count=batch.count + more, root=batch.root, blob=batch.blob, size=batch.size)
    assert outcome(rows_of_batch, miscounted, right) == outcome(batch_rows, miscounted, right)


def outcome(read, batch, content):
    try:
        return read(batch, content)
    except VerificationError:
        return "refused"


def test_a_batch_of_rows_is_a_batch_of_their_canonical_lines():
    assert batch_of({"item": f"a:{number}"} for number in range(5)) == batch_of_lines(rows(5))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 33])
def test_every_item_has_its_proof(count):
    batch, content = batch_of_lines(rows(count))
    for item in items("ab" * 32, batch, content, range(count)):
        assert item.row == rows(count)[item.leaf]
        verify_item(item, batch)
    with pytest.raises(DomainError):
        items("ab" * 32, batch, content, [count])
