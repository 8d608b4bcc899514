"""`openqi quality-file`, and what `openqi verify` says of what it wrote."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from openqi.interfaces.cli.main import openqi
from pledge_pages import pledge_folder

KEPT = "https://kept.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cli") / "ledger"
    pledge_folder(place)
    return place


def ran(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(openqi, [str(one) for one in arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_a_file_is_written_with_its_page_and_verified(folder, tmp_path):
    out, page = tmp_path / "kept.dossier", tmp_path / "kept.html"
    code, text = ran("quality-file", KEPT, "--in", folder, "--out", out, "--page", page, "--json")
    told = json.loads(text)
    assert (code, told["records"], told["withheld"], told["against"]) == (0, sum(told["pillars"].values()), 0, 1)
    assert told["size"] == out.stat().st_size
    html = page.read_text()
    assert "<script" not in html
    assert 'src="' not in html
    assert "宁波安邦电池有限公司" in html or "Example kept" in html
    code, text = ran("verify", out, "--policy", folder / "policy.txt", "--json")
    found = json.loads(text)
    assert (code, found["proved"], found["qualityFile"]["index"]) == (0, "passed", "passed")
    assert found["qualityFile"]["replayed"] + found["qualityFile"]["stated"] == told["records"]
    assert "质量档案的主体" in ran("verify", out, "--lang", "zh")[1]


def test_a_changed_file_is_a_finding(folder, tmp_path):
    out = tmp_path / "kept.dossier"
    ran("quality-file", KEPT, "--in", folder, "--out", out)
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert ran("verify", out)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "say"),
    [
        ((KEPT, "--out", "file.html"), "name the page with --page"),
        (("https://nobody.example", "--out", "file.dossier"), "nothing that may be seen here is about"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is(folder, tmp_path, arguments, say, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(openqi, ["quality-file", *arguments, "--in", str(folder)])
    assert result.exit_code == 2
    assert say in result.output + str(result.exception)
    assert list(tmp_path.iterdir()) == []
