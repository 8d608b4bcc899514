"""What the evidence calls a thing: the name under which a party, product, instrument, lot or document was registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openqi.app.registers import NAMES, SOMEBODY, What
from openqi.evidence.fold import Row
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A subject with what it is called and what it is; both are empty where nothing registers it. `record` names it so."""

    uri: str
    zh: str = ""
    en: str = ""
    what: What = ""
    record: str = ""

    @property
    def tail(self) -> str:
        """The last part of the URI: what a thing without a registered name is recognised by."""
        return self.uri.rstrip("/").rpartition("/")[2] or self.uri


def names_of(store: Store, uris: Sequence[str], reader: str | None) -> Mapping[str, Row]:
    """Return what the register of names says of some subjects, for `named`."""
    ends = ("", f" {SOMEBODY}") if reader is None else ("", f" {SOMEBODY}", f" {reader}")
    asked = dict.fromkeys(one for uri in uris for one in (uri, uri.partition("#")[0]))
    return store.rows(NAMES, [uri + end for uri in asked for end in ends])


def named(uri: str, reader: str | None, rows: Mapping[str, Row]) -> tuple[Named, bool]:
    """Return what a subject is called, and whether that depends on who asks; a part of one (`…#tasks`) is called as the whole is.

    Args:
        uri: the subject.
        reader: the party that asks, None for the public. A public name goes before one that only this party may see.
        rows: what the register says, by `names_of`.
    """
    whole, _, part = uri.partition("#")
    if part and uri not in rows and f"{uri} {SOMEBODY}" not in rows:
        found, private = named(whole, reader, rows)
        return Named(uri=uri, zh=found.zh, en=found.en), private
    if uri in rows:
        return _of_row(uri, rows[uri]), False
    if f"{uri} {SOMEBODY}" not in rows:
        return Named(uri=uri), False
    own = rows.get(f"{uri} {reader}")
    return Named(uri=uri) if own is None else _of_row(uri, own), True


def _of_row(uri: str, row: Row) -> Named:
    what: What = row["what"]  # type: ignore[assignment]  # the fold writes only these
    return Named(uri=uri, zh=str(row["zh"] or ""), en=str(row["en"] or ""), what=what, record=str(row["record"] or ""))
