"""An issue of marks that is killed at any moment: all marks or none are issued, never without their file, and it can be ended."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from licence_folder import BASE, GTIN, ISSUER, PASSPHRASE, LicenceFolder, licence_folder
from openqi.app.files import unlocked
from openqi.app.folder import ledger_folder
from openqi.app.ledger import Signer
from openqi.app.licensed.issuing import issue_from
from openqi.evidence import keyfile
from openqi.evidence.log.fsck import fsck
from openqi.records.licences import LicensedMarksIssued, issues_subject

_ISSUE = """
import os, sys
from pathlib import Path
from openqi.evidence import keyfile
keyfile._COST["n"] = 16
from openqi.app.files import unlocked
from openqi.app.folder import ledger_folder
from openqi.app.ledger import Signer
from openqi.app.licensed.issuing import issue_from, new_marks, write_marks
ledger, key, file, party, passphrase, base, gtin = sys.argv[1:]
who = Signer(party=party, key=unlocked(Path(key), passphrase))
with ledger_folder(Path(ledger)).writing(passphrase) as opened:
    print("begun", flush=True)
    write_marks(Path(file), new_marks(30_000, base=base, gtin=gtin, chance=os.urandom))
    issue_from(opened, Path(file), licence="L-2026-001", signer=who)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LicenceFolder:
    monkeypatch.setitem(keyfile._COST, "n", 16)
    return licence_folder(tmp_path)


def issued(world: LicenceFolder) -> list[str]:
    """The roots of the issues that are in the log."""
    with ledger_folder(world.ledger).reading() as store:
        stream = store.stream(issues_subject(str(world.licence.body["licence"])))
        found = [one.record for one in stream if one.record.kind == LicensedMarksIssued.KIND]
        for record in found:
            assert store.blob(record.body["items"]["rows"]["sha256"])  # never a record without its rows
        return [record.body["items"]["root"] for record in found]


def test_an_issue_that_is_killed_is_whole_or_not_there_and_ends_from_its_file(world: LicenceFolder, tmp_path: Path):
    chance, before, left = random.Random(3), 0, {"no file": 0, "file alone": 0, "issued": 0}
    for turn in range(8):
        file = tmp_path / f"marks{turn}.txt"
        told = [world.ledger, world.key(ISSUER), file, ISSUER, PASSPHRASE, BASE, GTIN]
        process = subprocess.Popen([sys.executable, "-c", _ISSUE, *map(str, told)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.9) if turn else 0.0)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        roots = issued(world)
        assert len(roots) - before in (0, 1)
        assert file.exists() or len(roots) == before  # never issued without its file
        left["issued" if len(roots) > before else "file alone" if file.exists() else "no file"] += 1
        before = len(roots)
        if file.exists():
            assert len(file.read_bytes().splitlines()) == 30_000  # whole
            assert file.stat().st_mode & 0o777 == 0o600
            before = ended(world, file, before)
    assert left["issued"] < 8
    assert left["file alone"] + left["no file"] > 0


def ended(world: LicenceFolder, file: Path, before: int) -> int:
    """Issue from the file; what was issued already is not issued again."""
    key = unlocked(world.key(ISSUER), PASSPHRASE)
    with ledger_folder(world.ledger).writing(PASSPHRASE) as ledger:
        found = issue_from(ledger, file, licence="L-2026-001", signer=Signer(party=ISSUER, key=key))
    after = issued(world)
    assert len(after) == before + (0 if found.before else 1)
    assert found.record.body["items"]["root"] in after
    return len(after)


def test_a_folder_is_whole_after_a_kill(world: LicenceFolder, tmp_path: Path):
    told = [world.ledger, world.key(ISSUER), tmp_path / "m.txt", ISSUER, PASSPHRASE, BASE, GTIN]
    process = subprocess.Popen([sys.executable, "-c", _ISSUE, *map(str, told)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.4)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with ledger_folder(world.ledger).reading() as store:
        store.publish()
        assert fsck(store.read).findings == ()
