"""The command line: commands that are imported only when they are used."""

import importlib
from collections.abc import Callable
from typing import Any

import click

from core.errors import Refused
from core.settings import SettingsError


class Commands(click.Group):
    """A group whose commands live elsewhere; under Flask's `with_appcontext` they find the app, all but the default.

    table: name -> ("module:command", one sentence for the help). default: what runs when no command is named.
    """

    def __init__(self, table: dict[str, tuple[str, str]], default: str, create_app: Callable[[], Any]) -> None:
        super().__init__(help=f"Without a command: {default}. COMMAND --help tells more.")
        self.table = table
        self.default = default
        self.create_app = create_app

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        if cmd_name != self.default:  # which is to start fast
            from flask.cli import ScriptInfo

            ctx.obj = ScriptInfo(create_app=self.create_app, set_debug_flag=False)
        module, name = self.table[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`app.py --port 8001` means `app.py serve --port 8001`."""
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in self.table.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """A refusal or a wrong setting is a sentence and exit code 1, not a traceback."""
        try:
            return super().invoke(ctx)
        except (Refused, SettingsError) as refusal:
            click.echo(str(refusal), err=True)
            ctx.exit(1)
