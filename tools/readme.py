"""Puts what the stories of `tools.demo` print into the pages that show them; ids and times are those of that run."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- demo -->\n```console\n", "```\n<!-- /demo -->"


PAGES = {"battery": ("README.md",), "battery-zh": ("README.zh.md",), "verdict": ("docs/first-verdict.md",)}


def shown(text: str) -> str:
    """Return the demonstration as a README shows it."""
    return text[text.index(START) + len(START) : text.index(END)]


def main() -> None:
    """Play the stories and write the pages."""
    for story, pages in PAGES.items():
        command = [sys.executable, "-m", "tools.demo", story]
        played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in pages:
            path = ROOT / name
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(START + shown(text) + END, START + played.rstrip() + "\n" + END), encoding="utf-8")


if __name__ == "__main__":
    main()
