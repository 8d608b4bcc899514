"""`openqi dcc due`: which instruments of a workspace or ledger no longer have a certificate that serves, or soon will not."""

from pathlib import Path

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output


@click.command()
@click.option("--in", "place", metavar="DIR", type=PATH, default=Path(), help="Workspace or ledger; by default this folder.")
@click.option("--within", type=click.IntRange(0, 36_500), metavar="DAYS", help="Only what is late or ends within so many days.")
@answering
def due(out: Output, place: Path, within: int | None) -> None:
    """Show until when the newest certificate of each quantity of each instrument serves, the most urgent first."""
    from openqi.app.reading.due import due_list
    from openqi.app.reading.reader import Reader

    with Reader(place) as reader:
        found = due_list(reader.context(), within=within)
        today = reader.today().isoformat()
    data = {
        "today": today,
        "instruments": [
            {
                "instrument": one.instrument.uri, "quantity": one.quantity, "owner": one.owner.uri, "serial": one.serial,
                "certificate": one.certificate and one.certificate.number, "record": one.certificate and one.certificate.seen.id,
                "servesUntil": one.certificate and one.certificate.serves_until[:10], "daysLeft": one.days_left, "late": one.late,
                "endStated": one.certificate and one.certificate.end_stated,
            }
            for one in found
        ],
    }  # fmt: skip
    rows = [
        (
            one.instrument.uri, one.quantity, "—" if one.certificate is None else one.certificate.number,
            "—" if one.certificate is None else one.certificate.serves_until[:10],
            out.state("failed", out.word("no certificate")) if one.days_left is None
            else out.state("failed", f"{out.word('late')} {-one.days_left} d") if one.late else f"{one.days_left} d",
        )
        for one in found
    ]  # fmt: skip
    out.answer(data, out.columns(rows) if rows else [out.word("nothing is due")], finding=any(one.late for one in found))
