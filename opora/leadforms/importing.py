"""Leads that waited become contacts, each exactly once, when the database takes them again."""

import base64
import logging
import threading
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections

from opora.kit.errors import Refusal
from opora.leadforms import bodies, spool
from opora.leadforms.receiving import Arrival, receive
from opora.people.access import Access
from opora.people.models import Token
from opora.people.switches import LEADS
from opora.people.tokens import found_by_hash
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.directory import ACTIVE

log = logging.getLogger("opora.leads")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
NOT_NOW = (OperationalError, InterfaceError)


def import_all() -> int:
    """Import what waits in every open project of this machine; returns how many leads were stored.

    Raises the error of a database that still can't take them; nothing is lost then.
    """
    stored = 0
    for key in spool.waiting():
        ref = find_project(key=key)
        if ref is not None and ref.status == ACTIVE:
            with project(ref):
                stored += import_here(ref)
    if stored:
        spool.keep_reserve()
    return stored


def import_here(ref: ProjectRef) -> int:
    """Import what waits in the entered project."""
    folder, stored, refused = ref.data_dir / spool.FOLDER, 0, 0
    for path in spool.take(folder):
        for line in spool.lines(path):
            try:
                _import(line)
                stored += 1
            except Refusal as refusal:
                refused += 1
                log.warning("a lead that waited was refused: %s", refusal.code)
            except NOT_NOW:
                raise
            except Exception:
                log.exception("a lead that waited could not be stored: it is kept in failed.jsonl")
                spool.set_aside(folder, line)
        path.unlink(missing_ok=True)
    if stored or refused:
        log.info("leads that waited: %d stored, %d refused", stored, refused)
    return stored


def _import(line: spool.Line) -> None:
    """Store one lead. The key of one that was not checked at its arrival is checked now. Raises `Refusal`."""
    rows = Token.objects.select_related("owner__role", "owner__department")
    token = rows.filter(pk=line.token).first() if line.token else found_by_hash(line.key_hash, line.address)
    access = Access.of(token.owner).narrowed(token.scopes) if token else Access.nobody()
    if not line.token and not access.has(LEADS.name):
        raise Refusal(code="forbidden")
    sent = bodies.read(base64.b64decode(line.body), line.content_type)
    arrival = Arrival(line.key, datetime.fromisoformat(line.at), line.address, line.request)
    receive(sent, token, access, arrival)


class Importer:
    """A thread that lives while leads wait on this machine, and tries less and less often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """See to it that what waits is imported; costs a look into a folder when nothing does."""
        with self._lock:
            if self._thread is None and spool.waiting():
                self._thread = threading.Thread(target=self._run, name="opora-leads", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._is_done():
            threading.Event().wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                import_all()
            except (DatabaseError, OSError):
                log.warning("leads wait for the database", exc_info=True)
            close_old_connections()

    def _is_done(self) -> bool:
        with self._lock:
            if spool.waiting():
                return False
            self._thread = None
            return True


importer = Importer()
