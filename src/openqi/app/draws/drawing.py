"""Makes the draw of a folder once its randomness is published, and writes who was drawn, with the chance of each."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from openqi.app.draws.folder import DRAW, DRAWN, HIDDEN, PROOFS, Loaded, NewFolder, loaded, written
from openqi.app.draws.randomness import Published, published, read_files
from openqi.app.files import write_file
from openqi.kernel.errors import RefusedError
from openqi.science.draws.commitment import FrameProof
from openqi.science.draws.drawing import Draw, StratumDraw, drawn
from openqi.science.draws.seed import mixed_seed
from openqi.science.draws.told import DrawnObject, drawn_objects
from openqi.science.draws.vrf.ecvrf import public_key
from openqi.science.draws.vrf.hidden import hidden_seed

FORMAT: Final = "openqi draw 1"
HEADER: Final = ("place", "name", "stratum", "class", "size", "target", "chance", "error", "ticket", "why")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Made:
    """A draw with what it was made from."""

    loaded: Loaded
    randomness: tuple[Published, ...]
    draw: Draw
    public_seed: bytes
    proof: bytes


def run(folder: Path, files: Sequence[Path], *, secret: bytes = b"", now: str, proofs: bool = False) -> Made:
    """Make the draw of a folder and write it there; of unannounced visits into a folder `hidden`, which only its owner reads.

    Args:
        folder: that `commit` made.
        files: of the published randomness.
        secret: key of unannounced visits.
        now: instant; randomness that is not public by then cannot be there.
        proofs: whether to write the proof of every object that was drawn too.

    Raises:
        RefusedError: there is a draw already, and as `published`.
        VerificationError: list or commitment was edited, or a beacon does not hold.
    """
    for name in (DRAW, HIDDEN):
        if (folder / name).exists():
            raise RefusedError("drawn-once", f"{folder} has {name} already: a commitment is drawn from once; verify it")
    base = loaded(folder)
    _check_key(base, secret)
    for one in base.terms.sources:
        if one.not_before > now:
            raise RefusedError(
                "randomness-to-come", f"{one.source}, {one.event} cannot be known before {one.not_before}; it is {now}: wait"
            )
    made = made_from(base, published(base.terms, read_files(files)), secret=secret)
    if base.terms.key:
        with NewFolder(folder / HIDDEN, secret=True) as aside:
            _write(aside, made, proofs=proofs)
    else:
        _write(folder, made, proofs=proofs)
    return made


def made_from(base: Loaded, randomness: tuple[Published, ...], *, secret: bytes = b"") -> Made:
    """Return the draw of a folder from randomness."""
    seed = mixed_seed(base.commitment, base.terms.named, [one.public for one in randomness])
    used, proof = seed, b""
    if base.terms.key:
        used, proof = hidden_seed(secret, seed, base.terms.plan.purpose)
    return Made(
        loaded=base, randomness=randomness, draw=drawn(base.frame, base.terms.plan, used), public_seed=seed, proof=proof
    )  # fmt: skip


def _check_key(base: Loaded, secret: bytes) -> None:
    if bool(secret) != bool(base.terms.key):
        raise RefusedError(
            "key-as-committed",
            "visits are unannounced: give the key with --key" if base.terms.key else "no key was committed to; leave --key out",
        )
    if secret and public_key(secret) != base.terms.key:
        raise RefusedError("key-as-committed", "this is not the key that was committed to")


def _write(folder: Path, made: Made, *, proofs: bool) -> None:
    """The result is there when `draw.json` is, which is written last."""
    table = drawn_table(drawn_objects(made.draw))
    if proofs:
        write_file(folder / PROOFS, b"".join(proof_lines(made)))
    write_file(folder / DRAWN, table)
    write_file(folder / DRAW, written(draw_document(made, table)))


def draw_document(made: Made, table: bytes) -> dict[str, Any]:
    """Return what `draw.json` says."""
    return {
        "format": FORMAT, "commitment": made.loaded.commitment.hex(),
        "randomness": [one.data() for one in made.randomness],
        "publicSeed": made.public_seed.hex(), "proof": made.proof.hex() or None, "seed": made.draw.seed.hex(),
        "strata": [_stratum(one) for one in made.draw.strata],
        "drawn": {"file": DRAWN, "objects": len(made.draw.names()), "sha256": sha256(table).hexdigest()},
    }  # fmt: skip


def _stratum(one: StratumDraw) -> dict[str, Any]:
    return {
        "stratum": one.planned.rule.stratum, "design": one.planned.rule.design, "objects": len(one.pool),
        "expected": str(one.planned.targets.expected), "drawn": len(one.selection.places),
        "facts": {name: str(value) for name, value in sorted(one.selection.facts.items())},
    }  # fmt: skip


def drawn_table(objects: Iterable[DrawnObject]) -> bytes:
    """Return who was drawn as CSV, stratum by stratum in drawn order, with the chance of each."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for one in objects:
        chance = plain(float(one.chance.value)), plain(one.chance.error)
        table.writerow(
            (one.place, one.name, one.stratum, one.risk_class, one.size, str(one.target), *chance, one.ticket, one.why)
        )  # fmt: skip
    return text.getvalue().encode()


def place_in_list(one: StratumDraw, place: int) -> int:
    """Return the place on the list of a member of a stratum."""
    return place if one.planned.members is None else int(one.planned.members[place])


def plain(number: float) -> str:
    """Return a float as decimal digits that give the same float back, without an exponent."""
    return format(Decimal(repr(number)), "f")


def proof_lines(made: Made) -> Iterator[bytes]:
    """Yield a line of JSON for every object that was drawn: the proof that it stands on the list."""
    for one in made.draw.strata:
        for place in one.selection.places:
            proof = made.loaded.under.proof(place_in_list(one, place))
            yield (json.dumps(proof_data(proof, made.loaded), ensure_ascii=False) + "\n").encode()


def proof_data(proof: FrameProof, base: Loaded) -> dict[str, Any]:
    """Return the proof of a row as data: `row` hashed with a zero byte before it leads through `hashes` to `root` [RFC6962]."""
    name = proof.row.split(b"\n")[0].decode()
    return {
        "name": name, "row": proof.row.decode(), "leaf": proof.leaf, "objects": proof.size, "root": base.under.root.hex(),
        "hashes": [one.hex() for one in proof.hashes], "commitment": base.commitment.hex(),
    }  # fmt: skip


def show(folder: Path) -> None:
    """Make the hidden draw of a folder public after its visits: its files are put where everybody reads them.

    Raises:
        RefusedError: nothing is hidden there, or it is shown already.
    """
    hidden = folder / HIDDEN
    if not (hidden / DRAW).is_file():
        raise RefusedError("something-hidden", f"{folder} holds no hidden draw; `openqi draw run` makes one")
    if (folder / DRAW).exists():
        raise RefusedError("drawn-once", f"{folder / DRAW} is there already")
    for name in (PROOFS, DRAWN, DRAW):  # the last one makes it public
        if (hidden / name).is_file():
            write_file(folder / name, (hidden / name).read_bytes())
    for path in hidden.iterdir():
        path.unlink()
    hidden.rmdir()
