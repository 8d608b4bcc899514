"""Runs commands in this process, and makes a small world on disk with them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from openqi.interfaces.cli.main import openqi as command

PASSPHRASE = "correct horse battery"
OPERATOR, LAB, STANDARDS, BODY = (f"https://{name}.example" for name in ("operator", "lab", "standards", "body"))
ITEM = "https://maker.example/cell/7"


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object that --json printed."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self
        found = json.loads(lines[0])
        assert isinstance(found, dict)
        return found


def openqi(*arguments: object, stdin: bytes | None = None, **environment: str | None) -> Answer:
    """Run one command in this process; whatever is not an exit status is a fault and fails the test."""
    known = {"OPENQI_PASSPHRASE": PASSPHRASE, "OPENQI_LOG_PASSPHRASE": None, "LC_ALL": "en_GB.UTF-8"}
    result = CliRunner().invoke(command, [str(one) for one in arguments], input=stdin, env=known | environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def answer(*arguments: object, stdin: bytes | None = None, **environment: str | None) -> dict[str, Any]:
    """Return the JSON of a command that must go well."""
    found = openqi(*arguments, "--json", stdin=stdin, **environment)
    assert found.status == 0, found
    return found.data


@dataclass(frozen=True)
class World:
    """The folder of a small world: `ledger`, `mirror`, keys, and evidence of each form about one judged result."""

    root: Path
    ids: dict[str, str]

    def __truediv__(self, name: str) -> Path:
        return self.root / name

    def state(
        self, kind: str, body: dict[str, Any], *more: object, party: str = OPERATOR, key: str | None = None
    ) -> dict[str, Any]:
        """State a record."""
        request = json.dumps({"kind": kind, "body": body}).encode()
        file = self / f"{key}.key" if key else self / "ledger/keys/operator.key"
        return answer("record", "state", self / "ledger", "-", "--as", party, "--key", file, *more, stdin=request)

    def judge(self, result: str) -> dict[str, Any]:
        """Ask for the verdict on a result."""
        arguments = {"result": result, "requirement": self.ids["requirement"]}
        request = json.dumps({"name": "conformity.judge-result/1", "arguments": arguments}).encode()
        return answer("record", "decide", self / "ledger", "-", "--as", BODY, "--key", self / "body.key", stdin=request)

    def result(self, *more: object, **changes: str) -> dict[str, Any]:
        """Report a result."""
        body = {
            "item": ITEM, "quantity": "capacity", "value": "2035.0", "unit": "mA.h", "expandedUncertainty": "8.0",
            "coverageFactor": "2", "method": "m", "measuredAt": "2026-11-01T00:00:00Z",
        }  # fmt: skip
        return self.state("conformity.result-reported/1", body | changes, *more, party=LAB, key="lab")


def made_world(root: Path) -> World:
    world = World(root, {})
    names = ("--name-en", "Operator", "--name-zh", "运营方")
    founded = answer("log", "new", root / "ledger", "--origin", "example.org/log", "--operator", OPERATOR, *names)
    world.ids.update(genesis=founded["genesis"], vkey=founded["vkey"])
    parties = {"lab": "testing-laboratory", "standards": "standards-body", "body": "conformity-assessment-body"}
    for name, role in parties.items():
        answer("key", "new", root / f"{name}.key")
        answer("key", "grant", root / "ledger", "--party", f"https://{name}.example", "--key", root / f"{name}.key")
        granted = {"party": f"https://{name}.example", "role": role, "validFrom": "2020-01-01T00:00:00Z"}
        world.state("governance.role-granted/1", granted)
    answer("key", "new", root / "witness.key")
    requirement = {
        "requirement": "https://standards.example/r/1", "edition": "2026", "quantity": "capacity", "unit": "A.h",
        "rule": "guarded-acceptance/1", "clause": "5.1", "validFrom": "2026-01-01T00:00:00Z", "lower": "1.950",
    }  # fmt: skip
    stated = world.state("standards.requirement-published/1", requirement, party=STANDARDS, key="standards")
    world.ids["requirement"] = stated["record"]
    world.ids["result"] = world.result()["record"]
    world.ids["verdict"] = world.judge(world.ids["result"])["records"][0]["record"]
    answer("dossier", root / "ledger", world.ids["verdict"], "-o", root / "item7.dossier")
    answer("record", "show", root / "ledger", world.ids["verdict"], "-o", root / "verdict.jws")
    answer("log", "proof", root / "ledger", world.ids["verdict"], "-o", root / "verdict.tlog-proof")
    answer("log", "mirror", root / "ledger", root / "mirror", "--policy", root / "ledger/policy.txt")
    return world
