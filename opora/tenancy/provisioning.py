"""Making and removing projects, and the installation around them."""

import secrets
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.ids import new_id
from opora.tenancy import directory, hooks, postgres, server_setup, template
from opora.tenancy.aliases import DIRECTORY
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.locks import Locked, one_process
from opora.tenancy.models import Node, Project
from opora.tenancy.placement import is_sqlite, project_folder
from opora.tenancy.schema_version import code_version
from opora.tenancy.slugs import KEPT_AFTER_REMOVAL, check_slug

KEY_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
MAIN_NODE = "main"


def prepare() -> None:
    """Make or upgrade what every project needs: the folder, the server, the directory, the template.

    Repeating it is cheap and harmless; two processes at once wait for each other.
    """
    Path(settings.DATA).mkdir(mode=0o700, parents=True, exist_ok=True)
    with one_process("prepare"):
        if not is_sqlite(settings.DATABASE_ADDRESS):
            server_setup.prepare_server(postgres.Server.parse(settings.DATABASE_ADDRESS))
        template.migrate_directory()
        Node.objects.get_or_create(name=MAIN_NODE)
        template.prepare_template()


def add_node(name: str, address: str) -> Node:
    """Another PostgreSQL server or database that can hold projects, made ready for them.

    Raises `ImproperlyConfigured` for an address that can't be read; backups are restored on the main node.
    """
    server = postgres.Server.parse(address)
    with one_process("prepare"):
        server_setup.prepare_server(server)
        node, _made = Node.objects.update_or_create(name=name, defaults={"dsn": address})
    directory.forget()
    return node


def new_key() -> str:
    """An opaque name for a project's database: it says nothing of the customer."""
    return "".join(secrets.choice(KEY_LETTERS) for _i in range(12))


def create_project(
    slug: str, name: str, *, key: str = "", node: str = MAIN_NODE, is_demo: bool = False
) -> ProjectRef:
    """A new, empty project. Raises `Invalid` for a wrong, reserved or taken address.

    Registered `after_create` hooks run inside it (default roles). When anything fails nothing of it stays.
    """
    key = key or new_key()
    check_slug(slug)
    with one_process(f"project-{key}"):
        row = reserve(slug, name, key, node, is_demo)
        try:
            _clone(row)
            ref = _found(key)
            with project(ref):
                hooks.after_create.run(ref)
        except BaseException:
            discard(row)
            raise
        return finish(row)


def finish(row: Project, schema_version: str = "") -> ProjectRef:
    """Open a project whose database is complete."""
    Project.objects.filter(pk=row.pk).update(
        status=directory.ACTIVE, schema_version=schema_version or code_version()
    )
    directory.forget()
    return _found(row.key)


def discard(row: Project) -> None:
    """Undo a reservation: the database, the files and the row."""
    destroy(row.key, row.node)
    Project.objects.filter(pk=row.pk).delete()
    directory.forget()


def reserve(slug: str, name: str, key: str, node: str, is_demo: bool = False) -> Project:
    """Take an address for a project whose database is being made; call `finish` or `discard` next."""
    _clear_unfinished(slug)
    taken = Invalid({"slug": _("This address is taken.")})
    if slug_is_taken(slug):
        raise taken
    try:
        row = Project.objects.create(
            id=new_id(),
            slug=slug,
            key=key,
            name=name,
            node=Node.objects.get(name=node),
            status=directory.MAINTENANCE,
            is_demo=is_demo,
        )
    except IntegrityError as error:
        raise taken from error
    directory.forget()
    return row


def _clear_unfinished(slug: str) -> None:
    """Remove what a killed process left of a project it was making: it has no schema version yet."""
    left = Project.objects.filter(slug=slug, schema_version="").exclude(status=directory.REMOVED)
    for row in left.select_related("node"):
        with suppress(Locked), one_process(f"project-{row.key}", wait=False):
            discard(row)


def slug_is_taken(slug: str) -> bool:
    """Whether a project has this address, or had it less than 90 days ago (R3.09)."""
    lately = timezone.now() - timedelta(days=KEPT_AFTER_REMOVAL)
    rows = Project.objects.filter(slug=slug)
    return rows.exclude(status=directory.REMOVED).exists() or rows.filter(removed_at__gt=lately).exists()


def _clone(row: Project) -> None:
    address = row.node.dsn or settings.DATABASE_ADDRESS
    if is_sqlite(address):
        template.clone_sqlite(row.key)
    else:
        template.make_folder(row.key)
        template.clone_postgres(postgres.Server.parse(address), row.key)


def _found(key: str) -> ProjectRef:
    ref = find_project(key=key)
    if ref is None:
        raise LookupError(f"There is no project with the key {key!r}.")
    return ref


def remove_project(slug: str) -> None:
    """Remove a project with its database and files; its address stays taken for 90 days.

    Raises `LookupError` when there is none. Backups are not touched.
    """
    row = Project.objects.exclude(status=directory.REMOVED).filter(slug=slug).select_related("node").first()
    if row is None:
        raise LookupError(f"There is no project {slug!r}.")
    Project.objects.filter(pk=row.pk).update(status=directory.REMOVED, removed_at=timezone.now())
    directory.forget()
    destroy(row.key, row.node)


def destroy(key: str, node: Node) -> None:
    """Remove a database and its files; harmless when they are not there."""
    for alias in (f"p:{key}", f"direct:{key}"):
        connections[alias].close()
        del connections[alias]
    address = node.dsn or settings.DATABASE_ADDRESS
    if not is_sqlite(address):
        server_setup.drop_schema(postgres.Server.parse(address), key)
    shutil.rmtree(project_folder(key), ignore_errors=True)


def list_projects() -> list[Project]:
    """Every project that is complete and not removed, by address."""
    rows = (
        Project.objects.exclude(status=directory.REMOVED)
        .exclude(schema_version="")
        .select_related("node")
        .order_by("slug")
    )
    return list(rows.using(DIRECTORY))
