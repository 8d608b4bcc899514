"""What is kept is what would be made anew: a log grows by anything at all, and no reader is told what once held."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from random import Random
from typing import Any

import pytest

from openqi.app.checking import Checker
from openqi.app.reading.context import Context
from openqi.app.reading.lists import Asked, record_list
from openqi.app.reading.memory import Memory
from openqi.app.reading.overview import overview
from openqi.app.reading.records import record_page
from openqi.app.registers import SEALED
from openqi.evidence.record import Record
from openqi.kernel.errors import OpenQIError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.records.conformity import ProductRegistered
from openqi.records.governance import PartyRegistered
from stage import ITEM, Stage

DAY = date(2026, 11, 20)
PRODUCT = "https://maker.example/product/1"


class World:
    """A log that grows at random, read by a memory that has seen all of it grow."""

    def __init__(self, seed: int) -> None:
        self.chance, self.stage = Random(seed), Stage()
        self.checker = Checker(store=self.stage.store)
        self.memory = Memory(self.checker.forget_keys)
        self.records: list[Record] = [self.stage.requirement()]
        self.readers = (None, self.stage.laboratory.party, self.stage.assessor.party, self.stage.reviewer.party)

    def audience(self) -> tuple[str, ...] | None:
        return self.chance.choice((None, None, (self.stage.assessor.party,), ()))

    def step(self) -> None:
        """One thing happens; what is refused changes nothing."""
        stage, chance = self.stage, self.chance
        steps: tuple[Callable[[], Record], ...] = (
            lambda: stage.result(visible_to=self.audience(), item=f"{ITEM}{chance.randrange(3)}"),
            stage.requirement,
            lambda: stage.verdict(chance.choice(self.records), self.records[0], visible_to=self.audience()),
            lambda: self.withdrawn(chance.choice(self.records)),
            lambda: self.named(chance.choice(("One", "Two"))),
            lambda: stage.ledger.state(
                PartyRegistered(party=stage.reviewer.party, name=Names(en=f"Reviewer {chance.randrange(9)}")), stage.operator
            ),
            self.revoked,
        )
        weights = (6, 1, 6, 2, 2, 1, 0.15)
        try:
            self.records.append(chance.choices(steps, weights)[0]())
        except OpenQIError:
            return

    def withdrawn(self, record: Record) -> Record:
        signer = {one.party: one for one in (self.stage.laboratory, self.stage.assessor, self.stage.operator)}
        (found,) = self.stage.ledger.perform(
            Withdraw(record=record.id, reason="wrong"), signer.get(record.issuer, self.stage.operator)
        )
        return found

    def named(self, name: str) -> Record:
        signer = self.chance.choice((self.stage.laboratory, self.stage.assessor))
        return self.stage.ledger.state(ProductRegistered(product=PRODUCT, name=Names(en=name)), signer, visible_to=self.audience())

    def revoked(self) -> Record:
        laboratory, since = self.stage.laboratory, self.stage.store.size() - 3
        kid = laboratory.key.public_key.kid
        return self.stage.ledger.revoke_key(laboratory.party, kid, self.stage.operator, since=since, reason="stolen")

    def context(self, memory: Memory, checker: Checker, reader: str | None) -> Context:
        size = self.stage.store.size()
        memory.grow(self.stage.store, size, DAY)
        return Context(store=self.stage.store, size=size, today=DAY, checker=checker, memory=memory, reader=reader)

    def told(self, context: Context) -> list[Any]:
        """Everything that pages are made from, for one reader."""
        found: list[Any] = []
        for record in self.records:
            page = context.kept("page", record.id, partial(record_page, context, record.id, None))
            found += [replace(page, proof=None), context.tree(record.id)]
        found.append(record_list(context, Asked()))
        found.append(record_list(context, Asked(kind=self.records[0].kind, most=2)))
        found.append(record_list(context, Asked(issuer=self.stage.assessor.party)))
        found.append([context.named(uri) for uri in (PRODUCT, ITEM, self.stage.reviewer.party)])
        found.append(tuple(one.record.id for one in context.newest(f"{ITEM}1", 3)))
        found.append(overview(context, None, 5))
        return found


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_is_what_would_be_made_anew(seed: int):
    world = World(seed)
    for _ in range(12):
        for _ in range(world.chance.randrange(1, 4)):
            world.step()
        world.stage.store.publish()
        for reader in world.readers:
            kept = world.told(world.context(world.memory, world.checker, reader))
            checker = Checker(store=world.stage.store)
            anew = world.told(world.context(Memory(checker.forget_keys), checker, reader))
            assert kept == anew
    assert len(world.records) > 10


def test_a_page_is_made_once_while_the_log_grows_by_what_it_has_not_read():
    world, made = World(1), []
    record = world.stage.result()

    def read() -> str:
        context = world.context(world.memory, world.checker, None)
        return context.kept("page", record.id, lambda: made.append(1) or context.seen(record.id).state)

    assert read() == "signature checked"
    for _ in range(3):
        world.stage.result(item=f"{ITEM}/other")
        assert read() == "signature checked"
    assert len(made) == 1
    world.withdrawn(record)
    assert read() == "withdrawn"
    assert len(made) == 2


def test_another_day_forgets_everything():
    world, made = World(1), []
    for day in (DAY, DAY, date(2026, 11, 21)):
        size = world.stage.store.size()
        world.memory.grow(world.stage.store, size, day)
        context = Context(store=world.stage.store, size=size, today=day, checker=world.checker, memory=world.memory)
        context.kept("page", "", lambda: made.append(1))
    assert len(made) == 2


def test_many_new_records_at_once_forget_everything_and_nothing_is_scanned(monkeypatch: pytest.MonkeyPatch):
    world = World(1)
    monkeypatch.setattr("openqi.app.reading.memory._MOST_NEW", 5)
    record = world.stage.result()
    assert world.context(world.memory, world.checker, None).seen(record.id).state == "signature checked"
    for _ in range(6):
        world.stage.result()
    world.withdrawn(record)
    assert world.context(world.memory, world.checker, None).seen(record.id).state == "withdrawn"


def test_a_private_record_is_counted_without_its_kind_and_listed_for_those_who_may_see_it():
    stage = Stage()
    hidden = stage.result(visible_to=(stage.assessor.party,))
    world = World(1)
    world.stage = stage
    for reader, seen in ((None, False), (stage.reviewer.party, False), (stage.assessor.party, True), (hidden.issuer, True)):
        context = world.context(Memory(world.checker.forget_keys), Checker(store=stage.store), reader)
        for asked in (Asked(), Asked(kind=hidden.kind), Asked(issuer=hidden.issuer)):
            assert (hidden.id in [one.id for one in record_list(context, asked).entries]) == seen
        counts = context.counts()
        assert counts[SEALED].records == 1
        assert hidden.kind not in counts


def test_pages_of_a_list_join_without_gap_or_double_whoever_reads():
    world = World(3)
    for _ in range(40):
        world.step()
    for reader in world.readers:
        context = world.context(world.memory, world.checker, reader)
        whole = record_list(context, Asked(most=500))
        assert whole.below is None
        assert [one.index for one in whole.entries] == sorted((one.index for one in whole.entries), reverse=True)
        for most in (1, 7):
            asked, joined = Asked(most=most), []
            while True:
                page = record_list(context, asked)
                joined += [one.id for one in page.entries]
                if page.below is None:
                    break
                asked = replace(asked, below=page.below)
            assert joined == [one.id for one in whole.entries]


def test_a_key_that_is_revoked_from_a_place_in_the_past_fails_what_it_signed_since():
    world = World(1)
    record = world.stage.result()
    assert world.context(world.memory, world.checker, None).seen(record.id).state == "signature checked"
    world.revoked()
    context = world.context(world.memory, world.checker, None)
    assert (context.seen(record.id).state, context.tree(record.id).state) == ("failed", "failed")
