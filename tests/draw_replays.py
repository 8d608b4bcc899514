"""Draws as the page hands them to the replay in a browser, made by the science itself; and Node, where it is there, to run it."""

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import openqi.interfaces.web as web
from openqi.evidence.batching import batch_of_lines
from openqi.evidence.canonical import canonical_bytes
from openqi.science.draws.commitment import commitment_to, committed
from openqi.science.draws.drawing import Draw, drawn
from openqi.science.draws.frame import Candidate, Exclusion, frame_of
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.ecvrf import public_key
from openqi.science.draws.vrf.hidden import hidden_seed

NODE = shutil.which("node")
SCRIPTS = Path(web.__file__).parent / "static"
HARNESS = Path(__file__).parent / "draw_replay.js"
NAMED = (NamedSource(source="drand quicknet", event="657413"), NamedSource(source="福彩双色球", event="2026135"))

FORMS: tuple[dict[str, Any], ...] = ({"form": "drand"}, {"form": "numbers", "numbers": [6, 1]})


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a browser is given."""

    given: dict[str, Any]
    files: dict[str, bytes]
    typed: tuple[str, ...] = ()
    draw: Draw | None = field(default=None, compare=False)

    def with_file(self, name: str, content: bytes) -> "Case":
        return replace(self, files={**self.files, name: content})

    def with_given(self, **members: Any) -> "Case":
        return replace(self, given={**self.given, **members})

    def as_json(self) -> dict[str, Any]:
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return {"given": self.given, "files": files, "typed": list(self.typed)}


def case(
    candidates: Sequence[Candidate],
    plan: Plan,
    number: int,
    *,
    exclusions: Sequence[Exclusion] = (),
    made: bool = True,
    secret: bytes = b"",
) -> Case:
    """A draw from the list to the rows of its result; with a secret key one of unannounced visits."""
    frame = frame_of(candidates, exclusions)
    under = committed(frame)
    key = public_key(secret) if secret else b""
    commitment = commitment_to(under, plan, NAMED, version="openqi 0.1", key=key)
    signature = number.to_bytes(48, "big")
    beacon, numbers = sha256(signature).digest(), b"1.3.9.17.21.30./16./"
    values = [
        PublicValue(source=one.source, event=one.event, value=value) for one, value in zip(NAMED, (beacon, numbers), strict=True)
    ]
    seed = mixed_seed(commitment, NAMED, values)
    proof = b""
    if secret:
        seed, proof = hidden_seed(secret, seed, plan.purpose)
    draw = drawn(frame, plan, seed)
    rows = rows_of(draw)
    batch = batch_of_lines(rows.split(b"\n")[:-1])[0]
    left = sorted({one.name for one in frame.exclusions})
    kept = [one for one in candidates if one.name not in left]
    listed = "".join(f"{one.name}\t{one.stratum}\t{one.risk_class}\t{one.size}\n" for one in kept).encode()
    out = "".join(f"{one.name}\t{one.reason}\t{one.detail}\n" for one in frame.exclusions).encode()
    given: dict[str, Any] = {
        "frame": {
            "root": under.root.hex(), "objects": len(frame), "sha256": sha256(listed).hexdigest(), "excluded": len(left),
            "exclusions": {"sha256": sha256(out).hexdigest()} if left else None,
        },
        "plan": {"purpose": plan.purpose, "strata": [_rule(one) for one in plan.rules]},
        "sources": [{"source": one.source, "event": one.event} | form for one, form in zip(NAMED, FORMS, strict=True)],
        "version": "openqi 0.1", "key": key.hex(),
        "commitment": commitment.hex(),
        "values": [
            {
                "source": one.source, "event": one.event, "value": one.value.hex(),
                "signature": signature.hex() if one.value == beacon else None,
            }
            for one in values
        ] if made else [],
        "made": {"seed": seed.hex(), "root": batch.root.hex(), "proof": proof.hex() or None} if made else None,
    }  # fmt: skip
    return Case(
        given=given, files={"list": listed, **({"exclusions": out} if left else {}), **({"rows": rows} if made else {})}, draw=draw
    )


def rows_of(draw: Draw) -> bytes:
    """The rows of a result, a line each."""
    found = []
    for one in draw.strata:
        for place, member in enumerate(one.selection.places, 1):
            row = {
                "object": one.pool.name(member).decode(), "place": place, "stratum": one.planned.rule.stratum,
                "target": str(one.planned.targets.chance(member)), "ticket": f"{one.pool.ticket(member):064x}", "why": "size",
            }  # fmt: skip
            found.append(canonical_bytes(row) + b"\n")
    return b"".join(found)


def _rule(rule: StratumRule) -> dict[str, Any]:
    found: dict[str, Any] = {"design": rule.design, "stratum": rule.stratum}
    if rule.size is not None:
        found["size"] = rule.size
    if rule.ratio is not None:
        found["ratio"] = str(Fraction(rule.ratio))
    for name, bounds in (("floors", rule.floors), ("caps", rule.caps)):
        if bounds:
            found[name] = [{"riskClass": label, "chance": str(Fraction(chance))} for label, chance in bounds]
    return found


def replayed(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What the scripts of the page answer, run by Node."""
    assert NODE is not None
    sent = json.dumps([one.as_json() for one in cases]).encode()
    done = subprocess.run([NODE, str(HARNESS), str(SCRIPTS)], input=sent, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def states(answer: dict[str, Any]) -> dict[str, str]:
    """Each step of an answer with what it came to."""
    return {one["step"]: one["state"] for one in answer["steps"]}
