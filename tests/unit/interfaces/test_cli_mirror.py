"""A mirror takes what continues it, refuses everything else, and never says more in its checkpoint than it holds."""

from pathlib import Path

import pytest

from openqi.app import source
from openqi.evidence.log.fsck import check_tiles
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.store.files import Folder
from unit.interfaces.cli_world import Answer, World, answer, openqi
from unit.interfaces.static_log import ORIGIN, POLICY, Site, entries, root, static_files


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk; what is synced in which order is seen in `test_a_write_that_fails_…`."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the static files of a mirror."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("lock", "policy.txt") and path.parent.name != "tmp"
    }


def mirrored(site: Site, folder: Path, *more: object) -> Answer:
    """Run the mirror."""
    return openqi("log", "mirror", site.address, folder, "--json", *more)


def findings(site: Site, folder: Path, *more: object) -> list[str]:
    """Run a mirror that must end in a finding and leave everything as it was."""
    before = files_of(folder) if folder.exists() else {}
    found = mirrored(site, folder, *more)
    assert found.status == 1, found
    assert files_of(folder) == before
    return list(found.data["findings"])


def sound(folder: Path) -> bool:
    """Return whether all tiles of a mirror are there and add up."""
    read = source.folder_source(folder).read
    return list(check_tiles(read, parse_checkpoint(parse_note(read("checkpoint"))))) == []


@pytest.mark.parametrize("sizes", [(0, 1), (1, 2, 3), (255, 256, 257), (300, 600, 1024)])
def test_a_mirror_grows_with_its_log_and_fetches_each_file_once(site: Site, tmp_path: Path, sizes: tuple[int, ...]):
    for size in sizes:
        site.files, site.asked = static_files(entries(size)), []
        done = mirrored(site, tmp_path / "m").data
        assert (done["size"], done["root"], done["findings"]) == (size, root(entries(size)), [])
        assert sound(tmp_path / "m")
        assert site.files.items() <= files_of(tmp_path / "m").items()
    again = mirrored(site, tmp_path / "m").data
    assert (again["files"], again["held"]["size"]) == (0, sizes[-1])


@pytest.mark.parametrize("sizes", [(0, 65_535, 65_536, 65_537), (65_530, 66_100)])
def test_a_mirror_grows_over_three_levels_of_tiles(tmp_path: Path, sizes: tuple[int, ...]):
    for size in sizes:
        files = static_files(entries(size))
        for path, data in files.items():
            place = tmp_path / "source" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        done = answer("log", "mirror", tmp_path / "source", tmp_path / "m")
        assert (done["size"], done["root"]) == (size, root(entries(size)))
        assert sound(tmp_path / "m")
        assert files.items() <= files_of(tmp_path / "m").items()


def test_only_what_is_new_is_fetched(site: Site, tmp_path: Path):
    site.files = static_files(entries(1024))
    mirrored(site, tmp_path / "m")
    site.files, site.asked = static_files(entries(1030)), []
    done = mirrored(site, tmp_path / "m").data
    assert done["files"] == 2
    assert {path for path in site.asked if path.startswith("tile/entries")} == {"tile/entries/004.p/6"}


def test_a_folder_is_mirrored_as_a_web_address_is(world: World, tmp_path: Path):
    for folder in ("ledger", "mirror"):
        answer("log", "mirror", world / folder, tmp_path / folder)
    assert files_of(tmp_path / "ledger") == files_of(tmp_path / "mirror")


def test_another_history_is_a_fork_and_both_roots_are_named(site: Site, tmp_path: Path):
    honest = entries(600)
    site.files = static_files(honest)
    mirrored(site, tmp_path / "m")
    for size, changed in ((600, 3), (700, 3), (700, 599), (1500, 0)):
        forked = entries(size, changed=changed)
        site.files = static_files(forked)
        (finding,) = findings(site, tmp_path / "m")
        assert finding.startswith("fork: ")
        assert {root(honest), root(forked[:600])} <= set(finding.replace(",", " ").replace(";", " ").split())


def test_an_older_source_is_a_finding_and_not_called_a_fork_unless_it_is_one(site: Site, tmp_path: Path):
    site.files = static_files(entries(600))
    mirrored(site, tmp_path / "m")
    site.files = static_files(entries(599))
    (finding,) = findings(site, tmp_path / "m")
    assert finding.startswith("size: the source went back")
    site.files = static_files(entries(599, changed=5))
    (finding,) = findings(site, tmp_path / "m")
    assert finding.startswith("fork: ")
    assert root(entries(599)) in finding


