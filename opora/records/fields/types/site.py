"""Sites and pages in social networks: several on a record (O01)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields.types.labelled import Labelled
from opora.records.fields.types.link import Link

if TYPE_CHECKING:
    from opora.records.fields.field import Field

NETWORKS: Mapping[str, tuple[str, ...]] = {
    "telegram": ("t.me", "telegram.me"),
    "whatsapp": ("wa.me", "whatsapp.com"),
    "vk": ("vk.com", "vk.ru"),
    "ok": ("ok.ru",),
    "instagram": ("instagram.com",),
    "facebook": ("facebook.com", "fb.com"),
    "youtube": ("youtube.com", "youtu.be"),
    "linkedin": ("linkedin.com",),
}
"""The hosts of each network; a name alone (`@opora`) is a page of the first."""

LABELS: Mapping[str, str | Promise] = {
    "site": _("site"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "vk": "VK",
    "ok": "OK",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "youtube": "YouTube",
    "linkedin": "LinkedIn",
}


class Sites(Labelled):
    """A list of `{"value": "https://…", "label": "site"}`; without a label the host tells the network."""

    name = "sites"
    label = _("Sites and social networks")
    icon = "world"
    input = "sites"
    is_for_own = False
    labels = LABELS

    def checked(self, item: Mapping[str, str], field: "Field") -> str:
        """The page's address. Raises `Invalid` for what is none."""
        text = item["value"].strip()
        hosts = NETWORKS.get(item.get("label", ""))
        if text.startswith("@"):
            text = f"{(hosts or NETWORKS['telegram'])[0]}/{text[1:]}"
        elif hosts and not set("./:") & set(text):
            text = f"{hosts[0]}/{text}"
        address = Link().parse(text, field)
        if address is None:
            raise Invalid({field.name: _("Write an address like example.com.")})
        return address

    def usual_label(self, value: str) -> str:
        host = (urlsplit(value).hostname or "").removeprefix("www.").removeprefix("m.")
        return next((name for name, hosts in NETWORKS.items() if host in hosts), "site")

    def one(self, value: str) -> str:
        return value.removeprefix("https://").removeprefix("http://").rstrip("/")

    def api(self, value: Any) -> Any:
        return value or None
