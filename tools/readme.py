"""Puts what `make demo` prints into both READMEs, between the two markers; ids and times are those of that run."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- demo -->\n```console\n", "```\n<!-- /demo -->"


def shown(text: str) -> str:
    """Return the demonstration as a README shows it."""
    return text[text.index(START) + len(START) : text.index(END)]


def main() -> None:
    """Play the demonstration and write the READMEs."""
    played = subprocess.run([sys.executable, "-m", "tools.demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("README.md", "README.zh.md"):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(START + shown(text) + END, START + played.rstrip() + "\n" + END), encoding="utf-8")


if __name__ == "__main__":
    main()
