"""Every store: registers are what the log adds up to, and pages give each row once."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import append, sealed_record
from openqi.evidence.fold import Row
from openqi.kernel.errors import DomainError, NotFoundError, RefusedError
from openqi.store.store import Store
from registers import COUNTED, recomputed

A, B, C = (f"https://thing.example.org/{name}" for name in "abc")


def rank(cell: object) -> tuple[bool, object]:
    return (cell is not None, cell if cell is not None else 0)


def all_pages(store: Store, limit: int, **question: object) -> list[Row]:
    rows: list[Row] = []
    after = None
    while True:
        page = store.page(COUNTED, after=after, limit=limit, **question)  # type: ignore[arg-type]
        assert len(page.rows) <= limit
        assert page.next is None or len(page.rows) == limit
        rows += page.rows
        if page.next is None:
            return rows
        after = page.next


def test_a_register_has_a_row_for_each_key(opened: Callable[..., Store]) -> None:
    store = opened([COUNTED])
    append(store, sealed_record(0, (A, B)), sealed_record(2, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 2, "last": 2, "shade": "even"}
    assert store.row(COUNTED, B) == {"key": B, "seen": 1, "last": None, "shade": None}
    assert store.row(COUNTED, C) is None
    assert store.row(COUNTED, "\ud800") is None
    append(store, sealed_record(4, (A,)))
    assert store.row(COUNTED, A) is None
    append(store, sealed_record(5, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 1, "last": None, "shade": None}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(0, 9), min_size=1, max_size=3)), max_size=8), max_size=6
    ),
    limit=st.integers(1, 4),
    descending=st.booleans(),
)
def test_registers_are_what_the_log_adds_up_to_and_pages_cover_each_row_once(
    opened: Callable[..., Store], batches: list[list[tuple[int, set[int]]]], limit: int, descending: bool
) -> None:
    store = opened([COUNTED])
    for batch in batches:
        append(store, *(sealed_record(number, [f"{A}/{place}" for place in sorted(places)]) for number, places in batch))
    rows = recomputed([*store.scan()])
    assert {key: store.row(COUNTED, key) for key in rows} == rows
    assert store.rows(COUNTED, [*rows, "nothing", "\ud800"]) == rows

    def expected(columns: Sequence[str], where: dict[str, object], at_least: int | None = None) -> list[dict[str, object]]:
        kept = [row for row in rows.values() if all(row[name] == cell for name, cell in where.items())]
        if at_least is not None:
            kept = [row for row in kept if row[columns[0]] is not None and row[columns[0]] >= at_least]  # type: ignore[operator]
        return sorted(kept, key=lambda row: [rank(row[name]) for name in (*columns, "key")], reverse=descending)

    assert all_pages(store, limit, descending=descending) == expected((), {})
    assert all_pages(store, limit, order=("last",), descending=descending) == expected(("last",), {})
    assert all_pages(store, limit, order=("seen",), descending=descending) == expected(("seen", "shade", "last"), {})
    for shade in ("even", "odd", None):
        where = {"shade": shade}
        assert all_pages(store, limit, where=where, order=("last",), descending=descending) == expected(("last",), where)
        assert all_pages(store, limit, where=where, descending=descending) == expected(("last",), where)
        bound = {"last": 7}
        assert all_pages(store, limit, where=where, at_least=bound, descending=descending) == expected(("last",), where, 7)
        for least, below, most in ((None, None, limit), (None, 9, 100), (7, 20, 100), (7, 12, limit)):
            known = [row["last"] for row in expected(("last",), where, least) if below is None or row["last"] is not None]
            wanted = [last for last in known if below is None or last < below]  # type: ignore[operator]
            bound = None if least is None else {"last": least}
            counted = store.count(COUNTED, where=where, at_least=bound, below=below, order=("last",), most=most)
            assert counted == min(most, len(wanted))
        both = {"shade": shade, "seen": 1}
        assert all_pages(store, limit, where=both, descending=descending) == expected(("last",), both)
    assert all_pages(store, limit, at_least={"last": 9}, order=("last",), descending=descending) == expected(("last",), {}, 9)
    keyed = [row for row in expected((), {}) if str(row["key"]) >= f"{A}/5"]
    assert all_pages(store, limit, at_least={"key": f"{A}/5"}, descending=descending) == keyed


def test_a_cursor_from_before_the_bound_stays_within_it(opened: Callable[..., Store]) -> None:
    store = opened([COUNTED])
    for n in (10, 11, 12, 15, 16, 17):
        append(store, sealed_record(n, (f"{A}/{n % 5}",)))
    for descending in (False, True):
        found = store.page(COUNTED, order=("last",), at_least={"last": 16}, descending=descending, after=(None, A)).rows
        assert [row["last"] for row in found] == ([] if descending else [16, 17])
        found = store.page(COUNTED, order=("last",), at_least={"last": 16}, descending=descending, after=(15, A)).rows
        assert [row["last"] for row in found] == ([] if descending else [16, 17])


@pytest.mark.parametrize(
    "question",
    [
        {"where": {"seen": 1}, "order": ("last",)}, {"order": ("shade", "seen")}, {"where": {"last": 1, "seen": 1}},
        {"where": {"shade": "odd"}, "order": ("seen",)}, {"order": ("last", "shade")},
    ],
)  # fmt: skip
def test_a_question_that_no_index_serves_is_refused(opened: Callable[..., Store], question: dict[str, object]) -> None:
    store = opened([COUNTED])
    with pytest.raises(RefusedError, match="no-index"):
        store.page(COUNTED, **question)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [
        {"limit": 0}, {"limit": 10_001}, {"order": ("colour",)}, {"where": {"shade": 3}}, {"where": {"shade": "\ud800"}},
        {"after": ("a", "b")}, {"after": (3,)}, {"after": (None,)}, {"order": ("last",), "at_least": {"last": None}},
        {"order": ("last",), "at_least": {"shade": "odd"}}, {"where": {"last": True}}, {"where": {"last": 2**70}},
    ],
)  # fmt: skip
def test_a_question_that_does_not_fit_the_register_says_so(opened: Callable[..., Store], question: dict[str, object]) -> None:
    store = opened([COUNTED])
    with pytest.raises(DomainError):
        store.page(COUNTED, **question)  # type: ignore[arg-type]


def test_only_the_folds_that_the_store_was_opened_with_are_kept(opened: Callable[..., Store]) -> None:
    store = opened()
    with pytest.raises(NotFoundError, match="open the store"):
        store.row(COUNTED, A)
    with pytest.raises(NotFoundError, match="open the store"):
        store.page(COUNTED)
