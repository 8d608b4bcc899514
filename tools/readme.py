"""Puts what the stories of `tools.demo` print into the pages that show them; ids and times are those of that run."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "battery": ("README.md",), "battery-zh": ("README.zh.md",), "verdict": ("docs/first-verdict.md",),
    "draw": ("README.md",), "draw-zh": ("README.zh.md",),
}  # fmt: skip


def marks(story: str) -> tuple[str, str]:
    """Return what stands before and after a story on a page."""
    name = "draw" if story.startswith("draw") else "demo"
    return f"<!-- {name} -->\n```console\n", f"```\n<!-- /{name} -->"


def shown(text: str, story: str) -> str:
    """Return a story as a page shows it."""
    start, end = marks(story)
    return text[text.index(start) + len(start) : text.index(end)]


def main() -> None:
    """Play the stories and write the pages."""
    for story, pages in PAGES.items():
        command = [sys.executable, "-m", "tools.demo", story]
        played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in pages:
            path = ROOT / name
            text = path.read_text(encoding="utf-8")
            start, end = marks(story)
            path.write_text(text.replace(start + shown(text, story) + end, start + played.rstrip() + "\n" + end), encoding="utf-8")


if __name__ == "__main__":
    main()
