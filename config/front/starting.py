"""What must stand before the server answers: databases, the latest schema, static files, the demo."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import Tags, run_checks
from django.core.management import call_command

from opora.leadforms.spool import keep_reserve
from opora.tenancy import provisioning
from opora.tenancy.backup.writing import write_backup
from opora.tenancy.locks import one_process
from opora.tenancy.migrating import migrate_all
from opora.tenancy.schema_version import code_version

log = logging.getLogger("opora.server")


def prepare_installation() -> None:
    """Make or upgrade the installation, each project after a backup. Cheap when nothing is to be done.

    A project that can't be upgraded stays in maintenance, and the others are served.
    """
    refuse_open_routes()
    provisioning.prepare()
    if any(row.schema_version != code_version() for row in provisioning.list_projects()):
        for outcome in migrate_all(backup=write_backup):
            if outcome.result == "failed":
                log.error("project %s is in maintenance: %s", outcome.slug, outcome.error)
    keep_reserve()
    collect_static()


def refuse_open_routes() -> None:
    """Raise `RuntimeError` when a route declares no right: such a product does not start (R2.03)."""
    faults = run_checks(tags=[Tags.security])
    if faults:
        raise RuntimeError("; ".join(str(fault.msg) for fault in faults))


def collect_static() -> None:
    """Gather and compress static files into STATIC_ROOT when one of them changed since the last time.

    Files of earlier versions stay: pages that are open still ask for them.
    """
    if settings.DEBUG:
        return
    with one_process("static"):
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        fingerprint = static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """A short text that changes when a static file is added, removed or edited."""
    lines = sorted(f"{path}:{size}:{changed}" for path, size, changed in _static_files())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _static_files() -> Iterator[tuple[str, int, int]]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            yield path, stat.st_size, stat.st_mtime_ns
