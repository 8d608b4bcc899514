"""One act by form, by REST and by command line: the same record body out of one definition; and a signature made at home."""

import json
import re
import uuid

import pytest

from acts_web import StationWeb, form_of, posted, sent
from openqi.app.acts.acts import acts
from openqi.app.acts.forms import write_form
from openqi.app.files import write_file
from openqi.app.folder import FOLDS
from openqi.evidence.keyfile import CHANCE, encrypted
from openqi.interfaces.cli.main import openqi as command
from openqi.records import as_json
from openqi.store.kinds.local import STOREKIND
from stage import RESULT, party

PASSPHRASE = "correct horse battery staple"
ACT = "conformity.result-reported/1"
LAB = party("laboratory", 3)


def run(*arguments, stdin=None):
    from click.testing import CliRunner

    result = CliRunner().invoke(
        command, [str(one) for one in arguments], env={"OPENQI_PASSPHRASE": PASSPHRASE, "LC_ALL": "C"}, input=stdin
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def key_file(path, number):
    write_file(path, encrypted(bytes([number]) * 32, PASSPHRASE, bytes(range(CHANCE))))
    return path


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A ledger folder that pages, programs and the command line all write to."""
    from openqi.evidence import keyfile

    monkeypatch.setitem(keyfile._COST, "n", 16)
    folder = tmp_path / "ledger"
    (folder / "keys").mkdir(parents=True)
    web = StationWeb(tmp_path, store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    (folder / "policy.txt").write_bytes(web.world.stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    key_file(folder / "keys/log.key", 1)
    key_file(tmp_path / "lab.key", 3)
    return web, tmp_path


def by_form(web, visitor, body):
    path = "/do/conformity.result-reported.1"
    with web.client(visitor, language="zh") as client:
        form = form_of(client.get(path).text) | write_form(acts()[ACT].fields, body, "+08:00")
        preview = posted(client, path, **sent(form, _step="preview"))
        posted(client, path, **sent(form_of(preview.text), _step="seal"))


def by_rest(web, visitor, body):
    with web.rest(visitor) as rest:
        answer = rest.post(
            "/api/acts/conformity.result-reported.1", json={"arguments": body}, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
    assert answer.status_code == 201


def by_hand(place, body):
    told = place / "arguments.json"
    told.write_text(json.dumps(body))
    run("act", "do", place / "ledger", ACT, told, "--as", LAB.party, "--key", place / "lab.key", "--json")


def by_fields(place, body):
    settings = [part for name, text in write_form(acts()[ACT].fields, body, "Z").items() for part in ("--set", f"{name}={text}")]
    run("act", "do", place / "ledger", ACT, *settings, "--as", LAB.party, "--key", place / "lab.key", "--json")


def test_form_rest_and_command_line_give_the_same_record_body_for_the_same_audience(world):
    web, place = world
    visitor, body = web.world.visitor(LAB), as_json(RESULT) | {"instruments": ["https://laboratory.example/cycler/3"]}
    by_form(web, visitor, body)
    by_rest(web, visitor, body)
    by_hand(place, body)
    by_fields(place, body)
    records = [one.record for one in web.world.stage.store.scan() if one.record.kind == ACT]
    assert len(records) == 4
    assert [record.body for record in records] == [body] * 4
    assert {record.statement.visible_to for record in records} == {()}
    assert {record.issuer for record in records} == {LAB.party}


def test_a_table_by_the_command_line_and_again_states_each_row_once(world):
    web, place = world
    table = place / "results.csv"
    header = "物品,量,数值,单位,扩展不确定度 U,包含因子 k,测量方法,测量时间\n"
    rows = "".join(
        f"https://maker.example/cell/{n},capacity,20{n}.0,mA.h,8.0,2,IEC 61960-3,2026-11-01 14:00\n" for n in range(10, 13)
    )
    table.write_text(header + rows)
    arguments = (
        "act",
        "import",
        place / "ledger",
        ACT,
        table,
        "--as",
        LAB.party,
        "--key",
        place / "lab.key",
        "--zone",
        "+08:00",
        "--json",
    )
    assert [one["state"] for one in run(*arguments, "--preview")["rows"]] == ["seals"] * 3
    assert [one["state"] for one in run(*arguments)["rows"]] == ["sealed"] * 3
    assert [one["state"] for one in run(*arguments)["rows"]] == ["there"] * 3
    records = [one.record for one in web.world.stage.store.scan() if one.record.kind == ACT]
    assert [record.body["measuredAt"] for record in records] == ["2026-11-01T06:00:00Z"] * 3


def test_what_a_station_prepares_is_signed_at_home_and_comes_in(world):
    web, place = world
    own = web.world.visitor(LAB, kept=False)
    path = "/do/conformity.result-reported.1"
    with web.client(own) as client:
        form = form_of(client.get(path).text) | write_form(acts()[ACT].fields, as_json(RESULT), "+08:00")
        preview = posted(client, path, **sent(form, _step="preview"))
        assert 'value="prepare"' in preview.text
        ticket = posted(client, path, **sent(form_of(preview.text), _step="prepare"))
        (address,) = re.findall(r'href="(/ticket/[A-Za-z0-9_-]+)/request.json"', ticket.text)
        (place / "request.json").write_bytes(client.get(f"{address}/request.json").content)
        told = run("act", "sign", place / "request.json", "--key", place / "lab.key", "--yes", "--json")
        assert told["records"][0]["body"] == as_json(RESULT)
        signed = (place / "request.signed.json").read_bytes()
        done = posted(client, address, data={"csrf": ""}, files={"signatures": ("signed.json", signed, "application/json")})
    assert "It is in the log" in done.text
    (record,) = [one.record for one in web.world.stage.store.scan() if one.record.kind == ACT]
    assert (record.body, record.kid) == (as_json(RESULT), LAB.key.public_key.kid)
