"""Bad input of every kind: no traceback, exit status 2, and an error that says what, where and what to do."""

import json
from pathlib import Path

import pytest

from unit.interfaces.cli_world import BODY, LAB, OPERATOR, PASSPHRASE, World, answer, openqi

NO_ID = "0" * 64
STATE = ("record", "state", "{root}/ledger", "-", "--as", LAB, "--key", "{root}/lab.key")
DECIDE = ("record", "decide", "{root}/ledger", "-", "--as", BODY, "--key", "{root}/body.key")
GRANT = ("key", "grant", "{root}/ledger", "--party", LAB, "--key")
REVOKE = ("key", "revoke", "{root}/ledger", "--party", LAB, "--reason", "r")
PARTY = b'{"kind":"governance.party-registered/1","body":{"party":"https://a.example","name":{"en":"a"}}}'
NEW = ("log", "new", "{root}/fresh", "--name-en", "x", "--operator", OPERATOR, "--origin")

# arguments, what comes in, the kind of error, words that it must have
BAD = {
    "a folder that is not there": (("log", "head", "{root}/nowhere"), b"", "not-found", "nowhere"),
    "a folder that is no log": (("log", "fsck", "{root}/empty"), b"", "not-found", "holds no log"),
    "a folder that is no ledger": (("dossier", "{root}/mirror", NO_ID, "-o", "{root}/x"), b"", "not-found", "openqi log new"),
    "a target that is not there": (("verify", "{root}/nowhere"), b"", "not-found", "check the path"),
    "a target of no known form": (("verify", "{root}/text"), b"", "format", "a dossier, a tlog-proof"),
    "a record that the ledger has not": (("record", "show", "{root}/ledger", NO_ID), b"", "not-found", NO_ID),
    "a record that the mirror has not": (("record", "show", "{root}/mirror", NO_ID), b"", "not-found", NO_ID),
    "a record that the dossier has not": (("record", "show", "{root}/item7.dossier", NO_ID), b"", "not-found", NO_ID),
    "another record than the file's": (("record", "show", "{root}/verdict.jws", NO_ID), b"", "not-found", NO_ID),
    "no id of a record": (("record", "show", "{root}/ledger", "../../etc/passwd"), b"", "format", "hexadecimal"),
    "no record named": (("record", "show", "{root}/ledger"), b"", "format", "name one"),
    "no proof of what is not there": (("log", "proof", "{root}/mirror", NO_ID), b"", "not-found", NO_ID),
    "a policy that is none": (("verify", "{root}/item7.dossier", "--policy", "{root}/nowhere"), b"", "not-found", "nowhere"),
    "a log that is none": (("verify", "{root}/item7.dossier", "--log", "{root}/empty"), b"", "not-found", "holds no log"),
    "a log beside a log": (("verify", "{root}/mirror", "--log", "{root}/mirror"), b"", "usage", "--log"),
    "a record beside a dossier": (("verify", "{root}/item7.dossier", "--record", "{root}/verdict.jws"), b"", "usage", "--record"),
    "an option that there is not": (("verify", "{root}/mirror", "--force"), b"", "usage", "--force"),
    "a command that there is not": (("log", "delete", "x"), b"", "usage", "delete"),
    "a group that there is not": (("money", "make"), b"", "usage", "money"),
    "an argument too few": (("log", "head"), b"", "usage", "openqi log head --help"),
    "a number that is none": (("log", "mirror", "{root}/ledger", "{root}/m", "--most", "many"), b"", "usage", "many"),
    "an origin with a scheme": ((*NEW, "https://example.org/log"), b"", "format", "without scheme"),
    "an origin with a space": ((*NEW, "example.org/my log"), b"", "format", "without scheme"),
    "an operator that is no URI": (
        ("log", "new", "{root}/fresh", "--name-en", "x", "--operator", "me", "--origin", "a/b"), b"", "format", "URI",
    ),
    "a name in no language": (("log", "new", "{root}/fresh", "--operator", OPERATOR, "--origin", "a/b"), b"", "usage", "--name-zh"),
    "a ledger over a ledger": (
        ("log", "new", "{root}/ledger", "--name-en", "x", "--operator", OPERATOR, "--origin", "a/b"), b"",
        "refused", "another place",
    ),
    "a key over a key": (("key", "new", "{root}/lab.key"), b"", "refused", "not overwritten"),
    "a key in no folder": (("key", "new", "{root}/no/lab.key"), b"", "not-found", "make it first"),
    "an algorithm that is not known": (("key", "new", "{root}/n.key", "--algorithm", "RSA"), b"", "not-found", "Ed25519"),
    "a key file that is none": (("key", "show", "{root}/text"), b"", "format", "states no key"),
    "a key that is a folder": (("key", "show", "{root}/mirror"), b"", "not-found", "is a folder"),
    "a public word cut short": ((*GRANT, "Ed25519:AAAA"), b"", "format", "32 bytes"),
    "a public word of no algorithm": ((*GRANT, "RSA:AAAA"), b"", "not-found", "RSA"),
    "a key granted twice": ((*GRANT, "{root}/lab.key"), b"", "refused", "granted"),
    "a revocation of no key": ((*REVOKE, "--kid", "urn:x"), b"", "refused", "known key"),
    "a revocation from the future": ((*REVOKE, "--kid", "urn:x", "--since", "999"), b"", "refused", "index"),
    "a request that is not there": ((*STATE[:3], "{root}/no.json", *STATE[4:]), b"", "not-found", "no.json"),
    "a request that is no JSON": (STATE, b"{", "format", "not JSON"),
    "a request that is not UTF-8": (STATE, b"\xff", "format", "not JSON"),
    "a request of an endless depth": (STATE, b'{"kind":"a","body":' + b"[" * 100_000, "format", "not JSON"),
    "a request with a long number": (STATE, b'{"kind":"a","body":{"a":' + b"9" * 9_000 + b"}}", "format", "not JSON"),
    "a request too large": (STATE, b'"' + b"a" * 1_100_000 + b'"', "format", "1000000"),
    "a request with a member twice": (STATE, b'{"kind":"a","kind":"b","body":{}}', "format", "twice"),
    "a request with another member": (STATE, b'{"kind":"a","body":{},"now":"x"}', "format", '{"kind"'),
    "a request that is a list": (STATE, b"[]", "format", '{"kind"'),
    "a body that is none": (STATE, b'{"kind":"a","body":[]}', "format", "object"),
    "a kind that is not known": (STATE, b'{"kind":"a.b/1","body":{}}', "not-found", "openqi record kinds"),
    "a kind with its own command": (STATE, b'{"kind":"governance.key-granted/1","body":{}}', "refused", "openqi key grant"),
    "a body without its members": (STATE, b'{"kind":"conformity.result-reported/1","body":{}}', "format", "item"),
    "a float in a body": (
        STATE, b'{"kind":"governance.role-granted/1","body":{"party":1.5}}', "format", "party",
    ),
    "a role that is not held": (STATE, PARTY, "refused", "role"),
    "two kinds of privacy": ((*STATE, "--private", "--visible-to", LAB), b"{}", "usage", "not both"),
    "a blob that is not there": ((*STATE, "--blob", "{root}/no"), PARTY, "not-found", "no"),
    "a command that is not known": (DECIDE, b'{"name":"a","arguments":{}}', "not-found", "openqi record kinds"),
    "arguments that are missing": (DECIDE, b'{"name":"conformity.judge-result/1","arguments":{}}', "format", "result"),
    "an instant of one's own": (
        DECIDE, b'{"name":"conformity.judge-result/1","arguments":{"now":"2020-01-01T00:00:00Z"}}', "format", "leave it out",
    ),
    "a decision on nothing": (
        DECIDE, f'{{"name":"conformity.judge-result/1","arguments":{{"result":"{NO_ID}","requirement":"{NO_ID}"}}}}'.encode(),
        "not-found", NO_ID,
    ),
    "a withdrawal of another's record": (
        ("record", "withdraw", "{root}/ledger", "{result}", "--reason", "r", "--as", BODY, "--key", "{root}/body.key"), b"",
        "refused", "only they can",
    ),
    "a key that is not the party's": ((*STATE[:7], "{root}/body.key"), b"{result_request}", "refused", "key"),
    "a schema of nothing": (("record", "kinds", "a"), b"", "not-found", "lists them"),
    "a leaf of one record": (
        ("dossier", "{root}/ledger", "{result}", "-o", "{root}/x", "--leaf", "0"), b"", "refused", "not about many items",
    ),
    "an output in no folder": (("dossier", "{root}/ledger", "{result}", "-o", "{root}/no/x"), b"", "not-found", "make it first"),
    "a mirror of nowhere": (("log", "mirror", "{root}/nowhere", "{root}/m"), b"", "not-found", "holds no log"),
    "a mirror over another scheme": (("log", "mirror", "file:///etc", "{root}/m"), b"", "format", "http"),
    "a mirror over a ledger": (("log", "mirror", "{root}/mirror", "{root}/ledger"), b"", "refused", "another folder"),
    "a witness without a policy": (
        ("log", "cosign", "{root}/bare", "--key", "{root}/witness.key", "--name", "w"), b"", "refused", "--policy",
    ),
    "a witness with a bad name": (
        ("log", "cosign", "{root}/mirror", "--key", "{root}/witness.key", "--name", "a b"), b"", "format", "no spaces",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bad_world(first_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all bad input, for none of it may change a thing."""
    import shutil

    root = tmp_path_factory.mktemp("bad") / "world"
    shutil.copytree(first_world.root, root)
    (root / "empty").mkdir()
    (root / "text").write_text("hello\n")
    shutil.copytree(root / "mirror", root / "bare")
    (root / "bare/policy.txt").unlink()
    return World(root, dict(first_world.ids))


def contents(root: Path) -> dict[str, bytes]:
    """Return what stands in the evidence of a world; locks and journals of the store are no evidence."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".sqlite" not in path.name and path.name != "lock" and "blobs" not in path.parts
    }


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_answered_with_what_was_wrong_and_changes_nothing(bad_world: World, case: str):
    arguments, stdin, kind, words = BAD[case]
    names = {"root": str(bad_world.root), "result": bad_world.ids["result"]}
    filled = [argument.format(**names) if "{" in argument and '"' not in argument else argument for argument in arguments]
    if stdin == b"{result_request}":
        shown = answer("record", "show", bad_world / "ledger", bad_world.ids["result"])
        stdin = json.dumps({"kind": shown["kind"], "body": shown["body"] | {"value": "1.0"}}).encode()
    before = contents(bad_world.root)
    found = openqi(*filled, "--json", stdin=stdin)
    assert found.status == 2, found
    assert found.data["kind"] == kind, found
    assert words in found.data["error"], found
    assert found.err == f"openqi: {found.data['error']}\n"
    assert PASSPHRASE not in found.out + found.err
    assert contents(bad_world.root) == before
    plain = openqi(*filled, stdin=stdin)
    assert (plain.status, plain.out) == (2, ""), "without --json nothing is printed but the error"


@pytest.mark.parametrize(
    ("passphrase", "kind", "words"),
    [
        ("wrong horse battery", "refused", "the passphrase is wrong"),
        ("", "usage", "OPENQI_PASSPHRASE"),
        (None, "usage", "OPENQI_PASSPHRASE"),
    ],
)
def test_a_wrong_or_missing_passphrase_says_whose_key_file_it_is(first_world: World, passphrase: str | None, kind: str, words: str):
    environment = {"OPENQI_PASSPHRASE": passphrase}
    found = openqi(
        "key", "grant", first_world / "ledger", "--party", LAB, "--key", first_world / "witness.key", "--json", **environment
    )
    assert (found.status, found.data["kind"]) == (2, kind)
    assert words in found.data["error"]
    assert "operator.key" in found.data["error"]


def test_a_short_passphrase_is_refused_and_leaves_nothing(tmp_path: Path):
    new = ("log", "new", tmp_path / "ledger", "--origin", "a.example/b", "--operator", OPERATOR, "--name-en", "x", "--json")
    found = openqi(*new, OPENQI_PASSPHRASE="short")
    assert (found.status, found.data["rule"]) == (2, "passphrase-too-short")
    assert list(tmp_path.iterdir()) == []
    assert openqi("key", "new", tmp_path / "a.key", OPENQI_PASSPHRASE="short").status == 2
    assert list(tmp_path.iterdir()) == []


def test_passphrases_come_from_files_and_the_log_may_have_its_own(world: World, tmp_path: Path):
    (tmp_path / "party").write_bytes(b"the party's passphrase\r\nsecond line\n")
    (tmp_path / "log").write_bytes(b"the log's passphrase\n")
    files = ("--passphrase-file", tmp_path / "party", "--log-passphrase-file", tmp_path / "log")
    new = ("log", "new", tmp_path / "ledger", "--origin", "a.example/b", "--operator", OPERATOR, "--name-en", "x")
    answer(*new, *files, OPENQI_PASSPHRASE=None)
    grant = ("key", "grant", tmp_path / "ledger", "--party", LAB, "--key", world / "lab.key")
    by_environment = {"OPENQI_PASSPHRASE": "the party's passphrase", "OPENQI_LOG_PASSPHRASE": "the log's passphrase"}
    answer(*grant, **by_environment)
    assert openqi(*grant, OPENQI_PASSPHRASE="the party's passphrase").status == 2
    (tmp_path / "party").write_bytes(b"")
    assert "is empty" in openqi(*grant, *files).err


@pytest.mark.parametrize("name", ["item7.dossier", "verdict.jws", "verdict.tlog-proof"])
def test_a_changed_bit_anywhere_in_a_file_is_a_finding_or_no_form_at_all(first_world: World, tmp_path: Path, name: str):
    data = (first_world / name).read_bytes()
    changed = tmp_path / name
    record = ("--record", first_world / "verdict.jws") if name.endswith("proof") else ()
    log = () if record else ("--log", first_world / "mirror")
    policy = ("--policy", first_world / "ledger/policy.txt")
    step = max(1, len(data) // 60)
    for place in range(0, len(data), step):
        changed.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        found = openqi("verify", changed, *record, *log, *policy, "--json")
        assert found.status == 1, (place, found)
        assert found.data["first_failure"]["state"] == "failed"
