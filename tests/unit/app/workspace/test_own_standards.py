"""Declared standards in a workspace: declared, held against results, found again by the next build; mistakes with their line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.app.workspace.start import start
from openqi.evidence import keyfile
from openqi.kernel.errors import FormatError
from openqi.records import body
from openqi.records.own_standards import OwnStandardDeclared, OwnStandardMeasured

ENTRIES = """\
products:
  shaft: {uri: https://company.example.org/product/shaft, name: {en: Shaft}, maker: company}
own_standards:
  shaft:
    uri: https://company.example.org/standard/Q-1
    number: Q/EX 1-2026
    name: {en: Shafts, zh: 轴}
    product: shaft
    declared_by: company
    valid_from: 2026-01-01
    valid_until: 2026-12-31
    indicators:
      "5.1":
        name: {en: diameter, zh: 直径}
        quantity: diameter
        unit: cm
        concerns: function
        method: caliper
        lower: "1.99"
        upper: "2.01"
        grade: h9
        recommended_standard: GB/T 1800.2
        recommended_clause: table 1
        recommended_unit: mm
        recommended_upper: "20.00"
        recommended_lower: "19.87"
        grades: {h9: {upper: "20.00", lower: "19.948"}, h11: {upper: "20.00", lower: "19.87"}}
own_standard_checks:
  shaft: {own_standard: shaft, checked_by: quality, also: [SUBJECT], since: 2026-01-01}
"""


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Key files at a small cost."""
    monkeypatch.setitem(keyfile._COST, "n", 16)
    yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workspace of `openqi init`, whose company declares a standard for the shafts that it has measured."""
    place = tmp_path / "workspace"
    start(place)
    text = (place / "openqi.yaml").read_text(encoding="utf-8")
    subject = text.partition("    subject: ")[2].partition("\n")[0].strip()
    (place / "openqi.yaml").write_text(text + ENTRIES.replace("SUBJECT", subject), encoding="utf-8")
    return place


def built(folder: Path) -> Built:
    return build(folder, passphrase=lambda _: "correct horse battery staple")


def test_a_standard_is_declared_and_held_against_results_and_the_next_build_seals_nothing(folder: Path):
    made = built(folder)
    with ledger_folder(ledger_path(folder)).reading() as store:
        declared = body(store.logged(made.records["own_standards/shaft"]).record, OwnStandardDeclared)
        measured = body(store.logged(made.records["own_standard_checks/shaft"]).record, OwnStandardMeasured)
    (compared,) = declared.compared
    # 19.9 mm to 20.1 mm: wider than the recommended 20.00 mm above, narrower below
    assert (compared.against, compared.reaches, compared.overstated) == ("crossing", None, True)
    assert declared.valid_until == "2027-01-01T00:00:00Z"
    (found,) = measured.measured
    assert found.meet + found.fail + found.undecided == 5
    assert (found.lowest or "").startswith("1.99") and (found.highest or "").startswith("2.0")
    assert built(folder).sealed == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    product: shaft\n", "    product: shafts\n", "did you mean 'shaft'"),
        ('        lower: "1.99"\n', '        lower: "2.02"\n', "the limits are out of order"),
        ("        grade: h9\n", "        grade: h6\n", "grade h6 is none of the recommended standard"),
        ("        recommended_standard: GB/T 1800.2\n", "", "name the recommended standard"),
        ("        concerns: function\n", "        concerns: beauty\n", "beauty"),
        ("declared_by: company", "declared_by: quality", "quality"),
        ("        unit: cm\n", "        unit: cubit\n", "cubit"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_nothing_is_sealed(folder: Path, old: str, new: str, told: str):
    file = folder / "openqi.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FormatError, match=r"openqi\.yaml:[0-9]+") as refused:
        built(folder)
    assert told in str(refused.value)
