"""Signing with a key elsewhere: exactly the prepared bytes, on exactly what was noted, still permitted, once."""

import json
from datetime import timedelta

import pytest

from acts_stage import ActsStage
from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.sealing.signing import read_request, signatures_on
from openqi.evidence.canonical import base64url
from openqi.evidence.record import verify_signature
from openqi.kernel.errors import ConflictError, FormatError, NotFoundError, RefusedError
from openqi.records import as_json
from openqi.records.governance import RoleEnded
from stage import RESULT, key_of, party

REPORT, JUDGE, WITHDRAW = (
    act_of(name) for name in ("conformity.result-reported/1", "conformity.judge-result/1", "governance.withdraw/1")
)
PUBLIC, PARTIES = audience_of(JUDGE, "public"), audience_of(JUDGE, "parties")


@pytest.fixture
def world(tmp_path):
    return ActsStage(tmp_path)


@pytest.fixture
def assessor(world):
    return world.visitor(world.stage.assessor, kept=False)


@pytest.fixture
def tickets(world):
    return world.writing.tickets


def judging(stage):
    return {"result": stage.result().id, "requirement": stage.requirement().id}


def signatures(ticket, key):
    return [base64url(key.sign(one.encode())) for one in ticket.documents]


def count(world, kind="conformity.result-judged/1"):
    return sum(one.record.kind == kind for one in world.stage.store.scan())


@pytest.mark.parametrize("audience", [PUBLIC, PARTIES], ids=["public", "parties"])
def test_a_decision_is_prepared_signed_elsewhere_and_comes_in(world, tickets, assessor, audience):
    key = world.stage.assessor.key
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, audience)
    assert (ticket.kid, count(world)) == (key.public_key.kid, 0)
    (record,) = tickets.submit(assessor, ticket.id, signatures(ticket, key)).records
    assert record.jws.rpartition(b".")[0].decode() == ticket.documents[0]
    verify_signature(record, key.public_key)
    assert record.public == (audience is PUBLIC)
    assert world.stage.verified(world.stage.dossier(record)).replayed == "passed" if record.public else True


def test_what_is_stated_and_what_inherits_is_signed_elsewhere_too(world, tickets):
    own = world.visitor(world.stage.laboratory, kept=False)
    key = world.stage.laboratory.key
    ticket = tickets.prepare(REPORT, as_json(RESULT), own, audience_of(REPORT, "parties", (world.stage.assessor.party,)))
    (record,) = tickets.submit(own, ticket.id, signatures(ticket, key)).records
    assert record.statement.visible_to == (world.stage.assessor.party,)
    ticket = tickets.prepare(WITHDRAW, {"record": record.id, "reason": "wrong range"}, own, audience_of(WITHDRAW, None))
    (withdrawn,) = tickets.submit(own, ticket.id, signatures(ticket, key)).records
    assert withdrawn.statement.visible_to == record.statement.visible_to, "it is seen by those who see what it withdraws"


def test_a_whole_jws_is_taken_as_well_as_a_signature(world, tickets, assessor):
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC)
    signed = [
        f"{document}.{text}" for document, text in zip(ticket.documents, signatures(ticket, world.stage.assessor.key), strict=True)
    ]
    assert tickets.submit(assessor, ticket.id, signed).records


def test_signatures_that_are_sent_twice_come_in_once(world, tickets, assessor):
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC)
    sent = signatures(ticket, world.stage.assessor.key)
    first, again = (tickets.submit(assessor, ticket.id, sent) for _ in range(2))
    assert (first.again, again.again) == (False, True)
    assert first.records == again.records
    assert count(world) == 1


@pytest.mark.parametrize("what", ["another key", "another document", "no signature", "too few"])
def test_what_is_not_signed_as_prepared_does_not_come_in(world, tickets, assessor, what):
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC)
    good = signatures(ticket, world.stage.assessor.key)
    bad = {
        "another key": signatures(ticket, key_of(99)), "another document": [f"AAAA.AAAA.{good[0]}"], "no signature": ["AAAA"],
        "too few": [],
    }  # fmt: skip
    with pytest.raises((RefusedError, FormatError)):
        tickets.submit(assessor, ticket.id, bad[what])
    assert count(world) == 0
    assert tickets.submit(assessor, ticket.id, good).records, "and the right one still does"


