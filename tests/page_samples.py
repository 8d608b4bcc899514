"""For every page of the example station an address of it, with what stands in its path filled in; who else would see an error."""

import uuid
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import httpx

from demo_stand import ROLES, Stand
from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.sealing.papers import Draft
from openqi.app.acts.uploads import Upload
from openqi.app.people.visitor import Visitor
from openqi.app.reading.lists import Asked
from openqi.app.station.demo_control import PLAN
from openqi.app.station.demo_draws import AUTUMN, WINTER, code
from openqi.app.station.station import Station
from openqi.interfaces.web.bundle import bundle_address
from openqi.interfaces.web.links import SORTS
from openqi.interfaces.web.station.act_words import columns_of
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, CapabilityEvaluated, ChartEvaluated
from web_stage import CELL, CYCLER, LOT, PACK, PRODUCT, THERMOMETER

EVERYBODY: Final = (None, *ROLES)
RESULT, ASK = "conformity.result-reported/1", "governance.ask-task/1"
PIXEL: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)  # fmt: skip
"""A photo of one pixel."""
FILES: Final = frozenset({
    "/certificate/{record}.{ending}",
    "/attachment/{name}", "/chart/{what}/{number:int}.svg", "/checkpoint", "/export/{name}.{ending}", "/healthz",
    "/control-plan/points.{form}", "/mark/offline", "/report/{record}/photo",
    "/draw/{file}", "/draws/results.{form}", "/draws/results.schema.json",
    "/import/{act}/template.csv", "/records.{form}", "/static/acts.js", "/static/passkeys.js",
    "/static/pictures.js", "/static/vega-{version}.js", "/static/{name}",
    "/ticket/{name}/request.json", "/tile/{path:path}", "/account/data", "/keys/challenge.json",
})  # fmt: skip
"""Routes that answer with a file, not with a page."""
SEES_SIGNALS: Final = ("quality-engineer", "regulator", "operator")
"""Who issues marks, or watches the market."""
ELSEWHERE: Final = frozenset({"/openid/{provider}"})
"""Routes that only answer who comes back from a provider; `test_openid.py` looks at them."""


@dataclass(frozen=True)
class Sample:
    """An address of a route, and the roles whose people may open it; None is somebody who has not signed in."""

    route: str
    address: str
    seen_by: tuple[str | None, ...] = EVERYBODY


