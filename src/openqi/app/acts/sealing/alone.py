"""Acts of one party with its key at hand, on a ledger alone, as the command line does them: no desk, so no drafts, no tokens."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as with_members

from openqi.app.acts.acts import Act
from openqi.app.acts.audience import Audience
from openqi.app.acts.forms import read_form
from openqi.app.acts.problems import built
from openqi.app.acts.sealing.imports import RowOutcome, looked_at, repeated, rows_of_table
from openqi.app.acts.sealing.outcomes import refusal_of
from openqi.app.acts.sealing.writing import readers_of
from openqi.app.acts.uploads import Columns, Upload, own_names
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record, Statement
from openqi.kernel.errors import OpenQIError, RefusedError
from openqi.records import Body


def previewed(
    ledger: Ledger, act: Act, arguments: Mapping[str, Any], audience: Audience, *, party: str, hand: str = ""
) -> tuple[Statement, ...]:
    """Return what an act would state. Nothing comes into the log.

    Raises:
        FieldsError: a field is wrong.
        OpenQIError: as `Ledger.prepared` says.
    """
    asked = built(act, arguments)
    readers = readers_of(ledger, act, asked, party, audience)
    return ledger.prepared(asked, party=party, hand=hand, visible_to=readers).stated


def sealed(ledger: Ledger, act: Act, arguments: Mapping[str, Any], audience: Audience, signer: Signer) -> tuple[Record, ...]:
    """Return what was sealed.

    Raises:
        FieldsError: a field is wrong.
        OpenQIError: as `Ledger.state` and `Ledger.perform` say.
    """
    asked = built(act, arguments)
    readers = readers_of(ledger, act, asked, signer.party, audience)
    if isinstance(asked, Body):
        return (ledger.state(asked, signer, visible_to=readers),)
    return ledger.perform(with_members(asked, visible_to=readers), signer)


def rows_sealed(
    ledger: Ledger,
    act: Act,
    upload: Upload,
    audience: Audience,
    signer: Signer,
    *,
    zone: str,
    seal: bool,
    go_on: bool = False,
    columns: Columns = own_names,
    told: Callable[[RowOutcome], None] = lambda _: None,
) -> tuple[RowOutcome, ...]:
    """Return what each row of a table would do, or with `seal` did; what stands already is not stated again.

    Raises:
        FormatError: no table, or a column is no field.
        RefusedError: with `seal`, a row is wrong or refused and `go_on` was not asked for; nothing was sealed.
    """
    table, rows = rows_of_table(act, upload, columns)
    view, hand = ledger.view(), signer.key.public_key.kid
    again = repeated(table.lines, rows)
    outcomes = [
        again.get(line) or looked_at(ledger, act, line, row, zone=zone, audience=audience, party=signer.party, hand=hand, view=view)
        for line, row in zip(table.lines, rows, strict=True)
    ]
    bad = [one for one in outcomes if one.state in ("wrong", "refused")]
    if not seal:
        return tuple(outcomes)
    if bad and not go_on:
        raise RefusedError("whole-table", f"{len(bad)} rows would not seal, line {bad[0].line} first; mend them or use --go-on")
    done = []
    for row, outcome in zip(rows, outcomes, strict=True):
        one = outcome if outcome.state != "seals" else _row_sealed(ledger, act, row, outcome, audience, signer, zone)
        told(one)
        done.append(one)
    return tuple(done)


def _row_sealed(
    ledger: Ledger, act: Act, row: Mapping[str, str], outcome: RowOutcome, audience: Audience, signer: Signer, zone: str
) -> RowOutcome:
    try:
        records = sealed(ledger, act, read_form(act.fields, row, zone), audience, signer)
    except OpenQIError as error:
        return replace(outcome, state="refused", refusal=refusal_of(error))
    return replace(outcome, state="sealed", records=tuple(record.id for record in records))
