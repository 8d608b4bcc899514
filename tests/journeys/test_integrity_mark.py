"""The example of a pledge, day by day as its README walks it: due, kept, missed, contradicted, repaired; what a build refuses."""

import json
import re
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.reading.reader import Reader
from openqi.app.recalls.concerning import concerning_recalls
from openqi.app.workspace.build import Built, build
from openqi.evidence import keyfile
from openqi.kernel.errors import FormatError
from shared_data import ROOT
from unit.interfaces.cli_world import PASSPHRASE, Answer, openqi

FOLDER = ROOT / "examples" / "integrity-mark"
PROMISES = ["law", "system", "file", "processes", "tests", "traceability", "warranty", "recall", "compensation", "standard"]
TOLD = {
    "2024-03-15": {"due": PROMISES},
    "2024-04-12": {"kept": PROMISES},
    "2024-08-22": {"due": ["tests"]},
    "2024-08-26": {"missed": ["tests"]},
    "2024-09-02": {"contradicted": ["law", "tests"]},
    "2024-10-15": {"kept": PROMISES},
    "2024-10-28": {"contradicted": ["warranty", "compensation"]},
    "2024-11-04": {"contradicted": ["warranty", "recall", "compensation"]},
}
BOTTLE = "https://maker.example/product/bottle-500"
LOTS = ("2024-04", "2024-08", "2024-10")
STATUS = {"april": "listed", "august": "lost", "september": "stays-lost", "october": "repaired"}


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(keyfile._COST, "n", 16)


def first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").splitlines()[0]


