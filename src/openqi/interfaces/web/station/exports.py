"""Lists of the station as files for a spreadsheet: the same for every list, in the reader's language, as the reader may see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from openqi.app.people.visitor import Visitor
from openqi.app.station.station import Station
from openqi.app.work.inbox import which_of
from openqi.formats.listing import csv_pieces, xlsx_pieces
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.station.act_words import act_label, refusal_text
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import phrase, term
from openqi.kernel.errors import NotFoundError

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STEP: Final = 100
MOST_ROWS: Final = 5_000
"""Rows of an inbox that is taken away as a file."""
_TASK: Final = tuple(
    f"work-column:{one}"
    for one in ("asks", "state", "outcome", "late", "due", "asked_at", "party", "asker", "act", "subject", "task")
)
Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list: the phrase that names it, the phrases of its columns, and what gives its rows."""

    title: str
    columns: tuple[str, ...]
    rows: Callable[[Station, Visit], Iterator[Row]]


def _found(station: Station, visit: Visit) -> Iterator[Row]:
    asked, before = visit.request.query_params, None
    while True:
        kind = asked.get("kind", "")[:200]
        page = station.search.find(visit.visitor, asked.get("q", "")[:200], kind=kind, before=before, limit=_STEP)
        for hit in page.hits:
            yield hit.at, term("kind", hit.kind, visit.language), hit.title, hit.text, hit.ref
        before = page.next
        if before is None:
            return


def _notices(station: Station, visit: Visit) -> Iterator[Row]:
    before = ""
    while True:
        page = station.notices.of(_visitor(visit), before=before, limit=_STEP)
        for one in page:
            topic = phrase(f"notice-{one.topic}", visit.language)
            yield one.at, topic, term("kind", one.kind, visit.language) if one.kind else "", one.about, one.ref
        if len(page) < _STEP:
            return
        before = f"{page[-1].at} {page[-1].id}"


def _inbox(station: Station, visit: Visit) -> Iterator[Row]:
    language, which = visit.language, which_of(visit.request.query_params.get("view", "waits"))
    for one in station.inbox.all(visit.hat_worn().party, which, most=MOST_ROWS):
        outcome = "" if one.outcome is None else term("value", one.outcome, language)
        asks = "" if one.asks is None else name_of(one.asks, language)
        late = phrase("work-late", language) if one.late else ""
        act = "" if one.act is None else act_label(one.act, language)
        state = term("state-of-task", one.state, language)
        yield asks, state, outcome, late, one.due, one.asked_at, one.party, one.asker, act, one.subject, one.task


def _drafts(station: Station, visit: Visit) -> Iterator[Row]:
    for one in station.writing.drafts.all(_visitor(visit)):
        yield one.changed_at, act_label(one.act, visit.language), one.told


def _members(station: Station, visit: Visit) -> Iterator[Row]:
    for one in station.people.members.of_party(_visitor(visit)):
        manages = phrase("people-manages", visit.language) if one.manages else ""
        yield one.name, one.login, manages, one.since, one.until or "", one.kid or ""


def _acts(station: Station, visit: Visit) -> Iterator[Row]:
    language = visit.language
    for one in station.writing.writing.offered(_visitor(visit)):
        why = "" if one.why is None else refusal_text(one.why, language)
        yield term("pillar", one.act.pillar, language), act_label(one.act.name, language), one.act.name, why


def _parties(station: Station, visit: Visit) -> Iterator[Row]:
    station.reader.refresh()
    for one in station.reader.parties():
        yield name_of(station.people.named(one.uri), visit.language), one.uri


LISTS: Final[dict[str, Listing]] = {
    "search": Listing(title="search", columns=("export-at", "kind", "export-title", "export-text", "export-ref"), rows=_found),
    "notices": Listing(title="notices", columns=("export-at", "export-what", "kind", "export-about", "export-ref"), rows=_notices),
    "inbox": Listing(title="work-inbox", columns=_TASK, rows=_inbox),
    "drafts": Listing(title="acts-drafts", columns=("acts-draft-changed", "acts-draft-act", "acts-draft-told"), rows=_drafts),
    "members": Listing(
        title="people-members",
        columns=("export-title", "people-login", "people-manages", "people-since", "people-until", "export-key"),
        rows=_members,
    ),
    "acts": Listing(title="acts-title", columns=("export-pillar", "acts-draft-act", "export-act", "acts-may-not"), rows=_acts),
    "organisations": Listing(title="export-organisations", columns=("export-title", "export-about"), rows=_parties),
}
"""Every list by the name of its file; a further list is one line here."""


class Exports:
    """Lists as files.

    Args:
        frame: makes visits.
        station: knows the lists.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station = frame, station

    async def file(self, visit: Visit) -> Response:
        """Return a list as CSV or XLSX, sent while it is read."""
        name, ending = visit.request.path_params["name"], visit.request.path_params["ending"]
        if name not in LISTS or ending not in ("csv", "xlsx"):
            raise NotFoundError("there is no such list; a list comes as .csv or .xlsx")
        visit.hat_worn()
        listing, language = LISTS[name], visit.language
        header = [phrase(one, language) for one in listing.columns]
        rows = listing.rows(self._station, visit)
        about = self._about(visit, listing)
        pieces = csv_pieces(header, rows) if ending == "csv" else _workbook(header, rows, listing, about, language)
        now = self._station.clock().strftime("%Y-%m-%d")
        file = f"{phrase(listing.title, language)} {now}.{ending}"
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file, safe='')}", "cache-control": "no-store"}
        media = "text/csv; charset=utf-8" if ending == "csv" else XLSX
        return StreamingResponse(iterate_in_threadpool(pieces), media_type=media, headers=headers)

    def _about(self, visit: Visit, listing: Listing) -> list[tuple[str, str]]:
        """What the list is: of which station, for whom, of when, with which filter."""
        language, asked = visit.language, visit.request.query_params
        kept = "; ".join(f"{name}={asked[name][:200]}" for name in ("q", "kind", "view") if asked.get(name))
        told = (
            ("export-title", phrase(listing.title, language)),
            ("export-station", name_of(self._station.settings.name, language)),
            ("station-hat", visit.party or ""),
            ("export-at", self._station.notices.now()),
            ("export-filter", kept),
        )
        return [(phrase(name, language), text) for name, text in told]


def _workbook(
    header: Sequence[str], rows: Iterator[Row], listing: Listing, about: Sequence[tuple[str, str]], language: str
) -> Iterator[bytes]:  # fmt: skip
    name, about_name = phrase(listing.title, language), phrase("export-sheet", language)
    return xlsx_pieces(header, rows, name=name, about=about, about_name=about_name)


def _visitor(visit: Visit) -> Visitor:
    visit.hat_worn()
    assert visit.visitor is not None  # who wears a hat has signed in
    return visit.visitor


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the route of all lists."""
    return [Route("/export/{name}.{ending}", frame.signed_in(Exports(frame, station).file), methods=["GET"])]
