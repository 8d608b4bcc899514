"""A draw from list to result: what the bureau seals, anybody proves, computes again and asks, offline, years later."""

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from openqi.app.dossiers import dossier
from openqi.app.folder import FOLDS
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items
from openqi.evidence.record import Record
from openqi.science.draws.commitment import commitment_of, committed, exclusion_bytes
from openqi.science.draws.drawing import answer as chance_of
from openqi.science.draws.drawing import drawn
from openqi.science.draws.listing import frame_of_listing
from openqi.science.draws.plan import Plan, StratumRule, plan_bytes
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed, source_bytes
from openqi.store.kinds.local import STOREKIND
from surveillance_stage import BEACON, DRAND, KEY, Surveillance
from unit.interfaces.cli_world import answer, openqi


@pytest.fixture(scope="module")
def drawn_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Surveillance, dict[str, Record]]]:
    """A ledger on disk with a public draw, a hidden one that was shown, and one that was cancelled; read it only."""
    folder = tmp_path_factory.mktemp("draw") / "ledger"
    stage = Surveillance(store=STOREKIND.open(folder, origin="log.example/draws", folds=FOLDS))
    frame, told = stage.frame(), stage.sent()
    public = stage.commit(frame, **told)
    hidden = stage.commit(frame, key=KEY, draw="https://bureau.example/draw/hidden")
    cancelled = stage.cancelled(stage.commit(frame, draw="https://bureau.example/draw/dropped"))
    values = [stage.beacon(one) for one in (public, hidden)]
    made = stage.made(public, values[0])
    sealed = stage.made(hidden, values[1], proof=stage.proof(hidden, values[1]), visible_to=(stage.station.party,))
    stage.clock.wait(days=60)
    shown = stage.shown(sealed)
    stage.store.publish()
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/draws","store":"local"}')
    (folder / "policy.txt").write_bytes(stage.policy)
    listed = {"items": stage.ledger.logged(told["item_list"]).record, "officers": stage.ledger.logged(told["officers"]).record}
    yield folder, stage, {
        "frame": frame, **listed, "committed": public, "cancelled": cancelled, "randomness": values[0], "made": made,
        "shown": shown,
    }  # fmt: skip
    stage.store.close()


KINDS = ("frame", "items", "officers", "committed", "cancelled", "randomness", "made", "shown")


@pytest.mark.parametrize("step", KINDS)
def test_each_step_is_proved_and_replayed_and_complete_from_its_file_alone(drawn_stage, tmp_path, step):
    folder, stage, records = drawn_stage
    record = records[step]
    (tmp_path / "step.openqi").write_bytes(dossier(stage.store, record.id, policy=stage.policy))
    (tmp_path / "policy.txt").write_bytes(stage.policy)
    found = answer("verify", tmp_path / "step.openqi", "--policy", tmp_path / "policy.txt")
    hidden = step == "shown"  # rests on what is sealed; whoever has its text sees it replayed
    assert found["proved"] == ("withheld" if hidden else "passed")
    if record.basis is not None and not hidden:
        assert found["replayed"] == "passed"
    whole = answer("verify", record.id, "--log", folder)
    assert whole["proved"] == ("withheld" if hidden else "passed")
    assert hidden or whole["complete"] == "passed"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("step", KINDS)
def test_each_step_is_explained_in_both_languages(drawn_stage, step, language):
    folder, _, records = drawn_stage
    shown = openqi("explain", records[step].id, "--in", folder, "--lang", language)
    assert shown.status == 0, shown
    assert records[step].id[:12] in shown.out
    assert "surveillance." not in shown.out


def test_who_was_drawn_follows_from_the_published_files_by_science_alone(drawn_stage):
    _, stage, records = drawn_stage
    said, frozen, blob = records["committed"].body, records["frame"].body, stage.store.blob
    frame = frame_of_listing(blob(frozen["document"]["sha256"]), blob(frozen["exclusions"]["sha256"]))
    assert committed(frame).root.hex() == frozen["root"]
    rules = [
        StratumRule(
            stratum=one["stratum"], design=one["design"], size=one.get("size"),
            ratio=None if "ratio" not in one else Fraction(one["ratio"]),
            floors=tuple((bound["riskClass"], Fraction(bound["chance"])) for bound in one.get("floors", ())),
            caps=tuple((bound["riskClass"], Fraction(bound["chance"])) for bound in one.get("caps", ())),
        )
        for one in said["strata"]
    ]  # fmt: skip
    plan, named = Plan(purpose=said["purpose"], rules=tuple(rules)), [NamedSource(source=DRAND.source, event=DRAND.event)]
    commitment = commitment_of(
        committed(frame).root, len(frame), plan_bytes(plan), sources=source_bytes(named), version=said["version"],
        exclusions=exclusion_bytes(frame.exclusions),
    )  # fmt: skip
    assert commitment.hex() == said["commitment"]
    value = sha256(bytes.fromhex(BEACON["Sig"])).digest()
    assert value.hex() == BEACON["Randomness"] == records["randomness"].body["value"]
    seed = mixed_seed(commitment, named, [PublicValue(source=DRAND.source, event=DRAND.event, value=value)])
    assert seed.hex() == records["made"].body["seed"]
    again, rows = drawn(frame, plan, seed), stage.rows(records["made"])
    assert [row.object for row in rows] == list(again.names())
    for row in rows:
        told = chance_of(again, row.object)
        assert (str(told.target), told.why, told.ticket, told.size, told.risk_class) == (
            row.target, row.why, row.ticket, row.size, row.risk_class,
        )  # fmt: skip
        assert told.drawn
        assert row.chance is None or float(row.chance) == float(told.chance.value)
        assert float(row.error or "0") == told.chance.error


def test_one_object_that_was_drawn_is_proved_by_itself(drawn_stage):
    _, stage, records = drawn_stage
    made = records["made"]
    batch = parse_batch(made.body["items"])
    found = items(made.id, batch, stage.store.blob(batch.blob), [3])[0]
    assert found.row == stage.store.blob(batch.blob).split(b"\n")[3]


def test_the_list_is_a_table_that_any_program_reads(drawn_stage):
    _, stage, records = drawn_stage
    document = stage.store.blob(records["frame"].body["document"]["sha256"]).decode()
    rows = list(csv.reader(io.StringIO(document), delimiter="\t"))
    assert len(rows) == records["frame"].body["objects"] == 39
    assert {len(row) for row in rows} == {4}
