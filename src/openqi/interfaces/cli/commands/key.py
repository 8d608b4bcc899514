"""`openqi key`: make a key file, show its public half, prove that one has it, and grant, rotate and revoke keys in a log."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, Passphrases, answering, ledger_argument, with_passphrase, with_passphrases
from openqi.interfaces.cli.output import Output, complain

if TYPE_CHECKING:
    from collections.abc import Callable

    from openqi.app.folder import LedgerFolder
    from openqi.app.ledger import Ledger, Signer
    from openqi.evidence.algorithms.algorithm import PublicKey
    from openqi.evidence.record import Record


@click.group()
def key() -> None:
    """Make keys, and grant, rotate and revoke them."""


@key.command()
@click.argument("file", type=PATH)
@click.option("--algorithm", default="Ed25519", show_default=True, help="Ed25519 signs records; SM2-SM3 only countersigns.")
@with_passphrase
@answering
def new(out: Output, file: Path, algorithm: str, passphrases: Passphrases) -> None:
    """Make a key FILE, encrypted with a passphrase and readable by its owner only."""
    from openqi.app.files import check_new_key, new_key

    check_new_key(file, name=algorithm)
    made = new_key(file, passphrases.of(file, new=True), name=algorithm)
    _answer_key(out, file, made.public_key)


@key.command()
@click.argument("file", type=PATH)
@answering
def show(out: Output, file: Path) -> None:
    """Show the public half of a key FILE; no passphrase is needed."""
    from openqi.app.files import public_half

    _answer_key(out, file, public_half(file))


@key.command()
@click.argument("challenge", metavar="CHALLENGE.json", type=PATH)
@click.option("--key", "key_file", type=PATH, required=True, help="Key file with which you will sign.")
@click.option("-o", "--output", type=PATH, help="File for the proof; by default beside the challenge.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@with_passphrase
@answering
def prove(out: Output, challenge: Path, key_file: Path, output: Path | None, yes: bool, passphrases: Passphrases) -> None:
    """Sign the CHALLENGE of a station, which proves that you have a key without sending it. Needs no network."""
    from openqi.app.files import read_file, unlocked, write_file
    from openqi.app.people.possession import MOST, read_challenge, signed_challenge

    asked = read_challenge(read_file(challenge, MOST))
    told = [("station", asked.station), ("origin", asked.origin), ("party", asked.party), ("replaces", asked.replaces or "-")]
    if not yes:
        for line in out.pairs([*told, ("until", asked.until)]):
            complain(line)
        if not click.confirm(out.word("Sign this?"), err=True):
            raise click.Abort
    opened = unlocked(key_file, passphrases.of(key_file))
    place = output or challenge.with_name(f"{challenge.stem}.signed.json")
    write_file(place, signed_challenge(asked, opened))
    data = dict(told) | {"proof": str(place), "kid": opened.public_key.kid}
    out.answer(data, out.pairs([("kid", opened.public_key.kid), ("proof", str(place))]))


def _answer_key(out: Output, file: Path, public: "PublicKey") -> None:
    from openqi.app.files import public_text

    data = {"file": str(file), "algorithm": public.algorithm, "kid": public.kid, "public": public_text(public)}
    rows = [("file", file), ("algorithm", public.algorithm), ("kid", public.kid), ("public key", data["public"])]
    out.answer(data, out.pairs(rows))


_party = click.option("--party", required=True, metavar="URI", help="Party whose key it is.")
_as = click.option("--as", "signing", metavar="URI", help="Party that signs; by default the operator.")
_signer = click.option("--signer", "signer_file", type=PATH, help="Key file of who signs; by default the ledger's operator key.")


@key.command()
@ledger_argument
@_party
@click.option("--key", "granted", required=True, metavar="FILE|PUBLIC", help="Key file, or the public key as `key show` prints it.")
@_as
@_signer
@with_passphrases
@answering
def grant(
    out: Output, ledger: Path, party: str, granted: str, signing: str | None, signer_file: Path | None, passphrases: Passphrases
) -> None:
    """Grant a key to a party, so that it may sign in LEDGER from now on."""
    from openqi.app.files import named_key
    from openqi.records.governance import Key

    public = named_key(granted)

    def write(opened: "Ledger", signer: "Signer") -> "Record":
        return opened.grant_key(party, Key(**public.as_json()), signer)

    record = _written(ledger, signing, signer_file, passphrases, write)
    _answer(out, record, {"party": party, "kid": public.kid})


@key.command()
@ledger_argument
@_party
@click.option("--old", "old_file", type=PATH, required=True, help="Key file that ends; it signs its own end unless --signer does.")
@click.option("--new", "new_key", required=True, metavar="FILE|PUBLIC", help="Key that takes its place.")
@_as
@_signer
@with_passphrases
@answering
def rotate(
    out: Output, ledger: Path, party: str, old_file: Path, new_key: str, signing: str | None, signer_file: Path | None,
    passphrases: Passphrases,
) -> None:  # fmt: skip
    """Replace a key of a party by a new one; what the old one signed stays signed."""
    from openqi.app.files import named_key, public_half
    from openqi.records.governance import Key

    old, public = public_half(old_file), named_key(new_key)
    by_operator = signing is not None or signer_file is not None

    def write(opened: "Ledger", signer: "Signer") -> "Record":
        return opened.grant_key(party, Key(**public.as_json()), signer, replaces=old.kid)

    if by_operator:
        record = _written(ledger, signing, signer_file, passphrases, write)
    else:
        record = _written(ledger, party, old_file, passphrases, write)
    _answer(out, record, {"party": party, "kid": public.kid, "replaces": old.kid})


@key.command()
@ledger_argument
@_party
@click.option("--kid", required=True, metavar="KID", help="The key, as `key show` prints it.")
@click.option("--since", type=click.IntRange(0), metavar="INDEX", help="Log index from which it does not count; by default now.")
@click.option("--reason", required=True, help="Why.")
@_as
@_signer
@with_passphrases
@answering
def revoke(
    out: Output, ledger: Path, party: str, kid: str, since: int | None, reason: str, signing: str | None,
    signer_file: Path | None, passphrases: Passphrases,
) -> None:  # fmt: skip
    """Revoke a key, from now on or from an earlier index: compromised since then."""

    def write(opened: "Ledger", signer: "Signer") -> "Record":
        return opened.revoke_key(party, kid, signer, since=since, reason=reason)

    record = _written(ledger, signing, signer_file, passphrases, write)
    _answer(out, record, {"party": party, "kid": kid, "since": record.body["since"]})


def _written(
    path: Path, signing: str | None, signer_file: Path | None, passphrases: Passphrases, write: "Callable[[Ledger, Signer], Record]"
) -> "Record":
    """The record that was written with the keys of whoever signs, by default the operator's of the folder."""
    from openqi.app.folder import ledger_folder
    from openqi.interfaces.cli.options import signer

    folder: LedgerFolder = ledger_folder(path)
    who = signer(signing or folder.operator, signer_file or folder.operator_key, passphrases)
    with folder.writing(passphrases.of_log(folder.log_key)) as opened:
        return write(opened, who)


def _answer(out: Output, record: "Record", more: dict[str, Any]) -> None:
    data = {"record": record.id, "kind": record.kind} | more
    out.answer(data, out.pairs(list(data.items())))
