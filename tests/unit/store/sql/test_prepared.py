"""Connections whose statements are kept prepared: they read what pg8000 reads, however what is sent is cut into pieces."""

import gc
import os
import threading
import time
from contextlib import suppress
from decimal import Decimal

import pg8000.dbapi
import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from sqlalchemy import text
from sqlalchemy.engine import make_url

from openqi.store.sql import prepared
from openqi.store.sql.prepared import Connection
from openqi.store.sql.statements import server_engine

EVERY = """
    SELECT 1::int, -2::bigint, NULL::int, true, false, NULL::bool, ''::text, '中 😀 \\ " {}'::text, 'x'::varchar, NULL::text,
    ''::bytea, decode('00ff5c', 'hex'), NULL::bytea, 1.50::numeric, 2.5::float8, DATE '2026-11-30',
    TIMESTAMPTZ '2026-11-30T12:00Z', ARRAY[1, 2], '{"a": [1]}'::jsonb, repeat('甲', 70000), decode(repeat('ab', 90000), 'hex'), n
    FROM generate_series(1, 3) n
"""


@pytest.fixture(scope="module")
def place(postgres):
    url = make_url(postgres.url())
    return {"user": url.username, "host": url.host, "port": url.port, "database": url.database}


@pytest.fixture
def lent(place):
    found = Connection(**place)
    yield found
    with suppress(InterfaceError):
        found.close()


@pytest.mark.parametrize("taken", [1, 2, 3, 4, 5, 7, 64, 1000, 65_536])
def test_it_reads_what_pg8000_reads_however_it_arrives(lent, place, monkeypatch, taken):
    monkeypatch.setattr(prepared, "_TAKEN", taken)
    plain = pg8000.dbapi.connect(**place)
    cursor = plain.cursor()
    short = EVERY.replace("70000", "300").replace("90000", "300") if taken < 64 else EVERY
    cursor.execute(short)
    expected = cursor.fetchall()
    assert lent.asked(short).rows == list(expected)
    assert [type(cell) for cell in lent.asked(short).rows[0]] == [type(cell) for cell in expected[0]]
    assert lent.execute_simple(short).rows == list(expected)
    plain.close()


CELLS = [
    None, "", "a", "中 😀 \\ \" ' {} $1 %s ::", "x" * 100_000, 0, -1, 2**62, True, False, b"", b"\x00\xff\\", b"y" * 100_000, 2.5,
    Decimal("1.50"),
]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: repr(cell)[:12])
def test_a_cell_comes_back_as_it_went(lent, cell):
    kind = {type(None): "text", str: "text", int: "bigint", bool: "boolean", bytes: "bytea", float: "float8", Decimal: "numeric"}
    for _ in range(2):
        found = lent.asked(f"SELECT $1::{kind[type(cell)]}, $2::int", [cell, 7]).rows
        assert found == [[cell, 7]]
        assert type(found[0][0]) is type(cell)


def test_a_large_statement_waits_for_no_acknowledgement(lent):
    """What does not fit one packet would wait 40 ms for the server's word that it has the beginning."""
    best = 1.0
    for _ in range(20):
        start = time.perf_counter()
        assert lent.asked("SELECT length($1::text)", ["x" * 100_000]).rows == [[100_000]]
        best = min(best, time.perf_counter() - start)
    assert best < 0.03


def test_an_error_of_the_server_leaves_the_connection_usable(lent):
    for _ in range(2):
        with pytest.raises(DatabaseError, match="division by zero"):
            lent.asked("SELECT 1 / $1::int", [0])
        with pytest.raises(DatabaseError, match="syntax"):
            lent.asked("SELEC $1", [0])
        assert lent.asked("SELECT 1 / $1::int", [1]).rows == [[1]]


def test_rows_are_kept_apart_from_what_the_server_says_by_itself(lent, place):
    lent.asked("LISTEN something")
    other = Connection(**place)
    for number in range(3):
        other.execute_simple(f"NOTIFY something, '{number}'")
        assert lent.asked("SELECT $1::int", [number]).rows == [[number]]
    assert [found[2] for found in lent.notifications] == ["0", "1", "2"]
    other.close()


def test_a_cursor_begins_a_transaction_and_commits_or_rolls_it_back(lent, place):
    cursor = lent.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS noted (n int)")
    cursor.execute("INSERT INTO noted VALUES ($1::int)", [1])
    assert lent._in_transaction
    lent.commit()
    assert not lent._in_transaction
    cursor.execute("INSERT INTO noted VALUES ($1::int)", [2])
    lent.rollback()
    cursor.executemany("INSERT INTO noted VALUES ($1::int)", [(3,), (4,)])
    assert cursor.rowcount == 2
    lent.commit()
    cursor.execute("SELECT n FROM noted ORDER BY n")
    assert [cursor.fetchone(), *cursor.fetchall(), cursor.fetchone()] == [[1], [3], [4], None]
    lent.commit()
    other = Connection(**place)
    assert other.asked("SELECT count(*) FROM noted").rows == [[3]]
    other.close()


def test_a_connection_knows_that_it_was_cut_without_asking(lent, place, postgres):
    assert not lent.is_cut
    pid = lent.asked("SELECT pg_backend_pid()").rows[0][0]
    assert not lent.is_cut
    postgres.sql("postgres", f"SELECT pg_terminate_backend({pid}, 5000)")
    assert lent.is_cut
    with pytest.raises((InterfaceError, OSError)):
        lent.asked("SELECT 1")
    lent.close()
    assert lent.is_cut
    with pytest.raises(InterfaceError, match="closed"):
        lent.asked("SELECT 1")


def test_a_connection_that_is_cut_in_the_midst_of_rows_is_an_error_and_never_half_an_answer(lent, postgres):
    pid = lent.asked("SELECT pg_backend_pid()").rows[0][0]
    cutting = threading.Timer(0.3, postgres.sql, ("postgres", f"SELECT pg_terminate_backend({pid})"))
    cutting.start()
    with pytest.raises((InterfaceError, OSError, DatabaseError)):
        lent.asked("SELECT n, pg_sleep(0.01) FROM generate_series(1, 1000) n")
    cutting.join()


def test_nothing_stays_open_of_a_connection_that_was_closed_cut_or_forgotten(place, postgres):
    """As what is lent when its engine lets go of all: pytest makes an error of a socket that nobody has closed."""
    for end in ("close", "cut", "forget"):
        found = Connection(**place)
        pid, number = found.asked("SELECT pg_backend_pid()").rows[0][0], found._usock.fileno()
        if end == "cut":
            postgres.sql("postgres", f"SELECT pg_terminate_backend({pid}, 5000)")
        if end != "forget":
            found.close()
        del found
        gc.collect()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)


def test_core_has_texts_of_this_form_and_settings_are_told_once(place):
    url = make_url(f"postgresql+pg8000://{place['user']}@{place['host']}:{place['port']}/{place['database']}")
    engine = server_engine(url, settings="SET jit = off; SET plan_cache_mode = force_generic_plan")
    with engine.connect() as connection:
        assert (
            connection.execute(
                text("SELECT CAST(:one AS int) + CAST(:two AS int) + CAST(:one AS int)"), {"one": 1, "two": 5}
            ).scalar_one()
            == 7
        )
        assert connection.exec_driver_sql("SHOW plan_cache_mode").scalar_one() == "force_generic_plan"
    engine.dispose()
