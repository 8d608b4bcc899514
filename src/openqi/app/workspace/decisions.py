"""What the entries of a workspace become: readings, verdicts, decisions on lots, certificates of conformity, events, marks."""

import csv
import io
import os
from functools import partial
from pathlib import Path

from openqi.app.files import write_file
from openqi.app.workspace.builder import Builder, Skipped
from openqi.app.workspace.certificates import content_of
from openqi.app.workspace.certifying import CertificationDeclared, EventsDeclared
from openqi.app.workspace.checks import check_readings
from openqi.app.workspace.declared import DecisionDeclared, JudgementDeclared, MarksDeclared, ReadingsDeclared
from openqi.app.workspace.rows import item_rows, reading_rows
from openqi.formats.digital_link import digital_link, mark_name, new_serial
from openqi.formats.epcis import Event, read_events
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.conformity.certification import IssueCertificate, IssueMarks
from openqi.pillars.conformity.lots import DecideLot
from openqi.pillars.conformity.measured import JudgeMeasured
from openqi.pillars.conformity.readings import JudgeReadings
from openqi.records import Body
from openqi.records.conformity import ReadingsReported, Setting
from openqi.records.rows import EventRow, committed, event_line, quoted
from openqi.records.traceability import EventsCaptured

_SERIAL_BYTES = 13


def readings(builder: Builder, slot: str, declared: ReadingsDeclared) -> None:
    """Bring in readings as they were indicated; the laboratory states them."""
    workspace = builder.workspace
    procedure = builder.record(workspace.known(slot, "procedure", "procedures", declared.procedure))
    builder.record(workspace.known(slot, "instrument", "instruments", declared.instrument))
    check_readings(workspace, slot, declared)
    workspace.party(slot, declared.reported_by, "reported_by")
    uri = workspace.declared.instruments[declared.instrument].uri
    digest = builder.digest(slot, workspace.file(slot, "file", declared.file), procedure, uri)
    builder.state(slot, declared.reported_by, digest, partial(_readings, builder, slot, declared, procedure))


def _readings(builder: Builder, slot: str, declared: ReadingsDeclared, procedure: str) -> tuple[Body, tuple[bytes, ...]]:
    workspace = builder.workspace
    instrument = workspace.declared.instruments[declared.instrument]
    rows = reading_rows(workspace, slot, declared)
    items, content = committed(rows.lines)
    body = ReadingsReported(
        subject=declared.subject,
        quantity=declared.quantity,
        unit=declared.unit,
        procedure=procedure,
        condition=declared.condition,
        instrument=instrument.uri,
        settings=tuple(_setting(builder, slot, instrument.uri, *one) for one in declared.settings.items()),
        measured_from=workspace.instant(slot, "measured_from", declared.measured_from),
        measured_until=workspace.instant(slot, "measured_until", declared.measured_until, end="23:59:59"),
        items=items,
        document=content_of(declared.file, rows.data),
        simulated=declared.simulated,
        remark=declared.remark,
    )
    return body, (content, rows.data)


def _setting(builder: Builder, slot: str, instrument: str, quantity: str, text: str) -> Setting:
    value, _, unit = text.partition(" ")
    if not unit:
        raise builder.workspace.at(slot, "settings").error(f"{text!r} is no value with its unit; write for example 2 A")
    return Setting(quantity=quantity, value=value, unit=unit, instrument=instrument)


def judgement(builder: Builder, slot: str, declared: JudgementDeclared) -> None:
    """Judge readings by a requirement."""
    workspace = builder.workspace
    readings_slot = workspace.known(slot, "readings", "readings", declared.readings)
    read, clause = (
        builder.record(readings_slot),
        builder.record(workspace.known(slot, "requirement", "clauses", declared.requirement)),
    )
    workspace.party(slot, declared.judged_by, "judged_by")
    stated = workspace.declared.readings[declared.readings]
    modelled = workspace.declared.procedures[stated.procedure].modelled
    command = (JudgeMeasured if modelled else JudgeReadings)(readings=read, requirement=clause)
    for name, one in workspace.declared.certificates.items():
        if one.instrument == stated.instrument and builder.failed(f"certificates/{name}"):
            raise Skipped  # else it would be told that there is no certificate
    try:
        builder.decide(slot, declared.judged_by, builder.digest(slot, read, clause), command, subject=stated.subject)
    except DomainError as error:
        raise _at_its_row(builder, readings_slot, stated, error) from error
    except RefusedError as error:
        if error.rule in ("calibration-interval", "certificate-in-force", "edition-valid", "not-in-the-future", "one-calibration"):
            raise workspace.at(readings_slot, "measured_from").error(str(error)) from error
        raise


def _at_its_row(builder: Builder, slot: str, declared: ReadingsDeclared, error: DomainError) -> DomainError:
    """The error of an item, with the line of the file that it was read from."""
    told = str(error).removeprefix("item ")
    place = reading_rows(builder.workspace, slot, declared).place(told.partition(", ")[0]) if told != str(error) else None
    return DomainError(f"{place}: {error}") if place else error


def decision(builder: Builder, slot: str, declared: DecisionDeclared) -> None:
    """Decide on a lot."""
    workspace = builder.workspace
    lot = builder.record(workspace.known(slot, "lot", "lots", declared.lot))
    judged = builder.record(workspace.known(slot, "judgement", "judgements", declared.judgement))
    plan = builder.record(workspace.known(slot, "plan", "plans", declared.plan))
    workspace.party(slot, declared.decided_by, "decided_by")
    command = DecideLot(lot=lot, judged=judged, plan=plan, seed=declared.seed)
    subject = workspace.declared.lots[declared.lot].uri
    builder.decide(slot, declared.decided_by, builder.digest(slot, lot, judged, plan), command, subject=subject)


