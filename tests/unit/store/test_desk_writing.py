"""The desk's tables of writing: the migration makes what the statements use, and a token is one row however it is noted."""

from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from openqi.store.desk import writing
from openqi.store.desk.desk import Desk, metadata
from openqi.store.desk.writing import Noted, Paper

MIGRATION = import_module("openqi.store.desk.migrations.versions.0002_writing")
OURS = ("writing_tokens", "writing_attempts", "writing_papers")


@pytest.fixture
def desk(tmp_path):
    found = Desk(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    with found.writing() as connection, Operations.context(MigrationContext.configure(connection)):
        MIGRATION.upgrade()
    yield found
    found.close()


def noted(**more):
    return Noted(
        **{"party": "https://p.example", "act": "a/1", "digest": "d", "state": "open", "at": "2026-11-20T08:00:00Z"} | more
    )


def paper(name, **more):
    told = {"id": name, "what": "draft", "account": "a", "party": "p", "act": "a/1", "content": {"x": "中\ud800"}, "size": 9}
    return Paper(**told | {"made_at": "2026-11-20T08:00:00Z", "changed_at": "2026-11-20T08:00:00Z"} | more)


def test_the_migration_makes_exactly_the_tables_that_the_statements_use(desk):
    with desk.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in OURS}
        )
        found = compare_metadata(context, metadata)
    ours = [one for one in found if not (one[0] == "add_table" and one[1].name not in OURS)]
    assert [one for one in ours if "writing" in str(one)] == []


def test_a_token_is_one_row_and_its_attempts_are_all_kept(desk):
    with desk.writing() as connection:
        writing.note(connection, "a", "t", noted())
        writing.attempt(connection, "a", "t", ["1" * 64])
        writing.attempt(connection, "a", "t", ["2" * 64, "3" * 64])
        writing.note(connection, "a", "t", noted(state="sealed", records=("2" * 64,)))
        writing.note(connection, "b", "t", noted(state="refused", rule="role-held", told="why"))
    with desk.reading() as connection:
        assert writing.noted(connection, "a", "t").records == ("2" * 64,)
        assert writing.attempts(connection, "a", "t") == (("1" * 64,), ("2" * 64, "3" * 64))
        assert writing.noted_all(connection, "b", ["t", "u"]) == {"t": noted(state="refused", rule="role-held", told="why")}
        assert writing.noted(connection, "a", "u") is None


def test_what_a_transaction_did_not_end_was_never_there(desk):
    with pytest.raises(ZeroDivisionError), desk.writing() as connection:
        writing.note(connection, "a", "t", noted())
        raise ZeroDivisionError
    with desk.reading() as connection:
        assert writing.noted(connection, "a", "t") is None


def test_papers_come_back_newest_first_are_counted_grow_old_and_are_forgotten(desk):
    with desk.writing() as connection:
        for day in (10, 12, 11):
            writing.put(connection, paper(f"d{day}", changed_at=f"2026-11-{day}T08:00:00Z"))
        writing.put(connection, paper("other", account="b"))
    assert [one.id for one in writing.papers(desk, "a", "draft", "p", 2)] == ["d12", "d11"]
    with desk.writing() as connection:
        assert writing.paper(connection, "d10").content == {"x": "中\ud800"}
        assert writing.count(connection, "a", "draft") == (3, 27)
        writing.drop_old(connection, "draft", "2026-11-11T08:00:00Z")
        assert writing.count(connection, "a", "draft") == (2, 18)
        writing.forget(connection, "a")
        assert writing.count(connection, "a", "draft") == (0, 0)
        assert writing.count(connection, "b", "draft") == (1, 9)


def test_old_tokens_go_with_their_attempts_and_young_ones_stay(desk):
    with desk.writing() as connection:
        for token, at in (("old", "2025-01-01T00:00:00Z"), ("young", "2026-11-20T08:00:00Z")):
            writing.note(connection, "a", token, noted(at=at))
            writing.attempt(connection, "a", token, ["1" * 64])
        writing.drop_old_tokens(connection, "2026-01-01T00:00:00Z")
        assert (writing.noted(connection, "a", "old"), writing.attempts(connection, "a", "old")) == (None, ())
        assert writing.attempts(connection, "a", "young") == (("1" * 64,),)
