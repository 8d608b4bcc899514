"""Delegations as they are listed, and as sealing asks for them: not begun, ended, withdrawn in mid-task, no longer the lender's."""

import pytest

from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import Audience
from openqi.app.people.delegations import acting, given, taken
from openqi.app.requests import withdrawal
from openqi.records.conformity import ResultReported
from openqi.records.governance import Delegated, RoleEnded
from people_stage import refused, result
from station_world import CERTIFIER, LABORATORY, OPERATOR, World, world

ROLE, ACT = "testing-laboratory", act_of(ResultReported.KIND)
START, END = "2026-11-27T09:00:00Z", "2026-11-27T10:00:00Z"  # the clock of the world begins at 08:00


@pytest.fixture
def own(tmp_path) -> World:
    made = world(tmp_path / "station")
    made.station.ledger._clock = made.clock
    yield made
    made.station.close()


def signer(made: World, party: str):
    return made.station.people.custody.signer(made.visitor(party))


def lent(made: World, **more) -> str:
    told = {"party": LABORATORY, "to": CERTIFIER, "role": ROLE, "valid_from": START, "valid_until": END}
    return made.station.ledger.state(Delegated(**told | more), signer(made, LABORATORY)).id


def sealed(made: World, token: str):
    """The certifier seals a result now."""
    arguments = ACT.arguments(result("10.02"))
    visitor = made.visitor(CERTIFIER)
    return made.station.writing.writing.seal(ACT, arguments, visitor, Audience(reach="public"), token=token).records[0]


def previewed(made: World):
    arguments = ACT.arguments(result("10.02"))
    return made.station.writing.writing.preview(ACT, arguments, made.visitor(CERTIFIER), Audience(reach="public")).refusal


def states(made: World) -> list[str]:
    ledger = made.station.ledger
    assert [one.record for one in given(ledger, LABORATORY)] == [one.record for one in taken(ledger, CERTIFIER)]
    assert given(ledger, CERTIFIER) == taken(ledger, LABORATORY) == ()
    return [one.state for one in given(ledger, LABORATORY)]


def test_a_delegation_holds_from_its_first_instant_until_its_last_and_only_then_seals(own):
    record = lent(own)
    assert states(own) == ["later"]
    assert acting(own.station.ledger.view(), CERTIFIER, ROLE) is None
    refused("role-held", lambda: sealed(own, "0123456789abcdef"))
    own.clock.pass_(hours=1)
    assert states(own) == ["now"]
    assert acting(own.station.ledger.view(), CERTIFIER, ROLE).record == record
    assert previewed(own) is None
    assert sealed(own, "0123456789abcdef").issuer == CERTIFIER
    own.clock.pass_(minutes=59, seconds=59)
    assert previewed(own) is None  # the form is open, and then the delegation ends
    own.clock.pass_(seconds=1)
    assert states(own) == ["over"]
    size = own.station.ledger.store.size()
    refused("role-held", lambda: sealed(own, "0123456789abcdeg"))
    assert own.station.ledger.store.size() == size


def test_a_delegation_that_is_withdrawn_in_mid_task_is_refused_at_sealing(own):
    record = lent(own, valid_from="2026-11-27T08:00:00Z")
    assert previewed(own) is None
    own.station.ledger.perform(withdrawal(record, "ended"), signer(own, LABORATORY))
    refused("role-held", lambda: sealed(own, "0123456789abcdef"))
    assert states(own) == ["withdrawn"]
    assert acting(own.station.ledger.view(), CERTIFIER, ROLE) is None


def test_what_the_lender_holds_no_longer_it_does_not_lend(own):
    lent(own, valid_from="2026-11-27T08:00:00Z")
    ended = RoleEnded(party=LABORATORY, role=ROLE, ended_at="2026-11-27T08:00:00Z", reason="over")
    own.station.ledger.state(ended, signer(own, OPERATOR))
    assert states(own) == ["not-held"]
    refused("role-held", lambda: sealed(own, "0123456789abcdef"))


def test_who_holds_a_role_itself_acts_by_nobodys_delegation(own):
    assert acting(own.station.ledger.view(), LABORATORY, ROLE) is None
    assert acting(own.station.ledger.view(), LABORATORY, None) is None
