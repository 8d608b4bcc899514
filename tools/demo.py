"""Plays stories with the command line, in a new folder: `python -m tools.demo [battery|battery-zh|draw|draw-zh|verdict] [FOLDER]`.

What they print stands in the READMEs, that of the last in docs/first-verdict.md; `tests/docs/test_readme.py` compares them.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "first-verdict"


class Player:
    """Runs commands in a folder as a person would, and shows them with what they answer."""

    def __init__(self, folder: Path, language: str = "C") -> None:
        self._folder = folder
        # A demonstration's passphrase; a real one is asked for, or read from a file.
        self._environment = os.environ | {
            "OPENQI_PASSPHRASE": "correct horse battery staple",
            "LANG": f"{language}.UTF-8",
            "LC_ALL": f"{language}.UTF-8",
            "PYTHONUTF8": "1",
        }

    def run(self, line: str, *, show: bool = True, status: int = 0) -> str:
        """Return what a command line prints, after checking its exit status."""
        if show:
            print(f"$ {line}")
        arguments = [str(Path(sys.executable).parent / "openqi"), *shlex.split(line)[1:]]
        done = subprocess.run(arguments, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != status:
            raise SystemExit(f"{line}: exit {done.returncode}, expected {status}\n{done.stdout}{done.stderr}")
        if show:
            print(done.stdout, end="")
            print(f"(exit {status})\n" if status else "")
        return done.stdout


TOLD = {
    "C": (
        "A folder of files becomes evidence, marks and pages; the folder is examples/storage-battery.",
        "From the mark on a pack back to the certificate of the instrument. It is illustrative, and is not drawn as the SI.",
        "One file proves and replays the mark anywhere, with no network.",
        "A corrected certificate arrives: the true current is 0.996 of the indicated one. What rests on it, and where is it now?",
    ),
    "zh_CN": (
        "一个文件夹变成证据、标识和页面；文件夹是 examples/storage-battery。",
        "由电池包上的标识回溯到仪器的证书。这份证书只是示例，不会画成 SI。",
        "一个文件即可在任何地方验真并复算，不需要网络。",
        "收到一份更正证书：真实电流是示值的 0.996。哪些结论以它为依据，物品现在在哪里？",
    ),
}


def play_battery(folder: Path, language: str = "C") -> None:
    """Tell the story of the example: files become a mark, the mark is walked back, a corrected certificate shows what it moves."""
    player, told = Player(folder, language), TOLD[language]
    print(f"{told[0]}\n")
    player.run("openqi demo battery --no-serve")
    built = json.loads(player.run("openqi build battery --json", show=False))
    mark = built["marks"][0]
    print(f"\n{told[1]}\n")
    player.run(f"openqi explain {mark} --in battery --depth 2")
    print()
    player.run("openqi explain judgements/lot-capacity --in battery")
    print(f"\n{told[2]}\n")
    player.run(f"openqi dossier {mark} -o pack.openqi --in battery")
    print()
    player.run("openqi verify pack.openqi --policy battery/.openqi/ledger/policy.txt --log battery")
    print(f"\n{told[3]}\n")
    correction = "battery/certificates/cycler-corrected.xml"
    player.run(f"openqi impact certificates/cycler-2026 --correction {correction} --in battery", status=1)


def play_draw(folder: Path, language: str = "C") -> None:
    """Tell a draw with files alone: committed to, made, made again by somebody else, asked by a firm."""
    player = Player(folder, language)
    market = EXAMPLE.parent / "spot-check"
    for path in (market / "lists" / "firms.csv", market / "days" / "drand-657413.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    columns = "--name 编号 --stratum 行业 --class 等级 --size-by 权重"
    rules = '--purpose "autumn 2023" --ratio 20% --floor A=5% --source "drand quicknet" 657413 -'
    player.run(f"openqi draw commit firms.csv -o autumn {columns} {rules} --at 2023-09-14T08:00:00Z")
    print()
    player.run("openqi draw run autumn --randomness drand-657413.json --at 2023-09-15T12:00:00Z")
    print()
    player.run("openqi draw verify autumn")
    print()
    player.run("openqi draw explain autumn EX-037")


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


STORIES: dict[str, Callable[[Path], None]] = {
    "battery": play_battery,
    "battery-zh": partial(play_battery, language="zh_CN"),
    "draw": play_draw,
    "draw-zh": partial(play_draw, language="zh_CN"),
    "verdict": play,
}


def main() -> None:
    """Play the named story in the folder that is named, or in a temporary one."""
    story = STORIES[sys.argv[1] if len(sys.argv) > 1 else "battery"]
    if len(sys.argv) > 2:
        Path(sys.argv[2]).mkdir(parents=True)
        story(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        story(Path(folder))


if __name__ == "__main__":
    main()
