"""A tree of evidence, or a certificate, as one HTML file that needs no server, no other file and no network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from openqi.app.reading.naming import Named
from openqi.app.tree import Node
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.paper.blocks import Paper
from openqi.records import Names


@dataclass(frozen=True, kw_only=True)
class _Alone:
    """As much of a log as a tree tells of it."""

    names: Callable[[str], Named]
    name: Names | None = None
    origin: str = ""
    bases: tuple[str, ...] = ()
    size: int = 0

    def named(self, uri: str) -> Named:
        """Return what a subject is called."""
        return self.names(uri)


def tree_page(tree: Node, *, language: str, named: Callable[[str], Named] | None = None) -> str:
    """Return a tree as one HTML file.

    Args:
        tree: what is shown.
        language: `zh` or `en`.
        named: what subjects are called; without it only what the tree itself tells.
    """
    pages = Pages(_Alone(names=named or _told_in(tree)))
    return pages.alone(tree, NoLinks(language=language), style=_style())


def paper_page(paper: Paper) -> str:
    """Return a document as one HTML file."""
    pages = Pages(_Alone(names=lambda uri: Named(uri=uri)))
    return pages.paper(paper, NoLinks(language=paper.language), style=_style())


def _style() -> str:
    return (files("openqi.interfaces.web") / "static" / "style.css").read_text(encoding="utf-8")


def _told_in(tree: Node) -> Callable[[str], Named]:
    found: dict[str, Named] = {}
    for node in tree.walk():
        name = node.told.get("name")
        if not isinstance(name, Mapping):
            continue
        for member in ("instrument", "lot", "product", "procedure", "requirement"):
            if isinstance(uri := node.told.get(member), str):
                found.setdefault(uri, Named(uri=uri, zh=str(name.get("zh", "")), en=str(name.get("en", ""))))
                break
    return lambda uri: found.get(uri, Named(uri=uri))
