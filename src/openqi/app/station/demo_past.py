"""What an example authority has done in the weeks before its station was founded: records that state instants of those weeks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from openqi.app.ledger import Ledger, Signer
from openqi.app.station.station import Station
from openqi.evidence.record import Record
from openqi.kernel.instant import format_instant
from openqi.records import Body, Command, Content, Items
from openqi.records.rows import committed, decoded, row_line
from openqi.science.draws.listing import MEDIA_TYPE


class Past:
    """Decides and states as the regulator, at an instant before the station was founded."""

    def __init__(self, station: Station, regulator: Signer) -> None:
        self._station, self._regulator, self._now = station, regulator, station.clock()

    def ago(self, **span: float) -> str:
        """The instant as evidence writes it."""
        return format_instant(self._now - timedelta(**span))

    def day(self, days: int) -> str:
        """The day so many days ago."""
        return (self._now - timedelta(days=days)).date().isoformat()

    def do(self, command: Command, **span: float) -> Record:
        """The record of what the regulator decides so long ago."""
        return self._ledger(**span).perform(command, self._regulator)[0]

    def state(self, body: Body, **span: float) -> Record:
        """The record of what the regulator states so long ago."""
        return self._ledger(**span).state(body, self._regulator)

    def _ledger(self, **span: float) -> Ledger:
        instant = self._now - timedelta(**span)
        return self._station.ledger.under(lambda: instant)

    def content(self, data: bytes) -> Content:
        """Keep a list, and name it."""
        return Content(media_type=MEDIA_TYPE, sha256=self._station.ledger.store.put_blob(data), size=len(data))

    def items(self, rows: Sequence[Any]) -> Items:
        """Keep rows, and name them."""
        items, lines = committed(map(row_line, rows))
        self._station.ledger.store.put_blob(lines)
        return items

    def rows(self, record: Record, row: type[Any]) -> list[Any]:
        """The rows of a record."""
        return decoded(self._station.ledger.store.blob(record.body["items"]["rows"]["sha256"]).splitlines(), row)
