"""Handing a letter in at a mail server, under the limits for outgoing connections (R8.01-R8.03)."""

import smtplib
import socket
import ssl
from base64 import b64encode
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.people.addresses import plain
from opora.people.mail.servers import Server
from opora.people.models.mail import Security

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
SIGNED_IN = 235


class NotPosted(Exception):
    """A letter was not taken; `words` are for people and tell nothing of the network behind."""

    words: str | Promise = _(
        "The mail server can't be reached so. Check the host, the port and the protection."
    )


class LoginRefused(NotPosted):
    """The server does not know the login or the password."""

    words = _("The mail server refuses the login or the password.")


class LetterRefused(NotPosted):
    """The server takes no letter from this sender or for this recipient."""

    words = _("The mail server refuses the sender or the recipient.")


def letter(server: Server, to: str, subject: str, text: str) -> EmailMessage:
    """A letter in plain text. Raises `ValueError` when a header would break into two."""
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(display_name=server.sender_name, addr_spec=server.sender)
    made["To"] = Address(addr_spec=to)
    made["Subject"] = subject
    made["Date"] = format_datetime(timezone.now())
    made["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def post(server: Server, made: EmailMessage) -> None:
    """Hand the letter in. Raises `NotPosted` or one of its kinds."""
    try:
        with _connected(server) as talk:
            if server.login:
                _sign_in(talk, server)
            talk.send_message(made)
    except smtplib.SMTPAuthenticationError as error:
        raise LoginRefused() from error
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise LetterRefused() from error
    except (OSError, smtplib.SMTPException, UnicodeError, ValueError) as error:
        raise NotPosted() from error


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == Security.TLS:
        return _WrappedTalk(server, context)
    talk = _Talk(server)
    if server.security == Security.STARTTLS:
        try:
            talk.starttls(context=context)
        except BaseException:
            talk.close()
            raise
    return talk


def _sign_in(talk: smtplib.SMTP, server: Server) -> None:
    """Sign in; letters beyond ASCII, which smtplib can't send, go by PLAIN as UTF-8 (RFC 4616)."""
    words = f"\0{server.login}\0{server.password}".encode()
    if words.isascii():
        talk.login(server.login, server.password)
        return
    talk.ehlo_or_helo_if_needed()
    code, answer = talk.docmd("AUTH", f"PLAIN {b64encode(words).decode()}")
    if code != SIGNED_IN:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _reach(server: Server) -> socket.socket:
    """A connection to the server, whose name is looked up once; addresses inside networks are refused."""
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    allowed = server.is_trusted or server.host in settings.OPORA_INTERNAL_HOSTS
    for *_rest, place in found:
        if not allowed and not _is_public(str(place[0])):
            raise OSError("an address inside a network")
    reached = socket.create_connection((str(found[0][4][0]), server.port), timeout=CONNECT_SECONDS)
    reached.settimeout(ANSWER_SECONDS)
    return reached


def _is_public(text: str) -> bool:
    address = plain(text)
    inner = getattr(address, "sixtofour", None) or getattr(address, "teredo", None)
    nat64 = address.version == 6 and address in _NAT64
    return address.is_global and not address.is_multicast and not inner and not nat64


class _Nat64:
    """Addresses that a translator turns into IPv4 ones."""

    first, last = int(ip_address("64:ff9b::")), int(ip_address("64:ff9b::ffff:ffff"))

    def __contains__(self, address: Any) -> bool:
        return self.first <= int(address) <= self.last


_NAT64 = _Nat64()


class _Talk(smtplib.SMTP):
    """A talk with the very address that was checked; TLS is asked for by the server's name."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port, timeout=ANSWER_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return _reach(self._server)


class _WrappedTalk(_Talk):
    """The same inside TLS from the first byte."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(server)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return self._context.wrap_socket(_reach(self._server), server_hostname=self._server.host)
