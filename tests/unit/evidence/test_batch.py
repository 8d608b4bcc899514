"""Batch records: rows, blob and root agree, and an item carries its own proof."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.batch import Batch, Item, batch_rows, parse_batch, parse_item, verify_item
from openqi.evidence.batching import MAX_ROW, batch_of, items
from openqi.evidence.canonical import MAX_DEPTH, base64url, canonical_bytes
from openqi.evidence.log.merkle import EMPTY_ROOT, leaf_hash, root_of
from openqi.kernel.errors import DomainError, FormatError, OpenQIError, VerificationError

ROWS = [{"cell": f"C{number:03d}", "verdict": "conforms" if number % 3 else "does-not-conform"} for number in range(21)]
BATCH, BLOB = batch_of(ROWS)
RECORD = "ab" * 32

cells = st.integers(-9, 9) | st.text('x\n"é', max_size=4)
rows = st.lists(st.dictionaries(st.sampled_from("abc"), cells, max_size=3), max_size=20)


@given(rows)
def test_the_blob_has_one_canonical_row_a_line_and_the_root_is_over_them(content):
    batch, blob = batch_of(content)
    lines = [canonical_bytes(row) for row in content]
    assert blob == b"".join(line + b"\n" for line in lines)
    assert batch == Batch(count=len(content), root=root_of(map(leaf_hash, lines)), blob=sha256(blob).hexdigest(), size=len(blob))
    assert batch_rows(batch, blob) == lines


def test_a_batch_is_stated_by_count_root_and_the_name_of_its_blob():
    assert BATCH.as_json() == {
        "count": 21,
        "root": BATCH.root.hex(),
        "rows": {"mediaType": "application/x-ndjson", "sha256": sha256(BLOB).hexdigest(), "size": len(BLOB)},
    }
    assert parse_batch(BATCH.as_json()) == BATCH
    assert parse_batch(json.loads(canonical_bytes(BATCH.as_json()))) == BATCH


def test_a_batch_of_nothing_has_the_empty_root_and_an_empty_blob():
    batch, blob = batch_of([])
    assert (batch.count, batch.root, blob) == (0, EMPTY_ROOT, b"")
    assert batch_rows(batch, blob) == []
    assert parse_batch(batch.as_json()) == batch
    with pytest.raises(VerificationError):
        batch_rows(batch, b"\n")
    with pytest.raises(DomainError):
        items(RECORD, batch, blob, [0])


@pytest.mark.parametrize(
    "change",
    [
        {"count": "21"},
        {"count": -1},
        {"count": True},
        {"count": 21.0},
        {"count": None},
        {"root": "ab"},
        {"root": BATCH.root.hex().upper()},
        {"root": None},
        {"rows": None},
        {"rows": []},
        {"rows": {}},
        {"rows": "text"},
        {"rows": BATCH.as_json()["rows"] | {"size": -1}},
        {"rows": BATCH.as_json()["rows"] | {"size": True}},
        {"rows": BATCH.as_json()["rows"] | {"mediaType": "text/plain"}},
        {"rows": BATCH.as_json()["rows"] | {"sha256": "x"}},
        {"rows": BATCH.as_json()["rows"] | {"more": 1}},
        {"more": 1},
    ],
)
def test_a_stated_batch_with_a_changed_member_is_refused(change):
    with pytest.raises(FormatError):
        parse_batch(BATCH.as_json() | change)


def test_a_stated_batch_without_a_member_is_refused():
    for name in BATCH.as_json():
        with pytest.raises(FormatError, match="a batch is stated as"):
            parse_batch({key: value for key, value in BATCH.as_json().items() if key != name})


NAMES = ["count", "root", "rows", "sha256", "size", "x"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("ab" * 32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)


@given(values, st.dictionaries(st.sampled_from(["count", "root", "rows"]), values, max_size=2))
def test_any_value_is_a_batch_or_our_own_error(value, change):
    for stated in (value, BATCH.as_json() | change):
        try:
            assert parse_batch(stated).as_json() == stated
        except FormatError:
            continue


@pytest.mark.parametrize("row", [{"a": 1.5}, {"a": None}, {"a": "e\u0301"}, {"é": 1}, {"a": "x" * MAX_ROW}])
def test_a_row_that_is_no_restricted_json_is_refused(row):
    with pytest.raises(FormatError):
        batch_of([{"a": 1}, row])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        BLOB[:-1],
        BLOB + b"\n",
        BLOB + b"{}\n",
        BLOB[BLOB.index(b"\n") + 1 :],
        BLOB.replace(b"conforms", b"conform5", 1),
        BLOB.replace(b"\n", b"\r\n"),
        b"\n".join(reversed(BLOB.split(b"\n"))),
    ],
)
def test_a_blob_that_does_not_hold_the_rows_is_refused(content):
    with pytest.raises(VerificationError) as caught:
        batch_rows(BATCH, content)
    assert caught.value.step == "batch"


@given(st.integers(0, 8 * len(BLOB) - 1))
def test_a_blob_with_one_changed_bit_is_refused(place):
    changed = bytearray(BLOB)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(VerificationError):
        batch_rows(BATCH, bytes(changed))


def test_a_batch_that_states_another_count_size_or_root_is_refused():
    for changed in (replace(BATCH, count=20), replace(BATCH, size=len(BLOB) + 1), replace(BATCH, root=EMPTY_ROOT)):
        with pytest.raises(VerificationError):
            batch_rows(changed, BLOB)


def test_every_item_of_a_batch_is_proved_alone_and_reads_back():
    found = items(RECORD, BATCH, BLOB, range(BATCH.count))
    for number, item in enumerate(found):
        assert (item.record, item.leaf, json.loads(item.row)) == (RECORD, number, ROWS[number])
        verify_item(item, BATCH)
        assert parse_item(item.encode()) == item
    assert [item.leaf for item in items(RECORD, BATCH, BLOB, [20, 0, 20])] == [20, 0, 20]


@pytest.mark.parametrize("leaf", [-1, 21, 2**60])
def test_a_leaf_outside_of_the_batch_is_refused(leaf):
    with pytest.raises(DomainError, match="leaves 0 to 20"):
        items(RECORD, BATCH, BLOB, [0, leaf])


def test_items_are_never_made_from_a_blob_that_is_not_the_batchs():
    with pytest.raises(VerificationError):
        items(RECORD, BATCH, BLOB[:-1], [0])


def test_an_item_with_anything_changed_is_no_row_of_the_batch():
    [item] = items(RECORD, BATCH, BLOB, [5])
    for changed in (
        replace(item, leaf=4),
        replace(item, leaf=-1),
        replace(item, leaf=21),
        replace(item, row=item.row.replace(b"conform", b"confirm")),
        replace(item, path=item.path[:-1]),
        replace(item, path=(*item.path[:-1], item.path[-1][:-1])),
        replace(item, path=()),
    ):
        with pytest.raises(VerificationError, match="inclusion"):
            verify_item(changed, BATCH)
    for batch in (replace(BATCH, root=EMPTY_ROOT), replace(BATCH, count=200)):
        with pytest.raises(VerificationError, match="inclusion"):
            verify_item(item, batch)


def test_an_encoded_item_with_one_changed_bit_is_refused_or_names_another_record():
    [item] = items(RECORD, BATCH, BLOB, [5])
    data = item.encode()
    for place in range(8 * len(data)):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        try:
            again = parse_item(bytes(changed))
            verify_item(again, BATCH)
        except (FormatError, VerificationError):
            continue
        assert again.record != item.record


def test_a_row_as_large_and_deep_as_a_batch_takes_can_be_handed_out_as_an_item():
    deep: object = 1
    for _ in range(MAX_DEPTH - 2):
        deep = [deep]
    for row in ({"a": "x" * (MAX_ROW - len('{"a":""}'))}, {"a": deep}):
        batch, blob = batch_of([row] * 3)
        [item] = items(RECORD, batch, blob, [1])
        assert parse_item(item.encode()) == item
    with pytest.raises(FormatError, match="nested deeper"):
        batch_of([{"a": [deep]}])


STATED = {"leaf": 5, "path": [base64url(bytes(32))], "record": RECORD, "row": {"a": 1}}


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": "5"},
        {"leaf": True},
        {"path": base64url(bytes(32))},
        {"path": [5]},
        {"path": ["AA=="]},
        {"path": ["AB"]},
        {"record": RECORD[:-1]},
        {"record": RECORD.upper()},
        {"record": 5},
        {"more": 1},
    ],
)
def test_a_stated_item_with_a_changed_member_is_refused(change):
    assert parse_item(canonical_bytes(STATED)).leaf == 5
    with pytest.raises(FormatError):
        parse_item(canonical_bytes(STATED | change))


def test_a_stated_item_without_a_member_or_of_another_kind_is_refused():
    for name in STATED:
        with pytest.raises(FormatError, match="an item is"):
            parse_item(canonical_bytes({key: value for key, value in STATED.items() if key != name}))
    for data in (b"[]", b"5", b'"a"', b"", b"x" * 100_001):
        with pytest.raises(FormatError):
            parse_item(data)


@given(st.binary(max_size=60), st.dictionaries(st.sampled_from(list(STATED)), values, max_size=2))
def test_any_bytes_are_an_item_that_writes_them_or_our_own_error(data, change):
    for candidate in (data, json.dumps(STATED | change, sort_keys=True, separators=(",", ":")).encode()):
        try:
            item = parse_item(candidate)
        except FormatError:
            continue
        assert item.encode() == candidate
        with pytest.raises(OpenQIError):
            verify_item(item, BATCH)


def test_an_item_whose_row_is_not_canonical_is_never_written():
    with pytest.raises(FormatError):
        Item(record=RECORD, leaf=0, row=b'{"a": 1}', path=()).encode()
