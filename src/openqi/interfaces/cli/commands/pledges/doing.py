"""`openqi pledge sign`, `show`, `prove`, `end`, `review`: one decision each, sealed with the key of who asks."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.commands.pledges.telling import in_option
from openqi.interfaces.cli.options import PATH, Passphrases, answering, signer, with_passphrases, with_signer
from openqi.interfaces.cli.output import Output, indented
from openqi.interfaces.cli.pledge_words import term

if TYPE_CHECKING:
    from openqi.records import Command, Content, Names

Find = Callable[[str], str]
Asked = tuple["Command", tuple[bytes, ...]]
_TYPES = {
    ".pdf": "application/pdf", ".txt": "text/plain", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv", ".xml": "application/xml",
    ".json": "application/json",
}  # fmt: skip
_ANY = "application/octet-stream"


def _asking(command: Callable[..., Any]) -> Callable[..., None]:
    """Give a command the options of who signs and where, and let it decide what `make(find)` says, with `contents` kept first."""

    @in_option
    @with_signer
    @with_passphrases
    @answering
    def perform(out: Output, /, folder: Path, party: str, key_file: Path, passphrases: Passphrases, **asked: Any) -> None:
        from openqi.app.targets import opened

        with opened(folder) as place:
            made, contents = command(lambda text: place.find(text).record, **asked)
            ledger = place.ledger
        who = signer(party, key_file, passphrases)
        with ledger.writing(passphrases.of_log(ledger.log_key)) as writing:
            for content in contents:
                writing.store.put_blob(content)
            (sealed,) = writing.perform(made, who)
            index = writing.logged(sealed.id).index
        rows = [("record", sealed.id), ("kind", sealed.kind), ("index", index)]
        lines = [*out.pairs([(term(name, out.language), value) for name, value in rows]), out.word("body"), *indented(sealed.body)]
        out.answer({"record": sealed.id, "kind": sealed.kind, "index": index, "body": sealed.body}, lines)

    return update_wrapper(perform, command)


@click.command()
@click.argument("edition", metavar="EDITION")
@click.option("--product", "products", multiple=True, metavar="URI", help="Product that it is signed for; or several.")
@click.option("--until", "valid_until", metavar="INSTANT", help="End of the term; without, that of the edition.")
@_asking
def sign(find: Find, edition: str, products: tuple[str, ...], valid_until: str | None) -> Asked:
    """Sign EDITION (a record, or an entry such as pledges/NAME), as the firm that signs."""
    from openqi.pillars.governance.pledges.signing import SignPledge

    return SignPledge(published=find(edition), products=products, valid_until=valid_until), ()


@click.command()
@click.argument("signature", metavar="SIGNATURE")
@click.argument("promise", metavar="PROMISE")
@click.option("--from", "first_day", metavar="DAY", required=True, help="First day that the evidence is about.")
@click.option("--to", "last_day", metavar="DAY", required=True, help="Last day that it is about, today at the latest.")
@click.option("--evidence", "evidence", multiple=True, metavar="RECORD", help="Record that shows it; or several.")
@click.option("--document", "documents", type=PATH, multiple=True, metavar="FILE", help="Document that goes with it; or several.")
@_asking
def show(
    find: Find, signature: str, promise: str, first_day: str, last_day: str, evidence: tuple[str, ...], documents: tuple[Path, ...]
) -> Asked:
    """Hand in what shows that PROMISE (its code) of SIGNATURE was kept on a stretch of days."""
    from openqi.app.files import read_file
    from openqi.pillars.governance.pledges.showing import ShowObligation
    from openqi.store.store import MAX_BLOB

    files = [(path, read_file(path, MAX_BLOB)) for path in documents]
    command = ShowObligation(
        signed=find(signature), obligation=promise, first_day=first_day, last_day=last_day,
        evidence=tuple(map(find, evidence)), documents=tuple(_content(path, data) for path, data in files),
    )  # fmt: skip
    return command, tuple(data for _, data in files)


def _content(path: Path, data: bytes) -> "Content":
    from hashlib import sha256

    from openqi.records import Content

    media_type = _TYPES.get(path.suffix.lower(), _ANY)
    return Content(media_type=media_type, sha256=sha256(data).hexdigest(), size=len(data))


@click.command()
@click.argument("signature", metavar="SIGNATURE")
@click.option("--uri", "proof", metavar="URI", required=True, help="URI of the proof, one of its own.")
@click.option("--number", metavar="TEXT", required=True, help="Number that stands on it.")
@click.option("--until", "valid_until", metavar="INSTANT", help="End of the proof; without, that of the term.")
@_asking
def prove(find: Find, signature: str, proof: str, number: str, valid_until: str | None) -> Asked:
    """Prove SIGNATURE in writing, as the association that published the pledge."""
    from openqi.pillars.governance.pledges.proving import ProvePledge

    return ProvePledge(proof=proof, number=number, signed=find(signature), valid_until=valid_until), ()


@click.command()
@click.argument("signature", metavar="SIGNATURE")
@click.option("--reason-zh", metavar="TEXT", help="Why, in Chinese.")
@click.option("--reason-en", metavar="TEXT", help="Why, in English; one of the two is needed.")
@_asking
def end(find: Find, signature: str, reason_zh: str | None, reason_en: str | None) -> Asked:
    """End SIGNATURE, as the firm or the association; complaints that are open then stay to be answered."""
    from openqi.pillars.governance.pledges.signing import EndPledge

    return EndPledge(signed=find(signature), reason=_reason(reason_zh, reason_en)), ()


def _reason(zh: str | None, en: str | None) -> "Names":
    from openqi.records import Names

    if not (zh or en):
        raise click.UsageError("say why: give --reason-zh, --reason-en or both")
    return Names(zh=zh or "", en=en or "")


@click.command()
@click.argument("programme", metavar="PROGRAMME")
@click.argument("signature", metavar="SIGNATURE")
@_asking
def review(find: Find, programme: str, signature: str) -> Asked:
    """Look at the firm of SIGNATURE in PROGRAMME: its status follows from how its promises stand."""
    from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark

    return ReviewBenchmark(published=find(programme), signed=find(signature)), ()