def test_what_moved_since_it_was_prepared_is_a_conflict(world, tickets, assessor):
    stage = world.stage
    asked = judging(stage)
    ticket = tickets.prepare(JUDGE, asked, assessor, PUBLIC)
    stage.result(value="2040.0")  # in the stream of the item, which the decision reads
    with pytest.raises(ConflictError):
        tickets.submit(assessor, ticket.id, signatures(ticket, stage.assessor.key))
    assert count(world) == 0


def test_a_role_that_ended_meanwhile_refuses_what_was_signed(world, tickets, assessor):
    stage = world.stage
    ticket = tickets.prepare(JUDGE, judging(stage), assessor, PUBLIC)
    stage.ledger.state(
        RoleEnded(party=assessor.party, role=JUDGE.role, ended_at="2026-11-20T00:00:00Z", reason="audit"), stage.operator
    )
    with pytest.raises(RefusedError, match="role-held"):
        tickets.submit(assessor, ticket.id, signatures(ticket, stage.assessor.key))
    assert count(world) == 0


def test_a_role_that_ended_by_the_clock_alone_refuses_too(world, tickets):
    from openqi.records.governance import RoleGranted

    stage = world.stage
    brief = party("brief", 60)
    stage.welcome(brief)
    stage.ledger.state(
        RoleGranted(
            party=brief.party, role=JUDGE.role, valid_from="2026-01-01T00:00:00Z", valid_until="2026-11-20T09:00:00Z"
        ),
        stage.operator,
    )  # fmt: skip
    visitor = world.visitor(brief, kept=False)
    ticket = tickets.prepare(JUDGE, judging(stage), visitor, PUBLIC)
    stage.clock.wait(hours=2)
    with pytest.raises(RefusedError, match="role-held"):
        tickets.submit(visitor, ticket.id, signatures(ticket, brief.key))


def test_a_ticket_grows_old_and_belongs_to_one_person(world, tickets, assessor):
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC)
    sent = signatures(ticket, world.stage.assessor.key)
    with pytest.raises(NotFoundError):
        tickets.submit(world.visitor(world.stage.reviewer, kept=False), ticket.id, sent)
    world.stage.clock.wait(seconds=timedelta(hours=25).total_seconds())
    with pytest.raises(RefusedError, match="ticket-age"):
        tickets.submit(assessor, ticket.id, sent)


def test_who_has_no_key_of_their_own_has_nothing_to_sign_elsewhere(world, tickets):
    kept = world.visitor(world.stage.assessor)
    with pytest.raises(RefusedError, match="own-key"):
        tickets.prepare(JUDGE, judging(world.stage), kept, PUBLIC)


def test_a_key_that_was_revoked_meanwhile_signs_nothing(world, tickets, assessor):
    stage = world.stage
    ticket = tickets.prepare(JUDGE, judging(stage), assessor, PUBLIC)
    stage.ledger.revoke_key(assessor.party, stage.assessor.key.public_key.kid, stage.operator, reason="laptop stolen")
    with pytest.raises(RefusedError, match="key-valid"):
        tickets.submit(assessor, ticket.id, signatures(ticket, stage.assessor.key))
    assert count(world) == 0


def test_a_request_shows_what_its_bytes_say_and_is_signed_by_its_own_key_alone(world, tickets, assessor):
    ticket = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC)
    asked = read_request(json.dumps(ticket.as_json()).encode())
    assert [one.body["verdict"] for one in asked.records] == ["conforming"]
    told = json.loads(signatures_on(asked, world.stage.assessor.key))
    assert tickets.submit(assessor, told["ticket"], told["signatures"]).records
    with pytest.raises(RefusedError, match="own-key"):
        signatures_on(asked, key_of(99))


@pytest.mark.parametrize(
    "change", [{"party": "https://other.example"}, {"kid": "urn:x"}, {"documents": ["AAAA.BBBB"]}, {"more": 1}, {"format": "x"}]
)
def test_a_request_that_says_one_thing_and_holds_another_is_refused(world, tickets, assessor, change):
    whole = tickets.prepare(JUDGE, judging(world.stage), assessor, PUBLIC).as_json()
    with pytest.raises(FormatError):
        read_request(json.dumps(whole | change).encode())
