"""Registers of inspections: what they add up to is what plain lists add up to, and no public row tells of what is not public."""

from collections import Counter
from typing import Any

import pytest

from inspections_world import OUTCOMES, REASONS, Drawn, Market
from openqi.evidence.fold import Row
from openqi.evidence.record import Logged
from openqi.evidence.sealing import seal
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.inspections.register import INSPECTED_DRAWS, OF_DRAWS, draw_key
from openqi.pillars.surveillance.inspections.step_register import INSPECTION_COUNTS, INSPECTION_STEPS
from openqi.pillars.surveillance.inspections.visit_register import VISITS, visit_key
from openqi.records import Names, kinds, statement
from openqi.records.inspections import FollowUpReported, VisitReported
from openqi.store.store import Incoming

ALL = (INSPECTED_DRAWS, VISITS, INSPECTION_STEPS, INSPECTION_COUNTS)


def withdraw(market: Market, record: Any, signer: Any = None) -> None:
    """Withdraw a record."""
    market.flush()
    market.ledger.perform(Withdraw(record=record.id, reason="wrong"), signer or market.office)


def row(market: Market, one: Drawn, party: str | None = None) -> Row | None:
    """The row of a draw."""
    return market.store.row(INSPECTED_DRAWS, draw_key(one.committed.id, market.store.origin, party))


def visit_row(market: Market, one: Drawn, name: str) -> Row | None:
    """The row of a visit."""
    return market.store.row(VISITS, visit_key(one.visits[name].id, market.store.origin))


@pytest.fixture
def visited() -> tuple[Market, Drawn]:
    """A draw of ten, all of which were visited, one outcome each."""
    market = Market(40)
    one = market.commit()
    market.draw(one, sorted(market.objects)[:10])
    for name, outcome in zip(one.names, dict.fromkeys(OUTCOMES), strict=False):
        market.visit(one, name, outcome, correct_by="2025-01-10" if outcome == "nonconforming" else None)
    market.flush()
    return market, one


def test_counts_are_those_of_plain_lists_for_every_draw():
    market = Market(200)
    market.lived(9, 20)
    for one in market.draws:
        found = row(market, one)
        assert found is not None
        told = [record.record for record in market.store.scan() if record.record.body.get("committed") == one.committed.id]
        kinds_told = Counter(record.kind.partition(".")[2].partition("/")[0] for record in told)
        assert (found["drawn"], found["visits"], found["changes"], found["follow_ups"], found["publications"]) == (
            len(one.names), len(one.visits), kinds_told["assignment-changed"], kinds_told["follow-up-reported"],
            kinds_told["results-published"],
        )  # fmt: skip
        assert found["published"] == len(one.published)
        assert found["late"] == sum(record.body["late"] for record in told if record.kind == "surveillance.results-published/1")
        where = {"origin": market.store.origin, "public": 1, "sort": "outcome", "committed": one.committed.id}
        counted = {row["code"]: row["count"] for row in market.store.page(INSPECTION_COUNTS, where=where).rows}
        assert counted == Counter(record.body["outcome"] for record in one.visits.values())
    reasons = Counter[str]()
    for found in market.store.page(INSPECTION_COUNTS, where={"origin": market.store.origin, "public": 1, "sort": "change"}).rows:
        reasons[str(found["code"])] += int(found["count"] or 0)
    assert set(reasons) <= set(REASONS)
    assert sum(reasons.values()) == len(
        [1 for one in market.store.scan() if one.record.kind == "surveillance.assignment-changed/1"]
    )


def test_what_is_to_be_corrected_is_open_until_a_follow_up_says_so_and_open_days_sort(visited: tuple[Market, Drawn]):
    market, one = visited
    bad = next(name for name, record in one.visits.items() if record.body["outcome"] == "nonconforming")
    before = visit_row(market, one, bad)
    assert before is not None
    assert (before["open"], before["due"]) == (1, "2025-01-10")
    objected = market.followed(one, bad, "objected")
    market.flush()
    assert (visit_row(market, one, bad) or {})["open"] == 1, objected
    closing = market.followed(one, bad, "inspected-again", outcome="conforming")
    market.flush()
    after = visit_row(market, one, bad)
    assert after is not None
    assert (after["open"], after["closed_by"], after["follow_ups"]) == (0, closing.id, 2)
    assert not market.store.page(VISITS, where={"origin": market.store.origin, "public": 1, "open": 1}, order=("due",)).rows


@pytest.mark.parametrize(("outcome", "opened"), [("nonconforming", 1), ("not-found", 1), ("refused", 1), ("conforming", 0)])
def test_an_inspection_made_again_closes_only_where_it_finds_nothing(visited: tuple[Market, Drawn], outcome: str, opened: int):
    market, one = visited
    bad = next(name for name, record in one.visits.items() if record.body["outcome"] == "nonconforming")
    market.followed(one, bad, "inspected-again", outcome=outcome)
    market.flush()
    assert (visit_row(market, one, bad) or {})["open"] == opened


