"""The command `openqi`: which commands there are, and how every error ends."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup
from openqi.interfaces.cli.output import FINDING, INTERRUPTED, NO_ANSWER, READER_GONE, complain, json_text, write
from openqi.kernel.errors import OpenQIError, RefusedError, VerificationError

_COMMANDS: Final = {
    "init": Command("openqi.interfaces.cli.commands.workspace", "init", "Make a workspace to start from."),
    "build": Command("openqi.interfaces.cli.commands.workspace", "build", "Turn a workspace into evidence, marks, pages."),
    "explain": Command("openqi.interfaces.cli.commands.chain", "explain", "Show the tree from a mark down to the SI."),
    "impact": Command("openqi.interfaces.cli.commands.chain", "impact", "Show what rests on a record, decided again."),
    "serve": Command("openqi.interfaces.cli.commands.serving", "serve", "Serve the pages, and REST with OpenAPI."),
    "station": Command("openqi.interfaces.cli.commands.station", "station", "Make a station, and look after who may enter it."),
    "site": Command("openqi.interfaces.cli.commands.serving", "site", "Write the pages as files for any web server."),
    "demo": Command("openqi.interfaces.cli.commands.workspace", "demo", "Build the example, and serve it."),
    "log": Command("openqi.interfaces.cli.commands.log", "log", "Found, look at, check, mirror and cosign a log."),
    "key": Command("openqi.interfaces.cli.commands.key", "key", "Make keys, and grant, rotate and revoke them."),
    "record": Command("openqi.interfaces.cli.commands.record", "record", "Show, state, decide and withdraw records."),
    "act": Command("openqi.interfaces.cli.commands.act", "act", "List, show and do acts; sign one at home; do many."),
    "mark": Command("openqi.interfaces.cli.commands.mark", "mark", "Issue, prove and print marks; say what became of them; scans."),
    "dossier": Command("openqi.interfaces.cli.commands.dossier", "dossier", "Make a dossier; admit a foreign one."),
    "uncertainty": Command("openqi.interfaces.cli.commands.uncertainty", "uncertainty", "Evaluate a measurement model."),
    "calibrate": Command("openqi.interfaces.cli.commands.calibrate", "calibrate", "Fit a calibration function to points."),
    "decide": Command("openqi.interfaces.cli.commands.decide", "decide", "Decide on a measured value by a decision rule."),
    "arl": Command("openqi.interfaces.cli.commands.arl", "arl", "Say how many points a chart takes until it signals."),
    "dcc": Command("openqi.interfaces.cli.commands.dcc", "dcc", "Read, check, verify, follow, write and print certificates."),
    "chart": Command("openqi.interfaces.cli.commands.chart", "chart", "Chart readings, and say which rules they break."),
    "capability": Command("openqi.interfaces.cli.commands.capability", "capability", "Say whether a process is capable."),
    "draw": Command("openqi.interfaces.cli.commands.draw", "draw", "Commit to a draw, make it, verify it, say why, send officers."),
    "estimate": Command(
        "openqi.interfaces.cli.commands.estimate", "estimate", "Estimate rates of a market from a draw, and plan a draw."
    ),
    "recall": Command("openqi.interfaces.cli.commands.recall", "recall", "Publish and follow recalls, take public lists in."),
    "risk": Command("openqi.interfaces.cli.commands.risk", "risk", "Learn a calibrated risk from visits; say what it is worth."),
    "complaint": Command(
        "openqi.interfaces.cli.commands.complaint", "complaint", "Take complaints in, decide them in time, settle disputes."
    ),
    "pledge": Command("openqi.interfaces.cli.commands.pledge", "pledge", "Sign pledges, show, prove, end; say how promises stand."),
    "watch": Command("openqi.interfaces.cli.commands.watch", "watch", "Watch the readings of a plant."),
    "screen": Command("openqi.interfaces.cli.commands.screen", "screen", "Say which streams of a plant need somebody first."),
    "verify": Command("openqi.interfaces.cli.commands.verify", "verify", "Verify a dossier, log, proof or record."),
}


class Root(LazyGroup):
    """The whole command; it turns every outcome into one of the exit statuses that docs/cli.md names."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> NoReturn:
        """Run and leave."""
        sys.exit(run(self, list(sys.argv[1:] if args is None else args)))


@click.group(cls=Root, lazy=_COMMANDS, no_args_is_help=True)
@click.version_option(package_name="openqi", prog_name="openqi")
def openqi() -> None:
    """Open digital quality infrastructure: evidence that is sealed, logged, decided on and replayed.

    Exit status: 0 all is well, 1 a finding about the evidence, 2 the question could not be answered.
    """


def run(command: click.Group, args: list[str]) -> int:
    """Return the exit status of one run: 0 good, 1 a finding, 2 no answer, 130 interrupted, 141 the reader left."""
    if instruction := os.environ.get("_OPENQI_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(command, {}, "openqi", "_OPENQI_COMPLETE", instruction)
    as_json = "--json" in args
    try:
        with command.make_context("openqi", args) as context:
            command.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, EOFError, click.Abort):
        return _failed("interrupted; nothing more was done", {"kind": "interrupted"}, INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except click.ClickException as error:
        where = getattr(error, "ctx", None)
        text = error.format_message() + (f" (see `{where.command_path} --help`)" if where else "")
        return _failed(text, {"kind": "usage"}, NO_ANSWER, as_json=as_json)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return _failed(f"{name}{error.strerror or error}", {"kind": "system"}, NO_ANSWER, as_json=as_json)
    except OpenQIError as error:  # anything else is a fault of the program, and keeps its traceback
        status = FINDING if isinstance(error, VerificationError) else NO_ANSWER
        return _failed(str(error), {"kind": _kind(type(error).__name__)} | _more(error), status, as_json=as_json)
    return 0


def _more(error: OpenQIError) -> dict[str, str]:
    if isinstance(error, RefusedError):
        return {"rule": error.rule}
    return {"step": error.step} if isinstance(error, VerificationError) else {}


def _kind(name: str) -> str:
    words = "".join(f"-{one.lower()}" if one.isupper() else one for one in name.removesuffix("Error"))
    return words.lstrip("-")


def _failed(text: str, more: dict[str, str], status: int, *, as_json: bool) -> int:
    for line in text.split("\n"):
        complain(f"openqi: {line}")
    if as_json:
        try:
            write([json_text({"error": text} | more)])
        except click.exceptions.Exit:
            return READER_GONE
    return status


def main() -> NoReturn:
    """Run `openqi` on the arguments of the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show Chinese shows escapes, it does not stop us
            stream.reconfigure(errors="backslashreplace")
    openqi.main()
