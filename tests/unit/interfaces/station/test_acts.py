"""The pages of acts: filled in, previewed, sealed; nothing typed is lost, nothing is sealed twice, and it works without script."""

import pytest

from acts_web import StationWeb, form_of, posted, sent
from openqi.app.acts.acts import acts
from openqi.app.acts.forms import write_form
from openqi.records import as_json
from stage import REQUIREMENT, RESULT

REPORT = "/do/conformity.result-reported.1"
JUDGE = "/do/conformity.judge-result.1"


@pytest.fixture
def web(tmp_path):
    return StationWeb(tmp_path)


@pytest.fixture
def laboratory(web):
    return web.world.visitor(web.world.stage.laboratory)


@pytest.fixture
def assessor(web):
    return web.world.visitor(web.world.stage.assessor)


def filled(arguments, act="conformity.result-reported/1"):
    return write_form(acts()[act].fields, arguments, "+08:00")


def count(web, kind="conformity.result-reported/1"):
    return sum(one.record.kind == kind for one in web.world.stage.store.scan())


def previewed(client, path, arguments, act, **more):
    """The preview page after filling in a form."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    return posted(client, path, **sent(form_of(page.text) | filled(arguments, act), _step="preview", **more))


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """Pages to which nobody writes."""
    return StationWeb(tmp_path_factory.mktemp("standing"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("act", acts().values(), ids=acts())
def test_every_act_has_a_form_in_both_languages(standing, act, language):
    with standing.client(standing.world.visitor(standing.world.stage.operator), language=language) as client:
        page = client.get(f"/do/{act.slug}")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    for field in act.fields:
        assert f'id="{field.name}"' in page.text, field.name
    assert 'name="csrf"' in page.text
    assert "<script>" not in page.text


def test_who_has_not_signed_in_is_led_to_signing_in(web):
    from asgi_client import Client

    with Client(web.app, base_url="https://station.example") as client:
        answer = client.get("/do", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdo")


def test_the_list_says_what_may_be_done_now_and_what_is_missing_for_the_rest(web, laboratory):
    with web.client(laboratory) as client:
        page = client.get("/do").text
    assert 'href="/do/conformity.result-reported.1"' in page
    assert "Needs the role: Accreditation body" in page


def test_a_result_is_filled_in_previewed_and_sealed(web, laboratory):
    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        assert "2035.0" in preview.text
        assert count(web) == 0
        done = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
    assert done.status_code == 200
    assert "It is in the log" in done.text
    (record,) = [one.record for one in web.world.stage.store.scan() if one.record.kind == "conformity.result-reported/1"]
    assert record.body == as_json(RESULT)
    assert record.id in done.text
    assert record.statement.visible_to == ()


def test_a_form_that_is_posted_twice_seals_once(web, laboratory):
    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        first = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
        again = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
    assert "sealed a second time" in again.text
    assert "sealed a second time" not in first.text
    assert count(web) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_wrong_stands_beside_its_field_and_all_that_was_typed_is_still_there(web, laboratory, language):
    with web.client(laboratory, language=language) as client:
        page = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1", value="2,035", item="cell seven")
    assert page.status_code == 422
    assert 'id="value-problem"' in page.text
    assert 'value="2,035"' in page.text
    assert 'value="cell seven"' in page.text
    assert ("不是十进制数" if language == "zh" else "is no decimal number") in page.text
    assert form_of(page.text)["unit"] == "mA.h"


def test_rows_are_added_and_removed_without_script(web):
    act, path = "metrology.calibration-certified/1", "/do/metrology.calibration-certified.1"
    with web.client(web.world.visitor(web.world.stage.operator)) as client:
        form = form_of(client.get(path).text)
        assert "calibrated.0.points.0.indicated" in form
        form |= {"calibrated.0.points.0.indicated": "1.0"}
        form = form_of(posted(client, path, **sent(form, _add="calibrated.0.points")).text)
        assert "calibrated.0.points.1.indicated" in form
        form |= {"calibrated.0.points.1.indicated": "2.0"}
        form = form_of(posted(client, path, **sent(form, _remove="calibrated.0.points.0")).text)
    assert form["calibrated.0.points.0.indicated"] == "2.0"
    assert "calibrated.0.points.1.indicated" not in form
    assert act in acts()


def test_a_form_is_saved_listed_taken_up_and_deleted(web, laboratory):
    with web.client(laboratory) as client:
        form = form_of(client.get(REPORT).text) | {"item": "https://maker.example/cell/9", "value": "not yet"}
        saved = posted(client, REPORT, **sent(form, _step="save"))
        assert "Draft saved" in saved.text
        listed = client.get("/drafts").text
        link = listed.split('href="/do/')[1].split('"')[0]
        again = form_of(client.get(f"/do/{link}").text)
        assert (again["item"], again["value"]) == ("https://maker.example/cell/9", "not yet")
        assert again["token"] == form["token"], "the draft is sealed once however often it is taken up"
        told = client.post(REPORT, data=again | {"_step": "autosave", "value": "1"}).json()
        assert told["draft"] == again["_draft"]
        action = listed.split('action="/drafts/')[1].split('"')[0]
        posted(client, f"/drafts/{action}", data={"csrf": ""})
        assert "There are no drafts" in client.get("/drafts").text
    assert count(web) == 0


def test_another_person_sees_no_draft_of_mine(web, laboratory):
    other = web.world.second_person(web.world.stage.laboratory, 40)
    with web.client(laboratory) as client:
        saved = posted(client, REPORT, **sent(form_of(client.get(REPORT).text), _step="save"))
        name = form_of(saved.text)["_draft"]
    with web.client(other) as client:
        assert client.get(f"{REPORT}?draft={name}").status_code == 404


def test_who_lost_the_role_meanwhile_is_told_and_finds_the_draft(web, laboratory):
    from openqi.records.governance import RoleEnded

    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        end = RoleEnded(party=laboratory.party, role="testing-laboratory", ended_at="2026-11-20T00:00:00Z", reason="audit")
        web.world.stage.ledger.state(end, web.world.stage.operator)
        refused = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
        assert refused.status_code == 409
        assert "does not hold the role now" in refused.text
        assert form_of(refused.text)["value"] == "2035.0"
        assert "does not hold the role now" in client.get("/drafts").text
    assert count(web) == 0


def test_of_two_who_decide_on_one_subject_the_second_is_told_kindly_and_may_seal_after_looking(web, assessor):
    stage = web.world.stage
    reviewer = web.world.visitor(stage.reviewer)
    asked = {"result": stage.result().id, "requirement": stage.requirement().id}
    with web.client(assessor) as mine, web.client(reviewer) as theirs:
        pages = [previewed(one, JUDGE, asked, "conformity.judge-result/1") for one in (mine, theirs)]
        posted(theirs, JUDGE, **sent(form_of(pages[1].text), _step="seal"))
        told = posted(mine, JUDGE, **sent(form_of(pages[0].text), _step="seal"))
        assert told.status_code == 409
        assert "Somebody was first" in told.text
        done = posted(mine, JUDGE, **sent(form_of(told.text), _step="seal"))
    assert "It is in the log" in done.text
    assert count(web, "conformity.result-judged/1") == 2


def test_a_preview_that_would_be_refused_says_the_rule_and_offers_no_seal(web, laboratory):
    with web.client(laboratory) as client:
        page = previewed(client, "/do/standards.requirement-published.1", as_json(REQUIREMENT), "standards.requirement-published/1")
    assert "role-held" in page.text
    assert 'value="seal"' not in page.text


def test_a_form_says_beforehand_that_the_role_is_missing_and_nothing_where_it_is_held(web, laboratory):
    with web.client(laboratory) as client:
        assert "does not hold the role “standards body” now" in client.get("/do/standards.requirement-published.1").text
        assert "does not hold the role" not in client.get(REPORT).text


def test_a_table_is_uploaded_into_a_form(web):
    stage = web.world.stage
    maker = web.world.visitor(stage.operator)
    stage.grant(stage.operator, "manufacturer")
    path = "/do/conformity.lot-formed.1"
    arguments = {
        "lot": "https://maker.example/lot/1", "product": "https://maker.example/product/1", "name": {"en": "Lot 1"},
        "formedAt": "2026-11-20T08:00:00Z",
    }  # fmt: skip
    rows = "物品\nhttps://maker.example/cell/1\nhttps://maker.example/cell/2\n"
    with web.client(maker) as client:
        form = form_of(client.get(path).text) | filled(arguments, "conformity.lot-formed/1")
        preview = posted(client, path, data=form | {"_step": "preview"}, files={"items": ("cells.csv", rows.encode(), "text/csv")})
        assert preview.status_code == 200, preview.text
        posted(client, path, **sent(form_of(preview.text), _step="seal"))
        wrong = posted(
            client, path, data=form | {"_step": "preview"}, files={"items": ("cells.csv", b"item\nno uri\n", "text/csv")}
        )
    assert "cells.csv:2" in wrong.text
    (record,) = [one.record for one in stage.store.scan() if one.record.kind == "conformity.lot-formed/1"]
    assert record.body["items"]["count"] == 2
    assert stage.store.blob(record.body["items"]["rows"]["sha256"]).startswith(b'{"item":"https://maker.example/cell/1"}\n')


def test_a_form_of_another_session_or_another_site_is_refused(web, laboratory):
    from dataclasses import replace

    with web.client(replace(laboratory, csrf="right")) as client:
        form = form_of(client.get(REPORT).text)
        assert form["csrf"] == "right"
        assert client.post(REPORT, data=form | {"csrf": "wrong", "_step": "save"}).status_code == 400
        assert client.post(REPORT, data=form | {"_step": "save"}, headers={"sec-fetch-site": "cross-site"}).status_code == 400


def test_many_come_as_a_table_each_row_is_looked_at_first_and_a_wrong_one_seals_nothing(web, laboratory):
    path = "/import/conformity.result-reported.1"
    with web.client(laboratory) as client:
        header = client.get(f"{path}/template.csv").text.lstrip("\ufeff").strip()
        assert header.split(",")[0] == "Item"
        row = "https://maker.example/cell/{},capacity,{},mA.h,8.0,2,IEC 61960-3,2026-11-01T06:00:00Z,"
        good = "\n".join([header, *(row.format(n, f"20{n}.0") for n in range(10, 20))])
        bad = good + "\n" + row.format(30, "many")
        form = form_of(client.get(path).text)
        shown = posted(client, path, data=form, files={"file": ("results.csv", bad.encode(), "text/csv")})
        assert "to seal 10" in shown.text
        assert "wrong 1" in shown.text
        address = str(shown.url.path)
        refused = posted(client, address, **sent(form_of(shown.text), _step="seal"))
        assert (refused.status_code, count(web)) == (409, 0)
        done = posted(client, address, **sent(form_of(shown.text), _step="seal", go_on="yes"))
        assert "sealed 10" in done.text
        assert count(web) == 10
        again = posted(client, address, **sent(form_of(done.text), _step="seal", go_on="yes"))
        assert count(web) == 10
        assert "sealed 10" in again.text
        same = posted(client, path, data=form, files={"file": ("results.csv", good.encode(), "text/csv")})
        assert "there already 10" in same.text


def test_when_the_store_cannot_be_written_all_that_was_typed_is_still_there_and_the_same_form_seals_later(
    web, laboratory, monkeypatch
):
    from openqi.app.ledger import Ledger
    from openqi.kernel.errors import StoreError

    def full(*_, **__):
        raise StoreError("disk full")

    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "append_prepared", full)
            failed = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
        assert failed.status_code == 503
        assert "safe to send it again" in failed.text
        assert "disk full" not in failed.text, "what a store says of itself is for its operator"
        assert form_of(failed.text)["value"] == "2035.0"
        assert count(web) == 0
        again = posted(client, REPORT, **sent(form_of(failed.text), _step="preview"))
        posted(client, REPORT, **sent(form_of(again.text), _step="seal"))
    assert count(web) == 1


def test_when_the_desk_cannot_be_written_nothing_is_sealed_and_nothing_typed_is_lost(web, laboratory, monkeypatch):
    from contextlib import contextmanager

    from openqi.kernel.errors import StoreError
    from openqi.store.desk.desk import Desk

    @contextmanager
    def full(_):
        raise StoreError("disk full")
        yield

    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        with monkeypatch.context() as patch:
            patch.setattr(Desk, "writing", full)
            failed = posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
    assert failed.status_code == 503
    assert form_of(failed.text)["value"] == "2035.0"
    assert count(web) == 0


def test_a_record_that_is_not_there_is_told_on_the_form(web, laboratory):
    withdraw = "/do/governance.withdraw.1"
    with web.client(laboratory) as client:
        form = form_of(client.get(f"{withdraw}?record={'0' * 64}").text) | {"reason": "wrong"}
        assert form["record"] == "0" * 64, "an address may fill a form in"
        preview = posted(client, withdraw, **sent(form, _step="preview"))
        assert "not in the log" in preview.text
        told = posted(client, withdraw, **sent(form, _step="seal"))
    assert told.status_code == 400
    assert form_of(told.text)["reason"] == "wrong"


def test_a_form_that_was_sealed_and_is_then_changed_is_told_and_becomes_a_new_one(web, laboratory):
    with web.client(laboratory) as client:
        preview = previewed(client, REPORT, as_json(RESULT), "conformity.result-reported/1")
        posted(client, REPORT, **sent(form_of(preview.text), _step="seal"))
        other = form_of(preview.text) | {"value": "2036.0"}
        told = posted(client, REPORT, **sent(other, _step="seal"))
        assert told.status_code == 409
        assert "sent before with other content" in told.text
        assert form_of(told.text)["token"] != other["token"]
        assert count(web) == 1
        again = posted(client, REPORT, **sent(form_of(told.text), _step="preview"))
        posted(client, REPORT, **sent(form_of(again.text), _step="seal"))
    assert count(web) == 2


def test_where_a_party_is_wanted_those_of_the_log_are_offered(web):
    with web.client(web.world.visitor(web.world.stage.operator)) as client:
        page = client.get("/do/governance.role-granted.1").text
    assert 'id="party" name="party" type="text" value="" list="_parties"' in page
    assert f'<option value="{web.world.stage.assessor.party}">' in page
