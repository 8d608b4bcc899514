"""The example with its models as text: every value, U and verdict is that of the catalogue's models, through every reader."""

import re
import shutil
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from journeys.battery_by_hand import FOLDER
from measured_battery import measured_workspace
from openqi.app.corrections import read_correction
from openqi.app.dossiers import dossier, verified
from openqi.app.impact import impact
from openqi.app.reading.reader import Reader
from openqi.app.targets import opened
from openqi.app.tree import evidence_tree
from openqi.app.workspace.build import build, policy_path
from openqi.evidence.batch import parse_batch
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Pages
from openqi.records.conformity import ReadingsJudged
from openqi.records.judgements import MeasuredJudged
from unit.interfaces.cli_world import openqi

PASSPHRASE = "correct horse battery staple"
CORRECTED = "certificates/cycler-corrected.xml"
LOT, LOT_ITEM, SAMPLE = "https://maker.example/lot/2026-03-A", "https://maker.example/cell/A26-0", "https://maker.example/sample"


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("battery") / "workspace"
    shutil.copytree(FOLDER, folder)
    build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


@pytest.fixture(scope="module")
def new(tmp_path_factory) -> Path:
    folder = measured_workspace(tmp_path_factory.mktemp("measured") / "workspace")
    build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


def verdicts(folder: Path, kind: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Subject and unit of each record of a kind → its rows."""
    found = {}
    with opened(folder) as chain:
        for one in chain.store.scan():
            if one.record.kind == kind:
                batch = parse_batch(one.record.body["items"])
                key = (one.record.body["subject"], one.record.body["unit"])
                found[key] = [msgspec.json.decode(line) for line in chain.store.blob(batch.blob).splitlines()]
    return found


def test_text_models_give_the_same_values_uncertainties_and_verdicts_as_those_of_the_catalogue(old, new):
    before, after = verdicts(old, ReadingsJudged.KIND), verdicts(new, MeasuredJudged.KIND)
    assert verdicts(new, ReadingsJudged.KIND) == {}
    assert len(before) == 10
    assert {key: len(rows) for key, rows in before.items()} == {key: len(rows) for key, rows in after.items()}
    for key, rows in before.items():
        assert [{name: row[name] for name in row if name != "reference"} for row in after[key]] == rows


def test_every_reader_of_verdicts_reads_those_by_a_model(old, new):
    with Reader(old) as before, Reader(new) as after:
        for uri in (LOT, f"{SAMPLE}/B0006"):
            told, again = (
                sorted((one.unit, one.conforming, one.nonconforming, one.values, one.uncertainties) for one in found)
                for found in (_judged_of(before, uri), _judged_of(after, uri))
            )
            assert told == again != []
        lots = [reader.lot_page(LOT) for reader in (before, after)]
        assert [one.verdict for page in lots for one in page.decisions] == ["accepted", "accepted"]
        assert [(one.item, one.verdict) for one in lots[0].decisions[0].sample] == [
            (one.item, one.verdict) for one in lots[1].decisions[0].sample
        ]
        assert [one.acceptance for one in lots[0].judged] == [one.acceptance for one in lots[1].judged]
        items = [reader.item_page(f"{LOT_ITEM}0007") for reader in (before, after)]
        assert [one.row.value for one in items[0].verdicts] == [one.row.value for one in items[1].verdicts]
        assert [one.seen.state for one in lots[1].judged] == ["replayed"]
        assert before.overview().certificates[0].number == after.overview().certificates[0].number


def _judged_of(reader: Reader, uri: str) -> Any:
    return reader.lot_page(uri).judged if uri == LOT else [one.judged for one in reader.item_page(uri).verdicts]


def test_the_budget_of_an_item_adds_up_to_the_uncertainty_of_its_row(new):
    with Reader(new) as reader:
        (verdict,) = reader.item_page(f"{LOT_ITEM}0007").verdicts
        budget = verdict.budget
        assert budget.equations == ("q = reading * f_current * f_time",)
        assert {line.certificate for line in budget.lines} == {"", "CAL-2026-0117"}
        assert abs(sum(float(line.share) for line in budget.lines) - 100) < 0.2
        parts = sum(Fraction(line.contribution) ** 2 for line in budget.lines)
        assert abs(float(parts) ** 0.5 * 2 / float(verdict.row.expanded_uncertainty) - 1) < 0.06  # two digits each


def test_a_corrected_certificate_moves_the_same_items_as_with_the_models_of_the_catalogue(old, new):
    effects = []
    for folder in (old, new):
        with opened(folder) as chain:
            target = chain.find("certificates/cycler-2026").record
            effects.append(impact(chain.store, target, correction=read_correction(chain.store, target, folder / CORRECTED)))
    before, after = effects
    assert len(after.flips) == len(before.flips) == 115
    assert [(one.item, one.after.value, one.after.verdict) for one in before.flips] == [
        (one.item, one.after.value, one.after.verdict) for one in after.flips
    ]
    assert Counter(one.outcome for one in before.effects) == Counter(one.outcome for one in after.effects)
    assert (len(after.readings), after.judged, len(after.marks)) == (len(before.readings), before.judged, len(before.marks))


def test_the_way_back_from_a_mark_is_replayed_and_its_dossier_proves_elsewhere(new):
    mark = build(new, passphrase=lambda _: PASSPHRASE).marks[0]
    with opened(new) as chain:
        found = chain.find(mark)
        tree = evidence_tree(chain.checker, found.record, leaf=found.leaf, capacity="mark")
        content = dossier(chain.store, found.record, policy=policy_path(new).read_bytes(), leaf=found.leaf)
    decided = [node for node in tree.walk() if node.kind == MeasuredJudged.KIND]
    assert [node.state for node in decided] == ["replayed"] * 10
    report = verified(content, policy=policy_path(new).read_bytes())
    assert (report.proved, report.replayed) == ("passed", "passed")
    spoilt = content.replace(b'"value":"2.0047"', b'"value":"2.0147"', 1)
    assert spoilt != content
    assert verified(spoilt, policy=policy_path(new).read_bytes()).first_failure is not None


def test_the_command_line_and_the_pages_tell_of_the_model(new):
    told = openqi("explain", "judgements/B0006-capacity", "--in", new, "--lang", "en")
    assert told.status == 0, told
    assert "q = reading * f_current * f_time" in told.out
    assert "1/1 conforming" in told.out
    with opened(new) as chain:
        procedure = chain.store.logged(chain.find("procedures/capacity").record).record
    with Reader(new) as reader:
        pages, links = Pages(reader), ServerLinks(language="en", kept=False, here="/")
        page = pages.record(reader.record_page(procedure.id), links)
        assert procedure.body["modelDigest"] in page
        assert "factor, at the setting" in page
        page = pages.subject(reader.item_page(f"{LOT_ITEM}0007"), links)
        assert "Uncertainty budget" in page
        assert "certificate CAL-2026-0117" in page
        assert "U (k = 2)" in page
        assert "q = reading * f_current * f_time" in pages.subject(reader.lot_page(LOT), links)


def test_a_second_build_seals_nothing_and_a_lost_state_is_found_again(new, tmp_path):
    folder = tmp_path / "workspace"
    shutil.copytree(new, folder)
    assert build(folder, passphrase=lambda _: PASSPHRASE).sealed == ()
    (folder / ".openqi" / "state.json").unlink()
    assert build(folder, passphrase=lambda _: PASSPHRASE).sealed == ()


@pytest.fixture(scope="module")
def documented(tmp_path_factory) -> Path:
    """The example with the model that the docs show, and capacities judged by a rule with outcomes."""
    page = (FOLDER.parents[1] / "docs" / "workspace.md").read_text(encoding="utf-8")
    block = next(text for text in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "capacity-by-model" in text)
    shown = block[block.index("    model: |") :]
    folder = measured_workspace(tmp_path_factory.mktemp("documented") / "workspace", {"scaled/1": shown})
    path = folder / "openqi.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("rule: guarded-acceptance/1", 'rule: specific-risk/1\n        parameters: {target: "0.05"}')
    path.write_text(text, encoding="utf-8")
    build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


def test_what_the_docs_show_is_built_judged_with_outcomes_and_shown(documented):
    with opened(documented) as chain:
        judged = chain.store.logged(chain.find("judgements/lot-capacity").record).record
        rows = [msgspec.json.decode(line) for line in chain.store.blob(judged.body["items"]["rows"]["sha256"]).splitlines()]
    assert {row["coverageFactor"] for row in rows} == {"1.96"}  # no input has finite degrees of freedom
    counts = {one["outcome"]: one["count"] for one in judged.body["outcomes"]}
    assert counts == Counter(row["outcome"] for row in rows)
    assert sum(counts[name] for name in ("pass", "conditionalPass") if name in counts) == judged.body["conforming"]
    for row in rows:
        # the guard band of a specific risk of 5 %: 1.6449 u, u = U / 1.96; a float may round the last digit of the limit
        limit = 2.000 + 1.6449 * float(row["expandedUncertainty"]) / 1.96
        if abs(float(row["value"]) - limit) > 1e-6:
            assert (row["verdict"] == "conforming") == (float(row["value"]) > limit), row
    with Reader(documented) as reader:
        pages, links = Pages(reader), ServerLinks(language="en", kept=False, here="/")
        page = pages.subject(reader.item_page(f"{LOT_ITEM}0007"), links)
        assert "k = 1.96, p = 0.95" in page
        assert "stated by the procedure" in page
        assert "target = 0.05" in pages.subject(reader.lot_page(LOT), links)
