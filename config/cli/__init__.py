"""The console command `opora`: one module of this package per command, each with an attribute `command`."""

import importlib
import os
import pkgutil
import sys

import click
import django
from django.utils import translation

from opora.kit.errors import Invalid, Refusal
from opora.tenancy.backup.errors import BadBackup, TargetTaken
from opora.tenancy.context import OutsideProject


class Commands(click.Group):
    """The modules of this package as commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in alphabetical order."""
        return sorted(
            module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name; None makes click say which ones there are."""
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what it refuses is one clear sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except Invalid as refusal:
            raise click.ClickException(sentence(refusal)) from refusal
        except (Refusal, LookupError, OutsideProject, BadBackup, TargetTaken) as error:
            with translation.override("en"):
                raise click.ClickException(str(getattr(error, "message", error))) from error


def sentence(refusal: Invalid) -> str:
    """What is wrong, field by field."""
    with translation.override("en"):
        parts = [f"{name}: {' '.join(map(str, words))}" for name, words in refusal.fields.items()]
        return "; ".join(parts) or str(refusal.message)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def opora() -> None:
    """Opora: a CRM for many firms on one server.

    DATA names the folder of databases and files (default: ./data), OPORA_DATABASE the database server
    (default: sqlite, files in DATA).
    """


def main() -> None:
    """The entry point of the console command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.exit(opora())
