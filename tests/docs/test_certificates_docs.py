"""docs/metrology/certificates.md says what the program does: its examples are run, its tables are those of the catalogues."""

import doctest
import re
from pathlib import Path
from typing import get_args

from openqi.formats.dcc.links import LinkState
from openqi.formats.dcc.rules.rule import FOLDER, ContentRule
from openqi.formats.dcc.signature.report import State
from openqi.formats.dcc.structure.table import VERSIONS
from openqi.kernel.catalogue import load
from unit.interfaces.cli_world import openqi

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/metrology/certificates.md"
TEXT = PAGE.read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def test_the_examples_give_what_the_page_says():
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert (found.failed, found.attempted > 4) == (0, True)


def test_the_check_that_the_page_shows_prints_what_it_shows():
    (shown,) = re.findall(r"```console\n\$ openqi (.*?)\n(.*?)```", TEXT, re.DOTALL)
    *words, file = shown[0].split()
    found = openqi(*words, ROOT / file)
    assert (found.status, found.out) == (1, shown[1])


def test_the_content_of_the_page_is_written_read_and_checked(tmp_path: Path):
    (text,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "content.yaml").write_text(text, encoding="utf-8")
    written = openqi("dcc", "write", tmp_path / "content.yaml", "-o", tmp_path / "c.xml", "--json")
    assert (written.status, written.data["findings"]) == (0, [])
    assert [one["outcome"] for one in written.data["verdicts"]] == ["pass", "pass"]
    assert openqi("dcc", "check", tmp_path / "c.xml").status == 0
    again = openqi("dcc", "write", tmp_path / "content.yaml", "-o", tmp_path / "c.xml", "--json")
    assert (again.status, again.data["kind"]) == (2, "refused")
    chain = openqi("dcc", "chain", tmp_path / "c.xml", "--json")
    assert (chain.status, chain.data["links"][0]["state"]) == (1, "wrong-hash")  # 3f5a0d7c is no whole hash
    wrong = openqi("dcc", "write", tmp_path / "content.yaml", "-o", tmp_path / "d.xml", "--schema-version", "3.0.0")
    assert (wrong.status, (tmp_path / "d.xml").exists()) == (2, False)
    (tmp_path / "bad.yaml").write_text(text.replace("signers:", "signer:"), encoding="utf-8")
    assert "signer" in openqi("dcc", "write", tmp_path / "bad.yaml", "-o", tmp_path / "d.xml").err


def test_the_tables_name_every_rule_state_and_version():
    rules = {name: rule.clause for name, rule in load(FOLDER, ContentRule).items()}
    assert {row[0]: row[1] for row in table("Rules of content")} == rules
    assert {row[0] for row in table("Signatures")} == set(get_args(State))
    assert {row[0] for row in table("The chain by hash")} == set(get_args(LinkState))
    assert all(version in TEXT for version in VERSIONS)
