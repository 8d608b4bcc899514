"""Plays the first verdict with the command line, in a folder that is new each time: `make demo`, or `python -m tools.demo FOLDER`.

What it prints is what the README shows; `tests/docs/test_readme.py` compares the two.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "first-verdict"


class Player:
    """Runs commands in a folder as a person would, and shows them with what they answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A demonstration's passphrase; a real one is asked for, or read from a file.
        self._environment = os.environ | {
            "OPENQI_PASSPHRASE": "correct horse battery staple",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, line: str, *, show: bool = True, status: int = 0) -> str:
        """Return what a command line prints, after checking its exit status."""
        if show:
            print(f"$ {line}")
        arguments = [str(Path(sys.executable).parent / "openqi"), *line.split()[1:]]
        done = subprocess.run(arguments, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != status:
            raise SystemExit(f"{line}: exit {done.returncode}, expected {status}\n{done.stdout}{done.stderr}")
        if show:
            print(done.stdout, end="")
            print(f"(exit {status})\n" if status else "")
        return done.stdout


def play(folder: Path) -> None:
    """Tell the story: a verdict is made, proved, replayed; the result is withdrawn; the verdict is no longer complete."""
    player = Player(folder)
    for path in EXAMPLE.glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    print("An operator founds a log; a laboratory, a standards body and an assessment body get keys and roles.\n")
    player.run("openqi log new ledger --origin example.org/log --operator https://example.org --name-en Operator")
    for name, role in (("lab", "laboratory"), ("standards", "standards"), ("assessment", "assessment")):
        player.run(f"openqi key new {name}.key", show=name == "lab")
        player.run(f"openqi key grant ledger --party https://{name}.example --key {name}.key", show=name == "lab")
        player.run(
            f"openqi record state ledger role-{role}.json --as https://example.org --key ledger/keys/operator.key",
            show=name == "lab",
        )
    print("The standards body publishes a requirement, the laboratory reports a result.\n")
    requirement = made(player.run("openqi record state ledger requirement.json --as https://standards.example --key standards.key"))
    result = made(player.run("openqi record state ledger result.json --as https://lab.example --key lab.key"))
    asked = {"name": "conformity.judge-result/1", "arguments": {"requirement": requirement, "result": result}}
    (folder / "judge.json").write_text(json.dumps(asked), encoding="utf-8")
    print("The assessment body asks for the verdict; judge.json names the command, the result and the requirement.\n")
    verdict = made(player.run("openqi record decide ledger judge.json --as https://assessment.example --key assessment.key"))
    print("One file proves and replays it anywhere, offline.\n")
    player.run(f"openqi dossier ledger {verdict} -o verdict.openqi")
    player.run("openqi verify verdict.openqi --policy ledger/policy.txt --log ledger")
    print("The laboratory finds that it used a wrong range and withdraws the result.\n")
    player.run(f"openqi record withdraw ledger {result} --reason range --as https://lab.example --key lab.key")
    player.run("openqi verify verdict.openqi --policy ledger/policy.txt --log ledger", status=1)


def made(answer: str) -> str:
    """Return the id of the record that a command says it made."""
    return str(re.findall(r"[0-9a-f]{64}", answer)[0])


def main() -> None:
    """Play in the folder that is named, or in a temporary one."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True)
        play(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder))


if __name__ == "__main__":
    main()