def certification(builder: Builder, slot: str, declared: CertificationDeclared) -> None:
    """Issue a certificate of conformity."""
    workspace = builder.workspace
    scope = builder.record(workspace.known(slot, "scope", "accreditations", declared.scope))
    tests = tuple(builder.record(workspace.known(slot, "type_tests", "judgements", name)) for name in declared.type_tests)
    lots = tuple(builder.record(workspace.known(slot, "lots", "decisions", name)) for name in declared.lots)
    builder.record(workspace.known(slot, "product", "products", declared.product))
    workspace.party(slot, declared.issued_by, "issued_by")
    command = IssueCertificate(
        certificate=declared.uri,
        number=declared.number,
        holder=workspace.party(slot, declared.holder, "holder").uri,
        product=workspace.declared.products[declared.product].uri,
        scope=scope,
        type_tests=tests,
        lots=lots,
        mark_issuers=_mark_issuers(builder, slot),
    )
    digest = builder.digest(slot, scope, *tests, *lots, command.holder, command.product, *command.mark_issuers)
    builder.decide(slot, declared.issued_by, digest, command, subject=declared.uri)


def _mark_issuers(builder: Builder, slot: str) -> tuple[str, ...]:
    """The parties that the workspace lets issue marks under a certificate."""
    declared = builder.workspace.declared
    names = [one.issued_by for one in declared.marks.values() if f"certifications/{one.certificate}" == slot]
    known = {declared.parties[name].uri for name in names if name in declared.parties}
    # Whoever was named stays named: an entry of marks that is taken out does not undo the certificate.
    return tuple(sorted(known | set(builder.body_of(slot).get("markIssuers", ()))))


def events(builder: Builder, slot: str, declared: EventsDeclared) -> None:
    """Bring in traceability events."""
    workspace = builder.workspace
    for name in declared.lots:
        builder.record(workspace.known(slot, "lots", "lots", name))
    workspace.party(slot, declared.captured_by, "captured_by")
    lots = tuple(workspace.declared.lots[name].uri for name in declared.lots)
    data = workspace.file(slot, "file", declared.file)

    def make() -> tuple[Body, tuple[bytes, ...]]:
        # An event that was declared wrong did not happen; the file that says so is kept whole.
        lines = tuple(event_line(_row(one)) for one in read_events(data, name=declared.file) if not one.declared_wrong)
        items, content = committed(lines)
        return EventsCaptured(lots=lots, items=items, document=content_of(declared.file, data)), (content, data)

    builder.state(slot, declared.captured_by, builder.digest(slot, data, *lots), make)


def _row(event: Event) -> EventRow:
    return EventRow(
        type=event.type,
        at=event.at,
        action=event.action or "",
        children=event.children,
        inputs=event.inputs,
        location=event.business_location or event.read_point or "",
        outputs=event.outputs,
        parent=event.parent or "",
        step=event.business_step or "",
        things=event.epcs,
    )


def marks(builder: Builder, slot: str, declared: MarksDeclared) -> None:
    """Issue a mark for each item; serials are kept in a private file of the workspace and never leave it but as codes."""
    workspace = builder.workspace
    certificate = builder.record(workspace.known(slot, "certificate", "certifications", declared.certificate))
    workspace.party(slot, declared.issued_by, "issued_by")
    rows = item_rows(workspace, slot, declared)
    uris = _serials(builder, slot, declared, rows.items)
    lines = (b'{"item":' + quoted(item) + b',"mark":"' + mark_name(uris[item]).encode() + b'"}' for item in rows.items)
    items, content = committed(lines)
    builder.staged.put_blob(content)
    subject = workspace.declared.certifications[declared.certificate].uri
    command = IssueMarks(certificate=certificate, items=items)
    builder.decide(slot, declared.issued_by, builder.digest(slot, certificate, items.root), command, subject=subject)


def serial_file(folder: Path, slot: str) -> Path:
    """Return the private file that holds the marks of an entry."""
    return folder / ".openqi" / "marks" / f"{slot.partition('/')[2]}.csv"


def read_serials(path: Path) -> dict[str, str]:
    """Return item → mark of a private file; empty where there is none.

    Raises:
        FormatError: it was damaged.
    """
    if not path.is_file():
        return {}
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except UnicodeDecodeError:
        rows = []
    if not rows or rows[0] != ["item", "mark"] or any(len(row) != 2 for row in rows):
        raise FormatError(f"{path}: not the marks that a build has kept; bring the file back from a copy")
    return dict(rows[1:])


def _serials(builder: Builder, slot: str, declared: MarksDeclared, items: tuple[str, ...]) -> dict[str, str]:
    path = serial_file(builder.workspace.folder, slot)
    uris = read_serials(path)
    if slot in builder.before and not uris:
        raise FormatError(f"{path} is gone, and with it the marks that were issued; bring it back from a copy")
    try:
        start = digital_link(builder.workspace.declared.base, declared.gtin, "0")[:-1]
    except FormatError as error:
        raise builder.workspace.at(slot, "gtin").error(str(error)) from error
    for item, uri in uris.items():
        if not uri.startswith(start):
            why = f"{item} bears a mark under another base or GTIN, which stays printed"
            raise builder.workspace.at(slot, "gtin").error(f"{why}; keep both, or declare the new marks as another entry")
    fresh = [item for item in items if item not in uris]
    for item in fresh:
        uris[item] = digital_link(builder.workspace.declared.base, declared.gtin, new_serial(os.urandom(_SERIAL_BYTES)))
    if fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([("item", "mark"), *uris.items()])
        write_file(path, text.getvalue().encode(), secret=True)
    builder.marks[slot] = {item: uris[item] for item in items}
    return uris
