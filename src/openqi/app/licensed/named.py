"""A licence or an issue of marks as a user names it: by the record, by its URI, or a licence by its number."""

from openqi.evidence.record import Logged
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.conformity.licensing.register import LICENCES
from openqi.records.licences import MarkLicensed
from openqi.store.store import Store

_ID = 64


def licence_named(store: Store, text: str) -> Logged:
    """Return the licence of a record id, a URI or a number.

    Raises:
        NotFoundError: there is none.
        FormatError: two associations gave licences of that number; or the record is no licence.
    """
    if len(text) == _ID and all(sign in "0123456789abcdef" for sign in text):
        logged = store.logged(text)
        if logged.record.kind != MarkLicensed.KIND:
            raise FormatError(f"record {text} is a {logged.record.kind}, not a licence")
        return logged
    for column in ("licence", "number"):
        rows = store.page(LICENCES, where={"origin": store.origin, column: text}, limit=2).rows
        if len(rows) > 1:
            raise FormatError(f"{len(rows)} licences are called {text!r}; name the record or the URI of one")
        if rows:
            return store.logged(str(rows[0]["record"]))
    raise NotFoundError(f"no licence is called {text[:200]!r} here; name its record, its URI or its number")
