"""The story of the example: files become marks, a corrected certificate shows what it moves, and all of it agrees with the hand."""

import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from journeys import battery_by_hand as hand
from openqi.app.corrections import read_correction
from openqi.app.dossiers import verified
from openqi.app.examine import dossier_report
from openqi.app.impact import Impact, impact
from openqi.app.targets import opened
from openqi.app.tree import ends, evidence_tree
from openqi.app.workspace.build import Built, build, ledger_path, policy_path
from openqi.evidence.batch import parse_batch
from openqi.records.conformity import ReadingsJudged
from openqi.records.rows import VerdictRow, decoded
from openqi.store.store import Store

EXAMPLE = hand.FOLDER
PASSPHRASE = "correct horse battery staple"
CORRECTED = "certificates/cycler-corrected.xml"


def built(folder: Path, *, withdraw: bool = False) -> Built:
    return build(folder, passphrase=lambda _: PASSPHRASE, withdraw=withdraw)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("battery") / "workspace"
    shutil.copytree(EXAMPLE, folder)
    built(folder)
    return folder


@pytest.fixture(scope="module")
def effect(workspace) -> Impact:
    with opened(workspace) as chain:
        target = chain.find("certificates/cycler-2026").record
        return impact(chain.store, target, correction=read_correction(chain.store, target, workspace / CORRECTED))


def marks_of(workspace: Path) -> tuple[str, ...]:
    return built(workspace).marks


def rows(store: Store, record_id: str) -> list[VerdictRow]:
    batch = parse_batch(store.logged(record_id).record.body["items"])
    return decoded(store.blob(batch.blob).splitlines(), VerdictRow)


def judged_capacities(workspace: Path) -> dict[str, VerdictRow]:
    with opened(workspace) as chain:
        found = [chain.find(f"judgements/{name}-capacity").record for name in ("B0005", "B0006", "B0007", "lot")]
        return {row.item: row for name in found for row in rows(chain.store, name)}


def test_each_capacity_has_the_value_and_the_uncertainty_that_the_hand_finds(workspace):
    by_hand = hand.uncertainties(hand.BEFORE)
    for item, row in judged_capacities(workspace).items():
        assert row.expanded_uncertainty == by_hand[row.indicated], item
        assert Fraction(row.value) == hand.as_reported(hand.corrected(row.indicated, hand.BEFORE), row.expanded_uncertainty), item


def test_the_verdicts_on_the_cells_and_on_the_lot_are_those_of_the_hand(workspace):
    found = {item for item, row in judged_capacities(workspace).items() if row.verdict == "nonconforming"}
    assert found == hand.nonconforming(hand.BEFORE, hand.uncertainties(hand.BEFORE))
    assert hand.lot_accepted(hand.BEFORE, hand.uncertainties(hand.BEFORE))
    with opened(workspace) as chain:
        decided = chain.store.logged(chain.find("decisions/2026-03-A").record).record
        drawn = [json.loads(line)["item"] for line in chain.store.blob(decided.body["sample"]["rows"]["sha256"]).splitlines()]
    assert decided.body["verdict"] == "accepted"
    assert drawn == hand.sample_of_lot()


def test_the_correction_lowers_each_capacity_by_four_in_a_thousand(effect):
    by_hand = hand.uncertainties(hand.AFTER)
    assert len(effect.flips) == 115
    for flip in effect.flips:
        assert flip.after.expanded_uncertainty == by_hand[flip.after.indicated]
        exact = hand.corrected(flip.after.indicated, hand.AFTER)
        assert exact == Fraction(flip.after.indicated) * Fraction(996, 1000)
        assert Fraction(flip.after.value) == hand.as_reported(exact, flip.after.expanded_uncertainty)


def test_the_items_that_flip_are_those_of_the_hand(effect):
    by_hand = hand.flipped(hand.uncertainties(hand.BEFORE), hand.uncertainties(hand.AFTER))
    assert {flip.item for flip in effect.flips} == by_hand
    assert not hand.lot_accepted(hand.AFTER, hand.uncertainties(hand.AFTER))


