"""Bad input of every kind in a workspace: told with file and line, and nothing of it is sealed."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.app.workspace.start import unpack_example
from openqi.evidence import keyfile
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, RefusedError
from unit.app.workspace.mistakes import CASES, LOT, ON_THE_FIRST_BUILD, READINGS, YAML, put


def passphrase(_: Path) -> str:
    return "correct horse battery staple"


def built(folder: Path) -> Built:
    return build(folder, passphrase=passphrase)


@pytest.fixture(scope="module", autouse=True)
def quick_keys() -> Iterator[None]:
    """Key files at a small cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that was built; read it only."""
    folder = put(tmp_path_factory.mktemp("good") / "workspace")
    assert len(built(folder).marks) == 5
    return folder


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """A workspace of one's own that was never built."""
    return put(tmp_path / "unbuilt")


@pytest.fixture
def workspace(good: Path, tmp_path: Path) -> Path:
    """A workspace of one's own that was built."""
    return shutil.copytree(good, tmp_path / "built")


def head(folder: Path) -> tuple[int, str]:
    """Return size and root of a workspace's log."""
    with ledger_folder(ledger_path(folder)).reading() as store:
        point = parse_checkpoint(parse_note(store.checkpoint()))
        assert store.size() == point.size
        return point.size, point.root.hex()


