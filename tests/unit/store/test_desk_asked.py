"""Short questions to the desk: what they find is what any other way finds, whoever asks, and whatever a server does meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from openqi.kernel.errors import StoreError
from openqi.store.desk.desk import EXACT, Desk

metadata = MetaData()
person = Table(
    "person", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False), Column("name", EXACT),
    Column("manages", Boolean), Column("key", LargeBinary),
)  # fmt: skip
seat = Table(
    "seat", metadata, Column("id", Integer, primary_key=True, autoincrement=False), Column("holder", Integer), Column("name", EXACT)
)
PEOPLE = (
    {"id": 1, "name": "甲", "manages": True, "key": b"\x00\xff"},
    {"id": 2, "name": "Zoë", "manages": False, "key": b""},
    {"id": 3, "name": None, "manages": None, "key": None},
)
SEATED = (
    select(person, seat.c.id, seat.c.name.label("seat"))
    .join(seat, (seat.c.holder == person.c.id) & (seat.c.name > bindparam("after")), isouter=True)
    .where(person.c.manages.is_(None) | (person.c.manages == bindparam("manages")))
    .where(person.c.key.is_(None) | (person.c.key != bindparam("key")))
    .order_by(person.c.id)
    .limit(2)
)  # fmt: skip
NAMED = select(person.c.name, person.c.id).where(person.c.id == bindparam("wanted"))


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("postgres").url()
    found = filled(url)
    yield found
    found.close()


@pytest.fixture
def served(postgres):
    found = filled(postgres.url())
    yield found
    found.close()


def filled(url):
    found = Desk(url)
    with found.writing() as connection:
        metadata.create_all(connection)
        connection.execute(insert(person), PEOPLE)
        connection.execute(insert(seat), [{"id": 7, "holder": 1, "name": "b"}, {"id": 8, "holder": 1, "name": "a"}])
    return found


@pytest.mark.parametrize("manages", [True, False])
@pytest.mark.parametrize("key", [b"", b"\x00\xff", b"other"])
@pytest.mark.parametrize("after", ["", "a", "c"])
def test_a_short_question_finds_the_rows_types_and_names_that_core_finds(desk, manages, key, after):
    named = {"manages": manages, "key": key, "after": after}
    with desk.reading() as connection:
        expected = connection.execute(SEATED, named).all()
    found = desk.asked(SEATED, **named)
    assert found == expected
    assert [[type(cell) for cell in row] for row in found] == [[type(cell) for cell in row] for row in expected]
    assert [row._asdict() for row in found] == [row._asdict() for row in expected]


def test_it_sees_what_another_desk_has_written_before(desk):
    other = Desk(desk.engine.url.render_as_string(hide_password=False))
    assert desk.asked(NAMED, wanted=1) == [("甲", 1)]
    for name in ("once", "twice"):
        with other.writing() as connection:
            connection.execute(update(person).where(person.c.id == 1).values(name=name))
        assert desk.asked(NAMED, wanted=1)[0].name == name
    with other.writing() as connection:
        connection.execute(delete(person))
    assert desk.asked(NAMED, wanted=1) == []
    other.close()


def test_twelve_threads_ask_at_once_and_each_has_its_own_answer(desk):
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda number: desk.asked(NAMED, wanted=number % 3 + 1)[0].id, range(300)))
    assert found == [number % 3 + 1 for number in range(300)]


@pytest.mark.parametrize("named", [{}, {"want": 1}, {"wanted": 1, "more": 1}])
def test_a_missing_or_foreign_parameter_is_an_error_of_the_program(desk, named):
    with pytest.raises(KeyError):
        desk.asked(NAMED, **named)


def test_a_statement_with_another_text_for_other_cells_is_refused(desk):
    with pytest.raises(TypeError, match="cannot be written once"):
        desk.asked(select(person.c.id).where(person.c.id.in_([1, 2])))


def test_a_database_that_refuses_is_said_without_the_cells(desk):
    with desk.writing() as connection:
        person.drop(connection)
    for _ in range(2):
        with pytest.raises(StoreError, match="reading the desk") as caught:
            desk.asked(NAMED, wanted=987654)
        assert "987654" not in str(caught.value)
    with desk.writing() as connection:
        person.create(connection)
    assert desk.asked(NAMED, wanted=1) == []


def cut(desk, postgres):
    """End all connections of a database, as its server does when it ends."""
    database = desk.engine.url.database
    postgres.sql("postgres", f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'")


def test_connections_that_the_server_has_ended_are_replaced_whatever_way_one_asks(served, postgres):
    for _ in range(3):
        with served.reading() as first, served.reading() as second:  # two connections in the pool
            assert first.execute(select(person.c.id)).all() == second.execute(select(person.c.id)).all()
        cut(served, postgres)
        assert served.asked(NAMED, wanted=1) == [("甲", 1)]
        cut(served, postgres)
        with served.reading() as connection:
            assert connection.execute(NAMED, {"wanted": 2}).all() == [("Zoë", 2)]
        cut(served, postgres)
        with served.writing() as connection:
            connection.execute(update(person).where(person.c.id == 3).values(name="written"))
        assert served.asked(NAMED, wanted=3)[0].name == "written"


def test_a_connection_that_is_cut_unheard_is_asked_again_on_a_new_one(served, monkeypatch):
    """As where a machine between them forgets the connection: nothing is heard of it before something is sent."""
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    lent = served.engine.raw_connection()
    old = lent.driver_connection
    lent.close()
    old._usock.shutdown(2)
    monkeypatch.setattr(type(old), "is_cut", False)
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    lent = served.engine.raw_connection()
    assert lent.driver_connection is not old
    lent.close()


def test_a_server_that_is_gone_is_an_error_of_the_store_and_back_it_answers(served, postgres):
    served.asked(NAMED, wanted=1)
    database = served.engine.url.database
    postgres.sql("postgres", f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
    cut(served, postgres)
    for _ in range(2):
        with pytest.raises(StoreError, match="safe to ask the same again"):
            served.asked(NAMED, wanted=1)
    postgres.sql("postgres", f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]


def test_a_question_leaves_no_transaction_open(served):
    served.asked(NAMED, wanted=1)
    other = Desk(served.engine.url.render_as_string())
    states = select(literal(1)).select_from(text("pg_stat_activity")).where(
        text("datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'")
    )  # fmt: skip
    assert other.asked(states) == []
    with served.reading() as connection:
        connection.execute(NAMED, {"wanted": 1})
        assert len(other.asked(states)) == 1
    other.close()


def test_a_table_that_is_made_anew_with_other_types_is_read_as_it_is(served):
    every = select(text("*")).select_from(person).where(person.c.id == bindparam("wanted"))
    with served.reading() as connection:
        assert connection.execute(every, {"wanted": 1}).one() == (1, "甲", True, b"\x00\xff")
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    for kind in ("varchar(40)", "text"):
        with served.writing() as connection:
            connection.execute(text(f"ALTER TABLE person ALTER name TYPE {kind}, ADD IF NOT EXISTS more integer"))
        assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    for tries in range(2):  # within a transaction the server's refusal ends it; asked again, it is parsed again
        try:
            with served.reading() as connection:
                assert connection.execute(every, {"wanted": 1}).one() == (1, "甲", True, b"\x00\xff", None)
        except StoreError:
            assert tries == 0


def test_a_statement_that_the_server_forgot_is_parsed_again(served):
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    lent = served.engine.raw_connection()
    lent.driver_connection.execute_simple("DEALLOCATE ALL")
    lent.close()
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]


def test_a_connection_keeps_two_hundred_statements_at_most(served):
    for number in range(230):
        assert served.asked(select(literal(number).label(f"n{number}"), person.c.id).where(person.c.id == 1)) == [(number, 1)]
    assert served.asked(NAMED, wanted=1) == [("甲", 1)]
    kept = served.asked(select(func.count().label("kept")).select_from(text("pg_prepared_statements")))
    assert kept[0].kept == 200


def test_writers_of_one_process_take_turns_and_one_that_waits_too_long_is_told(tmp_path, monkeypatch):
    desk = Desk(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    monkeypatch.setattr("openqi.store.desk.desk._PATIENCE", 0.05)
    with desk.writing(), pytest.raises(StoreError, match="another thread writes"), desk.writing():
        pass
    with desk.writing() as connection:  # both turns were given back
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    desk.close()
