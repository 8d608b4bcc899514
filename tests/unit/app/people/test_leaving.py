"""Leaving: what the desk forgets, what stays whole, who cannot leave, and that no table of the desk is left out."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, inspect, select, text, update

from openqi.app.acts.sealing.papers import Draft
from openqi.app.people.leaving import Leaving
from openqi.app.people.members import Newcomer
from openqi.app.station.station import Station
from openqi.app.work.remarks.remarks import GONE, _unmentioned
from openqi.app.work.telling.addresses import Addresses
from openqi.evidence.keys import KEY_REVOKED
from openqi.interfaces.web.words import PageWords
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.records.conformity import ResultReported
from openqi.store.desk import personal
from openqi.store.desk.desk import EXACT, metadata
from openqi.store.desk.people import ACCOUNTS, EVENTS, KEYS, MEMBERSHIPS, SESSIONS
from openqi.store.desk.tables import desk_tables
from people_stage import clean, refused, result
from station_world import LABORATORY, OPERATOR, PASSPHRASE, PASSWORD, World, world

LOGIN, NAME = "quwarszi", "Wilhelmine Zacharowska"


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request, tmp_path) -> World:
    """A station whose desk lies in a file, or in PostgreSQL, with somebody who will leave."""
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = settled(world(tmp_path / "station", desk=desk))
    yield made
    made.station.close()


@pytest.fixture
def lone(tmp_path) -> World:
    made = settled(world(tmp_path / "station"))
    yield made
    made.station.close()


def settled(made: World) -> World:
    """The laboratory gets a second person."""
    members = made.station.people.members
    members.accept(members.invite(LABORATORY, manages=False, by="x"), Newcomer(login=LOGIN, name=NAME, password=PASSWORD))
    made.logins["her"] = LOGIN
    return made


def busy(made: World):
    """Somebody who has left something in every part of the desk; her visitor and a record of hers."""
    station, her = made.station, made.visitor("her")
    record = station.ledger.state(result("10.02"), station.people.custody.signer(her))
    station.people.members.new_token(her, f"robot of {NAME}", 3)
    about = "https://maker.example/cell/7"
    station.remarks.comment(her, about, f"I, {NAME} ({LOGIN}), saw this; regards Zacharowska", shared=False)
    station.remarks.attach(her, about, f"{NAME}.txt", b"plain words", shared=False)
    laboratory = made.visitor(LABORATORY)
    station.remarks.comment(laboratory, about, f"please look @{LOGIN}, and @wilma", shared=False)
    station.remarks.comment(her, record.id, "shared words", shared=True)
    draft = Draft(act=ResultReported.KIND, flat={"method": f"as {NAME} does"}, token="0123456789abcdef-draft")
    station.writing.drafts.save(her, draft)
    Addresses(station.desk, station.notices, station.chance).ask(her, f"{LOGIN}@mail.example", PageWords(), "en")
    station.notices.choose(her, "now")
    while station.notices.fill():
        pass
    with pytest.raises(RefusedError):
        station.people.sessions.sign_in(LOGIN, "wrong words here", "10.0.0.9")
    return her, record


def desk_texts(made: World) -> str:
    """Everything that the desk holds, as text."""
    with made.station.desk.reading() as connection:
        return "\n".join(str(tuple(row)) for table in desk_tables() for row in connection.execute(select(table)))


def test_nothing_of_the_name_or_login_is_left_at_the_desk_and_the_log_stays_whole(own, tmp_path):
    her, record = busy(own)
    assert NAME in desk_texts(own)
    assert LOGIN in desk_texts(own)
    size = own.station.ledger.store.size()
    own.station.leaving.leave(her, f" {LOGIN.upper()} ")
    left = desk_texts(own)
    for gone in (NAME, LOGIN, "Zacharowska", "zacharowska", "wilhelmine", "mail.example"):
        assert gone not in left, gone
    stream = own.station.ledger.store.stream(her.hat.kid)
    assert stream[-1].record.kind == KEY_REVOKED
    assert own.station.ledger.store.size() == size + 1
    assert own.station.ledger.logged(record.id).record.jws == record.jws
    assert clean(own.station)
    refused("sign-in", lambda: own.station.people.sessions.sign_in(LOGIN, PASSWORD, "1"))
    for file in tmp_path.rglob("desk.sqlite*"):
        held = file.read_bytes()
        assert NAME.encode() not in held, file
        assert LOGIN.encode() not in held, file
        assert b"Zacharowska" not in held, file


def test_what_others_see_of_who_left_is_a_former_member(own):
    her, _ = busy(own)
    own.station.leaving.leave(her, LOGIN)
    laboratory = own.visitor(LABORATORY)
    remarks = own.station.remarks.of(laboratory, "https://maker.example/cell/7")
    assert sorted((one.author, one.former) for one in remarks) == [("", True), ("", True), ("Person of laboratory", False)]
    said = {one.text or one.name for one in remarks}
    assert said == {
        f"I, {GONE} ({GONE}), saw this; regards {GONE}", f"{GONE}.txt", f"please look {GONE}, and @wilma",
    }  # fmt: skip
    find = own.station.search.find
    assert find(laboratory, LOGIN).hits == ()
    assert find(laboratory, "Zacharowska").hits == ()
    assert len(find(laboratory, "regards").hits) == 1
    (member,) = [one for one in own.station.people.members.of_party(laboratory) if one.until]
    assert (member.name, member.login, member.kid, member.kept) == ("", "", None, False)


def test_a_mention_of_another_name_that_begins_like_one_who_left_stays():
    assert _unmentioned("@ann, @anna and @ANN. but ann@mail.example", "ann") == f"{GONE}, @anna and {GONE} but ann@mail.example"


def test_a_session_a_token_and_an_invitation_of_who_left_open_nothing(lone):
    people, her = lone.station.people, lone.visitor("her")
    secret = people.sessions.sign_in(LOGIN, PASSWORD, "1")
    token = people.members.new_token(her, "robot", 3)
    invitation = people.members.invite(LABORATORY, manages=True, by=her.account)
    lone.station.leaving.leave(her, LOGIN)
    assert people.visitor(secret) is None
    assert people.members.by_token(token) is None
    with pytest.raises(NotFoundError):
        people.members.invitation(invitation)
    refused("own-key", lambda: people.custody.signer(her))
    again = people.members.accept(
        people.members.invite(LABORATORY, manages=False, by="x"), Newcomer(login=LOGIN, name="Somebody else", password=PASSWORD)
    )
    assert again != her.account


def test_the_last_manager_and_the_operators_only_person_are_refused(lone):
    leaving, members = lone.station.leaving, lone.station.people.members
    laboratory, operator = lone.visitor(LABORATORY), lone.visitor(OPERATOR)
    for visitor, login, rule in ((laboratory, "laboratory", "last-manager"), (operator, "olga", "operators-person")):
        refused(rule, lambda v=visitor: leaving.check(v))
        refused(rule, lambda v=visitor, name=login: leaving.leave(v, name))
    members.accept(members.invite(LABORATORY, manages=True, by="x"), Newcomer(login="mia", name="Mia", password=PASSWORD))
    leaving.check(laboratory)
    leaving.leave(laboratory, "laboratory")
    lone.logins["mia"] = "mia"
    refused("last-manager", lambda: leaving.leave(lone.visitor("mia"), "mia"))


def test_of_two_managers_who_leave_at_once_one_stays(own):
    from concurrent.futures import ThreadPoolExecutor

    members = own.station.people.members
    members.accept(members.invite(LABORATORY, manages=True, by="x"), Newcomer(login="mia", name="Mia", password=PASSWORD))
    own.logins["mia"] = "mia"
    both = [(own.visitor(LABORATORY), "laboratory"), (own.visitor("mia"), "mia")]

    def leave(one) -> str:
        try:
            own.station.leaving.leave(*one)
        except RefusedError as error:
            return error.rule
        return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, both)) == ["last-manager", "left"]


def test_the_operator_erases_who_cannot_sign_in_any_more_even_a_last_manager_and_never_itself(lone):
    erase, laboratory = lone.station.leaving.erase, lone.visitor(LABORATORY)
    with pytest.raises(NotFoundError):
        erase("nobody")
    refused("operators-person", lambda: erase("olga"))
    erase(" Laboratory ")
    assert lone.station.ledger.store.stream(laboratory.hat.kid)[-1].record.kind == KEY_REVOKED
    assert "Person of laboratory" not in desk_texts(lone)
    with pytest.raises(NotFoundError):
        erase("laboratory")


def test_leaving_asks_for_a_fresh_proof_for_ones_own_name_and_for_a_person(lone):
    leaving, her = lone.station.leaving, lone.visitor("her")
    refused("leaving-name", lambda: leaving.leave(her, "laboratory"))
    refused("fresh-session", lambda: leaving.leave(replace(her, fresh=False), LOGIN))
    program = lone.station.people.members.by_token(lone.station.people.members.new_token(her, "robot", 3))
    refused("fresh-session", lambda: leaving.leave(program, LOGIN))
    assert lone.visitor("her").account == her.account


def test_a_kill_between_desk_and_log_leaves_nothing_that_signs_once_the_station_opens(tmp_path):
    made = settled(world(tmp_path / "station"))
    her = made.visitor("her")

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    made.station.ledger.revoke_key = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        made.station.leaving.leave(her, LOGIN)
    with made.station.desk.reading() as connection:
        assert connection.execute(select(KEYS).where(KEYS.c.membership == her.hat.membership)).all() == []
    made.station.close()
    with Station(tmp_path / "station", passphrase=PASSPHRASE, clock=made.clock) as again:
        assert again.ledger.store.stream(her.hat.kid)[-1].record.kind == KEY_REVOKED
        assert clean(again)


def test_what_cannot_be_written_is_not_half_erased(lone):
    def fails(*_):
        raise ZeroDivisionError

    station = lone.station
    granting = station.people.members.granting
    leaving = Leaving(station.desk, granting, operator=OPERATOR, clock=lone.clock, disowning=(fails,))
    before = desk_texts(lone)
    her = lone.visitor("her")
    with pytest.raises(ZeroDivisionError):
        leaving.leave(her, LOGIN)
    assert set(before.splitlines()) <= set(desk_texts(lone).splitlines())


def test_every_column_of_the_desk_that_speaks_of_a_person_is_handled():
    assert personal.unhandled() == ()


@pytest.mark.parametrize(
    "column", [Column("account", EXACT), Column("whose", EXACT, ForeignKey(ACCOUNTS.c.id))], ids=["named", "pointing"]
)
def test_a_new_table_about_people_that_nobody_thought_of_is_found(monkeypatch, column):
    later = Table("later_things", MetaData(), Column("id", Integer, primary_key=True), column)
    monkeypatch.setattr(personal, "desk_tables", lambda: (*desk_tables(), later))
    assert personal.unhandled() == (f"later_things.{column.name}",)


def test_a_row_in_every_table_about_an_account_is_gone_or_names_nobody(own):
    """The slow, plain way: a row in each table, every text of it the account's id, and then a look at every cell."""
    her = own.visitor("her")
    kept = {one.table.name for one in personal.PERSONAL if one.leaving == personal.KEPT}
    with own.station.desk.writing() as connection:
        membership = connection.execute(select(MEMBERSHIPS.c.id).where(MEMBERSHIPS.c.account == her.account)).scalar_one()
        for one in personal.PERSONAL:
            if one.table.name in kept or one.table.name in ("people_passwords", "people_keys"):
                continue
            cells = {column.name: _filled(column, her.account) for column in one.table.columns if not _counts(column)}
            connection.execute(one.table.insert().values(cells | {one.column: membership if one.membership else her.account}))
    own.station.leaving.leave(her, LOGIN)
    found: set[str] = set()
    with own.station.desk.reading() as connection:
        for table in desk_tables():
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, cell in row.items() if cell == her.account}
    stays = {"people_accounts.id", "people_memberships.account"}
    # Rows that stay and name nobody have the texts that this test wrote into all their other columns.
    nameless = {one.table.name: one.column for one in personal.PERSONAL if one.leaving == personal.NAMELESS}
    assert {name for name in found if name.partition(".")[0] not in nameless} == stays
    assert [f"{table}.{column}" for table, column in nameless.items() if f"{table}.{column}" in found] == []