def edit(folder: Path, file: str, old: str, new: str) -> str:
    """Change a text of a file once, and return the whole."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    (folder / file).write_text(changed, encoding="utf-8")
    return changed


def nothing_is_kept(folder: Path) -> bool:
    """Return whether neither ledger nor keys are left of a first build."""
    return not (folder / ".openqi").exists() or {one.name for one in (folder / ".openqi").iterdir()} <= {"lock"}


def check_told(error: OpenQIError, places: tuple[str, ...], words: str) -> None:
    told = [line for line in str(error).split("\n") if line.startswith(places)]
    assert told, f"none of {places} is in: {error}"
    assert any(words in line for line in told), error


@pytest.mark.parametrize("name", CASES)
def test_a_first_build_tells_where_it_is_wrong_and_keeps_nothing(name: str, unbuilt: Path):
    places = CASES[name].change(unbuilt)
    with pytest.raises(OpenQIError) as raised:
        built(unbuilt)
    assert nothing_is_kept(unbuilt)
    check_told(raised.value, places, CASES[name].words)


@pytest.mark.parametrize("name", [name for name in CASES if name not in ON_THE_FIRST_BUILD])
def test_a_later_build_tells_where_it_is_wrong_and_the_log_is_as_it_was(name: str, workspace: Path):
    before, text = head(workspace), (workspace / CASES[name].file).read_bytes()
    places = CASES[name].change(workspace)
    with pytest.raises(OpenQIError) as raised:
        built(workspace)
    assert head(workspace) == before
    check_told(raised.value, places, CASES[name].words)
    (workspace / CASES[name].file).write_bytes(text)
    again = built(workspace)
    assert (again.sealed, (again.size, again.root)) == ((), before)


def test_every_finding_is_told_in_a_line_of_its_own_and_once(unbuilt: Path):
    for file, old, new in ((READINGS, "20.04", "NaN"), (LOT, "S-05", "S-01"), (YAML, 'gtin: "0', 'gtin: "1')):
        edit(unbuilt, file, old, new)
    with pytest.raises(FormatError) as raised:
        built(unbuilt)
    # The marks rest on a certificate, this on verdicts and these on the readings that are not there: nothing to tell of them yet.
    assert [line.split(": ")[0] for line in str(raised.value).split("\n")] == ["lot/shafts.csv:6", "readings/shafts.csv:4"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("轴-03".encode("utf-16"), "is not UTF-8 or GB18030"), (b"\xff\xfe03", "is not UTF-8 or GB18030"), (b"S\x0003", "NUL")],
)
def test_a_table_in_no_known_encoding_is_told_with_its_line(content: bytes, words: str, workspace: Path):
    before, text = head(workspace), (workspace / READINGS).read_bytes()
    (workspace / READINGS).write_bytes(text.replace(b"S-03", content))
    with pytest.raises(FormatError, match=rf"^readings/shafts\.csv:4: .*{words}"):
        built(workspace)
    assert head(workspace) == before


def test_a_table_in_another_encoding_than_is_declared_is_told_with_its_line(workspace: Path):
    (workspace / READINGS).write_bytes((workspace / READINGS).read_bytes().replace(b"S-03", "轴03".encode("gb18030")))
    text = (
        (workspace / YAML)
        .read_text(encoding="utf-8")
        .replace("    value: diameter_mm", "    encoding: utf-8\n    value: diameter_mm")
    )
    (workspace / YAML).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=r"^readings/shafts\.csv:4: byte \d+ is not UTF-8"):
        built(workspace)


def test_a_workspace_in_another_encoding_than_utf_8_is_told_with_its_line(workspace: Path):
    (workspace / YAML).write_bytes((workspace / YAML).read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(FormatError, match=r"^openqi\.yaml:8: byte \d+ is not UTF-8"):
        built(workspace)


def test_a_link_that_leads_out_of_the_workspace_is_not_followed(workspace: Path, tmp_path: Path):
    (workspace / READINGS).rename(tmp_path / "elsewhere.csv")
    (workspace / READINGS).symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(FormatError, match=r"^openqi\.yaml:\d+: readings\.shafts\.file: .*lies outside of the workspace"):
        built(workspace)


def test_a_folder_without_a_workspace_is_told_how_to_make_one(tmp_path: Path):
    with pytest.raises(NotFoundError, match="openqi init"):
        built(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_wrong_passphrase_seals_nothing(workspace: Path):
    before = head(workspace)
    (workspace / READINGS).write_text(
        (workspace / READINGS).read_text(encoding="utf-8").replace("19.98", "19.97"), encoding="utf-8"
    )
    with pytest.raises(OpenQIError, match="the passphrase is wrong"):
        build(workspace, passphrase=lambda _: "wrong")
    assert head(workspace) == before


def test_a_wrong_passphrase_is_no_mistake_of_the_workspace(workspace: Path):
    (workspace / READINGS).write_text(
        (workspace / READINGS).read_text(encoding="utf-8").replace("19.98", "19.97"), encoding="utf-8"
    )
    with pytest.raises(RefusedError) as raised:
        build(workspace, passphrase=lambda _: "wrong")
    assert raised.value.rule == "wrong-passphrase"


# Files of the build itself, each with what a user may find instead of it.
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"format":"openqi-build/9"}', None])
def test_a_damaged_or_lost_state_loses_nothing(content: bytes | None, workspace: Path):
    before, state = head(workspace), workspace / ".openqi/state.json"
    kept = state.read_bytes()
    state.unlink() if content is None else state.write_bytes(content)
    again = built(workspace)
    assert (again.sealed, (again.size, again.root)) == ((), before)
    assert state.read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"item\n", b"item,mark\nS-01\n", None, b"\xff"])
def test_without_its_serials_no_mark_is_issued_again(content: bytes | None, workspace: Path):
    before, file = head(workspace), workspace / ".openqi/marks/shafts.csv"
    kept = file.read_bytes()
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(FormatError, match=r"^openqi\.yaml:\d+: marks\.shafts: .*shafts\.csv.*bring .* back from a copy"):
        built(workspace)
    assert head(workspace) == before
    file.write_bytes(kept)
    assert built(workspace).sealed == ()


def test_after_a_build_that_failed_the_next_good_one_seals_what_is_new(workspace: Path):
    before = head(workspace)
    edit(workspace, READINGS, "20.04", "NaN")
    with pytest.raises(FormatError):
        built(workspace)
    edit(workspace, READINGS, "NaN", "20.02")
    again = built(workspace)
    assert {"readings/shafts", "judgements/shafts", "marks/shafts"} <= {one.slot for one in again.sealed}
    assert again.size == before[0] + len(again.sealed)


def test_a_first_build_that_failed_leaves_room_for_a_good_one(unbuilt: Path):
    edit(unbuilt, READINGS, "20.04", "NaN")
    with pytest.raises(FormatError):
        built(unbuilt)
    edit(unbuilt, READINGS, "NaN", "20.04")
    assert len(built(unbuilt).marks) == 5


def with_dcc(folder: Path) -> Path:
    """Return a workspace with nothing but the digital certificate of the example."""
    unpack_example(folder)
    text = (folder / YAML).read_text(encoding="utf-8")
    (folder / YAML).write_text(text[: text.index("\nprocedures:")] + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "words"),
    [
        (YAML, "serial: C3-2041", "serial: C3-2042", "", "the instrument is C3-2042"),
        ("certificates/cycler.xml", "</dcc:administrativeData>", "", "</dcc:digitalCalibrationCertificate>", ""),
        (
            "certificates/cycler.xml",
            "<dcc:uniqueIdentifier>CAL-2026-0117</dcc:uniqueIdentifier>",
            "",
            "<dcc:coreData>",
            "uniqueIdentifier",
        ),
        (YAML, "      time: time\n", "      time: duration\n", "", "duration"),
        (YAML, "kind: calibration", "kind: verification", "    kind: verification", "a verification is transcribed"),
    ],
)
def test_a_digital_certificate_that_does_not_serve_is_told_with_file_and_line(
    file: str, old: str, new: str, at: str, words: str, tmp_path: Path
):
    folder = with_dcc(tmp_path / "workspace")
    changed = edit(folder, file, old, new)
    with pytest.raises(FormatError) as raised:
        built(folder)
    place = rf"{file}:{changed.count(chr(10), 0, changed.index(at)) + 1}: " if at else r"certificates/cycler\.xml:\d+: "
    assert re.match(place, str(raised.value)), raised.value
    assert words in str(raised.value)
    assert nothing_is_kept(folder)
