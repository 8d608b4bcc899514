"""Acts of draws at a station: who sees the outcome unless somebody chooses otherwise, and what a public one may name."""

import pytest

from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of, visible_to
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.draws.commitments import CommitDraw
from openqi.pillars.surveillance.draws.drawing import MakeDraw, ShowDraw
from openqi.records import Command
from openqi.records.draw_rows import RecusalRow
from openqi.records.draws import Sending
from openqi.records.duties import SeparationPublished
from surveillance_stage import DRAND, DRAW, KEY, NAMED, STRATA, Surveillance, changed, firm


def seen_by(stage: Surveillance, asked: Command, reach: str | None = None) -> tuple[str, ...] | None:
    act = act_of(asked.NAME)
    return visible_to(stage.ledger, act, asked, stage.bureau.party, audience_of(act, reach))


@pytest.fixture
def stage() -> Surveillance:
    return Surveillance()


@pytest.mark.parametrize(
    ("name", "audience"),
    [
        ("item-list-published", "public"), ("freeze-frame", "public"), ("freeze-officers", "public"),
        ("freeze-recusals", "parties"),
        ("commit-draw", "public"), ("cancel-draw", "public"), ("publish-randomness", "public"), ("make-draw", "public"),
        ("show-draw", "public"),
    ],
)  # fmt: skip
def test_what_all_must_see_is_public_and_recusals_are_not(name, audience):
    assert act_of(f"surveillance.{name}/1").audience == audience


def asked_draw(stage: Surveillance) -> CommitDraw:
    """A draw whose officers have recusals."""
    items = stage.item_list()
    officers = stage.officers(recusals=[RecusalRow(officer="E001", object=firm(1), reason="kin")])
    assert stage.recusals is not None
    return CommitDraw(
        draw=DRAW, name=NAMED, purpose="toys", frame=stage.frame().id, strata=STRATA, sources=(DRAND,), visits_from="2023-09-18",
        visits_until="2023-10-20", item_list=items.id, items=("toys",), officers=officers.id, recusals=stage.recusals.id,
        sending=Sending(),
    )  # fmt: skip


def test_a_public_commitment_names_sealed_recusals_and_nothing_else_that_is_sealed(stage):
    asked = asked_draw(stage)
    assert seen_by(stage, asked) is None
    hidden = stage.officers(visible_to=())
    with pytest.raises(RefusedError, match="rests-on-private"):
        seen_by(stage, changed(asked, officers=hidden.id))


def test_a_rule_about_who_commits_reads_no_recusals(stage):
    rule = SeparationPublished(
        origin=stage.store.origin, rule="https://operator.example/rule", name=NAMED, did=("surveillance.item-list-published/1",),
        does=("surveillance.commit-draw/1",), level="party", reason=NAMED, source=NAMED, valid_from="2023-01-01T00:00:00Z",
    )  # fmt: skip
    asked = asked_draw(stage)
    stage.ledger.state(rule, stage.operator)
    with pytest.raises(RefusedError, match="duties-separated"):
        stage.ledger.perform(asked, stage.bureau)
    other = stage.item_list(by=stage.stranger)
    (commitment,) = stage.ledger.perform(changed(asked, item_list=other.id), stage.bureau)
    assert asked.recusals not in (commitment.basis or {})["records"]


def test_a_hidden_draw_is_for_its_parties_where_they_are_chosen_and_is_shown_to_all(stage):
    commitment = stage.commit(stage.frame(), key=KEY, parties=())
    randomness = stage.beacon(commitment)
    asked = MakeDraw(committed=commitment.id, randomness=(randomness.id,), proof=stage.proof(commitment, randomness))
    assert seen_by(stage, asked, "parties") == ()
    (made,) = stage.ledger.perform(changed(asked, visible_to=()), stage.bureau)
    assert seen_by(stage, ShowDraw(made=made.id)) is None
