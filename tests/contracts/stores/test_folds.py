"""Every store: folds that are none, steps that refuse, and folders that several programs hold open."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders import ORIGIN, append, checkpointer, sealed_record
from openqi.evidence.fold import Row
from openqi.evidence.log.merkle import leaf_hash
from openqi.evidence.log.prover import subtree_of
from openqi.evidence.record import Logged
from openqi.evidence.view import EMPTY_DIGEST, StreamRead
from openqi.kernel.catalogue import load
from openqi.kernel.errors import CatalogueError, ConflictError, DomainError, RefusedError, StoreError
from openqi.store.sql.statements import Statements
from openqi.store.store import Incoming, Store, StoreKind
from registers import COUNTED, fold_like, recomputed, step

KINDS = load("openqi.store.kinds", StoreKind)
A, B, C = (f"https://thing.example.org/{name}" for name in "abc")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Counted; drop"}, {"columns": {"key": str}, "indexes": ()}, {"columns": {"a b": str}, "indexes": ()},
        {"columns": {"seen": float}, "indexes": ()}, {"indexes": (("colour",),)}, {"indexes": ((),)}, {"version": "1"},
    ],
)  # fmt: skip
def test_a_fold_that_is_none_is_refused_when_the_store_opens(opened: Callable[..., Store], wrong: dict[str, object]) -> None:
    with pytest.raises(DomainError, match="fold"):
        opened([fold_like(**wrong)])


def test_two_folds_of_one_name_are_refused(opened: Callable[..., Store]) -> None:
    with pytest.raises(CatalogueError, match="counted"):
        opened([COUNTED, fold_like(version=2)])


BAD_ROWS: list[dict[str, object]] = [
    {"seen": 1, "last": 1}, {"seen": "1", "last": 1, "shade": None}, {"seen": 1, "last": 1, "shade": None, "colour": 1},
    {"seen": True, "last": 1, "shade": None}, {"seen": 1, "last": 2**63, "shade": None}, {"seen": 1, "last": 1, "shade": "\udc00"},
    {"seen": 1, "last": 1, "shade": None, "key": "another"},
]  # fmt: skip


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_step_that_makes_a_row_of_another_form_fails_its_append_whole(
    opened: Callable[..., Store], row: dict[str, object]
) -> None:
    fold = fold_like(step=lambda before, logged: row if logged.record.body["number"] == 1 else step(before, logged))
    store = opened([fold])
    append(store, sealed_record(0, (A,)))
    with pytest.raises(DomainError, match="counted"):
        append(store, sealed_record(2, (B,)), sealed_record(1, (A,)))
    assert store.size() == 1
    assert store.stream(B) == ()
    assert [found["key"] for found in store.page(fold).rows] == [A]
    assert append(store, sealed_record(2, (B,))).indices == (1,)


def test_a_step_that_refuses_fails_its_append_in_every_register(opened: Callable[..., Store]) -> None:
    def refusing(row: Row | None, logged: Logged) -> Row | None:
        if logged.record.body["number"] == 3:
            raise RefusedError("three", "no threes here")
        return step(row, logged)

    store = opened([COUNTED, fold_like(name="strict", step=refusing)])
    append(store, sealed_record(0, (A,)))
    with pytest.raises(RefusedError, match="three"):
        append(store, sealed_record(2, (A,)), sealed_record(3, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 1, "last": None, "shade": None}
    assert store.size() == 1


def test_what_one_program_acknowledged_every_other_sees_at_once(shared: Callable[..., Store]) -> None:
    one, two = shared([COUNTED]), shared([COUNTED])
    for n in range(6):
        writer, reader = (one, two) if n % 2 else (two, one)
        record = sealed_record(n, (A,))
        assert append(writer, record).indices == (n,)
        assert reader.size() == n + 1
        assert reader.logged(record.id).index == n
        assert len(reader.stream(A)) == n + 1
        assert reader.checkpoint() == writer.checkpoint()
        assert reader.row(COUNTED, A) == writer.row(COUNTED, A)
        reader.publish()
        assert writer.read("checkpoint") == writer.checkpoint()
    with pytest.raises(ConflictError):
        two.append(
            [Incoming(record=sealed_record(9, (A,)))],
            reads=(StreamRead(subject=A, count=0, digest=EMPTY_DIGEST),), checkpoint=checkpointer(),
        )  # fmt: skip


def test_a_register_that_another_program_did_not_know_is_stepped_before_it_is_read(shared: Callable[..., Store]) -> None:
    knowing, unknowing = shared([COUNTED]), shared()
    append(knowing, sealed_record(0, (A,)))
    append(unknowing, sealed_record(1, (A,)), sealed_record(2, (B,)))
    append(knowing, sealed_record(3, (A,)))
    assert {row["key"]: row for row in knowing.page(COUNTED).rows} == recomputed([*knowing.scan()])


@pytest.mark.parametrize("asked", ["row", "rows", "page", "empty", "count", "next"])
def test_whichever_way_a_register_is_asked_it_has_what_others_have_appended(shared: Callable[..., Store], asked: str) -> None:
    knowing, unknowing = shared([COUNTED]), shared()
    append(knowing, *(sealed_record(n, (f"{A}/{n}",)) for n in (1, 2, 3)))
    start = knowing.page(COUNTED, limit=2).next
    questions: dict[str, Callable[[], object]] = {
        "row": lambda: knowing.row(COUNTED, f"{A}/9"),
        "rows": lambda: sorted(knowing.rows(COUNTED, [f"{A}/9", f"{A}/1", f"{A}/0"])),
        "page": lambda: [row["key"] for row in knowing.page(COUNTED).rows],
        "empty": lambda: [row["key"] for row in knowing.page(COUNTED, where={"shade": "odd"}).rows],
        "count": lambda: (knowing.count(COUNTED, where={}), knowing.count(COUNTED, where={"shade": "odd"})),
        "next": lambda: [row["key"] for row in knowing.page(COUNTED, after=start).rows],
    }
    before = questions[asked]()
    assert before == {
        "row": None, "rows": [f"{A}/1"], "page": [f"{A}/1", f"{A}/2", f"{A}/3"], "empty": [], "count": (3, 0), "next": [f"{A}/3"],
    }[asked]  # fmt: skip
    append(unknowing, sealed_record(10, (f"{A}/9",)), sealed_record(13, (f"{A}/1",)))
    after = questions[asked]()
    assert after == {
        "row": {"key": f"{A}/9", "seen": 1, "last": None, "shade": None}, "rows": [f"{A}/1", f"{A}/9"],
        "page": [f"{A}/1", f"{A}/2", f"{A}/3", f"{A}/9"], "empty": [f"{A}/1"], "count": (4, 1), "next": [f"{A}/3", f"{A}/9"],
    }[asked]  # fmt: skip


@pytest.mark.parametrize("asked", ["row", "page", "count"])
def test_a_question_to_a_register_is_one_statement(shared: Callable[..., Store], asked: str, monkeypatch) -> None:
    store = shared([COUNTED])
    append(store, sealed_record(0, (A,)))
    texts: list[str] = []
    fetched = Statements.fetched
    monkeypatch.setattr(Statements, "fetched", lambda self, text, cells: texts.append(text) or fetched(self, text, cells))
    ask = {
        "row": lambda: store.row(COUNTED, A),
        "page": lambda: store.page(COUNTED),
        "count": lambda: store.count(COUNTED, where={}),
    }
    for _ in range(3):
        ask[asked]()
    assert len(texts) == 3
    assert len(set(texts)) == 1


def test_a_register_is_built_again_on_a_new_version_or_shape_and_kept_otherwise(shared: Callable[..., Store]) -> None:
    append(shared(), *(sealed_record(n, (f"{A}/{n % 7}",)) for n in range(60)))
    first = shared([COUNTED])
    assert {row["key"]: row for row in first.page(COUNTED).rows} == recomputed([*first.scan()])

    def forbidden(row: Row | None, logged: Logged) -> Row | None:
        raise RefusedError("again", "the register was built again")

    shared([fold_like(step=forbidden)])
    new = fold_like(version=2, step=lambda row, logged: {"seen": 100, "last": None, "shade": "new"})
    second = shared([new])
    assert {row["seen"] for row in second.page(new, where={"shade": "new"}).rows} == {100}
    with pytest.raises(StoreError, match="version 2"):
        first.page(COUNTED)
    append(first, sealed_record(61, (C,)))  # an older program may go on appending; it leaves the newer register alone
    assert second.row(new, C) == {"key": C, "seen": 100, "last": None, "shade": "new"}
    assert shared([fold_like(version=3, columns={"seen": int}, indexes=(), step=lambda row, logged: {"seen": 5})]).size() == 61
    for store, fold in ((first, COUNTED), (second, new)):  # whose columns are no longer there to be asked for
        for ask in (
            store.page,
            lambda fold, store=store: store.row(fold, A),
            lambda fold, store=store: store.count(fold, where={}),
        ):
            with pytest.raises(StoreError, match="version 3"):
                ask(fold)


def test_a_register_that_cannot_be_built_says_which_entries_stop_it(shared: Callable[..., Store]) -> None:
    def refusing(row: Row | None, logged: Logged) -> Row | None:
        raise RefusedError("never", "no record is good enough")

    append(shared(), sealed_record(0, (A,)))
    with pytest.raises(StoreError, match=r"counted.*never.*new version"):
        shared([fold_like(step=refusing)])


def test_a_folder_of_another_log_is_not_opened(shared: Callable[..., Store]) -> None:
    append(shared(), sealed_record(0))
    with pytest.raises(StoreError, match="open it by its own name"):
        shared(origin="other.example.org")
    assert subtree_of([leaf_hash(b"")])(0, 1)


def test_where_a_store_lies_must_fit_its_kind(tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        KINDS["memory"].open(tmp_path, origin=ORIGIN, folds=())
    with pytest.raises(DomainError):
        KINDS["local"].open(None, origin=ORIGIN, folds=())
