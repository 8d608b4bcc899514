"""`openqi pledge list` and `state`: which pledges there are, who signed, and how each promise stands on a day."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pledge_words import term

if TYPE_CHECKING:
    from openqi.app.pledges import Standing
    from openqi.app.targets import Place
    from openqi.evidence.fold import Row
    from openqi.pillars.governance.pledges.states import PromiseState

_BAD = ("missed", "contradicted")
in_option = click.option(
    "--in", "folder", type=PATH, default=Path(), metavar="FOLDER", help="Workspace or ledger, by default the folder here."
)


@click.command("list")
@in_option
@click.option("--pledge", metavar="URI", help="Only signatures under this pledge.")
@answering
def list_pledges(out: Output, folder: Path, pledge: str | None) -> None:
    """List the editions of pledges, and who signed them."""
    from openqi.app.folder import now
    from openqi.app.pledges import editions, holds_at, signatures
    from openqi.app.targets import opened
    from openqi.kernel.instant import format_instant

    instant = format_instant(now())
    with opened(folder) as place:
        published = [row for row in editions(place.store) if pledge in (None, row["pledge"])]
        signed = list(signatures(place.store, pledge=pledge))
    data = {
        "editions": [_edition(row) for row in published],
        "signatures": [_signature(row) | {"holds": holds_at(row, instant)} for row in signed],
    }
    lines = out.columns(_edition_rows(out, published)) if published else [term("no pledge", out.language)]
    lines += ["", *(out.columns(_signature_rows(out, signed, instant)) if signed else [term("nobody has signed", out.language)])]
    out.answer(data, lines)


def _edition(row: "Row") -> dict[str, Any]:
    return {
        "record": row["published"], "pledge": row["pledge"], "edition": row["edition"],
        "name": {"zh": row["name_zh"], "en": row["name_en"]}, "issuer": row["issuer"], "since": row["since"], "until": row["until"],
        "promises": row["obligations"], "illustrative": bool(row["illustrative"]), "withdrawn": row["withdrawn"],
    }  # fmt: skip


def _signature(row: "Row") -> dict[str, Any]:
    return {
        "record": row["signed"], "firm": row["firm"], "pledge": row["pledge"], "published": row["published"], "since": row["since"],
        "until": row["until"], "products": row["products"], "handedIn": row["shown"], "proof": row["proof_number"],
        "ended": row["ended"], "endedAt": row["ended_at"], "endedBy": row["ended_by"], "openComplaints": row["open_complaints"],
        "withdrawn": row["withdrawn"], "illustrative": bool(row["illustrative"]),
    }  # fmt: skip


def _edition_rows(out: Output, rows: "list[Row]") -> list[tuple[str, ...]]:
    told = [tuple(term(name, out.language) for name in ("pledge", "edition", "name", "since", "promises", "record"))]
    for row in rows:
        names = (row["name_zh"], row["name_en"]) if out.language == "zh" else (row["name_en"], row["name_zh"])
        name = next((str(one) for one in names if one), "")
        told.append(
            (str(row["pledge"]), str(row["edition"]), name, _day(row["since"]), str(row["obligations"]), str(row["published"]))
        )
    return told


def _signature_rows(out: Output, rows: "list[Row]", instant: str) -> list[tuple[str, ...]]:
    told = [tuple(term(name, out.language) for name in ("firm", "pledge", "since", "state", "proof", "signature"))]
    told += [
        (
            str(row["firm"]), str(row["pledge"]), _day(row["since"]), _stands(out, row, instant), str(row["proof_number"] or "-"),
            str(row["signed"]),
        )
        for row in rows
    ]  # fmt: skip
    return told


def _stands(out: Output, row: "Row", instant: str) -> str:
    """Whether a signature holds, in a word; an end comes before anything else that ended it too."""
    from openqi.app.pledges import holds_at

    if holds_at(row, instant):
        return term("holds", out.language)
    for name, label in (("ended", "ended"), ("withdrawn", "withdrawn")):
        if row[name] is not None:
            return term(label, out.language)
    return term("not signed yet" if instant < str(row["since"]) else "term over", out.language)


def _day(instant: object) -> str:
    return str(instant)[:10]


@click.command()
@click.argument("firm", metavar="FIRM")
@in_option
@click.option("--at", "day", metavar="DAY", help="The day, for example 2026-03-31; by default today.")
@click.option("--pledge", metavar="URI", help="Only under this pledge.")
@answering
def state(out: Output, firm: str, folder: Path, day: str | None, pledge: str | None) -> None:
    """Say how every promise of FIRM (a URI, or parties/NAME of the workspace) stands on a day.

    A promise that is missed or contradicted is a finding.
    """
    from openqi.app.folder import now
    from openqi.app.pledges import firm_states
    from openqi.app.targets import opened
    from openqi.kernel.instant import format_instant

    with opened(folder) as place:
        uri = firm_of(place, firm)
        found = firm_states(place.store, uri, format_instant(now()), day, pledge)
    data = {"firm": uri, "signatures": [_standing(one) for one in found]}
    lines = [line for one in found for line in _standing_lines(out, one)]
    out.answer(data, lines, finding=any(one.state in _BAD for standing in found for one in standing.states))


def firm_of(place: "Place", text: str) -> str:
    """Return the URI of a firm: as it stands, or of an entry of the workspace."""
    if not text.startswith("parties/"):
        return text
    return str(place.store.logged(place.find(text).record).record.body["party"])


def _standing(one: "Standing") -> dict[str, Any]:
    return _signature(one.row) | {
        "day": one.on.isoformat(), "holds": one.holds,
        "states": [
            {
                "promise": state.obligation.code, "sort": state.obligation.sort, "state": state.state,
                "since": state.since.isoformat(), "due": None if state.due is None else state.due.isoformat(),
                "unshown": state.unshown,
                "evidence": list(state.evidence),
            }
            for state in one.states
        ],
    }  # fmt: skip


def _standing_lines(out: Output, one: "Standing") -> list[str]:
    row, language = one.row, out.language
    instant = f"{one.on.isoformat()}T23:59:59Z"
    told: list[tuple[str, object]] = [
        ("firm", row["firm"]), ("pledge", row["pledge"]), ("signature", row["signed"]), ("day", one.on.isoformat()),
        ("what", term("holds", language) if one.holds else _stands(out, row, max(instant, str(row["since"])))),
    ]  # fmt: skip
    if row["ended"] is not None:
        told.append(("open complaints at its end", row["open_complaints"]))
    head = out.pairs([(term(name, language), value) for name, value in told])
    if not one.states:
        return [*head, term("not signed yet", language), ""]
    table = [tuple(term(name, language) for name in ("promise", "state", "since", "due", "unshown", "evidence"))]
    return [*head, "", *out.columns([*table, *(_cells(out, state) for state in one.states)]), ""]


def _cells(out: Output, state: "PromiseState") -> tuple[str, ...]:
    from openqi.interfaces.web.words import term as page_term

    shown = "good" if state.state == "kept" else "failed" if state.state in _BAD else "not checked"
    return (
        state.obligation.code, out.state("passed" if shown == "good" else shown, page_term("value", state.state, out.language)),
        state.since.isoformat(), "-" if state.due is None else state.due.isoformat(), str(state.unshown or "-"),
        " ".join(name[:12] for name in state.evidence) or "-",
    )  # fmt: skip
