"""Recalls in a workspace: editions, reports and the end are brought in once, found again, and refused where they were changed."""

from pathlib import Path

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import build, ledger_path
from openqi.kernel.errors import FormatError, OpenQIError
from web_stage import PASSPHRASE, quick_keys

FILE = """
openqi: 1
name: {zh: 召回, en: Recalls}
illustrative: true
ledger: {origin: log.recalls.example/1, operator: platform}
base: https://mark.recalls.example
parties:
  platform: {uri: "https://platform.example", name: {en: Platform}}
  maker: {uri: "https://maker.example", name: {en: Maker}, roles: [manufacturer]}
  bureau: {uri: "https://bureau.example", name: {en: Bureau}, roles: [market-surveillance-authority]}
products:
  charger: {uri: "https://maker.example/product/charger", name: {en: Charger}, maker: maker}
recalls:
  chargers:
    uri: https://maker.example/recall/1
    number: R-1
    firm: maker
    published_by: maker
    name: {zh: 充电器召回, en: Recall of chargers}
    defect: {en: The insulation is too thin}
    consequence: {en: Electric shock}
    risk: serious
    remedies: [refund]
    what_to_do: {en: Stop using it}
    contact: {en: 400-123-4567}
    sold: {en: Fujian}
    begins: 2024-03-01
    lines:
      "1": {name: {en: Charger}, product: charger, models: [C-1], recalled: 1000}
  wider:
    uri: https://maker.example/recall/1
    number: R-1
    firm: maker
    published_by: bureau
    replaces: chargers
    name: {zh: 充电器召回, en: Recall of chargers}
    defect: {en: The insulation is too thin}
    consequence: {en: Electric shock}
    risk: serious
    remedies: [refund]
    what_to_do: {en: Stop using it}
    contact: {en: 400-123-4567}
    sold: {en: Fujian}
    begins: 2024-03-01
    lines:
      "1": {name: {en: Charger}, product: charger, models: [C-1, C-2], recalled: 1500}
recall_progress:
  april: {recall: wider, line: "1", at: "2024-04-01T00:00:00Z", returned: 400, told: 1500, reported_by: maker}
  july: {recall: wider, line: "1", at: "2024-07-01T00:00:00Z", returned: 900, repaired: 12, told: 1500, reported_by: maker}
ended_recalls:
  chargers: {recall: wider, at: "2024-08-01T00:00:00Z", summary: {en: done}, not_reached: {en: sold abroad}, ended_by: maker}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "openqi.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def built(folder: Path):
    with quick_keys():
        return build(folder, passphrase=lambda _: PASSPHRASE)


def bodies(folder: Path, kind: str):
    with ledger_folder(ledger_path(folder)).reading() as store:
        return [one.record.body for one in store.scan() if one.record.kind == f"surveillance.{kind}/1"]


def test_recalls_come_in_once_with_their_editions_reports_and_end(folder: Path):
    built(folder)
    first, second = bodies(folder, "recall-published")
    assert (first.get("edition"), second["edition"], second["orderedBy"]) == (None, 2, "https://bureau.example")
    assert [one["returned"] for one in bodies(folder, "recall-progress-reported")] == [400, 900]
    (ended,) = bodies(folder, "recall-ended")
    assert ended["share"] == "0.6080"
    built(folder)
    assert len(bodies(folder, "recall-published")) == 2
    (folder / ".openqi" / "state.json").unlink(missing_ok=True)
    built(folder)
    assert len(bodies(folder, "recall-progress-reported")) == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("returned: 900", "returned: 300", "counts-never-fall|was 400"),
        ("models: [C-1, C-2], recalled: 1500", "models: [C-2], recalled: 1500", "leaves out models"),
        ("product: charger, models: [C-1], ", "product: cable, models: [C-1], ", "cable"),
        ("replaces: chargers", "replaces: nothing", "nothing"),
        ("at: \"2024-07-01T00:00:00Z\"", "at: someday", "someday"),
        ("risk: serious", "risk: terrible", "terrible"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told_with_its_place(folder: Path, old: str, new: str, says: str):
    (folder / "openqi.yaml").write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(OpenQIError, match=says) as error:
        built(folder)
    assert "openqi.yaml:" in str(error.value)


def test_an_edition_that_was_published_is_not_changed(folder: Path):
    built(folder)
    (folder / "openqi.yaml").write_text(FILE.replace("contact: {en: 400-123-4567}", "contact: {en: 400-999}", 1), encoding="utf-8")
    with pytest.raises(FormatError, match="next edition"):
        built(folder)
