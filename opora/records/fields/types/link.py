"""A web address."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields.types.text import Text

if TYPE_CHECKING:
    from opora.records.fields.field import Field


class Link(Text):
    """An http(s) address; one without a scheme gets https."""

    name = "link"
    label = _("Link")
    icon = "link"
    input = "url"

    def parse(self, raw: Any, field: "Field") -> str | None:
        """The address. Raises `Invalid` for another scheme or no host."""
        text = super().parse(raw, field)
        if text is None:
            return None
        address = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or " " in address:
            raise Invalid({field.name: _("Write an address like example.com.")})
        return address

    def show(self, value: Any, field: "Field") -> str:
        return "" if value is None else value.removeprefix("https://").removeprefix("http://").rstrip("/")

    def edited(self, value: Any, field: "Field") -> str:
        return value or ""
