"""Of many who take up one invitation at once, one joins; in either kind of database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from openqi.app.people.members import Newcomer
from openqi.kernel.errors import NotFoundError
from openqi.store.desk.people import ACCOUNTS, MEMBERSHIPS
from station_world import LABORATORY, PASSWORD, World, world


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request, tmp_path) -> Iterator[World]:
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = world(tmp_path / "station", desk=desk)
    yield made
    made.station.close()


def test_of_many_who_take_up_one_invitation_at_once_one_joins_and_no_account_is_left_of_the_others(own):
    members = own.station.people.members
    secret = members.invite(LABORATORY, manages=False, by="test")

    def joins(number: int) -> bool:
        try:
            members.accept(secret, Newcomer(login=f"newcomer{number}", name="Newcomer", password=PASSWORD))
        except NotFoundError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        joined = list(pool.map(joins, range(6)))
    with own.station.desk.reading() as connection:
        accounts = connection.execute(
            select(func.count()).select_from(ACCOUNTS).where(ACCOUNTS.c.login.startswith("newcomer"))
        ).scalar_one()
        people = connection.execute(
            select(func.count()).select_from(MEMBERSHIPS).where(MEMBERSHIPS.c.party == LABORATORY)
        ).scalar_one()
    assert (sum(joined), accounts, people) == (1, 1, 2)
