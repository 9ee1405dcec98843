"""Every test works on a real installation: its own data folder, its own databases, projects `t1` and `t2`.

`OPORA_TEST_DATABASE` is `sqlite` (default) or `postgresql`. Nothing is wrapped in a test transaction, so commits,
`on_commit` and other processes behave as in life; the databases are brought back to the seeded state instead.
"""

import importlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["DATA"] = tempfile.mkdtemp(prefix="opora-test-")
os.environ["OPORA_SECRET"] = "not a secret: a fixed key of the tests"
os.environ["OPORA_SQLITE_SYNCHRONOUS"] = "OFF"
os.environ["OPORA_POOL"] = "5"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.pop("OPORA_DATABASE_DIRECT", None)

import config  # noqa: F401 - chooses SQLite's library before Django's backend is imported
from tests import addresses

os.environ["OPORA_DATABASE"] = addresses.database_address()
if "OPORA_TEST_THROUGH" in os.environ:
    os.environ["OPORA_DATABASE_DIRECT"] = addresses.direct_address()

import django

django.setup()
(Path(os.environ["DATA"]) / "static").mkdir()

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from opora.jobs import wire  # noqa: E402
from opora.tenancy import provisioning  # noqa: E402
from opora.tenancy.context import ProjectRef  # noqa: E402
from opora.tenancy.context import project as entered  # noqa: E402
from tests import databases  # noqa: E402
from tests.clients import ProjectClient  # noqa: E402

# Nothing is collected for tests: pages name their files plainly.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
pytest_plugins = ["tests.people"]
Made = Callable[[str], ProjectRef]


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """What asks for no database is the same on each: it runs with SQLite's tests only."""
    if addresses.database_address() == "sqlite":
        return
    apart = [each for each in items if "installation" not in getattr(each, "fixturenames", ())]
    session.config.hook.pytest_deselected(items=apart)
    items[:] = [each for each in items if each not in set(apart)]


@pytest.fixture(scope="session")
def installation() -> Iterator[Path]:
    """A prepared installation; gives its data folder."""
    databases.create_database()
    try:
        provisioning.prepare()
        yield Path(settings.DATA)
    finally:
        wire.flush()
        connections.close_all()
        databases.drop_database()
        shutil.rmtree(settings.DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def seeded_projects(installation: Path) -> Made:
    """Makes the projects the tests work in, once each, with the fixed cast of people inside."""
    made: dict[str, ProjectRef] = {}

    def make(key: str) -> ProjectRef:
        if key not in made:
            made[key] = provisioning.create_project(key, f"Проект {key}", key=key)
            with entered(made[key]):
                seed()
            connections.close_all()
            databases.keep_seed(made[key])
        return made[key]

    return make


def seed() -> None:
    """Fill the entered project with what every test may rely on (tests/people.py)."""
    if importlib.util.find_spec("tests.people") is not None:
        filled = getattr(importlib.import_module("tests.people"), "seed", None)
        if filled is not None:
            filled()


@pytest.fixture
def project(seeded_projects: Made) -> Iterator[ProjectRef]:
    """The clean project `t1`, entered."""
    ref = seeded_projects("t1")
    databases.reset(ref)
    with entered(ref):
        yield ref


@pytest.fixture
def other_project(seeded_projects: Made) -> ProjectRef:
    """The clean project `t2`, not entered."""
    ref = seeded_projects("t2")
    databases.reset(ref)
    return ref


@pytest.fixture
def client(project: ProjectRef) -> ProjectClient:
    """A browser inside `t1`: paths are the project's own."""
    return ProjectClient(project)
