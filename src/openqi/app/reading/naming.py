"""What the evidence calls a thing: the name under which a party, product, instrument, lot or document was registered."""

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


def named(store: Store, uri: str, reader: str | None) -> tuple[Named, bool]:
    """Return what a subject is called, and whether that depends on who asks.

    Args:
        store: the log.
        uri: the subject.
        reader: the party that asks, None for the public. A public name goes before one that only this party may see.
    """
    row = store.row(NAMES, uri)
    if row is not None:
        return _of_row(uri, row), False
    if store.row(NAMES, f"{uri} {SOMEBODY}") is None:
        return Named(uri=uri), False
    own = None if reader is None else store.row(NAMES, f"{uri} {reader}")
    return Named(uri=uri) if own is None else _of_row(uri, own), True


def _of_row(uri: str, row: Row) -> Named:
    what: What = row["what"]  # type: ignore[assignment]  # the fold writes only these
    return Named(uri=uri, zh=str(row["zh"] or ""), en=str(row["en"] or ""), what=what, record=str(row["record"] or ""))
