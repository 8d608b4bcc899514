"""Scans kept coarsely as requests bring them: the town by a proxy's word or the buyer's choice, the device by its cookie."""

from collections.abc import Iterable
from typing import NamedTuple

from openqi.app.scans.keeping import Keeping, cookies_in
from openqi.formats.digital_link import mark_hash


class Kept(NamedTuple):
    """Where scans are kept, and the header in which a proxy says where a visitor is; b"" where none does."""

    keeping: Keeping
    header: bytes = b""

    def note(self, uri: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep the scan of a mark that was issued here; the proxy's word on the place goes before the buyer's."""
        cookie = place = b""
        for name, value in headers:
            if name == b"cookie":
                cookie = value
            elif name == self.header:
                place = value
        device, chosen = cookies_in(cookie)
        self.keeping.note(mark_hash(uri), place or chosen, device)