def test_another_log_in_the_place_of_this_one_is_refused(site: Site, tmp_path: Path):
    site.files = static_files(entries(3))
    mirrored(site, tmp_path / "m")
    site.files = static_files(entries(4), origin="other.example/log")
    (finding,) = findings(site, tmp_path / "m")
    assert finding.startswith("origin: ")


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/entries/002.p/88", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
@pytest.mark.parametrize("first", [0, 300])
def test_a_changed_bit_in_any_file_leaves_the_mirror_as_it_was(site: Site, tmp_path: Path, path: str, first: int):
    if first:
        site.files = static_files(entries(first))
        mirrored(site, tmp_path / "m")
    site.files = static_files(entries(600))
    data = bytearray(site.files[path])
    data[len(data) // 2] ^= 1
    site.files[path] = bytes(data)
    assert findings(site, tmp_path / "m")
    site.files = static_files(entries(600))
    assert mirrored(site, tmp_path / "m").status == 0
    assert sound(tmp_path / "m")


def test_a_checkpoint_that_the_policy_does_not_accept_is_a_finding_and_the_policy_is_kept(site: Site, tmp_path: Path):
    (tmp_path / "policy.txt").write_bytes(POLICY)
    site.files = static_files(entries(3))
    done = mirrored(site, tmp_path / "m", "--policy", tmp_path / "policy.txt").data
    assert done["policy_checked"]
    good = static_files(entries(4))
    forged = good["checkpoint"].replace(b"\n4\n", b"\n5\n")
    site.files = good | {"checkpoint": forged}
    (finding,) = findings(site, tmp_path / "m")
    assert finding.startswith("signature: ")
    site.files = good
    assert mirrored(site, tmp_path / "m").data["policy_checked"]


def test_a_source_that_grows_meanwhile_is_followed_from_its_full_tiles(site: Site, tmp_path: Path):
    """The checkpoint is of size 300, but its partial tiles are gone: the log has 600 entries by now."""
    site.files = {
        path: data for path, data in static_files(entries(600)).items() if ".p/" not in path or path.startswith("tile/1/")
    }
    site.files["checkpoint"] = static_files(entries(300))["checkpoint"]
    site.files |= {path: data for path, data in static_files(entries(300)).items() if path.startswith("tile/1/")}
    assert mirrored(site, tmp_path / "m").data["size"] == 300
    assert sound(tmp_path / "m")


def test_what_an_interrupted_run_fetched_is_used_by_the_next_one(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("openqi.app.mirror._GROUP", 2)
    site.files = static_files(entries(1500))
    broken = site.files.pop("tile/entries/003")
    found = mirrored(site, tmp_path / "m")
    assert (found.status, found.data["kind"]) == (2, "not-found")
    assert not (tmp_path / "m/checkpoint").exists()
    site.files["tile/entries/003"], site.asked = broken, []
    assert mirrored(site, tmp_path / "m").status == 0
    assert "tile/entries/000" not in site.asked
    assert sound(tmp_path / "m")


def test_what_a_bad_source_left_is_no_reason_to_blame_a_good_one(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("openqi.app.mirror._GROUP", 2)
    bad = static_files(entries(1500, changed=1))
    site.files = {path: data for path, data in bad.items() if path != "tile/entries/003"}
    assert mirrored(site, tmp_path / "m").status == 2
    site.files = static_files(entries(1500))
    assert mirrored(site, tmp_path / "m").status == 0
    assert sound(tmp_path / "m")


def test_a_mirror_that_was_damaged_on_its_own_disk_does_not_accuse_the_log(site: Site, tmp_path: Path):
    site.files = static_files(entries(300))
    mirrored(site, tmp_path / "m")
    tile = tmp_path / "m/tile/0/001.p/44"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    site.files = static_files(entries(301))
    found = mirrored(site, tmp_path / "m")
    assert (found.status, found.data["kind"]) == (2, "store")
    assert "fsck" in found.data["error"]


def test_a_write_that_fails_anywhere_leaves_a_mirror_that_holds_what_its_checkpoint_says(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every write of a run fails once: before it the old checkpoint stands, and the next run goes on from there."""
    put, sync, calls = Folder.put, Folder.sync, list[str]()

    def noted(self: Folder, path: str, content: bytes) -> None:
        calls.append(path)
        if len(calls) == failing:
            raise OSError(28, "No space left on device", path)
        put(self, path, content)

    monkeypatch.setattr(Folder, "put", noted)
    monkeypatch.setattr(Folder, "sync", lambda self: (calls.append("sync"), sync(self))[1])
    failing = 0  # read by `noted`
    site.files = static_files(entries(300))
    mirrored(site, tmp_path / "m")
    assert calls[-3:] == ["sync", "checkpoint", "sync"], "all that the checkpoint speaks of is durable before it speaks"
    site.files = static_files(entries(600))
    for failing in range(1, 9):  # noqa: B007
        calls.clear()
        found = mirrored(site, tmp_path / "m")
        if found.status == 0:
            break
        assert (found.status, found.data["kind"]) == (2, "system")
        assert sound(tmp_path / "m")
        assert answer("log", "head", tmp_path / "m")["size"] == 300
    assert found.data["size"] == 600
    assert sound(tmp_path / "m")


def test_more_than_was_allowed_is_refused_before_anything_is_fetched(site: Site, tmp_path: Path):
    site.files = static_files(entries(300))
    found = mirrored(site, tmp_path / "m", "--most", 299)
    assert (found.status, found.data["rule"]) == (2, "too-much")
    assert mirrored(site, tmp_path / "m", "--most", 300).status == 0


def test_the_origin_is_shown(site: Site, tmp_path: Path):
    site.files = static_files(entries(2))
    assert f"origin          {ORIGIN}" in openqi("log", "mirror", site.address, tmp_path / "m").out
