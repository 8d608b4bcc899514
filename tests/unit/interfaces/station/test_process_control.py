"""Process control through acts: plan, tables of readings, baseline, chart, an assessed alarm and the next baseline."""

import base64
import uuid
from typing import Any

import pytest

from acts_web import StationWeb, form_of, posted, sent
from control_stage import PLAN, Control, rows_of_values
from openqi.records import as_json
from openqi.records.process_control import AlarmAssessed
from openqi.records.rows import TakenRow
from stage import party

ASSESS = "/do/process-control.assess-alarm.1"


@pytest.fixture
def maker(tmp_path):
    """The pages of a station, and a person of a maker that owns a process."""
    web = StationWeb(tmp_path)
    signer = party("maker", 60)
    web.world.stage.welcome(signer, "process-owner")
    return web, web.world.visitor(signer)


def table(rows: list[TakenRow]) -> dict[str, str]:
    """Rows as a CSV file that a program sends."""
    lines = [f"{row.at},{row.value or ''},{row.missing or ''}" for row in rows]
    return {"name": "hour.csv", "base64": base64.b64encode("\n".join(["时刻,value,missing", *lines, ""]).encode()).decode()}


def readings(rows: list[TakenRow], **more: Any) -> dict[str, Any]:
    own = PLAN.characteristic
    return {
        "plan": PLAN.plan, "process": PLAN.process, "characteristic": own.characteristic, "quantity": own.quantity,
        "unit": own.unit, "instrument": PLAN.instrument, "takenFrom": rows[0].at, "takenUntil": rows[-1].at,
        "items": table(rows), **more,
    }  # fmt: skip


def test_the_whole_round_is_done_by_acts_and_seen_by_the_parties_alone(maker):
    web, visitor = maker
    with web.rest(visitor) as rest:

        def sealed(act: str, arguments: dict[str, Any]) -> str:
            answer = rest.post(
                f"/api/acts/process-control.{act}.1", json={"arguments": arguments}, headers={"Idempotency-Key": str(uuid.uuid4())}
            )
            assert answer.status_code == 201, answer.text
            return str(answer.json()["records"][0]["id"])

        plan = sealed("plan-published", as_json(PLAN))
        quiet = sealed("readings-taken", readings(rows_of_values(["10.1", "9.9", None, "10.0", "10.2", "9.8"])))
        loud = sealed("readings-taken", readings(rows_of_values(["10.0", "15.0", "9.9"], start=6)))
        base = sealed("freeze-baseline", {"published": plan, "readings": [quiet]})
        chart = sealed("evaluate-chart", {"baseline": base, "readings": [loud]})
        refused = rest.post(
            "/api/acts/process-control.assess-alarm.1?preview=true",
            json={"arguments": {"evaluation": chart, "point": 0, "outcome": "confirmed", "cause": {"en": "none"}}},
        ).json()
        assert (refused["stated"], refused["refusal"]["rule"]) == ([], "alarm-there")
        assert "没有报警" in refused["refusal"]["zh"]
        cause = {"evaluation": chart, "point": 1, "outcome": "confirmed", "cause": {"zh": "掉落"}, "causeCode": "D"}
        assessed = sealed("assess-alarm", cause)
        again = sealed(
            "freeze-baseline", {"published": plan, "readings": [quiet, loud], "leavesOut": [assessed], "predecessor": base}
        )  # fmt: skip
    store = web.world.stage.store
    assert store.logged(again).record.body["leftOut"] == [{"assessment": assessed, "readings": loud, "leaf": 1, "leaves": 1}]
    assert not any(store.logged(name).record.public for name in (plan, quiet, base, chart, assessed, again))


def test_a_person_assesses_an_alarm_in_a_form(maker):
    web, visitor = maker
    control = Control.__new__(Control)
    control.__dict__ |= web.world.stage.__dict__ | {"maker": party("maker", 60)}
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(["10.1", "9.9", "10.0", "10.2", "9.8"])))
    chart = control.charted(base, control.taken(rows_of_values(["10.0", "15.0"], start=5)))
    with web.client(visitor, language="zh") as client:
        page = client.get(ASSESS)
        assert all(word in page.text for word in ("处置报警", "确认：确有原因", "原因代码"))
        filled = {"evaluation": chart.id, "point": "1", "outcome": "confirmed", "cause.zh": "刀具磨损"}
        preview = posted(client, ASSESS, **sent(form_of(page.text) | filled, _step="preview"))
        assert "刀具磨损" in preview.text
        done = posted(client, ASSESS, **sent(form_of(preview.text), _step="seal"))
        assert done.status_code == 200
        second = posted(client, ASSESS, **sent(form_of(client.get(ASSESS).text) | filled | {"outcome": "refuted"}, _step="preview"))
        assert "该报警已处置过" in second.text
    (found,) = [one.record for one in control.store.scan() if one.record.kind == AlarmAssessed.KIND]
    assert (found.body["outcome"], found.body["cause"], found.issuer) == (
        "confirmed",
        {"zh": "刀具磨损", "en": ""},
        control.maker.party,
    )


def test_rows_whose_times_are_none_or_whose_values_are_none_are_told_with_their_line(maker):
    web, visitor = maker
    rows = rows_of_values(["10.1", "9.9"])
    for file, told in (
        ("at,value\n2026-11-19 08:00,1\n", "hour.csv:2"),
        ("at,value\n2026-11-19T08:00:00Z,ten\n", "hour.csv:2"),
        ("at,size,value\n2026-11-19T08:00:00Z,many,1\n", "hour.csv:2"),
    ):
        items = {"name": "hour.csv", "base64": base64.b64encode(file.encode()).decode()}
        with web.rest(visitor) as rest:
            answer = rest.post(
                "/api/acts/process-control.readings-taken.1?preview=true", json={"arguments": readings(rows, items=items)}
            )  # fmt: skip
        assert answer.status_code == 422
        assert told in answer.text
