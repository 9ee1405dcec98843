"""Projects with shelves of books."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from opora.tenancy import provisioning
from opora.tenancy.context import ProjectRef
from tests.tenancy.machines import Machine
from tests.tenancy.shelves import build


@pytest.fixture
def one(project: ProjectRef) -> ProjectRef:
    """`t1`, entered, with books."""
    build(project)
    return project


@pytest.fixture
def two(other_project: ProjectRef) -> ProjectRef:
    """`t2`, not entered, with books."""
    build(other_project)
    return other_project


@pytest.fixture(scope="module")
def many(installation: object) -> Iterator[list[ProjectRef]]:
    """Projects with books: more than a pool has connections (OPORA_POOL in tests/conftest.py)."""
    made = [provisioning.create_project(f"many-{n}", f"Many {n}") for n in range(6)]
    for ref in made:
        build(ref)
    yield made
    connections.close_all()
    for ref in made:
        provisioning.remove_project(ref.slug)
        provisioning.Project.objects.filter(key=ref.key).delete()


@pytest.fixture(scope="session")
def on_postgresql(installation: object) -> None:
    """Skips on SQLite."""
    if connections["directory"].vendor != "postgresql":
        pytest.skip("only PostgreSQL has this")


@pytest.fixture(scope="session")
def on_sqlite(installation: object) -> None:
    """Skips on PostgreSQL."""
    if connections["directory"].vendor != "sqlite":
        pytest.skip("only SQLite has this")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """An installation of its own, at the first schema."""
    made = Machine(tmp_path / "data")
    yield made
    made.destroy()
