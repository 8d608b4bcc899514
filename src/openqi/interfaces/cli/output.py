"""What a command prints: one JSON object for programs, or aligned lines for people, in Chinese or English."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

import click

from openqi.interfaces.cli.words import REACHED, state_word, word

GOOD, FINDING, NO_ANSWER, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141
_COLOURS: Final = {"passed": "green", "failed": "red", "withheld": "yellow", "not checked": "yellow"}


class Line(str):
    """Text that is safe to print as it is: made here, with everything foreign in it escaped."""

    __slots__ = ()


class Output:
    """How one command answers.

    Args:
        as_json: one JSON object instead of lines.
        language: of the lines, `zh` or `en`.
    """

    def __init__(self, *, as_json: bool, language: str) -> None:
        self.as_json, self.language = as_json, language

    def answer(self, data: Mapping[str, Any], lines: Iterable[str], *, finding: bool = False) -> None:
        """Print the answer; with a finding the process ends with exit status 1.

        Args:
            data: what --json prints; keys are stable and never translated.
            lines: what people read.
            finding: something about the evidence does not hold.
        """
        write([json_text(data)] if self.as_json else [visible(line) for line in lines])
        if finding:
            raise click.exceptions.Exit(FINDING)

    def word(self, text: str) -> str:
        """Return a main word in the language of the output."""
        return word(text, self.language)

    def sentence(self, text: str) -> str:
        """Return what a check of a certificate found in the language of the output."""
        from openqi.interfaces.web.sentences import said_in  # few commands say such a thing

        return said_in(text, self.language)

    def state(self, state: str, text: str = "") -> str:
        """Return a state (or a text that tells it), coloured at a terminal."""
        shown = visible(text or state_word(state, self.language))
        coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        return Line(click.style(shown, fg=_COLOURS.get(state))) if coloured else shown

    def reached(self, name: str) -> str:
        """Return how the language says that *proved*, *replayed* or *complete* was reached."""
        return REACHED[name] if self.language == "zh" else self.word("passed")

    def pairs(self, rows: Iterable[tuple[str, object]]) -> list[str]:
        """Return lines of a translated label and a value, aligned; several values go below each other."""
        labelled = [(self.word(label), value) for label, value in rows]
        width = max((_width(label) for label, _ in labelled), default=0)
        lines: list[str] = []
        for label, value in labelled:
            first, *more = [visible(one) for one in value] if isinstance(value, (list, tuple)) else [visible(value)]
            lines.append(Line(f"{_padded(label, width)}  {first}"))
            lines += [Line(f"{' ' * width}  {one}") for one in more]
        return lines

    def columns(self, rows: Iterable[tuple[str, ...]]) -> list[str]:
        """Return rows as lines with aligned columns."""
        table = [[visible(cell) for cell in row] for row in rows]
        widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
        return [Line("  ".join(map(_padded, row, widths)).rstrip()) for row in table]


def indented(value: Any) -> list[str]:
    """Return a JSON value as lines for people."""
    return ["  " + line for line in json.dumps(value, ensure_ascii=False, indent=2).split("\n")]


def json_text(data: Mapping[str, Any]) -> str:
    """Return one JSON object on one line; what a terminal would not show as it is, is escaped."""
    return visible(json.dumps(data, ensure_ascii=False))


def visible(value: object) -> str:
    """Return text for one line. Evidence is written by strangers: what could steer a terminal or reorder text is escaped."""
    text = value if isinstance(value, str) else str(value)
    if isinstance(text, Line) or text.isprintable():
        return text
    # The escapes are those of JSON, so that they may also be made in a JSON text.
    return Line("".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text))


def write(lines: Iterable[str]) -> None:
    """Print lines that are safe to print."""
    try:
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has seen enough. The rest goes nowhere, so that the interpreter does not stumble when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(READER_GONE) from None


def complain(text: str) -> None:
    """Print a line where errors go."""
    click.echo(visible(text), err=True)


def _width(text: str) -> int:
    """Columns that a terminal takes: two for a Chinese character, none for a colour."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in click.unstyle(text))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
