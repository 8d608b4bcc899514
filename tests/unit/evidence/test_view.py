"""Views: what a decision reads is noted, and a replay reads exactly that or says that it cannot."""

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.record import Record
from openqi.evidence.view import EMPTY_DIGEST, Basis, BasisView, NotingView, StreamRead, parse_basis, running_digest
from openqi.kernel.errors import BasisError, FormatError, NotFoundError, WithheldError
from stage import Stage

ids = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=6, unique=True)
NOW = "2026-11-20T10:00:00Z"


def digest_by_definition(names: list[str]) -> bytes:
    """32 zero bytes, then SHA-256 over the digest so far and the next id."""
    return sha256(digest_by_definition(names[:-1]) + bytes.fromhex(names[-1])).digest() if names else bytes(32)


@given(ids)
def test_the_running_digest_is_what_it_says_and_goes_on_from_any_place(names):
    assert running_digest(names) == digest_by_definition(names)
    assert running_digest(names[2:], running_digest(names[:2])) == running_digest(names)
    assert running_digest([]) == EMPTY_DIGEST


@given(ids, ids, st.integers(0, 2**53 - 1))
def test_a_basis_reads_back_as_it_was_written(records, blobs, known_at):
    streams = tuple(StreamRead(subject=f"https://s{place}.example", count=place, digest=bytes([place]) * 32) for place in range(3))
    basis = Basis(
        origin="o", known_at=known_at, valid_at=NOW, records=tuple(sorted(records)), streams=streams, blobs=tuple(sorted(blobs))
    )
    assert parse_basis(basis.as_json()) == basis
    for names in ({"records": records[::-1]}, {"blobs": blobs[::-1]}):
        if len(next(iter(names.values()))) > 1 and next(iter(names.values())) != sorted(next(iter(names.values()))):
            with pytest.raises(FormatError, match="sorted order"):
                parse_basis(basis.as_json() | names)


@given(
    st.dictionaries(
        st.sampled_from(["origin", "knownAt", "validAt", "records", "streams", "blobs", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(NOW) | st.just("ab" * 32),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["subject", "count", "digest"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_any_object_is_a_basis_or_is_refused(stated):
    with suppress(FormatError):
        assert parse_basis(stated).as_json() == stated


class Reads:
    """Views on a real log."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.result = self.stage.result()
        self.view = self.stage.ledger.view(valid_at=NOW)

    def again(self, basis: Basis, **other: object) -> BasisView:
        """The view of a basis on the same log."""
        store = self.stage.store
        reads = {
            "record": lambda name: store.logged(name).record,
            "stream": lambda read: [one.record for one in store.stream(read.subject, known_at=basis.known_at)],
            "blob": store.blob,
            "home": lambda name: store.logged(name).origin,
        }
        return BasisView(basis, **(reads | other))  # type: ignore[arg-type]


def test_what_is_read_is_noted_once_in_sorted_order_and_absence_is_a_count_of_zero():
    reads = Reads()
    name = reads.stage.store.put_blob(b"spectrum")
    for _ in range(2):
        assert reads.view.record(reads.result.id) == reads.result
        assert reads.view.stream("https://nobody.example") == ()
        assert reads.view.stream(reads.result.streams[0]) == (reads.result,)
        assert reads.view.blob(name) == b"spectrum"
    basis = reads.view.basis()
    assert (basis.origin, basis.known_at, basis.valid_at) == (reads.stage.store.origin, reads.stage.store.size(), NOW)
    assert (basis.records, basis.blobs) == ((reads.result.id,), (name,))
    present, absent = basis.streams
    assert absent == StreamRead(subject="https://nobody.example", count=0, digest=EMPTY_DIGEST)
    assert present == StreamRead(subject=reads.result.streams[0], count=1, digest=running_digest([reads.result.id]))


def test_a_view_does_not_see_what_came_after_its_size():
    reads = Reads()
    later = reads.stage.result()
    assert reads.view.stream(later.streams[0]) == (reads.result,)
    with pytest.raises(NotFoundError):
        reads.view.record(later.id)


def test_a_read_that_failed_is_not_noted():
    reads = Reads()
    with pytest.raises(NotFoundError):
        reads.view.record("ab" * 32)
    assert reads.view.basis().records == ()


def test_a_replayed_read_gives_the_same_and_one_outside_the_basis_raises_and_never_answers_empty():
    reads = Reads()
    reads.view.record(reads.result.id)
    reads.view.stream(reads.result.streams[0])
    reads.view.stream("https://nobody.example")
    reads.stage.result()  # the stream goes on
    view = reads.again(reads.view.basis())
    assert view.record(reads.result.id) == reads.result
    assert view.stream(reads.result.streams[0]) == (reads.result,)
    assert view.stream("https://nobody.example") == ()
    assert view.home(reads.result.id) == reads.stage.store.origin
    for outside in (
        lambda: view.record(reads.stage.genesis.id),
        lambda: view.stream("https://somebody.example"),
        lambda: view.blob("ab" * 32),
    ):
        with pytest.raises(BasisError):
            outside()


def test_a_stream_that_is_not_the_one_that_was_read_raises():
    reads = Reads()
    subject = reads.result.streams[0]
    reads.view.stream(subject)
    basis = reads.view.basis()
    wrong: list[list[Record]] = [[], [reads.stage.genesis], [reads.result, reads.stage.genesis], [reads.result, reads.result]]
    for records in wrong:
        with pytest.raises(BasisError):
            reads.again(basis, stream=lambda read, records=records: records).stream(subject)


def test_what_is_withheld_stays_withheld_in_a_replay():
    reads = Reads()
    reads.view.record(reads.result.id)

    def withheld(name: str) -> Record:
        raise WithheldError(name)

    with pytest.raises(WithheldError):
        reads.again(reads.view.basis(), record=withheld).record(reads.result.id)


def test_a_noting_view_over_a_basis_view_notes_the_same_basis():
    reads = Reads()
    reads.view.record(reads.result.id)
    reads.view.stream(reads.result.streams[0])
    basis = reads.view.basis()
    inner = reads.again(basis)
    outer = NotingView(
        origin=inner.origin, known_at=inner.known_at, valid_at=inner.valid_at,
        record=inner.record, stream=inner.stream, blob=inner.blob, home=inner.home,
    )  # fmt: skip
    assert outer.basis() != basis
    outer.record(reads.result.id)
    outer.stream(reads.result.streams[0])
    assert outer.basis() == basis
