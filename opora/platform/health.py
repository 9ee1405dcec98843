"""Whether the process lives, and whether the installation works (R13.11). Strangers learn nothing else."""

import logging
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from opora.jobs import health
from opora.jobs.doorbell import probe
from opora.people.guards import public

log = logging.getLogger("opora.platform")

FREE_SHARE = 0.05
"""Less free disk than this share of it is an alarm (R13.08)."""


@public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return _answer(True)


@public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The directory can be written, the disk has room, jobs are being done."""
    wrong = [name for name, is_fine in CHECKS.items() if not is_fine()]
    if wrong:
        log.warning("not ready: %s", ", ".join(wrong))
    return _answer(not wrong)


def has_room() -> bool:
    """Whether the disk of DATA has room left."""
    usage = shutil.disk_usage(settings.DATA)
    return usage.free >= usage.total * FREE_SHARE


def takes_writes() -> bool:
    """Whether the directory takes a write lock."""
    try:
        probe()
    except DatabaseError:
        return False
    return True


def jobs_are_done() -> bool:
    """Whether no project waits for a worker."""
    try:
        return health.overdue_since() is None
    except DatabaseError:
        return False


CHECKS: dict[str, Callable[[], bool]] = {"disk": has_room, "database": takes_writes, "jobs": jobs_are_done}


def _answer(is_fine: bool) -> HttpResponse:
    response = JsonResponse({"status": "ok" if is_fine else "wrong"}, status=200 if is_fine else 503)
    response["Cache-Control"] = "no-store"
    return response
