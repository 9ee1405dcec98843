"""`opora serve`: pages, API, live streams and jobs by one command on one port."""

import sys
from functools import partial

import click

from config.front import processes
from config.front.starting import prepare_installation
from opora.demo import making
from opora.people.demo import LOGINS
from opora.tenancy.context import find_project
from opora.tenancy.sqlite_library import version_warning


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The port; also PORT.")
@click.option(
    "--demo", "--setup", "with_demo", is_flag=True, help="Make the demo project when it is missing."
)
@click.option("--worker/--no-worker", default=True, help="Work on jobs here too (default), or only serve.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 32), help="Jobs at once.")
def command(host: str, port: int, with_demo: bool, worker: bool, jobs: int) -> None:
    """Serve all projects of this installation.

    What is missing is made: the folder DATA, its secret, the directory of projects. What is behind is brought
    to this version. Stop with Ctrl+C: what is being done is finished first.
    """
    if not processes.port_is_free(host, port):
        raise click.ClickException(
            f"Port {port} of {host} is taken. Stop what uses it or choose another one: PORT={port + 1}"
        )
    if warning := version_warning():
        click.echo(warning, err=True)
    if not processes.in_child(partial(prepare, host, port, with_demo)):
        sys.exit(1)
    processes.serve(host, port, worker_threads=jobs if worker else 0)


def prepare(host: str, port: int, with_demo: bool) -> None:
    """Make what is missing, and say where the site will be."""
    prepare_installation()
    demo = find_project(slug=making.SLUG)
    if with_demo and demo is None:
        click.echo("Making the demo project: half a minute, this once …")
        demo = making.make_if_missing()
    site = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Opora: {site}/")
    if demo is not None and demo.is_demo:
        logins = ", ".join(" / ".join(login) for login in LOGINS)
        click.echo(f"The demo: {site}{demo.address} (logins: {logins})")
