"""What only a real process shows: exit statuses, signals, broken pipes, hidden prompts, and what the help loads."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unit.interfaces.cli_world import OPERATOR, PASSPHRASE, World

OPENQI = [sys.executable, "-c", "from openqi.interfaces.cli.main import main; main()"]
CHILD = {name: value for name, value in os.environ.items() if not name.startswith(("OPENQI_", "LC_", "LANG"))}


def process(*arguments: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own."""
    env = CHILD | {"PYTHONIOENCODING": "utf-8"} | environment
    return subprocess.run([*OPENQI, *map(str, arguments)], input=stdin, capture_output=True, env=env, timeout=60)


def test_help_loads_neither_a_database_nor_cryptography():
    heavy = ("sqlalchemy", "cryptography", "msgspec", "orjson", "nacl", "ssl")
    paths = ["", "log", "log new", "key new", "record state", "dossier", "verify"]
    probe = (
        "import sys; from openqi.interfaces.cli.main import openqi, run; "
        f"codes = [run(openqi, [*path.split(), '--help']) for path in {paths}]; "
        f"print(codes, [name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, env=CHILD)
    assert found.stderr == "[0, 0, 0, 0, 0, 0, 0] []\n"


def test_the_exit_status_is_0_for_good_1_for_a_finding_and_2_for_no_answer(world: World):
    assert process("verify", world / "item7.dossier").returncode == 0
    data = bytearray((world / "item7.dossier").read_bytes())
    data[len(data) // 2] ^= 4
    (world / "item7.dossier").write_bytes(data)
    assert process("verify", world / "item7.dossier").returncode == 1
    found = process("verify", world / "nothing", "--json")
    assert found.returncode == 2
    assert json.loads(found.stdout)["kind"] == "not-found"
    assert b"Traceback" not in found.stderr


def test_a_key_file_of_full_cost_is_made_and_opened(tmp_path: Path):
    new = ("log", "new", tmp_path / "ledger", "--origin", "a.example/b", "--operator", OPERATOR, "--name-zh", "运营方", "--json")
    found = process(*new, OPENQI_PASSPHRASE=PASSPHRASE)
    assert found.returncode == 0, found
    assert json.loads((tmp_path / "ledger/keys/log.key").read_bytes())["kdf"]["n"] == 2**17
    granted = {"kind": "governance.role-granted/1", "body": {"party": OPERATOR, "role": "a", "validFrom": "2026-01-01T00:00:00Z"}}
    state = (
        "record",
        "state",
        tmp_path / "ledger",
        "-",
        "--as",
        OPERATOR,
        "--key",
        tmp_path / "ledger/keys/operator.key",
        "--json",
    )
    stated = process(*state, stdin=json.dumps(granted).encode(), OPENQI_PASSPHRASE=PASSPHRASE)
    assert json.loads(stated.stdout)["index"] == 1, stated


def test_a_reader_that_leaves_is_no_fault(world: World):
    child = subprocess.Popen(
        [*OPENQI, "record", "show", str(world / "item7.dossier")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CHILD
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    complaints = child.stderr.read()
    child.stderr.close()
    assert (child.wait(60), complaints) == (141, b"")


@pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")
def test_an_interrupt_ends_with_130_and_one_line(world: World):
    from pty import openpty

    master, slave = openpty()
    arguments = [*OPENQI, "key", "new", str(world / "new.key"), "--json"]
    child = subprocess.Popen(arguments, stdin=slave, stdout=subprocess.PIPE, stderr=slave, env=CHILD, start_new_session=True)
    os.close(slave)
    assert b"Passphrase of" in _until(master, b": ")
    child.send_signal(signal.SIGINT)
    assert child.stdout is not None
    out = child.stdout.read()
    child.stdout.close()
    assert child.wait(60) == 130
    assert json.loads(out)["kind"] == "interrupted"
    assert not (world / "new.key").exists()
    os.close(master)


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_a_passphrase_is_asked_for_twice_and_never_shown(tmp_path: Path):
    from pty import openpty

    master, slave = openpty()
    arguments = [*OPENQI, "key", "new", str(tmp_path / "new.key")]
    child = subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave, env=CHILD, start_new_session=True)
    os.close(slave)
    seen = _until(master, b": ")
    os.write(master, PASSPHRASE.encode() + b"\n")
    seen += _until(master, b": ")
    os.write(master, PASSPHRASE.encode() + b"\n")
    seen += _until(master, b"public key")
    assert child.wait(60) == 0
    assert PASSPHRASE.encode() not in seen
    assert PASSPHRASE.encode() not in (tmp_path / "new.key").read_bytes()
    os.close(master)


@pytest.mark.skipif(os.name != "posix", reason="devices of POSIX")
def test_a_device_is_written_to_and_never_replaced(world: World, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
    assert process("record", "show", world / "verdict.jws", "-o", tmp_path / "pipe").returncode == 0
    assert reader.communicate(timeout=60)[0] == (world / "verdict.jws").read_bytes()
    assert (tmp_path / "pipe").is_fifo()


def _until(master: int, end: bytes) -> bytes:
    """Read a terminal until it shows something."""
    seen, deadline = b"", time.monotonic() + 60
    while end not in seen:
        assert time.monotonic() < deadline, seen
        seen += os.read(master, 1000)
    return seen
