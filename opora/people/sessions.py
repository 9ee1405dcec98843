"""Sessions of browsers (R6.08): opened at sign-in, found at each request, ended at once when they must be."""

import hashlib
import secrets
import time
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from opora.people import cookies, presence
from opora.people.addresses import client_address
from opora.people.models import Session, User
from opora.people.security import rules
from opora.tenancy.context import require_project
from opora.tenancy.prepared import Prepared

COOKIE = "opora_session"
AGENT_LENGTH = 200
LONGEST_KEY = 100

_BY_KEY = Prepared(
    lambda key_hash: Session.objects.select_related("user__role", "user__department").filter(
        key_hash=key_hash
    ),
    key_hash="?",
)


def open_session(request: HttpRequest, user: User, *, lasting: bool = True) -> tuple[Session, str]:
    """A new session and the value of its cookie, which is stored nowhere else."""
    key, now = secrets.token_urlsafe(32), timezone.now()
    session = Session.objects.create(
        key_hash=_hash(key),
        user=user,
        version=user.session_version,
        created_at=now,
        expires_at=now + timedelta(days=rules().session_days),
        is_lasting=lasting,
        address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:AGENT_LENGTH],
    )
    presence.note(session.id, user.id, session.address)
    return session, key


def put_cookie(request: HttpRequest, response: HttpResponseBase, session: Session, key: str) -> None:
    """Give the browser its session, only for this project's path."""
    left = int((session.expires_at - timezone.now()).total_seconds())
    cookies.put(request, response, COOKIE, key, left if session.is_lasting else None)


def drop_cookie(response: HttpResponseBase) -> None:
    """Take the cookie away."""
    cookies.drop(response, COOKIE)


def find_session(request: HttpRequest) -> Session | None:
    """The live session of a request, with its user, role and department in the same query."""
    return session_of(request.COOKIES.get(COOKIE, ""))


def session_of(key: str) -> Session | None:
    """The live session a cookie's value opens in the entered project."""
    if not key or len(key) > LONGEST_KEY:
        return None
    session: Session | None = next(iter(_BY_KEY.rows(key_hash=_hash(key))), None)
    if session is None or session.expires_at <= timezone.now():
        return None
    if session.version != session.user.session_version or _is_idle(session):
        return None
    return session


def renew(session: Session) -> str:
    """Another identifier for a session whose rights have grown (R6.08): the value of its new cookie."""
    key = secrets.token_urlsafe(32)
    session.key_hash = _hash(key)
    session.save(update_fields=["key_hash"])
    return key


def end_sessions(user: User, *, but: int | None = None) -> None:
    """End a person's sessions at once, except the one with the id `but`."""
    user.sessions.exclude(pk=but or 0).delete()


def _is_idle(session: Session) -> bool:
    if presence.is_fresh(session.id):
        return False
    sight = presence.of_session(session.id)
    last = sight.at if sight else session.created_at.timestamp()
    return time.time() - last > rules().idle_minutes * 60


def _hash(key: str) -> str:
    """The stored form. It carries the project, so a copied row opens nothing in another project (R3.01)."""
    return hashlib.sha256(f"{require_project().key}:{key}".encode()).hexdigest()
