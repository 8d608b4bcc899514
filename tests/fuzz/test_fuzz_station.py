"""Whatever a program with a token asks of a station's REST is answered, and never with a fault of the program."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from asgi_client import Client
from openqi.app.settings import FILE
from openqi.interfaces.web.server import station_application
from station_world import LABORATORY, URL, world


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[Client]:
    made = world(tmp_path_factory.mktemp("fuzz") / "station")
    token = made.station.people.members.new_token(made.visitor(LABORATORY), "fuzz", 30)
    folder = made.station.folder
    made.station.close()
    with (folder / FILE).open("a") as file:
        file.write("\n[limits]\nrequests_per_minute = 1000000\n")
    with Client(station_application(folder), base_url=URL, headers={"authorization": f"Bearer {token}"}) as opened:
        yield opened


def asked_of(client: Client, examples: int) -> int:
    """Ask every operation with many arguments; return how many there are."""
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        count += 1

        @settings(max_examples=examples, suppress_health_check=list(HealthCheck), database=None, derandomize=True, deadline=None)
        @given(case=operation.as_strategy())
        def ask(case) -> None:
            sent = case.as_transport_kwargs(base_url=URL)
            head = {name: text for name, text in dict(sent.pop("headers", None) or {}).items() if name.lower() != "authorization"}
            known = {name: sent[name] for name in ("params", "json", "data", "content", "files") if sent.get(name) is not None}
            if isinstance(known.get("data"), bytes):
                known["content"] = known.pop("data")
            answer = client.request(sent["method"], sent["url"], headers=head, **known)
            assert answer.status_code < 500, (sent["method"], sent["url"], answer.text[:300])

        ask()
    return count


def test_every_operation_answers_whatever_it_is_asked(client):
    assert asked_of(client, 6) > 20


@pytest.mark.long
def test_every_operation_answers_whatever_it_is_asked_for_a_long_time(client):
    assert asked_of(client, 300) > 20
