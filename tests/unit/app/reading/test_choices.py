"""What may be chosen for a form: records that stand, that one may see, and not more than were asked for."""

import pytest

from openqi.app.reading.lists import MOST, choices
from openqi.kernel.errors import FormatError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.conformity import ResultReported
from stage import ITEM, Stage
from web_stage import context_of

KINDS = (ResultReported.KIND,)


def chosen(stage, reader=None, most=10):
    return choices(context_of(stage.store, reader=reader), KINDS, most)


def test_the_newest_come_first_and_a_withdrawn_one_is_not_offered():
    stage = Stage()
    first, second, third = (stage.result(value=value) for value in ("2000", "2001", "2002"))
    stage.ledger.perform(Withdraw(record=second.id, reason="wrong"), stage.laboratory)
    found = chosen(stage)
    assert [one.record for one in found.records] == [third.id, first.id]
    assert found.complete
    assert found.records[0].about.uri == ITEM
    assert found.records[0].issuer.uri == stage.laboratory.party


def test_nobody_is_offered_a_record_that_is_withheld_from_them():
    stage = Stage()
    hidden = stage.result(visible_to=(stage.assessor.party,))
    assert chosen(stage).records == ()
    assert [one.record for one in chosen(stage, stage.assessor.party).records] == [hidden.id]


def test_where_there_are_more_than_were_asked_for_it_is_said():
    stage = Stage()
    records = [stage.result(value=str(2000 + number)) for number in range(4)]
    found = chosen(stage, most=3)
    assert [one.record for one in found.records] == [one.id for one in reversed(records[1:])]
    assert not found.complete
    assert chosen(stage, most=4).complete


def test_no_more_are_offered_than_a_page_has():
    with pytest.raises(FormatError, match="ask for 1 to"):
        chosen(Stage(), most=MOST + 1)


def test_a_verdict_is_told_with_the_requirement_that_it_is_under():
    stage = Stage()
    requirement = stage.requirement()
    verdict = stage.verdict(stage.result(), requirement)
    (one,) = choices(context_of(stage.store), (verdict.kind,), 10).records
    assert one.under is not None
    assert one.under.uri == requirement.streams[0]
