"""Threats to pledges: a firm that proves itself, a state or a status that somebody would rather have, a rival's words."""

from dataclasses import replace

import pytest

from openqi.app.dossiers import verified
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.complaints.receiving import ReceiveComplaint
from openqi.records import as_json, body, statement
from openqi.records.pledges import BenchmarkReviewed, ObligationShown, PledgeEnded
from openqi.records.recalls import RecallLine, RecallPublished
from openqi.store.store import Incoming
from pledge_stage import NAMED, Pledges
from stage import Forge, changed, failing_step


@pytest.fixture
def s() -> Pledges:
    return Pledges()


def judged(s: Pledges, record: Record, kind: type, **changes: object) -> str | None:
    """The step at which a reader stops who is shown a record that says something else under the same command and basis."""
    forge = Forge.of(s)
    forge.origin, forge.log_key = s.store.origin, s.log_key
    said = changed(body(record, kind), **changes)
    false = seal(
        replace(record.statement, body=as_json(said), contents=()), issuer=record.issuer,
        key={s.maker.party: s.maker, s.association.party: s.association}[record.issuer].key, now=record.valid_from,
        command=record.command, basis=record.basis,
    )  # fmt: skip
    forge.records[forge.records.index(record)] = false
    contents = {one["sha256"]: s.store.blob(one["sha256"]) for one in record.body.get("documents", ())}
    data = replace(forge.parts(false, s.policy), blobs=contents).encode()
    return failing_step(verified(data, policy=s.policy, log=None))


def test_a_status_that_does_not_follow_from_the_promises_is_found_out(s: Pledges):
    signed, programme = s.sign(), s.programme()
    s.review(programme, signed)
    s.until("2026-06-01")
    lost = s.review(programme, signed)
    assert lost.body["status"] == "lost"
    assert judged(s, lost, BenchmarkReviewed) is None
    for changes in ({"status": "kept"}, {"missed": 0}, {"states": ()}, {"before": None}):
        assert judged(s, lost, BenchmarkReviewed, **changes) == "replay", changes


def test_an_end_that_hides_open_complaints_is_found_out(s: Pledges):
    signed = s.sign()
    command = ReceiveComplaint(
        complaint="https://bureau.example/complaint/1", received_at=s.ledger.now(), channel="counter", text="a" * 43,
        matter="defect", firm=s.maker.party, visible_to=(),
    )  # fmt: skip
    assert not s.do(command, s.bureau).public
    ended = s.end(signed)
    assert (ended.public, ended.body["openComplaints"]) == (True, 1)
    assert judged(s, ended, PledgeEnded) is None
    assert judged(s, ended, PledgeEnded, open_complaints=0) == "replay"


def test_evidence_for_other_days_than_were_asked_for_is_found_out(s: Pledges):
    signed = s.sign()
    shown = s.show(signed, "system", "2026-01-10", "2026-01-10")
    assert judged(s, shown, ObligationShown) is None
    assert judged(s, shown, ObligationShown, last_day="2027-01-10") == "replay"


def test_a_rival_cannot_publish_end_prove_or_hand_in_under_a_name_that_is_not_its_own(s: Pledges):
    signed = s.sign()
    with pytest.raises(RefusedError, match="does not hold the role"):
        s.publish(by=s.rival)
    for attempt in (
        lambda: s.end(signed, s.rival), lambda: s.prove(signed, by=s.rival),
        lambda: s.show(signed, "system", "2026-01-10", "2026-01-10", by=s.rival),
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            attempt()


def test_what_a_rival_says_about_a_firm_contradicts_nothing(s: Pledges):
    """It tests its own goods, and states a recall in the firm's name without any decision."""
    signed = s.sign()
    before = s.states(signed, "2026-03-01")
    s.tested("1900.0", item="https://rival.example/product/1")
    stated = RecallPublished(
        recall="https://rival.example/recall", number="1", firm=s.maker.party, name=NAMED,
        lines=(RecallLine(number="1", name=NAMED),),
        defect=NAMED, consequence=NAMED, risk="high", remedies=("repair",), what_to_do=NAMED, contact=NAMED, sold=NAMED,
        begins="2026-01-10",
    )  # fmt: skip
    with pytest.raises(RefusedError, match="decided"):
        s.ledger.state(stated, s.rival)
    record = seal(statement(stated), issuer=s.rival.party, key=s.rival.key, now=s.ledger.now())
    s.store.append([Incoming(record=record)], checkpoint=s.ledger.checkpoint)
    assert s.states(signed, "2026-03-01") == before
