"""Deciding on lots: the sample that the seed draws, what must be there, and the border between accepted and rejected."""

from hashlib import sha256

import pytest

from chain_stage import ITEMS, LOT, ChainStage, refused, rows_in
from openqi.evidence.sealing import seal
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError, VerificationError
from openqi.pillars.conformity.lots import DecideLot
from openqi.records import body as body_of
from openqi.records import of_json, statement
from openqi.records.conformity import ReadingsJudged
from stage import changed

BAD, GOOD = "1.0000", "2.0000"


def drawn_by_hand(items, size, seed="seed"):
    """The plain definition: sort by the hash of seed, newline and item, take the first."""
    return sorted(items, key=lambda item: sha256((seed + "\n" + item).encode()).hexdigest())[:size]


class LotWorld(ChainStage):
    """A lot of eight, a plan of four with one allowed, and readings of which some are bad."""

    def __init__(self, bad=(), rows=None, **readings):
        super().__init__()
        self.formed, self.planned = self.lot(), self.plan()
        given = rows if rows is not None else {item: BAD if item in bad else GOOD for item in ITEMS}
        self.verdicts_record = self.judged_readings(given, **{"subject": LOT} | readings)

    def decision(self, **more):
        """The decision, with other parts where they are given."""
        parts = {"lot": self.formed, "judged": self.verdicts_record, "plan": self.planned} | more
        return self.decide(parts["lot"], parts["judged"], parts["plan"], seed=more.get("seed", "seed"))


@pytest.mark.parametrize(("bad", "verdict"), [(0, "accepted"), (1, "accepted"), (2, "rejected"), (4, "rejected")])
def test_a_lot_is_accepted_at_its_acceptance_number_and_rejected_at_one_more(bad, verdict):
    sample = drawn_by_hand(ITEMS, 4)
    world = LotWorld(bad=sample[:bad])
    told = world.decision()
    assert (told.body["verdict"], told.body["nonconforming"]) == (verdict, bad)
    expected = [{"item": item, "verdict": "nonconforming" if item in sample[:bad] else "conforming"} for item in sample]
    assert rows_in(world, told.body["sample"]) == expected
    assert told.body["sample"]["count"] == 4


def test_bad_items_outside_of_the_sample_do_not_count():
    world = LotWorld(bad=set(ITEMS) - set(drawn_by_hand(ITEMS, 4)))
    assert (world.decision().body["verdict"], world.decision().body["nonconforming"]) == ("accepted", 0)


def test_the_decision_names_what_it_rests_on_and_its_seed():
    world = LotWorld()
    told = world.decision(seed="another").body
    assert (told["formed"], told["judged"], told["plan"]) == (world.formed.id, world.verdicts_record.id, world.planned.id)
    assert (told["lot"], told["seed"]) == (LOT, "another")
    assert [row["item"] for row in rows_in(world, told["sample"])] == drawn_by_hand(ITEMS, 4, "another")


def test_every_drawn_item_needs_a_verdict_and_the_others_do_not():
    sample = drawn_by_hand(ITEMS, 4)
    assert LotWorld(rows=dict.fromkeys(sample, GOOD)).decision().body["verdict"] == "accepted"
    world = LotWorld(rows=dict.fromkeys(sample[1:3], GOOD))
    refused("all-readings-present", f"no verdict on 2 of the sample, {sample[0]} first", world.decision)
    refused("all-readings-present", "no verdict on 4 of the sample", LotWorld(rows={}).decision)


def test_verdicts_on_another_lot_do_not_decide_on_this_one():
    world = LotWorld(subject="https://maker.example/lot/2")
    refused("same-lot", f"the verdicts are on https://maker.example/lot/2, the lot is {LOT}", world.decision)


def test_an_item_with_two_different_verdicts_decides_nothing_and_with_the_same_twice_counts_once():
    sample = drawn_by_hand(ITEMS, 4)
    good = [{"item": item, "value": GOOD} for item in ITEMS]
    world = LotWorld()
    twice = [*good, {"item": sample[0], "value": BAD}]
    judged = world.judge(world.readings(world.procedure(), world.batch(twice), subject=LOT), world.clause())
    refused("one-verdict", f"item {sample[0]} has two verdicts", world.decision, judged=judged)
    again = [
        {"item": sample[0], "value": BAD},
        *[row for row in good if row["item"] != sample[0]],
        {"item": sample[0], "value": BAD},
    ]
    judged = world.judge(world.readings(world.procedure(), world.batch(again), subject=LOT), world.clause())
    assert world.decision(judged=judged).body["nonconforming"] == 1