def test_a_withdrawn_visit_has_no_row_and_only_its_issuer_takes_it_away(visited: tuple[Market, Drawn]):
    market, one = visited
    first = one.names[0]
    withdraw(market, one.visits[first])
    assert visit_row(market, one, first) is None
    again = market.visit(one, first, "refused")
    market.flush()
    assert (visit_row(market, one, first) or {})["visit"] == again.id
    steps = market.store.page(
        INSPECTION_STEPS, where={"origin": market.store.origin, "public": 1, "sort": "withdrawal"}, order=()
    ).rows
    assert [one["draw"] for one in steps] == [market.draws[0].uri]


def test_what_somebody_only_states_has_no_row(visited: tuple[Market, Drawn]):
    market, one = visited
    before = [market.store.page(fold, limit=1000).rows for fold in ALL]
    stated = statement(VisitReported(
        draw=one.uri, committed=one.committed.id, made=one.made.id if one.made else "", object="somebody",
        at="2025-01-01T00:00:00Z", outcome="conforming",
    ))  # fmt: skip
    record = seal(stated, issuer=market.office.party, key=market.office.key, now="2025-01-01T00:00:00Z")
    market.store.append([Incoming(record=record)], checkpoint=market.ledger.checkpoint)
    assert [market.store.page(fold, limit=1000).rows for fold in ALL] == before


def public_rows(market: Market) -> list[dict[str, Any]]:
    """All rows that count as public, without what tells how long the log is."""
    left_out = ("place", "published_place", "key")
    found = []
    for fold in ALL:
        rows = [one for one in market.store.page(fold, limit=1000).rows if one["public"]]
        found += [{name: cell for name, cell in one.items() if name not in left_out} | {"fold": fold.name} for one in rows]
    return sorted(found, key=str)


def test_records_that_are_not_public_leave_no_trace_in_public_rows():
    def world(secrets: bool) -> Market:
        market = Market(40)
        one = market.commit()
        market.draw(one, sorted(market.objects)[:6])
        for name in one.names[:3]:
            market.visit(one, name, "nonconforming", correct_by="2025-01-10")
        market.flush()
        if secrets:
            hidden = market.commit(public=False)
            market.draw(hidden, sorted(market.objects)[10:16], hidden=True)
            market.private = True
            market.visit(one, one.names[4], "refused")
            market.changed(one, one.names[4], "secret-reason")
            market.flush()
            withdraw(market, one.visits[one.names[4]])
        return market

    with_secrets = world(True)
    rows = public_rows(with_secrets)
    told = str(rows)
    secret = [one.record for one in with_secrets.store.scan() if not one.record.public]
    assert len(secret) >= 3
    assert not [record.kind for record in secret if record.id in told]
    assert not any(one["public"] and one["outcome"] == "refused" for one in with_secrets.store.page(VISITS, limit=100).rows)
    party = with_secrets.office.party
    own = row(with_secrets, with_secrets.draws[0], party)
    assert own is not None
    assert own["visits"] == 1
    public = row(with_secrets, with_secrets.draws[0])
    assert public is not None
    assert public["visits"] == 3


def test_a_follow_up_that_only_some_may_see_does_not_move_a_public_row(visited: tuple[Market, Drawn]):
    market, one = visited
    bad = next(name for name, record in one.visits.items() if record.body["outcome"] == "nonconforming")
    before = visit_row(market, one, bad)
    body = FollowUpReported(
        draw=one.uri, committed=one.committed.id, visit=one.visits[bad].id, object=bad, at="2025-01-01T00:00:00Z",
        sort="corrected", text=Names(en="done"),
    )  # fmt: skip
    market.sealed(body, visible_to=(market.office.party,))
    market.flush()
    assert visit_row(market, one, bad) == before


def test_the_kinds_that_move_a_draw_are_kinds_that_there_are():
    assert set(kinds()) >= OF_DRAWS


def test_rows_are_those_of_the_fold_by_its_plain_definition(visited: tuple[Market, Drawn]):
    market, one = visited
    withdraw(market, one.visits[one.names[1]])
    for fold in ALL:
        plain: dict[str, Row] = {}
        logged: Logged
        for logged in market.store.scan():
            for key in fold.keys(logged):
                stepped = fold.step(plain.get(key), logged)
                plain.pop(key, None)
                if stepped is not None:
                    plain[key] = stepped
        kept = {str(found["key"]): found for found in market.store.page(fold, limit=1000).rows}
        assert kept == {key: {**found, "key": key} for key, found in plain.items()}
        assert all(set(found) == set(fold.columns) for found in plain.values()), fold.name
