"""Rows by the thousand: whatever the cells are, they lie in the table afterwards, on every database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, select

from openqi.store.desk.desk import EXACT
from openqi.store.sql.database import postgresql_database, sqlite_database

metadata = MetaData()
KIND = Table(
    "kind", metadata,
    Column("key", EXACT, primary_key=True), Column("text", EXACT), Column("order", BigInteger), Column("small", Integer),
    Column("held", LargeBinary), Column("sure", Boolean),
)  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["NULL", "null", "{}", '"', "\\", "a,b", " ", '\\"', "{NULL}"]
)
ROW = st.tuples(
    st.none() | TEXT, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.integers(-9, 9),
    st.none() | st.binary(max_size=9), st.none() | st.booleans(),
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    found = (
        sqlite_database(tmp_path / "kinds.sqlite")
        if request.param == "sqlite"
        else postgresql_database(request.getfixturevalue("postgres").url())
    )
    with found.defining("making") as connection:
        metadata.create_all(connection)
    yield found
    found.close()


def rows_of(database):
    with database.engine.connect() as connection:
        return {row.key: tuple(row)[1:] for row in connection.execute(select(KIND))}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.dictionaries(TEXT, ROW, max_size=6), changed=st.dictionaries(TEXT, ROW, max_size=6), gone=st.sets(TEXT, max_size=4))
def test_rows_are_inserted_changed_and_deleted_as_they_are(database, first, changed, gone):
    columns, key = tuple(KIND.columns), KIND.c.key
    with database.writing("filling") as cursor:
        database.bulk.delete(cursor, key, list(rows_of(database)))
        database.bulk.insert(cursor, KIND, [(name, *cells) for name, cells in first.items()])
    assert rows_of(database) == first
    with database.writing("changing") as cursor:
        database.bulk.update(cursor, columns, [(name, *cells) for name, cells in changed.items()])
        database.bulk.delete(cursor, key, sorted(gone))
    kept = {name: changed.get(name, cells) for name, cells in first.items() if name not in gone}
    assert rows_of(database) == kept
    with database.writing("changing") as cursor:
        database.bulk.update(cursor, (key, KIND.c.order), [(name, 5) for name in kept])
    assert rows_of(database) == {name: (cells[0], 5, *cells[2:]) for name, cells in kept.items()}


def test_thousands_of_rows_come_in_whole_or_not_at_all(database):
    rows = [(f"{number:05}", None, number, None, bytes([number % 256]), number % 2 == 0) for number in range(2500)]
    with database.writing("filling") as cursor:
        database.bulk.insert(cursor, KIND, rows)
    assert rows_of(database) == {row[0]: row[1:] for row in rows}
    with pytest.raises(Exception, match="filling"), database.writing("filling") as cursor:
        database.bulk.insert(cursor, KIND, [(f"new{number}", None, number, None, None, None) for number in range(1200)])
        database.bulk.insert(cursor, KIND, rows[:1])
    assert len(rows_of(database)) == 2500