class Samples:
    """Makes whatever a page needs to exist.

    Args:
        stand: the station.
    """

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self.sessions: dict[str, str] = {}
        with stand.opened() as station:
            for role in ROLES:
                self.sessions[role] = station.people.sessions.open(stand.accounts[role])
            self.all = (*self._public(station), *self._signed_in(station), *self._own(station), *self._tasks(station))

    def _visitor(self, station: Station, role: str) -> Visitor:
        found = station.people.visitor(self.sessions[role])
        assert found is not None
        return found

    def _public(self, station: Station) -> Iterator[Sample]:
        overview = station.reader.overview()
        certificate, issued = overview.certificates[0].seen.id, overview.marks[0].seen.id
        for record in (certificate, issued, overview.certificates[0].requirements[0].record, overview.recent[-1].id):
            yield Sample("/record/{record}", f"/record/{record}")
        yield Sample("/", "/")
        yield Sample("/marks/scans", "/marks/scans")
        yield Sample("/01/{gtin}/21/{serial}", self._stand.mark)
        yield Sample("/mark", f"/mark?uri={quote('https://mark.storage-battery.example' + self._stand.mark, safe='')}")
        yield Sample("/tree/{record}", f"/tree/{issued}?leaf=0")
        yield Sample("/due", "/due")
        yield Sample("/log", "/log")
        yield Sample("/log/{page:int}", "/log/1")
        yield Sample("/product", f"/product?uri={PRODUCT}")
        yield Sample("/lot", f"/lot?uri={LOT}")
        for what, uris in (("instrument", (CYCLER, THERMOMETER)), ("item", (PACK, CELL))):
            yield from (Sample(f"/{what}", f"/{what}?uri={uri}") for uri in uris)
        for one in overview.instruments:
            if one.newest is not None:
                yield Sample("/certificate/{record}", f"/certificate/{one.newest.seen.id}")
        yield Sample("/draws", "/draws")
        yield from (Sample("/draw", f"/draw?uri={uri}") for uri in (AUTUMN, WINTER))
        yield Sample("/surveillance", "/surveillance")
        yield from (Sample("/surveillance/objects", f"/surveillance/objects{name}") for name in (f"?name={code(0)}", ""))
        yield from (Sample("/surveillance/{what}", f"/surveillance/{what}") for what in ("visits", "draws", "changes"))
        yield Sample("/control-plans", "/control-plans")
        yield Sample("/control-plan", f"/control-plan?uri={PLAN}")
        for kind in (ChartEvaluated, AlarmAssessed, CapabilityEvaluated, BaselineFrozen, ControlPlanPublished):
            newest = station.reader.listed(Asked(kind=kind.KIND, most=1)).entries[0]
            yield Sample("/record/{record}", f"/record/{newest.id}")
        yield Sample("/records", "/records?kind=conformity.readings-judged/1")
        yield from (Sample("/things/{what}", f"/things/{sort}") for sort in SORTS[:2])
        yield Sample("/search", "/search?q=%E7%94%B5")
        yield Sample("/search", "/search?q=nothing-has-this-name")
        yield Sample("/demo", "/demo")
        yield Sample("/picture/{what}/{number:int}", f"/picture/instrument/0?uri={CYCLER}")
        yield Sample("/sign-in", "/sign-in")
        yield Sample("/sign-in/code", "/sign-in/code")
        login = station.people.sessions.beginning("")[0][1]
        yield Sample("/recovery/{secret}", f"/recovery/{station.people.recovery.new_link(login)}")
        yield Sample("/invitation/{secret}", f"/invitation/{station.people.members.invite(CERTIFIER, manages=True, by='test')}")
        number, case = self._reported()
        yield Sample("/reported/{number}", f"/reported/{number}")
        yield Sample("/report/{record}", f"/report/{case}", ("operator",))
        yield Sample("/report/{record}/photo", f"/report/{case}/photo", ("operator",))
        yield from (Sample(path, path) for path in ("/reported", "/check"))
        yield Sample("/check", "/check?code=OOOOOOOOOOOOOOOOOOOO")
        files = {
            "/mark/offline": f"/mark/offline?uri={quote('https://mark.storage-battery.example' + self._stand.mark, safe='')}",
            "/certificate/{record}.{ending}": f"/certificate/{self._digital(station)}.xml",
            "/chart/{what}/{number:int}.svg": f"/chart/lot/0.svg?uri={LOT}",
            "/control-plan/points.{form}": f"/control-plan/points.csv?uri={PLAN}",
            "/draw/{file}": f"/draw/rows.jsonl?uri={AUTUMN}", "/draws/results.{form}": f"/draws/results.csv?draw={AUTUMN}",
            "/draws/results.schema.json": "/draws/results.schema.json",
            "/static/pictures.js": "/static/pictures.js",
            "/static/vega-{version}.js": bundle_address(), "/checkpoint": "/checkpoint", "/healthz": "/healthz",
            "/records.{form}": "/records.xlsx", "/static/acts.js": "/static/acts.js",
            "/static/passkeys.js": "/static/passkeys.js", "/static/{name}": "/static/style.css",
            "/tile/{path:path}": "/tile/entries/000.p/94",
        }  # fmt: skip
        path = next(one for one in sorted((station.ledger_path / "log" / "tile").rglob("*")) if one.is_file())
        files["/tile/{path:path}"] = f"/tile/{path.relative_to(station.ledger_path / 'log' / 'tile').as_posix()}"
        yield from (Sample(route, address) for route, address in files.items())

    def _digital(self, station: Station) -> str:
        """The record of a certificate whose document is a DCC."""
        page = station.reader.instrument_page(CYCLER)
        return next(one.seen.id for one in page.certificates if one.how == "calibration")

    def _reported(self) -> tuple[str, str]:
        """The number of a report with a photo, and the record of its case."""
        with httpx.Client(base_url=self._stand.address, headers={"sec-fetch-site": "same-origin"}) as client:
            page = client.get(self._stand.mark).text
            told = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("token", "mark")}
            fields = {**told, "matter": "defect", "text": "It does not charge."}
            answer = client.post("/report", data=fields, files={"photo": ("photo.png", PIXEL, "image/png")})
            where = answer.headers["location"]
            case = client.get(where).text.partition("/record/")[2][:64]
        return where.rpartition("/")[2], case

    def _signed_in(self, station: Station) -> Iterator[Sample]:
        for path in (
            "home",
            "inbox",
            "do",
            "drafts",
            "notices",
            "account",
            "organisation",
            "prove",
            "account/ways",
            "account/leave",
            "keys",
            "delegations",
        ):
            yield Sample(f"/{path}", f"/{path}")
        yield Sample("/inbox", "/inbox?view=closed")
        yield Sample("/marks/signals", "/marks/signals", SEES_SIGNALS)
        yield Sample("/talk", f"/talk?about={station.reader.overview().certificates[0].seen.id}")
        yield Sample("/talk", f"/talk?about={quote(LOT, safe='')}")
        yield Sample("/do/{act}", f"/do/{act_of(ASK).slug}")
        yield Sample("/import/{act}", f"/import/{act_of(RESULT).slug}")
        yield Sample("/account/data", "/account/data", ROLES)
        yield Sample("/keys/challenge.json", "/keys/challenge.json", ROLES)
        yield Sample("/import/{act}/template.csv", f"/import/{act_of(RESULT).slug}/template.csv")
        yield Sample("/export/{name}.{ending}", "/export/notices.xlsx", ROLES)

    def _own(self, station: Station) -> Iterator[Sample]:
        """What belongs to one account."""
        role, own = "laboratory", ("laboratory",)
        visitor, act = self._visitor(station, role), act_of(ASK)
        writing = station.writing
        draft = writing.drafts.save(visitor, Draft(act=RESULT, flat={"item": CELL, "value": "20"}, token=str(uuid.uuid4())))
        yield Sample("/do/{act}", f"/do/{act_of(RESULT).slug}?draft={draft.id}", own)
        told = {"party": "https://calibration.example", "subject": THERMOMETER, "asks": {"zh": "请校准", "en": "Calibrate it"}}
        arguments: dict[str, Any] = {**told, "due": "2026-12-18T16:00:00Z"}
        audience, token = audience_of(act, "parties", ()), str(uuid.uuid4())
        writing.writing.seal(act, arguments, replace(visitor, fresh=True), audience, token=token)
        yield Sample("/do/{act}/sealed/{token}", f"/do/{act.slug}/sealed/{token}", own)
        hat = visitor.hat
        assert hat is not None
        ticket = writing.tickets.prepare(act, arguments, replace(visitor, hat=replace(hat, kept=False)), audience)
        yield Sample("/ticket/{name}", f"/ticket/{ticket.id}", own)
        yield Sample("/ticket/{name}/request.json", f"/ticket/{ticket.id}/request.json", own)
        result = act_of(RESULT)
        table = b"item,quantity,value,unit\nhttps://maker.example/cell/9,discharge capacity,2.0,A.h\n"
        opened = writing.imports.open(
            visitor, result, Upload(name="results.csv", data=table), audience=audience_of(result, "parties", ()), zone="+08:00",
            columns=columns_of(result),
        )  # fmt: skip
        yield Sample("/import/{act}/{name}", f"/import/{result.slug}/{opened.id}", own)
        station.remarks.comment(visitor, LOT, "请看附件\nsee the attachment", shared=False)
        attachment = station.remarks.attach(visitor, LOT, "说明 note.txt", b"text", shared=False)
        yield Sample("/attachment/{name}", f"/attachment/{attachment}", own)

    def _tasks(self, station: Station) -> Iterator[Sample]:
        """A task of every state, opened by each of its two parties."""
        parties = {self._visitor(station, role).party: role for role in ROLES}
        for party in parties:
            for which in ("late", "waits", "paused", "closed"):
                for task in station.inbox.page(str(party), which, limit=1).tasks:
                    both = tuple(parties[one] for one in (task.party, task.asker) if one in parties)
                    yield Sample("/tasks/{task}", f"/tasks/{task.task}", both)


CERTIFIER: Final = "https://certifier.example"
