"""Disputes: both sides accept a rule before anybody knows a result, and the rule, not a person, says how it ends."""

from typing import Any

import pytest

from complaint_stage import CELL, Complaints
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.disputes.settling import SettleDispute
from openqi.records import Names

OTHER = "https://maker.example/cell/8"
NAMED = Names(en="example")


class Disputes(Complaints):
    """A stage where buyer and maker quarrel about the capacity of two cells, of which none may fail."""

    def __init__(self) -> None:
        super().__init__(start="2026-03-02")
        self.asked = self.requirement()

    def proposed(self, **more: Any) -> Record:
        """Propose as the buyer, unless told otherwise."""
        return self.propose(**{"requirement": self.asked.id, "sample": (CELL, OTHER)} | more)

    def agreed(self, **more: Any) -> Record:
        """Propose and accept; the next days begin."""
        accepted = self.accept(self.proposed(**more))
        self.clock.wait(days=1)
        return accepted

    def measured(self, item: str, value: str = "2035.0", **more: Any) -> Record:
        """Measure an item now and judge the result."""
        said = {"measured_at": format_instant(self.clock.instant)} | more
        return self.verdict(self.result(item=item, value=value, **said), self.asked)

    def settle(self, accepted: Record, *, by: Any = None) -> dict[str, Any]:
        """Settle as the buyer; returns what stands in the record."""
        return dict(self.perform(SettleDispute(accepted=accepted.id), by or self.buyer).body)


def refused(rule: str, act: Any, *given: Any, **more: Any) -> None:
    """The act is refused for this reason."""
    with pytest.raises(RefusedError) as caught:
        act(*given, **more)
    assert caught.value.rule == rule, caught.value


@pytest.mark.parametrize(
    ("most", "values", "outcome", "pays"),
    [
        (0, ("2035.0", "2035.0"), "not-upheld", "claimant"),
        (0, ("2035.0", "1900.0"), "upheld", "respondent"),
        (1, ("2035.0", "1900.0"), "not-upheld", "claimant"),
        (1, ("1900.0", "1900.0"), "upheld", "respondent"),
    ],
)
def test_the_accepted_rule_says_how_a_dispute_ends_and_who_pays(most: int, values: tuple[str, str], outcome: str, pays: str):
    stage = Disputes()
    accepted = stage.agreed(most_failing=most)
    for item, value in zip((CELL, OTHER), values, strict=True):
        stage.measured(item, value)
    found = stage.settle(accepted)
    assert (found["outcome"], found["pays"], found["tested"]) == (outcome, pays, 2)
    assert found["failing"] == values.count("1900.0")
    refused("settled-once", stage.settle, accepted)


def test_a_dispute_is_open_with_what_is_missing_until_every_item_has_its_verdict():
    stage = Disputes()
    accepted = stage.agreed(pays="halves")
    stage.measured(CELL, "1900.0")
    found = stage.settle(accepted)
    assert (found["outcome"], found["pays"], found["missing"]) == ("open", "open", [OTHER])
    stage.measured(OTHER)
    found = stage.settle(accepted, by=stage.laboratory)
    assert (found["outcome"], found["pays"], "missing" in found) == ("upheld", "halves", False)


def test_results_that_are_older_of_another_item_or_by_another_laboratory_do_not_count():
    stage = Disputes()
    accepted = stage.agreed()
    stage.grant(stage.stranger, "testing-laboratory")
    stage.measured(CELL, measured_at="2026-03-01T00:00:00Z")  # measured before the acceptance, told after it
    stage.verdict(stage.result(item=OTHER, signer=stage.stranger, measured_at="2026-03-03T03:00:00Z"), stage.asked)
    stage.measured("https://maker.example/cell/9")
    stage.result(item=CELL, quantity="mass", unit="g", measured_at="2026-03-03T03:00:00Z")
    assert set(stage.settle(accepted)["missing"]) == {CELL, OTHER}
    other = stage.requirement(requirement="https://standards.example/requirement/2", lower="1.0")
    stage.verdict(stage.result(item=CELL, measured_at="2026-03-03T03:00:00Z"), other)
    assert CELL in stage.settle(accepted)["missing"]


def test_the_first_result_counts_and_none_that_is_more_pleasing():
    stage = Disputes()
    accepted = stage.agreed()
    stage.measured(CELL, "1900.0")
    stage.measured(CELL, "2035.0")
    stage.measured(OTHER)
    assert stage.settle(accepted)["outcome"] == "upheld"


def test_nothing_is_accepted_once_an_item_was_measured():
    stage = Disputes()
    proposed = stage.proposed()
    result = stage.result(item=OTHER)
    refused("sample-unmeasured", stage.accept, proposed)
    refused("sample-unmeasured", stage.proposed, dispute="https://bureau.example/dispute/2")
    stage.ledger.perform(Withdraw(record=result.id, reason="wrong item"), stage.laboratory)
    assert stage.accept(proposed).issuer == stage.maker.party


def test_the_other_side_accepts_in_time_and_once():
    stage = Disputes()
    proposed = stage.proposed(accept_until="2026-03-10T00:00:00Z")
    for signer in (stage.buyer, stage.laboratory, stage.stranger):
        refused("other-side", stage.accept, proposed, by=signer)
    stage.on("2026-03-11")
    refused("time-to-accept", stage.accept, proposed)
    refused("time-to-accept", stage.proposed, accept_until="2026-03-10T00:00:00Z")
    again = stage.proposed(dispute="https://bureau.example/dispute/2", by=stage.maker)
    accepted = stage.accept(again, by=stage.buyer)
    assert accepted.body["party"] == stage.buyer.party
    refused("accepted-once", stage.accept, again, by=stage.buyer)


def test_who_has_agreed_cannot_withdraw_once_the_results_are_there():
    stage = Disputes()
    accepted = stage.agreed()
    stage.measured(CELL, "1900.0")
    stage.measured(OTHER)
    stage.ledger.perform(Withdraw(record=accepted.id, reason="we lose"), stage.maker)
    assert stage.settle(accepted)["outcome"] == "upheld"


def test_a_dispute_has_two_sides_and_a_third_that_tests():
    stage = Disputes()
    refused("two-sides", stage.proposed, by=stage.stranger)
    refused("two-sides", stage.proposed, respondent=stage.buyer.party)
    refused("third-party", stage.proposed, laboratory=stage.maker.party)
    refused("both-see", stage.proposed, visible_to=())
    refused("requirement-named", stage.proposed, requirement=stage.receive().id, visible_to=(stage.maker.party,))
    with pytest.raises(ValueError, match="fewer items may fail"):
        stage.proposed(most_failing=2)
    stage.proposed()
    refused("proposed-once", stage.proposed)
    accepted = stage.accept(stage.proposed(dispute="https://bureau.example/dispute/2"))
    refused("own-dispute", stage.settle, accepted, by=stage.stranger)


def test_what_a_dispute_says_is_sealed_as_its_proposal_is():
    stage = Disputes()
    accepted = stage.agreed()
    assert set(accepted.statement.visible_to or ()) == {stage.buyer.party, stage.maker.party}
    settled = stage.perform(SettleDispute(accepted=accepted.id), stage.laboratory)
    assert set(settled.statement.visible_to or ()) == {stage.buyer.party, stage.maker.party}
