"""API keys: issued once, found by hash, only from the Authorization header (R6.09)."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from opora.kit.errors import AccountBlocked, Invalid, NotSignedIn
from opora.people.addresses import client_address, plain, span, within
from opora.people.entry import let_in
from opora.people.models import Token, User
from opora.people.models.token import TokenScope
from opora.people.sessions import COOKIE
from opora.tenancy.context import require_project
from opora.tenancy.prepared import Prepared

SCHEME = "bearer"
MARK = "opora_"
PREFIX_LENGTH = len(MARK) + 8

_BY_KEY = Prepared(
    lambda key_hash: Token.objects.select_related("owner__role", "owner__department").filter(
        key_hash=key_hash
    ),
    key_hash="?",
)


def issue(
    owner: User,
    scopes: Iterable[str],
    *,
    name: str = "",
    expires_at: datetime | None = None,
    ranges: Iterable[str] = (),
) -> tuple[Token, str]:
    """A new key of a user: its row, and the key itself, which is shown once.

    Raises `Invalid` for an unknown scope, for none at all and for a range that can't be read.
    """
    wanted, places = list(dict.fromkeys(scopes)), [text.strip() for text in ranges if text.strip()]
    if not wanted or any(scope not in TokenScope.values for scope in wanted):
        raise Invalid({"scopes": "Choose at least one of: " + ", ".join(TokenScope.values)})
    for text in places:
        span(text, field="ranges")
    key = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        name=name,
        prefix=key[:PREFIX_LENGTH],
        key_hash=hash_of(key),
        owner=owner,
        scopes=wanted,
        ranges=places,
        created_at=timezone.now(),
        expires_at=expires_at,
    )
    return token, key


def authenticate(request: HttpRequest) -> Token | None:
    """The token of a request, with its owner and role; None when the request carries no key.

    Raises `NotSignedIn` for a wrong or outdated key and for a key that comes together with a cookie session,
    `AccountBlocked` or `AddressRefused` when the owner may not be here.
    """
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != SCHEME:
        return None
    if request.COOKIES.get(COOKIE):
        raise NotSignedIn()
    return found_by_hash(hash_of(key.strip()), client_address(request))


def found_by_hash(key_hash: str, address: str) -> Token:
    """The living token of a key that was kept as its hash only. Raises like `authenticate`."""
    token: Token | None = next(iter(_BY_KEY.rows(key_hash=key_hash)), None)
    if token is None or not _is_alive(token) or not _is_from(token, address):
        raise NotSignedIn()
    try:
        let_in(token.owner, address)
    except AccountBlocked as refusal:
        refusal.status = 401  # what a program is told (R1.01); a person gets 403 and the reason
        raise
    return token


def _is_alive(token: Token) -> bool:
    return token.expires_at is None or token.expires_at > timezone.now()


def _is_from(token: Token, address: str) -> bool:
    if not token.ranges:
        return True
    try:
        return within(plain(address), [span(text) for text in token.ranges])
    except ValueError:
        return False


def hash_of(key: str) -> str:
    """The stored form of a key, bound to the project (R3.01)."""
    return hashlib.sha256(f"{require_project().key}:{key}".encode()).hexdigest()