def test_a_sample_larger_than_its_lot_is_no_sample():
    world = LotWorld()
    with pytest.raises(DomainError, match="9 of 8 items cannot be drawn"):
        world.decision(plan=world.plan(9))
    assert world.decision(plan=world.plan(8)).body["sample"]["count"] == 8


def test_a_lot_that_names_an_item_twice_and_an_empty_lot_are_not_drawn_from():
    world = LotWorld()
    with pytest.raises(DomainError, match="twice"):
        world.decision(lot=world.lot([*ITEMS, ITEMS[0]]))
    with pytest.raises(DomainError, match="4 of 0 items cannot be drawn"):
        world.decision(lot=world.lot([]))


@pytest.mark.parametrize("seed", ["two\nlines", "\n"])
def test_a_seed_of_two_lines_draws_nothing(seed):
    with pytest.raises(DomainError, match="one line"):
        LotWorld().decision(seed=seed)


def test_a_seed_is_given():
    with pytest.raises(FormatError):
        DecideLotOf(seed="")


def DecideLotOf(**members):  # noqa: N802 -- reads like the command that it makes
    return of_json({"lot": "ab" * 32, "judged": "ab" * 32, "plan": "ab" * 32} | members, DecideLot)


@pytest.mark.parametrize("which", ["lot", "judged", "plan"])
def test_what_was_withdrawn_decides_nothing(which):
    world = LotWorld()
    named = {
        "lot": (world.formed, world.maker),
        "judged": (world.verdicts_record, world.assessor),
        "plan": (world.planned, world.assessor),
    }
    world.withdraw(*named[which])
    refused("basis-stands", "was withdrawn by record", world.decision)


def test_rows_of_a_lot_that_are_missing_damaged_or_no_items_decide_nothing():
    world = LotWorld()
    good = world.lines(*(b'{"item":"%s"}' % item.encode() for item in ITEMS))
    with pytest.raises(NotFoundError):
        world.decision(lot=world.lot(items=changed(good, rows=changed(good.rows, sha256="cd" * 32))))
    with pytest.raises(VerificationError, match="batch"):
        world.decision(lot=world.lot(items=changed(good, root="cd" * 32)))
    with pytest.raises(FormatError):
        world.decision(lot=world.lot(items=world.lines(b'{"cell":"a:b"}')))


def test_another_kind_of_record_is_no_lot_no_verdicts_and_no_plan():
    world = LotWorld()
    for wrong in ({"lot": world.planned}, {"judged": world.formed}, {"plan": world.verdicts_record}):
        with pytest.raises(FormatError):
            world.decision(**wrong)
    with pytest.raises(NotFoundError):
        world.ledger.perform(DecideLotOf(seed="s"), world.assessor)
    with pytest.raises(RefusedError, match="role-held"):
        world.ledger.perform(DecideLotOf(seed="s"), world.maker)


@pytest.mark.parametrize("word", ["Conforming", "", 'good","verdict":"conforming'])
def test_a_verdict_is_one_of_two_words(word):
    world = LotWorld()
    rows = world.batch({**row, "verdict": word} for row in rows_in(world, world.verdicts_record.body["items"]))
    body = changed(body_of(world.verdicts_record, ReadingsJudged), items=rows)
    told = seal(
        statement(body), issuer=world.assessor.party, key=world.assessor.key, now=world.verdicts_record.valid_from,
        command=world.verdicts_record.command, basis=world.verdicts_record.basis,
    )  # fmt: skip
    world.ledger.append_signed([told])
    with pytest.raises(OpenQIError):
        world.decision(judged=told)


def test_a_lot_is_drawn_from_once_whatever_became_of_the_first_decision():
    world = LotWorld()
    first = world.decision()
    assert world.decision().body["sample"] == first.body["sample"]
    for other in ({"seed": "another"}, {"plan": world.plan(3)}):
        refused("one-draw", f"was decided with seed 'seed' and plan {world.planned.id}", world.decision, **other)
    world.withdraw(first, world.assessor)
    refused("one-draw", "a second draw would pick its outcome", world.decision, seed="another")
    assert world.decision().body["verdict"] == "accepted"


def test_a_lot_that_is_formed_anew_is_drawn_from_anew():
    world = LotWorld()
    world.decision()
    again = world.lot(formed_at="2026-10-21T00:00:00Z")
    assert world.decision(lot=again, seed="another")
