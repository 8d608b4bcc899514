"""`openqi recall check`: a notice beside the rules, element by element."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.recall_words import TERMS

if TYPE_CHECKING:
    from openqi.app.recalls.checking import NoticeChecked, NoticeFinding


@click.command()
@click.argument("notice", type=PATH)
@click.option("--rules", multiple=True, type=click.Choice(["eu-gpsr-36", "cn-order-19"]), help="By default all.")
@answering
def check(out: Output, notice: Path, rules: tuple[str, ...]) -> None:
    """Check NOTICE (YAML or JSON): what the rules ask and it does not say, words that make a risk look smaller, time limits.

    A finding ends with exit status 1.
    """
    from openqi.app.files import read_file
    from openqi.app.recalls.checking import notice_checked, rule_names
    from openqi.app.recalls.notice import MOST, notice_of

    told = notice_of(read_file(notice, MOST), "json" if notice.suffix.lower() == ".json" else "yaml")
    checked = [notice_checked(told, one) for one in rules or rule_names()]
    lines = [line for one in checked for line in _lines(out, one)]
    out.answer({"checks": [check_data(one) for one in checked]}, lines, finding=not all(one.holds for one in checked))


def check_data(checked: "NoticeChecked") -> dict[str, Any]:
    """Return a checked notice as programs are told it."""
    findings = [
        {
            "element": one.element, "name": {"zh": one.zh, "en": one.en}, "state": one.state, "detail": one.detail,
            "unverified": one.unverified,
        }
        for one in checked.findings
    ]  # fmt: skip
    return {
        "rules": checked.rules, "name": dict(checked.name), "source": dict(checked.source), "unverified": list(checked.unverified),
        "holds": checked.holds, "findings": findings,
    }  # fmt: skip


def _lines(out: Output, checked: "NoticeChecked") -> list[str]:
    head = out.state(
        "passed" if checked.holds else "failed", TERMS.term("holds" if checked.holds else "does not hold", out.language)
    )
    named = out.pairs([(checked.name[out.language], head), (TERMS.term("source", out.language), checked.source[out.language])])
    return [*named, *out.columns(_row(out, one) for one in checked.findings)]


def _row(out: Output, one: "NoticeFinding") -> tuple[str, str, str]:
    note = one.detail
    if one.unverified:
        note = f"{note} ({TERMS.term('not compared with the text', out.language)})".strip()
    return one.zh if out.language == "zh" else one.en, TERMS.term(one.state, out.language), note
