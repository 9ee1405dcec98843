"""Where a request comes from, and which addresses are let in (R6.11, R6.12, I12)."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from opora.kit.errors import Invalid

Address: TypeAlias = IPv4Address | IPv6Address
Span: TypeAlias = tuple[Address, Address]


def plain(text: str) -> Address:
    """An address as it is compared: IPv4 written inside IPv6 is IPv4, a zone is dropped. Raises `ValueError`."""
    found = ip_address(text.strip().split("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def client_address(request: HttpRequest) -> str:
    """The address of the client, from the socket.

    Forwarding headers are believed only from the proxies named in `OPORA_PROXIES`, counted from the right.
    """
    return believed(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def believed(socket: str, forwarded: str) -> str:
    """The client's address from the socket's and the forwarding header."""
    chain = [part for part in forwarded.split(",") if part.strip()]
    current = _known(socket)
    proxies = [span(text) for text in getattr(settings, "OPORA_PROXIES", ())]
    while current and chain and within(current, proxies):
        current = _known(chain.pop())
    return str(current or "")


def span(text: str, *, field: str = "range") -> Span:
    """The first and last address of a range written as CIDR, from-to, or one address. Raises `Invalid`."""
    try:
        if "-" in text:
            first, last = (plain(part) for part in text.split("-"))
        elif "/" in text:
            network = ip_network(text.strip(), strict=False)
            first, last = plain(str(network[0])), plain(str(network[-1]))
        else:
            first = last = plain(text)
    except ValueError:
        raise Invalid({field: _("Write an address or a range, for example 10.0.0.0/24.")}) from None
    if first.version != last.version or int(first) > int(last):
        raise Invalid({field: _("The range must go from the lower address to the higher one.")})
    return first, last


def within(address: Address, spans: list[Span]) -> bool:
    """Whether an address lies in one of the ranges; an empty list lets nobody in."""
    return any(
        address.version == first.version and int(first) <= int(address) <= int(last) for first, last in spans
    )


def _known(text: str) -> Address | None:
    try:
        return plain(text)
    except ValueError:
        return None