def test_retention_rests_on_the_certificate_and_does_not_change(workspace, effect):
    with opened(workspace) as chain:
        names = {chain.find(f"judgements/{sample}-retention").record: sample for sample in hand.SAMPLES}
        for name, sample in names.items():
            (row,) = rows(chain.store, name)
            exact = hand.retention(sample, hand.BEFORE)
            assert exact == hand.retention(sample, hand.AFTER)
            assert abs(Fraction(row.value) - 100 * exact) <= Fraction(row.expanded_uncertainty)
            assert row.compared == str(round(100 * exact))
    outcomes = {one.record: one.outcome for one in effect.effects}
    assert [outcomes[name] for name in names] == ["same"] * 3


def test_what_does_not_rest_on_the_certificate_is_not_named(workspace, effect):
    with opened(workspace) as chain:
        temperatures = {chain.find(f"judgements/{sample}-temperature").record for sample in hand.SAMPLES}
    assert not temperatures & {one.record for one in effect.effects}
    assert len(effect.readings) == 7


def test_lot_certificate_and_marks_fall_with_the_correction(effect):
    outcomes = {one.kind: one.outcome for one in effect.effects}
    assert outcomes["conformity.lot-decided/1"] == "flips"
    assert outcomes["conformity.certificate-issued/1"] == "falls"
    assert outcomes["conformity.marks-issued/1"] == "falls"
    assert len(effect.marks) == 10


def test_the_packs_are_found_where_the_events_left_them(effect):
    assert effect.places() == {
        "https://sites.example/site/north": 58,
        "https://sites.example/site/south": 36,
        "https://sites.example/depot/spares": 17,
        "": 4,  # three cells that were left over, and the sample of the type test
    }
    spare = next(flip for flip in effect.flips if "https://integrator.example/pack/P-2026-008" in flip.within)
    assert spare.within[-1] == "https://integrator.example/pack/P-2026-008", "it was taken out of its container"


def test_impact_seals_nothing(workspace):
    with opened(workspace) as chain:
        before = chain.store.checkpoint()
        impact(chain.store, chain.find("certificates/cycler-2026").record)
        assert chain.store.checkpoint() == before


def test_a_withdrawn_certificate_leaves_no_verdict_that_rests_on_it(workspace):
    with opened(workspace) as chain:
        effect = impact(chain.store, chain.find("certificates/cycler-2026").record)
    assert {one.outcome for one in effect.effects} == {"falls"}
    assert len(effect.effects) == 7 + 3  # verdicts; lot, certificate and marks


def test_the_tree_of_a_mark_ends_in_illustrative_leaves_and_never_in_the_si(workspace):
    with opened(workspace) as chain:
        found = chain.find(marks_of(workspace)[0])
        tree = evidence_tree(chain.checker, found.record, leaf=found.leaf, capacity="mark")
    assert ends(tree) == ("illustrative",)
    assert "SI" not in {node.capacity for node in tree.walk()}
    assert {node.state for node in tree.walk()} == {"replayed", "signature checked", "illustrative"}
    decided = [node for node in tree.walk() if node.kind == ReadingsJudged.KIND]
    assert len(decided) == 10
    assert {node.state for node in decided} == {"replayed"}


def test_a_second_build_seals_nothing(workspace):
    again = built(workspace)
    assert (again.sealed, again.withdrawn, again.no_longer_declared) == ((), {}, ())


def test_a_lost_state_file_costs_nothing_but_time(workspace, tmp_path):
    folder = tmp_path / "workspace"
    shutil.copytree(workspace, folder)
    before = built(folder)
    (folder / ".openqi" / "state.json").unlink()
    after = built(folder)
    assert after.sealed == ()
    assert (after.size, after.root, after.records) == (before.size, before.root, before.records)