def walked(folder: Path, page: str) -> list[tuple[str, Answer]]:
    """What the commands of a README answer, run in order beside a copy of the example."""
    (shell,) = re.findall(r"^```sh\n(.*?)^```", (FOLDER / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    first, *lines = (re.split(r"\s+# ", line)[0] for line in shell.splitlines())
    assert first == "cp -r examples/integrity-mark pledge && cd pledge"
    shutil.copytree(FOLDER, folder)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in lines:
            if line.startswith("openqi "):
                asked = shlex.split(re.sub(r"\$\(head -n 1 (\S+)\)", lambda one: first_line(folder / one[1]), line))[1:]
                found.append((line, openqi(*asked, *(["--json"] if asked[0] == "pledge" else []))))
            else:
                subprocess.run(["sh", "-c", line], cwd=folder, check=True, timeout=20)
    return found


def by_state(found: Answer) -> dict[str, list[str]]:
    (one,) = found.data["signatures"]
    told: dict[str, list[str]] = {}
    for state in one["states"]:
        told.setdefault(state["state"], []).append(state["promise"])
    return told


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, Answer]]]:
    """The example as the English README walks it to its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        folder = tmp_path_factory.mktemp("integrity") / "pledge"
        return folder, walked(folder, "README.md")


def test_each_day_stands_as_the_readme_says(example: tuple[Path, list[tuple[str, Answer]]]):
    _, answers = example
    assert [line for line, found in answers if found.status not in (0, 1)] == []
    days = {line.split()[-1]: found for line, found in answers if line.startswith("openqi pledge state")}
    assert set(days) == set(TOLD) - {"2024-08-22"}
    for day, found in days.items():
        states = by_state(found)
        assert {state: [one for one in states.get(state, ()) if one in names] for state, names in TOLD[day].items()} == TOLD[day]
        assert found.status == (1 if {"missed", "contradicted"} & set(states) else 0)


def test_asked_later_each_day_still_stands_as_it_did(example: tuple[Path, list[tuple[str, Answer]]]):
    folder, _ = example
    for day, expected in TOLD.items():
        states = by_state(openqi("pledge", "state", "parties/maker", "--in", folder, "--at", day, "--json"))
        assert {state: states[state] for state in expected} == expected, day
    (one,) = openqi("pledge", "state", "parties/maker", "--in", folder, "--at", "2024-08-26", "--json").data["signatures"]
    (tests,) = (state for state in one["states"] if state["promise"] == "tests")
    assert (tests["since"], tests["due"], tests["unshown"]) == ("2024-08-23", "2024-08-12", 1)


def test_the_status_follows_from_the_states(example: tuple[Path, list[tuple[str, Answer]]]):
    folder, _ = example
    for name, status in STATUS.items():
        shown = openqi("explain", f"benchmark_reviews/{name}", "--in", folder, "--json")
        assert shown.status == 0, shown
        record = (
            json.loads(shown.out)["tree"]["record"] if "tree" in json.loads(shown.out) else _id(folder, f"benchmark_reviews/{name}")
        )
        body = openqi("record", "show", folder / ".openqi" / "ledger", record, "--json").data["body"]
        assert body["status"] == status, name
        counted = Counter(state["state"] for state in body["states"])
        assert (body["missed"], body["contradicted"]) == (counted["missed"], counted["contradicted"])


def _id(folder: Path, entry: str) -> str:
    state = json.loads((folder / ".openqi" / "state.json").read_text(encoding="utf-8"))
    return str(state["made"][entry]["record"])


def test_both_readmes_walk_the_same_way():
    def commands(page: str) -> list[str]:
        text = (FOLDER / page).read_text(encoding="utf-8")
        (shell,) = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        return [re.split(r"\s+# ", line)[0] for line in shell.splitlines()]

    assert commands("README.md") == commands("README.zh.md")


def test_what_was_signed_or_handed_in_is_not_changed_by_a_later_build(example: tuple[Path, Any], tmp_path: Path):
    folder = shutil.copytree(example[0], tmp_path / "pledge")

    def again(old: str, new: str) -> Built:
        text = (folder / "openqi.yaml").read_text(encoding="utf-8")
        assert old in text
        (folder / "openqi.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        try:
            return build(folder, passphrase=lambda _: PASSPHRASE, at="2025-01-01T00:00:00Z")
        finally:
            (folder / "openqi.yaml").write_text(text, encoding="utf-8")

    handed = 'last_day: "2024-04-{}", documents: [documents/warranty'
    for old, new, says in (
        ("every: 90", "every: 91", "firms signed this edition"),
        ("valid_from: 2024-03-01\n    obligations", "valid_from: 2024-03-02\n    obligations", "firms signed this edition"),
        (handed.format(12), handed.format(11), "lastDay"),
        ("most_missed: 0", "most_missed: 5", "firms were reviewed by it"),
        ("number: 2024-0001", "number: 2024-0002", "number"),
        ("products: [bottle], signed_by", "products: [cup], signed_by", "cup"),
        ("evidence: [judgements/2024-04]", "evidence: [judgements]", "write it as judgements/NAME"),
    ):
        with pytest.raises(FormatError, match=re.escape(says)):
            again(old, new)
    document = folder / "documents" / "warranty.md"
    document.write_text(document.read_text(encoding="utf-8") + "changed\n", encoding="utf-8")
    with pytest.raises(FormatError, match="documents"):
        again("every: 90", "every: 90")


def test_the_recall_shows_in_the_pledge_the_register_and_the_marks_of_its_lots_alone(example: tuple[Path, Any]):
    folder, answers = example
    recall = _id(folder, "recalls/mouth")
    (one,) = openqi("pledge", "state", "parties/maker", "--in", folder, "--at", "2024-11-04", "--json").data["signatures"]
    assert [state["evidence"] for state in one["states"] if state["promise"] == "recall"] == [[recall]]
    told = dict(answers)
    assert "R-2024-1" in told["openqi recall list .openqi/ledger"].out
    assert "0.8250" in openqi("record", "show", folder / ".openqi" / "ledger", _id(folder, "ended_recalls/mouth"), "--json").out
    assert by_mark(folder, "october") == {("recalled", recall)}
    assert {state for state, _ in by_mark(folder, "august")} == {"revoked"}
    assert by_mark(folder, "april") == {("activated", None)}
    with ledger_folder(folder / ".openqi" / "ledger").reading() as store:
        of = {lot: concerning_recalls(store, product=BOTTLE, lot=f"https://maker.example/lot/{lot}") for lot in LOTS}
    assert {lot: [(one.concern, bool(one.ended)) for one in found] for lot, found in of.items()} == {
        "2024-04": [], "2024-08": [("concerned", True)], "2024-10": [("concerned", True)],
    }  # fmt: skip


def test_the_overview_counts_marks_under_a_licence_too(example: tuple[Path, Any]):
    with Reader(example[0]) as reader:
        assert reader.overview().marked == 60


def by_mark(folder: Path, issue: str) -> set[tuple[str, str | None]]:
    """State and what it is because of, of the marks of an issue, each once."""
    file = folder / ".openqi" / "marks" / f"{issue}.txt"
    rows = openqi("mark", "state", folder / ".openqi" / "ledger", "--marks", file, "--json").data["marks"]
    assert len(rows) == 20
    return {(one["state"]["state"], one["state"].get("because")) for one in rows}
