"""Acts for programs: the same definition as the forms, sealed once a key, every refusal a problem in both languages."""

import base64
import json
import uuid
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acts_web import StationWeb
from openqi.app.acts.acts import acts
from openqi.evidence.canonical import base64url
from openqi.records import as_json
from stage import RESULT

REPORT = "/api/acts/conformity.result-reported.1"
JUDGE = "/api/acts/conformity.judge-result.1"


@pytest.fixture
def web(tmp_path):
    return StationWeb(tmp_path)


@pytest.fixture
def laboratory(web):
    return web.world.visitor(web.world.stage.laboratory)


def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def asked(**more):
    return {"arguments": as_json(RESULT), **more}


def count(web, kind="conformity.result-reported/1"):
    return sum(one.record.kind == kind for one in web.world.stage.store.scan())


def test_all_acts_are_listed_with_what_may_be_done_and_each_has_a_schema(web, laboratory):
    with web.rest(laboratory) as rest:
        listed = {one["name"]: one for one in rest.get("/api/acts").json()}
        assert set(listed) == set(acts())
        assert listed["conformity.result-reported/1"]["may"]
        assert listed["conformity.judge-result/1"]["why"]["rule"] == "role-held"
        for act in acts().values():
            told = rest.get(f"/api/acts/{act.slug}").json()
            assert (told["name"], told["audience"]) == (act.name, act.audience)
            assert told["arguments"]["$defs"][act.kind.__name__]["additionalProperties"] is False