def _filled(column, account):
    return b"x" if isinstance(column.type, LargeBinary) else 1 if isinstance(column.type.python_type(), int) else account


def _counts(column) -> bool:
    return bool(column.primary_key and isinstance(column.type, Integer))


def test_a_person_reads_what_is_kept_about_them_and_no_secret(own):
    her, _ = busy(own)
    told = json.loads(own.station.leaving.kept(her))
    assert told["account"] == her.account
    tables = told["tables"]
    assert tables["people_accounts"][0]["login"] == LOGIN
    assert tables["notice_addresses"][0]["address"] == f"{LOGIN}@mail.example"
    assert tables["writing_papers"][0]["content"]["flat"] == {"method": f"as {NAME} does"}
    assert {one["about"] for one in tables["comment_entries"]} >= {"https://maker.example/cell/7"}
    assert tables["people_keys"][0]["kid"] == her.hat.kid
    whole = json.dumps(told)
    with own.station.desk.reading() as connection:
        others = connection.execute(select(ACCOUNTS.c.login).where(ACCOUNTS.c.id != her.account)).scalars().all()
        secrets = connection.execute(select(SESSIONS.c.id, SESSIONS.c.csrf)).all()
        kept = connection.execute(text("SELECT hash FROM people_passwords")).scalars().all()
    assert not [one for row in secrets for one in row if one in whole]
    assert not [one for one in (*kept, "sealed", "nonce") if one in whole]
    assert not [one for one in others if f'"{one}"' in whole]
    assert set(tables) == {one.table.name for one in personal.PERSONAL}


def test_the_tables_that_the_plan_names_are_there(lone):
    there = set(inspect(lone.station.desk.engine).get_table_names())
    assert {one.table.name for one in personal.PERSONAL} <= there
    assert {table.name for table in metadata.sorted_tables} <= there


def test_an_account_that_ended_in_another_way_is_not_erased_twice(lone):
    her = lone.visitor("her")
    with lone.station.desk.writing() as connection:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == her.account).values(ended_at="2026-11-27T00:00:00Z"))
    refused("leaving-name", lambda: lone.station.leaving.leave(her, LOGIN))
    with lone.station.desk.reading() as connection:
        assert connection.execute(select(EVENTS).where(EVENTS.c.account == her.account)).all()
