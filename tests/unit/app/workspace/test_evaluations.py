"""Model files of a workspace become sealed evaluations: built once, kept, decided anew, and refused with their lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import build, ledger_path
from openqi.app.workspace.start import start
from openqi.evidence import keyfile
from openqi.evidence.record import Record
from openqi.formats.model_file import read_model_file
from openqi.formats.stated_model import stated_model
from openqi.kernel.errors import FormatError
from openqi.pillars.metrology.inputs import quantities_of
from openqi.records.evaluations import UncertaintyEvaluated

SHAFT = """\
model: L = l + c
output: {name: L, unit: mm}
inputs:
  l: {unit: mm, data: ["10.02", "10.03", "10.02", "10.03"]}
  c: {value: "3e-3", unit: mm, expanded_uncertainty: "0.0120", coverage_factor: "2", id: "https://company.example.org/caliper#10"}
coverage: {factor: "2"}
"""
ENTRIES = """
evaluations:
  shaft:
    uri: https://company.example.org/evaluation/shaft
    name: {zh: 轴, en: Shaft}
    file: shaft.yaml
    evaluated_by: laboratory
    certificates: {c: {certificate: caliper-2026, quantity: diameter, indicated: "10.00", takes: correction}}
  difference:
    uri: https://company.example.org/evaluation/difference
    file: difference.yaml
    evaluated_by: laboratory
    results: {a: {evaluation: shaft, output: L}, b: {evaluation: shaft, output: L}}
"""
DIFFERENCE = """\
model: d = 3 * a - 2 * b
output: {name: d, unit: um}
inputs:
  a: {unit: mm}
  b: {unit: mm}
coverage: {factor: "2"}
"""


@pytest.fixture(scope="module", autouse=True)
def quick_keys() -> Iterator[None]:
    """Key files at a small cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "workspace"
    start(place)
    (place / "shaft.yaml").write_text(SHAFT)
    (place / "difference.yaml").write_text(DIFFERENCE)
    with (place / "openqi.yaml").open("a") as file:
        file.write(ENTRIES)
    return place


def evaluations(folder: Path) -> list[Record]:
    build(folder, passphrase=lambda _: "correct horse battery staple", withdraw=True)
    with ledger_folder(ledger_path(folder)).reading() as store:
        return [one.record for one in store.scan() if one.record.kind == UncertaintyEvaluated.KIND]


def test_a_model_file_becomes_evidence_that_is_built_once_and_anew_where_it_changes(folder: Path):
    shaft, difference = evaluations(folder)
    (found,) = shaft.body["measurands"]
    # The mean is 10.025, its u is 0.0058 / 2; of the certificate 0.006.
    assert (found["value"], found["standardUncertainty"], found["expandedUncertainty"]) == ("10.028", "0.0067", "0.013")
    assert shaft.command["arguments"]["inputs"][1]["value"] == "0.003"
    assert shaft.body["illustrative"] is True  # as the certificate is
    assert difference.body["results"] == [shaft.id]
    # 3 L - 2 L is L: what an input shares with itself is not counted twice.
    assert difference.body["measurands"][0]["standardUncertainty"] == "6.7"
    assert evaluations(folder) == [shaft, difference]
    (folder / "shaft.yaml").write_text(SHAFT.replace('"10.02", "10.03", "10.02"', '"10.02", "10.03", "10.00"'))
    assert [one.body["measurands"][0]["value"] for one in evaluations(folder)[2:]] == ["10.023", "10023"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("shaft.yaml", "3e-3", "4e-3", "openqi.yaml.* its correction is 0.003 mm, not 0.004"),
        ("shaft.yaml", ', id: "https://company.example.org/caliper#10"', "", "openqi.yaml.* has no identity"),
        ("shaft.yaml", "l + c", "l + c + x", "shaft.yaml:1: model: no unit for x"),
        ("shaft.yaml", '"10.03"]', '"ten"]', "shaft.yaml:4: "),
        ("shaft.yaml", "coverage:", "complex: [l]\ncoverage:", "complex"),
        ("openqi.yaml", "{c: {certificate: caliper", "{q: {certificate: caliper", "shaft.yaml: the model file has no input q"),
        ("openqi.yaml", "a: {evaluation: shaft", "a: {evaluation: shift", "did you mean 'shaft'"),
        ("difference.yaml", "a: {unit: mm}", "a: {unit: um}", "state the input in that"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_sealed(folder: Path, file: str, old: str, new: str, told: str):
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FormatError, match=told):
        evaluations(folder)


EVERY_WAY = """\
model: y = a + b + c + d + e + f + g + h + i
inputs:
  a: {value: "1.50e-1", standard_uncertainty: "+0.010", degrees_of_freedom: inf}
  b: {value: "-0.0", expanded_uncertainty: "1E+1", coverage_factor: "3", degrees_of_freedom: "7.5", certificate: JJG 99}
  c: {value: "2", half_width: "0.5", distribution: arcsine, id: urn:c}
  d: {value: "2", statement: {absolute: "0.02", relative: 0.1 %, combine: rss, coverage_factor: "2"}}
  e: {value: "2", statement: {table: [["0", "0.1"], ["100", "0.3"]], limits: yes}}
  f: {data: ["1", "2", "4"], series: s}
  g: {data: ["3", "5", "4"], series: s}
  h: {data: ["1", "2", "4", "3", "5", "4", "6", "7"], autocorrelated: yes}
  i: {distribution: {kind: discrete, values: ["1", "3"], probabilities: ["0.5", "0.5"]}}
correlations: [{between: [a, c], coefficient: "-0.5"}]
coverage: {probability: "0.99"}
monte_carlo: {trials: "2e3", seed: any}
"""


def test_what_evidence_states_of_a_model_file_is_what_is_evaluated_without_sealing():
    read, stated = read_model_file(EVERY_WAY.encode(), name="M"), stated_model(EVERY_WAY.encode(), name="M")
    known = quantities_of(stated.inputs, stated.correlations, {})
    assert known.inputs == dict(read.inputs)
    assert known.correlations == read.correlations
    assert (stated.coverage_probability, stated.trials, stated.seed) == ("0.99", 2000, "any")
    texts = {one.name: one for one in stated.inputs}
    assert (texts["a"].value, texts["b"].value, texts["b"].expanded_uncertainty) == ("0.150", "0.0", "10")
    assert texts["d"].specification.relative == "0.001"
