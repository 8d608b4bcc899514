"""Who would learn who complained, move a clock, speak for the firm, or settle a dispute with a result of their choice: refused."""

import pytest

from chain_stage import ChainStage
from complaint_stage import NAMED, WORDS, Complaints, kept
from openqi.app.dossiers import dossier, verified
from openqi.evidence.commitment import commitment
from openqi.evidence.record import log_entry
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.surveillance.complaints.following import PublishUpheld
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint
from openqi.pillars.surveillance.disputes.proposing import AcceptDispute, ProposeDispute
from openqi.pillars.surveillance.disputes.verdicts import counting_verdicts
from openqi.records import body, of_json
from openqi.records.complaints import ComplaintUpheld, complained_subject
from openqi.records.disputes import DisputeProposed
from stage import party

PERSON = "张三"


def whole() -> tuple[Complaints, list[object]]:
    """A complaint from its receipt to its publication."""
    stage = Complaints(start="2026-03-02")
    received = stage.accepted(complaint="https://bureau.example/complaint/SECRET-NUMBER")
    stage.begin(received)
    stage.end(received)
    stage.answer(received)
    closed = stage.close(received)
    public = stage.perform(PublishUpheld(closed=closed.id, reason=NAMED))
    return stage, [received, closed, public]


def test_the_public_log_holds_nothing_of_a_complaint_but_what_was_published():
    stage, (received, closed, public) = whole()
    entries = b"\n".join(log_entry(one.record) for one in stage.store.scan(0))
    for hidden in ("SECRET-NUMBER", WORDS, PERSON, received.body["text"], received.body["person"]):  # type: ignore[attr-defined]
        assert str(hidden).encode() not in entries
    assert public.jws in entries  # type: ignore[attr-defined]
    assert closed.id.encode() in entries  # type: ignore[attr-defined]


def test_a_dossier_of_the_published_part_shows_the_complaint_as_withheld():
    stage, (received, _, public) = whole()
    data = dossier(stage.store, public.id, policy=stage.policy)  # type: ignore[attr-defined]
    report = verified(data, policy=stage.policy)
    assert (report.proved, report.replayed) == ("withheld", "withheld")  # what it rests on is not shown, and that is said
    for hidden in (b"SECRET-NUMBER", received.body["text"].encode()):  # type: ignore[attr-defined]
        assert hidden not in data


def test_who_may_see_everything_replays_every_step():
    stage, (_, closed, public) = whole()
    for record in (closed, public):
        data = dossier(stage.store, record.id, policy=stage.policy, shown=lambda record: True)  # type: ignore[attr-defined]
        report = verified(data, policy=stage.policy)
        assert (report.proved, report.replayed) == ("passed", "passed"), report


def test_the_same_words_twice_cannot_be_told_from_others():
    assert kept(WORDS, 1) != kept(WORDS, 2)
    assert commitment({"text": WORDS}, bytes(16)) == kept(WORDS, 0)


def test_nobody_is_told_that_a_late_decision_was_in_time():
    stage = Complaints(start="2025-12-26")
    received = stage.receive()
    stage.on("2026-01-08", "00:00:01")
    command = DecideComplaint(received=received.id, decision="accepted", now="2026-01-07T00:00:00Z")
    assert stage.perform(command).body["late"] is True  # the instant of a command is the log's, not whoever asks


def test_a_complaint_is_never_sealed_for_strangers():
    stage = Complaints()
    with pytest.raises(RefusedError, match="complaint-sealed"):
        stage.receive(visible_to=(stage.stranger.party,))


def test_every_decision_lies_beside_its_complaint_in_the_stream_of_the_firm():
    stage = Complaints()
    for decision, more in (("accepted", {}), ("not-accepted", {"reason": NAMED})):
        decided = stage.decide(stage.receive(), decision, **more)
        assert decided.body["firm"] == stage.maker.party
        assert complained_subject(stage.maker.party) in decided.streams
        assert not decided.public


def test_readings_of_another_log_settle_no_dispute_though_their_laboratory_bears_the_name():
    stage = ChainStage()
    stage.instrument()
    stage.calibration()
    stage.product()
    buyer = party("buyer", 44)
    stage.welcome(buyer)
    clause, sample = stage.clause(), ("https://maker.example/cell/1", "https://maker.example/cell/2")
    (proposed,) = stage.ledger.perform(
        ProposeDispute(
            dispute="https://bureau.example/dispute/1", claimant=buyer.party, respondent=stage.maker.party,
            laboratory=stage.laboratory.party, requirement=clause.id, sample=sample, most_failing=0, pays="who-loses", text=NAMED,
            accept_until="2026-12-31T00:00:00Z",
        ),
        buyer,
    )  # fmt: skip
    (accepted,) = stage.ledger.perform(AcceptDispute(proposed=proposed.id), stage.maker)
    stage.clock.wait(hours=3)
    told = {"measured_from": accepted.valid_from, "measured_until": stage.ledger.now()}
    read = stage.readings(stage.procedure(), dict.fromkeys(sample, "2.0000"), subject=proposed.body["dispute"], **told)
    stage.judge(read, clause)
    view, dispute = stage.ledger.view(), body(proposed, DisputeProposed)
    found = counting_verdicts(view, dispute, "capacity", since=accepted.valid_from)
    assert {item: one.verdict for item, one in found.items()} == dict.fromkeys(sample, "conforming")
    view.home = lambda name: "elsewhere.example/1" if name == read.id else view.origin  # type: ignore[method-assign]
    assert counting_verdicts(view, dispute, "capacity", since=accepted.valid_from) == {}


@pytest.mark.parametrize("told", [{"matter": PERSON}, {"matter": "phone 13800000000"}, {"hazard": WORDS}, {"matter": "a" * 61}])
def test_nobodys_words_fit_into_what_is_published_of_a_complaint(told):
    stage = Complaints()
    good = {"complaint": "https://bureau.example/complaint/1", "receivedAt": "2025-12-01T00:00:00Z", "channel": "counter"}
    good |= {"text": kept(WORDS), "matter": "defect"}
    assert of_json(good, ReceiveComplaint).matter == "defect"
    with pytest.raises(FormatError):
        of_json(good | told, ReceiveComplaint)
    record = stage.close(stage.accepted())
    upheld = {"authority": stage.bureau.party, "closed": record.id, "matter": "defect", "firm": stage.maker.party}
    assert of_json(upheld, ComplaintUpheld).matter == "defect"
    with pytest.raises(FormatError):
        of_json(upheld | told, ComplaintUpheld)
