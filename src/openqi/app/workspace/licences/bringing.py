"""Brings licensed marks of a workspace into the log: a licence, an issue and a state are decided once and stay."""

import os
from pathlib import Path
from typing import Final

from openqi.app.licensed.issuing import new_marks, rows_of_file, write_marks
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.draws.keeping import keep
from openqi.app.workspace.entries import stated
from openqi.app.workspace.licensing import LicensedMarksDeclared, MarkLicenceDeclared, MarkRuleDeclared, MarkStateDeclared
from openqi.formats.digital_link import check_mark, mark_name
from openqi.kernel.errors import FormatError
from openqi.pillars.conformity.licensing.granting import LicenseMark
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks
from openqi.pillars.conformity.licensing.standing import last_day
from openqi.pillars.conformity.licensing.stating import StateMarks
from openqi.records import Items
from openqi.records.licence_rows import mark_line
from openqi.records.licences import MarkRulePublished, issues_subject, states_subject
from openqi.records.rows import committed

_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def rule(builder: Builder, slot: str, declared: MarkRuleDeclared) -> None:
    """Publish the rule of a mark."""
    workspace, until = builder.workspace, declared.valid_until
    workspace.party(slot, declared.published_by, "published_by")
    pledge, requirements = None, []
    if declared.pledge is not None:
        builder.record(workspace.known(slot, "pledge", "pledges", declared.pledge))
        pledge = workspace.declared.pledges[declared.pledge].uri
    for name in declared.requirements:
        clause = builder.record(workspace.known(slot, "requirements", "clauses", name))
        requirements.append(str(builder.staged.logged(clause).record.body["requirement"]))
    body = MarkRulePublished(
        rule=declared.uri, edition=declared.edition, name=declared.name, sort=declared.sort, longest_days=declared.longest_days,
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from), pledge=pledge, requirements=tuple(requirements),
        tests=declared.tests, over_days=declared.over_days, newest_within=declared.newest_within,
        laboratories=declared.laboratories,
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
        illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    stated(builder, slot, declared.published_by, body)


def licence(builder: Builder, slot: str, declared: MarkLicenceDeclared) -> None:
    """License a mark, on all tests that were brought in before it."""
    workspace = builder.workspace
    workspace.party(slot, declared.licensed_by, "licensed_by")
    holder = workspace.party(slot, declared.holder, "holder").uri
    published = builder.record(workspace.known(slot, "rule", "mark_rules", declared.rule))
    builder.record(workspace.known(slot, "product", "products", declared.product))
    signed = None
    if declared.signature is not None:
        signed = builder.record(workspace.known(slot, "signature", "pledge_signatures", declared.signature))
    command = LicenseMark(
        licence=declared.uri, number=declared.number, rule=published, holder=holder,
        product=workspace.declared.products[declared.product].uri,
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=workspace.ending(slot, "valid_until", declared.valid_until), most=declared.most, markets=declared.markets,
        issuers=tuple(workspace.party(slot, name, "issuers").uri for name in declared.issuers), signed=signed,
        confidence=declared.confidence, illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    digest = builder.digest(slot, published, signed or "")
    keep(builder, slot, declared.licensed_by, digest, lambda: command, subject=declared.uri, advice=_SAID)


def marks_file(folder: Path, slot: str) -> Path:
    """Return the private file of the marks of an entry of `licensed_marks`, one a line."""
    return folder / ".openqi" / "marks" / f"{slot.partition('/')[2]}.txt"


def issue(builder: Builder, slot: str, declared: LicensedMarksDeclared) -> None:
    """Issue marks under a licence; their addresses are kept in a private file of the workspace, which is written first."""
    workspace = builder.workspace
    workspace.party(slot, declared.issued_by, "issued_by")
    licensed = builder.record(workspace.known(slot, "licence", "mark_licences", declared.licence))
    given, lot = workspace.declared.mark_licences[declared.licence], None
    if declared.lot is not None:
        builder.record(workspace.known(slot, "lot", "lots", declared.lot))
        lot = workspace.declared.lots[declared.lot].uri

    def make() -> IssueLicensedMarks:
        items, content = _made(builder, slot, declared)
        builder.staged.put_blob(content)
        end = last_day(workspace.ending(slot, "valid_until", given.valid_until))
        return IssueLicensedMarks(licence=licensed, items=items, use_until=declared.use_until or end, lot=lot)

    digest = builder.digest(slot, licensed)
    keep(builder, slot, declared.issued_by, digest, make, subject=issues_subject(given.uri), advice=_SAID)


def _made(builder: Builder, slot: str, declared: LicensedMarksDeclared) -> tuple[Items, bytes]:
    """The rows of the marks in the private file, which is made where there is none."""
    path = marks_file(builder.workspace.folder, slot)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = new_marks(declared.count, base=builder.workspace.declared.base, gtin=declared.gtin, chance=os.urandom)
            write_marks(path, found)
        except FormatError as error:
            raise builder.workspace.at(slot, "gtin").error(str(error)) from error
    items, content = rows_of_file(path)
    if items.count != declared.count:
        why = f"{path} has {items.count} marks, and they stay; a further {declared.count} are another entry"
        raise builder.workspace.at(slot, "count").error(why)
    return items, content


def state(builder: Builder, slot: str, declared: MarkStateDeclared) -> None:
    """State what became of marks of an entry of `licensed_marks`."""
    workspace = builder.workspace
    workspace.party(slot, declared.stated_by, "stated_by")
    marks = builder.record(workspace.known(slot, "marks", "licensed_marks", declared.marks))
    because = None
    if declared.because is not None:
        section, _, key = declared.because.partition("/")
        if not key or not isinstance(getattr(workspace.declared, section, None), dict):
            raise workspace.at(slot, "because").error(f"{declared.because!r} is no entry; write it as lots/NAME")
        because = builder.record(workspace.known(slot, "because", section, key))
    data = b"" if declared.file is None else workspace.file(slot, "file", declared.file)

    def make() -> StateMarks:
        items = None
        if declared.file is not None:
            lines = [mark_line(mark_name(check_mark(one))) for one in data.decode("utf-8").split()]
            items, content = committed(lines)
            builder.staged.put_blob(content)
        return StateMarks(
            marks=marks, state=declared.state, at=workspace.instant(slot, "at", declared.at), reason=declared.reason,
            whole=declared.file is None, items=items, because=because,
        )  # fmt: skip

    digest = builder.digest(slot, marks, because or "", data)
    keep(builder, slot, declared.stated_by, digest, make, subject=states_subject(marks), advice=_SAID)
