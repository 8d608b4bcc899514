"""`openqi mark prove`: one unit's proof as a small file, which `openqi verify --mark` accepts without any network."""

from pathlib import Path

import click

from openqi.interfaces.cli.commands.chain import place_option
from openqi.interfaces.cli.mark_words import term
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output


@click.command()
@click.argument("mark")
@place_option
@click.option("-o", "--output", type=PATH, required=True, help="File to write, for example unit.openqi.")
@click.option("--policy", "policy_file", type=PATH, help="Trust policy to enclose; by default the ledger's own.")
@answering
def prove(out: Output, mark: str, place: Path, output: Path, policy_file: Path | None) -> None:
    """Write what proves MARK without any network: its row, the way to the root, licence, rule, keys, and a checkpoint."""
    from openqi.app.files import write_file
    from openqi.app.folder import policy_of
    from openqi.app.licensed.proving import unit_proof
    from openqi.app.marks import NotIssuedHere, mark_answer, reading_marks
    from openqi.app.targets import opened
    from openqi.kernel.errors import NotFoundError

    with opened(place) as chain:
        policy = policy_of(chain.ledger.path, policy_file)
        if policy is None:
            raise click.UsageError(f"{chain.ledger.path} has no policy.txt; name the trust policy to enclose with --policy")
        with reading_marks(chain.ledger.path) as reader:
            answer = mark_answer(reader, mark, scanned=False)
            if isinstance(answer, NotIssuedHere):
                raise NotFoundError(f"{mark[:200]} was not issued by {answer.origin}, up to size {answer.size}")
            content = unit_proof(chain.store, answer, policy=policy)
    write_file(output, content)
    state = None if answer.state is None else answer.state.state
    data = {
        "mark": mark, "file": str(output), "size": len(content), "record": answer.found.record, "leaf": answer.found.leaf,
        "standing": answer.standing, "state": state,
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("file", output),
        ("record", answer.found.record),
        ("standing", term(answer.standing, out.language)),
    ]
    if state is not None:
        rows.append(("state", term(state, out.language)))
    out.answer(data, out.pairs([(term(name, out.language), value) for name, value in rows]))
