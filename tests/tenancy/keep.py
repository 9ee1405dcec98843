"""Keeps an installation of today for the tests of tomorrow: `python -m tests.tenancy.keep NAME`.

Writes `kept/NAME.sqlite.zip`, a whole data folder, or with OPORA_TEST_DATABASE=postgresql
`kept/NAME.postgresql.opora`, a backup; beside it how many rows there are. Run it for both at each release, and never
change a migration that a kept state has.
"""

import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

if __name__ == "__main__":
    # The environment of the tests, a folder and a database of its own; inside pytest it is set up already, and a
    # second time would send child processes to another folder.
    import tests.conftest  # noqa: F401

# isort: split
from django.db import connection, connections

from opora.demo import making
from opora.demo.filling import Size
from opora.tenancy import provisioning
from opora.tenancy.backup.writing import write_backup
from opora.tenancy.context import ProjectRef, project
from tests import databases

KEPT = Path(__file__).parent / "kept"
COUNTED = ["contacts_contact", "deals_deal", "planner_task", "notes_note", "timeline_event", "people_user"]


def main(name: str) -> None:
    """Make a small demo project in an installation of its own and keep it."""
    databases.create_database()
    try:
        provisioning.prepare()
        ref = making.make("kept", size=Size(companies=12, colleagues=4, people=4, sales=10, repairs=2))
        (ref.data_dir / "files" / "ab").mkdir()
        (ref.data_dir / "files" / "ab" / "kept.txt").write_text("kept\n")
        vendor = connections["directory"].vendor
        (KEPT / f"{name}.{vendor}.json").write_text(json.dumps(counted(ref), indent=1) + "\n")
        keep_folder(name) if vendor == "sqlite" else keep_backup(name, ref)
    finally:
        connections.close_all()
        databases.drop_database()
        shutil.rmtree(os.environ["DATA"], ignore_errors=True)


def counted(ref: ProjectRef) -> dict[str, int]:
    """How many rows the project has."""
    with project(ref), connection.cursor() as cursor:
        return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}


def keep_backup(name: str, ref: ProjectRef) -> None:
    """A backup of the project."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(write_backup(ref, Path(folder)), KEPT / f"{name}.postgresql.opora")


def keep_folder(name: str) -> None:
    """The whole data folder."""
    connections.close_all()
    data = Path(os.environ["DATA"])
    with zipfile.ZipFile(KEPT / f"{name}.sqlite.zip", "w", zipfile.ZIP_LZMA) as archive:
        for path in sorted(
            path for path in data.rglob("*") if path.is_file() and path.parent.name != "locks"
        ):
            archive.write(path, path.relative_to(data))


if __name__ == "__main__":
    main(sys.argv[1])
