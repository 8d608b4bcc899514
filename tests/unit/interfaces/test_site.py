"""The pages as files: complete in themselves, the same again where nothing has changed, and honest about what they cannot do."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import ledger_path
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.interfaces.web.site import Exported, export_site, tree_page
from openqi.pillars.governance.workflow import Withdraw
from unit.interfaces.test_words import NEVER
from web_stage import PASSPHRASE, copied, marks, operator, quick_keys, small_ledger, workspace


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Exported]]:
    target = tmp_path_factory.mktemp("site") / "deep" / "site"
    yield target, export_site(workspace(), target)


def html(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_every_link_of_every_page_leads_to_a_file_beside_it(site: tuple[Path, Exported]):
    folder, exported = site
    there = {path.resolve() for path in folder.rglob("*") if path.is_file()}
    assert len(there) == exported.files + 1  # and the list of what was written
    for page in html(folder):
        for address in set(re.findall(r'(?:href|src|action)="([^"]+)"', page.read_text(encoding="utf-8"))):
            parts = urlsplit(address)
            assert not parts.scheme, (page, address)
            assert not address.startswith("/"), (page, address)
            if parts.path:
                assert (page.parent / unquote(parts.path)).resolve() in there, (page, address)


def test_both_languages_have_the_same_pages_and_the_root_leads_to_both(site: tuple[Path, Exported]):
    folder, _ = site
    chinese, english = ({path.relative_to(folder / language) for path in html(folder / language)} for language in ("zh", "en"))
    assert chinese == english
    assert len(chinese) > 700
    root = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="zh/index.html"' in root
    assert 'href="en/index.html"' in root
    assert 'hreflang="en"' in root


def test_a_mark_has_its_page_where_its_code_leads_and_says_what_is_missing_there(site: tuple[Path, Exported]):
    folder, _ = site
    places = [urlsplit(mark).path.lstrip("/") for mark in marks(workspace()).values()]
    assert sorted(path.parent.relative_to(folder).as_posix() for path in folder.rglob("01/*/21/*/index.html")) == sorted(places)
    for place in places:
        text = (folder / place / "en.html").read_text(encoding="utf-8")
        assert "This mark was issued by Example quality association" in text
        assert "not at the SI" in text
        assert "<form" not in text
        assert "Scans" not in text
        assert "Not scanned" not in text
        assert "static copy" in text
        assert '<html lang="zh-CN">' in (folder / place / "index.html").read_text(encoding="utf-8")


def test_no_page_leads_to_a_mark_or_says_what_cannot_be_known(site: tuple[Path, Exported]):
    folder, _ = site
    serials = [mark.rpartition("/")[2] for mark in marks(workspace()).values()]
    for page in html(folder):
        text = page.read_text(encoding="utf-8")
        assert not NEVER.search(text), page
        if "21" not in page.parts:
            assert not any(serial in text for serial in serials), page


def test_the_folder_is_a_mirror_of_the_log(site: tuple[Path, Exported]):
    folder, _ = site
    policy = parse_policy((ledger_path(workspace()) / "policy.txt").read_bytes())

    def read(path: str) -> bytes:
        return (folder / path).read_bytes()

    with ledger_folder(ledger_path(workspace())).reading() as store:
        assert read("checkpoint") == store.read("checkpoint")
    assert not fsck(read, policy=policy).findings


def test_there_is_a_chart_for_every_picture_and_each_is_drawn(site: tuple[Path, Exported]):
    folder, _ = site
    charts = sorted(path.relative_to(folder).as_posix() for path in (folder / "chart").rglob("*.svg"))
    assert len(charts) == 6
    assert all((folder / path).read_bytes().startswith(b"<svg") for path in charts)


def test_an_export_of_what_has_not_changed_writes_nothing(tmp_path: Path):
    small_ledger(tmp_path / "ledger").store.close()
    first, again = (export_site(tmp_path / "ledger", tmp_path / "site") for _ in range(2))
    assert first.written == first.files > 0
    assert (again.files, again.bytes, again.written, again.removed) == (first.files, first.bytes, 0, 0)


def test_a_file_that_was_damaged_is_written_again_and_nothing_else_nor_anybody_elses_file(site: tuple[Path, Exported]):
    folder, first = site
    own = folder / "CNAME"
    own.write_text("pages.example\n")
    damaged = {folder / "zh" / "index.html", next(iter((folder / "chart").rglob("*.svg")))}
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path not in damaged}
    contents = {path: path.read_bytes() for path in damaged}
    for path in damaged:
        path.unlink() if path.suffix == ".svg" else path.write_text("damaged")
    again = export_site(workspace(), folder)
    assert (again.files, again.bytes, again.written, again.removed) == (first.files, first.bytes, 2, 0)
    assert {path: path.read_bytes() for path in damaged} == contents
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {path for path in folder.rglob("*") if path.is_file()} == before.keys() | damaged
    own.unlink()


def test_what_is_no_longer_there_is_removed_and_a_withdrawal_is_told(tmp_path: Path, site: tuple[Path, Exported]):
    folder, target = copied(tmp_path), tmp_path / "site"
    shutil.copytree(site[0], target)
    with Reader(folder) as reader:
        issued = reader.overview().marks[0].seen.id
    gone = next(iter(marks(folder).values()))
    serials = folder / ".openqi" / "marks" / "packs.csv"
    serials.write_text("\n".join(line for line in serials.read_text().splitlines() if gone not in line) + "\n")
    with quick_keys(), ledger_folder(ledger_path(folder)).writing(PASSPHRASE) as ledger:
        ledger.perform(Withdraw(record=issued, reason="printed twice"), operator(folder))
    done = export_site(folder, target)
    assert done.removed == 4  # two pages, and two partial tiles that the log has outgrown
    assert not (target / urlsplit(gone).path.lstrip("/") / "index.html").exists()
    other = next(iter(marks(folder).values()))
    text = (target / urlsplit(other).path.lstrip("/") / "en.html").read_text(encoding="utf-8")
    assert text.index("This mark was withdrawn") < text.index("printed twice")


def test_a_list_that_names_files_outside_of_the_folder_removes_nothing_there(tmp_path: Path):
    small_ledger(tmp_path / "ledger").store.close()
    target, outside = tmp_path / "site", tmp_path / "precious"
    outside.write_text("mine")
    target.mkdir()
    (target / "sub").mkdir()
    for told in ('{"files": ["../precious", "/etc/hostname", "sub"], "charts": {}}', "not a list", "[]", '{"files": 7}'):
        (target / ".openqi-site").write_text(told)
        assert export_site(tmp_path / "ledger", target).removed == 0
    assert outside.read_text() == "mine"
    assert (target / "sub").is_dir()


def test_a_ledger_without_a_workspace_is_exported_too(tmp_path: Path):
    stage = small_ledger(tmp_path / "ledger")
    hidden = stage.result(visible_to=(stage.assessor.party,))
    stage.store.close()
    told: list[str] = []
    export_site(tmp_path / "ledger", tmp_path / "site", told.append)
    assert told[-1] == "log"
    text = (tmp_path / "site" / "en" / "record" / f"{hidden.id}.html").read_text(encoding="utf-8")
    assert "its text is not public" in text
    assert hidden.issuer not in text


@pytest.mark.parametrize(("language", "title"), [("zh", "证据树"), ("en", "Tree of evidence")])
def test_a_tree_stands_alone_in_one_file(language: str, title: str):
    with Reader(workspace()) as reader:
        tree = reader.tree(reader.overview().marks[0].seen.id, 0)
        with_names = tree_page(tree, language=language, named=reader.named)
    text = tree_page(tree, language=language)
    for page in (text, with_names):
        assert page.lstrip().startswith("<!doctype html>")
        assert f"<h1>{title}</h1>" in page
        assert not re.findall(r'(?:href|src)="(?!#)', page)
        assert not NEVER.search(page)
        assert ("并未溯源至 SI" if language == "zh" else "not at the SI") in page
    assert ("电池充放电测试仪 3 号" if language == "zh" else "Battery cycler 3") in text
    assert ("示例认证机构" if language == "zh" else "Example certification body") in with_names
