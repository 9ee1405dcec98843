"""`opora worker`: work on jobs, without serving pages."""

import click

from config.front import processes
from opora.tenancy import provisioning


@click.command()
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs at once.")
def command(jobs: int) -> None:
    """Work on the jobs of all projects until stopped.

    Any number of workers may run, on any number of machines with PostgreSQL. `opora serve` has one of its own
    unless it was started with --no-worker.
    """
    provisioning.prepare()
    click.echo(f"Working, {jobs} at once. Stop with Ctrl+C.")
    processes.work(jobs)
