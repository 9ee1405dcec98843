"""Look-ups in the directory of projects, remembered for a moment.

Every request asks where its project lives, so the answer is kept in the process for `REMEMBERED` seconds. A
process that changes a project forgets at once; the others follow within that time, which is what restore and
removal wait for before they touch the database.
"""

import threading
import time
from dataclasses import dataclass

from django.db import connections

from opora.tenancy.aliases import DIRECTORY

REMEMBERED = 1.0
"""Seconds for which an answer of the directory is trusted."""

Status = str
ACTIVE, MAINTENANCE, REMOVED = "active", "maintenance", "removed"


@dataclass(frozen=True)
class ProjectRow:
    """What the directory says of a project."""

    id: int
    key: str
    slug: str
    name: str
    node: str
    status: Status
    is_demo: bool
    node_address: str = ""


_SQL = """
SELECT project.id, project.key, project.slug, project.name, node.name, project.status, project.is_demo, node.dsn
FROM tenancy_project project JOIN tenancy_node node ON node.id = project.node_id
WHERE project.{column} = %s AND project.status <> %s
"""
_lock = threading.Lock()
_remembered: dict[tuple[str, str], tuple[float, ProjectRow | None]] = {}


def project_row(*, slug: str = "", key: str = "") -> ProjectRow | None:
    """The directory's row of a project that is not removed, by slug or by key."""
    asked = (slug, key)
    found = _remembered.get(asked)
    if found and time.monotonic() - found[0] < REMEMBERED:
        return found[1]
    row = _read(slug=slug, key=key)
    with _lock:
        if len(_remembered) > 10_000:
            _remembered.clear()
        _remembered[asked] = (time.monotonic(), row)
    return row


def forget() -> None:
    """Ask the directory anew from now on: called by whatever changes a project."""
    with _lock:
        _remembered.clear()


def _read(*, slug: str, key: str) -> ProjectRow | None:
    # Plain SQL: building an ORM query asks for the connection `default`, which asks for the project's place.
    with connections[DIRECTORY].cursor() as cursor:
        cursor.execute(_SQL.format(column="slug" if slug else "key"), [slug or key, REMOVED])
        found = cursor.fetchone()
    if found is None:
        return None
    number, key, slug, name, node, status, is_demo, address = found
    return ProjectRow(number, key, slug, name, node, status, bool(is_demo), address)
