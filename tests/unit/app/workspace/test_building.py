"""Building again, twice at once, interrupted, and after parties, keys and roles changed: what is kept and what is stated anew."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.files import new_key
from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.workspace import PRIVATE
from openqi.evidence import keyfile
from openqi.evidence.keys import KEY_GRANTED
from openqi.evidence.record import Record
from openqi.kernel.errors import ConflictError, FormatError, RefusedError
from unit.app.workspace.mistakes import READINGS, YAML, put

SECRET = "correct horse battery staple"
LABORATORY = "https://company.example.org/laboratory"


def built(folder: Path, **more) -> Built:
    return build(folder, passphrase=lambda _: SECRET, **more)


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
    built(folder)
    return folder


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """A workspace of one's own that was never built."""
    return put(tmp_path / "unbuilt")


@pytest.fixture
def workspace(good: Path, tmp_path: Path) -> Path:
    """A workspace of one's own that was built."""
    return shutil.copytree(good, tmp_path / "built")


def edit(folder: Path, old: str, new: str, file: str = YAML) -> None:
    """Change a text of a file wherever it stands."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def cut(folder: Path, start: str, end: str | None = None) -> None:
    """Take a part of the workspace's text out, up to its end unless told otherwise."""
    text = (folder / YAML).read_text(encoding="utf-8")
    at = text.index(start)
    (folder / YAML).write_text(text[:at] + ("\n" if end is None else text[text.index(end, at) :]), encoding="utf-8")


def log(folder: Path) -> list[Record]:
    """All records of a workspace's log."""
    with ledger_folder(ledger_path(folder)).reading() as store:
        return [one.record for one in store.scan()]


# One build at a time


