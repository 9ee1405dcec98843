"""`opora bench`: pages and API beside their floor."""

from functools import partial
from pathlib import Path

import click

from config.bench import machines, report, running
from config.bench.measuring import Length, WrongAnswer

QUICK = Length(turns=4, seconds=1.0, storm=0.3)


@click.command()
@click.option(
    "--contacts", default=100_000, show_default=True, type=click.IntRange(100), help="How many contacts."
)
@click.option("--deals", default=20_000, show_default=True, type=click.IntRange(10), help="How many deals.")
@click.option(
    "--database", default="both", show_default=True, type=click.Choice(["sqlite", "postgresql", "both"])
)
@click.option("--only", multiple=True, help="Measure this page alone (list, card, “api list” …); repeatable.")
@click.option("--quick", is_flag=True, help="A few requests a page: shows that it works, not how fast.")
@click.option(
    "--out", default="bench.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path)
)
@click.option("--rights", is_flag=True, help="Measure instead what rights cost the first page of a list.")
@click.option("--order", multiple=True, help="With --rights: this order alone (-stamp, title …); repeatable.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --rights: make the contacts in this folder once and keep them (PostgreSQL: opora_bench_kept).",
)
def command(
    contacts: int,
    deals: int,
    database: str,
    only: tuple[str, ...],
    quick: bool,
    out: Path,
    rights: bool,
    order: tuple[str, ...],
    keep: Path | None,
) -> None:
    """Measure list, search, card, create and board, as pages and as API calls, beside their floor.

    Makes a throw-away installation with a large project and starts the server as in production. The floor of a page
    is an empty view, its rows by one bare SQL statement and its bytes by plain string formatting, on that server.

    With --rights: the first page for readers of 1 to 1,000 people's records, many and few, with shares and without,
    in every order; the database's time beside the best SQL written by hand for that reader.
    """
    if rights:
        tell = partial(click.echo, err=True)
        rows = [
            row
            for name in _databases(database)
            for row in running.run_rights(name, contacts, keep, order, tell)
        ]
        click.echo(report.rights_table(rows))
        report.add_rights(rows, out)
        return
    size = running.Size(contacts, deals, only)
    parts = []
    for name in _databases(database):
        try:
            parts.append(
                running.run(name, size, QUICK if quick else Length(), lambda text: click.echo(text, err=True))
            )
        except WrongAnswer as error:
            raise click.ClickException(str(error)) from error
    click.echo(report.table(parts))
    report.write(parts, {"contacts": contacts, "deals": deals}, out)


def _databases(asked: str) -> list[str]:
    if asked != "both":
        return [asked]
    if machines.postgres_server():
        return ["sqlite", "postgresql"]
    click.echo("No PostgreSQL answers (name one in OPORA_TEST_POSTGRES): SQLite alone is measured.", err=True)
    return ["sqlite"]
