"""The command line: one file per command group, each imported only when it is called."""

import importlib
import sys

import click

from talkoot import __version__
from talkoot.base.errors import TalkootError

_COMMANDS = {
    "act": "talkoot.cli.acts:act",
    "activate-letters": "talkoot.cli.roll:activate_letters",
    "areas": "talkoot.cli.areas:areas",
    "amend": "talkoot.cli.amend:amend",
    "board": "talkoot.cli.board:board",
    "close": "talkoot.cli.elections:close",
    "cluster": "talkoot.cli.cluster:cluster",
    "count": "talkoot.cli.count:count",
    "count-pb": "talkoot.cli.count_pb:count_pb",
    "declare-backup": "talkoot.cli.acts:declare_backup",
    "demo": "talkoot.cli.run:demo",
    "destroy": "talkoot.cli.acts:destroy",
    "device": "talkoot.cli.device:device",
    "elections": "talkoot.cli.elections:elections",
    "export-log": "talkoot.cli.export_log:export_log",
    "export-pb": "talkoot.cli.pabulib:export_pb",
    "export-public": "talkoot.cli.export_public:export_public",
    "export-shards": "talkoot.cli.count:export_shards",
    "freeze-sealed": "talkoot.cli.freeze:freeze_sealed",
    "import-pb": "talkoot.cli.pabulib:import_pb",
    "import-roll": "talkoot.cli.roll:import_roll",
    "journal": "talkoot.cli.journal:journal",
    "letters": "talkoot.cli.roll:letters",
    "migrate": "talkoot.cli.run:migrate",
    "official": "talkoot.cli.officials:official",
    "open": "talkoot.cli.elections:open_",
    "publish-tally": "talkoot.cli.tally:publish_tally",
    "rehearse": "talkoot.cli.sealing:rehearse",
    "run": "talkoot.cli.run:run",
    "seal": "talkoot.cli.sealing:seal",
    "serve": "talkoot.cli.run:serve",
    "trustee": "talkoot.cli.trustee:trustee",
    "turnout": "talkoot.cli.turnout:turnout",
    "verify": "talkoot.cli.verify:verify",
    "tally": "talkoot.cli.tally:tally",
    "warm": "talkoot.cli.warm:warm",
    "witness": "talkoot.cli.witness:witness",
}


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are named, so that each starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by its name; ``None`` where there is none."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is not a command")
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="talkoot")
def talkoot() -> None:
    """Participatory budgeting: run a town's rounds, count them, and let anyone count again."""


def main() -> None:
    """Run the command line; a known fault is one sentence on standard error and status 1."""
    try:
        talkoot()
    except TalkootError as err:
        click.echo(f"talkoot: {err}", err=True)
        sys.exit(1)
    except Exception as err:
        if not _is_the_databases(err):
            raise
        why = str(getattr(err, "orig", err)).splitlines()[0]
        advice = "is its schema up to date (talkoot migrate), and is this the right log-in?"
        click.echo(f"talkoot: the database refuses: {why}; {advice}", err=True)
        sys.exit(1)


def _is_the_databases(err: Exception) -> bool:
    """Tell whether SQLAlchemy raised this, without importing it for commands that need none."""
    return any(kind.__name__ == "DBAPIError" for kind in type(err).__mro__)
