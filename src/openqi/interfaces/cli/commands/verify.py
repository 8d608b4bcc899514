"""`openqi verify`: evidence of any form, in numbered steps, the first failing step named first."""

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.commands.log import log_data, log_lines
from openqi.interfaces.cli.options import PATH, answering, policy_bytes, policy_option
from openqi.interfaces.cli.output import Output

_ID: Final = re.compile(r"[0-9a-f]{8,64}")

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openqi.evidence.dossiers.report import Report, Step


@click.command()
@click.argument("target")
@policy_option
@click.option("--log", "folder", type=PATH, help="Ledger or mirror, to look for what a dossier or a record alone cannot show.")
@click.option("--mark", metavar="MARK", help="The mark that a dossier is said to be about.")
@click.option("--record", "record_file", type=PATH, help="The record (its JWS) that a tlog-proof is said to prove.")
@answering
def verify(
    out: Output, target: str, policy_file: Path | None, folder: Path | None, mark: str | None, record_file: Path | None
) -> None:
    """Verify TARGET: a dossier, the folder of a log or workspace, a tlog-proof, a record, or a mark or record id in --log.

    Proved: signatures and log hold. Replayed: the same decisions come out again. Complete: nothing later was left out.
    What was not checked is said to be not checked.
    """
    from openqi.app import examine
    from openqi.app.lookup import content_of, form_of

    policy = policy_bytes(policy_file)
    if not Path(target).exists() and ("://" in target or _ID.fullmatch(target)):
        _verify_named(out, target, policy_file, folder or Path())
        return
    path = _ledger_of(Path(target))
    form = form_of(path)
    if record_file is not None and form != "proof":
        raise click.UsageError(f"--record goes with a tlog-proof; {target} is a {form}")
    if mark is not None and form != "dossier":
        raise click.UsageError(f"--mark goes with a dossier; {target} is a {form}")
    if folder is not None and form not in ("dossier", "record"):
        raise click.UsageError(f"--log goes with a dossier or a record; {target} is a {form}")
    if form == "log":
        _verify_log(out, path, policy)
        return
    if form == "dossier":
        if mark is not None:
            from openqi.app.licensed.proving import check_unit

            check_unit(content_of(path), mark)
        report = examine.dossier_report(content_of(path), policy=policy, folder=None if folder is None else _ledger_of(folder))
    elif form == "proof":
        record = None if record_file is None else content_of(record_file)
        report = examine.proof_report(content_of(path), record=record, policy=policy)
    else:
        report = examine.record_report(content_of(path), folder=None if folder is None else _ledger_of(folder), policy=policy)
    out.answer(report_data(target, form, report), report_lines(out, report), finding=report.first_failure is not None)


def _ledger_of(path: Path) -> Path:
    """The ledger of a workspace; any other path stays itself."""
    if (path / "openqi.yaml").is_file():
        from openqi.app.workspace.build import ledger_path

        return ledger_path(path)
    return path


def _verify_log(out: Output, path: Path, policy: bytes | None) -> None:
    """Verify a whole log; of a ledger every decision is replayed, of a mirror, which has no contents, none."""
    from openqi.app import examine
    from openqi.app.checking import replayed
    from openqi.app.folder import is_ledger

    found = examine.log_report(path, policy=policy)
    state, again, more = examine.log_state(found), "not checked", []
    data = log_data(path, found, state)
    if is_ledger(path) and not found.findings:
        decided = replayed(path)
        again = "failed" if decided.findings else "passed"
        data |= {"replayed": again, "decisions": decided.decisions, "not_replayed": list(decided.findings)}
        more = out.pairs([("decisions", decided.decisions), *(("finding", one) for one in decided.findings)])
    bad = bool(found.findings) or again == "failed"
    out.answer(data, [*log_lines(out, found), *more, *sums(out, state, again, "not checked")], finding=bad)


def _verify_named(out: Output, name: str, policy_file: Path | None, folder: Path) -> None:
    """Verify a mark or record as a dossier of it is verified, against the whole log that it is looked for in."""
    from openqi.app import examine
    from openqi.app.dossiers import dossier
    from openqi.app.folder import policy_of
    from openqi.app.targets import opened

    with opened(folder) as chain:
        policy = policy_of(chain.ledger.path, policy_file)
        found = chain.find(name)
        content = dossier(chain.store, found.record, policy=policy or b"", leaf=found.leaf)
    report = examine.dossier_report(content, policy=policy, folder=_ledger_of(folder))
    form = "record" if found.leaf is None else "mark"
    out.answer(report_data(name, form, report), report_lines(out, report), finding=report.first_failure is not None)


def report_data(target: Path | str, form: str, report: "Report") -> dict[str, Any]:
    """Return a report as --json prints it."""
    first = report.first_failure
    return {
        "target": str(target), "form": form, "record": report.target or None,
        "first_failure": None if first is None else _step(first), "steps": [_step(step) for step in report.steps],
        "proved": report.proved, "replayed": report.replayed, "complete": report.complete,
    }  # fmt: skip


def _step(step: "Step") -> dict[str, Any]:
    return {"number": step.number, "name": step.name, "state": step.state, "detail": step.detail}


def report_lines(out: Output, report: "Report") -> list[str]:
    """Return a report as people read it."""
    lines = []
    if first := report.first_failure:
        rows = [("first failing step", f"{first.number} {out.word(first.name)}: {_detail(first)}")]
        lines += [*out.pairs(rows), ""]
    if report.target:
        lines += [*out.pairs([("record", report.target)]), ""]
    lines += out.columns(_rows(out, report.steps))
    return [*lines, *sums(out, report.proved, report.replayed, report.complete)]


def _rows(out: Output, steps: "Iterable[Step]") -> "Iterator[tuple[str, ...]]":
    """A row a step; neighbours that say the same stand in one row."""
    for (state, detail), group in groupby(steps, key=lambda step: (step.state, _detail(step))):
        first, *more = group
        ends = (first, more[-1]) if more else (first,)
        yield (
            "-".join(str(step.number) for step in ends),
            " - ".join(out.word(step.name) for step in ends),
            out.state(state),
            detail,
        )


def _detail(step: "Step") -> str:
    """What a step found; an error that names its step need not name it twice."""
    return step.detail.removeprefix(f"{step.name}: ")


def sums(out: Output, proved: str, replayed: str, complete: str) -> list[str]:
    """Return the three lines in which every verification ends."""
    states = {"proved": proved, "replayed": replayed, "complete": complete}
    reached = {name: out.reached(name) if state == "passed" else "" for name, state in states.items()}
    return ["", *out.pairs((name, out.state(state, reached[name])) for name, state in states.items())]
