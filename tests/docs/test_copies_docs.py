"""The page on copied labels: what it shows holds."""

import re

from shared_data import ROOT

PAGE = (ROOT / "docs" / "marks" / "copies.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_holds():
    shown = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(shown) == 1
    for block in shown:
        exec(compile(block, "copies.md", "exec"), {})
