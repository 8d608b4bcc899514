"""A group of commands whose modules are loaded only when one of them is asked for; its help needs none of them."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Command(NamedTuple):
    """Where a command is, and the line that the help of its group shows."""

    module: str
    name: str
    help: str


class LazyGroup(click.Group):
    """A click group over a table of commands.

    Args:
        lazy: name → command. Further arguments are those of `click.Group`.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, Command], **more: Any) -> None:
        super().__init__(*args, **more)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click asks so
        """Return the names in the order of the table."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click asks so
        """Return the command after loading its module."""
        if cmd_name not in self.lazy:
            return None
        found = getattr(import_module(self.lazy[cmd_name].module), self.lazy[cmd_name].name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{self.lazy[cmd_name].module}.{self.lazy[cmd_name].name} is no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click asks so
        """Write the table without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.lazy.items()])


class DefaultGroup(click.Group):
    """A group that takes arguments which do not begin with one of its commands as those of its first command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the first command's name in front where no command is named."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