def test_a_preview_seals_nothing_and_a_key_seals_once(web, laboratory):
    header = key()
    with web.rest(laboratory) as rest:
        preview = rest.post(f"{REPORT}?preview=true", json=asked())
        assert (preview.status_code, count(web)) == (200, 0)
        assert preview.json()["stated"][0]["body"] == as_json(RESULT)
        assert preview.json()["stated"][0]["visibleTo"] == []
        first, again = (rest.post(REPORT, json=asked(), headers=header) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["records"] == again.json()["records"]
    assert (first.json()["again"], again.json()["again"]) == (False, True)
    assert count(web) == 1


def test_without_a_key_and_with_the_key_of_something_else_nothing_is_sealed(web, laboratory):
    header = key()
    with web.rest(laboratory) as rest:
        missing = rest.post(REPORT, json=asked())
        assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
        rest.post(REPORT, json=asked(), headers=header)
        other = rest.post(REPORT, json=asked(audience={"to": "public"}), headers=header)
    assert (other.status_code, other.json()["rule"]) == (409, "token-once")
    assert count(web) == 1


def test_every_wrong_field_is_named_in_both_languages(web, laboratory):
    arguments = as_json(RESULT) | {"value": "2,035", "foreign": 1}
    del arguments["unit"]
    with web.rest(laboratory) as rest:
        answer = rest.post(REPORT, json={"arguments": arguments}, headers=key())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = {one["field"]: one for one in answer.json()["errors"]}
    assert set(told) == {"value", "foreign", "unit"}
    assert "不是十进制数" in told["value"]["zh"]
    assert "no decimal number" in told["value"]["en"]


def test_refusals_tell_their_rule_and_what_to_do(web, laboratory):
    stage = web.world.stage
    judging = {"arguments": {"result": stage.result().id, "requirement": stage.requirement().id}}
    with web.rest(laboratory) as rest:
        told = rest.post(JUDGE, json=judging, headers=key())
        assert (told.status_code, told.json()["rule"]) == (403, "role-held")
        assert "角色" in told.json()["zh"]
        preview = rest.post(f"{JUDGE}?preview=true", json=judging).json()
        assert (preview["stated"], preview["refusal"]["rule"]) == ([], "role-held")
    with web.rest(web.world.bare(laboratory)) as rest:
        assert rest.post(REPORT, json=asked(), headers=key()).json()["rule"] == "hat-worn"
    with web.rest(replace(laboratory, fresh=False)) as rest:
        assert rest.post(REPORT, json=asked(), headers=key()).json()["rule"] == "fresh-session"
    assert count(web) == 1


def test_who_was_first_is_told_with_what_came(web):
    stage = web.world.stage
    judging = {"arguments": {"result": stage.result().id, "requirement": stage.requirement().id}, "audience": {"to": "public"}}
    with web.rest(web.world.visitor(stage.assessor)) as mine, web.rest(web.world.visitor(stage.reviewer)) as theirs:
        seen = mine.post(f"{JUDGE}?preview=true", json=judging).json()["knownAt"]
        first = theirs.post(JUDGE, json=judging, headers=key()).json()["records"][0]["id"]
        told = mine.post(JUDGE, json=judging | {"seen": seen}, headers=key())
        assert told.status_code == 409
        assert [one["record"] for one in told.json()["changes"]] == [first]
        assert mine.post(JUDGE, json=judging | {"seen": told.json()["knownAt"]}, headers=key()).status_code == 201


def test_a_key_of_ones_own_signs_elsewhere_and_the_signature_comes_back(web):
    signer = web.world.stage.laboratory
    own = web.world.visitor(signer, kept=False)
    with web.rest(own) as rest:
        assert rest.post(REPORT, json=asked(), headers=key()).json()["rule"] == "own-key"
        ticket = rest.post(f"{REPORT}/prepare", json=asked()).json()
        assert (ticket["party"], ticket["kid"], count(web)) == (signer.party, signer.key.public_key.kid, 0)
        signatures = [base64url(signer.key.sign(one.encode())) for one in ticket["documents"]]
        sent = {"ticket": ticket["ticket"], "signatures": signatures}
        first, again = (rest.post(f"{REPORT}/submit", json=sent) for _ in range(2))
    assert first.json()["records"][0]["body"] == as_json(RESULT)
    assert first.json()["records"] == again.json()["records"]
    assert count(web) == 1


def test_drafts_are_kept_changed_and_dropped(web, laboratory):
    with web.rest(laboratory) as rest:
        kept = rest.post("/api/drafts", json={"act": "conformity.result-reported/1", "arguments": {"value": "not yet"}})
        assert kept.status_code == 201
        name = kept.json()["id"]
        changed = rest.request(
            "PUT", f"/api/drafts/{name}", json={"act": "conformity.result-reported/1", "arguments": as_json(RESULT)}
        )
        assert changed.json()["arguments"] == as_json(RESULT)
        assert [one["id"] for one in rest.get("/api/drafts").json()] == [name]
        assert rest.request("DELETE", f"/api/drafts/{name}").status_code == 204
        assert rest.get(f"/api/drafts/{name}").status_code == 404


def test_a_table_is_looked_at_and_sealed_row_by_row(web, laboratory):
    header = "item,quantity,value,unit,expandedUncertainty,coverageFactor,method,measuredAt\n"
    row = "https://maker.example/cell/{},capacity,{},mA.h,8.0,2,IEC 61960-3,2026-11-01T06:00:00Z\n"
    text = header + row.format(1, "2035.0") + row.format(2, "none")
    table = {"file": {"name": "results.csv", "base64": base64.b64encode(text.encode()).decode()}}
    with web.rest(laboratory) as rest:
        opened = rest.post(f"{REPORT}/imports", json=table)
        assert opened.status_code == 201
        assert [one["state"] for one in opened.json()["rows"]] == ["seals", "wrong"]
        address = f"/api/imports/{opened.json()['id']}"
        assert rest.post(f"{address}/seal", json={}).json()["rule"] == "whole-table"
        assert count(web) == 0
        done = rest.post(f"{address}/seal", json={"goOn": True}).json()
        assert [one["state"] for one in done["rows"]] == ["sealed", "wrong"]
        assert rest.get(address).json() == done
        assert rest.request("DELETE", address).status_code == 204
    assert count(web) == 1


def test_a_table_of_rows_is_sent_with_the_arguments(web):
    stage = web.world.stage
    stage.grant(stage.operator, "manufacturer")
    rows = "item\nhttps://maker.example/cell/1\n"
    arguments = {
        "lot": "https://maker.example/lot/1", "product": "https://maker.example/product/1", "name": {"en": "Lot 1"},
        "formedAt": "2026-11-20T08:00:00Z",
        "items": {"name": "cells.csv", "base64": base64.b64encode(rows.encode()).decode()},
    }  # fmt: skip
    with web.rest(web.world.visitor(stage.operator)) as rest:
        done = rest.post("/api/acts/conformity.lot-formed.1", json={"arguments": arguments}, headers=key())
    assert done.json()["records"][0]["body"]["items"]["count"] == 1


_text = st.text(st.characters(), max_size=20)  # halves of characters too: JSON can write them
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def rest(web, laboratory):
    with web.rest(laboratory) as asking:
        asking._client.headers["content-type"] = "application/json"
        yield asking


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=_json, slug=st.sampled_from([act.slug for act in acts().values()]), changes=st.booleans())
def test_no_arguments_give_a_server_error(rest, arguments, slug, changes):
    """Any JSON: an answer or a problem, never a 500."""
    whole = {"arguments": arguments if type(arguments) is dict else {"value": arguments}}
    if changes:
        whole["arguments"] = as_json(RESULT) | whole["arguments"]
    for path in (f"/api/acts/{slug}", f"/api/acts/{slug}?preview=true", f"/api/acts/{slug}/prepare"):
        assert rest.post(path, content=json.dumps(whole), headers=key()).status_code < 500
    assert rest.post("/api/drafts", content=json.dumps(whole | {"act": slug})).status_code < 500
