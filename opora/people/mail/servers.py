"""Which server sends the letters: the project's own, else the installation's (`OPORA_SMTP`)."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid
from opora.kit.text import clean
from opora.people.access import Access
from opora.people.models import MailServer
from opora.people.models.mail import Security
from opora.people.seals import seal, unseal
from opora.people.switches import SETTINGS
from opora.timeline.events import Entry, Ref, record

MAIL_PORTS = (25, 465, 587, 2525)
SUBJECT = Ref("settings", 1)
FIELDS = {"host": 253, "security": 8, "login": 254, "sender": 254, "sender_name": 100, "site": 200}
"""What a form says of the server, and how long each may be."""
_HOST = re.compile(r"[\w.-]+|[0-9a-fA-F:]+")
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")


@dataclass(frozen=True)
class Server:
    """Where letters are handed in and as whom. A trusted one was named by whoever runs the installation."""

    host: str
    port: int
    security: str
    login: str
    password: str
    sender: str
    sender_name: str = ""
    is_trusted: bool = False


def stored() -> MailServer | None:
    """The project's own settings, also when they are switched off."""
    return MailServer.objects.filter(pk=1).first()


def current() -> Server | None:
    """The server in use now, or None: no letters are sent then."""
    row = stored()
    if row is None or (row.is_on and not row.host):
        return of_installation()
    if not row.is_on:
        return None
    password = unseal(row.password_sealed)
    if password is None:
        return None
    return Server(row.host, row.port, row.security, row.login, password, row.sender, row.sender_name)


def of_installation() -> Server | None:
    """The server of `OPORA_SMTP`: `smtps://login:password@host:465?from=crm@firm.ru` (smtp: STARTTLS).

    `smtp+plain://` is without protection.
    """
    if not settings.OPORA_SMTP:
        return None
    parts = urlsplit(settings.OPORA_SMTP)
    security = {"smtps": Security.TLS, "smtp+plain": Security.PLAIN}.get(parts.scheme, Security.STARTTLS)
    login = unquote(parts.username or "")
    return Server(
        host=parts.hostname or "",
        port=parts.port or (465 if security == Security.TLS else 587),
        security=security,
        login=login,
        password=unquote(parts.password or ""),
        sender=(parse_qs(parts.query).get("from") or [login])[0],
        is_trusted=True,
    )


def site() -> str:
    """The configured address of the site, without a slash at the end: links in letters begin so (R6.14)."""
    row = stored()
    return ((row.site if row else "") or settings.OPORA_SITE).rstrip("/")


def switch_off() -> None:
    """No letters until somebody switches them on again: for a project that was restored (R3.06)."""
    row = stored() or MailServer(id=1, port=465)
    row.is_on = False
    row.save()


def can_write() -> bool:
    """Whether letters with links can be sent."""
    return bool(current() and site())


@transaction.atomic
def keep(access: Access, sent: dict[str, str]) -> MailServer:
    """Store the project's server as a form sent it; an empty password keeps the one there is.

    Raises `Forbidden`, or `Invalid` by field.
    """
    if not access.has(SETTINGS.name):
        raise Forbidden(_("Change the general settings"))
    row = stored() or MailServer(id=1, port=465)
    before = {name: getattr(row, name) for name in (*FIELDS, "port", "is_on")}
    _fill(row, sent)
    if sent.get("password"):
        row.password_sealed = seal(clean(sent["password"], 200, field="password"))
    elif row.host != before["host"]:
        row.password_sealed = ""  # a password is never sent to a server it was not given for
    row.save()
    changes = {
        name: [str(old), str(getattr(row, name))] for name, old in before.items() if old != getattr(row, name)
    }
    record([Entry("settings.mail_changed", SUBJECT, changes=changes)], actor_id=access.user_id, via="page")
    return row


def _fill(row: MailServer, sent: dict[str, str]) -> None:
    row.is_on = sent.get("is_on") == "1"
    for name, limit in FIELDS.items():
        setattr(row, name, clean(sent.get(name, ""), limit, field=name).strip())
    wrong = _wrong_server(row, sent.get("port", "")) if row.host or not settings.OPORA_SMTP else {}
    if not _is_site(row.site or settings.OPORA_SITE):
        wrong["site"] = _("Write the address of the site, for example https://crm.company.ru.")
    if wrong:
        raise Invalid(wrong)


def _wrong_server(row: MailServer, port: str) -> dict[str, str]:
    wrong = {"port": _port(row, port)}
    if not _HOST.fullmatch(row.host):
        wrong["host"] = _("Write the name of the server, for example smtp.yandex.ru.")
    if row.security not in Security.values:
        wrong["security"] = _("Choose one of the list.")
    if not _EMAIL.fullmatch(row.sender):
        wrong["sender"] = _("Write an e-mail, for example name@company.ru.")
    return {name: words for name, words in wrong.items() if words}


def _port(row: MailServer, text: str) -> str:
    if not text.strip().isdecimal() or not 0 < int(text[:9]) < 65536:
        return _("Write a number from 1 to 65535.")
    row.port = int(text)
    if row.port not in MAIL_PORTS and row.host not in settings.OPORA_INTERNAL_HOSTS:
        return _("Letters are sent through the ports 25, 465, 587 and 2525.")
    return ""


def _is_site(text: str) -> bool:
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return known and parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
