"""Where pages of recalls lie, beside those to which every page leads."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from openqi.interfaces.web.links import Links


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Leads from a page of recalls to others of their kind, in its language where that was chosen."""

    links: Links

    def _to(self, page: str, told: dict[str, str]) -> str:
        where = self.links.to(page)
        asked = urlencode([(name, text) for name, text in told.items() if text], quote_via=quote, safe=":/")
        return where + (f"{'&' if '?' in where else '?'}{asked}" if asked else "")

    def recalls(self, **asked: str) -> str:
        """Return the address of the register, with what is searched in it."""
        return self._to("recalls", asked)

    def foreign_recall(self, of: str, number: str) -> str:
        """Return the address of a recall of a public list."""
        return self._to("recall/foreign", {"list": of, "number": number})

    def recall_curve(self, uri: str) -> str:
        """Return the address of the curve of a recall, in the language of the page."""
        return f"/recall/curve.svg?{urlencode([('uri', uri), ('lang', self.links.language)], quote_via=quote, safe=':/')}"

    def recall_lines(self, form: str, asked: str, of: str) -> str:
        """Return the address of lines of recalls as `csv` or `json`."""
        return self._to(f"recalls/lines.{form}", {"q": asked, "list": of})
