"""The text of a list by the kernel and plainly: the same bytes, the same columns, the same refusals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import OpenQIError
from openqi.science.draws import rows
from openqi.science.draws.commitment import committed
from openqi.science.draws.frame import Candidate, frame_of
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.listing import frame_of_listing, listing_bytes

SIZES = [7 ** (number % 15) // (1 + number % 2) for number in range(FEW + 400)]
MANY = [
    Candidate(name=f"厂{n}" if n % 3 else f"f{n}", stratum=f"s{n % 300}", risk_class=" ABCD"[n % 5].strip(), size=size)
    for n, size in enumerate(SIZES)
]
TEXT = listing_bytes(frame_of(MANY))


def test_many_rows_by_the_kernel_are_those_of_plain_python(monkeypatch):
    fast = frame_of_listing(TEXT)
    assert rows.split_rows(TEXT) is not None
    monkeypatch.setattr(rows, "is_fast", lambda: False)
    assert listing_bytes(frame_of(MANY)) == TEXT
    assert rows.split_rows(TEXT) is None
    plain = frame_of_listing(TEXT)
    assert committed(fast).root == committed(plain).root == committed(frame_of(MANY)).root
    assert [*fast.names] == [*plain.names]
    assert (fast.strata, fast.classes) == (plain.strata, plain.classes)


@pytest.mark.parametrize(
    "row",
    [
        b"a\tb\tE\t1x", b"a\tb\tE", b"\tb\tE\t1", b"a\tb\tE\t01", b"a\tb\tE\t", b"a\tb\tE\t1\t2", b"", b"\t\t\t", b"a\tb\tE\t-1",
        b"a\tb\tE\t9999999999999", b"a\tb\tE\t10000000000000", b"a\tb\tE\t 1", b"f0\tb\tE\t1", b"a\tS1\tE\t1", b"a\tb\tE\t\xd9\xa1",
    ],
)  # fmt: skip
def test_a_row_that_is_none_among_many_is_refused_as_among_few(row):
    few = b"f0\ts1\tA\t3\n" + row + b"\n"
    with pytest.raises(OpenQIError) as alone:
        frame_of_listing(few)
    with pytest.raises(OpenQIError) as among:
        frame_of_listing(TEXT + row + b"\n")
    assert type(alone.value) is type(among.value)


@given(st.binary(max_size=60))
@settings(max_examples=60)
def test_any_bytes_among_many_rows_give_a_list_or_our_own_error(data):
    whole = TEXT[: len(TEXT) // 2] + data + TEXT[len(TEXT) // 2 :]
    try:
        fast = listing_bytes(frame_of_listing(whole))
    except OpenQIError:
        return
    assert fast == whole  # every list has one text


def test_pairs_that_share_a_slot_are_told_apart(monkeypatch):
    monkeypatch.setattr(rows, "SLOTS", 3_100)  # 1,500 pairs: hundreds do
    assert rows.split_rows(TEXT) is not None
    assert committed(frame_of_listing(TEXT)).root == committed(frame_of(MANY)).root


def test_more_pairs_of_labels_than_the_kernel_keeps_are_read_too(monkeypatch):
    monkeypatch.setattr(rows, "SLOTS", 512)
    assert rows.split_rows(TEXT) is None
    assert committed(frame_of_listing(TEXT)).root == committed(frame_of(MANY)).root
