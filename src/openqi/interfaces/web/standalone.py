"""A tree of evidence as one file that needs nothing else: its style stands in it, and it links nowhere."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Final

from openqi.app.reading.reader import Reader
from openqi.interfaces.web.links import SiteLinks
from openqi.interfaces.web.pages import Pages

# What leads to other pages: the style sheet and icon of a site, its header with the switch of languages.
_ELSEWHERE: Final = re.compile(r'<link rel="(?:icon|alternate)"[^>]*>\n?|<header class="top">.*?</header>\n?', re.DOTALL)
_STYLE: Final = re.compile(r'<link rel="stylesheet"[^>]*>')


def tree_page(folder: Path, record_id: str, *, leaf: int | None, language: str) -> str:
    """Return the tree under a record as a whole HTML page.

    Args:
        folder: workspace that was built, or ledger folder.
        record_id: of the record.
        leaf: the item of a batch record that the tree is about.
        language: `zh` or `en`.

    Raises:
        NotFoundError: no such folder, record or leaf.
    """
    with Reader(folder) as reader:
        links = SiteLinks(language=language, here="tree.html", elsewhere="tree.html", known=frozenset())
        page = Pages(reader).tree(reader.tree(record_id, leaf), links, leaf=leaf)
    style = (files("openqi.interfaces.web") / "static" / "style.css").read_text(encoding="utf-8")
    return _STYLE.sub(lambda _: f"<style>\n{style}</style>", _ELSEWHERE.sub("", page), count=1)
