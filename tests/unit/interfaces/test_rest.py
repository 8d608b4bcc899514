"""REST: every answer is as OpenAPI says, every error a problem, and what it hands out proves itself elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from asgi_client import Client
from openqi.app.dossiers import verified
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import ledger_path
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.proof import parse_proof, verify_proof
from openqi.evidence.record import parse_record
from openqi.interfaces.rest.app import rest_application
from openqi.interfaces.web.server import application
from web_stage import CYCLER, LOT, NOT_ISSUED, PACK, marks, small_ledger, workspace

# The description does not depend on what is described, and tests are collected before there is a workspace.
schema = schemathesis.openapi.from_dict(rest_application(cast(Reader, None)).openapi())


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client(application(workspace())) as opened:
        yield opened


@pytest.fixture(scope="module")
def issued(client: Client) -> dict[str, Any]:
    path = urlsplit(marks(workspace())[PACK]).path.split("/")
    found: dict[str, Any] = client.get(f"/api/marks/{path[2]}/{path[4]}").json()
    return found


@schema.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_whatever_is_asked_is_answered_as_the_description_says(case: Case, client: Client):
    asked = case.as_transport_kwargs(base_url="http://server.example")
    answer = client.request(asked["method"], asked["url"], params=asked.get("params"), headers=dict(asked.get("headers") or {}))
    assert answer.status_code < 500
    case.validate_response(answer)


def test_the_description_is_served_and_its_page_is_not(client: Client):
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == {
        "/api/overview", "/api/log", "/api/records", "/api/things/{what}", "/api/lots", "/api/instruments",
        "/api/items", "/api/marks/{gtin}/{serial}", "/api/control-plans", "/api/control-plan",
        "/api/draws", "/api/draw", "/api/draw/chance", "/api/surveillance", "/api/pledges", "/api/pledges/firm",
        *(f"/api/records/{{record}}{rest}" for rest in ("", "/tree", "/proof", "/dossier")),
    }  # fmt: skip
    assert "HTTPValidationError" not in str(described)
    for path in ("/docs", "/redoc", "/api/docs", "/api/redoc"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/records/{'0' * 64}", 404),
        ("/api/records/x", 422),
        (f"/api/records/{'0' * 64}/tree?leaf=-1", 422),
        ("/api/log?page=0", 422),
        ("/api/log?page=9", 404),
        ("/api/nothing", 404),
        ("/api", 404),
        ("/api/marks/09521234543210/X", 404),
        (f"/api{urlsplit(NOT_ISSUED).path.replace('/01/', '/marks/').replace('/21/', '/')}", 404),
        ("/api/items?limit=501", 422),
    ],
)
def test_an_error_is_a_problem_that_says_what_is_wrong(client: Client, path: str, status: int):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"]


def test_what_can_only_be_read_cannot_be_written(client: Client):
    answer = client.post("/api/lots", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_mark_is_told_with_its_steps_and_asking_here_is_no_scan(client: Client, issued: dict[str, Any]):
    assert (issued["standing"], issued["ends"], issued["item"]["uri"]) == ("issued", ["illustrative"], PACK)
    assert {step["capacity"]: step["state"] for step in issued["steps"]}["lot decision"] == "replayed"
    path = urlsplit(issued["mark"]).path.split("/")
    assert client.get(f"/api/marks/{path[2]}/{path[4]}").json()["scans"] == issued["scans"]


def test_a_record_comes_with_the_bytes_that_were_signed(client: Client, issued: dict[str, Any]):
    told = client.get(f"/api/records/{issued['record']}").json()
    record = parse_record(told["jws"].encode())
    assert (record.id, record.kind) == (issued["record"], told["record"]["kind"])
    assert told["body"] == record.body
    assert told["command"]["name"] == "conformity.issue-marks/1"


def test_a_proof_convinces_whoever_has_the_policy(client: Client, issued: dict[str, Any]):
    told = client.get(f"/api/records/{issued['record']}/proof").json()
    policy = parse_policy((ledger_path(workspace()) / "policy.txt").read_bytes())
    jws = client.get(f"/api/records/{issued['record']}").json()["jws"].encode()
    assert verify_proof(parse_proof(told["proof"].encode()), jws, policy).checkpoint.size == told["size"]
    assert told["state"] == "passed"


def test_a_dossier_proves_and_replays_elsewhere(client: Client, issued: dict[str, Any]):
    answer = client.get(f"/api/records/{issued['record']}/dossier?leaf={issued['leaf']}")
    assert answer.headers["content-type"] == "application/zip"
    report = verified(answer.content, policy=(ledger_path(workspace()) / "policy.txt").read_bytes())
    assert (report.proved, report.replayed) == ("passed", "passed")
    assert parse_dossier(answer.content).target == issued["record"]


def test_a_tree_is_the_one_that_the_pages_show(client: Client, issued: dict[str, Any]):
    root = client.get(f"/api/records/{issued['record']}/tree?leaf=0").json()
    assert (root["state"], root["told"]["item"]) == ("replayed", PACK)
    waiting, states = [root], set()
    while waiting:
        node = waiting.pop()
        states.add(node["state"])
        waiting += node["children"]
    assert states == {"replayed", "signature checked", "illustrative"}


def test_lots_instruments_and_items_are_listed(client: Client):
    (lot,) = client.get("/api/lots").json()["lots"]
    assert (lot["lot"]["uri"], lot["verdict"], lot["decision"]["state"], lot["simulated"]) == (LOT, "accepted", "replayed", True)
    cycler = next(one for one in client.get("/api/instruments").json()["instruments"] if one["instrument"]["uri"] == CYCLER)
    assert (cycler["servesUntil"], cycler["overdue"]) == ("2027-01-12T00:00:00Z", False)
    newest, *others = (one["id"] for one in client.get("/api/records?limit=500").json()["records"])
    page = client.get("/api/records?limit=1").json()
    assert [one["id"] for one in page["records"]] == [newest]
    assert [one["id"] for one in client.get(f"/api/records?limit=500&below={page['below']}").json()["records"]] == others
    kind = "conformity.lot-formed/1"
    assert {one["kind"] for one in client.get(f"/api/records?kind={kind}").json()["records"]} == {kind}
    products = client.get("/api/things/product").json()
    assert (len(products["things"]), products["after"]) == (1, "")
    first = client.get("/api/items?limit=3").json()
    rest = client.get(f"/api/items?start={first['next']}&limit=500").json()
    assert len(first["items"]) == 3
    assert first["next"] == 3
    assert not {one["item"]["uri"] for one in first["items"]} & {one["item"]["uri"] for one in rest["items"]}


def test_of_a_private_record_neither_text_nor_dossier_is_handed_out(tmp_path: Path):
    stage = small_ledger(tmp_path / "ledger")
    hidden = stage.result(visible_to=(stage.assessor.party,))
    stage.store.close()
    with Client(application(tmp_path / "ledger")) as client:
        told = client.get(f"/api/records/{hidden.id}").json()
        assert (told["withheld"], told["body"], told["jws"], told["record"]["state"]) == (True, {}, "", "withheld")
        assert client.get(f"/api/records/{hidden.id}/dossier").status_code == 404
        assert client.get(f"/api/records/{hidden.id}/proof").json()["state"] == "passed"
        assert client.get(f"/api/records/{hidden.id}/tree").json()["state"] == "withheld"
        assert hidden.issuer not in client.get(f"/record/{hidden.id}").text