def test_a_second_build_at_once_is_refused_and_no_serial_is_lost(unbuilt: Path):
    refusals: list[str] = []

    def meanwhile(_: str) -> None:
        with pytest.raises(ConflictError, match=r"another build of .* is running; wait for it") as refused:
            built(unbuilt)
        refusals.append(str(refused.value))

    first = built(unbuilt, progress=meanwhile)
    assert len(refusals) > 10
    assert len(set(first.marks)) == 5
    lines = (unbuilt / PRIVATE / "marks/shafts.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.rpartition(",")[2] for line in lines} == set(first.marks)
    again = built(unbuilt)
    assert (again.sealed, again.marks) == ((), first.marks)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("slot", ["parties/company", "judgements/shafts", "marks/shafts", "sealing"])
def test_a_first_build_that_is_interrupted_leaves_nothing_and_the_next_one_works(error, slot: str, unbuilt: Path):
    def interrupt(entry: str) -> None:
        if entry == slot:
            raise error

    with pytest.raises(error):
        built(unbuilt, progress=interrupt)
    assert {one.name for one in (unbuilt / PRIVATE).iterdir()} == {"lock"}
    assert len(built(unbuilt).marks) == 5


def test_a_later_build_that_is_interrupted_leaves_the_log_and_the_keys_as_they_were(workspace: Path):
    before, keys = log(workspace), (workspace / PRIVATE / "vault.key").read_bytes()
    edit(workspace, "20.04", "20.02", READINGS)

    def interrupt(entry: str) -> None:
        if entry == "sealing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(workspace, progress=interrupt)
    assert log(workspace) == before
    assert (workspace / PRIVATE / "vault.key").read_bytes() == keys
    assert "readings/shafts" in {one.slot for one in built(workspace).sealed}


def test_what_a_killed_first_build_left_is_cleared_away(unbuilt: Path):
    (unbuilt / PRIVATE / "ledger.new/half").mkdir(parents=True)
    (unbuilt / PRIVATE / "ledger.new/ledger.json").write_text("{}")
    assert len(built(unbuilt).marks) == 5
    assert not (unbuilt / PRIVATE / "ledger.new").exists()


def test_a_vault_without_a_ledger_is_used_and_not_replaced(unbuilt: Path):
    private = unbuilt / PRIVATE
    private.mkdir(mode=0o700)
    new_key(private / "vault.key", SECRET)
    kept = (private / "vault.key").read_bytes()
    assert len(built(unbuilt).marks) == 5
    assert (private / "vault.key").read_bytes() == kept


def test_a_first_build_that_fails_leaves_a_vault_that_was_there(unbuilt: Path):
    private = unbuilt / PRIVATE
    private.mkdir(mode=0o700)
    new_key(private / "vault.key", SECRET)
    edit(unbuilt, "20.04", "NaN", READINGS)
    with pytest.raises(FormatError):
        built(unbuilt)
    assert {one.name for one in private.iterdir()} == {"lock", "vault.key"}


# Parties, keys, roles


def renamed(folder: Path) -> None:
    """Let the laboratory have another URI."""
    edit(folder, f"uri: {LABORATORY}\n", f"uri: {LABORATORY}-2\n")


def test_a_party_under_another_uri_states_again_what_it_stated(workspace: Path):
    old = {record.kind for record in log(workspace) if record.issuer == LABORATORY}
    assert len(old) >= 4
    renamed(workspace)
    # Who is to withdraw what was stated under the old URI must still be declared.
    edit(workspace, "\nparties:\n", f"\nparties:\n  before: {{uri: {LABORATORY}, name: {{en: Before}}}}\n")
    edit(workspace, "uri: https://company.example.org/procedure/diameter\n", "uri: https://company.example.org/procedure/2\n")
    again = built(workspace, withdraw=True)
    assert {record.kind for record in log(workspace) if record.issuer == f"{LABORATORY}-2"} >= old
    assert len(again.marks) == 5
    assert built(workspace).sealed == ()


def test_a_party_under_another_uri_cannot_withdraw_what_was_stated_under_the_old_one(workspace: Path):
    before = log(workspace)
    renamed(workspace)
    says = rf"openqi\.yaml:\d+: instruments\.caliper: record .* was issued by {LABORATORY}, which the workspace no longer declares"
    with pytest.raises(FormatError, match=says):
        built(workspace)
    assert log(workspace) == before


def test_a_changed_key_file_replaces_the_key(workspace: Path):
    for number in (1, 2):
        new_key(workspace / f"own{number}.key", SECRET)
    edit(workspace, f"uri: {LABORATORY}\n", f"uri: {LABORATORY}\n    key: own1.key\n")
    granted = []
    for reading in ("20.02", "20.01"):
        edit(workspace, "20.04" if reading == "20.02" else "20.02", reading, READINGS)
        sealed = {one.record for one in built(workspace).sealed if one.kind == KEY_GRANTED}
        granted += [record for record in log(workspace) if record.id in sealed]
        shutil.copyfile(workspace / "own2.key", workspace / "own1.key")
    kids = [record.body["key"]["kid"] for record in granted]
    assert len(set(kids)) == 2
    first = next(record for record in log(workspace) if record.kind == KEY_GRANTED and record.body["party"] == LABORATORY)
    assert [record.body["replaces"] for record in granted] == [first.body["key"]["kid"], kids[0]]
    assert built(workspace).sealed == ()


def test_a_role_that_is_no_longer_declared_is_ended_and_can_be_granted_again(workspace: Path):
    roles = "roles: [standards-body, manufacturer, accreditation-body, mark-issuer, traceability-party]"
    edit(workspace, roles, roles.replace(", traceability-party", ""))
    cut(workspace, "events:", "marks:")
    (ended,) = built(workspace).sealed
    assert (ended.slot, ended.kind) == ("parties/company", "governance.role-ended/1")
    assert built(workspace).sealed == ()
    edit(workspace, roles.replace(", traceability-party", ""), roles)
    (granted,) = built(workspace).sealed
    assert (granted.slot, granted.kind) == ("parties/company#traceability-party", "governance.role-granted/1")
    records = {record.id: record for record in log(workspace)}
    assert records[granted.record].body["validFrom"] >= records[ended.record].body["endedAt"]
    assert built(workspace).sealed == ()


# Entries that changed, or went


def test_a_changed_reading_is_judged_anew_though_the_state_was_lost(workspace: Path):
    (workspace / PRIVATE / "state.json").unlink()
    edit(workspace, "20.04", "20.02", READINGS)
    again = built(workspace)
    assert {"readings/shafts", "judgements/shafts", "marks/shafts"} <= {one.slot for one in again.sealed}
    assert len(again.marks) == 5
    assert built(workspace).sealed == ()


def test_what_left_the_workspace_is_told_at_every_build_until_it_is_withdrawn(workspace: Path):
    cut(workspace, "events:", "marks:")
    for _ in range(2):
        again = built(workspace)
        assert (again.sealed, again.no_longer_declared) == ((), ("events/moved",))
    gone = built(workspace, withdraw=True)
    assert [(one.slot, one.kind) for one in gone.sealed] == [("events/moved", "governance.withdrawn/1")]
    last = built(workspace)
    assert (last.sealed, last.no_longer_declared) == ((), ())


def test_an_entry_that_went_and_cannot_be_withdrawn_is_told(workspace: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise RefusedError("key-valid", "the key of the issuer was revoked")

    monkeypatch.setattr(Builder, "_withdraw", refused)
    cut(workspace, "events:", "marks:")
    before = log(workspace)
    with pytest.raises(FormatError, match="the key of the issuer was revoked"):
        built(workspace, withdraw=True)
    assert log(workspace) == before


@pytest.mark.parametrize("withdraw", [False, True])
def test_an_entry_under_another_name_keeps_its_record(withdraw, workspace: Path):
    before = log(workspace)
    edit(workspace, "  three:\n", "  few:\n")
    edit(workspace, "plan: three", "plan: few")
    for _ in range(2):
        again = built(workspace, withdraw=withdraw)
        assert (again.sealed, again.no_longer_declared, len(again.marks)) == ((), (), 5)
    assert log(workspace) == before


def test_the_files_of_the_build_are_no_inputs(workspace: Path):
    (workspace / PRIVATE / "shafts.csv").write_bytes((workspace / READINGS).read_bytes())
    (workspace / "link.csv").symlink_to(workspace / PRIVATE / "shafts.csv")
    for name in (f"{PRIVATE}/shafts.csv", f"./readings/../{PRIVATE}/shafts.csv", "link.csv", f"{PRIVATE}/vault.key"):
        text = (workspace / YAML).read_text(encoding="utf-8")
        edit(workspace, f"file: {READINGS}", f"file: {name}")
        with pytest.raises(FormatError, match=r"^openqi\.yaml:\d+: .*is a file of the build itself"):
            built(workspace)
        (workspace / YAML).write_text(text, encoding="utf-8")
