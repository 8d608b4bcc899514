"""Roles: who holds which at which instant, by what the operator said; and withdrawals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.views import roles_held
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.governance import Delegated, RoleEnded, RoleGranted, operator
from openqi.store.kinds.memory import STOREKIND
from stage import Stage, party

DAYS = [f"2026-11-{day:02d}T00:00:00Z" for day in range(1, 11)]
P = "https://p.example"


def held(stage: Stage, at: str, whose: str = P, **more: bool) -> frozenset[str]:
    """The roles of a party at an instant."""
    return roles_held(stage.ledger.view(valid_at=at), whose, **more)


def test_a_log_names_its_operator_who_holds_the_role_and_nobody_else_does():
    stage = Stage(empty=True)
    assert operator(stage.ledger.view()) == stage.operator.party
    assert held(stage, DAYS[0], stage.operator.party) == {"operator"}
    assert held(stage, DAYS[0]) == frozenset()


def test_a_log_without_a_genesis_has_no_operator():
    stage = Stage(empty=True)
    stage.ledger.store = STOREKIND.open(None, origin="empty.example/1", folds=())
    with pytest.raises(RefusedError, match="log-founded"):
        operator(stage.ledger.view())


events = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.sampled_from("ab"), st.integers(0, 8), st.integers(1, 9)),
        st.tuples(st.just("grant for ever"), st.sampled_from("ab"), st.integers(0, 8), st.just(0)),
        st.tuples(st.just("end"), st.sampled_from("ab"), st.integers(0, 8), st.just(0)),
    ),
    max_size=6,
)


def by_definition(happened: list[tuple[str, str, int, int]], day: int) -> set[str]:
    """Slowly and plainly: for each role the last thing said that counts on the day."""
    roles = set()
    for role in "ab":
        holds = False
        for what, which, first, last in happened:
            if which == role and what == "end" and first <= day:
                holds = False
            elif which == role and what != "end" and first <= day and (what == "grant for ever" or day < last):
                holds = True
        roles |= {role} if holds else set()
    return roles


@settings(max_examples=40)
@given(events)
def test_roles_are_what_was_said_last_for_that_day(happened):
    stage = Stage(empty=True)
    for what, role, first, last in happened:
        if what == "end":
            body = RoleEnded(party=P, role=role, ended_at=DAYS[first], reason="x")
        else:
            body = RoleGranted(party=P, role=role, valid_from=DAYS[first], valid_until=DAYS[last] if what == "grant" else None)
        stage.ledger.state(body, stage.operator)
    for day in range(10):
        assert held(stage, DAYS[day]) == by_definition(happened, day)


def test_a_withdrawn_grant_and_a_withdrawn_end_count_no_more():
    stage = Stage(empty=True)
    grant = stage.ledger.state(RoleGranted(party=P, role="a", valid_from=DAYS[0]), stage.operator)
    end = stage.ledger.state(RoleEnded(party=P, role="a", ended_at=DAYS[3], reason="x"), stage.operator)
    assert held(stage, DAYS[5]) == frozenset()
    stage.ledger.perform(Withdraw(record=end.id, reason="mistake"), stage.operator)
    assert held(stage, DAYS[5]) == {"a"}
    stage.ledger.perform(Withdraw(record=grant.id, reason="mistake"), stage.operator)
    assert held(stage, DAYS[5]) == frozenset()


def test_a_grant_by_anybody_but_the_operator_cannot_even_be_stated():
    stage = Stage()
    with pytest.raises(RefusedError, match="role-held"):
        stage.ledger.state(RoleGranted(party=P, role="a", valid_from=DAYS[0]), stage.laboratory)


def test_a_loan_needs_both_its_dates_and_the_lender():
    stage = Stage(empty=True)
    lender, borrower = party("lender", 30), party("borrower", 31)
    stage.welcome(lender)
    stage.ledger.state(
        RoleGranted(party=lender.party, role="a", valid_from=DAYS[2], valid_until="2027-01-01T00:00:00Z"), stage.operator
    )
    loan = Delegated(party=lender.party, to=borrower.party, role="a", valid_from=DAYS[0], valid_until=DAYS[6])
    stage.ledger.state(loan, lender)
    assert [day for day in range(10) if "a" in held(stage, DAYS[day], borrower.party)] == [2, 3, 4, 5]
    assert held(stage, DAYS[4], borrower.party, delegated=False) == frozenset()
    stage.ledger.state(RoleEnded(party=lender.party, role="a", ended_at=DAYS[4], reason="x"), stage.operator)
    assert [day for day in range(10) if "a" in held(stage, DAYS[day], borrower.party)] == [2, 3]


def test_whoever_the_operators_role_is_lent_or_granted_to_grants_no_roles_and_is_told_so():
    """Such grants would never count, as only the operator's do; a record that says otherwise must not get in."""
    stage = Stage(empty=True)
    deputy = party("deputy", 32)
    stage.welcome(deputy, "operator")
    assert "operator" in held(stage, DAYS[9], deputy.party)
    for body in (RoleGranted(party=P, role="a", valid_from=DAYS[0]), RoleEnded(party=P, role="a", ended_at=DAYS[0], reason="x")):
        with pytest.raises(RefusedError, match="operator-grants"):
            stage.ledger.state(body, deputy)
