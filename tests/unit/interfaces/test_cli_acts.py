"""`openqi act`: done by name with its fields, previewed, refused with a reason, signed after showing what it says."""

import json

import pytest

from openqi.app.acts.acts import acts
from unit.interfaces.cli_world import BODY, LAB, OPERATOR, answer, openqi

REPORT, JUDGE = "conformity.result-reported/1", "conformity.judge-result/1"


def lab(world):
    return ("--as", LAB, "--key", world / "lab.key")


def body(world):
    return ("--as", BODY, "--key", world / "body.key")


def fields(**more):
    told = {
        "item": "https://maker.example/cell/8", "quantity": "capacity", "value": "2036.0", "unit": "mA.h",
        "expandedUncertainty": "8.0", "coverageFactor": "2", "method": "m", "measuredAt": "2026-11-01T14:00",
    } | more  # fmt: skip
    return [part for name, text in told.items() for part in ("--set", f"{name}={text}")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_is_listed_and_shows_its_fields_in_both_languages(language):
    listed = openqi("act", "list", "--lang", language)
    for act in acts().values():
        assert act.name in listed.out
        shown = openqi("act", "show", act.slug, "--lang", language)
        assert shown.status == 0
        assert all(field.name in shown.out for field in act.fields)
    assert {one["name"] for one in answer("act", "list")["acts"]} == set(acts())
    assert answer("act", "show", REPORT)["schema"]["$defs"]["ResultReported"]["required"]


def test_an_act_is_previewed_and_then_done_with_its_default_audience(world):
    told = ("act", "do", world / "ledger", REPORT, *fields(), *lab(world), "--zone", "+08:00")
    size = answer("log", "head", world / "ledger")["size"]
    preview = answer(*told, "--preview")
    assert (preview["sealed"], answer("log", "head", world / "ledger")["size"]) == (False, size)
    done = answer(*told)
    assert done["records"][0]["body"] == preview["records"][0]["body"]
    assert done["records"][0]["body"]["measuredAt"] == "2026-11-01T06:00:00Z"
    assert done["records"][0]["visible_to"] == []
    assert "visible to" in openqi(*told, "--public").out


def test_a_decision_is_done_from_a_file_of_arguments(world):
    file = world / "judge.json"
    file.write_text(json.dumps({"result": world.ids["result"], "requirement": world.ids["requirement"]}))
    done = answer("act", "do", world / "ledger", JUDGE, file, *body(world), "--public")
    assert done["records"][0]["body"]["verdict"] == "conforming"
    assert done["records"][0]["visible_to"] is None


def test_a_table_and_a_file_are_sent_with_an_act(world):
    world.state("governance.role-granted/1", {"party": LAB, "role": "manufacturer", "validFrom": "2020-01-01T00:00:00Z"})
    (world / "cells.csv").write_text("item\nhttps://maker.example/cell/1\nhttps://maker.example/cell/2\n")
    told = {
        "lot": "https://maker.example/lot/1",
        "product": "https://maker.example/p/1",
        "name.zh": "批一",
        "formedAt": "2026-11-01T06:00",
    }
    settings = [part for name, text in told.items() for part in ("--set", f"{name}={text}")]
    command = ("act", "do", world / "ledger", "conformity.lot-formed/1", *settings, "--file", f"items={world / 'cells.csv'}")
    assert answer(*command, *lab(world))["records"][0]["body"]["items"]["count"] == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--set", "value=2,036"), "value"), (("--set", "methode=m"), "no field 'methode'"), (("--set", "nonsense"), "FIELD=VALUE"),
        (("--zone", "Shanghai"), "time zone"), (("--private", "--visible-to", BODY), "_with"),
        (("--file", "items=/nowhere"), "no file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_sealed(world, more, said):
    size = answer("log", "head", world / "ledger")["size"]
    failed = openqi("act", "do", world / "ledger", REPORT, *fields(), *more, *lab(world), "--json")
    assert failed.status == 2
    assert said in failed.err
    assert answer("log", "head", world / "ledger")["size"] == size


def test_what_is_refused_says_its_rule(world):
    failed = openqi("act", "do", world / "ledger", JUDGE, "--set", f"result={world.ids['result']}", "--set",
                    f"requirement={world.ids['requirement']}", *lab(world), "--json")  # fmt: skip
    assert (failed.status, failed.data["rule"]) == (2, "role-held")
    assert openqi("act", "show", "no.such/1").status == 2


def test_a_table_with_a_wrong_row_seals_nothing_and_says_which(world):
    header = "item,quantity,value,unit,expandedUncertainty,coverageFactor,method,measuredAt\n"
    row = "https://maker.example/cell/{},capacity,{},mA.h,8.0,2,m,2026-11-01T06:00:00Z\n"
    (world / "t.csv").write_text(header + row.format(1, "2035.0") + row.format(2, "many"))
    told = ("act", "import", world / "ledger", REPORT, world / "t.csv", *lab(world))
    size = answer("log", "head", world / "ledger")["size"]
    assert openqi(*told).status == 2
    preview = openqi(*told, "--preview")
    assert (preview.status, answer("log", "head", world / "ledger")["size"]) == (1, size)
    assert "t.csv:3" in preview.out
    went_on = openqi(*told, "--go-on", "--json")
    assert [one["state"] for one in went_on.data["rows"]] == ["sealed", "wrong"]


def request(world, name="lab"):
    """A request as a station makes it, prepared on the ledger itself."""
    from openqi.app.acts.acts import act_of
    from openqi.app.acts.sealing.tickets import Ticket
    from openqi.app.files import unlocked
    from openqi.app.folder import ledger_folder
    from unit.interfaces.cli_world import PASSPHRASE

    folder, key = ledger_folder(world / "ledger"), unlocked(world / f"{name}.key", PASSPHRASE)
    with folder.writing(PASSPHRASE) as ledger:
        asked = act_of("governance.withdraw/1").built({"record": world.ids["result"], "reason": "wrong range"})
        prepared = ledger.prepared(asked, party=LAB, hand=key.public_key.kid)
        documents = tuple(one.decode() for one in prepared.signed_bytes(key.public_key))
    ticket = Ticket(id="t1", party=LAB, kid=key.public_key.kid, act="governance.withdraw/1", documents=documents)
    file = world / "request.json"
    file.write_text(json.dumps(ticket.as_json()))
    return file


def test_signing_shows_what_it_says_and_asks(world):
    file = request(world)
    refused = openqi("act", "sign", file, "--key", world / "lab.key", stdin=b"n\n")
    assert refused.status == 130
    assert "wrong range" in refused.err
    assert not (world / "request.signed.json").exists()
    agreed = openqi("act", "sign", file, "--key", world / "lab.key", stdin=b"y\n")
    assert agreed.status == 0
    told = json.loads((world / "request.signed.json").read_text())
    assert (told["ticket"], len(told["signatures"])) == ("t1", 1)
    assert openqi("act", "sign", file, "--key", world / "body.key", "--yes").status == 2, "another key"
    file.write_text(file.read_text().replace("governance", "governanse"))
    changed = json.loads(file.read_text()) | {"party": "https://other.example"}
    file.write_text(json.dumps(changed))
    assert openqi("act", "sign", file, "--key", world / "lab.key", "--yes").status == 2, "it says one thing and holds another"


def test_a_calendar_that_comes_with_the_package_is_published_from_the_command_line(world, tmp_path):
    printed = openqi("station", "calendar", "cn-2026", "--uri", f"{OPERATOR}/calendar/cn")
    (tmp_path / "cn.json").write_text(printed.out, encoding="utf-8")
    told = ("act", "do", world / "ledger", "governance.calendar-published/1", tmp_path / "cn.json", "--as", OPERATOR)
    done = answer(*told, "--key", world / "ledger" / "keys" / "operator.key")
    assert done["sealed"] is True
    assert done["records"][0]["kind"] == "governance.calendar-published/1"