def test_no_serial_stands_in_the_log_or_in_a_blob(workspace):
    serials = [mark.rpartition("/")[2].encode() for mark in marks_of(workspace)]
    assert len({*serials}) == 10
    assert all(re.fullmatch(rb"[0-9A-Z]{20}", serial) for serial in serials)
    ledger = ledger_path(workspace)
    files = [path for path in ledger.rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        content = path.read_bytes()
        assert not [serial for serial in serials if serial in content], path


def test_the_dossier_of_a_mark_proves_and_replays_elsewhere_with_the_network_off(workspace, tmp_path):
    with opened(workspace) as chain:
        from openqi.app.dossiers import dossier

        found = chain.find(marks_of(workspace)[3])
        content = dossier(chain.store, found.record, policy=policy_path(workspace).read_bytes(), leaf=found.leaf)
    (tmp_path / "pack.openqi").write_bytes(content)
    (tmp_path / "policy.txt").write_bytes(policy_path(workspace).read_bytes())
    script = (
        "import sys\n"
        "def no_network(event, arguments):\n"
        "    if event.startswith('socket.'):\n"
        "        raise OSError(f'{event} is not allowed here')\n"
        "sys.addaudithook(no_network)\n"
        "from pathlib import Path\n"
        "from openqi.app.dossiers import verified\n"
        "report = verified(Path('pack.openqi').read_bytes(), policy=Path('policy.txt').read_bytes())\n"
        "print(report.proved, report.replayed, report.complete)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout == "passed passed not checked\n", run.stderr
    (tmp_path / "pack.openqi").write_bytes(content.replace(b'"value":"2.0047"', b'"value":"2.0147"', 1))
    assert verified((tmp_path / "pack.openqi").read_bytes(), policy=policy_path(workspace).read_bytes()).first_failure is not None


@pytest.fixture(scope="module")
def corrected(workspace, tmp_path_factory) -> tuple[Path, bytes]:
    """A copy of the workspace to which the correction was added, and the dossier of a mark from before."""
    from openqi.app.dossiers import dossier

    folder = tmp_path_factory.mktemp("corrected") / "workspace"
    shutil.copytree(workspace, folder)
    with opened(folder) as chain:
        found = chain.find(marks_of(workspace)[0])
        old = dossier(chain.store, found.record, policy=policy_path(folder).read_bytes(), leaf=found.leaf)
    text = (folder / "openqi.yaml").read_text(encoding="utf-8")
    entry = """  cycler-2026-R1:
    uri: https://calibration.example/certificate/CAL-2026-0117-R1
    kind: calibration
    file: certificates/cycler-corrected.xml
    instrument: cycler
    issued_by: calibration-laboratory
    replaces: cycler-2026
    quantities: {electric current: electric current, time: time}
"""
    text = text.replace("  thermometer-2026:\n", f"{entry}  thermometer-2026:\n", 1)
    (folder / "openqi.yaml").write_text(text, encoding="utf-8")
    return folder, old


def test_a_build_that_would_leave_a_certificate_without_grounds_says_so_and_seals_nothing(corrected):
    folder, _ = corrected
    with opened(folder) as chain:
        before = chain.store.checkpoint()
    from openqi.kernel.errors import FormatError

    with pytest.raises(FormatError, match=r"(?s)openqi\.yaml:\d+: certifications\.cell-2026: .*--withdraw"):
        built(folder)
    with opened(folder) as chain:
        assert chain.store.checkpoint() == before


def test_with_the_correction_sealed_certificate_and_marks_are_withdrawn_and_an_old_dossier_is_no_longer_complete(corrected):
    folder, old = corrected
    done, after = built(folder, withdraw=True), built(folder)
    assert set(done.withdrawn) == {"certifications/cell-2026", "marks/packs"}
    assert "B0005" in done.withdrawn["certifications/cell-2026"]
    assert done.marks == ()
    kinds = [one.kind for one in done.sealed]
    assert kinds.count("governance.withdrawn/1") == 4 + 3 + 1 + 2  # capacities, retentions, lot; certificate and marks
    assert (after.sealed, set(after.withdrawn)) == ((), set(done.withdrawn)), "what was withdrawn stays so, and is told again"
    report = dossier_report(old, policy=policy_path(folder).read_bytes(), folder=ledger_path(folder))
    assert (report.proved, report.replayed, report.complete) == ("passed", "passed", "failed")
    with opened(folder) as chain:
        verdict = chain.store.logged(chain.find("judgements/lot-capacity").record).record
        assert verdict.body["nonconforming"] == 114
        mark = chain.find(marks_of_copy(folder))
        tree = evidence_tree(chain.checker, mark.record, leaf=mark.leaf, capacity="mark")
    assert tree.state == "withdrawn"


def marks_of_copy(folder: Path) -> str:
    text = (folder / ".openqi" / "marks" / "packs.csv").read_text(encoding="utf-8")
    return text.splitlines()[1].partition(",")[2]
