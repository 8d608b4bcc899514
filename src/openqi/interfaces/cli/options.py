"""Options that commands share: --json and --lang, passphrases, who signs, what is believed."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

import click

from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.words import language_of

if TYPE_CHECKING:
    from openqi.app.ledger import Signer

P = ParamSpec("P")
PATH: Final = click.Path(path_type=Path)
believed_roots: Final = click.option(
    "--roots", type=PATH, multiple=True, metavar="FILE", help="Certificate of an issuer that you believe; or several."
)
believed_stamp_roots: Final = click.option(
    "--tsa-roots", type=PATH, multiple=True, metavar="FILE", help="The same for issuers of time-stamps; else none counts."
)
_MAX_PASSPHRASE: Final = 10_000


def answering(command: Callable[Concatenate[Output, P], None]) -> Callable[P, None]:
    """Give a command its `Output` first, and the options --json and --lang."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of what people read; by default the locale's.")
    @wraps(command)
    def with_output(*args: P.args, as_json: bool, lang: str | None, **options: P.kwargs) -> None:  # type: ignore[valid-type]
        command(Output(as_json=as_json, language=lang or language_of(os.environ)), *args, **options)

    return with_output  # type: ignore[return-value]


class Passphrases:
    """Asks for passphrases: of a file that was named, of the environment, or hidden at the terminal. None is ever shown."""

    def __init__(self, *, file: Path | None, log_file: Path | None) -> None:
        self._file, self._log_file = file, log_file

    def of(self, key_file: Path, *, new: bool = False) -> str:
        """Return the passphrase of a key file, entered twice for a new one."""
        return self._given(self._file, "OPENQI_PASSPHRASE") or self._asked(key_file, new=new)

    def of_log(self, key_file: Path, *, new: bool = False) -> str:
        """Return the passphrase of a log's key file: its own where one is given, else the same as of the others."""
        own = self._given(self._log_file, "OPENQI_LOG_PASSPHRASE") or self._given(self._file, "OPENQI_PASSPHRASE")
        return own or self._asked(key_file, new=new)

    def _given(self, file: Path | None, variable: str) -> str | None:
        if file is None:
            return os.environ.get(variable)
        from openqi.app.files import read_file  # loads cryptography
        from openqi.kernel.errors import FormatError

        try:
            text = read_file(file, _MAX_PASSPHRASE).decode("utf-8").split("\n")[0].removesuffix("\r")
        except UnicodeDecodeError as error:
            raise FormatError(f"{file} is not UTF-8; its first line is taken as the passphrase") from error
        if not text:
            raise FormatError(f"{file} is empty; its first line is taken as the passphrase")
        return text

    def _asked(self, key_file: Path, *, new: bool) -> str:
        if not sys.stdin.isatty():
            raise click.UsageError(
                f"no passphrase for {key_file}: set OPENQI_PASSPHRASE, name a file with --passphrase-file, or run at a terminal"
            )
        return str(click.prompt(f"Passphrase of {key_file}", hide_input=True, confirmation_prompt=new, err=True))


def with_passphrases(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `passphrases`, and the options that say where those of a party's and of the log's key come from."""
    log = click.option(
        "--log-passphrase-file", type=PATH, help="The same for the log's key, where it differs; else OPENQI_LOG_PASSPHRASE."
    )
    return with_passphrase(log(command))


def with_passphrase(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `passphrases`, and the option that says where the one of a party's key comes from."""

    @click.option(
        "--passphrase-file",
        type=PATH,
        help="File whose first line is the passphrase; else OPENQI_PASSPHRASE, else it is asked for.",
    )
    @wraps(command)
    def with_them(*args: Any, passphrase_file: Path | None, log_passphrase_file: Path | None = None, **options: Any) -> None:
        command(*args, passphrases=Passphrases(file=passphrase_file, log_file=log_passphrase_file), **options)

    return with_them


def with_signer(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options --as and --key as `party` and `key_file`."""
    key = click.option("--key", "key_file", type=PATH, required=True, help="Key file of that party.")
    party = click.option("--as", "party", metavar="URI", required=True, help="Party that signs.")
    return party(key(command))


def signer(party: str, key_file: Path, passphrases: Passphrases) -> "Signer":
    """Return the party with its unlocked key."""
    from openqi.app.files import unlocked
    from openqi.app.ledger import Signer

    return Signer(party=party, key=unlocked(key_file, passphrases.of(key_file)))


def policy_bytes(path: Path | None) -> bytes | None:
    """Return the trust policy that was named, if any."""
    if path is None:
        return None
    from openqi.app.files import read_file
    from openqi.evidence.log.policy import MAX_POLICY

    return read_file(path, MAX_POLICY)


policy_option = click.option("--policy", "policy_file", type=PATH, help="Trust policy to judge by.")
ledger_argument = click.argument("ledger", type=PATH)
