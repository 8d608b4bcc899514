"""`openqi pledge` on a ledger folder: from a signature to its end, what JSON and people read, and what is refused."""

import json
from pathlib import Path

import pytest

from openqi.evidence import keyfile
from unit.interfaces.cli_world import answer, openqi

PARTIES = {"association": "association", "maker": "manufacturer"}
PLEDGE, PRODUCT = "https://association.example/pledge", "https://maker.example/product/1"
NAMED = {"zh": "示例", "en": "example"}


def as_party(folder: Path, name: str) -> list[object]:
    return ["--as", f"https://{name}.example", "--key", folder / f"{name}.key"]


def stated(folder: Path, name: str, kind: str, body: dict) -> str:
    (folder / "said.json").write_text(json.dumps({"kind": kind, "body": body}), encoding="utf-8")
    return answer("record", "state", folder / "ledger", folder / "said.json", *as_party(folder, name))["record"]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A ledger where a pledge was published and signed: its folder, the edition and the signature."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        return founded(tmp_path_factory.mktemp("pledges"))


def founded(folder: Path) -> tuple[Path, str, str]:
    """Found a ledger, let an association publish and a firm sign."""
    answer(
        "log", "new", folder / "ledger", "--origin", "log.example/pledges", "--operator", "https://operator.example",
        "--name-en", "Operator", "--name-zh", "运营方",
    )  # fmt: skip
    operator = ["--as", "https://operator.example", "--key", folder / "ledger" / "keys" / "operator.key"]
    for name, role in PARTIES.items():
        answer("key", "new", folder / f"{name}.key")
        answer("key", "grant", folder / "ledger", "--party", f"https://{name}.example", "--key", folder / f"{name}.key")
        body = {"party": f"https://{name}.example", "role": role, "validFrom": "2020-01-01T00:00:00Z"}
        (folder / "role.json").write_text(json.dumps({"kind": "governance.role-granted/1", "body": body}), encoding="utf-8")
        answer("record", "state", folder / "ledger", folder / "role.json", *operator)
    stated(folder, "maker", "conformity.product-registered/1", {"product": PRODUCT, "name": NAMED})
    promise = {"code": "tests", "sort": "inspection-and-metrology", "text": NAMED, "firstWithin": 30, "contradictedBy": ["recall"]}
    body = {
        "pledge": PLEDGE, "edition": "1", "name": NAMED, "offset": "+08:00", "validFrom": "2020-01-01T00:00:00Z",
        "obligations": [promise],
    }  # fmt: skip
    edition = stated(folder, "association", "governance.pledge-published/1", body)
    done = answer("pledge", "sign", edition[:12], "--product", PRODUCT, "--in", folder / "ledger", *as_party(folder, "maker"))
    assert done["kind"] == "governance.pledge-signed/1"
    return folder, edition, done["record"]


def states(folder: Path, *more: object) -> dict:
    found = openqi("pledge", "state", "https://maker.example", "--in", folder / "ledger", "--json", *more)
    assert found.status in (0, 1), found
    (one,) = found.data["signatures"]
    (state,) = one["states"]
    return {"status": found.status, **state}


def test_a_promise_is_due_then_missed_and_a_document_keeps_it(signed):
    folder, _, record = signed
    day = answer("pledge", "state", "https://maker.example", "--in", folder / "ledger")["signatures"][0]["day"]
    assert (states(folder)["state"], states(folder)["status"]) == ("due", 0)
    late = states(folder, "--at", "2999-01-01")
    assert (late["state"], late["status"], late["unshown"]) == ("missed", 1, 1)
    (folder / "handbook.pdf").write_bytes(b"%PDF-1.4 handbook")
    shown = answer(
        "pledge", "show", record, "tests", "--from", day, "--to", day, "--document", folder / "handbook.pdf", "--in",
        folder / "ledger", *as_party(folder, "maker"),
    )  # fmt: skip
    assert shown["body"]["documents"][0]["mediaType"] == "application/pdf"
    kept = states(folder, "--at", "2999-01-01")
    assert (kept["state"], kept["status"], kept["evidence"]) == ("kept", 0, [shown["record"]])


def test_list_tells_editions_and_signatures_in_both_languages(signed):
    folder, edition, record = signed
    found = answer("pledge", "list", "--in", folder / "ledger")
    assert [one["record"] for one in found["editions"]] == [edition]
    assert [(one["record"], one["holds"]) for one in found["signatures"]] == [(record, True)]
    assert answer("pledge", "list", "--in", folder / "ledger", "--pledge", "https://other.example") == {
        "editions": [], "signatures": [],
    }  # fmt: skip
    assert "有效" in openqi("pledge", "list", "--in", folder / "ledger", "--lang", "zh").out
    told = openqi("pledge", "state", "https://maker.example", "--in", folder / "ledger", "--at", "2999-01-01", "--lang", "zh").out
    assert "签署记录" in told
    assert not {word for word in ("kept", "missed", "since") if word in told}


def test_the_association_proves_reviews_and_ends(signed):
    folder, _, record = signed
    where, association = ["--in", folder / "ledger"], as_party(folder, "association")
    proved = answer("pledge", "prove", record, "--uri", f"{PLEDGE}/proof/1", "--number", "7", *where, *association)
    assert proved["body"]["number"] == "7"
    body = {
        "programme": "https://association.example/models", "name": NAMED, "pledge": PLEDGE, "mostMissed": 0, "mostContradicted": 0,
        "reviewEvery": 90, "repairAfter": 30, "validFrom": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    programme = stated(folder, "association", "governance.benchmark-programme-published/1", body)
    assert answer("pledge", "review", programme, record, *where, *association)["body"]["status"] == "listed"
    refused = openqi("pledge", "end", record, *where, *association)
    assert (refused.status, "--reason-zh" in refused.err) == (2, True)
    ended = answer("pledge", "end", record, "--reason-en", "left", *where, *association)
    assert (ended["body"]["by"], ended["body"]["openComplaints"]) == ("association", 0)
    (one,) = answer("pledge", "list", *where)["signatures"]
    assert (one["holds"], one["endedBy"], one["proof"]) == (False, "association", "7")
    again = openqi("pledge", "end", record, "--reason-en", "left", "--json", *where, *association)
    assert (again.status, again.data["rule"]) == (2, "signature-holds")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("state", "https://nobody.example"), "has signed no pledge"),
        (("state", "https://maker.example", "--at", "2026-02-30"), "is no day"),
        (("state", "https://maker.example", "--at", "yesterday"), "is no day"),
        (("state", "https://maker.example", "--at", "2026-W01-1"), "is no day"),
    ],
)
def test_what_cannot_be_answered_is_said_clearly(signed, asked, says):
    found = openqi("pledge", *asked, "--in", signed[0] / "ledger", "--json")
    assert found.status == 2
    assert says in found.data["error"]


def test_a_folder_that_is_no_ledger_is_named(tmp_path: Path):
    found = openqi("pledge", "list", "--in", tmp_path)
    assert found.status == 2
    assert "neither a workspace nor a ledger" in found.err


def test_every_label_has_its_chinese():
    import re

    from openqi.interfaces.cli import pledge_words
    from openqi.interfaces.cli.commands.pledges import doing, telling

    asked = set()
    for module in (doing, telling):
        text = Path(module.__file__).read_text(encoding="utf-8")
        asked |= set(re.findall(r'[^_]term\("([a-z ]+)"', text))
    assert asked
    assert asked <= set(pledge_words.WORDS)
