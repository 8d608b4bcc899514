"""`openqi complaint`: complaints taken in, decided in time, tested, answered, closed, counted; and disputes settled by a rule."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_HERE: Final = "openqi.interfaces.cli.commands.complaints"
_COMMANDS: Final = {
    "receive": Command(f"{_HERE}.receiving", "receive", "Take a complaint in."),
    "decide": Command(f"{_HERE}.receiving", "decide", "Decide whether a complaint is accepted."),
    "test": Command(f"{_HERE}.steps", "test", "Begin or end a test that a complaint waits for."),
    "answer": Command(f"{_HERE}.steps", "answer", "Answer a complaint as the firm."),
    "close": Command(f"{_HERE}.steps", "close", "Say how a complaint ended."),
    "follow": Command(f"{_HERE}.after", "follow", "Say that the notice was given or a clue looked into."),
    "publish": Command(f"{_HERE}.after", "publish", "Make an upheld complaint public."),
    "join": Command(f"{_HERE}.after", "join", "Say that complaints are one matter."),
    "count": Command(f"{_HERE}.after", "count", "Count the complaints of a period for all to see."),
    "list": Command(f"{_HERE}.listing", "list_complaints", "List complaints, or what is due."),
    "show": Command(f"{_HERE}.listing", "show", "Show one complaint with its words."),
    "forget": Command(f"{_HERE}.listing", "forget", "Erase the words and the person of complaints."),
    "dispute": Command(f"{_HERE}.disputes", "dispute", "Propose, accept and settle a dispute about quality."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def complaint() -> None:
    """Take complaints in, decide them in time, and settle disputes."""
